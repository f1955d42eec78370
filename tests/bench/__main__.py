"""`python -m tests.bench [FAMILY …]`: measure, print, and write build/bench/<family>.json."""

import importlib
import sys
import time
import traceback
from pathlib import Path

from tests.bench.figures import report

FAMILIES = ("verify", "trust", "check", "accept", "replay", "extracts", "attacks", "registers")


def main(names: list[str]) -> int:
    """Measure the families named, or all; 1 when one of them could not be measured, 2 for an unknown name.

    A figure that misses its target is told in the table and fails nothing: it may be the machine.
    """
    unknown = sorted(set(names) - set(FAMILIES))
    if unknown:
        print(f"no such family: {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
        return 2
    failed = []
    for name in names or FAMILIES:
        started = time.monotonic()
        try:
            figures = importlib.import_module(f"tests.bench.{name}").measure()
        except Exception:  # noqa: BLE001 - one family that cannot be measured does not hold the others up
            traceback.print_exc()
            failed.append(name)
            continue
        report(name, figures, Path("build/bench"))
        print(f"bench {name}: {len(figures)} figures in {time.monotonic() - started:.0f} s, build/bench/{name}.json\n")
    if failed:
        print(f"not measured: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
