"""A year of an agency, from its first registration to a cancellation, over signed SOAP at a clock that is moved."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime

import msgspec
import pytest
from msgspec.structs import replace

from gateway.contract.files import decode_extract
from gateway.demo.cards import POPULATION_REGISTER
from gateway.extracts.inspection import inspect_pdf
from gateway.extracts.maker import installed_maker
from gateway.home import Home
from gateway.security.inspection import Known, inspect
from gateway.security.trust import TrustStore
from handlers.cases import commands as work_on
from handlers.cases.effects import StepRefusedError
from handlers.cases.guards import Decision
from handlers.cases.model import Actor, DecisionOutcome, Role
from handlers.extracts.commands import issued_on_entering
from handlers.registration.model import (
    AppealApplication,
    AppealKind,
    Confidentiality,
    Defect,
    DestructionProof,
    PersonalDataSystemCard,
    Register,
    RegistrationApplication,
    SystemKind,
    Trigger,
    Withdrawal,
)
from handlers.rules.clocks import BAKU
from tests.acceptance.caller import key_from, text, texts
from tests.acceptance.conftest import MODES
from tests.acceptance.year import Agency, Year, day

AYSEL = Actor(role=Role.REGISTRAR, name="aysel")
LEYLA = Actor(role=Role.SUPERVISOR, name="leyla")
APPROVED = Decision(outcome=DecisionOutcome.APPROVED)
DEFECT = Defect(
    path="/resourceCard/purpose", rule="clerk", text_az="Məqsəd aydın deyil.", text_en="The purpose is not clear."
)
PRE_EXISTING = PersonalDataSystemCard(
    short_name="Notariat",
    name="Notariat hərəkətlərinin informasiya sistemi",
    purpose="Notariat hərəkətlərinin uçotu",
    owner="MOJ",
    legal_acts=POPULATION_REGISTER.legal_acts,
    contacts=POPULATION_REGISTER.contacts,
    subject_categories=("Müraciət edənlər",),
    data_categories=("Soyad, ad", "FİN"),
    confidentiality=Confidentiality.CONFIDENTIAL,
    subject_count=250_000,
    manner="avtomatlaşdırılmış",
    database_place="Bakı",
    retention="75 il",
    biometrics=False,
    uses_fin=True,
    responsible_person="Nümunəyeva Aygün",
    start_date=date(2005, 3, 1),
    stop_condition="qanunla",
    kind=SystemKind.PRE_EXISTING,
)

pytestmark = pytest.mark.acceptance


@pytest.fixture(params=MODES)
def year(request, tmp_path):
    urls = {}
    if request.param == "real":
        urls = {"database": request.getfixturevalue("postgres_url"), "broker": request.getfixturevalue("rabbit_url")}
    played = Year(tmp_path, **urls)
    yield played
    played.close()


class Play:
    """One agency, and the desk that works on its cases."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.moj = Agency(year, "MOJ-REGISTERS", "MOJ")
        operator = key_from(Home(year.home).key_file)
        self.known = Known(frozenset({operator.certificate.fingerprint}), read_extract=decode_extract)
        self.extract = issued_on_entering(installed_maker(year.settings, operator), AYSEL)

    def application(self, **changes) -> RegistrationApplication:
        made = RegistrationApplication(
            register=Register.INFORMATION_RESOURCES,
            trigger=Trigger.CREATED,
            event_date=day(1, 4),
            applicant="MOJ",
            representative=self.moj.fin,
            resource_card=POPULATION_REGISTER,
        )
        return replace(made, **changes)

    def appeal(self, kind: AppealKind, number: str, version: int, **changes) -> AppealApplication:
        made = AppealApplication(
            kind=kind,
            applicant="MOJ",
            representative=self.moj.fin,
            entry_number=number,
            against_version=version,
            reason="Nazirliyin əmri",
            event_date=self.year.now().astimezone(BAKU).date(),
        )
        return replace(made, **changes)

    def submit(self, application, key=None) -> str:
        is_appeal = isinstance(application, AppealApplication)
        root, operation = "registrationApplication", "SubmitRegistration"
        if is_appeal:
            root, operation = "appealApplication", "SubmitAppeal"
        return self.moj.command(operation, signedApplication=self.moj.file(root, application, key))

    def resubmit(self, number: str, application, key=None) -> str:
        root = "appealApplication" if isinstance(application, AppealApplication) else "registrationApplication"
        file = self.moj.file(root, application, key)
        return self.moj.command("Resubmit", caseNumber=number, signedApplication=file)

    def standing(self, code: str, file: bytes | None = None) -> tuple[str, str]:
        """What the register answers to anybody who shows an extract with that code."""
        digest = {} if file is None else {"digest": hashlib.sha256(file).hexdigest()}
        answer = self.moj.call("registration", "VerifyExtract", {"verificationCode": code, **digest})
        return text(answer, "standing"), text(answer, "matches")

    def examined(self, number: str) -> None:
        self.year.staff(work_on.take, number, AYSEL)
        self.year.staff(work_on.find_complete, number, AYSEL)

    def approve(self, number: str) -> None:
        self.year.staff(work_on.decide, number, AYSEL, APPROVED, issue_extract=self.extract)

    def returned(self, number: str) -> None:
        self.year.staff(work_on.return_for_correction, number, AYSEL, defects=[DEFECT])


@pytest.mark.timeout(240)
def test_a_year_of_an_agency(year):
    play = Play(year)
    entry = _a_registration_returned_twice(play)
    code = _the_extract_of_what_was_entered(play, entry)
    _a_change_against_an_outdated_version(play, entry)
    assert play.standing(code) == ("SUPERSEDED", "")
    _a_suspension_and_a_resumption(play, entry)
    _a_refused_appeal(play, entry)
    _a_pre_existing_system_submitted_late_by_password(play)
    _an_application_taken_back(play, entry)
    _a_representative_whose_authority_ends(play, entry)
    _a_cancellation_with_proof_of_destruction(play, entry)
    assert play.standing(code) == ("CANCELLED", "")
    _what_was_true_and_what_was_known(play, entry)


def _a_registration_returned_twice(play: Play) -> str:
    year, moj = play.year, play.moj
    number = play.submit(play.application())
    assert number == "2027/IR-000001"
    year.until(1, 12)
    year.staff(work_on.take, number, AYSEL)
    play.returned(number)
    assert moj.state(number) == "RETURNED"
    assert texts(moj.case(number), "textAz") == [DEFECT.text_az]
    year.until(1, 14)
    better = replace(POPULATION_REGISTER, purpose="Əhalinin uçotu.")
    assert play.resubmit(number, play.application(resource_card=better)) == number
    year.until(1, 15)
    year.staff(work_on.take, number, AYSEL)
    play.returned(number)
    year.until(1, 18)
    best = replace(POPULATION_REGISTER, topics=("Əhali",))
    assert play.resubmit(number, play.application(resource_card=best)) == number
    year.until(1, 19)
    play.examined(number)
    year.until(1, 22)
    play.approve(number)
    case = moj.case(number)
    entry = text(case, "entryNumber")
    assert (text(case, "state"), text(case, "submission"), entry) == ("ENTERED", "3", "IR-000002")
    assert texts(moj.entry(entry), "topics") == ["Əhali"]
    page = moj.news(
        [
            "CASE_RECEIVED",
            *["CASE_TAKEN", "CASE_RETURNED", "CASE_RESUBMITTED"] * 2,
            *["CASE_TAKEN", "CASE_COMPLETE", "CASE_DECIDED", "CASE_ENTERED"],
        ]
    )
    assert DEFECT.text_en in "".join(texts(page, "textEn"))
    moj.acknowledge()
    moj.news(["CASE_OWNER_INFORMED"])
    assert moj.state(number) == "OWNER_INFORMED"
    year.staff(work_on.archive, number, AYSEL)
    moj.news(["CASE_ARCHIVED"])
    return entry


def _the_extract_of_what_was_entered(play: Play, entry: str) -> str:
    """Fetched by the owner; the files prove themselves offline, the code tells everybody that they are still so."""
    year, moj = play.year, play.moj
    answer = moj.call("registration", "GetExtract", {"entryNumber": entry})
    assert (text(answer, "number"), text(answer, "reason")) == ("2027/IR-E-000001", "ENTERED")
    xml, pdf = (base64.b64decode(text(answer, form)) for form in ("xml", "pdf"))
    trust = TrustStore.from_folder(year.home / "trust")
    assert inspect(xml, trust, year.now(), play.known).valid
    assert inspect_pdf(pdf, trust, year.now(), play.known).valid
    code = text(answer, "verificationCode")
    assert [play.standing(code, file) for file in (xml, pdf)] == [("CURRENT", "XML"), ("CURRENT", "PDF")]
    return code


def _a_change_against_an_outdated_version(play: Play, entry: str) -> None:
    year, moj = play.year, play.moj
    year.until(2, 1)
    card = replace(POPULATION_REGISTER, topics=("Əhali",))
    changed = replace(card, purpose="Yeni məqsəd.")
    change = play.submit(play.appeal(AppealKind.CHANGE, entry, 1, resource_card=changed))
    assert play.submit(play.appeal(AppealKind.CHANGE, entry, 1, resource_card=changed)) == "OPEN_CASE_EXISTS"
    corrected = replace(card, classifiers=("Ölkələr",))
    correction = play.submit(play.appeal(AppealKind.CORRECTION, entry, 1, resource_card=corrected))
    play.examined(correction)
    play.approve(correction)
    assert text(moj.entry(entry), "version") == "2"
    play.examined(change)
    with pytest.raises(StepRefusedError, match="ENTRY_MOVED_ON"):
        play.approve(change)
    play.returned(change)
    year.until(2, 3)
    again = play.appeal(AppealKind.CHANGE, entry, 1, resource_card=changed, event_date=day(2, 1))
    assert play.resubmit(change, again) == "NOT_THE_PRESENT_VERSION"
    both = replace(corrected, purpose="Yeni məqsəd.")
    assert play.resubmit(change, replace(again, against_version=2, resource_card=both)) == change
    play.examined(change)
    play.approve(change)
    shown = moj.entry(entry)
    assert (text(shown, "version"), text(shown, "purpose"), texts(shown, "classifiers")) == (
        "3",
        "Yeni məqsəd.",
        ["Ölkələr"],
    )


def _a_suspension_and_a_resumption(play: Play, entry: str) -> None:
    year, moj = play.year, play.moj
    year.until(3, 10)
    number = play.submit(play.appeal(AppealKind.SUSPENSION, entry, 3, event_date=day(3, 1)))
    year.until(3, 25)
    play.examined(number)
    play.approve(number)
    assert text(moj.entry(entry), "status") == "SUSPENDED"
    year.until(4, 15)
    number = play.submit(play.appeal(AppealKind.RESUMPTION, entry, 4))
    play.examined(number)
    play.approve(number)
    assert text(moj.entry(entry), "status") == "REGISTERED"
    assert text(moj.entry(entry, asOf=_at(3, 2)), "status") == "SUSPENDED"
    assert text(moj.entry(entry, asOf=_at(3, 2), asKnownAt=_at(3, 20)), "status") == "REGISTERED"


def _a_refused_appeal(play: Play, entry: str) -> None:
    year, moj = play.year, play.moj
    year.until(5, 3)
    card = replace(POPULATION_REGISTER, name="Başqa reyestr")
    number = play.submit(play.appeal(AppealKind.CHANGE, entry, 5, resource_card=card))
    play.examined(number)
    refusal = Decision(outcome=DecisionOutcome.REFUSED, ground_code="FALSE_DATA", reason="Ad aktla təsdiqlənmir.")
    year.staff(work_on.decide, number, AYSEL, refusal)
    assert moj.state(number) == "REVIEW"
    assert text(moj.case(number), "groundCode") == ""
    year.until(5, 5)
    year.staff(work_on.confirm_decision, number, LEYLA, issue_extract=play.extract)
    case = moj.case(number)
    assert (text(case, "outcome"), text(case, "groundCode")) == ("REFUSED", "FALSE_DATA")
    assert text(moj.entry(entry), "version") == "5"


def _a_pre_existing_system_submitted_late_by_password(play: Play) -> None:
    year, moj = play.year, play.moj
    year.until(6, 1)
    application = play.application(
        register=Register.PERSONAL_DATA_SYSTEMS,
        event_date=day(3, 1),
        resource_card=None,
        personal_data_system_card=PRE_EXISTING,
    )
    values = {"application": _tree(application)}
    number = moj.command("SubmitRegistration", password=True, **values)
    assert number == "2027/PD-000001"
    case = moj.case(number)
    assert (text(case, "late"), text(case, "dueDate"), text(case, "confirmation")) == ("true", "2027-03-21", "PASSWORD")
    year.until(6, 7)
    assert year.look_at_clocks() == []
    year.until(6, 20)
    # The check was due on 10 June; the month for the decision is nearly over on the 25th only.
    assert year.look_at_clocks() == [("BREACHED", "COMPLETENESS")]
    assert year.look_at_clocks() == []
    play.examined(number)
    play.approve(number)
    assert text(moj.case(number), "entryNumber") == "PD-000001"
    assert text(moj.entry("PD-000001"), "submittedLateDays") == "72"


def _an_application_taken_back(play: Play, entry: str) -> None:
    year, moj = play.year, play.moj
    year.until(8, 2)
    card = replace(POPULATION_REGISTER, name="Vaz keçilən ad")
    number = play.submit(play.appeal(AppealKind.CHANGE, entry, 5, resource_card=card))
    withdrawal = Withdrawal(case_number=number, applicant="MOJ", representative=moj.fin, reason="Əmr ləğv edilib.")
    assert moj.command("WithdrawCase", signedWithdrawal=moj.file("withdrawal", withdrawal)) == number
    assert moj.state(number) == "WITHDRAWN"


def _a_representative_whose_authority_ends(play: Play, entry: str) -> None:
    year, moj = play.year, play.moj
    year.until(9, 1)
    hers = year.colleague("MOJ", "5TESTN4", day(9, 15))
    card = replace(POPULATION_REGISTER, name="Əhali reyestri", classifiers=("Ölkələr",))
    change = play.appeal(AppealKind.CHANGE, entry, 5, representative="5TESTN4", resource_card=card)
    number = play.submit(change, hers)
    assert number.startswith("2027/IR-"), number
    assert text(moj.case(number), "representative") == "5TESTN4"
    year.until(9, 10)
    year.staff(work_on.take, number, AYSEL)
    play.returned(number)
    assert year.authorities_ended() == []
    year.until(9, 16, 9)
    assert year.authorities_ended() == [number]
    assert year.authorities_ended() == [], "once"
    assert text(moj.case(number), "authorityEndedOn") == "2027-09-16", "the first day without"
    assert play.resubmit(number, change, hers) == "confirmation.signatory"
    assert moj.state(number) == "RETURNED"
    assert play.resubmit(number, replace(change, representative=moj.fin)) == number
    play.examined(number)
    play.approve(number)
    assert (text(moj.entry(entry), "version"), text(moj.entry(entry), "name")) == ("6", "Əhali reyestri")


def _a_cancellation_with_proof_of_destruction(play: Play, entry: str) -> None:
    year, moj = play.year, play.moj
    year.until(11, 1)
    number = play.submit(play.appeal(AppealKind.CANCELLATION, entry, 6))
    play.examined(number)
    play.approve(number)
    year.until(11, 3)
    year.staff(work_on.confirm_decision, number, LEYLA, issue_extract=play.extract)
    assert text(moj.entry(entry), "status") == "CANCELLED"
    year.staff(work_on.owner_informed, number, AYSEL, reason="məktub 44")
    with pytest.raises(StepRefusedError, match="PROOF_OWED"):
        year.staff(work_on.archive, number, AYSEL)
    year.until(11, 20)
    proof = DestructionProof(
        case_number=number,
        applicant="MOJ",
        representative=moj.fin,
        destroyed_on=day(11, 18),
        manner="Disklər əridilib, ehtiyat nüsxələr silinib.",
        act_reference="akt 9, 18.11.2027",
    )
    assert moj.command("FileDestructionProof", signedProof=moj.file("destructionProof", proof)) == number
    year.staff(work_on.archive, number, AYSEL)
    assert moj.state(number) == "ARCHIVED"


def _what_was_true_and_what_was_known(play: Play, entry: str) -> None:
    year, moj = play.year, play.moj
    year.until(12, 30)
    assert text(moj.entry(entry), "status") == "CANCELLED"
    first = moj.entry(entry, asOf=_at(1, 25), asKnownAt=_at(1, 25))
    assert (text(first, "version"), texts(first, "classifiers")) == ("1", list(POPULATION_REGISTER.classifiers))
    corrected = moj.entry(entry, asOf=_at(1, 25))
    assert (text(corrected, "version"), texts(corrected, "classifiers")) == ("2", ["Ölkələr"])
    page = moj.call("notices", "PullNotices", {"afterSequence": 0, "limit": 500})
    assert texts(page, "kind").count("CLOCK_BREACHED") == 1
    assert texts(page, "sequence") == [str(number) for number in range(1, len(texts(page, "sequence")) + 1)]


def _at(month: int, number: int) -> datetime:
    return datetime(2027, month, number, 12, tzinfo=BAKU)


def _tree(record) -> dict:
    return msgspec.to_builtins(record)
