"""The public view: of restricted fields an agency never sees another's, and a card stays a card."""

from __future__ import annotations

import typing
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from handlers.record import Record
from handlers.registration.model import (
    Contact,
    Entry,
    EntryStatus,
    PersonalDataSystemCard,
    ProtectionMeans,
    Register,
    ResourceCard,
)
from handlers.registration.public_view import public_view
from handlers.registration.terms import terms_of
from handlers.rules.effective import Classifier
from handlers.rules.paths import leaves
from handlers.rules.restricted import RESTRICTED_FIELDS, WITHHELD, restricted_paths
from tests.unit.handlers.registration.examples import NOW, PERSONAL, RESOURCE, TODAY

CARDS = {Register.INFORMATION_RESOURCES: ResourceCard, Register.PERSONAL_DATA_SYSTEMS: PersonalDataSystemCard}
PLACES = [(register, path) for register in Register for path in restricted_paths(register, TODAY)]


def entry_of(card, number="IR-000001"):
    resource = isinstance(card, ResourceCard)
    return Entry(
        number=number,
        register=Register.INFORMATION_RESOURCES if resource else Register.PERSONAL_DATA_SYSTEMS,
        version=1,
        status=EntryStatus.REGISTERED,
        owner=card.owner,
        valid_from=NOW,
        recorded_at=NOW,
        resource_card=card if resource else None,
        personal_data_system_card=None if resource else card,
    )


def plain(path):
    """A path without places in lists."""
    return "".join(part for part in path.replace("[", "]").split("]") if not part.isdigit())


def is_under(path, paths):
    return any(path == each or path.startswith(f"{each}/") for each in paths)


TEXTS = st.text("abcəığ", min_size=1, max_size=8).map(lambda text: f"sirr-{text}")


def cards(kind):
    """Cards with something in every field."""
    given_texts = st.builds(Contact, name=TEXTS, role=TEXTS, phone=TEXTS, email=TEXTS)
    means = st.builds(ProtectionMeans, standard=TEXTS, protection_class=TEXTS, level=TEXTS, audit_result=TEXTS)
    some = {
        "contacts": st.lists(given_texts, min_size=1, max_size=3).map(tuple),
        "protection": st.lists(means, min_size=1, max_size=3).map(tuple),
    }
    sound = RESOURCE if kind is ResourceCard else PERSONAL
    texts = {
        field.name: TEXTS
        for field in fields(kind)
        if field.type in (str, str | None) and field.name not in ("owner", "operator")
    }
    lists = {
        field.name: st.lists(TEXTS, min_size=1, max_size=2).map(tuple)
        for field in fields(kind)
        if field.type == tuple[str, ...]
    }
    return st.fixed_dictionaries(texts | lists | some).map(lambda values: replace(sound, **values))


@pytest.mark.parametrize("register", list(Register))
@given(data=st.data())
def test_nothing_restricted_is_in_the_public_view_and_everything_else_is(register, data):
    entry = entry_of(data.draw(cards(CARDS[register])))
    paths = restricted_paths(register, TODAY)
    view = public_view(entry, TODAY)
    shown = dict(leaves(replace(view, withheld=())))
    for path, value in leaves(entry):
        if not is_under(plain(path), paths):
            assert shown.pop(path) == value
    assert set(shown.values()) <= {WITHHELD}
    assert view.withheld == paths


@pytest.mark.parametrize("register", list(Register))
@given(data=st.data())
def test_no_restricted_value_is_a_term_to_search_by(register, data):
    card = data.draw(cards(CARDS[register]))
    entry = entry_of(card)
    assert terms_of(entry) == terms_of(public_view(entry, TODAY))


@pytest.mark.parametrize(("register", "path"), PLACES, ids=[path for _, path in PLACES])
def test_each_restricted_field_can_be_absent_or_is_a_text(register, path):
    kind: type[Record] = Entry
    *steps, last = path.split("/")[1:]
    for step in steps:
        field = next(each for each in fields(kind) if each.encode_name == step)
        [kind] = [
            each
            for each in (field.type, *typing.get_args(field.type))
            if isinstance(each, type) and issubclass(each, Record)
        ]
    field = next(each for each in fields(kind) if each.encode_name == last)
    assert field.type is str if field.required else field.default in (None, ())


def test_the_view_says_nothing_of_whether_there_was_anything():
    bare = public_view(entry_of(PERSONAL), TODAY)
    full = public_view(entry_of(replace(PERSONAL, licence_number="L-1")), TODAY)
    assert bare == full


def test_the_required_texts_are_replaced_by_a_mark():
    card = public_view(entry_of(PERSONAL), TODAY).personal_data_system_card
    assert card is not None
    assert (card.responsible_person, card.database_place) == (WITHHELD, WITHHELD)
    assert msgspec.convert(msgspec.to_builtins(card), PersonalDataSystemCard) == card


def test_the_table_is_effective_dated(monkeypatch):
    rows = [replace_row(row) for row in RESTRICTED_FIELDS if row.path.endswith("databasePlace")]
    monkeypatch.setattr("handlers.rules.restricted.RESTRICTED_FIELDS", Classifier("restricted-fields", rows))
    entry = entry_of(PERSONAL)
    assert public_view(entry, date(2026, 12, 31)).withheld == ("/personalDataSystemCard/databasePlace",)
    assert public_view(entry, date(2027, 1, 1)) == entry


def replace_row(row):
    return type(row)(
        code=row.code, az=row.az, en=row.en, register=row.register, path=row.path, valid_to=date(2026, 12, 31)
    )
