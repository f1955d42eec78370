"""What `init` finds in a home is judged before it is kept, and what a process starts with before it serves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.cli.failures import CommandError
from gateway.cli.keys import require_gateway_key
from gateway.home import Home
from gateway.security.dev_pki import Authority
from handlers.receipts.model import StoredReceipt
from handlers.store import inbox
from handlers.store.engine import open_store

NOW = datetime.now(UTC)


def own_key(**more):
    issued = Authority.root(NOW).issue("Gateway", more.pop("now", NOW), **more)
    return issued.key_pem, issued.certificate_pem


def accept_a_command(home):
    store = open_store(f"sqlite:///{home}/registers.db")
    receipt = StoredReceipt(
        agency="MOJ", request_id="r-1", digest="d", tracking_id="t-1", receipt=b"<r/>", received_at=NOW
    )
    with store.writing() as connection:
        inbox.offer(connection, receipt, "registration.SubmitRegistration", NOW)
    store.close()


@pytest.mark.parametrize("command", ["init", "up", "serve", "work", "relay"])
@pytest.mark.parametrize("content", [b"junk", b""])
def test_a_signing_key_that_cannot_be_read_is_told_with_what_to_do(sample_home, run, command, content):
    Home(sample_home).key_file.write_bytes(content)
    result = run(command)
    assert result.exit_code == 1
    assert "gateway.pem" in result.stderr
    assert "backup" in result.stderr
    assert "Unexpected" not in result.stderr
    assert Home(sample_home).key_file.read_bytes() == content


def test_a_key_with_the_certificate_of_another_does_not_serve(tmp_path):
    home = Home(tmp_path)
    home.key_file.parent.mkdir()
    home.key_file.write_bytes(own_key()[0] + own_key()[1])
    with pytest.raises(CommandError, match="made for it"):
        require_gateway_key(home, NOW)


def test_a_signing_certificate_outside_its_time_does_not_serve(tmp_path):
    home = Home(tmp_path)
    home.key_file.parent.mkdir()
    home.key_file.write_bytes(b"".join(own_key(days=30)))
    require_gateway_key(home, NOW)
    with pytest.raises(CommandError, match="expired on"):
        require_gateway_key(home, NOW + timedelta(days=31))
    with pytest.raises(CommandError, match="clock"):
        require_gateway_key(home, NOW - timedelta(days=31))


@pytest.mark.parametrize("command", ["init", "up"])
def test_half_a_tracking_key_is_not_kept(sample_home, run, command):
    Home(sample_home).tracking_key_file.write_bytes(b"half")
    result = run(command)
    assert result.exit_code == 1
    assert "32 bytes" in result.stderr


def test_a_lost_tracking_key_is_made_anew_only_when_nothing_was_accepted_or_when_told(sample_home, run):
    key = Home(sample_home).tracking_key_file
    key.unlink()
    assert run("init").exit_code == 0
    assert key.is_file()
    accept_a_command(sample_home)
    key.unlink()
    result = run("init")
    assert result.exit_code == 1
    assert "dead-letter" in result.stderr
    assert "--new-tracking-key" in result.stderr
    assert not key.exists()
    assert run("init", "--new-tracking-key").exit_code == 0
    assert key.is_file()


@pytest.mark.parametrize("command", [["up"], ["call", "bus", "ListServices", "--as", "MOJ"]])
def test_a_file_in_trust_that_is_no_certificate_is_named(sample_home, run, command):
    (sample_home / "trust" / "roots" / "odd.pem").write_text("odd", encoding="utf-8")
    result = run(*command)
    assert result.exit_code == 1
    assert "odd.pem" in result.stderr
    assert "Unexpected" not in result.stderr
