"""Telling agencies of certificates that expire soon."""

from __future__ import annotations

from datetime import datetime

from handlers.messages import NoticeDue
from handlers.notices.commands import add_notice
from handlers.parties.expiry import due_warnings, held_certificates
from handlers.parties.queries import load_directory
from handlers.store import notices
from handlers.store.ports import Store
from handlers.work import Work


def warn_of_expiry(store: Store, now: datetime) -> list[NoticeDue]:
    """Write the notices that are due and not written yet, whoever calls this and however often; those written.

    Raises `StoreUnavailableError`, and `StoreConflictError` when another process writes one of them at the same moment.
    """
    with store.reading() as connection:
        standing = due_warnings(held_certificates(load_directory(connection)), now)
        due = [each for each in standing if not notices.has_notice(connection, each.event_id)]
    if due:
        with store.writing() as connection:
            for each in due:
                add_notice(Work(connection, now), each)
    return due
