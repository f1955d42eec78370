from __future__ import annotations

import os
import shutil

import pytest
import structlog
from typer.testing import CliRunner

from gateway.cli.commands import register
from gateway.cli.language import speak


def _invoke(*arguments, **more):
    from gateway.cli.app import app

    register()
    logging_before = structlog.get_config()
    try:
        return CliRunner().invoke(app, list(arguments), prog_name="gateway", **more)
    finally:
        structlog.configure(**logging_before)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run `gateway …` in a home of its own, which is not made yet; gives typer's result."""
    for name in [each for each in os.environ if each.startswith("GATEWAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path / "home"))
    speak("en")
    yield _invoke
    speak("en")


@pytest.fixture(scope="session")
def made_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("sample") / "home"
    result = _invoke("--home", str(home), "init", "--dev")
    assert result.exit_code == 0, result.output
    return home


@pytest.fixture
def sample_home(made_home, tmp_path, run):
    """A home of `gateway init --dev`, and `run` works in it."""
    assert run is _invoke
    return shutil.copytree(made_home, tmp_path / "home")
