"""Rights, what they reach into, and the table of standing."""

from __future__ import annotations

import pytest

from gateway.cli.operations import qualified_names
from handlers.parties.forms import EnrolmentError
from handlers.parties.model import DisclosureTier, lowest
from handlers.parties.rights import EVERY, REACH, UNCALLED, Extent, Right, codes_of, joined, right_to
from handlers.parties.standing import LEADS_TO, Standing, StandingError, StandingStep, after
from handlers.parties.terms import checked_addresses, checked_rights

CHECK = "documents.CheckDocuments"
ENTRY = "registration.GetEntry"


def documents(*codes: str) -> Extent:
    return Extent(document_types=frozenset(codes))


def registers(*codes: str) -> Extent:
    return Extent(registers=frozenset(codes))


def test_the_table_of_reaches_names_operations_that_are_offered():
    assert set(REACH) <= {*qualified_names(), *UNCALLED}


@pytest.mark.parametrize("name", qualified_names())
def test_what_is_about_a_register_or_documents_is_granted_by_them(name):
    service, operation = name.split(".")
    without = {"documents.GetBatch", "registration.VerifyExtract"}
    assert (name in REACH) is (service in {"registration", "documents"} and name not in without), operation


@pytest.mark.parametrize(
    ("right", "extent", "covered"),
    [
        (right_to(CHECK, ["PASSPORT", "VISA"]), documents("PASSPORT"), True),
        (right_to(CHECK, ["PASSPORT", "VISA"]), documents("VISA", "PASSPORT"), True),
        (right_to(CHECK, ["PASSPORT"]), documents("VISA"), False),
        (right_to(CHECK, ["PASSPORT"]), documents("PASSPORT", "VISA"), False),
        (right_to(CHECK, ["PASSPORT"]), documents(EVERY), False),
        (right_to(CHECK), documents(EVERY), True),
        (right_to(CHECK), documents("ANYTHING_YET_TO_COME"), True),
        (right_to(CHECK), registers("INFORMATION_RESOURCES"), False),
        (right_to(ENTRY, ["INFORMATION_RESOURCES"]), registers("INFORMATION_RESOURCES"), True),
        (right_to(ENTRY, ["INFORMATION_RESOURCES"]), registers("PERSONAL_DATA_SYSTEMS"), False),
        (Right(operation=CHECK), documents("PASSPORT"), False),
        (right_to("bus.GetStatus"), Extent(), True),
        (right_to("bus.GetStatus"), documents("PASSPORT"), False),
    ],
)
def test_a_right_covers_what_it_names_and_nothing_else(right, extent, covered):
    assert right.covers(extent) is covered


def test_rights_are_kept_in_one_form():
    assert right_to(CHECK, ["VISA", "PASSPORT", "VISA"]).document_types == ("PASSPORT", "VISA")
    assert right_to(CHECK, ["VISA", EVERY]).document_types == (EVERY,)
    assert right_to("bus.GetStatus") == Right(operation="bus.GetStatus")
    assert codes_of(joined(right_to(CHECK, ["VISA"]), right_to(CHECK, ["PASSPORT"]))) == ("PASSPORT", "VISA")
    assert codes_of(joined(right_to(CHECK, ["VISA"]), right_to(CHECK))) == (EVERY,)
    with pytest.raises(ValueError, match="do not join"):
        joined(right_to(CHECK), right_to(ENTRY))
    assert checked_rights([right_to(ENTRY), right_to(CHECK)]) == (right_to(CHECK), right_to(ENTRY))
    with pytest.raises(EnrolmentError, match="given twice"):
        checked_rights([right_to(CHECK), right_to(CHECK)])


def test_networks_are_kept_in_one_form():
    given = [" 192.0.2.7 ", "10.0.0.0/8", "2001:DB8::/32", "10.0.0.0/8"]
    assert checked_addresses(given) == ("10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32")


def test_nothing_follows_a_withdrawal_and_nothing_is_done_twice():
    follows = {(standing, step) for standing in Standing for step in StandingStep}
    refused = set()
    for standing, step in follows:
        try:
            assert after(standing, step) is LEADS_TO[step]
        except StandingError:
            refused.add((standing, step))
    assert refused == {
        (Standing.ACTIVE, StandingStep.RESUME),
        (Standing.SUSPENDED, StandingStep.SUSPEND),
        (Standing.WITHDRAWN, StandingStep.SUSPEND),
        (Standing.WITHDRAWN, StandingStep.RESUME),
        (Standing.WITHDRAWN, StandingStep.WITHDRAW),
    }


def test_the_lowest_tier_shows_least():
    assert lowest(DisclosureTier.FULL, DisclosureTier.STATUS, DisclosureTier.REASON) is DisclosureTier.STATUS
    assert lowest(DisclosureTier.HIT_ONLY, DisclosureTier.FULL) is DisclosureTier.HIT_ONLY
