"""Making extracts inside a transaction: nothing is left to be loaded there."""

from __future__ import annotations

import subprocess
import sys

_FIRST_EXTRACT = """
import sys
from gateway.extracts.maker import installed_maker
from gateway.settings import Settings
from tests.unit.gateway.extracts.examples import draft, operator

planned, key = draft(), operator()
make = installed_maker(Settings(), key)
before = set(sys.modules)
assert make(planned).pdf.startswith(b"%PDF-")
print(*(name for name in set(sys.modules) - before if not name.startswith("encodings.")))
"""


def test_the_first_extract_loads_nothing_any_more():
    run = subprocess.run([sys.executable, "-c", _FIRST_EXTRACT], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
