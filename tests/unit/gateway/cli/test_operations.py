from __future__ import annotations

import pytest

from gateway.cli.failures import UsageError
from gateway.cli.operations import expand, find, qualified_names


def test_names_are_found_in_any_letter_case():
    service, operation = find("Documents", "checkdocuments")
    assert (service.name, operation.name) == ("documents", "CheckDocuments")


def test_an_unknown_service_or_operation_names_what_there_is():
    with pytest.raises(UsageError, match="Did you mean documents"):
        find("document", "CheckDocuments")
    with pytest.raises(UsageError, match="Did you mean CheckDocuments"):
        find("documents", "CheckDocument")


def test_rights_expand_to_full_names_each_once():
    assert expand(["notices.*", "notices.PullNotices"]) == (
        "notices.AcknowledgeNotices",
        "notices.GetDelivery",
        "notices.PullNotices",
        "notices.SetDelivery",
    )


@pytest.mark.parametrize("pattern", ["*", "documents.NoSuch", "nosuch.*", "CheckDocuments"])
def test_a_right_that_nobody_offers_is_refused(pattern):
    with pytest.raises(UsageError):
        expand([pattern])


def test_the_sample_systems_are_granted_what_the_contract_offers():
    from gateway.demo.parties import SYSTEMS

    assert {name for system in SYSTEMS for name in system.operations} == set(qualified_names())


def test_the_sample_border_service_may_not_report():
    from gateway.demo.parties import SYSTEMS

    border = next(each for each in SYSTEMS if each.agency == "SBS")
    assert "documents.ReportInvalidDocuments" not in border.operations
