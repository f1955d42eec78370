"""No file of the repository may name a package registry's host or a path of one machine.

The first would bypass the mirror that a reader's machine is set up for, the second works on one machine only.
Every pattern has a bracket in it, so that this file passes its own check.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = {
    "a registry's host": re.compile(
        r"py[p]i\.(?:org|python)|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|(?:deb|security|ftp)\.debia[n]\.org"
        r"|--(?:extra-)?index-ur[l]|--find-link[s]"
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:wor[k]/|roo[t]/|hom[e]/[a-z]|User[s]/|opt/whee[l]s)"),
    "a conflict marker": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KE[Y]-----"),
}


def main() -> int:
    """Print each find as `path:line: what`; 1 when there is one."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True)  # noqa: S607
    finds = 0
    for path in map(Path, filter(None, listed.stdout.split("\0"))):
        if not path.is_file():
            continue
        text = path.read_bytes().decode(errors="replace")
        for what, pattern in FORBIDDEN.items():
            for found in pattern.finditer(text):
                finds += 1
                sys.stdout.write(f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found.group()}\n")
    return int(finds > 0)


if __name__ == "__main__":
    sys.exit(main())
