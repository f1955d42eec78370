"""Rules of completeness that a schema cannot say, as one table (domain §2).

A rule looks at an application or at its card and names the paths at fault. What follows depends on its weight:
a BAR is a structural impossibility for which the register refuses the application, a DEFECT is recorded on the case for
the clerk and the applicant, a NOTE is shown and holds nobody up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers.registration.model import (
    AppealApplication,
    Defect,
    PersonalDataSystemCard,
    RegistrationApplication,
    ResourceCard,
)
from handlers.rules import on_cards, on_lives, on_personal_data, on_relations
from handlers.rules import predicates as find
from handlers.rules.grounds import GroundCode
from handlers.rules.rule import Facts, Finding, Rule, Weight

__all__ = ["RULES", "Application", "Card", "Facts", "Finding", "Rule", "Weight", "cards_of", "findings"]

Application = RegistrationApplication | AppealApplication
Card = ResourceCard | PersonalDataSystemCard

CARD_PATHS = {ResourceCard: "/resourceCard", PersonalDataSystemCard: "/personalDataSystemCard"}
"""Element of an application in which each card stands."""

_RESOURCE = (ResourceCard,)
_PERSONAL = (PersonalDataSystemCard,)
_CARDS = (ResourceCard, PersonalDataSystemCard)
_REGISTRATION = (RegistrationApplication,)
_APPEAL = (AppealApplication,)
_APPLICATIONS = (RegistrationApplication, AppealApplication)

RULES: tuple[Rule, ...] = (
    # The application as a whole
    Rule(
        "card.one",
        _APPLICATIONS,
        find.not_exactly_one_card,
        "Müraciətdə yalnız bir vərəqə olmalıdır.",
        "The application must carry exactly one card.",
        Weight.BAR,
        GroundCode.INCOMPLETE,
    ),
    Rule(
        "card.register",
        _APPLICATIONS,
        find.card_of_another_register,
        "Vərəqə müraciətin aid olduğu reyestrin vərəqəsi deyil.",
        "The card is not the one of the register that the application is for.",
        Weight.BAR,
        GroundCode.OUT_OF_SCOPE,
    ),
    Rule(
        "cancellation.card",
        _APPEAL,
        find.card_in_cancellation,
        "Ləğv, dayandırma və bərpa müraciətlərində vərəqə olmamalıdır.",
        "A cancellation, a suspension and a resumption carry no card.",
    ),
    Rule(
        "registration.owner",
        _REGISTRATION,
        find.applicant_is_not_owner,
        "Vərəqədə sahib kimi müraciət edən qurum göstərilməlidir.",
        "The card must name the applicant as the owner.",
        Weight.BAR,
        GroundCode.OWNER_NOT_APPLICANT,
    ),
    Rule(
        "applicant.owner",
        _APPEAL,
        find.applicant_is_not_owner,
        "Vərəqədə başqa sahib göstərilib: qeyd həmin quruma keçəcək.",
        "The card names another owner: the entry would pass to that agency.",
    ),
    Rule(
        "event-date.future",
        _APPLICATIONS,
        find.future_event,
        "Hadisə tarixi gələcəkdə ola bilməz.",
        "The date of the event lies in the future.",
    ),
    Rule(
        "event-date.late",
        _APPLICATIONS,
        find.late_submission,
        "Müraciət üçün 20 təqvim günlük müddət keçib; gecikmə qeyd olunur.",
        "The term of 20 calendar days has passed; the delay is recorded.",
        Weight.NOTE,
    ),
    Rule(
        "entry-number.form",
        _APPEAL,
        find.malformed_entry_number,
        "Qeydiyyat nömrəsi IR-000001 və ya PD-000001 şəklində olmalıdır.",
        "A registration number has the form IR-000001 or PD-000001.",
    ),
    Rule(
        "entry-version.positive",
        _APPEAL,
        find.version_below_one,
        "Qeydin versiyası 1-dən kiçik ola bilməz.",
        "Versions of an entry are counted from 1.",
    ),
    Rule(
        "text.blank",
        _APPLICATIONS,
        find.blank_texts,
        "Sahə boş ola bilməz.",
        "The field must not be blank.",
    ),
    Rule(
        "text.unseen",
        _APPLICATIONS,
        find.unseen_characters,
        "Sahədə görünməyən və ya idarəedici simvollar var; onları silin.",
        "The field has characters that nobody sees, or that steer how it is shown; take them out.",
    ),
    # Every card
    Rule(
        "owner.enrolled",
        _CARDS,
        find.owner_not_enrolled,
        "Sahib qeydiyyatda olan dövlət qurumu deyil.",
        "The owner is not an enrolled agency.",
    ),
    Rule(
        "legal-act.present",
        _CARDS,
        find.no_legal_act,
        "Ən azı bir hüquqi akt göstərilməlidir.",
        "At least one legal act must be given.",
    ),
    Rule(
        "legal-act.url",
        _CARDS,
        find.malformed_urls,
        "Ünvan http:// və ya https:// ilə başlayan tam internet ünvanı olmalıdır.",
        "The address must be a complete http:// or https:// address.",
    ),
    Rule(
        "legal-act.adopted",
        _CARDS,
        find.acts_from_the_future,
        "Aktın qəbul tarixi gələcəkdə ola bilməz.",
        "The act's date of adoption lies in the future.",
    ),
    Rule(
        "contact.email",
        _CARDS,
        find.malformed_emails,
        "Elektron poçt ünvanı düzgün deyil.",
        "The e-mail address is malformed.",
    ),
    Rule(
        "protection.audit",
        _CARDS,
        find.audits_from_the_future,
        "Son yoxlamanın tarixi gələcəkdə ola bilməz.",
        "The date of the last audit lies in the future.",
    ),
    # Information resources
    Rule(
        "data-objects.limit",
        _RESOURCE,
        find.too_many_data_objects,
        "Əsas məlumat obyektlərinin sayı 10-dan çox ola bilməz.",
        "No more than 10 main data objects may be given.",
    ),
    Rule(
        "status-date.future",
        _RESOURCE,
        find.status_from_the_future,
        "Vəziyyətin tarixi gələcəkdə ola bilməz.",
        "The date of the status lies in the future.",
    ),
    Rule(
        "relation.number",
        _RESOURCE,
        find.malformed_relations,
        "Əlaqəli qeydin nömrəsi IR-000001 və ya PD-000001 şəklində olmalıdır.",
        "The number of a related entry has the form IR-000001 or PD-000001.",
    ),
    Rule(
        "relation.repeated",
        _RESOURCE,
        find.repeated_relations,
        "Eyni əlaqə bir dəfədən artıq göstərilib.",
        "The same relation is given more than once.",
    ),
    Rule(
        "relation.itself",
        _APPEAL,
        find.relation_to_itself,
        "Qeyd özü ilə əlaqəli ola bilməz.",
        "An entry cannot be related to itself.",
    ),
    # Personal-data information systems
    Rule(
        "special-categories.basis",
        _PERSONAL,
        find.special_categories_without_law,
        "Xüsusi kateqoriyalı məlumatlar üçün qanunvericilik əsası (qanun) göstərilməlidir.",
        "Special categories of data need a law as their legal basis.",
    ),
    Rule(
        "special-categories.repeated",
        _PERSONAL,
        find.repeated_special_categories,
        "Eyni kateqoriya bir dəfədən artıq göstərilib.",
        "The same category is given more than once.",
    ),
    Rule(
        "subjects.category",
        _PERSONAL,
        find.no_subject_category,
        "Ən azı bir subyekt kateqoriyası göstərilməlidir.",
        "At least one category of subjects must be given.",
    ),
    Rule(
        "data.category",
        _PERSONAL,
        find.no_data_category,
        "Ən azı bir məlumat kateqoriyası göstərilməlidir.",
        "At least one category of data must be given.",
    ),
    Rule(
        "subjects.negative",
        _PERSONAL,
        find.negative_subject_count,
        "Subyektlərin sayı mənfi ola bilməz.",
        "The number of subjects must not be negative.",
    ),
    Rule(
        "cross-border.country",
        _PERSONAL,
        find.unknown_countries,
        "Ölkə kodu ISO 3166-1 üzrə üçhərfli kod olmalıdır.",
        "The country must be a three-letter code of ISO 3166-1.",
    ),
    Rule(
        "cross-border.home",
        _PERSONAL,
        find.transfer_to_home,
        "Azərbaycan daxilində ötürmə transsərhəd ötürmə deyil.",
        "A transfer within Azerbaijan is not a cross-border transfer.",
    ),
    Rule(
        "kind.start-date",
        _PERSONAL,
        find.pre_existing_after_the_law,
        "Sistem «Fərdi məlumatlar haqqında» Qanundan (11 may 2010) əvvəl fəaliyyətə başlamayıb.",
        "The system did not start before the Law on Personal Data (11 May 2010).",
    ),
    *on_cards.RULES,
    *on_lives.RULES,
    *on_relations.RULES,
    *on_personal_data.RULES,
)


def findings(application: Application, facts: Facts, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Every rule that `application` or its cards break, in the order of the table."""
    return [
        Finding(rule, Defect(path=path, rule=rule.code, text_az=rule.az, text_en=rule.en))
        for rule in rules
        for path in _paths_at_fault(rule, application, facts)
    ]


def cards_of(application: Application) -> list[Card]:
    """The cards an application carries; a sound one carries one, or none when it is a cancellation."""
    given = (application.resource_card, application.personal_data_system_card)
    return [card for card in given if card is not None]


def _paths_at_fault(rule: Rule, application: Application, facts: Facts) -> Iterator[str]:
    if isinstance(application, rule.on):
        yield from rule.find(application, facts)
    for card in cards_of(application):
        if isinstance(card, rule.on):
            yield from (CARD_PATHS[type(card)] + path for path in rule.find(card, facts))
