"""The enrolled parties. Every change bumps one version, by which the edge sees that its snapshot is old."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from handlers.parties.directory import Directory
from handlers.parties.model import (
    Act,
    Agency,
    Certificate,
    DisclosureTier,
    Mandate,
    PartyChange,
    PartyKind,
    Representative,
    System,
)
from handlers.parties.rights import Right
from handlers.parties.standing import LEADS_TO, Standing, StandingStep
from handlers.store.rows import columns_of, record_of
from handlers.store.tables import (
    agency,
    directory_version,
    mandate,
    party_change,
    representative,
    system,
    system_certificate,
    system_operation,
)

_PARTIES = {
    PartyKind.AGENCY: (agency, agency.c.code),
    PartyKind.SYSTEM: (system, system.c.code),
    PartyKind.REPRESENTATIVE: (representative, representative.c.fin),
    PartyKind.MANDATE: (mandate, mandate.c.code),
}


def version(connection: Connection) -> int:
    """Number of changes made to the directory so far."""
    number: int = connection.execute(select(directory_version.c.version)).scalar_one()
    return number


def count_change(connection: Connection) -> None:
    """Count one change to the directory."""
    connection.execute(update(directory_version).values(version=directory_version.c.version + 1))


def lock(connection: Connection) -> None:
    """Let nobody else change the directory until the transaction ends, so that what is read here stays so."""
    connection.execute(select(directory_version.c.version).with_for_update())


def load(connection: Connection) -> Directory:
    """Everything, as one snapshot (when `connection` reads one)."""
    return Directory(
        version=version(connection),
        agencies={row.code: row for row in _agencies(connection)},
        systems={row.code: row for row in _systems(connection)},
        representatives={row.fin: row for row in _representatives(connection)},
        mandates={row.code: row for row in _mandates(connection)},
    )


def agency_codes(connection: Connection) -> frozenset[str]:
    """The codes of all agencies."""
    return frozenset(connection.scalars(select(agency.c.code)))


def find_agency(connection: Connection, code: str) -> Agency | None:
    """The agency of that code."""
    row = connection.execute(select(agency).where(agency.c.code == code)).mappings().one_or_none()
    return None if row is None else record_of(Agency, row)


def find_representative(connection: Connection, fin: str, at: datetime | None = None) -> Representative | None:
    """The representative of that FIN, as the person stood at the moment `at`; None: as the person stands."""
    row = connection.execute(select(representative).where(representative.c.fin == fin)).mappings().one_or_none()
    if row is None:
        return None
    found = record_of(Representative, row)
    return found if at is None else replace(found, standing=_standing_at(connection, found, at))


def _standing_at(connection: Connection, person: Representative, at: datetime) -> Standing:
    steps = [row for row in changes(connection, PartyKind.REPRESENTATIVE, person.fin) if row.event in set(StandingStep)]
    if not steps:
        return person.standing
    made = [StandingStep(row.event) for row in steps if row.at <= at]
    return LEADS_TO[made[-1]] if made else Standing.ACTIVE


def add_agency(connection: Connection, record: Agency) -> None:
    """Keep an agency."""
    _add(connection, agency, columns_of(record))


def add_system(connection: Connection, record: System) -> None:
    """Keep a system with its certificates and what it may do."""
    values = columns_of(record, "certificates", "rights", active=record.active)
    _add(connection, system, values | _known_to_the_version_before(record))
    for each in record.certificates:
        add_certificate(connection, record.code, each)
    for right in record.rights:
        set_right(connection, record.code, right)


def add_certificate(connection: Connection, system_code: str, record: Certificate) -> None:
    """Keep a further certificate of a system."""
    mine = system_certificate.c.system == system_code
    last = connection.scalar(select(func.max(system_certificate.c.position)).where(mine)) or 0
    _add(connection, system_certificate, columns_of(record, system=system_code, position=last + 1))


def withdraw_certificate(connection: Connection, fingerprint: str, at: datetime) -> None:
    """Mark a certificate as withdrawn; it stays on record."""
    mine = system_certificate.c.fingerprint == fingerprint
    connection.execute(update(system_certificate).where(mine).values(withdrawn_at=at))


def set_right(connection: Connection, system_code: str, right: Right) -> None:
    """Let a system do what `right` says, and of its operation no more than that."""
    remove_right(connection, system_code, right.operation)
    _add(connection, system_operation, columns_of(right, system=system_code))


def remove_right(connection: Connection, system_code: str, operation: str) -> None:
    """Take an operation away from a system."""
    mine = (system_operation.c.system == system_code) & (system_operation.c.operation == operation)
    connection.execute(delete(system_operation).where(mine))


def set_addresses(connection: Connection, system_code: str, addresses: Iterable[str]) -> None:
    """Bind a system to networks."""
    connection.execute(update(system).where(system.c.code == system_code).values(addresses=list(addresses)))


def set_system_tier(connection: Connection, system_code: str, tier: DisclosureTier | None) -> None:
    """Set what a system is shown at the most."""
    connection.execute(update(system).where(system.c.code == system_code).values(tier=tier))


def set_agency_tier(connection: Connection, code: str, tier: DisclosureTier) -> None:
    """Set what an agency is shown at the most."""
    connection.execute(update(agency).where(agency.c.code == code).values(tier=tier))


def set_standing(connection: Connection, kind: PartyKind, party: str, standing: Standing) -> None:
    """Set the standing of a party."""
    table, key = _PARTIES[kind]
    values: dict[str, Any] = {"standing": standing}
    if "active" in table.c:
        values["active"] = standing is Standing.ACTIVE
    connection.execute(update(table).where(key == party).values(values))


def add_representative(connection: Connection, record: Representative) -> None:
    """Keep a representative."""
    _add(connection, representative, columns_of(record, active=record.active))


def add_mandate(connection: Connection, record: Mandate) -> None:
    """Keep a mandate."""
    _add(connection, mandate, columns_of(record))


def add_change(connection: Connection, kind: PartyKind, party: str, event: str, detail: str, act: Act) -> None:
    """Keep a row of a party's history."""
    _add(connection, party_change, columns_of(act, kind=kind, party=party, event=event, detail=detail))


def changes(connection: Connection, kind: PartyKind, party: str) -> tuple[PartyChange, ...]:
    """The history of a party, oldest first."""
    mine = (party_change.c.kind == kind) & (party_change.c.party == party)
    rows = connection.execute(select(party_change).where(mine).order_by(party_change.c.number)).mappings()
    return tuple(record_of(PartyChange, row) for row in rows)


def _add(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    connection.execute(insert(table).values(values))


def _known_to_the_version_before(record: System) -> dict[str, str]:
    """That version knows one certificate, and none by a fingerprint that is no SHA-256."""
    if not record.certificates:
        return {"fingerprint": f"none:{record.code}", "issuer": "", "serial": ""}
    first = record.certificates[0]
    return {"fingerprint": first.fingerprint, "issuer": first.issuer, "serial": first.serial}


def _agencies(connection: Connection) -> list[Agency]:
    return [record_of(Agency, row) for row in connection.execute(select(agency)).mappings()]


def _systems(connection: Connection) -> list[System]:
    rights: defaultdict[str, list[Right]] = defaultdict(list)
    for row in connection.execute(select(system_operation).order_by(system_operation.c.operation)).mappings():
        rights[row["system"]].append(record_of(Right, row))
    certificates: defaultdict[str, list[Certificate]] = defaultdict(list)
    for row in connection.execute(select(system_certificate).order_by(system_certificate.c.position)).mappings():
        certificates[row["system"]].append(record_of(Certificate, row))
    return [
        replace(
            record_of(System, row), rights=tuple(rights[row["code"]]), certificates=tuple(certificates[row["code"]])
        )
        for row in connection.execute(select(system)).mappings()
    ]


def _representatives(connection: Connection) -> list[Representative]:
    return [record_of(Representative, row) for row in connection.execute(select(representative)).mappings()]


def _mandates(connection: Connection) -> list[Mandate]:
    return [record_of(Mandate, row) for row in connection.execute(select(mandate)).mappings()]
