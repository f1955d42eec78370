"""What the commands open: store and broker of the installation, released when the command ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.background import broker_of, store_of
from gateway.cli.session import Session
from handlers.store.engine import SqlStore
from queues.broker import Broker


@contextmanager
def open_store(session: Session) -> Iterator[SqlStore]:
    """The register store of an initialised home."""
    session.home.require()
    store = store_of(session.settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_broker(session: Session) -> Iterator[Broker]:
    """The broker of an initialised home."""
    session.home.require()
    broker = broker_of(session.settings)
    try:
        yield broker
    finally:
        broker.close()
