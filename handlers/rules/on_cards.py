"""Rules on what both cards have: owner's operator, legal acts, contacts, means of protection, texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from handlers.record import Record
from handlers.registration.model import Contact, PersonalDataSystemCard, ProtectionMeans, ResourceCard
from handlers.registration.names import folded
from handlers.rules.legal_acts import forms_of, is_officially_published, needs_date
from handlers.rules.paths import children
from handlers.rules.rule import Facts, Rule, Weight

Card = ResourceCard | PersonalDataSystemCard
Paths = Iterable[str]

_DIGITS_OF_A_PHONE = 7
_CARDS = (ResourceCard, PersonalDataSystemCard)
_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]", re.DOTALL)
_IN_WORDS = {
    "name", "purpose", "manner", "databasePlace", "retention", "responsiblePerson", "stopCondition"
}  # fmt: skip
"""Mandatory texts of a card that say something in words; a dash or a dot says nothing."""


def places(path: str, items: Iterable[object], at_fault: Callable[[object], bool], field: str = "") -> Iterator[str]:
    """The paths of those of `items` that are at fault, counted from 1, with `field` behind."""
    return (f"{path}[{position}]{field}" for position, item in enumerate(items, start=1) if at_fault(item))


def operator_not_enrolled(card: Card, facts: Facts) -> Paths:
    """An operator the directory does not know; that of a card is an agency by its code."""
    return () if card.operator is None or card.operator in facts.agencies else ("/operator",)


def operator_is_owner(card: Card, _facts: Facts) -> Paths:
    """An operator that is given though it is no other agency."""
    return ("/operator",) if card.operator == card.owner else ()


def misnumbered_acts(card: Card, _facts: Facts) -> Paths:
    """Acts whose number is none of their rank's, on the day they were adopted."""
    return places("/legalActs", card.legal_acts, lambda act: not forms_of(act), "/reference")  # type: ignore[arg-type]


def undated_acts(card: Card, _facts: Facts) -> Paths:
    """Acts without a date of which the number alone does not tell which is meant."""
    return (
        f"/legalActs[{position}]/adoptedOn"
        for position, act in enumerate(card.legal_acts, start=1)
        if act.adopted_on is None and needs_date(act)
    )


def unofficial_addresses(card: Card, _facts: Facts) -> Paths:
    """Addresses of acts that are no act's on a site of official publication."""
    return (
        f"/legalActs[{position}]/url"
        for position, act in enumerate(card.legal_acts, start=1)
        if act.url is not None and not is_officially_published(act.url)
    )


def repeated_acts(card: Card, _facts: Facts) -> Paths:
    """The same act given again."""
    keys = [(act.type, act.reference.strip(), act.adopted_on) for act in card.legal_acts]
    return (f"/legalActs[{position + 1}]" for position, key in enumerate(keys) if key in keys[:position])


def nobody_to_reach(card: Card, _facts: Facts) -> Paths:
    """No contact at all that could be called or written to."""
    return () if any(contact.phone or contact.email for contact in card.contacts) else ("/contacts",)


def unreachable_contacts(card: Card, _facts: Facts) -> Paths:
    """Contacts without telephone and e-mail, beside one that can be reached."""
    return (
        f"/contacts[{position}]"
        for position, contact in enumerate(card.contacts, start=1)
        if not _is_reachable(contact) and any(map(_is_reachable, card.contacts))
    )


def short_phones(card: Card, _facts: Facts) -> Paths:
    """Telephone numbers of fewer digits than any line outside an office has."""
    return (
        f"/contacts[{position}]/phone"
        for position, contact in enumerate(card.contacts, start=1)
        if contact.phone is not None and sum(map(str.isdigit, contact.phone)) < _DIGITS_OF_A_PHONE
    )


def results_without_audit(card: Card, _facts: Facts) -> Paths:
    """Results of audits of which nobody knows when they were."""
    return _of_protection(card, "lastAudit", lambda means: means.audit_result is not None and means.last_audit is None)


def audits_without_result(card: Card, _facts: Facts) -> Paths:
    """Audits without a result."""
    return _of_protection(
        card, "auditResult", lambda means: means.audit_result is None and means.last_audit is not None
    )


def wordless_texts(card: Card, _facts: Facts) -> Iterator[str]:
    """Mandatory texts, titles of acts and names of contacts without two letters: a dash in place of an answer.

    Blank ones are another rule's.
    """
    for path, value in children(card):
        if path[1:] in _IN_WORDS and _says_nothing(value):
            yield path
    for position, act in enumerate(card.legal_acts, start=1):
        if _says_nothing(act.title):
            yield f"/legalActs[{position}]/title"
    for position, contact in enumerate(card.contacts, start=1):
        if _says_nothing(contact.name):
            yield f"/contacts[{position}]/name"


def repeated_texts(card: Card, _facts: Facts) -> Iterator[str]:
    """Texts that a list of the card holds twice."""
    for path, value in children(card):
        if isinstance(value, tuple) and not any(isinstance(item, Record) for item in value):
            texts = [folded(item) if type(item) is str else None for item in value]
            for position, text in enumerate(texts):
                if text and text in texts[:position]:
                    yield f"{path}[{position + 1}]"


def _is_reachable(contact: Contact) -> bool:
    return bool(contact.phone or contact.email)


def _of_protection(card: Card, field: str, at_fault: Callable[[ProtectionMeans], bool]) -> Iterator[str]:
    for position, means in enumerate(card.protection, start=1):
        if at_fault(means):
            yield f"/protection[{position}]/{field}"


def _says_nothing(text: str) -> bool:
    return bool(text.strip()) and not _LETTERS.search(text)


RULES: tuple[Rule, ...] = (
    Rule(
        "operator.enrolled",
        _CARDS,
        operator_not_enrolled,
        "Operator qeydiyyatda olan dövlət qurumu deyil.",
        "The operator is not an enrolled agency.",
    ),
    Rule(
        "operator.owner",
        _CARDS,
        operator_is_owner,
        "Operator sahibin özüdür: bu sahə yalnız operator başqa qurum olduqda doldurulur.",
        "The operator is the owner itself: the field is for another agency only.",
        Weight.NOTE,
    ),
    Rule(
        "legal-act.number",
        _CARDS,
        misnumbered_acts,
        "Nömrə bu növ aktların nömrələnmə qaydasına uyğun deyil (məsələn, qanun üçün 998-IIIQ, qərar üçün 149).",
        "The number is not one that acts of this rank bear (for example 998-IIIQ for a law, 149 for a decision).",
    ),
    Rule(
        "legal-act.date",
        _CARDS,
        undated_acts,
        "Aktı təkcə nömrəsinə görə müəyyən etmək olmur: qəbul edildiyi tarix də göstərilməlidir.",
        "The number alone does not tell which act is meant: give the day of its adoption too.",
    ),
    Rule(
        "legal-act.official-address",
        _CARDS,
        unofficial_addresses,
        "Ünvan rəsmi dərc mənbəyinə (məsələn, https://e-qanun.az/framework/19675) uyğun deyil.",
        "The address is not an act's on a site of official publication (as https://e-qanun.az/framework/19675).",
        Weight.NOTE,
    ),
    Rule(
        "legal-act.repeated",
        _CARDS,
        repeated_acts,
        "Eyni akt bir dəfədən artıq göstərilib.",
        "The same act is given more than once.",
        Weight.NOTE,
    ),
    Rule(
        "contact.present",
        _CARDS,
        nobody_to_reach,
        "Telefonu və ya elektron poçtu olan ən azı bir əlaqə göstərilməlidir.",
        "At least one contact with a telephone number or an e-mail address must be given.",
    ),
    Rule(
        "contact.reachable",
        _CARDS,
        unreachable_contacts,
        "Əlaqənin nə telefonu, nə də elektron poçtu göstərilib.",
        "The contact has neither a telephone number nor an e-mail address.",
        Weight.NOTE,
    ),
    Rule(
        "contact.phone",
        _CARDS,
        short_phones,
        "Telefon nömrəsi natamamdır: ən azı 7 rəqəm olmalıdır.",
        "The telephone number is incomplete: it has fewer than 7 digits.",
    ),
    Rule(
        "protection.audit-date",
        _CARDS,
        results_without_audit,
        "Yoxlamanın nəticəsi göstərilib, tarixi göstərilməyib.",
        "The result of an audit is given, but not its date.",
    ),
    Rule(
        "protection.audit-result",
        _CARDS,
        audits_without_result,
        "Yoxlamanın tarixi göstərilib, nəticəsi göstərilməyib.",
        "The date of an audit is given, but not its result.",
        Weight.NOTE,
    ),
    Rule(
        "text.wordless",
        _CARDS,
        wordless_texts,
        "Sahə sözlə doldurulmalıdır.",
        "The field must say it in words.",
    ),
    Rule(
        "list.repeated",
        _CARDS,
        repeated_texts,
        "Siyahıda eyni dəyər bir dəfədən artıq göstərilib.",
        "The list holds the same value more than once.",
        Weight.NOTE,
    ),
)
