"""The operator's commands for cases: what they say, in both languages, and what they leave behind."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import pwd
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.cli import cases as case_commands
from gateway.cli.keys import read_key
from gateway.contract.files import HistoryError, encode_application
from gateway.home import Home
from gateway.security.xades_sign import sign_application
from handlers.cases.applicant import file_destruction_proof, resubmit
from handlers.cases.model import CaseState, Role
from handlers.cases.queries import case_file
from handlers.messages import FileDestructionProof, Resubmit
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.registration.entries import amend
from handlers.registration.model import AppealKind, DestructionProof
from handlers.rules.clocks import BAKU
from handlers.staff.commands import tell_staff
from handlers.staff.model import StaffNoticeKind
from handlers.store import directory
from handlers.store.engine import open_store
from handlers.work import Work
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CHANGE,
    CONFIRMATION,
    OWNER,
    REGISTRATION,
    REPRESENTATIVE,
    RESOURCE,
    accepted,
    appeal,
    registration,
    signed,
)

NUMBER = f"{datetime.now(BAKU).year}/IR-000001"
ENTRY = "IR-000002"
"""The sample entry of the home is the first."""
EVENT = datetime.now(BAKU).date() - timedelta(days=3)
AYSEL = ("--by", "aysel")
LEYLA = ("--by", "leyla")
DEFECT = ("--defect", "/resourceCard/purpose=Məqsəd aydın deyil.|The purpose is unclear.")


class Premises:
    """The store of a home in which representatives submit, and the operator's commands."""

    def __init__(self, home, run):
        self.home, self.run = Home(home), run
        self.url = f"sqlite:///{home / 'registers.db'}"
        today = datetime.now(BAKU).date()
        person = replace(REPRESENTATIVE, valid_from=today - timedelta(days=300), valid_to=today + timedelta(days=300))
        with closing(open_store(self.url)) as store, store.writing() as connection:
            for each in AGENCY_RECORDS:
                directory.add_agency(connection, each)
            directory.add_representative(connection, person)

    def send(self, handler, command):
        with closing(open_store(self.url)) as store, store.writing() as connection:
            outcome = handler(Work(connection, datetime.now(UTC)), command)
        assert outcome.ground is None
        return outcome.subject

    def submit(self, application=None, tracking_id="T-1"):
        application = application or replace(REGISTRATION, event_date=EVENT)
        command = registration(application, self.confirmed(application, tracking_id), tracking_id)
        return self.send(submit_registration, replace(command, received_at=datetime.now(UTC)))

    def confirmed(self, application, tracking_id):
        return replace(signed(application, tracking_id), confirmed_at=datetime.now(UTC), stamped_at=None)

    def file(self, number=NUMBER):
        with closing(open_store(self.url)) as store, store.reading() as connection:
            return case_file(connection, number, datetime.now(UTC))

    def cases(self, *arguments):
        return self.run("cases", *arguments)

    def done(self, *arguments):
        result = self.cases(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout


@pytest.fixture
def desk(sample_home, run, monkeypatch):
    numbers = iter(range(1, 9))
    monkeypatch.setattr(
        case_commands, "extract_issuer", lambda _session, _actor: lambda _work, _entry, _case: f"E-{next(numbers)}"
    )
    return Premises(sample_home, run)


@pytest.fixture
def received(desk):
    assert desk.submit() == NUMBER
    return desk


def test_a_case_is_taken_found_complete_approved_told_and_closed(received):
    assert received.done("take", NUMBER, *AYSEL) == f"{NUMBER}: COMPLETENESS_CHECK (checked for completeness)\n"
    received.done("complete", NUMBER, *AYSEL)
    approved = received.done("approve", NUMBER, *AYSEL)
    assert approved.splitlines() == [
        f"{NUMBER}: ENTERED (entered in the register)",
        f"  entry {ENTRY}, version 1; extract E-1",
    ]
    received.done("informed", NUMBER, "--reason", "letter 7", *AYSEL)
    received.done("archive", NUMBER, *AYSEL)
    file = received.file()
    assert file.case.state is CaseState.ARCHIVED
    assert [step.actor for step in file.case.steps[3:]] == ["registrar:aysel"] * 6


def test_what_is_approved_is_entered_with_an_extract_that_the_operator_sealed(sample_home, run, tmp_path):
    desk = Premises(sample_home, run)
    desk.submit()
    desk.done("take", NUMBER, *AYSEL)
    desk.done("complete", NUMBER, *AYSEL)
    number = desk.done("approve", NUMBER, *AYSEL).split()[-1]
    listed = run("extracts", "list", ENTRY).stdout
    assert number in listed
    assert "registrar:aysel" in listed


def test_a_step_that_cannot_be_made_is_refused_in_the_readers_language_and_changes_nothing(received, monkeypatch):
    received.done("take", NUMBER, *AYSEL)
    before = received.file()
    refused = received.cases("complete", NUMBER, "--by", "kamran")
    assert refused.exit_code == 1
    assert "IN_OTHER_HANDS: The case is in the hands of another registrar." in refused.stderr
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    refused = received.cases("archive", NUMBER, *AYSEL)
    assert refused.exit_code == 1
    assert "ILLEGAL_STEP: İşin hazırkı vəziyyətində bu addım mümkün deyil." in refused.stderr
    assert received.cases("take", "2020/IR-000009").exit_code == 1
    assert received.file() == before


def test_without_a_name_it_is_whoever_runs_the_command(received, monkeypatch):
    monkeypatch.setenv("LOGNAME", "operator7")
    received.done("take", NUMBER)
    assert received.file().clerk == "operator7"


def test_whoever_is_logged_in_stays_beside_another_name_that_is_given(received, monkeypatch):
    """The user is asked of the system: a variable of the environment gives no other one."""
    user = pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setenv("LOGNAME", "aysel")
    received.done("take", NUMBER)
    received.done("complete", NUMBER, "--as", "registrar", *AYSEL)
    steps = received.file().case.steps[-2:]
    assert [step.actor for step in steps] == ["registrar:aysel"] * 2
    kept = [[json.loads(each.after) for each in step.changes if each.path == "/terminalUser"] for step in steps]
    assert kept == [[user]] * 2
    received.done("hand-over", NUMBER, "--to", "kamran", "--as", "supervisor", "--by", user.upper())
    assert "/terminalUser" not in [each.path for each in received.file().case.steps[-1].changes]


def test_a_text_that_is_too_long_is_refused_with_its_length(received):
    refused = received.cases("take", NUMBER, "--reason", "x" * 9000, *AYSEL)
    assert refused.exit_code == 1
    assert "TEXT_UNFIT" in refused.stderr
    assert "9000 characters" in " ".join(refused.stderr.split())
    assert received.file().clerk is None


def test_a_refusal_is_proposed_sent_back_proposed_again_and_confirmed_by_another_person(received):
    received.done("take", NUMBER, *AYSEL)
    received.done("complete", NUMBER, *AYSEL)
    wrong = received.cases("refuse", NUMBER, "--ground", "BAD", "--reason", "no", *AYSEL)
    assert (wrong.exit_code, "GROUND_MISSING" in wrong.stderr, "FALSE_DATA" in wrong.stderr) == (1, True, True)
    proposed = received.done("refuse", NUMBER, "--ground", "false_data", "--reason", "no such address", *AYSEL)
    assert "SECOND_REVIEW" in proposed
    assert "`gateway cases confirm`" in proposed
    same = received.cases("confirm", NUMBER, *AYSEL)
    assert (same.exit_code, "SAME_PERSON" in same.stderr) == (1, True)
    registrar = received.cases("confirm", NUMBER, "--as", "registrar", "--by", "kamran")
    assert (registrar.exit_code, "NOT_ENTITLED" in registrar.stderr) == (1, True)
    received.done("send-back", NUMBER, "--reason", "prove it", *LEYLA)
    received.done("refuse", NUMBER, "--ground", "FALSE_DATA", "--reason", "no such address", *AYSEL)
    received.done("confirm", NUMBER, *LEYLA)
    shown = received.done("show", NUMBER)
    assert "refused" in shown
    assert "no such address" in shown
    assert "supervisor leyla confirmed the decision" in shown


def test_a_supervisor_hands_a_case_over_and_a_registrar_ends_one_without_a_decision(received):
    received.done("take", NUMBER, *AYSEL)
    received.done("hand-over", NUMBER, "--to", "kamran", "--as", "supervisor", *LEYLA)
    received.done("complete", NUMBER, "--by", "kamran")
    assert "DECIDED" in received.done("dismiss", NUMBER, "--reason", "the owner is gone", "--by", "kamran")


def test_defects_are_named_by_fields_that_there_are_in_both_languages(received, tmp_path):
    received.done("take", NUMBER, *AYSEL)
    nothing = received.cases("return", NUMBER, *AYSEL)
    assert (nothing.exit_code, "DEFECTS_MISSING" in nothing.stderr) == (1, True)
    typo = received.cases("return", NUMBER, "--defect", "/resourceCard/purpos=a|b", *AYSEL)
    assert typo.exit_code == 1
    assert "The application has no /resourceCard/purpos. Did you mean: /resourceCard/purpose" in typo.stderr
    for wrong in ("/resourceCard/purpose=only one", "/resourceCard/purpose= |x", "no text"):
        assert received.cases("return", NUMBER, "--defect", wrong, *AYSEL).exit_code == 2
    listed = tmp_path / "defects.json"
    listed.write_text('[{"path": "/resourceCard/legalActs[1]/url", "textAz": "Açılmır.", "textEn": "Dead."}]')
    assert "RETURNED" in received.done("return", NUMBER, *DEFECT, "--defects", str(listed), *AYSEL)
    assert [(each.path, each.rule) for each in received.file().case.defects] == [
        ("/resourceCard/purpose", "clerk"),
        ("/resourceCard/legalActs[1]/url", "clerk"),
    ]
    listed.write_text('[{"path": "/", "text": "x"}]')
    assert received.cases("return", NUMBER, "--defects", str(listed), *AYSEL).exit_code == 2


def test_the_file_of_a_case_is_shown_whole_with_its_history_in_words_and_in_the_time_of_baku(received, monkeypatch):
    received.done("take", NUMBER, *AYSEL)
    received.done("return", NUMBER, *DEFECT, "--reason", "see the defects", *AYSEL)
    shown = received.done("show", NUMBER)
    at = f"{received.file().case.steps[4].at.astimezone(BAKU):%Y-%m-%d %H:%M}"
    assert f"{at}  registrar aysel returned it for correction → RETURNED (returned to the applicant)" in shown
    assert "reason: see the defects" in shown
    assert "defects: 0 → 1" in shown
    clocks = shown.split("Clocks")[1].split("History")[0]
    assert [word in clocks for word in ("runs", "stands still since", "ended")] == [True] * 3
    assert "The purpose is unclear." in shown
    assert RESOURCE.name in shown
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    shown = received.done("show", NUMBER)
    assert "qeydiyyatçı aysel düzəliş üçün qaytardı" in shown
    assert "Məqsəd aydın deyil." in shown
    assert json.loads(received.done("show", NUMBER, "--json"))["file"]["case"]["number"] == NUMBER
    missing = received.cases("show", "2020/IR-000009")
    assert (missing.exit_code, "UNKNOWN_CASE" in missing.stderr) == (1, True)


def test_what_was_returned_is_still_told_after_the_resubmission(exported, desk):
    assert exported.exists()
    shown = desk.done("show", NUMBER)
    assert "Defects" not in shown.split("History")[0]
    (line,) = [line.strip() for line in shown.split("History")[1].splitlines() if "unclear" in line]
    assert line == "Purpose: The purpose is unclear. (/resourceCard/purpose, clerk)"
    told = json.loads(desk.done("show", NUMBER, "--json"))["stepDetails"]["defects"]["5"]
    assert [each["textEn"] for each in told] == ["The purpose is unclear."]


def test_a_case_is_shown_in_words_and_not_as_a_program_writes_it(received, monkeypatch):
    for step in ("take", "complete"):
        received.done(step, NUMBER, *AYSEL)
    received.done("refuse", NUMBER, "--ground", "FALSE_DATA", "--reason", "no such address", *AYSEL)
    shown = received.done("show", NUMBER)
    assert [each for each in ("{", "('", "legalActs ", "/proposal") if each in shown] == []
    assert "proposed decision: — → REFUSED (refused), FALSE_DATA, no such address" in shown
    assert "Legal acts (1): Title of the act" in shown
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    shown = received.done("show", NUMBER)
    assert "təklif olunan qərar: — → REFUSED (imtina)" in shown
    assert "→ SECOND_REVIEW (ikinci şəxsin təsdiqini gözləyir)" in shown
    assert "INFORMATION_RESOURCES (İnformasiya ehtiyatlarının dövlət reyestri)" in shown
    assert "Hüquqi aktlar (1): Aktın adı" in shown


def test_a_step_that_the_state_does_not_allow_is_refused_in_words(received, monkeypatch):
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    refused = " ".join(received.cases("archive", NUMBER, *AYSEL).stderr.split())
    assert "RECEIVED (daxil olub, qeydiyyatçını gözləyir); addım: ARCHIVED (arxivləşdirdi)" in refused


def test_how_data_were_destroyed_is_told_at_its_step(received):
    for step in ("take", "complete", "approve"):
        received.done(step, NUMBER, *AYSEL)
    cancelled = replace(CHANGE, kind=AppealKind.CANCELLATION, entry_number=ENTRY, event_date=EVENT, resource_card=None)
    command = replace(appeal(cancelled, received.confirmed(cancelled, "T-2"), "T-2"), received_at=datetime.now(UTC))
    number = received.send(submit_appeal, command)
    for step in ("take", "complete", "approve"):
        received.done(step, number, *AYSEL)
    received.done("confirm", number, *LEYLA)
    stated = DestructionProof(
        case_number=number,
        applicant=OWNER,
        representative=cancelled.representative,
        destroyed_on=datetime.now(BAKU).date(),
        manner="Disklər əridilib",
        act_reference="Akt 7",
    )
    proof = accepted(FileDestructionProof(statement=stated, confirmation=received.confirmed(stated, "T-3")), "T-3")
    received.send(file_destruction_proof, replace(proof, received_at=datetime.now(UTC)))
    history = [line.strip() for line in received.done("show", number).split("History")[1].splitlines()]
    assert {"Manner of destruction: Disklər əridilib", "Number and date of the act of destruction: Akt 7"} <= {*history}


def test_where_the_entry_moved_on_both_differences_are_shown_and_conflicts_marked(received):
    for step in ("take", "complete", "approve"):
        received.done(step, NUMBER, *AYSEL)
    wanted = replace(CHANGE, entry_number=ENTRY, event_date=EVENT, resource_card=replace(RESOURCE, purpose="Uçot"))
    command = replace(appeal(wanted, received.confirmed(wanted, "T-2"), "T-2"), received_at=datetime.now(UTC))
    number = received.send(submit_appeal, command)
    assert "Uçot" in received.done("show", number)
    with closing(open_store(received.url)) as store, store.writing() as connection:
        now = datetime.now(UTC)
        amend(Work(connection, now), ENTRY, card=replace(RESOURCE, purpose="Başqa"), valid_from=now, actor="x")
    shown = received.done("show", number)
    (line,) = [line for line in shown.splitlines() if "CONFLICT" in line]
    assert [each.strip() for each in line.split("│")] == ["CONFLICT", "Purpose", RESOURCE.purpose, "Başqa", "Uçot"]
    assert "/purpose" in shown


def test_a_case_says_that_the_authority_of_its_representative_has_ended(received):
    assert "another representative must act" not in received.done("show", NUMBER)
    assert received.run("representative", "suspend", REPRESENTATIVE.fin, "--reason", "Letter").exit_code == 0
    assert "another representative must act" in received.done("show", NUMBER)


def test_cases_are_listed_by_what_they_are_and_an_inbox_tells_what_waits_for_whom(received):
    second = replace(
        REGISTRATION, event_date=EVENT - timedelta(days=60), resource_card=replace(RESOURCE, short_name="B")
    )
    other = received.submit(second, "T-2")
    received.done("take", NUMBER, *AYSEL)
    assert [line.split()[0] for line in received.done("list").splitlines()[2:]] == [other, NUMBER]
    late = json.loads(received.done("list", "--late", "--open", "--register", "INFORMATION_RESOURCES", "--json"))
    assert [each["number"] for each in late["cases"]] == [other]
    assert NUMBER in received.done("list", "--clerk", "aysel", "--state", "COMPLETENESS_CHECK", "--applicant", OWNER)
    assert received.done("list", "--state", "ARCHIVED") == "There is none.\n"
    page = received.cases("list", "--limit", "1")
    cursor = page.stderr.strip().split()[-1]
    assert NUMBER in received.done("list", "--limit", "1", "--cursor", cursor)
    assert received.cases("list", "--cursor", "x").exit_code == 2
    waiting = received.done("inbox", *AYSEL)
    own, untaken = waiting.split("Wait for a registrar")
    assert (NUMBER in own, other in own, other in untaken, NUMBER in untaken) == (True, False, True, False)
    received.done("complete", NUMBER, *AYSEL)
    received.done("refuse", NUMBER, "--ground", "DUPLICATE", "--reason", "twice", *AYSEL)
    assert NUMBER in received.done("inbox", "--supervisor", *LEYLA).split("In the hands of")[0]
    assert NUMBER not in received.done("inbox", "--supervisor", *AYSEL).split("In the hands of")[0], "her own proposal"


def test_an_inbox_begins_with_the_notices_that_nobody_has_seen(received):
    with closing(open_store(received.url)) as store, store.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        for words, to in (
            ("Hers", {"person": "aysel"}),
            ("His", {"person": "kamran"}),
            ("All", {"role": Role.REGISTRAR}),
        ):
            tell_staff(work, StaffNoticeKind.CLOCK_WARNING, text_az=f"az {words}", text_en=f"en {words}", **to)
    told = received.done("inbox", *AYSEL).split("In the hands of")[0]
    assert [each in told for each in ("en Hers", "en All", "en His", "az Hers")] == [True, True, False, False]
    assert "en Hers" in received.done("inbox", "--seen", *AYSEL)
    assert "en Hers" not in received.done("inbox", *AYSEL)
    assert "en His" in received.done("inbox", "--by", "kamran")


def test_figures_are_told_as_tables_as_csv_and_as_json(received, monkeypatch):
    for step in ("take", "complete", "approve"):
        received.done(step, NUMBER, *AYSEL)
    shown = received.done("report")
    assert "examination, to the decision" in shown
    rows = list(csv.DictReader(io.StringIO(received.done("report", "--csv"))))
    assert [(row["by"], row["key"], row["cases"], row["approved"]) for row in rows[:3]] == [
        ("ALL", "", "1", "1"),
        ("REGISTER", "INFORMATION_RESOURCES", "1", "1"),
        ("AGENCY", OWNER, "1", "1"),
    ]
    found = json.loads(received.done("report", "--by", "state", "--json"))
    assert [(each["by"], each["key"]) for each in found["groups"]] == [("STATE", "ENTERED")]
    assert json.loads(received.done("report", "--to", "2020-01-01", "--json")) == {"total": {}}
    assert received.cases("report", "--csv", "--json").exit_code == 2
    assert received.cases("report", "--from", "2026-02-01", "--to", "2026-01-01").exit_code == 2
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    assert "baxış, qərara qədər" in received.done("report")


def test_names_that_applicants_gave_forge_no_line(received):
    forged = "Ad\n  state                Z\u2028\u009b1m\u202e"
    other = received.submit(
        replace(REGISTRATION, event_date=EVENT, resource_card=replace(RESOURCE, short_name=forged)), "T-2"
    )
    for command in (("show", other), ("list",), ("show", other, "--json")):
        printed = received.done(*command)
        assert not [each for each in printed if not each.isprintable() and each != "\n"]
        assert not [line for line in printed.splitlines() if line.startswith("  state ") and "Z" in line]
    assert "[U+2028][U+009B]1m[U+202E]" in received.done("show", other)


def test_a_refusal_is_confirmed_without_a_usable_key_of_the_gateway(sample_home, run):
    desk = Premises(sample_home, run)
    desk.submit()
    for step in ("take", "complete"):
        desk.done(step, NUMBER, *AYSEL)
    desk.done("refuse", NUMBER, "--ground", "FALSE_DATA", "--reason", "no such address", *AYSEL)
    desk.home.key_file.write_bytes(b"not a key")
    assert "DECIDED" in desk.done("confirm", NUMBER, *LEYLA)


def test_an_approval_without_a_usable_key_of_the_gateway_changes_nothing(sample_home, run):
    desk = Premises(sample_home, run)
    desk.submit()
    for step in ("take", "complete"):
        desk.done(step, NUMBER, *AYSEL)
    desk.home.key_file.write_bytes(b"not a key")
    assert desk.cases("approve", NUMBER, *AYSEL).exit_code == 1
    assert desk.file().case.state is CaseState.REVIEW


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cases", "report", "--from", "0001-01-01"), "--from: 0001-01-01 is out of range"),
        (("cases", "report", "--to", "9999-12-31"), "--to: 9999-12-31 is out of range"),
        (("registers", "search", "--recorded-to", "9999-12-31"), "--recorded-to: 9999-12-31 is out of range"),
        (("registers", "show", "IR-000001", "--as-of", "9999-12-31T23:59:59-1400"), "--as-of: 9999-12-31 is out of"),
        (("cases", "show", "\udcff"), "not UTF-8"),
    ],
)
def test_values_that_nothing_can_have_are_refused_in_words(sample_home, run, arguments, words):
    result = run(*arguments)
    assert result.exit_code in {1, 2}
    assert words in " ".join(result.stderr.split())


def test_the_first_and_the_last_day_can_be_asked_for(received):
    assert json.loads(received.done("report", "--from", "1800-01-01", "--to", "2199-12-31", "--json"))["total"]


@pytest.fixture
def exported(desk, tmp_path):
    """The history of a case with two files that were really signed, and a third that is none."""
    key = read_key(desk.home.representative_key("5TESTM1"))
    number = None
    first = replace(REGISTRATION, event_date=EVENT)
    better = replace(first, resource_card=replace(RESOURCE, purpose="Uçot"))

    def confirmed(application):
        now = datetime.now(UTC)
        file = sign_application(encode_application(application), key, now)
        return replace(
            CONFIRMATION,
            signed_file=file,
            signed_file_digest=hashlib.sha256(file).hexdigest(),
            confirmed_at=now,
            signature_level="B-B",
            stamped_at=None,
        )

    command = registration(first, confirmed(first), TRACKING.format(1))
    number = desk.send(submit_registration, replace(command, received_at=datetime.now(UTC)))
    desk.done("take", number, *AYSEL)
    desk.done("return", number, *DEFECT, *AYSEL)
    command = accepted(Resubmit.of(number, better, confirmed(better)), TRACKING.format(2))
    desk.send(resubmit, replace(command, received_at=datetime.now(UTC)))
    path = tmp_path / "history.xml"
    desk.done("export", number, "--out", str(path), *LEYLA)
    return path


TRACKING = "0198f2b4-7c3a-7e21-9d55-3a0c5c1be00{}-0123456789"


def test_the_history_of_a_case_is_one_sealed_file_that_anybody_verifies(exported, desk):
    result = desk.run("verify", str(exported))
    assert result.exit_code == 0, result.output
    assert "VALID: sealed document caseHistory" in result.stdout
    assert "a known gateway" in result.stdout
    assert "whole document, 6 steps, 2 submissions" in result.stdout
    assert result.stdout.count("VALID: signed file registrationApplication") == 2
    assert "exportedBy       leyla" in result.stdout


def test_an_export_does_not_replace_a_file_unless_told_to(exported, desk):
    before = exported.read_bytes()
    again = ("cases", "export", NUMBER, "--out", str(exported), *AYSEL)
    refused = desk.run(*again)
    assert (refused.exit_code, "--force" in refused.stderr, exported.read_bytes() == before) == (1, True, True)
    assert desk.run(*again, "--force").exit_code == 0
    assert exported.read_bytes() != before


def test_a_history_that_nobody_could_verify_is_refused_in_words(received, tmp_path, monkeypatch):
    def breaks(*_):
        raise HistoryError("not the history of a case")

    monkeypatch.setattr("gateway.histories.sealed_history", breaks)
    refused = received.cases("export", NUMBER, "--out", str(tmp_path / "h.xml"))
    assert (refused.exit_code, "nobody could verify it" in refused.stderr) == (1, True)
    assert not (tmp_path / "h.xml").exists()


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"<actor>registrar:aysel</actor>", b"<actor>registrar:leyla</actor>"),
        (b"<toState>RETURNED</toState>", b"<toState>REVIEW</toState>"),
        ("Məqsəd aydın deyil.".encode(), b"Hamisi aydindir."),
        (b"<after>2</after>", b"<after>3</after>"),
    ],
)
def test_a_history_in_which_one_step_was_changed_is_not_valid(exported, desk, part, other):
    content = exported.read_bytes()
    assert part in content
    exported.write_bytes(content.replace(part, other, 1))
    result = desk.run("verify", str(exported))
    assert result.exit_code == 1
    assert "NOT VALID: sealed document" in result.stdout
    assert "SIG.REF.DIGEST" in result.stdout
