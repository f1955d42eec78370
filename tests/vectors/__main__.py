"""`python -m tests.vectors [FOLDER]`: write the golden vectors, into tests/vectors/golden when nothing else is said."""

import sys
from pathlib import Path

from tests.vectors.files import golden_files

GOLDEN = Path(__file__).parent / "golden"


def main(folder: Path) -> None:
    """Write every file that `golden_files` makes."""
    for name, content in golden_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN)
