from __future__ import annotations

import pytest


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


def test_an_unknown_operation_is_wrong_usage(run):
    result = run("call", "documents", "CheckDocument")
    assert result.exit_code == 2
    assert "Did you mean CheckDocuments" in result.stderr


def test_a_wrong_soap_version_is_wrong_usage(run):
    assert run("call", "bus", "ListServices", "--soap", "2").exit_code == 2


def test_messages_follow_the_language_setting(run, monkeypatch):
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    result = run("settings")
    assert "parametr" in result.stdout
    monkeypatch.setenv("GATEWAY_LANGUAGE", "tr")
    assert run("settings").exit_code == 1
