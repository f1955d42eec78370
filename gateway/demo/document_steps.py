"""Round trip, second part: invalid documents are reported and checked, notices pulled, three calls refused."""

from __future__ import annotations

import time
from typing import Final

from gateway.cli.client import FaultError
from gateway.cli.language import t
from gateway.contract.model import service_namespace
from gateway.demo.documents import ANSWERS, OUTCOMES, OUTCOMES_AGAIN, Tree, asked, reported
from gateway.demo.play import Play, fresh_context, receipt_of
from gateway.demo.transcript import UnexpectedError
from gateway.xml.namespaces import SOAP11

_NOTICES: Final = 20.0
"""Seconds in which a notice must have come."""


def report(play: Play) -> None:
    """A batch of five by their issuer, and what became of each."""
    documents = reported()
    tracking_id = ""
    with play.transcript.step("MIA", "documents.ReportInvalidDocuments") as step:
        answer = play.call("MIA", "documents", "ReportInvalidDocuments", batchReference="demo", documents=documents)
        tracking_id = receipt_of(answer)["trackingId"]
        step.came_back = t(f"receipt {tracking_id}", f"qəbz {tracking_id}")
    with play.transcript.step("MIA", "documents.GetBatch") as step:
        status = play.applied("MIA", tracking_id)
        step.expect(status["state"] == "APPLIED", str(status.get("ground", status["state"])))
        batch = play.call("MIA", "documents", "GetBatch", trackingId=tracking_id)["batch"]
        found = tuple(each["outcome"] for each in batch["items"])
        for item, document in zip(batch["items"], documents, strict=True):
            number = f"{document.get('series', '')}{document['number']}"
            words = t(item.get("textEn", ""), item.get("textAz", ""))
            step.details.append(
                f"{document['documentType']} {number} {document['reason']}: {item['outcome']} {words}".rstrip()
            )
        again = not play.fresh and found == OUTCOMES_AGAIN
        step.expect(found == OUTCOMES or again, ", ".join(found))
        step.came_back = ", ".join(found)


def check(play: Play) -> None:
    """Five documents at the border, all at one instant."""
    with play.transcript.step("SBS", "documents.CheckDocuments") as step:
        context = fresh_context(purpose="BORDER_CONTROL")
        result = play.call("SBS", "documents", "CheckDocuments", context=context, documents=asked(play.today))["result"]
        answers = {each["reference"]: each for each in result["answers"]}
        for reference, each in answers.items():
            words = t(each.get("textEn", ""), each.get("textAz", ""))
            step.details.append(_line(f"{reference}:", each["status"], each.get("reason", ""), words))
        statuses = {reference: each["status"] for reference, each in answers.items()}
        step.expect(statuses == ANSWERS, str(statuses))
        step.came_back = t(
            f"{len(answers)} answers, {result['answerReference']}", f"{len(answers)} cavab, {result['answerReference']}"
        )


def notices(play: Play) -> None:
    """What MOJ is told, and that it has read it."""
    last = 0
    with play.transcript.step("MOJ", "notices.PullNotices") as step:
        page = _page_with_notices(play)
        last = page["lastSequence"]
        kinds = ", ".join(f"{each['sequence']} {each['kind']} {each['subject']}" for each in page["notices"][-3:])
        step.came_back = kinds
        step.details.extend(t(each["titleEn"], each["titleAz"]) for each in page["notices"][-3:])
    with play.transcript.step("MOJ", "notices.AcknowledgeNotices") as step:
        receipt = receipt_of(play.call("MOJ", "notices", "AcknowledgeNotices", upToSequence=last))
        status = play.applied("MOJ", receipt["trackingId"])
        step.expect(status["state"] == "APPLIED", str(status.get("ground", status["state"])))
        step.came_back = t(f"up to {last}: APPLIED", f"{last} nömrəyə qədər: APPLIED")
    with play.transcript.step("MOJ", "notices.PullNotices") as step:
        page = play.call("MOJ", "notices", "PullNotices", afterSequence=0, limit=500)["page"]
        read = [each for each in page["notices"] if each["sequence"] <= last]
        step.expect(read and all("acknowledgedAt" in each for each in read), t("not acknowledged", "təsdiqlənməyib"))
        step.came_back = t(f"{len(read)} notices, all acknowledged", f"{len(read)} bildiriş, hamısı təsdiqlənib")


def refusals(play: Play) -> None:
    """Three calls that must not get through."""
    namespace = service_namespace("bus")
    bare = (
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><ListServices xmlns="{namespace}"></ListServices></s:Body>'
        "</s:Envelope>"
    ).encode()
    _refused(
        play, t("unsigned call", "imzasız müraciət"), "MOJ", "client.security.missing", ("bus", "ListServices"), bare
    )
    signed = play.clients["MOJ"].request("registration", "GetEntry", {"number": "IR-000001"})
    tampered = signed.replace(b"IR-000001", b"IR-000002")
    _refused(
        play,
        t("tampered call", "dəyişdirilmiş müraciət"),
        "MOJ",
        "client.security.signature-mismatch",
        ("registration", "GetEntry"),
        tampered,
    )
    forbidden = play.clients["SBS"].request("documents", "ReportInvalidDocuments", {"documents": reported()})
    _refused(
        play,
        t("operation not granted", "icazəsiz əməliyyat"),
        "SBS",
        "client.access.denied",
        ("documents", "ReportInvalidDocuments"),
        forbidden,
    )


def _refused(play: Play, what: str, agency: str, code: str, operation: tuple[str, str], message: bytes) -> None:
    with play.transcript.step(agency, what) as step:
        try:
            play.clients[agency].send(*operation, message)
        except FaultError as error:
            step.expect(error.fault["code"] == code, error.fault["code"])
            step.came_back = code
            step.details.append(t(error.fault["textEn"], error.fault["textAz"]))
        else:
            raise UnexpectedError(t("it was answered", "cavab verildi"))


def _line(*words: str) -> str:
    return " ".join(filter(None, words))


def _page_with_notices(play: Play) -> Tree:
    """The notices of MOJ, once there are any: they are written by a worker of their own, a moment after the case."""
    deadline = time.monotonic() + _NOTICES
    while True:
        page: Tree = play.call("MOJ", "notices", "PullNotices", afterSequence=0, limit=500)["page"]
        if page["lastSequence"]:
            return page
        if time.monotonic() > deadline:
            raise UnexpectedError(t("no notice came", "bildiriş gəlmədi"))
        time.sleep(0.1)
