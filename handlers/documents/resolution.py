"""From a question to what is looked up and examined, or to the reason why it cannot be answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.documents.keys import document_key, document_number, is_readable
from handlers.documents.model import DocumentQuestion
from handlers.documents.mrz import Mrz, MrzError, parse_mrz
from handlers.documents.wording import Wording
from handlers.rules.classifiers import DocumentRules
from handlers.rules.countries import MRZ_ALIASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that names a document."""

    question: DocumentQuestion
    document_type: str | None
    """None when the document is named by its zone alone: then a record of any type is about it."""
    numbers: tuple[tuple[str, str], ...]
    """Issuer and normalised number; two when what was typed and what the zone says differ."""
    mrz: Mrz | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys to look up."""
        return tuple(document_key(country, number) for country, number in self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A question that cannot be answered: the field at fault, and what to tell people."""

    question: DocumentQuestion
    field: str
    text: Wording


def resolve_all(questions: Sequence[DocumentQuestion], day: date, rules: DocumentRules) -> list[Asked | Malformed]:
    """Resolve every question for `day`, in order. Questions that share a reference could not be told apart."""
    uses = Counter(question.reference for question in questions)
    return [
        Malformed(question=question, field="reference", text=_SHARED_REFERENCE)
        if uses[question.reference] > 1
        else resolve(question, day, rules)
        for question in questions
    ]


def resolve(question: DocumentQuestion, day: date, rules: DocumentRules) -> Asked | Malformed:
    """Resolve one question: by its number, by its machine-readable zone, or by both."""
    try:
        mrz = parse_mrz(question.mrz) if question.mrz is not None else None
    except MrzError:
        return Malformed(question=question, field="mrz", text=_NO_ZONE)
    number = document_number(question.series, question.number)
    fault = _fault(question, number, mrz, day, rules)
    if fault is not None:
        field, text = fault
        return Malformed(question=question, field=field, text=text)
    numbers = []
    if mrz is not None:
        numbers.append((_issuer(mrz), document_number(None, mrz.number)))
    if number:
        numbers.append((question.country or _issuer_of(mrz), number))
    return Asked(
        question=question, document_type=question.document_type, numbers=tuple(dict.fromkeys(numbers)), mrz=mrz
    )


def _fault(
    question: DocumentQuestion, number: str, mrz: Mrz | None, day: date, rules: DocumentRules
) -> tuple[str, Wording] | None:
    """The first thing that makes the question unanswerable: field and text."""
    type_, country = question.document_type, question.country
    zone_unusable = mrz is not None and (not mrz.number or rules.issuers.find(_issuer(mrz), day) is None)
    statements = (
        (not question.reference.strip(), "reference", _NO_REFERENCE),
        (zone_unusable, "mrz", _ZONE_WITHOUT_DOCUMENT),
        (mrz is None and not document_number(None, question.number), "number", _NO_NUMBER),
        (mrz is None and type_ is None, "documentType", _NO_TYPE),
        (mrz is None and country is None, "country", _NO_COUNTRY),
        (bool(number) and not is_readable(number), "number", _UNREADABLE_NUMBER),
        (type_ is not None and rules.types.find(type_, day) is None, "documentType", _UNKNOWN_TYPE),
        (country is not None and rules.issuers.find(country, day) is None, "country", _UNKNOWN_COUNTRY),
    )
    return next(((field, text) for wrong, field, text in statements if wrong), None)


def _issuer(mrz: Mrz) -> str:
    return MRZ_ALIASES.get(mrz.issuer, mrz.issuer)


def _issuer_of(mrz: Mrz | None) -> str:
    assert mrz is not None, "a number without a country comes with a zone"
    return _issuer(mrz)


_SHARED_REFERENCE = Wording(
    "Bu istinad sorğuda bir dəfədən artıq işlənib.", "The reference is used more than once in the request."
)
_NO_REFERENCE = Wording("İstinad göstərilməyib.", "No reference is given.")
_NO_NUMBER = Wording(
    "Sənədin nömrəsi və ya maşınla oxunan zonası göstərilməlidir.",
    "The number of the document, or its machine-readable zone, must be given.",
)
_NO_TYPE = Wording("Sənədin növü göstərilməlidir.", "The type of the document must be given.")
_NO_COUNTRY = Wording("Sənədi verən ölkə göstərilməlidir.", "The issuing country must be given.")
_UNKNOWN_TYPE = Wording("Sənədin növü təsnifatda yoxdur.", "The type of document is not in the classifier.")
_UNKNOWN_COUNTRY = Wording("Ölkənin kodu təsnifatda yoxdur.", "The country code is not in the classifier.")
_UNREADABLE_NUMBER = Wording(
    "Seriya və nömrə yalnız hərf və rəqəmlərdən ibarət olmalı, 32 işarədən çox olmamalıdır.",
    "Series and number are made of letters and digits only, 32 characters at the most.",
)
_NO_ZONE = Wording(
    "Maşınla oxunan zona TD1, TD2 və ya TD3 formasında deyil.",
    "The machine-readable zone is none of TD1, TD2 and TD3.",
)
_ZONE_WITHOUT_DOCUMENT = Wording(
    "Maşınla oxunan zonada sənədin nömrəsi və ya tanınan ölkə kodu yoxdur.",
    "The machine-readable zone has no document number or no known issuer.",
)
