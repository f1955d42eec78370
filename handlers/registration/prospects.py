"""What the registers say of an application before it is submitted. Nothing is claimed: others may still come first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from handlers.cases.model import CaseType
from handlers.receipts.model import Ground
from handlers.registration.commands import ground_against_entry
from handlers.registration.entries import card_of_entry, present_entry, register_of_card
from handlers.registration.facts import entries_named
from handlers.registration.model import AppealApplication, Defect, Entry, RegistrationApplication
from handlers.registration.names import appeal_key, file_key, name_key
from handlers.registration.validation import RegisterView
from handlers.rules.completeness import CARD_PATHS, cards_of
from handlers.rules.grounds import GroundCode, ground
from handlers.store import entries, numbers


def look_at_register(
    connection: Connection,
    application: RegistrationApplication | AppealApplication,
    now: datetime,
    *,
    file_digest: str | None = None,
) -> RegisterView:
    """The entries that `application` names, and why the registers would refuse it if it came now.

    `file_digest` is that of the signed file it was read from, 64 lower-case hexadecimal digits.
    """
    return RegisterView(
        entries=entries_named(connection, application, now),
        against=(
            *_against_entry(connection, application, now),
            *_against_names(connection, application, now),
            *_against_file(connection, application, file_digest),
        ),
    )


def _against_entry(
    connection: Connection, application: RegistrationApplication | AppealApplication, now: datetime
) -> list[Defect]:
    if not isinstance(application, AppealApplication):
        return []
    entry = present_entry(connection, application.entry_number, now)
    base = entries.find_version(connection, application.entry_number, application.against_version)
    refusal = ground_against_entry(application, entry, base)
    if refusal is not None:
        return [_defect("/entryNumber" if base is not None or entry is None else "/againstVersion", refusal)]
    open_case = appeal_key(application.entry_number, CaseType(application.kind), application.applicant)
    if numbers.is_held(connection, open_case):
        return [_defect("/entryNumber", ground(GroundCode.OPEN_CASE_EXISTS))]
    return []


def _against_names(
    connection: Connection, application: RegistrationApplication | AppealApplication, now: datetime
) -> list[Defect]:
    """Short names of its cards that are held already; an appeal may keep the name its entry has.

    Names under another owner are not looked up: what that one is having registered is not the applicant's to learn.
    """
    present: Entry | None = None
    if isinstance(application, AppealApplication):
        present = present_entry(connection, application.entry_number, now)
    kept = set() if present is None else {name_key(present.register, present.owner, card_of_entry(present).short_name)}
    return [
        _defect(f"{CARD_PATHS[type(card)]}/shortName", ground(GroundCode.DUPLICATE))
        for card in cards_of(application)
        if card.owner == application.applicant
        and (key := name_key(register_of_card(card), card.owner, card.short_name)) not in kept
        and numbers.is_held(connection, key)
    ]


def _against_file(
    connection: Connection, application: RegistrationApplication | AppealApplication, digest: str | None
) -> list[Defect]:
    if digest is None or not numbers.is_held(connection, file_key(application.applicant, digest)):
        return []
    return [_defect("/signedApplication", ground(GroundCode.SIGNED_FILE_USED))]


def _defect(path: str, refusal: Ground) -> Defect:
    code = refusal.code.lower().replace("_", "-")
    return Defect(path=path, rule=f"register.{code}", text_az=refusal.text_az, text_en=refusal.text_en)
