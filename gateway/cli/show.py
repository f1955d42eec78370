"""`settings`, `version` and `queues`: what an installation is and how it fares."""

from __future__ import annotations

import platform
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.app import own_version
from gateway.cli.language import t
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import note, say, table

if TYPE_CHECKING:
    from gateway.settings_sources import Origin


def settings(context: typer.Context) -> None:
    """Every setting: value, unit, where the value came from, and what it means."""
    from gateway.terms import terms_in_use

    session = session_of(context)
    origins = session.origins
    table(
        (t("setting", "parametr"), t("value", "qiymət"), t("from", "mənbə"), t("meaning", "məna")),
        ((each.name, _value(each), _origin(each), _meaning(each)) for each in origins),
    )
    # The one setting that is a file of its own: whoever looks at the settings is told if it will not do.
    terms_in_use(session.settings)


def _is_number(of: Origin) -> bool:
    return of.value.replace(".", "", 1).isdecimal()


def _value(of: Origin) -> str:
    return f"{of.value} {t(of.unit, of.unit_az)}" if _is_number(of) else of.value or "-"


def _origin(of: Origin) -> str:
    return t("default", "standart") if of.origin == "default" else of.origin


def _meaning(of: Origin) -> str:
    """The meaning, and what is no number is said to be."""
    return t(of.meaning, of.meaning_az) + ("" if _is_number(of) else f" ({t(of.unit, of.unit_az)})")


def version(_context: typer.Context) -> None:
    """Versions of the gateway and of what its verdicts rest on."""
    say(f"gateway {own_version()}")
    for name in ("cryptography", "lxml", "signxml", "sqlalchemy", "pika"):
        say(f"  {name} {version_of(name)}")
    say(f"  Python {platform.python_version()}, {platform.system()} {platform.machine()}")


def queues(
    context: typer.Context,
    fail: Annotated[
        bool,
        typer.Option(
            "--fail-on-dead",
            help=t(
                "Exit code 1 when a dead-letter queue holds anything.", "Ölü məktub növbəsi boş deyilsə, çıxış kodu 1."
            ),
        ),
    ] = False,
) -> None:
    """Depth and oldest message of every queue, dead-letter queues included."""
    from gateway.cli.composition import open_broker
    from handlers.queue_names import TOPOLOGY

    session = session_of(context)
    names = [name for spec in TOPOLOGY for name in (spec.name, spec.dead_letters)]
    with open_broker(session) as broker:
        depths = broker.depths(names)
    now = datetime.now(UTC)
    table(
        (t("queue", "növbə"), t("ready", "gözləyir"), t("in hand", "icrada"), t("oldest", "ən köhnəsi")),
        (
            (
                each.queue,
                str(each.ready),
                "-" if each.unacknowledged is None else str(each.unacknowledged),
                "-" if each.oldest is None else age(now - each.oldest),
            )
            for each in depths
        ),
    )
    _show_store(session, now)
    dead = {spec.dead_letters for spec in TOPOLOGY}
    if fail and any(each.ready for each in depths if each.queue in dead):
        raise typer.Exit(1)


def _show_store(session: Session, now: datetime) -> None:
    """What the store knows of the same work: RabbitMQ tells nobody how old its oldest message is."""
    from gateway.cli.composition import open_store
    from handlers.receipts.queries import commands_waiting
    from handlers.store.outbox import SqlOutbox
    from handlers.store.ports import StoreUnavailableError

    try:
        with open_store(session) as store:
            with store.reading() as connection:
                waiting = commands_waiting(connection)
            unsent, oldest = SqlOutbox(store).unsent()
    except StoreUnavailableError:
        note(t("The store does not answer; only the broker is shown.", "Baza cavab vermir; yalnız broker göstərilir."))
        return
    outbox = t("outbox, not sent yet", "çıxış qutusu, göndərilməyib")
    table(
        (t("known to the store", "bazaya görə"), t("number", "sayı"), t("oldest", "ən köhnəsi")),
        [
            *(
                (t(f"{name}, not applied yet", f"{name}, icra olunmayıb"), str(n), age(now - at))
                for name, n, at in waiting
            ),
            (outbox, str(unsent), "-" if oldest is None else age(now - oldest)),
        ],
    )


def age(duration: timedelta) -> str:
    """A duration as people read it, in its largest unit: `3 s`, `12 min`, `5 h`, `2 d`."""
    seconds = max(0, int(duration.total_seconds()))
    for unit, length in ((t("d", "gün"), 86_400), (t("h", "saat"), 3_600), (t("min", "dəq"), 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} {t('s', 'san')}"
