"""A store that was not made for this release stops a process; one that is away does not."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys

import pytest
import structlog

from gateway.cli import processes
from gateway.cli.composition import require_schema_unless_away
from gateway.cli.session import Session
from handlers.store.engine import open_store

COMMANDS = [["up"], ["serve"], ["work"], ["relay"], ["agency", "list"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_not_there_is_told_with_what_to_run(sample_home, run, monkeypatch, command):
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{sample_home}/other.db")
    result = run(*command)
    assert result.exit_code == 1
    assert "gateway init" in result.stderr
    assert not (sample_home / "other.db").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_database_is_told_with_what_to_run(sample_home, run, monkeypatch, command):
    monkeypatch.setenv("GATEWAY_DATABASE", f"sqlite:///{sample_home}/other.db")
    sqlite3.connect(sample_home / "other.db").execute("VACUUM").connection.close()
    result = run(*command)
    assert result.exit_code == 1
    assert "gateway init" in result.stderr
    assert "Unexpected" not in result.stderr


@pytest.mark.parametrize("command", [["init"], *COMMANDS])
def test_a_database_of_a_later_release_is_left_alone(sample_home, run, command):
    connection = sqlite3.connect(sample_home / "registers.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    result = run(*command)
    assert result.exit_code == 1
    assert "another release" in result.stderr


def test_a_process_starts_while_its_store_is_away_and_says_so(run, monkeypatch, capsys):
    assert run is not None
    monkeypatch.setenv("GATEWAY_DATABASE", "postgresql://nobody:secret@127.0.0.1:9/none")
    settings = Session().settings
    store = open_store(settings.database_url)
    require_schema_unless_away(settings, store)
    said = capsys.readouterr().err
    assert "does not answer" in said
    assert "Starting all the same" in said
    assert "secret" not in said


def test_queues_says_in_words_only_that_the_broker_is_away(sample_home, run, monkeypatch):
    assert sample_home.is_dir()
    monkeypatch.setenv("GATEWAY_BROKER", "amqp://guest:guest@127.0.0.1:9/x")
    structlog.reset_defaults()
    result = run("queues")
    assert result.exit_code == 1
    assert "away-at-start" not in result.output
    assert result.stderr.startswith("Error: The broker does not answer")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_process_ends_with_its_input(monkeypatch):
    killed = []
    monkeypatch.setattr(processes.os, "kill", lambda _pid, number: killed.append(number))
    read, write = os.pipe()
    os.write(write, b"ignored")
    os.close(write)
    with os.fdopen(read) as given:
        monkeypatch.setattr(sys, "stdin", given)
        processes._stop_at_the_end_of_input()
    assert killed == [signal.SIGTERM]
