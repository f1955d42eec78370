"""Who runs a command."""

from __future__ import annotations

import getpass


def person(by: str | None) -> str:
    """The member of staff: as given, or as this machine knows whoever runs the command."""
    return (by or "").strip() or getpass.getuser()
