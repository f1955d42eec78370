"""Relations on every store: what one card declares both entries show, at every moment, and no version comes of it."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import event, insert, select

from handlers.registration.entries import amend, card_of_entry, enter, get_entry
from handlers.registration.facts import entries_named
from handlers.registration.model import EntryRelation, EntryStatus, Relation, RelationKind, opposite
from handlers.rules.rule import KnownEntry
from handlers.store import relations as kept
from handlers.store.engine import open_store
from handlers.store.schema import migrate
from handlers.store.tables_registers import entry_version
from handlers.store.tables_relations import entry_relation
from handlers.work import Work
from tests.unit.handlers.registration.examples import CHANGE, NOW, PERSONAL, REGISTRATION, RESOURCE

SUB, SUPER, USED, USER = RelationKind
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def card(name, *declared):
    relations = tuple(Relation(kind=kind, entry_number=number) for kind, number in declared)
    return replace(RESOURCE, short_name=name, relations=relations)


def entered(store, card, at=NOW, **options):
    with store.writing() as connection:
        return enter(Work(connection, at), card, **options)


def amended(store, number, at=NOW + HOUR, **options):
    with store.writing() as connection:
        return amend(Work(connection, at), number, **options)


def shown(store, number, as_of=NOW + 2 * HOUR, as_known_at=None):
    with store.reading() as connection:
        entry = get_entry(connection, number, as_of=as_of, as_known_at=as_known_at)
    return None if entry is None else [(each.kind, each.entry_number, each.automatic) for each in entry.relations]


@pytest.mark.parametrize("kind", RelationKind)
def test_the_other_entry_shows_the_opposite(store, kind):
    entered(store, card("A"))
    entered(store, card("B", (kind, "IR-000001")))
    assert shown(store, "IR-000002") == [(kind, "IR-000001", False)]
    assert shown(store, "IR-000001") == [(opposite(kind), "IR-000002", True)]


def test_an_entry_of_the_other_register_shows_it_too(store):
    entered(store, PERSONAL)
    entered(store, card("B", (USER, "PD-000001")))
    assert shown(store, "PD-000001") == [(USED, "IR-000001", True)]


def test_the_other_entry_gets_no_version(store):
    first = entered(store, card("A"))
    entered(store, card("B", (SUB, "IR-000001")), at=NOW + HOUR)
    with store.reading() as connection:
        found = get_entry(connection, "IR-000001", as_of=NOW + 2 * HOUR)
    assert replace(found, relations=()) == first


def test_what_both_declare_is_nobody_s_automatic_relation(store):
    entered(store, card("A", (SUPER, "IR-000002")))
    entered(store, card("B", (SUB, "IR-000001")))
    assert shown(store, "IR-000001") == [(SUPER, "IR-000002", False)]
    assert shown(store, "IR-000002") == [(SUB, "IR-000001", False)]


def test_a_relation_begins_when_the_other_entry_comes(store):
    entered(store, card("A", (SUPER, "IR-000002")))
    assert shown(store, "IR-000001", NOW) == []
    entered(store, card("B"), at=NOW + HOUR)
    assert shown(store, "IR-000001", NOW) == []
    assert shown(store, "IR-000001", NOW + HOUR) == [(SUPER, "IR-000002", False)]
    assert shown(store, "IR-000002", NOW + HOUR) == [(SUB, "IR-000001", True)]


def test_a_relation_that_is_declared_no_more_ends_at_both_and_stays_on_record(store):
    entered(store, card("A"))
    entered(store, card("B", (SUB, "IR-000001")))
    amended(store, "IR-000002", card=card("B"))
    for number in ("IR-000001", "IR-000002"):
        assert shown(store, number, NOW + HOUR) == []
        assert len(shown(store, number, NOW + HOUR - MINUTE)) == 1
        assert len(shown(store, number, NOW + HOUR, as_known_at=NOW + HOUR - MINUTE)) == 1


@pytest.mark.parametrize("cancelled", ["IR-000001", "IR-000002"])
def test_a_relation_ends_when_either_entry_is_cancelled(store, cancelled):
    entered(store, card("A"))
    entered(store, card("B", (USED, "IR-000001")))
    amended(store, cancelled, status=EntryStatus.CANCELLED)
    assert shown(store, "IR-000001") == shown(store, "IR-000002") == []
    assert shown(store, "IR-000001", NOW) == [(USER, "IR-000002", True)]


def test_a_suspended_entry_keeps_its_relations(store):
    entered(store, card("A"))
    entered(store, card("B", (USED, "IR-000001")))
    amended(store, "IR-000001", status=EntryStatus.SUSPENDED)
    assert shown(store, "IR-000001") == [(USER, "IR-000002", True)]


def test_a_retroactive_version_changes_what_was_related_and_not_what_was_known(store):
    entered(store, card("A"))
    entered(store, card("B"))
    amended(store, "IR-000002", card=card("B", (SUB, "IR-000001")), valid_from=NOW + MINUTE, valid_to=NOW + 2 * MINUTE)
    assert [len(shown(store, "IR-000001", NOW + each * MINUTE)) for each in range(4)] == [0, 1, 0, 0]
    assert shown(store, "IR-000001", NOW + MINUTE, as_known_at=NOW + HOUR - MINUTE) == []


@pytest.mark.parametrize("seed", range(4))
def test_at_every_moment_both_ends_show_what_the_cards_declare(store, seed):
    chance = random.Random(seed)
    names = [f"IR-{number:06d}" for number in range(1, 6)]
    moments = [NOW + step * MINUTE for step in range(13)]
    count = 0
    for at in moments[:12]:
        declared = [(chance.choice(list(RelationKind)), other) for other in chance.sample(names, chance.randint(0, 3))]
        if count < len(names) and (count == 0 or chance.random() < 0.5):
            count += 1
            entered(store, card(f"n{count}", *((k, n) for k, n in declared if n != names[count - 1])), at)
            continue
        number = chance.choice(names[:count])
        status = EntryStatus.CANCELLED if chance.random() < 0.2 else None
        start = chance.choice(moments[:12])
        end = chance.choice([None, start + chance.randint(1, 3) * MINUTE])
        fresh = card(f"n{names.index(number) + 1}", *((k, n) for k, n in declared if n != number))
        amended(store, number, at, card=fresh, status=status, valid_from=start, valid_to=end)
    with store.reading() as connection:
        for as_of in moments:
            for as_known_at in (None, *moments[::3]):
                found = {n: get_entry(connection, n, as_of=as_of, as_known_at=as_known_at) for n in names}
                standing = {n: e for n, e in found.items() if e and e.status is not EntryStatus.CANCELLED}
                expected = expected_relations(standing)
                for number, entry in found.items():
                    assert set(entry.relations if entry else ()) == expected.get(number, set())


def expected_relations(standing):
    """From nothing but the cards: what each declares, at both ends."""
    expected = {number: set() for number in standing}
    for number, entry in standing.items():
        for each in card_of_entry(entry).relations:
            if each.entry_number in standing:
                expected[number].add(EntryRelation(kind=each.kind, entry_number=each.entry_number, automatic=False))
    for number, entry in standing.items():
        for each in card_of_entry(entry).relations:
            back = EntryRelation(kind=opposite(each.kind), entry_number=number, automatic=False)
            if each.entry_number in standing and back not in expected[each.entry_number]:
                expected[each.entry_number].add(replace(back, automatic=True))
    return expected


def test_rules_are_told_of_the_entries_named_and_of_all_they_are_a_part_of(store):
    entered(store, card("A"))
    entered(store, card("B", (SUB, "IR-000001")))
    entered(store, card("C", (SUB, "IR-000002")))
    entered(store, card("D", (SUPER, "IR-000003")))
    amended(store, "IR-000004", status=EntryStatus.CANCELLED)
    change = replace(CHANGE, entry_number="IR-000001", resource_card=card("A", (SUB, "IR-000003"), (USER, "IR-000099")))
    with store.reading() as connection:
        assert entries_named(connection, change, NOW + 2 * HOUR) == {
            "IR-000001": KnownEntry(status=EntryStatus.REGISTERED),
            "IR-000003": KnownEntry(status=EntryStatus.REGISTERED, wholes=frozenset({"IR-000001", "IR-000002"})),
        }
        assert entries_named(connection, change, NOW)["IR-000003"].wholes == {"IR-000001", "IR-000002", "IR-000004"}


def test_what_the_present_card_declares_does_not_stand_against_the_new_one(store):
    entered(store, card("A"))
    entered(store, card("B", (SUB, "IR-000001")))
    turned = replace(CHANGE, entry_number="IR-000002", resource_card=card("B", (SUPER, "IR-000001")))
    with store.reading() as connection:
        known = entries_named(connection, turned, NOW + HOUR)
    assert all(each.wholes == frozenset() for each in known.values())


def test_entries_that_run_in_a_circle_are_climbed_once(store):
    entered(store, card("A", (SUB, "IR-000002")))
    entered(store, card("B", (SUB, "IR-000001")))
    with store.reading() as connection:
        wholes = kept.find_wholes(connection, "IR-000001", NOW, but_for=None)
    assert wholes == {"IR-000001", "IR-000002"}


def test_a_card_without_relations_asks_nothing(store):
    asked = []
    with store.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", lambda *_: asked.append(1))
        assert entries_named(connection, REGISTRATION, NOW) == {}
    assert asked == []


def test_relations_of_entries_from_before_are_taken_in(store_url):
    migrate(store_url, "0011")
    store = open_store(store_url)
    row = {
        "register": "INFORMATION_RESOURCES",
        "version": 1,
        "status": "REGISTERED",
        "owner": "JUSTICE",
        "valid_from": NOW,
        "first_recorded_at": NOW,
        "recorded_from": NOW,
        "actor": "operator",
    }
    with store.writing() as connection:
        connection.execute(insert(entry_version).values(**row, number="IR-000001", card=card("A")))
        connection.execute(
            insert(entry_version).values(
                **row, number="IR-000002", card=card("B", (SUB, "IR-000001"), (USER, "PD-000001"))
            )
        )
    migrate(store)
    assert shown(store, "IR-000001") == [(SUPER, "IR-000002", True)]
    with store.reading() as connection:
        assert len(connection.execute(select(entry_relation)).all()) == 2
    store.close()
