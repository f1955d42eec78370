"""Questions that look through the registers, and how much of an entry is shown to whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from gateway.contract.answers import ListCasesAnswer, SearchEntriesAnswer
from gateway.contract.requests import ListCasesRequest, SearchEntriesRequest
from gateway.faults import FieldError, RefusalError
from gateway.security.identity import Permitted, day_of, permit, sees_restricted
from gateway.soap import extents
from gateway.soap.endpoint import Exchange
from handlers.cases.criteria import CaseCriteria
from handlers.cases.listing import list_cases
from handlers.paging import CriteriaError, CursorError
from handlers.record import Record
from handlers.registration.criteria import EntryCriteria
from handlers.registration.model import Entry
from handlers.registration.public_view import public_view
from handlers.registration.search import keep_present, search_entries
from handlers.store.ports import Store

CriteriaT = TypeVar("CriteriaT", bound=Record)


def shown_to(permitted: Permitted, entry: Entry | None, now: datetime) -> Entry | None:
    """What the caller is shown of `entry`.

    Whole it is for the agency that owned it in that version, and for whom the operator gave the right to restricted
    fields of that register; for everybody else it is the public view.
    """
    if entry is None or entry.owner == permitted.caller.acts_for:
        return entry
    if sees_restricted(permitted, extents.of_register(entry.register)):
        return entry
    return public_view(entry, day_of(now))


def search(store: Store, exchange: Exchange, body: SearchEntriesRequest) -> Record:
    """Answer SearchEntries; a summary holds nothing that is restricted."""
    permit(exchange.acting, extents.of_register(body.register))
    keep_present(store, exchange.now)
    criteria = _criteria(EntryCriteria, body)
    with store.reading() as connection, _telling_field("SearchEntries"):
        page = search_entries(connection, criteria, size=body.page_size, cursor=body.cursor)
    return SearchEntriesAnswer(entries=page.entries, next_cursor=page.next_cursor)


def list_own_cases(store: Store, exchange: Exchange, body: ListCasesRequest) -> Record:
    """Answer ListCases: cases of the agency that is acted for, and of nobody else."""
    applicant = permit(exchange.acting, extents.of_register(body.register)).caller.acts_for
    criteria = _criteria(CaseCriteria, body, applicant=applicant)
    with store.reading() as connection, _telling_field("ListCases"):
        page = list_cases(connection, criteria, size=body.page_size, cursor=body.cursor)
    return ListCasesAnswer(cases=page.cases, next_cursor=page.next_cursor)


def _criteria(kind: type[CriteriaT], body: Record, **others: object) -> CriteriaT:
    """What `body` asks for, without what is said of the page, and with `others`."""
    return kind(**{name: getattr(body, name) for name in kind.__struct_fields__ if hasattr(body, name)}, **others)


@contextmanager
def _telling_field(operation: str) -> Iterator[None]:
    """Refuse with the field that cannot be answered by."""
    try:
        yield
    except CursorError as error:
        raise _refusal(f"/{operation}/cursor", "cursor", error) from error
    except CriteriaError as error:
        raise _refusal(f"/{operation}/{error.field}", "criteria", error) from error


def _refusal(path: str, rule: str, error: Exception) -> RefusalError:
    return RefusalError("client.contract.invalid", reason="CONTRACT.PAGE", fields=(FieldError(path, rule, str(error)),))
