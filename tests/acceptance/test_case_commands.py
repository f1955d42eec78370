"""Correcting, taking back and proving destruction over signed SOAP: as a signed file and by password, and refused."""

from __future__ import annotations

from uuid import uuid4

import msgspec
import pytest
from msgspec.structs import replace

from gateway.demo.cards import POPULATION_REGISTER
from gateway.security.model import UsernameCredentials
from handlers.cases import commands as work_on
from handlers.registration.model import AppealKind, DestructionProof, Withdrawal
from tests.acceptance.caller import FaultError, text
from tests.acceptance.test_a_year_of_an_agency import APPROVED, AYSEL, LEYLA, Play
from tests.acceptance.year import Year, day

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    year = Year(tmp_path_factory.mktemp("commands"))
    yield Play(year)
    year.close()


@pytest.fixture
def returned(play) -> str:
    """A registration that was given back for correction."""
    number = play.submit(play.application(resource_card=card()))
    play.year.staff(work_on.take, number, AYSEL)
    play.returned(number)
    return number


@pytest.fixture
def cancelled(play) -> str:
    """A case in which an entry was cancelled, so that a proof is owed."""
    number = play.submit(play.application(resource_card=card()))
    play.examined(number)
    play.approve(number)
    entry = text(play.moj.case(number), "entryNumber")
    number = play.submit(play.appeal(AppealKind.CANCELLATION, entry, 1))
    play.examined(number)
    play.year.staff(work_on.decide, number, AYSEL, APPROVED, issue_extract=play.extract)
    play.year.staff(work_on.confirm_decision, number, LEYLA, issue_extract=play.extract)
    return number


def card():
    return replace(POPULATION_REGISTER, short_name=f"Reyestr {uuid4().hex[:8]}")


def withdrawal(play, number: str, **changes) -> Withdrawal:
    made = Withdrawal(case_number=number, applicant="MOJ", representative=play.moj.fin, reason="Əmr ləğv edilib.")
    return replace(made, **changes)


def proof(play, number: str) -> DestructionProof:
    return DestructionProof(
        case_number=number,
        applicant="MOJ",
        representative=play.moj.fin,
        destroyed_on=day(1, 11),
        manner="Disklər əridilib.",
        act_reference="Akt 7",
    )


def tree(content) -> dict:
    return msgspec.to_builtins(content)


# What each takes --------------------------------------------------------------------------------


def test_a_correction_is_taken_as_a_signed_file_and_as_a_structure_confirmed_by_password(play, returned):
    assert play.resubmit(returned, play.application(resource_card=card())) == returned
    play.year.staff(work_on.take, returned, AYSEL)
    play.returned(returned)
    structure = tree(play.application(resource_card=card()))
    assert play.moj.command("Resubmit", password=True, caseNumber=returned, application=structure) == returned
    shown = play.moj.case(returned)
    assert (text(shown, "state"), text(shown, "submission"), text(shown, "confirmation")) == (
        "RESUBMITTED",
        "3",
        "PASSWORD",
    )


def test_a_withdrawal_is_taken_as_a_signed_file_and_as_a_structure_confirmed_by_password(play, returned):
    file = play.moj.file("withdrawal", withdrawal(play, returned))
    assert play.moj.command("WithdrawCase", signedWithdrawal=file) == returned
    assert play.moj.state(returned) == "WITHDRAWN"
    number = play.submit(play.application(resource_card=card()))
    stated = tree(withdrawal(play, number))
    assert play.moj.command("WithdrawCase", password=True, withdrawal=stated) == number
    assert play.moj.state(number) == "WITHDRAWN"


@pytest.mark.parametrize("by_password", [False, True], ids=["file", "password"])
def test_a_proof_of_destruction_is_taken_as_a_signed_file_and_as_a_structure(play, cancelled, by_password):
    stated = proof(play, cancelled)
    if by_password:
        given = {"proof": tree(stated), "password": True}
    else:
        given = {"signedProof": play.moj.file("destructionProof", stated)}
    assert play.moj.command("FileDestructionProof", **given) == cancelled
    assert text(play.moj.case(cancelled), "destructionProvenOn") == "2027-01-11"


# What each refuses ------------------------------------------------------------------------------


def test_a_structure_that_nobody_confirmed_is_refused(play, returned):
    code = play.moj.command("WithdrawCase", withdrawal=tree(withdrawal(play, returned)))
    assert code.startswith("confirmation.")
    assert play.moj.state(returned) == "RETURNED"


def test_a_file_of_another_kind_is_refused(play, returned):
    file = play.moj.file
    stated, owed = withdrawal(play, returned), proof(play, returned)
    asked = play.application(resource_card=card())
    wrong = [
        ("Resubmit", {"caseNumber": returned, "signedApplication": file("withdrawal", stated)}),
        ("WithdrawCase", {"signedWithdrawal": file("destructionProof", owed)}),
        ("WithdrawCase", {"signedWithdrawal": file("registrationApplication", asked)}),
        ("FileDestructionProof", {"signedProof": file("withdrawal", stated)}),
        ("SubmitRegistration", {"signedApplication": file("withdrawal", stated)}),
    ]
    for operation, given in wrong:
        assert play.moj.command(operation, **given) == "application.kind", operation
    assert play.moj.state(returned) == "RETURNED"


def test_a_correction_of_the_other_kind_is_about_another_matter(play, returned):
    appeal = play.appeal(AppealKind.CANCELLATION, "IR-000001", 1)
    assert play.resubmit(returned, appeal) == "OTHER_MATTER"


def test_what_is_stated_for_another_agency_is_refused(play, returned):
    file = play.moj.file("withdrawal", withdrawal(play, returned, applicant="MIA"))
    assert play.moj.command("WithdrawCase", signedWithdrawal=file) == "application.applicant"
    asked = play.application(resource_card=card(), applicant="MIA")
    assert play.resubmit(returned, asked) == "application.applicant"
    owed = replace(proof(play, returned), applicant="MIA")
    file = play.moj.file("destructionProof", owed)
    assert play.moj.command("FileDestructionProof", signedProof=file) == "application.applicant"
    assert play.moj.state(returned) == "RETURNED"


def test_a_number_that_no_case_has_and_one_that_is_in_another_state_are_refused(play, returned):
    nobody = "2027/IR-999999"
    assert play.resubmit(nobody, play.application(resource_card=card())) == "UNKNOWN_CASE"
    file = play.moj.file("withdrawal", withdrawal(play, nobody))
    assert play.moj.command("WithdrawCase", signedWithdrawal=file) == "UNKNOWN_CASE"
    file = play.moj.file("destructionProof", proof(play, returned))
    assert play.moj.command("FileDestructionProof", signedProof=file) in ("ILLEGAL_STEP", "NO_PROOF_OWED")
    assert play.moj.state(returned) == "RETURNED"


def test_the_same_request_sent_again_is_answered_with_the_original_receipt_and_steps_once(play, returned):
    moj, request_id = play.moj, str(uuid4())
    given = {"signedWithdrawal": moj.file("withdrawal", withdrawal(play, returned))}

    def sent() -> tuple[str, str]:
        answer = moj.call("registration", "WithdrawCase", given, request_id=request_id)
        return text(answer, "receipt", "signedReceipt"), text(answer, "receipt", "trackingId")

    first = sent()
    assert moj.effect(first[1]) == returned
    assert sent() == first
    assert moj.effect(first[1]) == returned
    # Under another request id it is the same file once more, and the case is not where it was.
    assert moj.command("WithdrawCase", **given) in ("ILLEGAL_STEP", "SIGNED_FILE_USED")
    events = [each.text for each in moj.case(returned).iter("{*}event")]
    assert events.count("WITHDRAWN") == 1


def test_a_password_of_somebody_else_confirms_nothing(play, returned):
    login = play.year.login("MIA")
    user = UsernameCredentials(login.login, login.password)
    with pytest.raises(FaultError, match="authentication-failed"):
        play.moj.call("registration", "WithdrawCase", {"withdrawal": tree(withdrawal(play, returned))}, user=user)
    assert play.moj.state(returned) == "RETURNED"
