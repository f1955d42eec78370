"""Rules on where a resource or a system is in its life: event, status, start, and whether it is older than the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.registration.model import (
    AppealApplication,
    EntryStatus,
    LifeCycleStatus,
    PersonalDataSystemCard,
    RegistrationApplication,
    SystemKind,
    Trigger,
)
from handlers.rules.duty import PERSONAL_DATA_LAW
from handlers.rules.rule import Facts, Rule, Weight

Paths = Iterable[str]

STATUSES_AFTER: Mapping[Trigger, frozenset[LifeCycleStatus]] = {
    Trigger.CREATED: frozenset({LifeCycleStatus.ESTABLISHED, LifeCycleStatus.IN_USE}),
    Trigger.STRUCTURE_CHANGED: frozenset(LifeCycleStatus) - {LifeCycleStatus.FINISHED},
    Trigger.ACTIVITY_SUSPENDED: frozenset({LifeCycleStatus.SUSPENDED}),
    Trigger.RESUMED: frozenset({LifeCycleStatus.ESTABLISHED, LifeCycleStatus.IN_USE}),
}
"""In which status a resource is after each event. One that is finished is not registered any more."""


def status_against_trigger(application: RegistrationApplication, _facts: Facts) -> Paths:
    """A status that the event does not lead to."""
    card = application.resource_card
    if card is None or card.status in STATUSES_AFTER[application.trigger]:
        return ()
    return ("/resourceCard/status",)


def status_before_event(application: RegistrationApplication, _facts: Facts) -> Paths:
    """A status from before the event that led to it; a changed structure leaves the status as it was."""
    card = application.resource_card
    if card is None or application.trigger is Trigger.STRUCTURE_CHANGED or card.status_date >= application.event_date:
        return ()
    return ("/resourceCard/statusDate",)


def status_after_suspension(application: RegistrationApplication, _facts: Facts) -> Paths:
    """A suspension or a resumption that is dated otherwise than the status it made."""
    card = application.resource_card
    dated = application.trigger in (Trigger.ACTIVITY_SUSPENDED, Trigger.RESUMED)
    if card is None or not dated or card.status_date <= application.event_date:
        return ()
    return ("/resourceCard/statusDate",)


def status_against_entry(appeal: AppealApplication, facts: Facts) -> Paths:
    """A card that says of the resource's life what the status of its entry denies: appeals of their own change that."""
    card, entry = appeal.resource_card, (facts.entries or {}).get(appeal.entry_number)
    if card is None or entry is None:
        return ()
    suspended = card.status is LifeCycleStatus.SUSPENDED
    fits = card.status is not LifeCycleStatus.FINISHED and suspended == (entry.status is EntryStatus.SUSPENDED)
    return () if fits else ("/resourceCard/status",)


def entry_status_after(application: RegistrationApplication) -> EntryStatus:
    """The status in which what is applied for is entered: a suspended resource or system has a suspended entry."""
    card = application.resource_card
    if application.trigger is Trigger.ACTIVITY_SUSPENDED or (
        card is not None and card.status is LifeCycleStatus.SUSPENDED
    ):
        return EntryStatus.SUSPENDED
    return EntryStatus.REGISTERED


def new_before_the_law(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """A system called new that is older than the law."""
    return ("/kind",) if card.kind is SystemKind.NEW and card.start_date < PERSONAL_DATA_LAW else ()


def event_after_the_law(application: RegistrationApplication, _facts: Facts) -> Paths:
    """A system older than the law that is said to have been created after it."""
    card = application.personal_data_system_card
    late = application.trigger is Trigger.CREATED and application.event_date >= PERSONAL_DATA_LAW
    return ("/eventDate",) if card is not None and card.kind is SystemKind.PRE_EXISTING and late else ()


def started_before_registration(application: RegistrationApplication, facts: Facts) -> Paths:
    """A new system that processes already, though processing is allowed only once it is registered."""
    card = application.personal_data_system_card
    created = application.trigger is Trigger.CREATED
    if card is None or not created or card.kind is not SystemKind.NEW or card.start_date >= facts.today:
        return ()
    return ("/personalDataSystemCard/startDate",)


_REGISTRATION = (RegistrationApplication,)

RULES: tuple[Rule, ...] = (
    Rule(
        "trigger.status",
        _REGISTRATION,
        status_against_trigger,
        "Ehtiyatın vəziyyəti hadisəyə uyğun deyil.",
        "The status of the resource does not fit the event.",
        binds=True,
    ),
    Rule(
        "entry.status",
        (AppealApplication,),
        status_against_entry,
        "Ehtiyatın vəziyyəti qeydin vəziyyətinə uyğun deyil: SUSPENDED yalnız dayandırılmış qeyddə olur; dayandırma, "
        "bərpa və ləğv üçün ayrıca müraciət verilir.",
        "The status of the resource does not fit its entry: SUSPENDED belongs to a suspended entry only; to suspend, "
        "resume or finish it takes an appeal of that kind.",
        asks_register=True,
        binds=True,
    ),
    Rule(
        "status-date.event",
        _REGISTRATION,
        status_before_event,
        "Vəziyyətin tarixi hadisənin tarixindən əvvəldir.",
        "The status is dated before the event.",
        Weight.NOTE,
    ),
    Rule(
        "status-date.suspension",
        _REGISTRATION,
        status_after_suspension,
        "Dayandırılma və ya bərpa zamanı vəziyyətin tarixi hadisənin tarixi ilə eyni olmalıdır.",
        "After a suspension or a resumption the status has the date of the event.",
    ),
    Rule(
        "kind.new",
        (PersonalDataSystemCard,),
        new_before_the_law,
        "Sistem «Fərdi məlumatlar haqqında» Qanundan (11 may 2010) əvvəl fəaliyyətə başlayıb: növü PRE_EXISTING "
        "olmalıdır.",
        "The system started before the Law on Personal Data (11 May 2010): its kind is PRE_EXISTING.",
    ),
    Rule(
        "kind.event",
        _REGISTRATION,
        event_after_the_law,
        "Qanundan əvvəl mövcud olan sistemin yaradılma tarixi Qanundan (11 may 2010) sonra ola bilməz.",
        "A system older than the Law on Personal Data (11 May 2010) was not created after it.",
        Weight.NOTE,
    ),
    Rule(
        "start-date.registration",
        _REGISTRATION,
        started_before_registration,
        "Yeni sistemdə fərdi məlumatların işlənməsinə dövlət qeydiyyatından sonra yol verilir; işlənmə artıq başlanıb.",
        "A new system may process personal data once it is registered; processing has begun already.",
        Weight.NOTE,
    ),
)
