"""Entries that wait for the part of the product they attack: listed, not counted."""

from __future__ import annotations

from tests.attacks.model import LATER

LATER.update(
    {
        "B219": "console: cross-site requests",
        "B220": "console: sessions",
        "B221": "console: forced browsing",
        "B222": "console: brute force and lock-out",
        "B223": "console: reset of passwords",
        "B224": "console: framing, sniffing, inline scripts",
        "B225": "console: mass assignment, parameter pollution",
        "B226": "console: viewing documents without a reason",
    }
)
