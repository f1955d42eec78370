"""The product on every Python that it says it supports, with exactly the packages that are pinned for it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUPPORTED = ((3, 11), (3, 12), (3, 13))
OTHERS = [version for version in SUPPORTED if version != sys.version_info[:2]]


def _candidates(version: tuple[int, int]) -> Iterator[Path]:
    name = f"python{version[0]}.{version[1]}"
    on_path = shutil.which(name)
    if on_path is not None:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version[0]}.{version[1]}.*/bin/{name}"), reverse=True)


def _interpreter(version: tuple[int, int]) -> Path | None:
    for candidate in _candidates(version):
        # A version manager puts programs on the path that only say that the version is not chosen.
        asked = subprocess.run(
            [candidate, "-c", "import ensurepip, sys, venv; print(sys.version_info[:2])"],
            check=False,
            capture_output=True,
            text=True,
        )
        if asked.stdout.strip() == str(version):
            return candidate
    return None


FOUND = {version: python for version in OTHERS if (python := _interpreter(version)) is not None}


def _run(*command: str | Path, timeout: float) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_", "COV_"))}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _environment(version: tuple[int, int]) -> Path:
    """Python of an environment with the pinned packages; kept in build/ until a pin changes."""
    locks = [ROOT / "requirements-build.lock", ROOT / "requirements.lock"]
    pins = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()[:12]
    folder = ROOT / "build" / "pythons" / f"{version[0]}.{version[1]}-{pins}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run(FOUND[version], "-m", "venv", folder, timeout=60)
        for lock in locks:
            _run(
                *(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"),
                *("--no-build-isolation", "--only-binary", ":all:", "--no-binary", "spyne,font-roboto", "-r", lock),
                timeout=400,
            )
        (folder / "complete").touch()
    return python


@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", OTHERS, ids=lambda version: ".".join(map(str, version)))
def test_another_python_imports_everything_and_plays_a_signed_round_trip(
    version: tuple[int, int], tmp_path: Path
) -> None:
    if version not in FOUND:
        # The other Pythons are tested where the machine has them; nothing here could install one.
        pytest.skip(f"NOT TESTED ON ANOTHER PYTHON: Python {version[0]}.{version[1]} is not on this machine")
    python = _environment(version)
    said = _run(python, ROOT / "tests" / "integration" / "other_python.py", timeout=60)
    modules, on = re.fullmatch(r"(\d+) modules imported on (\S+)\n", said.splitlines(keepends=True)[-1]).groups()
    assert int(modules) > 100
    assert on.startswith(f"{version[0]}.{version[1]}.")
    _run(python, "-m", "gateway.cli", "demo", "--home", tmp_path / "home", timeout=180)
