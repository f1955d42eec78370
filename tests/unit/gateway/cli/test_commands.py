from __future__ import annotations

from dataclasses import fields

import pytest

from gateway.cli import terminal
from gateway.cli.failures import told
from gateway.cli.language import speak
from gateway.settings import Settings
from handlers.store.ports import StoreUnavailableError
from queues.broker import BrokerUnavailableError


def test_help_introduces_the_gateway_and_lists_every_command(run):
    result = run("--help")
    assert result.exit_code == 0
    for word in (
        "gateway demo",
        "init",
        "up",
        "serve",
        "work",
        "relay",
        "call",
        "verify",
        "queues",
        "agency",
        "settings",
    ):
        assert word in result.stdout


@pytest.mark.parametrize(
    "command",
    ["init", "up", "serve", "work", "relay", "demo", "call", "verify", "queues", "settings", "version"],
)
def test_every_command_explains_itself(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_settings_show_value_unit_and_origin_and_no_secret(run, monkeypatch):
    monkeypatch.setenv("GATEWAY_BROKER", "amqp://me:topsecret@mq.example/x")
    result = run("settings")
    assert result.exit_code == 0
    assert "GATEWAY_BROKER" in result.stdout
    assert "topsecret" not in result.output
    assert "bytes" in result.stdout


def test_the_home_option_overrides_the_variable(run, tmp_path):
    result = run("--home", str(tmp_path / "other"), "settings")
    assert "other" in result.stdout


def test_an_unknown_setting_ends_with_one_line_and_exit_code_1(run, monkeypatch):
    monkeypatch.setenv("GATEWAY_DATABSE", "x")
    result = run("settings")
    assert result.exit_code == 1
    assert "GATEWAY_DATABSE is not a setting" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [["up"], ["serve"], ["work"], ["relay"], ["queues"], ["agency", "list"]])
def test_a_home_that_was_not_made_is_told_with_what_to_run(run, command):
    result = run(*command)
    assert result.exit_code == 1
    assert "gateway init" in result.stderr
    assert "Traceback" not in result.output


def test_debug_shows_where_an_error_came_from(run):
    result = run("--debug", "queues")
    assert result.exit_code == 1
    assert "Traceback" in result.stderr


def test_settings_stay_readable_at_100_columns(run, monkeypatch, tmp_path):
    monkeypatch.setattr(terminal, "_PIPE_WIDTH", 100)
    monkeypatch.setenv("GATEWAY_PASSWORDS", "tls-front")
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{tmp_path}/{'x' * 60}/registers.db")
    lines = run("settings").stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert any("86400 seconds" in line for line in lines)
    assert any("GATEWAY_PASSWORDS" in line for line in lines)
    assert sum("default" in line for line in lines) >= len(fields(Settings)) - 4
    assert any(line.startswith(" store_connections ") for line in lines)
    assert len(lines) < 4 * len(fields(Settings))


def test_every_setting_has_a_meaning_of_its_own_in_each_language():
    for each in fields(Settings):
        assert each.metadata["meaning"] != each.metadata["meaning_az"]


def test_a_setting_that_cannot_be_used_is_told_in_azerbaijani(run, monkeypatch):
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    monkeypatch.setenv("GATEWAY_HTTP_THREADS", "0")
    result = run("settings")
    assert result.stderr.strip() == "Xəta: http_threads (GATEWAY_HTTP_THREADS) 0-dan böyük və sonlu olmalıdır."


def test_a_missing_home_is_told_in_azerbaijani(run, monkeypatch):
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    result = run("queues")
    assert result.exit_code == 1
    assert "gateway.pem yoxdur. Əvvəlcə `gateway init`" in result.stderr


def test_an_unknown_operation_is_wrong_usage(run):
    result = run("call", "documents", "CheckDocument")
    assert result.exit_code == 2
    assert "documents has no operation CheckDocument. Did you mean CheckDocuments?" in result.stderr


def test_a_wrong_soap_version_is_wrong_usage(run):
    assert run("call", "bus", "ListServices", "--soap", "2").exit_code == 2


def test_messages_follow_the_language_setting(run, monkeypatch):
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    result = run("settings")
    assert "parametr" in result.stdout
    monkeypatch.setenv("GATEWAY_LANGUAGE", "tr")
    assert run("settings").exit_code == 1


@pytest.mark.parametrize(
    ("error", "begins"),
    [
        (StoreUnavailableError("away"), "Reyestr bazası cavab vermir (texniki səbəb: away)"),
        (BrokerUnavailableError("away"), "Növbə serveri lazımi cavab vermir (texniki səbəb: away)"),
    ],
)
def test_the_cause_a_library_gives_is_marked_as_technical(run, error, begins):
    assert run is not None
    speak("az")
    assert told(error).startswith(begins)
