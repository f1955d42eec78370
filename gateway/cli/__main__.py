"""`python -m gateway.cli` is the command `gateway`."""

from __future__ import annotations

from gateway.cli import main

main()
