"""The enrolled parties. Every change bumps one version, by which the edge sees that its snapshot is old."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, RowMapping, Table, insert, select, update

from handlers.parties.model import Agency, Directory, DisclosureTier, Representative, System
from handlers.store.tables import agency, directory_version, representative, system, system_operation


def version(connection: Connection) -> int:
    """Number of changes made to the directory so far."""
    number: int = connection.execute(select(directory_version.c.version)).scalar_one()
    return number


def count_change(connection: Connection) -> None:
    """Count one change to the directory."""
    connection.execute(update(directory_version).values(version=directory_version.c.version + 1))


def load(connection: Connection) -> Directory:
    """Everything, as one snapshot (when `connection` reads one)."""
    return Directory(
        version=version(connection),
        agencies={row.code: row for row in _agencies(connection)},
        systems={row.fingerprint: row for row in _systems(connection)},
        representatives={row.fin: row for row in _representatives(connection)},
    )


def agency_codes(connection: Connection) -> frozenset[str]:
    """The codes of all agencies."""
    return frozenset(connection.scalars(select(agency.c.code)))


def find_agency(connection: Connection, code: str) -> Agency | None:
    """The agency of that code."""
    row = connection.execute(select(agency).where(agency.c.code == code)).mappings().one_or_none()
    return None if row is None else _agency(row)


def find_representative(connection: Connection, fin: str) -> Representative | None:
    """The representative of that FIN."""
    row = connection.execute(select(representative).where(representative.c.fin == fin)).mappings().one_or_none()
    return None if row is None else Representative(**row)


def add_agency(connection: Connection, record: Agency) -> None:
    """Keep an agency."""
    _add(connection, agency, record)


def add_system(connection: Connection, record: System) -> None:
    """Keep a system and what it may call."""
    _add(connection, system, record)
    add_operations(connection, record.code, record.operations)


def add_operations(connection: Connection, system_code: str, operations: Iterable[str]) -> None:
    """Let a system call these operations too; none of them may be granted already."""
    rows = [{"system": system_code, "operation": operation} for operation in operations]
    if rows:
        connection.execute(insert(system_operation), rows)


def add_representative(connection: Connection, record: Representative) -> None:
    """Keep a representative."""
    _add(connection, representative, record)


def _add(connection: Connection, table: Table, record: Agency | System | Representative) -> None:
    values = msgspec.structs.asdict(record)
    connection.execute(insert(table).values({column.name: values[column.name] for column in table.c}))


def _agencies(connection: Connection) -> list[Agency]:
    return [_agency(row) for row in connection.execute(select(agency)).mappings()]


def _agency(row: RowMapping) -> Agency:
    values = dict(row)
    provided = tuple(values.pop("provides_document_types"))
    tier = DisclosureTier(values.pop("tier"))
    return Agency(**values, tier=tier, provides_document_types=provided)


def _systems(connection: Connection) -> list[System]:
    granted: defaultdict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(system_operation).order_by(system_operation.c.operation)):
        granted[row.system].append(row.operation)
    rows = connection.execute(select(system)).mappings()
    return [System(**row, operations=tuple(granted[row["code"]])) for row in rows]


def _representatives(connection: Connection) -> list[Representative]:
    return [Representative(**row) for row in connection.execute(select(representative)).mappings()]
