"""Passwords on the command line: made here and shown once, or read without being shown."""

from __future__ import annotations

import secrets
import sys
from typing import Final

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t

_PASSWORD_BYTES: Final = 15
"""Random bytes of a generated password: 20 characters."""
_SHORTEST: Final = 12
"""Characters of a password that a person chose."""


def new_password() -> str:
    """A password nobody chose."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def read_password() -> str:
    """Ask for a password on a terminal, or take the first line of standard input; raises `CommandError` when short."""
    if sys.stdin.isatty():
        password: str = typer.prompt(t("Password", "Parol"), hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < _SHORTEST:
        raise CommandError(
            t(f"The password needs {_SHORTEST} characters at least.", f"Parol ən azı {_SHORTEST} simvol olmalıdır.")
        )
    return password
