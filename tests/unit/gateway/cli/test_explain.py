"""`gateway explain`: what it says, what it writes, and how it ends."""

import stat

import pytest

from gateway.cli.correct_message import correct_message
from gateway.cli.language import speak
from gateway.security.explanation import explain
from gateway.security.trust import TrustStore
from handlers.clock import system_clock


@pytest.fixture
def message(run, sample_home, tmp_path):
    """A signed question of a sample system, as a file."""
    made = run("call", "bus", "ListServices", "--as", "MOJ", "--print-request")
    assert made.exit_code == 0, made.output
    path = tmp_path / "message.xml"
    path.write_bytes(made.stdout_bytes)
    return path


def test_a_good_message_of_an_enrolled_system_would_be_accepted(run, message):
    result = run("explain", str(message))
    assert result.exit_code == 0, result.output
    assert "The gateway would accept the signature" in result.stdout
    assert "What a correct message looks like" not in result.stdout


def test_a_message_that_was_reformatted_is_explained_with_bytes_to_compare(run, message, tmp_path):
    message.write_bytes(message.read_bytes().replace(b"<context", b"\n  <context", 1))
    to = tmp_path / "out"
    result = run("explain", str(message), "--output", str(to))
    assert result.exit_code == 1
    for said in (
        "REFUSED: client.security.signature-mismatch, SIG.REF.DIGEST",
        "guard 10 (digests)",
        "REFORMATTED: Body",
    ):
        assert said in result.stdout
    files = sorted(to.iterdir())
    names = [each.name.partition(".")[2] for each in files]
    assert names == ["1-timestamp.c14n", "2-body.c14n", "3-messageid.c14n", "signedinfo.c14n"]
    assert b"\n  <context" in files[1].read_bytes()
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in files), "a message may hold a password"
    assert "What a correct message looks like" in result.stdout
    assert "http://schemas.xmlsoap.org/soap/envelope/" in result.stdout


def test_bytes_that_hold_a_password_are_written_only_when_asked_for(run, sample_home, tmp_path):
    old, new = b"altmish uch goy qush", b"yeddi mavi fil reqs edir"
    user = ("--as", "MOJ", "--login", "leyla", "--password", "-")
    made = run(
        "call", "bus", "ChangePassword", *user, f"newPassword={new.decode()}", "--print-request", input=old + b"\n"
    )
    assert made.exit_code == 0, made.output
    assert old in made.stdout_bytes
    path = tmp_path / "message.xml"
    path.write_bytes(made.stdout_bytes)
    for option, expected in (((), set()), (("--with-passwords",), {old, new})):
        to = tmp_path / f"out{len(option)}"
        result = run("explain", str(path), "--output", str(to), *option)
        written = b"".join(each.read_bytes() for each in to.iterdir())
        assert {secret for secret in (old, new) if secret in written} == expected
        assert ("--with-passwords" in result.stdout) is (not expected)
        assert any(each.name.endswith("signedinfo.c14n") for each in to.iterdir())


def test_it_speaks_azerbaijani(run, message, monkeypatch):
    message.write_bytes(message.read_bytes().replace(b"<context", b"\n  <context", 1))
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    result = run("explain", str(message))
    assert result.exit_code == 1
    assert "RƏDD EDİLİR" in result.stdout
    assert "formatlama" in result.stdout


def test_the_clock_is_judged_where_the_time_of_receipt_is_given(run, message):
    result = run("explain", str(message), "--received", "2020-01-01T00:00:00Z")
    assert result.exit_code == 1
    assert "CLOCK_AHEAD" in result.stdout
    result = run("explain", str(message), "--received", "yesterday")
    assert result.exit_code == 1
    assert "2026-11-24T09:00:00Z" in result.output


def test_without_a_register_nothing_is_said_of_enrolment(run, message, sample_home, tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / "nowhere"))
    result = run("explain", str(message), "--trust", str(sample_home / "trust"))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("language", ["az", "en"])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_correct_message_has_no_mistake_but_its_dots(sample_home, language, version):
    speak(language)
    try:
        shown = correct_message(version)
    finally:
        speak("en")
    found = explain(shown.encode(), trust=TrustStore.from_folder(sample_home / "trust"), now=system_clock())
    assert found.version == version
    assert {each.part for each in found.references} == {"Body", "Timestamp"}
    assert {mistake.value for mistake, _ in found.mistakes} <= {"CHANGED", "CLOCK_AHEAD"}
