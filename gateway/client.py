"""WS-Security for Python clients of the gateway: signs calls, verifies answers.

    from zeep import Client
    from gateway.client import WsSecurity

    security = WsSecurity(
        SigningKey.from_files(key, certificate), TrustStore.from_folder(trust), gateway=fingerprint
    )
    client = Client("https://…/soap/documents/v1?wsdl", wsse=security)

It fits wherever zeep takes a `wsse` plugin (zeep itself is not imported). zeep hands over the tree that it is going
to read, not the bytes. That tree is written out and verified by the same core as every request to the gateway:
exclusive canonical form survives the writing, and what is verified is then exactly what zeep reads, where verifying
the bytes beside it would leave two parsers to disagree. zeep's own verifier is of no use here: it does not check what
a signature covers.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import uuid4

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.model import UsernameCredentials, VerifiedEnvelope
from gateway.security.policy import Policy
from gateway.security.sign import Addressing, SigningKey, sign_envelope
from gateway.security.structure import STRUCTURE
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import SOAP_VERSIONS, WSA, WSSE
from gateway.xml.parser import BULK, parse_trusted
from handlers.clock import Clock, system_clock

ANSWER_POLICY: Final = Policy(limits=BULK, clock_skew=timedelta(minutes=5))
"""Answers may be large; a client's clock may be further off than a server's."""


_FINGERPRINT: Final = re.compile("[0-9a-f]{64}")


class _Call(threading.local):
    message_id: str | None = None
    answer: VerifiedEnvelope | None = None


class WsSecurity:
    """Signs Body, Timestamp, WS-Addressing headers and UsernameToken of each call; verifies each answer, faults too.

    May be shared by threads.
    """

    def __init__(
        self,
        key: SigningKey,
        trust: TrustStore,
        *,
        user: UsernameCredentials | None = None,
        gateway: str | None = None,
        clock: Clock = system_clock,
        policy: Policy = ANSWER_POLICY,
    ) -> None:
        """`trust` is what the gateway's certificate must lead to, `gateway` its SHA-256 fingerprint.

        Give `gateway` wherever it is known (64 lower-case hexadecimal digits; `gateway verify` shows it). Without it,
        whoever holds any certificate below the trusted roots, another agency too, can answer in the gateway's place:
        then only the connection (TLS) tells who answers. Raises `ValueError` when it is no fingerprint.

        `user` is the representative in whose name calls are made, where an operation asks for one.
        """
        if gateway is not None and _FINGERPRINT.fullmatch(gateway) is None:
            raise ValueError("gateway is the SHA-256 fingerprint of a certificate, 64 lower-case hexadecimal digits")
        self._key = key
        self._trust = trust
        self._user = user
        self._gateway = gateway
        self._clock = clock
        self._policy = policy
        self._call = _Call()

    @property
    def answer(self) -> VerifiedEnvelope | None:
        """What was verified of the last answer in this thread."""
        return self._call.answer

    def apply(self, envelope: etree._Element, headers: Mapping[str, str]) -> tuple[etree._Element, Mapping[str, str]]:
        """Return the call in `envelope` signed; a missing wsa:MessageID is added, to bind the answer to it."""
        soap = etree.QName(envelope).namespace or ""
        blocks = list(envelope.iterfind(f"{{{soap}}}Header/*"))
        payload = _payload(envelope, soap)
        self._call.message_id = _addressing(blocks, "MessageID") or f"urn:uuid:{uuid4()}"
        self._call.answer = None
        message = sign_envelope(
            canonical(payload),
            key=self._key,
            now=self._clock(),
            soap_version=SOAP_VERSIONS[soap],
            addressing=Addressing(
                to=_addressing(blocks, "To"),
                action=_addressing(blocks, "Action"),
                message_id=self._call.message_id,
            ),
            user=self._user,
            must_understand=True,
            unsigned_headers=b"".join(canonical(block) for block in blocks if _is_foreign(block)),
        )
        return parse_trusted(message), headers

    def verify(self, envelope: etree._Element) -> VerifiedEnvelope:
        """Verify the answer to the call made last in this thread; raises `RefusalError`."""
        return self.verify_bytes(etree.tostring(envelope, encoding="UTF-8"))

    def verify_bytes(self, answer: bytes) -> VerifiedEnvelope:
        """The same for the bytes of an answer, for those who call without zeep."""
        verified = verify(answer, trust=self._trust, now=self._clock(), policy=self._policy)
        if self._gateway is not None and verified.signer.fingerprint != self._gateway:
            raise RefusalError("client.security.failed-check", "ANSWER.SIGNER")
        if not self._answers_the_call(verified):
            raise RefusalError("client.addressing.invalid", "ANSWER.RELATES_TO")
        self._call.answer = verified
        return verified

    def _answers_the_call(self, answer: VerifiedEnvelope) -> bool:
        """Whether the answer names the call. A fault may name none: the call may not have been readable."""
        asked = self._call.message_id
        return asked in {None, answer.relates_to} or (_is_fault(answer) and answer.relates_to is None)


def _payload(envelope: etree._Element, soap: str) -> etree._Element:
    content = list(envelope.iterfind(f"{{{soap}}}Body/*"))
    if soap not in SOAP_VERSIONS or len(content) != 1:
        raise RefusalError(STRUCTURE, "SOAP.BODY.CHILDREN")
    return content[0]


def _addressing(blocks: list[etree._Element], name: str) -> str | None:
    return next((block.text for block in blocks if block.tag == f"{{{WSA}}}{name}"), None)


def _is_foreign(block: etree._Element) -> bool:
    """A header that is neither WS-Addressing nor WS-Security: those two are written anew."""
    return etree.QName(block).namespace not in {WSA, WSSE}


def _is_fault(answer: VerifiedEnvelope) -> bool:
    name = etree.QName(answer.payload)
    return name.localname == "Fault" and name.namespace in SOAP_VERSIONS
