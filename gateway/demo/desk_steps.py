"""Round trip, middle part: the operator's staff decide a case, its owner gets an extract, and anybody checks it."""

from __future__ import annotations

from typing import Final

from gateway.cli.language import t
from gateway.demo.cards import POPULATION_REGISTER
from gateway.demo.documents import Tree
from gateway.demo.play import Play

_BY: Final = ("--by", "aysel")


def decide(play: Play) -> None:
    """A registrar takes the case, finds it complete and approves it; in a home played in before that was done."""
    number = ""
    with play.transcript.step("MOJ", "registration.ListCases") as step:
        found = play.call("MOJ", "registration", "ListCases", type="REGISTRATION")["cases"]
        step.expect(found, t("no case", "iş yoxdur"))
        number = found[0]["number"]
        step.came_back = f"{number} {found[0]['state']}"
    for command in ("take", "complete", "approve"):
        with play.transcript.step("DPC", f"gateway cases {command}") as step:
            state = play.call("MOJ", "registration", "GetCase", number=number)["case"]["state"]
            if state in ("ENTERED", "OWNER_INFORMED") and not play.fresh:
                step.came_back = t("done in an earlier run", "əvvəlki icrada edilib")
                continue
            printed = play.desk("cases", command, number, *_BY)
            step.came_back, *step.details = [line.strip() for line in printed.splitlines()]


def extract(play: Play) -> None:
    """The owner fetches the sealed extract; whoever is shown it verifies it offline, or asks by its code."""
    issued: Tree = {}
    with play.transcript.step("MOJ", "registration.SearchEntries") as step:
        asked = POPULATION_REGISTER.short_name
        found = play.call("MOJ", "registration", "SearchEntries", text=asked)["entries"]
        step.expect(found, t("not found", "tapılmadı"))
        step.came_back = f"{found[0]['number']} v{found[0]['version']} {found[0]['status']}"
        issued = {"entryNumber": found[0]["number"]}
    with play.transcript.step("MOJ", "registration.GetExtract") as step:
        issued = play.call("MOJ", "registration", "GetExtract", **issued)["extract"]
        step.came_back = f"{issued['number']}, {issued['verificationCode']}"
    for form in ("xml", "pdf"):
        with play.transcript.step("SBS", f"gateway verify extract.{form}") as step:
            path = play.keep(f"extract.{form}", issued[form])
            _, step.came_back, *_ = (line.strip() for line in play.desk("verify", str(path)).splitlines())
            if play.kept:
                step.details.append(str(path.relative_to(play.home.path)))
    with play.transcript.step("MOJ", "registration.VerifyExtract") as step:
        answer = play.call("MOJ", "registration", "VerifyExtract", verificationCode=issued["verificationCode"])
        step.expect(answer["verification"]["standing"] == "CURRENT", str(answer))
        step.came_back = answer["verification"]["standing"]
