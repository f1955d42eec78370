"""Entries of the two system registers: versions in valid time and transaction time, nothing ever overwritten."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.cases.model import OPERATOR, Case
from handlers.clock import system_clock
from handlers.registration.model import Entry, EntryStatus, PersonalDataSystemCard, Register, ResourceCard
from handlers.registration.names import NAMES, name_key
from handlers.registration.timeline import Period, revise
from handlers.rules.clocks import civil_day, days_late
from handlers.rules.duty import RegistrationDuty, duty_of
from handlers.rules.numbering import entry_number, entry_series, version_series
from handlers.store import entries, numbers, presence, relations
from handlers.work import Work

Card = ResourceCard | PersonalDataSystemCard
_MOMENT = timedelta(microseconds=1)
"""The shortest time that both databases tell apart."""


class EntryExistsError(Exception):
    """The owner has an entry, or an open case, of that short name already."""


class UnknownEntryError(Exception):
    """The register has no entry of that number."""


def enter(
    work: Work,
    card: Card,
    *,
    status: EntryStatus = EntryStatus.REGISTERED,
    valid_from: datetime | None = None,
    actor: str = OPERATOR,
    case: Case | None = None,
) -> Entry:
    """Make a new entry: draws the next registration number and records version 1.

    The version is true from `valid_from` (now, when not given) without end. `case` is the one that led to it;
    its claim on the short name passes to the entry. What is entered as CANCELLED (from an older register) claims
    no name: it may have a successor. Raises `EntryExistsError`; the unit of work is then to be rolled back.
    """
    register = register_of_card(card)
    key = name_key(register, card.owner, card.short_name)
    if case is not None:
        numbers.release(work.connection, case.tracking_id, [key])
    number = entry_number(register, numbers.next_number(work.connection, entry_series(register)))
    claimed = () if status is EntryStatus.CANCELLED else (key,)
    if numbers.acquire(work.connection, number, claimed) is not None:
        raise EntryExistsError(f"{card.owner} has an entry or a case named {card.short_name} already")
    version = numbers.next_number(work.connection, version_series(number))
    entry = _version(number, version, card, status, valid_from or work.now, work.now)
    case_number = case.number if case else None
    entries.add_version(work.connection, entry, valid_to=None, actor=actor, case_number=case_number)
    presence.refresh(work.connection, number, work.now)
    return entry


def amend(
    work: Work,
    number: str,
    *,
    card: Card | None = None,
    status: EntryStatus | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    actor: str = OPERATOR,
    case: Case | None = None,
) -> Entry:
    """Record a further version of an entry, true from `valid_from` (now, when not given) until before `valid_to`.

    What is not given stays as in the version before. What was said of that period until now stays on record as what
    was known until now. Raises `UnknownEntryError`, `EntryExistsError` when the new short name is taken, and
    `ValueError` when the period is empty or the card is the other register's.
    """
    if entries.find_latest(work.connection, number) is None:
        raise UnknownEntryError(f"no entry {number}")
    # Drawing the version's number locks the entry until the unit of work ends.
    version = numbers.next_number(work.connection, version_series(number))
    period = Period(valid_from or work.now, valid_to)
    before = present_entry(work.connection, number, period.start)
    if before is None:  # it was found to be a mistake while its lock was waited for
        raise UnknownEntryError(f"no entry {number}")
    card = card or card_of_entry(before)
    if register_of_card(card) is not before.register:
        raise ValueError("the card is the other register's")
    if period.end is None:
        _pass_on_name(work, number, card, status or before.status, case)
    recorded_at = _make_room(work, number, period)
    entry = _version(number, version, card, status or before.status, period.start, recorded_at)
    case_number = case.number if case else None
    entries.add_version(work.connection, entry, valid_to=period.end, actor=actor, case_number=case_number)
    presence.refresh(work.connection, number, work.now)
    return entry


def get_entry(
    connection: Connection,
    number: str,
    *,
    as_of: datetime | None = None,
    as_known_at: datetime | None = None,
    now: datetime | None = None,
) -> Entry | None:
    """The version of the entry that was true at `as_of`, as the register knew it at `as_known_at`.

    Not given: as it is last known, and true at the moment that is looked at (`as_known_at`, or else `now`, or else the
    machine's time). All are aware. With it come the relations that held then, also those that the cards of others
    declare, whether registration was voluntary then, and how late its application was. None when nothing was true
    then, or nothing known.
    """
    looked_at = as_of or as_known_at or now or system_clock()
    entry = entries.find_entry(connection, number, as_of=looked_at, as_known_at=as_known_at)
    return None if entry is None else _in_its_surroundings(connection, entry, looked_at, as_known_at)


def present_entry(connection: Connection, number: str, as_of: datetime) -> Entry | None:
    """The version true at `as_of` as last known; before an entry's first or after its last day, the newest there is.

    None when there is no such entry, or it was entered by mistake and is said no more.
    """
    entry = entries.find_entry(connection, number, as_of=as_of, as_known_at=None)
    return entry or entries.find_latest(connection, number)


def register_of_card(card: Card) -> Register:
    """The register a card belongs to."""
    if isinstance(card, ResourceCard):
        return Register.INFORMATION_RESOURCES
    return Register.PERSONAL_DATA_SYSTEMS


def card_of_entry(entry: Entry) -> Card:
    """The card of an entry."""
    card = entry.resource_card or entry.personal_data_system_card
    assert card is not None, "an entry has a card"
    return card


def _in_its_surroundings(connection: Connection, entry: Entry, as_of: datetime, as_known_at: datetime | None) -> Entry:
    related = relations.find_relations(connection, entry.number, as_of=as_of, as_known_at=as_known_at)
    card = entry.personal_data_system_card
    voluntary = card is not None and duty_of(card, civil_day(as_of)) is RegistrationDuty.VOLUNTARY
    return _with_lateness(connection, replace(entry, relations=related, voluntary=voluntary or None))


def _with_lateness(connection: Connection, entry: Entry) -> Entry:
    submission = entries.find_late_submission(connection, entry.number, entry.version)
    if submission is None:
        return entry
    due, received_at = submission
    return replace(entry, submitted_late_days=days_late(due, civil_day(received_at)) or None)


def _version(
    number: str, version: int, card: Card, status: EntryStatus, valid_from: datetime, recorded_at: datetime
) -> Entry:
    return Entry(
        number=number,
        register=register_of_card(card),
        version=version,
        status=status,
        owner=card.owner,
        valid_from=valid_from,
        recorded_at=recorded_at,
        resource_card=card if isinstance(card, ResourceCard) else None,
        personal_data_system_card=card if isinstance(card, PersonalDataSystemCard) else None,
    )


def _make_room(work: Work, number: str, period: Period) -> datetime:
    """Stop saying what `period` contradicts, and say again what is left of it. Returns the moment of recording.

    That is now, except when a clock was set back or two change the entry at one moment: what is recorded later is
    never recorded as earlier, and whatever was said was known for a moment at the least.
    """
    said = entries.said_at_present(work.connection, number)
    revision = revise(said, period, key=lambda row: row.row, period=lambda row: Period(row.valid_from, row.valid_to))
    known = [row.recorded_from + (_MOMENT if row.row in revision.closed else timedelta()) for row in said]
    recorded_at = max([work.now, *known])
    entries.close_rows(work.connection, revision.closed, recorded_at)
    for row, rest in revision.kept:
        entries.say_again(work.connection, row, rest.start, rest.end, recorded_at)
    return recorded_at


def _pass_on_name(work: Work, number: str, card: Card, status: EntryStatus, case: Case | None) -> None:
    """Claim the name that the entry has from now on, and give up another one; a cancelled entry claims none."""
    key = name_key(register_of_card(card), card.owner, card.short_name)
    wanted = set() if status is EntryStatus.CANCELLED else {key}
    held = {each for each in numbers.held_by(work.connection, number) if each.startswith(NAMES)}
    if case is not None:
        numbers.release(work.connection, case.tracking_id, wanted - held)
    if numbers.acquire(work.connection, number, wanted - held) is not None:
        raise EntryExistsError(f"{card.owner} has an entry or a case named {card.short_name} already")
    numbers.release(work.connection, number, held - wanted)
