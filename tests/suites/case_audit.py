"""What must be so of cases, entries, numbers, claims and notices at any moment, whatever happened.

Nothing here asks the product what is right: the tables are read and compared with the specification (domain §2).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

from sqlalchemy import func, select

from handlers.registration.model import Register
from handlers.registration.names import name_key
from handlers.store.engine import SqlStore
from handlers.store.tables import inbox, notice, notice_counter, outbox
from handlers.store.tables_registers import (
    case_difference,
    case_finding,
    case_statement,
    case_step,
    claim,
    entry_version,
    number_series,
    register_case,
)

TOLD = {
    "RECEIVED": "CASE_RECEIVED",
    "TAKEN": "CASE_TAKEN",
    "HANDED_OVER": "CASE_HANDED_OVER",
    "FOUND_COMPLETE": "CASE_COMPLETE",
    "RETURNED": "CASE_RETURNED",
    "RESUBMITTED": "CASE_RESUBMITTED",
    "DECISION_PROPOSED": "CASE_HANDED_OVER",
    "SENT_BACK": "CASE_HANDED_OVER",
    "DECISION_CONFIRMED": "CASE_DECIDED",
    "DECIDED": "CASE_DECIDED",
    "ENTERED": "CASE_ENTERED",
    "OWNER_INFORMED": "CASE_OWNER_INFORMED",
    "DESTRUCTION_PROVEN": "DESTRUCTION_PROOF_FILED",
    "ARCHIVED": "CASE_ARCHIVED",
    "WITHDRAWN": "CASE_WITHDRAWN",
}
"""Of which notice each step after the confirmation is the cause."""
UNDECIDED = {"RECEIVED", "COMPLETENESS_CHECK", "REVIEW", "SECOND_REVIEW", "RETURNED", "RESUBMITTED"}
KEPT = (
    register_case,
    case_step,
    case_statement,
    case_finding,
    case_difference,
    entry_version,
    number_series,
    notice,
    notice_counter,
    inbox,
    outbox,
)
"""Tables from which no row goes away. (The outbox is pruned of what was sent, which no test here does.)"""


class Ledger:
    """Audits a store again and again, and remembers how much there was."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._rows: dict[str, int] = {}

    def audit(self, *agencies: str) -> Counter[str]:
        """Assert everything; with `agencies` the details of their cases only. How many rows each table has."""
        with self._store.reading() as connection:
            rows = Counter({each.name: _count(connection, each) for each in KEPT})
            for table, before in self._rows.items():
                assert rows[table] >= before, f"rows of {table} are gone"
            self._rows = dict(rows)
            _numbers_have_no_gaps(connection)
            found = _Found(connection, agencies)
        for check in CHECKS:
            check(found)
        return rows


class _Found:
    """The rows that belong to some agencies, or all there are."""

    def __init__(self, connection, agencies) -> None:
        def rows(table, column=None, values=(), order=()):
            query = select(table).order_by(*order)
            if agencies and column is not None:
                query = query.where(column.in_(list(values)))
            return [dict(row) for row in connection.execute(query).mappings()]

        self.cases = {row["number"]: row for row in rows(register_case, register_case.c.applicant, agencies)}
        numbers = list(self.cases)
        by_number = (case_step.c.case_number, case_step.c.sequence)
        self.steps = defaultdict(list)
        for row in rows(case_step, case_step.c.case_number, numbers, by_number):
            self.steps[row["case_number"]].append(row)
        self.statements = rows(case_statement, case_statement.c.case_number, numbers)
        self.notices = rows(notice, notice.c.agency, agencies, (notice.c.agency, notice.c.sequence))
        self.counters = {
            row["agency"]: row["last_sequence"] for row in rows(notice_counter, notice_counter.c.agency, agencies)
        }
        self.unsent = connection.execute(
            select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None))
        ).scalar_one()
        owned = select(entry_version.c.number).where(entry_version.c.owner.in_(list(agencies)))
        self.versions = defaultdict(list)
        for row in rows(entry_version, entry_version.c.number, connection.scalars(owned).all(), (entry_version.c.row,)):
            self.versions[row["number"]].append(row)
        holders = {*self.versions, *(row["tracking_id"] for row in (*self.cases.values(), *self.statements))}
        self.claims = {row["key"]: row["holder"] for row in rows(claim, claim.c.holder, holders)}
        self.series = {row["series"]: row["last"] for row in rows(number_series)}


def _count(connection, table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _numbers_have_no_gaps(connection) -> None:
    """Incoming numbers per register and year, registration numbers per register: 1 to the last that was drawn."""
    series = dict(connection.execute(select(number_series.c.series, number_series.c.last)).all())
    given: dict[str, list[int]] = defaultdict(list)
    for number in connection.scalars(select(register_case.c.number)):
        kind, _, value = number.partition("-")
        given[f"case:{kind}"].append(int(value))
    for number in connection.scalars(select(entry_version.c.number).distinct()):
        kind, _, value = number.partition("-")
        given[f"entry:{kind}"].append(int(value))
    for name, last in series.items():
        if name.startswith(("case:", "entry:")):
            assert sorted(given[name]) == list(range(1, last + 1)), f"{name} has a gap or a double"
    assert set(given) <= set(series)


def _histories_are_chains(found: _Found) -> None:
    for number, case in found.cases.items():
        steps = found.steps[number]
        assert [step["sequence"] for step in steps] == list(range(1, len(steps) + 1)), number
        assert [step["event"] for step in steps[:3]] == ["DRAWN_UP", "CONFIRMED", "RECEIVED"], number
        assert steps[0]["from_state"] is None
        for before, after in pairwise(steps):
            assert after["from_state"] == before["to_state"], (number, after["sequence"])
            assert after["at"] >= before["at"], f"the history of {number} runs backwards"
        assert case["state"] == steps[-1]["to_state"], f"{number} is not where its history says"
        corrections = sum(step["event"] == "RESUBMITTED" for step in steps)
        assert case["submission"] == 1 + corrections, number


def _every_step_is_told_once(found: _Found) -> None:
    if found.unsent:
        return  # somebody delivers first
    told = defaultdict(list)
    for row in found.notices:
        if row["kind"] in TOLD.values():
            told[row["subject"]].append(row)
    for number, case in found.cases.items():
        due = [TOLD[step["event"]] for step in found.steps[number][2:]]
        assert Counter(row["kind"] for row in told[number]) == Counter(due), number
        assert {row["agency"] for row in told[number]} == {case["applicant"]}, number
    _new_owners_are_told(found)
    for row in found.notices:
        assert all(row[text].strip() for text in ("title_az", "title_en", "text_az", "text_en")), row["notice_id"]
    by_agency = Counter(row["agency"] for row in found.notices)
    for agency, last in found.counters.items():
        sequences = [row["sequence"] for row in found.notices if row["agency"] == agency]
        assert sequences == list(range(1, last + 1)), f"notices of {agency} have a gap"
        assert by_agency[agency] == last


def _new_owners_are_told(found: _Found) -> None:
    """An entry that passes to another agency by a case is told to that agency, once."""
    due = Counter(
        (row["owner"], row["number"])
        for rows in found.versions.values()
        for row in {each["version"]: each for each in reversed(rows)}.values()
        if (case := found.cases.get(row["case_number"])) is not None and row["owner"] != case["applicant"]
    )
    told = Counter((row["agency"], row["subject"]) for row in found.notices if row["kind"] == "ENTRY_RECEIVED")
    assert told == due


def _one_case_of_a_type_is_open_per_entry_and_applicant(found: _Found) -> None:
    open_ones = Counter(
        (case["entry_number"], case["type"], case["applicant"])
        for case in found.cases.values()
        if case["state"] in UNDECIDED and case["type"] != "REGISTRATION"
    )
    assert all(number == 1 for number in open_ones.values()), open_ones


def _no_decision_is_half_made(found: _Found) -> None:
    """An approval is entered at once, and every version that a case made is the one that the case names."""
    made = {
        (row["number"], row["version"]): row["case_number"]
        for rows in found.versions.values()
        for row in rows
        if row["case_number"] is not None
    }
    assert len(set(made.values())) == len(made), "a case made two versions"
    named = {}
    for number, case in found.cases.items():
        steps = [step["event"] for step in found.steps[number]]
        approved = case["decision"] == "APPROVED"
        assert (case["decision"] is not None) == (case["decided_at"] is not None), number
        assert (case["decision"] is not None) == bool({"DECIDED", "DECISION_CONFIRMED"} & set(steps)), number
        assert approved == ("ENTERED" in steps) == (case["entered_version"] is not None), number
        assert not (approved and case["state"] == "DECIDED"), f"{number} is approved and not entered"
        assert (case["decision_ground"] is not None) == (case["decision"] == "REFUSED"), number
        needs_two = case["decision"] == "REFUSED" or (approved and case["type"] == "CANCELLATION")
        assert (case["seconded_by"] is not None) == needs_two, number
        if needs_two:
            assert case["seconded_by"] != case["proposal"]["by"], number
        if approved:
            named[case["entry_number"], case["entered_version"]] = number
    assert {place: made[place] for place in named} == named
    assert {place: number for place, number in made.items() if number in found.cases} == named


def _versions_are_chains(found: _Found) -> None:
    for number, rows in found.versions.items():
        versions = sorted({row["version"] for row in rows})
        assert versions == list(range(1, found.series[f"version:{number}"] + 1)), number
        for row in rows:
            assert row["valid_to"] is None or row["valid_to"] > row["valid_from"], number
            assert row["recorded_to"] is None or row["recorded_to"] > row["recorded_from"], (
                f"version {row['version']} of {number} was never known"
            )
        present = [row for row in rows if row["recorded_to"] is None]
        assert max(row["version"] for row in present) == versions[-1], number
        for moment in sorted({row["recorded_from"] for row in rows}):
            known = [
                row
                for row in rows
                if row["recorded_from"] <= moment and (row["recorded_to"] is None or row["recorded_to"] > moment)
            ]
            _periods_join(number, known)
        _periods_join(number, present)


def _periods_join(number, rows) -> None:
    """What is said at a moment covers valid time from its beginning without end, without hole or overlap."""
    ordered = sorted(rows, key=lambda row: row["valid_from"])
    assert ordered, number
    assert ordered[-1]["valid_to"] is None, f"{number} ends"
    for before, after in pairwise(ordered):
        assert before["valid_to"] == after["valid_from"], f"{number} has a hole or an overlap"


def _names_and_places_are_held_by_what_lives(found: _Found) -> None:
    """They belong to open cases and living entries, and to nothing else."""
    undecided = {case["tracking_id"]: case for case in found.cases.values() if case["state"] in UNDECIDED}
    names, places = _names_of_entries(found), _places(undecided)
    for key, holder in {**names, **places}.items():
        assert found.claims.get(key) == holder, f"{holder} does not hold {key}"
    for tracking, case in undecided.items():
        if case["type"] == "REGISTRATION":
            assert {found.claims.get(key) for key in _wanted(found, case)} == {tracking}, case["number"]
    for key, holder in found.claims.items():
        if key.startswith("name:") and holder in undecided:
            assert key in _wanted(found, undecided[holder]), f"{holder} holds {key} and does not want it"
        elif not key.startswith(("signed-file:", "old-number:")):
            ought = names if key.startswith("name:") else places
            assert ought.get(key) == holder, f"{key} is held by {holder}, which is over or has another"


def _names_of_entries(found: _Found) -> dict[str, str]:
    latest = {number: max(rows, key=lambda row: row["version"]) for number, rows in found.versions.items()}
    return {
        _name(row["register"], row["card"]): number for number, row in latest.items() if row["status"] != "CANCELLED"
    }


def _places(undecided) -> dict[str, str]:
    return {
        f"appeal:{case['entry_number']}:{case['type']}:{case['applicant']}": tracking
        for tracking, case in undecided.items()
        if case["type"] != "REGISTRATION"
    }


def _a_signed_file_confirms_one_thing(found: _Found) -> None:
    applicants = {number: case["applicant"] for number, case in found.cases.items()}
    confirmed = [(case["applicant"], case) for case in found.cases.values()]
    confirmed += [(applicants[row["case_number"]], row) for row in found.statements]
    ought = [
        (f"signed-file:{applicant}:{row['signed_file_digest']}", row["tracking_id"])
        for applicant, row in confirmed
        if row["signed_file_digest"] is not None
    ]
    assert len(dict(ought)) == len(ought), "a signed file confirmed two things"
    assert dict(ought) == {key: holder for key, holder in found.claims.items() if key.startswith("signed-file:")}


def _wanted(found: _Found, case) -> set[str]:
    submitted = [case["application"]]
    submitted += [
        row["content"]
        for row in sorted(found.statements, key=lambda row: row["step"])
        if row["case_number"] == case["number"] and row["kind"] == "APPLICATION"
    ]
    last = submitted[-1]
    cards = [last.get("resourceCard"), last.get("personalDataSystemCard")]
    return {_name(case["register"], card) for card in cards if card and card["owner"] == case["applicant"]}


def _name(register, card) -> str:
    return name_key(Register(register), card["owner"], card["shortName"])


CHECKS = (
    _histories_are_chains,
    _every_step_is_told_once,
    _one_case_of_a_type_is_open_per_entry_and_applicant,
    _no_decision_is_half_made,
    _versions_are_chains,
    _names_and_places_are_held_by_what_lives,
    _a_signed_file_confirms_one_thing,
)
