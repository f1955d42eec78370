"""Who is warned of which certificate, and when: once for each certificate and threshold."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from handlers.notices.texts import words
from handlers.parties.directory import Directory
from handlers.parties.expiry import days_left, due_warnings, held_certificates, threshold_of
from handlers.parties.model import Agency, Certificate, Representative, System
from handlers.parties.standing import Standing

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AGENCY = Agency(code="MIA", name_az="DİN", name_en="MIA", tax_id="1")
PERSON = Representative(
    fin="5TESTD2", agency="MIA", identity_card="AA1", surname="S", name="N",
    valid_from=NOW.date(), valid_to=NOW.date(),
)  # fmt: skip


def certificate(days, name="a", **more):
    until = NOW + timedelta(days=days)
    values = {"fingerprint": name * 64, "issuer": "CN=CA", "serial": "77", "subject": "CN=X"}
    return Certificate(**(values | {"valid_from": NOW - timedelta(days=700), "valid_until": until} | more))


def directory(*certificates, agency=AGENCY, standing=Standing.ACTIVE, person=()):
    system = System(code="MIA-1", agency="MIA", name="one", certificates=certificates, standing=standing)
    return Directory(1, {"MIA": agency}, {"MIA-1": system}, {PERSON.fin: replace(PERSON, certificates=person)})


def due(*certificates, now=NOW, **more):
    return due_warnings(held_certificates(directory(*certificates, **more)), now)


@pytest.mark.parametrize(
    ("days", "threshold"),
    [(60.01, None), (60, 60), (30.01, 60), (30, 30), (7.01, 30), (7, 7), (0.01, 7), (0, None), (-1, None)],
)
def test_the_nearest_threshold_that_was_reached_counts(days, threshold):
    assert threshold_of(NOW + timedelta(days=days), NOW) == threshold
    assert [each.parameters["days"] for each in due(certificate(days))] == ([str(threshold)] if threshold else [])


def test_a_warning_is_the_same_whenever_it_is_found_and_another_at_each_threshold():
    ids = [{each.event_id for each in due(certificate(61), now=NOW + timedelta(days=day))} for day in range(61)]
    assert len(set().union(*ids)) == 3
    assert ids[0] == set()
    assert ids[1] == ids[30]
    assert ids[31] == ids[53]
    assert ids[54] == ids[60]
    assert len({each.event_id for each in due(certificate(5), certificate(5, "b"))}) == 2


def test_a_warning_goes_to_the_agency_and_names_system_serial_and_day_in_two_languages():
    (warning,) = due(certificate(20))
    assert (warning.agency, warning.subject) == ("MIA", "MIA-1")
    text = words(warning.kind, warning.parameters | {"subject": warning.subject, "tracking_id": warning.tracking_id})
    for said in (text.text_az, text.text_en):
        assert all(each in said for each in ("MIA-1", "77", "CN=CA", "2026-12-14"))
    assert "30" in text.title_en
    assert "30" in text.title_az


def test_one_that_was_replaced_is_not_warned_of_and_its_successor_is():
    assert due(certificate(5), certificate(500, "b")) == []
    (warning,) = due(certificate(5), certificate(20, "b"))
    assert warning.parameters["days"] == "30"


@pytest.mark.parametrize(
    "successor",
    [
        {"withdrawn_at": NOW},
        {"valid_from": NOW + timedelta(days=6)},
        {"valid_until": None},
        {"valid_until": NOW + timedelta(days=4)},
    ],
    ids=["withdrawn", "begins too late", "of unknown end", "ends first"],
)
def test_what_does_not_take_over_without_a_gap_replaces_nothing(successor):
    warned = due(certificate(5), certificate(500, "b", **successor))
    assert "7" in {each.parameters["days"] for each in warned}


@pytest.mark.parametrize(
    "how",
    [
        {"standing": Standing.WITHDRAWN},
        {"agency": replace(AGENCY, standing=Standing.WITHDRAWN)},
    ],
)
def test_nobody_is_warned_of_what_was_withdrawn(how):
    assert due(certificate(5), **how) == []
    assert due(certificate(5, withdrawn_at=NOW)) == []


def test_whoever_is_suspended_is_warned_all_the_same():
    assert len(due(certificate(5), standing=Standing.SUSPENDED)) == 1


def test_cards_of_persons_are_warned_of_too_and_the_soonest_comes_first():
    assert [each.subject for each in due(certificate(25), person=[certificate(6, "c")])] == ["5TESTD2", "MIA-1"]


def test_days_are_whole_days():
    assert [days_left(NOW + timedelta(days=days), NOW) for days in (1.5, 0.5, -0.5)] == [1, 0, -1]
