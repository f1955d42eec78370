"""Places that a registrar may name in an application."""

from __future__ import annotations

import pytest

from handlers.cases.defect_paths import PathError, field_paths, require_path
from tests.unit.handlers.registration.examples import CANCELLATION, PERSONAL_REGISTRATION, REGISTRATION


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/eventDate",
        "/resourceCard",
        "/resourceCard/purpose",
        "/resourceCard/operator",
        "/resourceCard/contacts",
        "/resourceCard/legalActs",
        "/resourceCard/legalActs[1]",
        "/resourceCard/legalActs[1]/url",
        "/resourceCard/legalActs[1]/adoptedOn",
    ],
)
def test_a_field_may_be_named_filled_in_or_not(path):
    require_path(REGISTRATION, path)


@pytest.mark.parametrize(
    ("path", "close"),
    [
        ("/resourceCard/purpos", "/resourceCard/purpose"),
        ("/ResourceCard/purpose", "/resourceCard/purpose"),
        ("resourceCard/purpose", "/resourceCard/purpose"),
        ("/resourceCard/legalActs[2]/url", "/resourceCard/legalActs/url"),
        ("/resourceCard/legalActs[0]", "/resourceCard/legalActs"),
        ("/resourceCard/legalActs/url", "/resourceCard/legalActs/url"),
        ("/resourceCard/contacts[9]", "/resourceCard/contacts"),
        ("/resourceCard/purpose[1]", "/resourceCard/purpose"),
        ("/resourceCard/purpose/x", "/resourceCard/purpose"),
    ],
)
def test_what_is_not_there_is_refused_with_what_may_have_been_meant(path, close):
    with pytest.raises(PathError) as refused:
        require_path(REGISTRATION, path)
    assert close in refused.value.close


def test_only_the_card_that_is_there_has_fields():
    with pytest.raises(PathError):
        require_path(REGISTRATION, "/personalDataSystemCard/retention")
    require_path(PERSONAL_REGISTRATION, "/personalDataSystemCard/retention")
    paths = list(field_paths(CANCELLATION))
    assert "/reason" in paths
    assert not [each for each in paths if "Card" in each]
