"""What may be chosen as a password, and what the operator issues."""

from __future__ import annotations

import pytest

from gateway.security.password_rules import ALPHABET, Choice, objection, one_time_password

NAMES = ("leyla.m", "leyla", "1ABCDE2", "MIA", "Məmmədova")


def code(password: str, current: str | None = None) -> str | None:
    found = objection(Choice(password, current, NAMES))
    return None if found is None else found.code


@pytest.mark.parametrize(
    "password",
    [
        "yeddi mavi fil rəqs edir",
        "correct horse battery staple",
        "kP9!xQ2#vL7z",
        "leyla gözəl bir mahnı oxuyur",
        "x" * 3 + "yz0189-" + "w" * 246,
        "Ağ atlar, qara atlar",
    ],
)
def test_a_long_password_of_ones_own_will_do_whatever_it_is_composed_of(password):
    assert code(password) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "length"),
        ("x" * 257, "length"),
        ("", "length"),
        ("aaaaaaaaaaaa", "simple"),
        ("abababababab", "simple"),
        ("123456789012", "simple"),
        ("987654321098", "simple"),
        ("qwertyuiopqwertyuiop", "simple"),
        ("abcdefghijklm", "simple"),
        ("1qaz2wsx3edc4rfv", "simple"),
        ("password1234", "common"),
        ("PASSWORD!!!!", "common"),
        ("2026Dragons!", "common"),
        ("Sunshine2026!", "common"),
        ("dragondragon", "common"),
        ("football2026", "common"),
        ("leyla.m-1990", "own-name"),
        ("1ABCDE2-1ABCDE2", "own-name"),
        ("məmmədova2026", "own-name"),
        ("Məmmədova-Leyla", "own-name"),
    ],
)
def test_what_is_guessed_first_will_not_do(password, reason):
    assert code(password) == f"password.{reason}"


def test_the_password_in_use_is_no_new_one():
    assert code("kP9!xQ2#vL7z", current="kP9!xQ2#vL7z") == "password.same"


def test_every_objection_is_told_in_two_languages():
    for password in ("short", "aaaaaaaaaaaa", "password1234", "leyla.m-1990"):
        found = objection(Choice(password, own_names=NAMES))
        assert found.text_az.endswith(".")
        assert found.text_en.endswith(".")
        assert password not in found.text_en + found.text_az


def test_an_issued_password_is_strong_readable_and_each_time_another():
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert set(password) <= set(ALPHABET) | {"-"}
        assert len(password.replace("-", "")) == 20
        assert code(password) is None
