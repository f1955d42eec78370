"""Registers of any size, filled through the tables: entries, what they are found by, and three cases for each.

Words come as in texts: a few everywhere, most of them rarely (by Zipf's law). Agencies differ as much in size.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
import psycopg
from sqlalchemy import Connection, Table, func, select

from handlers.cases.model import CaseState, CaseType
from handlers.registration.model import (
    Confidentiality,
    Entry,
    EntryStatus,
    LegalAct,
    LegalActType,
    LifeCycleStatus,
    PersonalDataSystemCard,
    Register,
    RegistrationApplication,
    ResourceCard,
    SpecialCategory,
    SystemKind,
    Trigger,
)
from handlers.registration.terms import terms_of
from handlers.rules.numbering import entry_number, entry_place, incoming_number
from handlers.store.engine import SqlStore
from handlers.store.tables_presence import entry_present, entry_term
from handlers.store.tables_registers import case_step, entry_version, register_case

CASES_PER_ENTRY: Final = 3
FIRST: Final = datetime(2016, 1, 4, 8, 0, tzinfo=UTC)
"""When the first entry was recorded."""
MINUTES: Final = 50
"""Minutes from one entry to the next: 100 000 entries are nine and a half years."""
AGENCIES: Final = tuple(f"AGENCY-{place:02}" for place in range(60))
DATA: Final = tuple(f"məlumat növü {place}" for place in range(200))
SUBJECTS: Final = tuple(f"şəxslər qrupu {place}" for place in range(80))
_SYLLABLES: Final = ("ba", "kı", "də", "rə", "li", "mü", "qa", "sö", "tə", "na", "şə", "çi", "ğa", "ye", "vi", "zo")
CLERKS: Final = tuple(f"registrar-{place}" for place in range(12))
WORDS: Final = tuple(
    _SYLLABLES[place % 16] + _SYLLABLES[place // 16 % 16] + _SYLLABLES[place // 256 % 16] + _SYLLABLES[place // 4096]
    for place in range(20_000)
)
_LAW: Final = LegalAct(type=LegalActType.LAW, reference="998-IIIQ", title="Fərdi məlumatlar haqqında")
_FILE: Final = b"<signed/>" * 60
_BATCH: Final = 2_000


def fill(store: SqlStore, entries: int) -> None:
    """Let the registers hold `entries` entries, and three cases for each; they hold fewer so far."""
    with store.reading() as connection:
        held = connection.execute(select(func.count()).select_from(entry_present)).scalar_one()
    for start in range(held, entries, _BATCH):
        tables = _rows(range(start, min(start + _BATCH, entries)))
        with store.writing() as connection:
            for table, rows in tables:
                _put(connection, table, rows)
    if store.url.get_backend_name() == "postgresql":
        # As autovacuum does by itself, only sooner; SQLite is never analysed.
        url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")


def _rows(places: range) -> list[tuple[Table, list[dict[str, Any]]]]:
    """What the tables hold of the entries `places`, made before a transaction begins: none may be idle for long."""
    made = [(entry, terms_of(entry)) for entry in map(entry_of, places)]
    cases = [row for place, (entry, _) in zip(places, made, strict=True) for row in _cases(place, entry)]
    terms = [{"term": term, "place": entry_place(entry.number)} for entry, found in made for term in found]
    return [
        (register_case, cases),
        (case_step, [step for case in cases for step in _steps(case)]),
        (entry_version, [_version(entry) for entry, _ in made]),
        (entry_present, [_present(entry, found) for entry, found in made]),
        (entry_term, sorted(terms, key=lambda row: (str(row["term"]), row["place"]))),
    ]


def entry_of(place: int) -> Entry:
    """The entry that was recorded as number `place`, always the same."""
    chance = random.Random(place)
    register = Register.PERSONAL_DATA_SYSTEMS if place % 3 == 0 else Register.INFORMATION_RESOURCES
    ordinal = place // 3 + 1 if place % 3 == 0 else place - place // 3
    recorded_at = FIRST + timedelta(minutes=MINUTES * place)
    card = _system(chance, place) if place % 3 == 0 else _resource(chance, place)
    status = chance.choices(list(EntryStatus), (90, 6, 4))[0]
    return Entry(
        number=entry_number(register, ordinal),
        register=register,
        version=1,
        status=status,
        owner=card.owner,
        valid_from=recorded_at - timedelta(days=chance.randrange(400)),
        recorded_at=recorded_at,
        resource_card=card if isinstance(card, ResourceCard) else None,
        personal_data_system_card=card if isinstance(card, PersonalDataSystemCard) else None,
    )


def word(chance: random.Random) -> str:
    """A word, common ones more often."""
    return WORDS[_rank(chance, len(WORDS))]


def _rank(chance: random.Random, most: int) -> int:
    return int(math.exp(chance.random() * math.log(most + 1))) - 1


def _text(chance: random.Random, length: int) -> str:
    return " ".join(word(chance) for _ in range(length))


def _agency(chance: random.Random) -> str:
    return AGENCIES[_rank(chance, len(AGENCIES))]


def _resource(chance: random.Random, place: int) -> ResourceCard:
    return ResourceCard(
        short_name=f"{word(chance).upper()}-{place}",
        name=_text(chance, 6),
        purpose=_text(chance, 15),
        owner=_agency(chance),
        legal_acts=(_LAW,),
        topics=tuple(_text(chance, 2) for _ in range(3)),
        data_objects=tuple(DATA[_rank(chance, len(DATA))] for _ in range(3)),
        status=LifeCycleStatus.IN_USE,
        status_date=date(2016, 1, 1),
    )


def _system(chance: random.Random, place: int) -> PersonalDataSystemCard:
    special = () if chance.random() < 0.7 else (chance.choice(list(SpecialCategory)),)
    return PersonalDataSystemCard(
        short_name=f"{word(chance).upper()}-{place}",
        name=_text(chance, 6),
        purpose=_text(chance, 15),
        owner=_agency(chance),
        legal_acts=(_LAW,),
        subject_categories=tuple({SUBJECTS[_rank(chance, len(SUBJECTS))] for _ in range(2)}),
        data_categories=tuple({DATA[_rank(chance, len(DATA))] for _ in range(4)}),
        confidentiality=Confidentiality.CONFIDENTIAL,
        special_categories=special,
        subject_count=chance.randrange(1_000, 1_000_000),
        manner="avtomatlaşdırılmış",
        database_place="Bakı",
        retention="75 il",
        biometrics=False,
        uses_fin=True,
        responsible_person="Aygün Məmmədova",
        start_date=date(2012, 1, 1),
        stop_condition="qanunla",
        kind=SystemKind.NEW,
    )


def _version(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "version": 1,
        "register": entry.register.value,
        "status": entry.status.value,
        "owner": entry.owner,
        "card": entry.resource_card or entry.personal_data_system_card,
        "valid_from": entry.valid_from,
        "first_recorded_at": entry.recorded_at,
        "recorded_from": entry.recorded_at,
        "actor": "operator",
    }


def _present(entry: Entry, terms: frozenset[str]) -> dict[str, Any]:
    card = entry.resource_card or entry.personal_data_system_card
    assert card is not None
    return {
        "place": entry_place(entry.number),
        "number": entry.number,
        "register": entry.register.value,
        "version": 1,
        "status": entry.status.value,
        "owner": entry.owner,
        "short_name": card.short_name,
        "name": card.name,
        "late": False,
        "valid_from": entry.valid_from,
        "recorded_at": entry.recorded_at,
        "terms": sorted(terms),
    }


def case_number(place: int, which: int) -> str:
    """The incoming number of the case `which` (0 to 2) of the entry `place`."""
    register = Register.PERSONAL_DATA_SYSTEMS if place % 3 == 0 else Register.INFORMATION_RESOURCES
    return incoming_number(register, 2016, place * CASES_PER_ENTRY + which + 1)


def _cases(place: int, entry: Entry) -> Iterator[dict[str, Any]]:
    chance = random.Random(-place - 1)
    application = RegistrationApplication(
        register=entry.register,
        trigger=Trigger.CREATED,
        event_date=date(2016, 1, 1),
        applicant=entry.owner,
        representative="5ABC12D",
        resource_card=entry.resource_card,
        personal_data_system_card=entry.personal_data_system_card,
    )
    for which in range(CASES_PER_ENTRY):
        received_at = entry.recorded_at + timedelta(minutes=which)
        is_first = which == 0
        yield {
            "number": case_number(place, which),
            "tracking_id": f"tracking-{place}-{which}",
            "type": (CaseType.REGISTRATION if is_first else chance.choice(list(CaseType)[1:])).value,
            "register": entry.register.value,
            "state": _state(chance),
            "applicant": entry.owner,
            "representative": "5ABC12D",
            "confirmation": "XADES",
            "confirmed_at": received_at,
            "signed_file": _FILE,
            "subject": f"case of {entry.number}",
            "received_at": received_at,
            "recorded_at": received_at,
            "event_date": received_at.date(),
            "due_date": received_at.date() + timedelta(days=20),
            "late": chance.random() < 0.02,
            "clerk": chance.choice((None, *CLERKS)),
            "entry_number": entry.number,
            "application": application,
        }


def _state(chance: random.Random) -> str:
    """Nearly all cases are done with."""
    states = list(CaseState)
    return (CaseState.ARCHIVED if chance.random() < 0.97 else chance.choice(states)).value


def _steps(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for sequence, state in enumerate(("DRAFT", "CONFIRMED", "RECEIVED"), start=1):
        yield {
            "case_number": case["number"],
            "sequence": sequence,
            "at": case["received_at"],
            "actor": "operator",
            "to_state": state,
        }


def _put(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows by the driver's own means, many times as fast as one by one."""
    names = list(rows[0])
    values = [tuple(_plain(row[name], connection.dialect.name) for name in names) for row in rows]
    columns = ", ".join(f'"{name}"' for name in names)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in names)
        driver.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _plain(value: Any, dialect: str) -> Any:
    """As the driver takes it: moments of SQLite as text of the form the store gives them."""
    if isinstance(value, msgspec.Struct | list):
        return msgspec.json.encode(value).decode()
    if dialect == "sqlite" and isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if dialect == "sqlite" and isinstance(value, date):
        return value.isoformat()
    return value
