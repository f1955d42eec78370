"""What the commands open: store and broker of the installation, released when the command ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import structlog

from gateway.background import broker_of, store_of
from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import Session
from gateway.cli.terminal import note
from gateway.logs import QUIET
from gateway.settings import Settings, masked
from handlers.store.engine import SqlStore
from handlers.store.ports import StoreUnavailableError
from handlers.store.schema import SchemaState, schema_state
from queues.broker import Broker


@contextmanager
def open_store(session: Session) -> Iterator[SqlStore]:
    """The register store of an initialised home, at the schema of this release."""
    session.home.require()
    quiet(session)
    with closing(store_of(session.settings)) as store:
        require_schema(session.settings, store)
        yield store


@contextmanager
def open_broker(session: Session) -> Iterator[Broker]:
    """The broker of an initialised home."""
    session.home.require()
    quiet(session)
    with closing(broker_of(session.settings)) as broker:
        yield broker


def quiet(session: Session) -> None:
    """Log nothing in a command that ends at once: what goes wrong it says in words of its own. `--debug` logs."""
    if session.debug:
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def is_file_missing(store: SqlStore) -> bool:
    """Whether the store is to be a file that does not exist."""
    return store.url.get_backend_name() == "sqlite" and not Path(store.url.database or "").exists()


def require_schema(settings: Settings, store: SqlStore) -> None:
    """Raise `CommandError` when the store's database was not made for this release.

    Raises `StoreUnavailableError` when it does not answer.
    """
    shown = masked(settings.database_url)
    if is_file_missing(store):
        raise CommandError(
            t(
                f"The register store {shown} is not there. Put its file back; where there was none yet, run "
                "`gateway init`.",
                f"Reyestr bazası {shown} yoxdur. Faylını bərpa edin; hələ yaradılmayıbsa, `gateway init` icra edin.",
            )
        )
    if not is_ours(settings, store):
        raise CommandError(
            t(
                f"The register store {shown} is not at the schema of this release. Run `gateway init` first.",
                f"Reyestr bazası {shown} bu buraxılışın sxemində deyil. Əvvəlcə `gateway init` icra edin.",
            )
        )


def is_ours(settings: Settings, store: SqlStore) -> bool:
    """Whether the database is at the schema of this release; raises `CommandError` when it is of a later one."""
    state = schema_state(store)
    if state is SchemaState.FOREIGN:
        shown = masked(settings.database_url)
        raise CommandError(
            t(
                f"The register store {shown} was made by another release of the gateway, a later one most likely. "
                "Run that release.",
                f"Reyestr bazası {shown} şlüzün başqa, çox güman ki, daha yeni buraxılışına aiddir. Həmin buraxılışı "
                "işlədin.",
            )
        )
    return state is SchemaState.CURRENT


def require_schema_unless_away(settings: Settings, store: SqlStore) -> None:
    """As `require_schema`, but a process may start before its store: then say so."""
    try:
        require_schema(settings, store)
    except StoreUnavailableError as error:
        shown = masked(settings.database_url)
        note(
            t(
                f"The register store {shown} does not answer ({error}). Starting all the same: what needs it fails "
                "or waits until it is back.",
                f"Reyestr bazası {shown} cavab vermir ({error}). Proses yenə də işə düşür: bazadan asılı işlər o "
                "qayıdana qədər gözləyir və ya rədd edilir.",
            ),
            style="yellow",
        )
