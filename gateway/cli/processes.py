"""`up`, `serve`, `work` and `relay`: the processes. Told to stop, each finishes what it has in hand."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import note, say

if TYPE_CHECKING:
    from gateway.background import Running
    from gateway.serving.server import HttpServer
    from gateway.wsgi import Gateway

Bind = Annotated[
    str | None,
    typer.Option(
        "--bind",
        metavar="ADDRESS:PORT",
        help=t("Where to listen; overrides GATEWAY_BIND. Port 0: a free one.", "Dinlənən ünvan; GATEWAY_BIND əvəzinə."),
    ),
]


def up(
    context: typer.Context,
    bind: Bind = None,
    until_input_ends: Annotated[
        bool,
        typer.Option(
            "--until-input-ends",
            hidden=True,
            help=t("Stop at the end of standard input.", "Standart giriş bitəndə dayan."),
        ),
    ] = False,
) -> None:
    """Endpoint, workers and relay in one process."""
    from gateway import background
    from gateway.cli.composition import require_schema_unless_away
    from gateway.metrics import Metrics
    from gateway.wsgi import build_gateway
    from handlers.queue_names import TOPOLOGY

    session = _prepare(context, bind)
    if until_input_ends:
        threading.Thread(target=_stop_at_the_end_of_input, name="input", daemon=True).start()
    settings, metrics = session.settings, Metrics()
    store, broker = background.store_of(settings), background.broker_of(settings)
    stopped = threading.Event()
    with ExitStack() as closing:
        closing.callback(store.close)
        closing.callback(broker.close)
        require_schema_unless_away(settings, store)
        broker.declare(TOPOLOGY)
        relay, close_publisher = background.relay(settings, store, broker)
        closing.callback(close_publisher)
        gateway = build_gateway(settings, store, broker, metrics=metrics)
        closing.callback(gateway.close)
        server = _listen(session, gateway)
        parts: list[Running] = [*background.workers(settings, store, broker, metrics), relay]
        parts += background.watches(settings, store)
        behind = threading.Thread(
            target=background.run_until, args=(stopped, parts, settings.drain_timeout, ExitStack()), name="background"
        )
        behind.start()
        try:
            _run(session, server)
        finally:
            stopped.set()
            behind.join()
    note(t("Stopped; nothing was left under way.", "Dayandırıldı; yarımçıq iş qalmadı."))


def serve(context: typer.Context, bind: Bind = None) -> None:
    """Only the endpoint."""
    from gateway import background
    from gateway.cli.composition import require_schema_unless_away
    from gateway.wsgi import build_gateway

    session = _prepare(context, bind)
    store, broker = background.store_of(session.settings), background.broker_of(session.settings)
    with ExitStack() as closing:
        closing.callback(store.close)
        closing.callback(broker.close)
        require_schema_unless_away(session.settings, store)
        gateway = build_gateway(session.settings, store, broker)
        closing.callback(gateway.close)
        _run(session, _listen(session, gateway))


def work(context: typer.Context) -> None:
    """Only workers."""
    from gateway import background
    from gateway.cli.composition import require_schema_unless_away
    from gateway.metrics import Metrics
    from handlers.queue_names import TOPOLOGY

    session = _prepare(context)
    store, broker = background.store_of(session.settings), background.broker_of(session.settings)
    closing = _closing(broker.close, store.close)
    require_schema_unless_away(session.settings, store)
    parts = background.workers(session.settings, store, broker, Metrics())
    names = ", ".join(spec.name for spec in TOPOLOGY)
    _run_behind(session, parts, closing, t(f"ready: workers of {names}", f"hazırdır: {names} növbələrinin işçiləri"))


def relay(context: typer.Context) -> None:
    """Only the relay."""
    from gateway import background
    from gateway.cli.composition import require_schema_unless_away

    session = _prepare(context)
    store, broker = background.store_of(session.settings), background.broker_of(session.settings)
    require_schema_unless_away(session.settings, store)
    part, close_publisher = background.relay(session.settings, store, broker)
    closing = _closing(close_publisher, broker.close, store.close)
    parts: list[Running] = [part, *background.watches(session.settings, store)]
    _run_behind(session, parts, closing, t("ready: relay", "hazırdır: ötürücü"))


def _prepare(context: typer.Context, bind: str | None = None) -> Session:
    from gateway import logs
    from gateway.cli.keys import require_callers_trust, require_gateway_key

    session = session_of(context)
    if bind is not None:
        session = Session(session.home_option, session.debug, {"GATEWAY_BIND": bind})
    session.home.require()
    require_gateway_key(session.home, datetime.now(UTC))
    session.home.tracking_key()
    require_callers_trust(session.home)
    logs.configure(session.settings.log_format, session.settings.log_level)
    return session


def _listen(session: Session, gateway: Gateway) -> HttpServer:
    from gateway.serving.bounds import Bounds
    from gateway.serving.server import HttpServer
    from gateway.soap.peer import Fronts

    settings = session.settings
    if settings.passwords == "tls-front" and not settings.trusted_proxies:
        note(
            t(
                "Every password will be refused: no front is believed that a call came over TLS. Set "
                "GATEWAY_TRUSTED_PROXIES to the addresses of the TLS front.",
                "Bütün parollar rədd ediləcək: müraciətin TLS ilə gəldiyini təsdiqləyən etibarlı server "
                "göstərilməyib. GATEWAY_TRUSTED_PROXIES parametrində TLS serverinin ünvanlarını yazın.",
            )
        )
    host, port = settings.host_and_port
    try:
        return HttpServer(
            gateway.application,
            host=host,
            port=port,
            threads=settings.http_threads,
            bounds=Bounds(
                **{each.name: getattr(settings, each.name) for each in fields(Bounds) if each.name != "max_body"},
                max_body=max(settings.max_message, settings.max_bulk_message),
            ),
            trusts=Fronts(settings.trusted_networks).trust,
        )
    except OSError as error:
        raise CommandError(
            t(
                f"{settings.bind} cannot be listened on: {error.strerror}. Choose another address with --bind.",
                f"{settings.bind} ünvanını dinləmək olmur: {error.strerror}. --bind ilə başqasını seçin.",
            )
        ) from error


def _run(session: Session, server: HttpServer) -> None:
    """Serve until told to stop."""
    _on_stop(server.stop)
    host, port = server.address
    shown = f"[{host}]" if ":" in host else host
    say(t(f"ready: http://{shown}:{port}", f"hazırdır: http://{shown}:{port}"))
    server.run(session.settings.drain_timeout)


def _run_behind(session: Session, parts: list[Running], closing: ExitStack, ready: str) -> None:
    from gateway import background

    stopped = threading.Event()
    _on_stop(stopped.set)
    say(ready)
    background.run_until(stopped, parts, session.settings.drain_timeout, closing)


def _closing(*callbacks: Callable[[], None]) -> ExitStack:
    """Closes in the order given."""
    closing = ExitStack()
    for each in reversed(callbacks):
        closing.callback(each)
    return closing


def _stop_at_the_end_of_input() -> None:
    """Whoever started this process holds the other end of a pipe: it is gone when that ends, killed or not."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _on_stop(stop: Callable[[], None]) -> None:
    """The first SIGTERM or Ctrl-C asks to finish, the second ends at once."""

    def handle(number: int, _frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)
        note(
            t(
                "Finishing what is under way; once more ends at once.",
                "Başlanmış işlər tamamlanır; təkrarı dərhal dayandırır.",
            )
        )
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
