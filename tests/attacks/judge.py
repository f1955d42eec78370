"""Judging an answer by the ten conditions of security §6."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from tests.attacks.canary import CONTENT
from tests.attacks.model import CODES, Case, Entry, Expect, Sent
from tests.attacks.targets import Answer, Target
from tests.attacks.world import EVIL, SECRET, World

WALL = 2.0
"""Seconds any answer may take."""
GROWTH = 20.0
"""Megabytes a process may grow by."""
_BASE64 = re.compile("[A-Za-z0-9+/=]{60,}")
"""Certificates and signature values, in which any four letters may stand."""
_LEAKS = (
    "Traceback", "lxml", "libxml", "signxml", "xmlsec", "sqlalchemy", "cryptography", "waitress", "spyne", "pika",
    "psycopg", ".py", "site-packages", "/gateway/", "/home", "/work", "/tmp",
)  # fmt: skip
_TALLIES = frozenset({"password_tally"})
"""What is written when a password was wrong, so that guessing is slowed down."""
_BARE = re.compile(rb"([a-z.-]+) \(([0-9a-f-]{36})\)\n")
_UNREPEATABLE = frozenset({Expect.DROPPED, Expect.H408, Expect.INERT})


@dataclass
class Verdict:
    """What became of one case."""

    entry: str
    case: str
    expected: str
    problems: list[str] = field(default_factory=list)
    got: str = ""
    reason: str = ""
    accepted: bool = False
    """Whether the answer was a normal one."""
    crashed: bool = False
    cpu: float = 0.0
    wall: float = 0.0
    peak: float = 0.0


@dataclass(frozen=True)
class Reading:
    """What an answer says."""

    kind: str
    """`answer`, `refusal`, `fault`, `bare`, `nothing`, `other`."""
    code: str = ""
    fault_id: str = ""
    indication: str = ""


def read(answer: Answer) -> Reading:
    """Take an answer apart, whatever it is."""
    if answer.status == 0:
        return Reading("nothing")
    bare = _BARE.match(answer.body)
    if bare is not None:
        return Reading("bare", bare[1].decode(), bare[2].decode())
    body = _body(answer.body)
    if body is None:
        return Reading("other", f"HTTP {answer.status}")
    if etree.QName(body[0]).localname == "Fault":
        return Reading("fault", _text(body, "code"), _text(body, "faultId"))
    refusal = next(body[0].iterchildren("{*}refusal"), None)
    if refusal is not None:
        return Reading("refusal", _text(refusal, "code"), indication=_text(refusal, "indication"))
    return Reading("answer")


def _of_head(answer: Answer) -> Reading:
    """An answer to HEAD has no body: what it would have said stands in the log."""
    refused = [line for line in answer.lines if line["event"] == "call.refused"]
    if answer.body or len(refused) != 1:
        return read(answer)
    return Reading("bare", refused[0]["code"], refused[0]["fault_id"])


def _body(data: bytes) -> etree._Element | None:
    """The soap:Body of an answer, when there is one with something in it."""
    try:
        body = next(etree.fromstring(data).iter("{*}Body"), None)
    except etree.XMLSyntaxError:
        return None
    return body if body is not None and len(body) else None


def _text(element: etree._Element, name: str) -> str:
    found = next((each for each in element.iter(f"{{*}}{name}") if not len(each)), None)
    return "" if found is None else found.text or ""


class Judge:
    """Runs cases against a target and says what is wrong with the answers."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.world: World = target.world
        login = self.world.login
        people = {name for each in ("MIA", "MOJ", "SBS") for name in (self.world.person(each).surname, login.login)}
        self._private = {SECRET, EVIL, login.password, CONTENT, *people}
        self._before = target.counts()

    def look_again(self) -> None:
        """Take what is there now as the state before the next case."""
        self._before = self.target.counts()

    def case(self, entry: Entry, case: Case) -> Verdict:
        """Send the case and the next good message; all ten conditions."""
        touched = self.world.canary.touched
        answer = self._sent(entry, case)
        verdict = Verdict(entry.id, case.name, case.expect.value, cpu=answer.cpu, wall=answer.wall, peak=answer.peak)
        reading = read(answer) if case.sent.method != "HEAD" else _of_head(answer)
        after = self.target.counts()
        verdict.got = reading.indication or reading.code or reading.kind
        verdict.accepted = reading.kind == "answer"
        verdict.crashed = reading.code == "server.internal" or (
            reading.kind in {"nothing", "other"} and case.expect is not Expect.DROPPED and answer.status in (0, 500)
        )
        say = verdict.problems.append
        self._class(case, reading, answer, say)  # 1
        left = {name for name in after if after[name] != self._before.get(name)}
        if case.expect is Expect.AUTH:
            left -= _TALLIES
        if case.expect is not Expect.INERT and left:  # 2, 3
            say(f"left something behind: {sorted(left)}")
        if self.world.canary.touched != touched:  # 4
            say("somebody connected to the canary")
        if CONTENT.encode() in answer.body or CONTENT in answer.log:  # 5
            say("the canary file was read")
        self._cost(entry, case, answer, say)  # 6
        self._before = after
        self._next(say)  # 7
        verdict.reason = self._audit(case, reading, answer, say)  # 8
        self._told(reading, answer, say)  # 9, 10
        return verdict

    def _sent(self, entry: Entry, case: Case) -> Answer:
        """The answer; a dear one is asked for again, since what else the machine does only ever adds to the cost."""
        answer = self.target.send(case.sent)
        if case.expect in _UNREPEATABLE or not self._dear(entry, answer):
            return answer
        again = self.target.send(case.sent)
        return replace(
            answer,
            cpu=min(answer.cpu, again.cpu),
            wall=min(answer.wall, again.wall),
            peak=min(answer.peak, again.peak),
        )

    def _told(self, reading: Reading, answer: Answer, say: Any) -> None:
        """Nothing private in the log, nothing of the inside and nothing sent in the answer."""
        for private in self._private:
            if private in answer.log:
                say(f"the log holds {private[:3]}…")
        if reading.kind == "answer":
            return
        shown = _BASE64.sub("", answer.body.decode(errors="replace"))
        for leak in _LEAKS:
            if leak in shown:
                say(f"the answer says {leak!r}")
        if EVIL in shown or self.world.login.password in shown:
            say("the answer repeats what was sent")

    def _class(self, case: Case, reading: Reading, answer: Answer, say: Any) -> None:
        if case.expect is Expect.INERT:
            if reading.kind != "answer":
                say(f"not accepted: {reading.code or reading.kind} {_reasons(answer)}")
        elif case.expect is Expect.DROPPED:
            if reading.kind not in {"nothing", "bare"}:
                say(f"not dropped: {reading.kind} {reading.code}")
        elif case.expect is Expect.DOC:
            wanted = case.reason.partition(":")[0]
            if reading.kind != "refusal" or reading.indication not in wanted.split("|"):
                say(f"{reading.kind} {reading.code} {reading.indication}, not {wanted}; {_reasons(answer)}")
        elif case.expect is Expect.BUSINESS:
            if reading.kind != "refusal" or reading.code not in case.reason.split("|"):
                say(f"{reading.kind} {reading.code}, not {case.reason}")
        elif reading.kind not in {"fault", "bare"} or reading.code not in CODES[case.expect]:
            say(f"{reading.kind} {reading.code}, not {case.expect.value}; {_reasons(answer)}")

    def _dear(self, entry: Entry, answer: Answer) -> bool:
        return answer.cpu > entry.cpu or answer.wall > WALL or answer.peak > GROWTH

    def _cost(self, entry: Entry, case: Case, answer: Answer, say: Any) -> None:
        if case.expect is Expect.H408 or entry.kind == "accept":
            return
        if answer.wall > WALL:
            say(f"took {answer.wall:.1f} s")
        if answer.cpu > entry.cpu + (0.05 if self.target.name == "served" else 0):
            say(f"cost {answer.cpu * 1000:.0f} ms of CPU")
        if answer.peak > GROWTH:
            say(f"grew by {answer.peak:.0f} MB")

    def _audit(self, case: Case, reading: Reading, answer: Answer, say: Any) -> str:
        refused = [line for line in answer.lines if line["event"] == "call.refused"]
        if case.expect is Expect.INERT:
            if refused:
                say(f"accepted, and {refused[0]['reason']} in the log")
            return ""
        if case.expect is Expect.DROPPED and reading.kind == "nothing":
            return ""
        if case.expect is Expect.DOC:
            lines = [line for line in answer.lines if line["event"] == "document.refused"]
            return self._one(lines, case.reason.partition(":")[2], say)
        if case.expect is Expect.BUSINESS:
            lines = [line for line in answer.lines if line["event"] == "command.refused"]
            if len(lines) != 1 or lines[0]["code"] not in case.reason.split("|"):
                say(f"{len(lines)} lines of command.refused")
            return str(lines[0]["code"]) if lines else ""
        reason = self._one(refused, case.reason, say)
        if refused and refused[0]["fault_id"] != reading.fault_id:
            say("the answer names another incident than the log")
        return reason

    def _one(self, lines: list[dict[str, Any]], expected: str, say: Any) -> str:
        if len(lines) != 1:
            say(f"{len(lines)} audit lines")
            return ""
        reason = str(lines[0]["reason"])
        if expected and reason not in expected.split("|"):
            say(f"reason {reason}, not {expected}")
        return reason

    def _next(self, say: Any) -> None:
        """The next good message is accepted, and has its one effect."""
        reading = read(self.target.send(Sent(self.world.plain())))
        after = self.target.counts()
        if reading.kind != "answer":
            say(f"the next good message was not accepted: {reading.kind} {reading.code}")
        elif after["commands.documents"] != self._before["commands.documents"] + 1:
            say("the next good message had no effect")
        self._before = after


def _reasons(answer: Answer) -> list[str]:
    return [str(line["reason"]) for line in answer.lines if "reason" in line]
