"""`demo`: the first signed round trip, against a gateway of its own, told step by step."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import say

if TYPE_CHECKING:
    from gateway.demo.child import ChildGateway


_USUAL_URL: Final = "http://127.0.0.1:8080"


class _StopError(Exception):
    """SIGTERM came."""


def demo(
    context: typer.Context,
    stay: Annotated[
        bool,
        typer.Option(
            "--stay",
            help=t(
                "Play in the installation's own home and leave the gateway running until Ctrl-C.",
                "Quraşdırmanın öz qovluğunda oynat və Ctrl-C-yə qədər şlüzü işlək saxla.",
            ),
        ),
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            file_okay=False,
            help=t("Play in this home; made when missing.", "Bu qovluqda oynat; yoxdursa, yaradılır."),
        ),
    ] = None,
) -> None:
    """Play the round trip; exit code 0 only if every step gave the expected answer."""
    session = session_of(context)
    signal.signal(signal.SIGTERM, _raise_stop)
    given = home or (session.settings.home_path if stay or session.home_option else None)
    place = given or Path(tempfile.mkdtemp(prefix="gateway-demo-"))
    try:
        failed = _play(session, place, stay=stay, kept=given is not None)
    except (KeyboardInterrupt, _StopError):
        failed = True
    finally:
        if given is None:
            shutil.rmtree(place, ignore_errors=True)
    if failed:
        raise typer.Exit(1)


def _play(session: Session, place: Path, *, stay: bool, kept: bool) -> bool:
    """Whether a step failed."""
    from gateway.demo.child import ChildGateway
    from gateway.demo.play import Play
    from gateway.demo.round_trip import round_trip
    from gateway.home import Home

    environment = _environment(session, place, own_stores=kept)
    fresh = not (place / "dev").is_dir()
    _initialise(place, environment)
    (place / "logs").mkdir(exist_ok=True)
    gateway = ChildGateway(place, _free_address(session, stay=stay), environment, place / "logs" / "gateway.log")
    try:
        say(t(f"gateway at {gateway.url}, home {place}", f"şlüz: {gateway.url}, qovluq: {place}"))
        desk = partial(_run, place, environment)
        transcript = round_trip(Play(gateway.url, Home(place), fresh, desk, partial(_elsewhere, environment), kept))
        say("")
        if stay:
            say(transcript.total())
            _stay(gateway, place)
        else:
            gateway.stop()
            say(transcript.total())
        return transcript.failed > 0
    finally:
        gateway.stop()


def _environment(session: Session, place: Path, *, own_stores: bool) -> Mapping[str, str]:
    """The settings of the child. In a temporary home everything is embedded, whatever the surroundings are set to."""
    dropped = {"GATEWAY_HOME", "GATEWAY_BIND"}
    if not own_stores:
        dropped |= {"GATEWAY_DATABASE", "GATEWAY_BROKER", "GATEWAY_CONFIG", "GATEWAY_PUBLIC_URL"}
    kept = {name: value for name, value in session.environment.items() if name not in dropped}
    return {**kept, "GATEWAY_HOME": str(place)}


def _initialise(place: Path, environment: Mapping[str, str]) -> None:
    _run(place, environment, "init", "--dev")


def _run(place: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """What `gateway ARGUMENTS` prints in the home `place`; raises `CommandError` when it fails."""
    done = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-m", "gateway.cli", "--home", str(place), *arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(done.stderr.strip() or done.stdout.strip())
    return done.stdout.strip()


def _elsewhere(environment: Mapping[str, str], *arguments: str) -> str:
    """What `gateway ARGUMENTS` prints in an empty home that is gone afterwards, with no setting but the language."""
    own = {name: value for name, value in environment.items() if not name.startswith("GATEWAY_")}
    language = {name: environment[name] for name in ("GATEWAY_LANGUAGE",) if name in environment}
    with tempfile.TemporaryDirectory(prefix="gateway-demo-agency-") as home:
        return _run(Path(home), {**own, **language, "GATEWAY_HOME": home}, *arguments)


def _free_address(session: Session, *, stay: bool) -> str:
    """Where the gateway is to listen: as set, or for a passing demo any free port when that one is taken."""
    host, port = session.settings.host_and_port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if stay:
                raise CommandError(
                    t(
                        f"{session.settings.bind} is taken. Stop what listens there, or choose another address: "
                        "GATEWAY_BIND=127.0.0.1:8081.",
                        f"{session.settings.bind} tutulub. Orada işləyəni dayandırın və ya başqa ünvan seçin: "
                        "GATEWAY_BIND=127.0.0.1:8081.",
                    )
                ) from error
            say(
                t(
                    f"{session.settings.bind} is taken; using a free port.",
                    f"{session.settings.bind} tutulub; boş port istifadə olunur.",
                )
            )
            return f"{host}:0" if ":" not in host else f"[{host}]:0"
    return session.settings.bind


def _stay(gateway: ChildGateway, place: Path) -> None:
    """Say how to go on, and wait until told to stop."""
    program = sys.argv[0] if Path(sys.argv[0]).name == "gateway" else "gateway"
    home = "" if place == Path(".gateway") else f"--home {place} "
    where = "" if gateway.url == _USUAL_URL else f" --url {gateway.url}"
    contract = f"{gateway.url}/soap/bus/v1?wsdl"
    say(
        t(
            f"The gateway stays at {gateway.url} until Ctrl-C. Contract: {contract}; also /health, /metrics.",
            f"Şlüz Ctrl-C-yə qədər {gateway.url} ünvanındadır. Müqavilə: {contract}; həmçinin /health, /metrics.",
        ),
        style="bold",
    )
    say(t("Your own first call, from another terminal:", "İlk öz müraciətiniz, başqa terminaldan:"))
    say(f"  {program} {home}call notices PullNotices --as MOJ afterSequence=0{where}")
    try:
        code = gateway.wait()
    except (KeyboardInterrupt, _StopError):
        return
    raise CommandError(t(f"The gateway ended by itself (exit code {code}).", f"Şlüz özü dayandı (çıxış kodu {code})."))


def _raise_stop(_number: int, _frame: Any) -> None:
    raise _StopError
