"""What all steps of the round trip share: who calls, with what, and how to wait for the register."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from gateway.cli.client import Answer, Client
from gateway.cli.keys import gateway_fingerprint, gateway_trust, read_key, sample_person
from gateway.cli.language import t
from gateway.demo.documents import Tree
from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE, SYSTEMS, SamplePerson
from gateway.demo.transcript import Transcript, UnexpectedError
from gateway.home import Home
from gateway.security.model import UsernameCredentials
from gateway.security.sign import SigningKey
from handlers.clock import Clock, system_clock

_PATIENCE: Final = 30.0
"""Seconds in which an accepted command must have been applied."""
_PAUSE: Final = 0.1


@dataclass
class Play:
    """One round trip against the gateway at `url`."""

    url: str
    home: Home
    fresh: bool
    """Nothing was ever sent to this home's registers: each command must be applied, not recognised as a repetition."""
    desk: Callable[..., str]
    """Runs `gateway …` in the home as the operator's staff do, and gives what it printed; raises `UnexpectedError`."""
    verifier: Callable[..., str]
    """Runs `gateway …` as an agency does that has nothing of the operator's: in an empty home of its own."""
    kept: bool = True
    """The home stays when the round trip is over."""
    transcript: Transcript = field(default_factory=Transcript)
    clock: Clock = system_clock

    @cached_property
    def clients(self) -> dict[str, Client]:
        """A caller for each sample agency."""
        trust, gateway = gateway_trust(self.home), gateway_fingerprint(self.home)
        return {
            each.agency: Client(self.url, read_key(self.home.system_key(each.code)), trust, gateway, clock=self.clock)
            for each in SYSTEMS
        }

    @property
    def today(self) -> date:
        """The present day, UTC."""
        return self.clock().date()

    def person(self, agency: str) -> SamplePerson:
        """The representative of a sample agency."""
        return next(each for each in PEOPLE if each.agency == agency)

    def person_key(self, agency: str) -> SigningKey:
        """Their e-signature key."""
        return read_key(self.home.representative_key(self.person(agency).fin))

    def login(self, agency: str) -> UsernameCredentials:
        """Their login and password."""
        person = sample_person(self.person(agency).fin)
        assert person is not None
        known = login_of(self.home, person)
        return UsernameCredentials(known.login, known.password)

    def call(
        self, agency: str, service: str, operation: str, user: UsernameCredentials | None = None, **values: Any
    ) -> Tree:
        """Ask as the agency's system; returns the decoded answer."""
        return self.ask(agency, service, operation, values, user).tree

    def ask(
        self, agency: str, service: str, operation: str, values: Tree, user: UsernameCredentials | None = None
    ) -> Answer:
        """Ask as the agency's system; returns the verified answer."""
        return self.clients[agency].call(service, operation, values, user)

    def applied(self, agency: str, tracking_id: str) -> Tree:
        """Wait until the register has decided on a command, and return its status (APPLIED or REFUSED)."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            status: Tree = self.call(agency, "bus", "GetStatus", trackingId=tracking_id)["status"]
            if status["state"] != "ACCEPTED":
                return status
            time.sleep(_PAUSE)
        raise UnexpectedError(
            t(f"not applied within {_PATIENCE:.0f} s", f"{_PATIENCE:.0f} saniyə ərzində icra edilmədi")
        )

    def keep(self, name: str, content: bytes) -> Path:
        """Write what an agency was given into the home; returns where."""
        path = self.home.path / "received" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def keep_receipt(self, name: str, receipt: bytes) -> Path:
        """Write a signed receipt into the home; returns where."""
        path = self.home.path / "receipts" / f"{name}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(receipt)
        return path


def receipt_of(answer: Tree) -> Tree:
    """The receipt of a command's answer; raises `UnexpectedError` with the ground when it was refused."""
    refusal = answer.get("refusal")
    if refusal is not None:
        defects = "; ".join(f"{each['path']} {each['rule']}" for each in refusal.get("defects", []))
        raise UnexpectedError(f"{refusal['code']} {t(refusal['textEn'], refusal['textAz'])} {defects}".rstrip())
    receipt: Tree = answer["receipt"]
    return receipt


def fresh_context(representative: str | None = None, purpose: str | None = None) -> Tree:
    """A context with a request id of its own."""
    context = {"requestId": str(uuid4()), "representative": representative, "purpose": purpose}
    return {name: value for name, value in context.items() if value is not None}
