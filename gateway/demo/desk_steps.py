"""Round trip, middle part: the operator's staff decide a case, its owner gets an extract, and anybody checks it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from ssl import DER_cert_to_PEM_cert
from typing import Final

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.demo.cards import POPULATION_REGISTER
from gateway.demo.documents import Tree
from gateway.demo.play import Play
from gateway.demo.transcript import Step
from gateway.security.certificates import read_identity

_BY: Final = ("--by", "aysel")
_WAITS_FOR: Final = {
    "take": ("RECEIVED", "RESUBMITTED"),
    "complete": ("COMPLETENESS_CHECK",),
    "approve": ("REVIEW",),
}
"""The states in which each command is the next one."""
_ENTERED: Final = ("ENTERED", "OWNER_INFORMED", "ARCHIVED")


def decide(play: Play, tracking_id: str) -> None:
    """A registrar takes the case of `tracking_id`, finds it complete and approves it.

    In a home that was played in before, it has been decided, or somebody has done something else with it: then it is
    left as it is.
    """
    number = ""
    with play.transcript.step("MOJ", "registration.ListCases") as step:
        case = _case(play, tracking_id)
        number = case["number"]
        listed = play.call("MOJ", "registration", "ListCases", type="REGISTRATION")["cases"]
        shown = number in [each["number"] for each in listed]
        step.expect(shown or not play.fresh, t("it is not listed", "siyahıda yoxdur"))  # else on a later page, maybe
        step.came_back = f"{number} {case['state']}"
    for command, states in _WAITS_FOR.items():
        with play.transcript.step("DPC", f"gateway cases {command}") as step:
            state = _case(play, tracking_id)["state"]
            if state not in states and not play.fresh:
                _left(step, state)
                continue
            try:
                printed = play.desk("cases", command, number, *_BY)
            except CommandError as refused:
                if play.fresh or "IN_OTHER_HANDS" not in str(refused):
                    raise
                _left(step, state)
                continue
            step.came_back, *step.details = [line.strip() for line in printed.splitlines()]


def extract(play: Play, tracking_id: str) -> None:
    """The owner fetches the sealed extract; whoever is shown it verifies it offline, or asks by its code.

    There is none where a case of an earlier run was not approved.
    """
    issued: Tree = {}
    state, entry = "", None
    with play.transcript.step("MOJ", "registration.SearchEntries") as step:
        case = _case(play, tracking_id)
        state, entry = case["state"], case.get("entryNumber")
        if entry is None and not play.fresh:
            _left(step, state)
            return
        asked = POPULATION_REGISTER.short_name
        found = play.call("MOJ", "registration", "SearchEntries", text=asked)["entries"]
        named = [each for each in found if each["number"] == entry]
        step.expect(named, t("not found", "tapılmadı"))
        step.came_back = f"{entry} v{named[0]['version']} {named[0]['status']}"
    with play.transcript.step("MOJ", "registration.GetExtract") as step:
        issued = play.call("MOJ", "registration", "GetExtract", entryNumber=entry)["extract"]
        step.came_back = f"{issued['number']}, {issued['verificationCode']}"
    for form in ("xml", "pdf"):
        with play.transcript.step("SBS", f"gateway verify extract.{form}") as step:
            path = play.keep(f"extract.{form}", issued[form])
            step.came_back = _verified(play, path)
            if play.kept:
                step.details.append(str(path.relative_to(play.home.path)))
    with play.transcript.step("MOJ", "registration.VerifyExtract") as step:
        answer = play.call("MOJ", "registration", "VerifyExtract", verificationCode=issued["verificationCode"])
        step.expect(answer["verification"]["standing"] == "CURRENT", str(answer))
        step.came_back = answer["verification"]["standing"]


def _case(play: Play, tracking_id: str) -> Tree:
    case: Tree = play.call("MOJ", "registration", "GetCase", trackingId=tracking_id)["case"]
    return case


def _left(step: Step, state: str) -> None:
    if state in _ENTERED:
        step.came_back = t(f"{state}: done in an earlier run", f"{state}: əvvəlki icrada edilib")
    else:
        step.came_back = t(f"{state}: not for this step, left as it is", f"{state}: bu addım üçün deyil, toxunulmadı")


def _verified(play: Play, path: Path) -> str:
    """What another agency is told of the file, offline, by what the operator gives everybody: roots and certificate."""
    with tempfile.TemporaryDirectory(prefix="gateway-demo-given-") as given:
        trust, certificate = Path(given, "trust"), Path(given, "gateway.pem")
        shutil.copytree(play.home.roots.parent, trust)  # authorities below the roots and of time stamps, too
        if play.home.gateway_root.is_file():
            shutil.copy(play.home.gateway_root, trust / "roots")
        certificate.write_text(DER_cert_to_PEM_cert(read_identity(play.home.key_file.read_bytes()).der))
        printed = play.verifier("verify", str(path), "--trust", str(trust), "--gateway", str(certificate))
    _, came_back, *_ = (line.strip() for line in printed.splitlines())
    return came_back
