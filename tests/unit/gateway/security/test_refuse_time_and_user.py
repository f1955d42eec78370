"""Times and UsernameTokens out of form or out of their window (security §4 E)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.security.policy import Policy
from tests.unit.gateway.security.material import (
    LOGIN,
    NOW,
    PASSWORD_TYPE,
    accept,
    forge,
    refusal,
    system,
    timestamp,
    token,
    username,
)

HEADER = "client.security.header-invalid"
EXPIRED = "client.security.expired"
AUTH = "client.security.authentication-failed"
CREATED = "<wsu:Created>2026-03-01T12:00:00Z</wsu:Created>"
EXPIRES = "<wsu:Expires>2026-03-01T12:05:00Z</wsu:Expires>"


def stamped(inner: str) -> bytes:
    return forge(security=[f'<wsu:Timestamp wsu:Id="TS">{inner}</wsu:Timestamp>', token(system())])


@pytest.mark.parametrize(
    ("created", "expires", "reason"),
    [
        (-360, -60, "TIME.EXPIRED"),
        (-300, 0, "TIME.EXPIRED"),
        (-360, 315_360_000, "TIME.LIFETIME"),
        (0, 301, "TIME.LIFETIME"),
        (120, 300, "TIME.FUTURE"),
        (61, 300, "TIME.FUTURE"),
        (0, 0, "TIME.ORDER"),
        (0, -1, "TIME.ORDER"),
    ],
)
def test_a_message_out_of_its_time_is_refused(created: int, expires: int, reason: str) -> None:
    stamp = timestamp(NOW + timedelta(seconds=created), NOW + timedelta(seconds=expires))
    error = refusal(forge(security=[stamp, token(system())]), policy=Policy(is_enrolled=lambda _fingerprint: True))
    assert (error.code, error.reason) == (EXPIRED, reason)
    assert error.explanation["clockSkewSeconds"] == f"{created:+d}.000"


def test_a_stranger_is_not_told_our_clock() -> None:
    stale = forge(security=[timestamp(NOW - timedelta(hours=1)), token(system())])
    error = refusal(stale)
    assert (error.code, error.reason, error.explanation) == (EXPIRED, "TIME.EXPIRED", {})


def test_the_window_is_the_operators_to_set() -> None:
    policy = Policy(max_lifetime=timedelta(minutes=1), clock_skew=timedelta(0))
    short = timestamp(NOW, NOW + timedelta(seconds=60))
    assert accept(forge(security=[short, token(system())]), policy=policy).created == NOW
    assert refusal(forge(), policy=policy).reason == "TIME.LIFETIME"
    assert refusal(forge(security=[short, token(system())]), policy=policy, now=NOW - timedelta(seconds=1)).reason == (
        "TIME.FUTURE"
    )


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        (CREATED, "TIME.CHILDREN"),
        (EXPIRES, "TIME.CHILDREN"),
        ("", "TIME.CHILDREN"),
        (EXPIRES + CREATED, "TIME.CHILDREN"),
        (CREATED + CREATED + EXPIRES, "TIME.CHILDREN"),
        (CREATED + EXPIRES + "<x/>", "TIME.CHILDREN"),
        (CREATED + EXPIRES + "text", "TIME.TEXT"),
        (CREATED.replace("Z<", "<") + EXPIRES, "TIME.FORM"),
        (CREATED.replace("T12", " 12") + EXPIRES, "TIME.FORM"),
        (CREATED.replace("2026-03-01", "2026-02-30") + EXPIRES, "TIME.FORM"),
        (CREATED.replace("12:00:00", "24:00:00") + EXPIRES, "TIME.FORM"),
        (CREATED.replace("12:00:00", "12:00:60") + EXPIRES, "TIME.FORM"),
        (CREATED.replace("2026", "١٠٢٦") + EXPIRES, "TIME.FORM"),
        (CREATED.replace(">2026", "> 2026") + EXPIRES, "TIME.FORM"),
        (CREATED.replace("2026-03-01T12:00:00Z", "") + EXPIRES, "TIME.FORM"),
        (CREATED.replace("2026-", "2026-<x/>") + EXPIRES, "TIME.LEAF"),
        (CREATED.replace("Created>", "Created ValueType='x'>", 1) + EXPIRES, "TIME.ATTRIBUTE"),
    ],
)
def test_a_timestamp_out_of_form_is_refused(inner: str, reason: str) -> None:
    error = refusal(stamped(inner))
    assert (error.code, error.reason) == (HEADER, reason)


def test_an_expired_message_is_told_apart_only_after_its_signature_held() -> None:
    stamp = timestamp(NOW - timedelta(hours=1))
    message = forge(security=[stamp, token(system())])
    assert refusal(message).reason == "TIME.EXPIRED"
    assert refusal(message.replace(b"AA1234567", b"AA1234568")).reason == "SIG.REF.DIGEST"


NAME = "<wsse:Username>leyla</wsse:Username>"
PASSWORD = f'<wsse:Password Type="{PASSWORD_TYPE}">parol</wsse:Password>'
DIGEST = PASSWORD.replace("#PasswordText", "#PasswordDigest")


@pytest.mark.parametrize(
    ("inner", "code", "reason"),
    [
        (NAME, AUTH, "USER.NO_PASSWORD"),
        ("", AUTH, "USER.EMPTY"),
        (NAME + PASSWORD.replace(">parol<", "><"), AUTH, "USER.EMPTY"),
        (NAME.replace("leyla", "") + PASSWORD, AUTH, "USER.EMPTY"),
        (NAME.replace("leyla", " ") + PASSWORD, AUTH, "USER.EMPTY"),
        (NAME.replace("leyla", "l" * 257) + PASSWORD, AUTH, "USER.LENGTH"),
        (NAME + PASSWORD.replace("parol", "p" * 257), AUTH, "USER.LENGTH"),
        (NAME + NAME + PASSWORD, HEADER, "USER.CHILDREN"),
        (NAME + PASSWORD + PASSWORD, HEADER, "USER.CHILDREN"),
        (PASSWORD + NAME, HEADER, "USER.CHILDREN"),
        (NAME + PASSWORD + "<wsse:Nonce>AAAA</wsse:Nonce>", HEADER, "USER.CHILDREN"),
        (NAME + PASSWORD + CREATED, HEADER, "USER.CHILDREN"),
        (NAME + DIGEST, "client.security.token-unsupported", "USER.PASSWORD.TYPE"),
        (NAME.replace("leyla", "ley<x/>la") + PASSWORD, HEADER, "USER.NAME.LEAF"),
        (NAME + PASSWORD.replace("parol", "par<x/>ol"), HEADER, "USER.PASSWORD.LEAF"),
        (NAME.replace("Username>", "Username x='1'>", 1) + PASSWORD, HEADER, "USER.NAME.ATTRIBUTE"),
        (NAME + PASSWORD + "text", HEADER, "USER.TEXT"),
    ],
)
def test_a_username_token_out_of_form_is_refused(inner: str, code: str, reason: str) -> None:
    error = refusal(forge(security=[timestamp(), token(system()), username(inner)], refs=["TS", "Body", "UT"]))
    assert (error.code, error.reason) == (code, reason)


def test_login_and_password_are_read_as_they_are() -> None:
    inner = LOGIN.replace("parol-123", " pa&amp;rol\u0259 ")
    user = accept(forge(security=[timestamp(), token(system()), username(inner)], refs=["TS", "Body", "UT"])).user
    assert user is not None
    assert (user.username, user.password) == ("leyla", " pa&rolə ")
    assert "parol" not in repr(user)
    assert "rolə" not in repr(user)
