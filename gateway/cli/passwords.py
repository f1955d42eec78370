"""Passwords on the command line: made here and shown once, or read without being shown."""

from __future__ import annotations

import sys

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.security.password_rules import Choice, objection


def read_password(*own_names: str) -> str:
    """Ask for a password on a terminal, or take the first line of standard input.

    Raises `CommandError` when it will not do; `own_names` are those of the person, which it must not be made of.
    """
    if sys.stdin.isatty():
        password: str = typer.prompt(t("Password", "Parol"), hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    refused = objection(Choice(password, own_names=own_names))
    if refused is not None:
        raise CommandError(t(refused.text_en, refused.text_az))
    return password
