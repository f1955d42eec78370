"""What the completeness rules look for: each function yields the paths at fault, nothing when all is well.

`facts` is a `handlers.rules.completeness.Facts`; here only its two attributes matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Hashable, Iterable, Iterator
from datetime import date
from typing import Protocol
from urllib.parse import urlsplit

from handlers.registration.model import (
    AppealApplication,
    LegalActType,
    PersonalDataSystemCard,
    Register,
    RegistrationApplication,
    ResourceCard,
    SystemKind,
)
from handlers.rules.classifiers import COUNTRIES, HOME
from handlers.rules.clocks import TermCode, Terms, is_late
from handlers.rules.duty import PERSONAL_DATA_LAW, duty_day, is_due
from handlers.rules.numbering import REGISTER_OF_PREFIX, is_entry_number
from handlers.rules.paths import leaves

MAX_DATA_OBJECTS = 10

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_HOST = re.compile(r"[^\s.]+(\.[^\s.]+)+")

Application = RegistrationApplication | AppealApplication
Card = ResourceCard | PersonalDataSystemCard
Paths = Iterable[str]


class _Facts(Protocol):
    @property
    def agencies(self) -> Collection[str]: ...
    @property
    def today(self) -> date: ...
    @property
    def terms(self) -> Terms: ...


# The application as a whole -------------------------------------------------------------------


def not_exactly_one_card(application: Application, _facts: _Facts) -> Paths:
    """Without a card, or with both, where the whole card is to be given."""
    both = (application.resource_card, application.personal_data_system_card)
    given = sum(card is not None for card in both)
    if given == 1 or _carries_none(application):
        return ()
    return ("/",)


def card_of_another_register(application: Application, _facts: _Facts) -> Paths:
    """One card is given, and it is the other register's."""
    register = register_of(application)
    if register is Register.PERSONAL_DATA_SYSTEMS and application.resource_card is not None:
        return ("/resourceCard",)
    if register is Register.INFORMATION_RESOURCES and application.personal_data_system_card is not None:
        return ("/personalDataSystemCard",)
    return ()


def card_in_cancellation(appeal: AppealApplication, _facts: _Facts) -> Iterator[str]:
    """A cancellation with a card."""
    if not appeal.kind.carries_card:
        if appeal.resource_card is not None:
            yield "/resourceCard"
        if appeal.personal_data_system_card is not None:
            yield "/personalDataSystemCard"


def applicant_is_not_owner(application: Application, _facts: _Facts) -> Iterator[str]:
    """A card whose owner is not the one who applies."""
    if application.resource_card is not None and application.resource_card.owner != application.applicant:
        yield "/resourceCard/owner"
    card = application.personal_data_system_card
    if card is not None and card.owner != application.applicant:
        yield "/personalDataSystemCard/owner"


def future_event(application: Application, facts: _Facts) -> Paths:
    """An event that has not happened yet."""
    return ("/eventDate",) if application.event_date > facts.today else ()


def late_submission(application: Application, facts: _Facts) -> Paths:
    """An application after its term."""
    if not is_due(application):
        return ()
    register = register_of(application)
    start = application.event_date if register is None else duty_day(register, application.event_date)
    return ("/eventDate",) if is_late(TermCode.SUBMISSION, start, facts.today, facts.terms) else ()


def malformed_entry_number(appeal: AppealApplication, _facts: _Facts) -> Paths:
    """A registration number that no register gives."""
    return () if is_entry_number(appeal.entry_number) else ("/entryNumber",)


def version_below_one(appeal: AppealApplication, _facts: _Facts) -> Paths:
    """A version that cannot exist."""
    return ("/againstVersion",) if appeal.against_version < 1 else ()


def blank_texts(application: Application, _facts: _Facts) -> Paths:
    """Texts, anywhere, that are empty or nothing but space."""
    return (path for path, value in leaves(application) if isinstance(value, str) and not value.strip())


def unseen_characters(application: Application, _facts: _Facts) -> Paths:
    """Texts, anywhere, with characters that nobody sees or that change what is seen: controls, formats, separators."""
    return (path for path, value in leaves(application) if isinstance(value, str) and any(map(_is_unseen, value)))


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} and character not in "\n\t"


# Every card -----------------------------------------------------------------------------------


def owner_not_enrolled(card: Card, facts: _Facts) -> Paths:
    """An owner the directory does not know."""
    return () if card.owner in facts.agencies else ("/owner",)


def no_legal_act(card: Card, _facts: _Facts) -> Paths:
    """A card resting on nothing."""
    return () if card.legal_acts else ("/legalActs",)


def malformed_urls(card: Card, _facts: _Facts) -> Paths:
    """Addresses of acts that nobody could open."""
    return (
        f"/legalActs[{position}]/url"
        for position, act in enumerate(card.legal_acts, start=1)
        if act.url is not None and not is_web_address(act.url)
    )


def acts_from_the_future(card: Card, facts: _Facts) -> Paths:
    """Acts adopted after today."""
    return (
        f"/legalActs[{position}]/adoptedOn"
        for position, act in enumerate(card.legal_acts, start=1)
        if act.adopted_on is not None and act.adopted_on > facts.today
    )


def malformed_emails(card: Card, _facts: _Facts) -> Paths:
    """E-mail addresses without a mailbox or a domain."""
    return (
        f"/contacts[{position}]/email"
        for position, contact in enumerate(card.contacts, start=1)
        if contact.email is not None and not _EMAIL.fullmatch(contact.email)
    )


def audits_from_the_future(card: Card, facts: _Facts) -> Paths:
    """Audits that have not taken place yet."""
    return (
        f"/protection[{position}]/lastAudit"
        for position, means in enumerate(card.protection, start=1)
        if means.last_audit is not None and means.last_audit > facts.today
    )


# Information resources ------------------------------------------------------------------------


def too_many_data_objects(card: ResourceCard, _facts: _Facts) -> Paths:
    """More data objects than the card has room for."""
    return ("/dataObjects",) if len(card.data_objects) > MAX_DATA_OBJECTS else ()


def status_from_the_future(card: ResourceCard, facts: _Facts) -> Paths:
    """A status that does not hold yet."""
    return ("/statusDate",) if card.status_date > facts.today else ()


def malformed_relations(card: ResourceCard, _facts: _Facts) -> Paths:
    """Relations to numbers that no register gives."""
    return (
        f"/relations[{position}]/entryNumber"
        for position, relation in enumerate(card.relations, start=1)
        if not is_entry_number(relation.entry_number)
    )


def repeated_relations(card: ResourceCard, _facts: _Facts) -> Paths:
    """Relations of one kind to one entry, given again."""
    return _repeated("/relations", [(relation.kind, relation.entry_number) for relation in card.relations])


def relation_to_itself(appeal: AppealApplication, _facts: _Facts) -> Paths:
    """A changed card that points at its own entry."""
    card = appeal.resource_card
    return (
        f"/resourceCard/relations[{position}]/entryNumber"
        for position, relation in enumerate(card.relations if card else (), start=1)
        if relation.entry_number == appeal.entry_number
    )


# Personal-data information systems ------------------------------------------------------------


def special_categories_without_law(card: PersonalDataSystemCard, _facts: _Facts) -> Paths:
    """Special categories processed on an act of lower rank than a law."""
    has_law = any(act.type is LegalActType.LAW for act in card.legal_acts)
    return ("/specialCategories",) if card.special_categories and not has_law else ()


def repeated_special_categories(card: PersonalDataSystemCard, _facts: _Facts) -> Paths:
    """A category given again."""
    return _repeated("/specialCategories", card.special_categories)


def no_subject_category(card: PersonalDataSystemCard, _facts: _Facts) -> Paths:
    """Data of nobody in particular."""
    return () if card.subject_categories else ("/subjectCategories",)


def no_data_category(card: PersonalDataSystemCard, _facts: _Facts) -> Paths:
    """No data in particular."""
    return () if card.data_categories else ("/dataCategories",)


def negative_subject_count(card: PersonalDataSystemCard, _facts: _Facts) -> Paths:
    """Fewer subjects than none."""
    return ("/subjectCount",) if card.subject_count < 0 else ()


def unknown_countries(card: PersonalDataSystemCard, facts: _Facts) -> Paths:
    """Countries that ISO 3166-1 does not know."""
    return (
        f"/crossBorderCountries[{position}]"
        for position, country in enumerate(card.cross_border_countries, start=1)
        if COUNTRIES.find(country, facts.today) is None
    )


def transfer_to_home(card: PersonalDataSystemCard, _facts: _Facts) -> Paths:
    """A border that is not crossed."""
    return (
        f"/crossBorderCountries[{position}]"
        for position, country in enumerate(card.cross_border_countries, start=1)
        if country == HOME
    )


def pre_existing_after_the_law(card: PersonalDataSystemCard, _facts: _Facts) -> Paths:
    """A system called older than the law that is not."""
    too_young = card.kind is SystemKind.PRE_EXISTING and card.start_date >= PERSONAL_DATA_LAW
    return ("/startDate",) if too_young else ()


# Forms ----------------------------------------------------------------------------------------


def register_of(application: Application) -> Register | None:
    """The register an application is for; None when an appeal's entry number names none."""
    if isinstance(application, RegistrationApplication):
        return application.register
    return REGISTER_OF_PREFIX.get(application.entry_number.partition("-")[0])


def is_web_address(url: str) -> bool:
    """Whether `url` is a complete http or https address with a host of at least two labels."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and not re.search(r"\s", url) and bool(_HOST.fullmatch(host))


def _carries_none(application: Application) -> bool:
    return isinstance(application, AppealApplication) and not application.kind.carries_card


def _repeated(path: str, items: Iterable[Hashable]) -> Iterator[str]:
    seen: set[Hashable] = set()
    for position, item in enumerate(items, start=1):
        if item in seen:
            yield f"{path}[{position}]"
        seen.add(item)
