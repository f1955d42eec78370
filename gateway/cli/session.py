"""What one run of the command line works with: its options, settings and home, each looked up when first needed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import typer

from gateway.cli.language import speak
from gateway.home import Home
from gateway.settings import Settings
from gateway.settings_sources import Origin, load_with_origins


@dataclass
class Session:
    """The global options, and what follows from them."""

    home_option: str | None = None
    debug: bool = False
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Settings that an option of the command itself overrides, as variables."""

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The environment with the global options in it; child processes get it too."""
        given = {} if self.home_option is None else {"GATEWAY_HOME": self.home_option}
        return {**os.environ, **given, **self.overrides}

    @property
    def settings(self) -> Settings:
        """The settings; raises `SettingsError`. From here on messages are in the language they name."""
        return self._loaded[0]

    @property
    def origins(self) -> list[Origin]:
        """Each setting with value, unit and origin; raises `SettingsError`."""
        return self._loaded[1]

    @property
    def home(self) -> Home:
        """The home folder; it may not be initialised yet."""
        return Home(self.settings.home_path)

    @cached_property
    def _loaded(self) -> tuple[Settings, list[Origin]]:
        loaded = load_with_origins(self.environment)
        speak(loaded[0].language)
        return loaded


def session_of(context: typer.Context) -> Session:
    """The session of this run."""
    session = context.find_root().obj
    assert isinstance(session, Session)
    return session
