"""The page of faults says what the endpoint sends."""

import re
from pathlib import Path

import pytest
from lxml import etree

from gateway import fault_page
from gateway.faults import FAULTS, RefusalError
from gateway.soap.fault_body import fault_payload

PAGE = Path(__file__).parents[3] / "gateway" / "FAULTS.md"


def test_the_committed_page_is_what_the_table_makes():
    assert PAGE.read_text(encoding="utf-8") == fault_page.page(), "run `gateway contract faults`"


@pytest.mark.parametrize("kind", FAULTS.values(), ids=lambda kind: kind.code)
def test_a_row_shows_the_codes_that_are_sent(kind):
    (row,) = re.findall(rf"^\| \[`{re.escape(kind.code)}`\]\(\S+\) \|(.*)\|$", fault_page.page(), re.MULTILINE)
    status, code_11, _, code_12, subcode, retry_after = (cell.strip() for cell in f"{row} ".split("|"))
    assert status == str(kind.http)
    if kind.code in fault_page.PLAIN:
        assert not any([code_11, code_12, subcode, retry_after])
        return
    refusal = RefusalError(kind.code)
    old, new = (
        etree.fromstring(fault_payload(refusal, fault_id="1", soap_version=version, explain=False))
        for version in ("1.1", "1.2")
    )
    assert old.findtext("faultcode") == code_11
    assert [each.text for each in new.iter("{*}Value")] == [each for each in (code_12, subcode) if each]
    assert (old.findtext(".//{*}retryAfter") or "") == retry_after.removesuffix(" s")


@pytest.mark.parametrize("kind", FAULTS.values(), ids=lambda kind: kind.code)
def test_each_fault_has_both_texts_and_says_in_both_languages_what_to_do(kind):
    section = fault_page.page().partition(f"### {kind.code}\n")[2].partition("\n#")[0]
    for text in (kind.text_en, kind.text_az, *fault_page.advice(kind.code)):
        assert text in section


def test_the_nearest_advice_counts():
    assert fault_page.advice("client.security.replayed") != fault_page.advice("client.security.failed-check")
    assert fault_page.advice("client.xml.limit") == fault_page.advice("client.soap.structure")


def test_advice_is_for_codes_that_there_are():
    for start in fault_page.ADVICE:
        assert any(f"{code}.".startswith(f"{start}.") for code in FAULTS), start
