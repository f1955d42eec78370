"""Every field and every code of cards, applications and entries has a name in both languages."""

from __future__ import annotations

from enum import StrEnum

import msgspec
import pytest

from gateway.contract import cards, registration
from gateway.contract.declare import read_complex
from gateway.contract.model import ComplexType
from handlers.registration import model
from handlers.rules.labels import FIELDS, VALUES, label_of, label_of_value, labels_of, spoken

_PUBLISHED = (
    cards.ResourceCard,
    cards.PersonalDataSystemCard,
    cards.RegistrationApplication,
    cards.AppealApplication,
    cards.Withdrawal,
    cards.DestructionProof,
)

UNLABELLED = {"withheld"}
"""Fields of an entry that are about the answer, not about the entry."""


def _elements(declared: ComplexType, path: str = "") -> list[str]:
    found = []
    for field in declared.fields:
        found.append(f"{path}/{field.name}")
        if isinstance(field.type, ComplexType):
            found += _elements(field.type, found[-1])
    return found


@pytest.mark.parametrize("declared", _PUBLISHED, ids=lambda declared: declared.get_type_name())
def test_every_published_element_has_a_label(declared: type) -> None:
    root = getattr(model, declared.get_type_name())

    assert list(labels_of(root)) == _elements(read_complex(declared))


def test_every_published_element_of_an_entry_has_a_label() -> None:
    elements = _elements(read_complex(registration.Entry))

    assert list(labels_of(model.Entry)) == [path for path in elements if path[1:] not in UNLABELLED]


@pytest.mark.parametrize("record", FIELDS, ids=lambda record: record.__name__)
def test_labels_are_of_the_record_s_fields_in_their_order(record: type[msgspec.Struct]) -> None:
    fields = [field.encode_name for field in msgspec.structs.fields(record)]

    assert list(FIELDS[record]) == [name for name in fields if name not in UNLABELLED]


@pytest.mark.parametrize("codes", VALUES, ids=lambda codes: codes.__name__)
def test_every_code_has_a_label(codes: type[StrEnum]) -> None:
    assert set(VALUES[codes]) == {member.value for member in codes}


def test_no_label_is_empty_or_the_same_in_both_languages_by_oversight() -> None:
    labels = [label for table in (*FIELDS.values(), *VALUES.values()) for label in table.values()]

    assert all(label.az.strip() and label.en.strip() for label in labels)
    assert not [label for label in labels if label.az == label.en]


def test_positions_are_ignored() -> None:
    assert label_of(model.ResourceCard, "/legalActs[3]/url").en == "Web address"


def test_an_unknown_path_is_an_error() -> None:
    with pytest.raises(KeyError):
        label_of(model.ResourceCard, "/licenceNumber")


@pytest.mark.parametrize(
    ("root", "path", "az", "en"),
    [
        (model.RegistrationApplication, "/eventDate", "Hadisənin tarixi", "Date of the event"),
        (
            model.RegistrationApplication,
            "/resourceCard/legalActs[2]/url",
            "Hüquqi aktlar (2): Elektron ünvanı",
            "Legal acts (2): Web address",
        ),
        (model.ResourceCard, "/topics[1]", "Mövzular (1)", "Topics (1)"),
        (
            model.AppealApplication,
            "/resourceCard",
            "İnformasiya ehtiyatının vərəqəsi",
            "Card of the information resource",
        ),
        (model.Entry, "/elsewhere/x", "elsewhere: x", "elsewhere: x"),
    ],
)
def test_a_path_in_words(root: type[msgspec.Struct], path: str, az: str, en: str) -> None:
    way = spoken(root, path)  # type: ignore[arg-type]  # every one of them is a record

    assert (way.az, way.en) == (az, en)


def test_codes_and_answers_in_words() -> None:
    assert label_of_value(model.SystemKind.PRE_EXISTING).az == "Qanundan əvvəl mövcud olan sistem"
    assert label_of_value(value=True).az == "Bəli"
    assert label_of_value(value=False).en == "No"
