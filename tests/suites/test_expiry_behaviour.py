"""Warnings of certificates that expire: one notice each, whoever looks and however often."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from handlers.notices.model import NoticeKind
from handlers.notices.queries import pull_notices
from handlers.notices.warnings import warn_of_expiry
from handlers.parties.model import Agency, Certificate, System
from handlers.store import directory
from handlers.store.engine import open_store
from handlers.store.ports import StoreConflictError
from tests.suites.stage import NOW, counters, together


@pytest.fixture
def enrolled(store):
    """A system whose certificate expires in 62 days."""
    certificate = Certificate(
        fingerprint="a" * 64, issuer="CN=CA", serial="7", subject="CN=X", valid_from=NOW - timedelta(days=300),
        valid_until=NOW + timedelta(days=62),
    )  # fmt: skip
    with store.writing() as connection:
        directory.add_agency(connection, Agency(code="MIA", name_az="DİN", name_en="MIA", tax_id="1"))
        system = System(code="MIA-1", agency="MIA", name="one", certificates=(certificate,))
        directory.add_system(connection, system)
    return store


def pulled(store):
    with store.reading() as connection:
        return pull_notices(connection, "MIA", after=0, limit=100).notices


def test_three_notices_are_written_over_two_months_of_looking_and_numbered_like_others(enrolled):
    with closing(open_store(enrolled.url)) as restarted:
        for day in range(63):
            warn_of_expiry(enrolled, NOW + timedelta(days=day))
            warn_of_expiry(restarted, NOW + timedelta(days=day, hours=5))
    notices = pulled(enrolled)
    assert [(each.sequence, each.kind) for each in notices] == [
        (number, NoticeKind.CERTIFICATE_EXPIRES) for number in (1, 2, 3)
    ]
    assert [each.created_at - NOW for each in notices] == [timedelta(days=days) for days in (2, 32, 55)]
    assert {each.subject for each in notices} == {"MIA-1"}


def test_processes_that_look_at_once_write_it_once(enrolled):
    def look(_):
        try:
            return len(warn_of_expiry(enrolled, NOW + timedelta(days=3)))
        except StoreConflictError:
            return 0

    together(4, look)
    warn_of_expiry(enrolled, NOW + timedelta(days=3))
    assert len(pulled(enrolled)) == 1
    assert counters(enrolled) == {"MIA": 1}
