from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

from gateway.cli.commands import register
from gateway.cli.language import speak


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run `gateway …` in a home of its own; gives typer's result."""
    from gateway.cli.app import app

    for name in [each for each in os.environ if each.startswith("GATEWAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / "home"))
    register()
    runner = CliRunner()
    speak("en")
    yield lambda *arguments, **more: runner.invoke(app, list(arguments), prog_name="gateway", **more)
    speak("en")
