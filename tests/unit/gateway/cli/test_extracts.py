"""`gateway extracts`, and what agencies ask of extracts over signed SOAP."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.background import store_of
from gateway.cli.keys import read_key
from gateway.security.sign import sign_envelope
from gateway.settings_sources import load
from handlers.registration.entries import amend, enter
from handlers.registration.model import EntryStatus
from handlers.work import Work
from tests.acceptance.caller import FaultError, text
from tests.unit.gateway.cli.premises import Premises, Visitor
from tests.unit.handlers.registration.examples import RESOURCE

CARD = replace(RESOURCE, owner="MOJ")
ENTRY = "IR-000002"
"""The first one is of `gateway init --dev`."""
NUMBER = re.compile(r"[0-9]{4}/IR-E-000001")


@pytest.fixture
def entered(sample_home):
    """A home whose register has one entry, of the Ministry of Justice."""
    store = store_of(load({"GATEWAY_HOME": str(sample_home)}))
    yield Entered(store)
    store.close()


class Entered:
    def __init__(self, store) -> None:
        self.store = store
        self.now = datetime.now(UTC) - timedelta(minutes=1)
        with store.writing() as connection:
            assert enter(Work(connection=connection, now=self.now), CARD).number == ENTRY

    def amend(self, **changes) -> None:
        with self.store.writing() as connection:
            amend(Work(connection=connection, now=self.now + timedelta(seconds=1)), ENTRY, **changes)


def issue(run, *options) -> tuple[str, str]:
    result = run("extracts", "issue", ENTRY, "--reason", "REQUESTED", "--by", "A. Məmmədova", *options)
    assert result.exit_code == 0, result.output
    number, code = result.stdout.split()[:2]
    return number, code


@pytest.fixture
def premises(entered, sample_home):
    assert entered.store
    opened = Premises(sample_home)
    yield opened
    opened.close()


# The operator's own -----------------------------------------------------------------------------


def test_what_is_issued_is_listed_handed_out_and_verified(run, entered, tmp_path):
    number, code = issue(run, "--note", "Məktub 12/4")
    assert NUMBER.fullmatch(number)

    listed = run("extracts", "list", ENTRY).stdout
    assert "CURRENT" in listed
    assert "REQUESTED" in listed
    xml, pdf = tmp_path / "extract.xml", tmp_path / "extract.pdf"
    assert run("extracts", "get", number, "--xml", str(xml), "--pdf", str(pdf)).exit_code == 0
    result = run("verify", str(xml), str(pdf))
    assert result.exit_code == 0, result.output
    assert result.stdout.count("VALID: ") == 3
    assert "NOT VALID" not in result.stdout
    for line in (
        "signed file extract",
        "sealed PDF extract",
        number,
        code,
        "Azərbaycan Respublikasının Ədliyyə Nazirliyi",
    ):
        assert line in result.stdout
    assert "Whether it still does, the operator tells" in result.stdout


def test_a_changed_pdf_is_refused_in_words_of_the_readers_language(run, entered, tmp_path, monkeypatch):
    number, _code = issue(run)
    pdf = tmp_path / "extract.pdf"
    run("extracts", "get", number, "--pdf", str(pdf))
    pdf.write_bytes(pdf.read_bytes().replace(b"/MediaBox [0 0 5", b"/MediaBox [0 0 6", 1))

    assert "The PDF was changed after it was sealed." in run("verify", str(pdf)).stdout
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    result = run("verify", str(pdf))
    assert result.exit_code == 1
    assert "ETİBARSIZDIR" in result.stdout
    assert "PDF faylı möhürləndikdən sonra dəyişdirilib." in result.stdout


def test_an_older_version_can_be_issued_and_issued_again(run, entered):
    first, _code = issue(run)
    entered.amend(card=replace(CARD, purpose="Yeni məqsəd"))
    result = run("extracts", "issue", ENTRY, "--version", "1", "--reason", "REISSUED", "--by", "B")
    assert result.exit_code == 0, result.output
    assert f"Issued in place of {first}." in result.stderr
    assert run("extracts", "list", ENTRY).stdout.count("SUPERSEDED") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("issue", ENTRY, "--reason", "REISSUED"), "has no extract yet"),
        (("issue", "IR-000009", "--reason", "REQUESTED"), "no such entry or version: IR-000009"),
        (("issue", ENTRY, "--version", "7", "--reason", "REQUESTED"), "no such entry or version: IR-000002, 7"),
        (("issue", ENTRY, "--version", "9" * 20, "--reason", "REQUESTED"), "no such entry or version"),
        (("list", "IR-000009"), "no such entry"),
        (("get", "2026/IR-E-000009", "--xml", "never.xml"), "There is no extract 2026/IR-E-000009"),
        (("get", "2026/IR-E-000009"), "Say which file"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(run, entered, arguments, words):
    result = run("extracts", *arguments)
    assert result.exit_code in {1, 2}
    assert words in result.stderr


def test_files_are_not_written_over_one_another_or_over_what_is_there(run, entered, tmp_path):
    number, _code = issue(run)
    xml, pdf = tmp_path / "extract.xml", tmp_path / "extract.pdf"
    same = run("extracts", "get", number, "--xml", str(xml), "--pdf", str(tmp_path / "." / xml.name))
    assert (same.exit_code, "two names" in same.stderr, xml.exists()) == (2, True, False)
    pdf.write_bytes(b"kept")
    both = ("extracts", "get", number, "--xml", str(xml), "--pdf", str(pdf))
    there = run(*both)
    assert (there.exit_code, "--force" in there.stderr) == (1, True)
    assert (pdf.read_bytes(), xml.exists()) == (b"kept", False), "both or none"
    assert run(*both, "--force").exit_code == 0
    assert pdf.read_bytes().startswith(b"%PDF-")


def test_an_issuer_always_has_a_name(run, entered, monkeypatch):
    monkeypatch.setenv("LOGNAME", "operator7")
    issue(run, "--by", "  ")
    assert "operator7" in run("extracts", "list", ENTRY).stdout


def test_both_files_in_an_answer_are_verified(run, entered, sample_home, tmp_path):
    number, _code = issue(run)
    xml, pdf, answer = tmp_path / "extract.xml", tmp_path / "extract.pdf", tmp_path / "answer.xml"
    run("extracts", "get", number, "--xml", str(xml), "--pdf", str(pdf))
    key = read_key(load({"GATEWAY_HOME": str(sample_home)}).home_path / "keys" / "gateway.pem")

    def verified(shown):
        files = (f"<e:{name}>{base64.b64encode(of).decode()}</e:{name}>" for name, of in shown.items())
        payload = f'<e:GetExtractResponse xmlns:e="urn:e">{"".join(files)}</e:GetExtractResponse>'
        answer.write_bytes(sign_envelope(payload.encode(), key=key, now=datetime.now(UTC)))
        return run("verify", str(answer))

    good = verified({"xml": xml.read_bytes(), "pdf": pdf.read_bytes()})
    assert (good.exit_code, good.stdout.count("VALID"), "VALID: sealed PDF" in good.stdout) == (0, 4, True)
    bad = verified({"xml": xml.read_bytes(), "pdf": pdf.read_bytes() + b"x"})
    assert (bad.exit_code, "NOT VALID: sealed PDF" in bad.stdout) == (1, True)


# Over SOAP --------------------------------------------------------------------------------------


def fetch(visitor, **key):
    return visitor.call("registration", "GetExtract", key)


def ask(visitor, code, **more):
    return visitor.call("registration", "VerifyExtract", {"verificationCode": code, **more})


def test_the_owner_fetches_its_extract_and_nobody_else_does(run, premises):
    issue(run)
    number, code = issue(run)
    owner, other = Visitor(premises, "MOJ-REGISTERS"), Visitor(premises, "MIA-DOCUMENTS")

    answer = fetch(owner, entryNumber=ENTRY)
    assert text(answer, "number") == number
    assert text(answer, "verificationCode") == code
    assert (text(answer, "standing"), text(answer, "version"), text(answer, "reason")) == ("CURRENT", "1", "REQUESTED")
    pdf, xml = (base64.b64decode(text(answer, form)) for form in ("pdf", "xml"))
    assert pdf.startswith(b"%PDF-")
    assert code.encode() in xml
    assert fetch(owner, extractNumber=number).tag == answer.tag
    assert len(fetch(owner, extractNumber="2026/IR-E-000099")) == 0
    assert len(fetch(other, entryNumber=ENTRY)) == 0
    assert len(fetch(other, extractNumber=number)) == 0


def test_anybody_who_may_ask_is_told_of_a_code_whether_it_was_issued_and_still_holds(run, premises, entered):
    number, code = issue(run)
    owner, other = Visitor(premises, "MOJ-REGISTERS"), Visitor(premises, "MIA-DOCUMENTS")
    pdf = base64.b64decode(text(fetch(owner, extractNumber=number), "pdf"))
    digest = hashlib.sha256(pdf).hexdigest()

    answer = ask(other, code.lower().replace("-", " "), digest=digest)
    assert (text(answer, "extractNumber"), text(answer, "entryNumber")) == (number, ENTRY)
    assert (text(answer, "pdfDigest"), text(answer, "matches"), text(answer, "standing")) == (digest, "PDF", "CURRENT")
    assert text(ask(other, code, digest="0" * 64), "matches") == ""
    assert len(ask(other, "7KQ2M-XH4RT-9WD6C-PN3VA")) == 0

    again, _code = issue(run)
    assert text(ask(other, code), "reissuedAs") == again
    entered.amend(card=replace(CARD, purpose="Yeni məqsəd"))
    assert text(ask(other, code), "standing") == "SUPERSEDED"
    entered.amend(status=EntryStatus.CANCELLED)
    assert text(ask(other, code), "standing") == "CANCELLED"


def test_an_extract_is_refused_to_a_system_without_the_right(run, premises):
    number, code = issue(run)
    border = Visitor(premises, "SBS-BORDER")
    for question in (lambda: fetch(border, extractNumber=number), lambda: ask(border, code)):
        with pytest.raises(FaultError) as refused:
            question()
        assert refused.value.code == "client.access.denied"
