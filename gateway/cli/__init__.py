"""The command line. `main` is the entry point; each command imports what it needs when it runs."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; never returns."""
    from gateway.cli import commands
    from gateway.cli.app import app, report

    commands.register()
    try:
        app(prog_name="gateway")
    except Exception as error:  # noqa: BLE001 - the last place where an error can still become words
        report(error, debug="--debug" in sys.argv)
        sys.exit(1)
