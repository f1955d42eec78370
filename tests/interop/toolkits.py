"""The foreign toolkits: what each needs, how its client is built (once, below build/), and how it is called."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "interop"
JARS = tuple(f"/usr/share/java/{name}.jar" for name in ("wss4j", "xmlsec", "commons-logging", "slf4j-api", "slf4j-nop"))


class ToolkitMissingError(Exception):
    """This machine lacks the toolkit; the text says what to install."""


@dataclass(frozen=True)
class Toolkit:
    """A client program in another language, with the command line that README.md in this folder describes."""

    name: str
    package: str
    """What to install when it is missing."""
    prepare: Callable[[], list[str]]
    """Builds what has to be built and gives the beginning of the command."""
    needs: tuple[str, ...] = ()
    """Commands, and absolute paths of files."""
    fault_versions: tuple[str, ...] = ("1.1", "1.2")
    """SOAP versions in which it can read a fault."""
    verifies_receipts: bool = True

    def command(self) -> list[str]:
        """The command to run, built if need be; raises `ToolkitMissingError`."""
        require(self.package, *self.needs)
        return self.prepare()


def require(package: str, *needs: str) -> None:
    """Raise `ToolkitMissingError` unless these commands, and these files (absolute paths), are there."""
    missing = [need for need in needs if not (Path(need).exists() if need[0] == "/" else shutil.which(need))]
    if missing:
        raise ToolkitMissingError(f"{', '.join(missing)} is missing (Debian: {package})")


def cached(name: str, inputs: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """A folder below build/ that `make` filled; made again when one of the files `inputs` has changed."""
    digest = hashlib.sha256()
    for path in sorted(inputs):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    target = BUILD / f"{name}-{digest.hexdigest()[:16]}"
    if target.is_dir():
        return target
    BUILD.mkdir(parents=True, exist_ok=True)
    # Another run may make the same at the same time: each makes its own, the first one stays.
    with tempfile.TemporaryDirectory(dir=BUILD, prefix=f".{name}-") as folder:
        made = Path(folder) / name
        made.mkdir()
        make(made)
        if not target.is_dir():
            made.rename(target)
    return target


def run(command: list[str | Path]) -> None:
    """Run a step of a build to its end; its output is in the error when it fails."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"


def java(*sources: Path) -> list[str]:
    """The command of a JVM with WSS4J and these sources compiled; a main class is to be added.

    Raises `ToolkitMissingError`.
    """
    require("libwss4j-java default-jdk-headless", "java", "javac", *JARS)
    jars = ":".join(JARS)
    folder = cached("java", sources, lambda made: run(["javac", "-nowarn", "-cp", jars, "-d", made, *sources]))
    return ["java", "-cp", f"{folder}:{jars}"]


def _php() -> list[str]:
    return ["php", str(HERE / "php" / "client.php")]


def _zeep() -> list[str]:
    return [sys.executable, str(HERE / "zeep" / "client.py")]


def _node() -> list[str]:
    lock = [HERE / "node" / name for name in ("package.json", "npm-shrinkwrap.json")]

    def install(made: Path) -> None:
        for each in lock:
            shutil.copy(each, made)
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", made],
            cwd=made, capture_output=True, text=True, timeout=110, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ToolkitMissingError(f"npm ci could not install {lock[1].name}: {done.stderr.strip()[-300:]}")

    modules = cached("node", lock, install) / "node_modules"
    return ["env", f"NODE_PATH={modules}", "node", "--no-deprecation", str(HERE / "node" / "client.js")]


def _wss4j() -> list[str]:
    program, *rest = java(*sorted((HERE / "wss4j").glob("*.java")))
    # The quick compiler alone: a program that makes one call has ended before the other one would pay.
    return [program, "-XX:TieredStopAtLevel=1", *rest, "Client"]


def _gsoap() -> list[str]:
    own = HERE / "gsoap"
    contract = [ROOT / each for each in ("wsdl/documents.wsdl", "wsdl/registration.wsdl")]
    schemas = [ROOT / "xsd" / f"{name}.xsd" for name in ("documents", "registration", "types")]
    folder = cached(
        "gsoap",
        [own / "client.c", own / "build.sh", *contract, *schemas],
        lambda made: run([own / "build.sh", ROOT / "wsdl", made]),
    )
    return [str(folder / "client")]


TOOLKITS = (
    Toolkit("zeep", "nothing: it is a development dependency", _zeep),
    Toolkit("php", "php-cli php-soap php-xml", _php, ("php",)),
    Toolkit("node", "nodejs npm", _node, ("node", "npm")),
    Toolkit("wss4j", "libwss4j-java default-jdk-headless", _wss4j),
    Toolkit(
        "gsoap",
        "gsoap libgsoap-dev g++ libssl-dev xmlsec1",
        _gsoap,
        ("wsdl2h", "soapcpp2", "gcc", "/usr/share/gsoap/plugin/wsseapi.c", "xmlsec1"),
        fault_versions=("1.1",),
        verifies_receipts=False,
    ),
)


def environment() -> dict[str, str]:
    """The environment of a client: no proxy between it and the gateway, no settings of ours."""
    dropped = {"http_proxy", "https_proxy", "all_proxy", "pythonpath"}
    return {name: value for name, value in os.environ.items() if name.lower() not in dropped}
