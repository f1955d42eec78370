"""`python -m tests.bench [FAMILY …]`: measure, print, and write build/bench/<family>.json."""

import importlib
import sys
from pathlib import Path

from tests.bench.figures import report

FAMILIES = ("verify", "check", "accept")


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(FAMILIES))
    if unknown:
        print(f"no such family: {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
        return 2
    for name in names or FAMILIES:
        figures = importlib.import_module(f"tests.bench.{name}").measure()
        report(name, figures, Path("build/bench"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
