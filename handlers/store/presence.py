"""Keeping the present state of entries in step with what is said of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select

from handlers.registration.terms import terms_of
from handlers.rules.numbering import entry_place
from handlers.store.entries import entry_of
from handlers.store.tables_presence import entry_present, entry_term
from handlers.store.tables_registers import entry_version, register_case
from handlers.store.upsert import insert_into

_p = entry_present.c
_v = entry_version.c


def refresh(connection: Connection, number: str, now: datetime) -> None:
    """Bring the present state of the entry to what is said of it, as of `now`; an entry of which nothing is said goes.

    To be called in the unit of work that changed what is said. It takes turns with others that refresh the same entry.
    """
    place = entry_place(number)
    kept = connection.execute(select(_p.terms).where(_p.place == place).with_for_update()).scalar_one_or_none()
    said = _said(connection, number)
    terms: frozenset[str] = frozenset()
    if said:
        row = _true_at(said, now)
        terms = terms_of(entry_of(row))
        _keep(connection, place, _columns(connection, row, said, now) | {"terms": sorted(terms)})
    else:
        connection.execute(delete(entry_present).where(_p.place == place))
    _keep_terms(connection, place, frozenset(kept or ()), terms)


def due(connection: Connection, now: datetime, most: int) -> list[str]:
    """Numbers of entries of which another version became true by the passing of time, the longest due first."""
    query = select(_p.number).where(_p.changes_at.is_not(None), _p.changes_at <= now).order_by(_p.changes_at)
    return list(connection.scalars(query.limit(most)))


def _said(connection: Connection, number: str) -> list[RowMapping]:
    query = select(entry_version).where(_v.number == number, _v.recorded_to.is_(None)).order_by(_v.valid_from)
    return list(connection.execute(query).mappings())


def _true_at(said: list[RowMapping], now: datetime) -> RowMapping:
    """The row that is true at `now`; before the first and after the last one, the newest version there is."""
    for row in said:
        if row["valid_from"] <= now and (row["valid_to"] is None or now < row["valid_to"]):
            return row
    return max(said, key=lambda row: int(row["version"]))


def _columns(connection: Connection, row: RowMapping, said: list[RowMapping], now: datetime) -> dict[str, Any]:
    bounds = (bound for each in said for bound in (each["valid_from"], each["valid_to"]))
    case = row["case_number"]
    return {
        "number": row["number"],
        "register": row["register"],
        "version": row["version"],
        "status": row["status"],
        "owner": row["owner"],
        "short_name": row["card"]["shortName"],
        "name": row["card"]["name"],
        "late": None if case is None else connection.scalar(_late_of(case)),
        "valid_from": row["valid_from"],
        "recorded_at": row["first_recorded_at"],
        "changes_at": min((bound for bound in bounds if bound is not None and bound > now), default=None),
    }


def _late_of(case_number: str) -> Any:
    return select(register_case.c.late).where(register_case.c.number == case_number)


def _keep(connection: Connection, place: int, values: dict[str, Any]) -> None:
    statement = insert_into(connection, entry_present).values(place=place, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["place"], set_=values))


def _keep_terms(connection: Connection, place: int, kept: frozenset[str], terms: frozenset[str]) -> None:
    gone, new = kept - terms, sorted(terms - kept)
    if gone:
        connection.execute(delete(entry_term).where(entry_term.c.place == place, entry_term.c.term.in_(sorted(gone))))
    if new:
        statement = insert_into(connection, entry_term).on_conflict_do_nothing()
        connection.execute(statement, [{"term": term, "place": place} for term in new])


def find_present(connection: Connection, places: Iterable[int]) -> list[RowMapping]:
    """The present state of the entries at `places`, in their order; those that have gone are left out."""
    columns = [column for column in entry_present.c if column.name not in ("terms", "changes_at")]
    query = select(*columns).where(_p.place.in_(list(places))).order_by(_p.place)
    return list(connection.execute(query).mappings())
