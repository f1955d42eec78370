"""The table of faults is whole, and a refusal can only use what is in it."""

import re

import pytest

from gateway.faults import FAULTS, RefusalError


@pytest.mark.parametrize("kind", FAULTS.values(), ids=lambda kind: kind.code)
def test_every_fault_says_in_two_languages_what_to_do(kind):
    assert re.fullmatch(r"(client|server)\.[a-z]+(\.[a-z-]+)?", kind.code)
    assert kind.text_en.endswith(".")
    assert kind.text_az.endswith(".")
    assert kind.text_az != kind.text_en
    assert kind.soap in {"Client", "Server", "VersionMismatch", "MustUnderstand"}
    assert (kind.soap == "Server") == kind.code.startswith("server.")
    assert (kind.retry_after is not None) == (kind.http in {429, 503})


def test_a_refusal_with_a_code_outside_the_table_cannot_be_made():
    with pytest.raises(KeyError):
        RefusalError("client.security.no-such-reason")


def test_a_refusal_shows_its_code_and_reason_but_not_its_explanation():
    refusal = RefusalError("client.security.signature-mismatch", reason="SIG.REF.DIGEST", explanation={"found": "abc"})
    assert str(refusal) == "client.security.signature-mismatch (SIG.REF.DIGEST)"
