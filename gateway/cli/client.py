"""A caller: signs requests as one system, sends them, and believes no answer that it has not verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Final
from uuid import uuid4

from lxml import etree

from gateway.cli import wire
from gateway.cli.elements import element
from gateway.cli.failures import CommandError
from gateway.cli.fields import Tree
from gateway.cli.language import t
from gateway.cli.operations import find
from gateway.contract.codec import compile_decoder
from gateway.contract.model import TYPES_NAMESPACE
from gateway.contract.services import ROOTS, endpoint_path, soap_action
from gateway.security.model import UsernameCredentials, VerifiedEnvelope
from gateway.security.policy import Policy
from gateway.security.sign import Addressing, SigningKey, sign_envelope
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.xml.parser import BULK
from handlers.clock import Clock, system_clock

_ANSWERS: Final = Policy(limits=BULK, clock_skew=timedelta(minutes=5))
"""An answer may be as large as a bulk request, and clocks of two machines may differ."""


class FaultError(CommandError):
    """The gateway answered with a fault; `fault` is its detail (element `fault` of the shared types)."""

    def __init__(self, fault: Tree, raw: bytes) -> None:
        self.fault = fault
        self.raw = raw
        super().__init__(f"{fault['code']}: {t(fault['textEn'], fault['textAz'])}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer."""

    tree: Tree
    """The response element, decoded."""
    envelope: VerifiedEnvelope = field(repr=False)
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class Client:
    """Calls a gateway as one system."""

    url: str
    """Address of the gateway, without a path."""
    key: SigningKey
    trust: TrustStore
    """What the gateway's own certificate must lead to."""
    gateway: str | None = None
    """Fingerprint of the gateway's certificate, where it is known."""
    soap_version: str = "1.1"
    clock: Clock = system_clock

    def call(self, service: str, operation: str, values: Tree, user: UsernameCredentials | None = None) -> Answer:
        """Ask and wait; a context without a request id gets a fresh one.

        Raises `FaultError`, `wire.UnreachableError`, and `RefusalError` when the answer cannot be verified.
        """
        return self.send(service, operation, self.request(service, operation, values, user))

    def request(self, service: str, operation: str, values: Tree, user: UsernameCredentials | None = None) -> bytes:
        """The signed message that asks for it."""
        _, declared = find(service, operation)
        values = {**values, "context": {"requestId": str(uuid4()), **values.get("context", {})}}
        return self.signed(element(declared.name, declared.request, values), user)

    def signed(self, payload: bytes, user: UsernameCredentials | None = None) -> bytes:
        """A signed message around an element in canonical form."""
        return sign_envelope(
            payload,
            key=self.key,
            now=self.clock(),
            soap_version=self.soap_version,
            addressing=Addressing(message_id=f"urn:uuid:{uuid4()}"),
            user=user,
            must_understand=True,
        )

    def send(self, service: str, operation: str, message: bytes) -> Answer:
        """Send a message as it is and verify what comes back; raises as `call` does."""
        declared_service, declared = find(service, operation)
        answer = wire.post(
            self.url.rstrip("/") + endpoint_path(declared_service.name),
            message,
            soap_version=self.soap_version,
            action=soap_action(declared_service.namespace, declared.name),
        )
        if answer.media_type == "text/plain":
            raise CommandError(answer.body.decode(errors="replace").strip())
        envelope = self._verified(answer.body)
        if etree.QName(envelope.payload).localname == "Fault":
            raise FaultError(fault_detail(envelope), answer.body)
        return Answer(_decoder(declared_service.name, declared.name)(envelope.payload), envelope, answer.body)

    def _verified(self, body: bytes) -> VerifiedEnvelope:
        envelope = verify(body, trust=self.trust, now=self.clock(), policy=_ANSWERS)
        if self.gateway is not None and envelope.signer.fingerprint != self.gateway:
            raise CommandError(
                t(
                    f"The answer was signed by {envelope.signer.subject}, not by this home's gateway. Do not use it.",
                    f"Cavabı bu qovluğun şlüzü deyil, {envelope.signer.subject} imzalayıb. Ondan istifadə etməyin.",
                )
            )
        return envelope


def fault_detail(envelope: VerifiedEnvelope) -> Tree:
    """The detail of a verified fault; raises `CommandError` when it carries none of ours."""
    detail = next(envelope.payload.iter(f"{{{TYPES_NAMESPACE}}}fault"), None)
    if detail is None:
        raise CommandError(t("The answer is a fault without details.", "Cavab təfərrüatı olmayan nasazlıqdır."))
    return compile_decoder(ROOTS["fault"])(detail)


@cache
def _decoder(service: str, operation: str) -> Callable[[etree._Element], Tree]:
    return compile_decoder(find(service, operation)[1].response)
