"""The enrolled parties. Every change bumps one version, by which the edge sees that its snapshot is old."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    Column,
    Connection,
    RowMapping,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

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
    certificate,
    directory_version,
    mandate,
    party_change,
    representative,
    system,
    system_operation,
)

_PARTIES = {
    PartyKind.AGENCY: (agency, agency.c.code),
    PartyKind.SYSTEM: (system, system.c.code),
    PartyKind.REPRESENTATIVE: (representative, representative.c.fin),
    PartyKind.MANDATE: (mandate, mandate.c.code),
}
_HOLDERS = {PartyKind.SYSTEM: certificate.c.system, PartyKind.REPRESENTATIVE: certificate.c.representative}


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
    rows = select(certificate).where(certificate.c.representative == fin).order_by(certificate.c.position)
    cards = tuple(record_of(Certificate, card) for card in connection.execute(rows).mappings())
    found = replace(record_of(Representative, row), certificates=cards)
    if at is None:
        return found
    return replace(found, standing=standings_at(connection, [(PartyKind.REPRESENTATIVE, fin)], at)[0])


def standings_at(connection: Connection, parties: Sequence[tuple[PartyKind, str]], at: datetime) -> list[Standing]:
    """The standings that the parties had at the moment `at`, in one statement; those not enrolled are left out."""
    rows = connection.execute(union_all(*(_steps_of(kind, party) for kind, party in parties)).order_by("number")).all()
    steps: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        steps[row.kind, row.party].append(row)
    return [_standing_after(steps[kind, party], at) for kind, party in parties if (kind, party) in steps]


def _steps_of(kind: PartyKind, party: str) -> Select[Any]:
    """The present standing of a party beside each step that was ever made with it, or beside nothing."""
    table, key = _PARTIES[kind]
    steps = (party_change.c.kind == kind) & (party_change.c.party == key) & party_change.c.event.in_(list(StandingStep))
    made = (party_change.c.number, party_change.c.event, party_change.c.at)
    named = (literal(kind.value).label("kind"), key.label("party"), table.c.standing.label("standing"))
    return select(*named, *made).select_from(table.outerjoin(party_change, steps)).where(key == party)


def _standing_after(rows: Sequence[Any], at: datetime) -> Standing:
    if rows[0].event is None:  # no step was ever kept: as it stands, so it always stood
        return Standing(rows[0].standing)
    made = [StandingStep(row.event) for row in rows if row.at <= at]
    return LEADS_TO[made[-1]] if made else Standing.ACTIVE


def find_login(connection: Connection, kind: PartyKind, login: str) -> RowMapping | None:
    """Party, `password_hash`, `password_must_change` and `password_changed_at` of whoever of `kind` has the login."""
    table, key = _PARTIES[kind]
    wanted = (key.label("party"), table.c.password_hash, table.c.password_must_change, table.c.password_changed_at)
    return connection.execute(select(*wanted).where(table.c.login == login)).mappings().one_or_none()


def set_password(
    connection: Connection, kind: PartyKind, party: str, password_hash: str, *, must_change: bool, at: datetime
) -> None:
    """Set the hash of a party's password, and whether that one must be changed."""
    table, key = _PARTIES[kind]
    values = {"password_hash": password_hash, "password_must_change": must_change, "password_changed_at": at}
    connection.execute(update(table).where(key == party).values(values))


def add_agency(connection: Connection, record: Agency) -> None:
    """Keep an agency."""
    _add(connection, agency, columns_of(record))


def add_system(connection: Connection, record: System) -> None:
    """Keep a system with its certificates and what it may do."""
    values = columns_of(record, "certificates", "rights", fingerprint=_nobody(record.code), issuer="", serial="")
    _add(connection, system, values | {"active": record.active})
    for each in record.certificates:
        add_certificate(connection, PartyKind.SYSTEM, record.code, each)
    for right in record.rights:
        set_right(connection, record.code, right)


def add_representative(connection: Connection, record: Representative) -> None:
    """Keep a representative with the certificates of the person's cards."""
    _add(connection, representative, columns_of(record, "certificates", active=record.active))
    for each in record.certificates:
        add_certificate(connection, PartyKind.REPRESENTATIVE, record.fin, each)


def add_certificate(connection: Connection, kind: PartyKind, party: str, record: Certificate) -> None:
    """Keep a further certificate of a system or a person."""
    holder = _HOLDERS[kind]
    last = connection.scalar(select(func.max(certificate.c.position)).where(holder == party)) or 0
    _add(connection, certificate, columns_of(record, position=last + 1, **{holder.name: party}))
    _tell_certificate(connection, kind, party)


def withdraw_certificate(connection: Connection, kind: PartyKind, party: str, fingerprint: str, at: datetime) -> None:
    """Mark a certificate as withdrawn; it stays on record."""
    connection.execute(update(certificate).where(certificate.c.fingerprint == fingerprint).values(withdrawn_at=at))
    _tell_certificate(connection, kind, party)


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
    connection.execute(update(table).where(key == party).values(standing=standing))
    _tell_standing(connection)


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


# Processes of the version before know of one certificate and of a mark, and of agencies not even that. They run beside
# this version while it is being rolled out, so what they read is kept true as far as they can know it.


def _tell_certificate(connection: Connection, kind: PartyKind, party: str) -> None:
    """Let them take the oldest certificate that was not withdrawn, and nothing where there is none."""
    table, key = _PARTIES[kind]
    good = (_HOLDERS[kind] == party) & certificate.c.withdrawn_at.is_(None)
    found = connection.execute(select(certificate).where(good).order_by(certificate.c.position)).mappings().first()
    values = {name: found[name] if found else "" for name in ("issuer", "serial") if name in table.c}
    nothing = _nobody(party) if kind is PartyKind.SYSTEM else None
    connection.execute(
        update(table).where(key == party).values(values | {"fingerprint": found["fingerprint"] if found else nothing})
    )


def _tell_standing(connection: Connection) -> None:
    """Let them take systems and persons that count; a system counts only where its agency does."""
    active = select(agency.c.code).where(agency.c.standing == Standing.ACTIVE)
    counts = (system.c.standing == Standing.ACTIVE) & system.c.agency.in_(active)
    connection.execute(update(system).values(active=counts))
    connection.execute(update(representative).values(active=representative.c.standing == Standing.ACTIVE))


def _nobody(system_code: str) -> str:
    """Where they look for a fingerprint: what is none."""
    return f"none:{system_code}"


def _agencies(connection: Connection) -> list[Agency]:
    return [record_of(Agency, row) for row in connection.execute(select(agency)).mappings()]


def _systems(connection: Connection) -> list[System]:
    rights: defaultdict[str, list[Right]] = defaultdict(list)
    for row in connection.execute(select(system_operation).order_by(system_operation.c.operation)).mappings():
        rights[row["system"]].append(record_of(Right, row))
    certificates = _certificates(connection, certificate.c.system)
    return [
        replace(record_of(System, row), rights=tuple(rights[row["code"]]), certificates=certificates[row["code"]])
        for row in connection.execute(select(system)).mappings()
    ]


def _representatives(connection: Connection) -> list[Representative]:
    certificates = _certificates(connection, certificate.c.representative)
    return [
        replace(record_of(Representative, row), certificates=certificates[row["fin"]])
        for row in connection.execute(select(representative)).mappings()
    ]


def _certificates(connection: Connection, holder: Column[Any]) -> defaultdict[str, tuple[Certificate, ...]]:
    """Certificates by their holder, oldest first."""
    found: defaultdict[str, tuple[Certificate, ...]] = defaultdict(tuple)
    rows = select(certificate).where(holder.is_not(None)).order_by(certificate.c.position)
    for row in connection.execute(rows).mappings():
        found[row[holder.name]] += (record_of(Certificate, row),)
    return found


def _mandates(connection: Connection) -> list[Mandate]:
    return [record_of(Mandate, row) for row in connection.execute(select(mandate)).mappings()]
