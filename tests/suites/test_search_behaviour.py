"""What searching entries must do on every store: each criterion, stable pages, and the present state in step."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, insert, select

from handlers.cases.queries import get_case
from handlers.paging import CriteriaError, CursorError
from handlers.registration.criteria import EntryCriteria
from handlers.registration.entries import amend, enter, present_entry
from handlers.registration.model import EntryStatus, Register, SpecialCategory
from handlers.registration.search import keep_present, search_entries
from handlers.registration.terms import terms_of
from handlers.rules.numbering import entry_place
from handlers.store import presence
from handlers.store.schema import migrate
from handlers.store.tables_presence import entry_present, entry_term
from handlers.store.tables_registers import entry_version, register_case
from handlers.work import Work
from tests.suites.test_case_lists_behaviour import row
from tests.unit.handlers.registration.examples import NOW, OTHER, OWNER, PERSONAL, RESOURCE, TODAY

DAY = timedelta(days=1)


def entered(store, card=RESOURCE, now=NOW, **others):
    with store.writing() as connection:
        return enter(Work(connection=connection, now=now), card, **others)


def amended(store, number, now=NOW, **changes):
    with store.writing() as connection:
        return amend(Work(connection=connection, now=now), number, **changes)


def named(short_name, card=RESOURCE, **changes):
    return replace(card, short_name=short_name, **changes)


def page(store, size=None, cursor=None, **criteria):
    with store.reading() as connection:
        return search_entries(connection, EntryCriteria(**criteria), size=size, cursor=cursor)


def found(store, **criteria):
    """Short names of all that is found, page by page."""
    return [each.short_name for each in all_pages(store, **criteria)]


def all_pages(store, size=2, between=lambda: None, most=1000, **criteria):
    """Page after page until there are no more, or `most` were seen: a register may grow as fast as it is read."""
    entries, cursor = [], None
    while len(entries) < most:
        one = page(store, size, cursor, **criteria)
        entries += one.entries
        cursor = one.next_cursor
        if cursor is None:
            break
        between()
    return entries


def held(store):
    """Number, version and terms of every entry, as they are kept for searching."""
    with store.reading() as connection:
        terms: dict[int, set[str]] = {}
        for row in connection.execute(select(entry_term)):
            terms.setdefault(row.place, set()).add(row.term)
        rows = connection.execute(select(entry_present)).all()
        assert terms.keys() == {row.place for row in rows}
        return {row.number: (row.version, terms[row.place]) for row in rows}


def expected(store, now):
    """The same, worked out from what is said of each entry."""
    with store.reading() as connection:
        numbers = set(connection.scalars(select(entry_version.c.number)))
        present = {number: present_entry(connection, number, now) for number in numbers}
    return {number: (entry.version, set(terms_of(entry))) for number, entry in present.items()}


# Criteria -------------------------------------------------------------------------------------


@pytest.fixture
def filled(store):
    """Four entries that differ in everything there is to search by."""
    entered(store, named("ƏDR", topics=("Əhali uçotu",), data_objects=("ünvan",)), now=NOW)
    entered(store, named("TORPAQ", purpose="Torpaq sahələrinin uçotu", owner=OTHER), now=NOW + DAY)
    entered(
        store,
        named("NOTARİAT", PERSONAL, special_categories=(SpecialCategory.HEALTH,)),
        now=NOW + 2 * DAY,
        valid_from=NOW - 30 * DAY,
    )
    entered(
        store,
        named("IŞIQ", PERSONAL, owner=OTHER, data_categories=("FIN", "Soyad,  ad"), subject_categories=("abonentlər",)),
        now=NOW + 3 * DAY,
        status=EntryStatus.SUSPENDED,
    )
    return store


CRITERIA = [
    ({}, ["ƏDR", "TORPAQ", "NOTARİAT", "IŞIQ"]),
    ({"register": Register.PERSONAL_DATA_SYSTEMS}, ["NOTARİAT", "IŞIQ"]),
    ({"register": Register.INFORMATION_RESOURCES}, ["ƏDR", "TORPAQ"]),
    ({"owner": OTHER}, ["TORPAQ", "IŞIQ"]),
    ({"owner": "NOBODY"}, []),
    ({"status": EntryStatus.SUSPENDED}, ["IŞIQ"]),
    ({"status": EntryStatus.CANCELLED}, []),
    ({"text": "uçotu"}, ["ƏDR", "TORPAQ", "NOTARİAT", "IŞIQ"]),
    ({"text": "TORPAQ"}, ["TORPAQ"]),
    ({"text": "uçotu, sahələrinin!"}, ["TORPAQ"]),
    ({"text": "sahələrinin əhali"}, []),
    ({"text": "ünvan"}, ["ƏDR"]),
    ({"text": "abonentlər"}, ["IŞIQ"]),
    ({"text": "uç"}, []),
    ({"data_category": "soyad, ad"}, ["NOTARİAT", "IŞIQ"]),
    ({"data_category": "fın"}, ["IŞIQ"]),
    ({"data_category": "ünvan"}, ["ƏDR"]),
    ({"data_category": "əhali UÇOTU"}, ["ƏDR"]),
    ({"data_category": "soyad"}, []),
    ({"subject_category": "Abonentlər"}, ["IŞIQ"]),
    ({"special_category": SpecialCategory.HEALTH}, ["NOTARİAT"]),
    ({"special_category": SpecialCategory.RELIGION}, []),
    ({"recorded_from": TODAY + DAY}, ["TORPAQ", "NOTARİAT", "IŞIQ"]),
    ({"recorded_to": TODAY + DAY}, ["ƏDR", "TORPAQ"]),
    ({"recorded_from": TODAY + DAY, "recorded_to": TODAY + 2 * DAY}, ["TORPAQ", "NOTARİAT"]),
    ({"recorded_from": TODAY + 4 * DAY}, []),
    ({"valid_since_to": TODAY - 30 * DAY}, ["NOTARİAT"]),
    ({"valid_since_from": TODAY - 29 * DAY, "owner": OTHER}, ["TORPAQ", "IŞIQ"]),
    ({"owner": OTHER, "text": "uçotu", "recorded_from": TODAY + 2 * DAY}, ["IŞIQ"]),
    ({"owner": OTHER, "status": EntryStatus.REGISTERED, "text": "torpaq"}, ["TORPAQ"]),
    ({"register": Register.PERSONAL_DATA_SYSTEMS, "owner": OTHER, "data_category": "fın"}, ["IŞIQ"]),
]


def test_a_search_finds_exactly_what_meets_all_criteria(filled):
    for criteria, names in CRITERIA:
        assert (criteria, found(filled, **criteria)) == (criteria, names)


def test_capital_and_small_letters_are_the_same_by_azerbaijani_rules(filled):
    for text in ("IŞIQ", "ışıq", "Işıq"):
        assert found(filled, text=text) == ["IŞIQ"]
    for text in ("işiq", "İŞİQ"):  # i and ı are two letters
        assert found(filled, text=text) == []


def test_a_summary_tells_the_present_version(filled):
    [entry] = page(filled, text="torpaq").entries
    assert (entry.number, entry.version, entry.status) == ("IR-000002", 1, EntryStatus.REGISTERED)
    assert (entry.owner, entry.short_name, entry.late) == (OTHER, "TORPAQ", None)
    assert (entry.valid_from, entry.recorded_at) == (NOW + DAY, NOW + DAY)


def test_a_summary_tells_whether_the_application_came_late(store):
    with store.writing() as connection:
        late, timely = row(1, late=True), row(2)
        connection.execute(insert(register_case), [late, timely])
        for kept in (late, timely):
            case = get_case(connection, OWNER, number=kept["number"])
            enter(Work(connection=connection, now=NOW), named(kept["subject"]), case=case)
        amend(Work(connection=connection, now=NOW + DAY), "IR-000002", status=EntryStatus.SUSPENDED)
    assert [(each.short_name, each.late) for each in page(store).entries] == [("C1", True), ("C2", None)]


def test_a_range_of_any_length_finds_what_days_one_by_one_find(store):
    chance = random.Random(8)
    days = sorted(chance.randrange(9000) for _ in range(40))
    for place, day in enumerate(days):
        entered(store, named(f"R{place}"), now=NOW + day * DAY)
    for _ in range(60):
        first, last = sorted(chance.randrange(-10, 9010) for _ in range(2))
        span = {"recorded_from": TODAY + first * DAY, "recorded_to": TODAY + last * DAY}
        assert len(all_pages(store, size=7, **span)) == sum(first <= day <= last for day in days), (first, last)


def test_a_day_is_counted_in_baku(store):
    entered(store, now=datetime(2026, 5, 20, 20, 0, tzinfo=UTC))  # midnight there
    assert found(store, recorded_from=date(2026, 5, 21), recorded_to=date(2026, 5, 21)) == ["ƏDR"]
    assert found(store, recorded_to=date(2026, 5, 20)) == []
    assert found(store, recorded_to=date(2026, 5, 20), owner=OWNER) == []


def test_what_nothing_can_meet_is_told_by_its_field(filled):
    for field, criteria in (
        ("text", {"text": " -- "}),
        ("text", {"text": "a b c d e f g h i j k"}),
        ("recordedTo", {"recorded_from": TODAY, "recorded_to": TODAY - DAY}),
        ("validSinceTo", {"valid_since_from": TODAY, "valid_since_to": TODAY - DAY}),
    ):
        with pytest.raises(CriteriaError) as caught:
            page(filled, **criteria)
        assert caught.value.field == field


def test_long_categories_that_begin_alike_are_told_apart(store):
    long = "məlumat " * 55
    entered(store, named("A", data_objects=(f"{long}a",)))
    entered(store, named("B", data_objects=(f"{long}b",)))
    assert found(store, data_category=f"{long}B") == ["B"]


# Pages ----------------------------------------------------------------------------------------


def test_pages_are_full_and_the_last_has_no_cursor(store):
    for place in range(5):
        entered(store, named(f"S{place}"))
    first = page(store, 2)
    second = page(store, 2, first.next_cursor)
    third = page(store, 2, second.next_cursor)
    assert [len(each.entries) for each in (first, second, third)] == [2, 2, 1]
    assert third.next_cursor is None
    assert page(store, 5).next_cursor is None


def test_no_entry_is_missed_or_doubled_while_the_register_changes(store):
    chance = random.Random(4)
    with store.writing() as connection:
        work = Work(connection=connection, now=NOW)
        steady = [enter(work, named(f"S{place}", topics=("sabit",))).number for place in range(12)]
        moving = [enter(work, named(f"M{place}", topics=("sabit",))).number for place in range(4)]
    counted = iter(range(10_000))

    def meanwhile():
        with store.writing() as connection:
            work = Work(connection=connection, now=NOW + (next(counted) + 1) * timedelta(minutes=1))
            enter(work, named(f"N{next(counted)}", topics=("sabit",)))
            amend(work, chance.choice(steady), status=chance.choice(list(EntryStatus)))
            amend(work, chance.choice(moving), card=named(f"K{next(counted)}", topics=chance.choice([(), ("sabit",)])))

    for size in (1, 3):
        seen = [each.number for each in all_pages(store, size, meanwhile, text="sabit", most=60)]
        assert len(seen) == len(set(seen))
        assert set(steady) <= set(seen)


def test_a_page_can_be_of_another_size_than_the_one_before(store):
    names = [f"S{place}" for place in range(6)]
    for name in names:
        entered(store, named(name))
    first = page(store, 1)
    rest = page(store, 100, first.next_cursor)
    assert [each.short_name for each in first.entries + rest.entries] == names


def test_a_cursor_is_good_for_its_own_criteria_only(filled):
    cursor = page(filled, 1, owner=OWNER).next_cursor
    assert page(filled, 1, cursor, owner=OWNER).entries
    with pytest.raises(CursorError, match="another question"):
        page(filled, 1, cursor, owner=OTHER)


# The present state ----------------------------------------------------------------------------


def test_the_present_state_follows_every_version_also_of_the_past(store):
    chance = random.Random(21)
    numbers = [entered(store, named(f"Q{place}"), now=NOW - 100 * DAY).number for place in range(4)]
    now = NOW
    for step in range(25):
        now += timedelta(hours=11)
        start = now + chance.randrange(-90, 40) * DAY
        end = chance.choice([None, start + chance.randrange(1, 60) * DAY])
        amended(
            store,
            chance.choice(numbers),
            now=now,
            valid_from=start,
            valid_to=end,
            status=chance.choice(list(EntryStatus)),
            card=chance.choice(
                [None, named(f"Q{step + 10}", topics=(f"mövzu{step}",), owner=chance.choice([OWNER, OTHER]))]
            ),
        )
        keep_present(store, now)
        assert held(store) == expected(store, now)


def test_a_version_of_the_past_does_not_become_the_present_one(store):
    number = entered(store, valid_from=NOW - 50 * DAY).number
    amended(store, number, valid_from=NOW - 40 * DAY, valid_to=NOW - 30 * DAY, status=EntryStatus.SUSPENDED)
    [entry] = page(store).entries
    assert (entry.version, entry.status) == (1, EntryStatus.REGISTERED)
    assert entry.valid_from == NOW - 30 * DAY


def test_what_becomes_true_in_time_is_found_from_then_on(store):
    number = entered(store).number
    amended(store, number, valid_from=NOW + DAY, valid_to=NOW + 3 * DAY, status=EntryStatus.SUSPENDED)
    seen = []
    for day in (0, 1, 2, 3, 4):
        keep_present(store, NOW + day * DAY)
        seen.append([each.status.value for each in page(store).entries])
    assert seen == [["REGISTERED"], ["SUSPENDED"], ["SUSPENDED"], ["REGISTERED"], ["REGISTERED"]]


def test_an_entry_of_which_nothing_is_said_any_more_is_not_found(store):
    number = entered(store).number
    with store.writing() as connection:
        connection.execute(delete(entry_version))
        presence.refresh(connection, number, NOW)
    assert page(store).entries == ()
    assert held(store) == {}


def test_what_is_rolled_back_is_not_found(store):
    def half_done():
        with store.writing() as connection:
            enter(Work(connection=connection, now=NOW), RESOURCE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert held(store) == {}


def test_entries_from_before_the_search_are_found_after_the_migration(store_url):
    from handlers.store.engine import open_store

    store = open_store(store_url)
    try:
        migrate(store, "0007")
        with store.writing() as connection:
            for number, register, card in (
                ("IR-000001", "INFORMATION_RESOURCES", RESOURCE),
                ("PD-000001", "PERSONAL_DATA_SYSTEMS", PERSONAL),
            ):
                row = {
                    "number": number,
                    "register": register,
                    "version": 1,
                    "status": "REGISTERED",
                    "owner": card.owner,
                }
                times = dict.fromkeys(("valid_from", "first_recorded_at", "recorded_from"), NOW - DAY)
                connection.execute(entry_version.insert().values(**row, **times, card=card, actor="operator"))
        migrate(store)
        keep_present(store, NOW)
        assert held(store) == expected(store, NOW)
        assert found(store, text="uçotu") == ["ƏDR", "NOTARİAT"]
    finally:
        store.close()


def test_the_order_of_entries_is_that_of_their_numbers():
    numbers = ["IR-000001", "IR-000010", "IR-999999", "IR-1000000", "PD-000001", "PD-1000001"]
    assert sorted(numbers, key=entry_place) == numbers
