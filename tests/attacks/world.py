"""The keys, people and certificates that the attacks are made of, enrolled in one installation."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree

from gateway.cli.elements import element
from gateway.contract.files import encode_application
from gateway.contract.services import SERVICES
from gateway.demo.cards import POPULATION_REGISTER
from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE
from gateway.home import Home
from gateway.security.dev_pki import Authority, Issued
from gateway.security.sign import SigningKey
from gateway.security.xades import sign_application
from gateway.xml.namespaces import WSA
from handlers.registration.model import Register, RegistrationApplication, Trigger
from tests.attacks.canary import Canary
from tests.attacks.hostile_pki import HostilePki
from tests.attacks.model import Sent
from tests.unit.gateway.security.material import PASSWORD_TYPE, Ref, forge, timestamp, token, username, wsa

SECRET = "C55501990"
"""The document number of every lawful message; it must turn up in no log."""
EVIL = "C66602991"
"""The number that an attacker wants to have taken."""
FULL = ("TS", "Body", "UT", "X509", "To", "Action", "MessageID", "ReplyTo")
"""What the complete message M0 signs."""


def issued_from(path: Path) -> Issued:
    pem = path.read_bytes()
    return Issued(x509.load_pem_x509_certificate(pem), load_pem_private_key(pem, None))


def der(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(Encoding.DER)


class World:
    """An initialised home, before any process runs; makes messages that its gateway would accept, and bent ones."""

    def __init__(self, home: Path, canary: Canary) -> None:
        self.home = Home(home)
        self.canary = canary
        self._number = itertools.count(1)
        self.pki = HostilePki(self.issuing, home / "trust", datetime.now(UTC))

    @property
    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)

    # -- who -------------------------------------------------------------------------------------------------------

    @cached_property
    def issuing(self) -> Authority:
        """The authority that issued the enrolled certificates."""
        return Authority(issued_from(self.home.dev / "authority" / "issuing.pem"))

    @cached_property
    def mia(self) -> Issued:
        """The system that may report documents (RSA-2048)."""
        return issued_from(self.home.system_key("MIA-DOCUMENTS"))

    @cached_property
    def sbs(self) -> Issued:
        """The system that may only ask (P-256)."""
        return issued_from(self.home.system_key("SBS-BORDER"))

    @cached_property
    def moj(self) -> Issued:
        """The system that submits applications."""
        return issued_from(self.home.system_key("MOJ-REGISTERS"))

    @cached_property
    def stranger(self) -> Issued:
        """A system of the same authority that is not enrolled."""
        return self.issuing.issue("Not enrolled", self.now, kind="P-256")

    @cached_property
    def representative(self) -> Issued:
        """The e-signature card of MOJ's representative."""
        return issued_from(self.home.representative_key(self.person("MOJ").fin))

    def person(self, agency: str) -> Any:
        return next(each for each in PEOPLE if each.agency == agency)

    @cached_property
    def login(self) -> Any:
        """Login and password of MIA's representative."""
        return login_of(self.home, self.person("MIA"))

    def user(self, password: str | None = None, login: str | None = None) -> str:
        """The children of a UsernameToken."""
        secret = self.login.password if password is None else password
        return (
            f"<wsse:Username>{self.login.login if login is None else login}</wsse:Username>"
            f'<wsse:Password Type="{PASSWORD_TYPE}">{secret}</wsse:Password>'
        )

    # -- what ------------------------------------------------------------------------------------------------------

    def payload(self, service: str, operation: str, values: dict[str, Any], request_id: str = "") -> str:
        """A request in exclusive canonical form."""
        declared = next(each for each in SERVICES if each.name == service)
        of = next(each for each in declared.operations if each.name == operation)
        context = {"requestId": request_id or str(uuid4()), **values.get("context", {})}
        return element(operation, of.request, {**values, "context": context}).decode()

    def report(self, number: str = SECRET, request_id: str = "", **more: Any) -> str:
        """ReportInvalidDocuments."""
        document = {
            "documentType": "PASSPORT", "country": "AZE", "number": number, "kind": "PERSONALISED", "reason": "LOST",
            "effectiveFrom": "2026-01-05",
        }  # fmt: skip
        return self.payload("documents", "ReportInvalidDocuments", {"documents": [document], **more}, request_id)

    def check(self, number: str = SECRET, request_id: str = "", **fields: str) -> str:
        """CheckDocuments."""
        document = {"reference": "1", "documentType": "PASSPORT", "country": "AZE", "number": number, **fields}
        values = {"context": {"purpose": "BORDER_CONTROL"}, "documents": [document]}
        return self.payload("documents", "CheckDocuments", values, request_id)

    def plain(self, **how: Any) -> bytes:
        """A message with Timestamp and token, signed over Timestamp and Body unless told otherwise."""
        how.setdefault("issued", self.mia)
        how.setdefault("payload", self.report())
        if "security" not in how:
            how["security"] = [timestamp(self.now), token(how["issued"])]
        return forge(**how)

    def full(self, **how: Any) -> bytes:
        """M0: addressing, Timestamp, token, UsernameToken, all of it signed."""
        how.setdefault("headers", self.addressing())
        how.setdefault("refs", FULL)
        how.setdefault("issued", self.mia)
        how.setdefault("security", [timestamp(self.now), token(how["issued"]), username(self.user())])
        return self.plain(**how)

    def addressing(self, leave: Sequence[str] = (), **other: str) -> str:
        """The WS-Addressing headers of M0; `other` replaces values, `leave` leaves headers out."""
        values = {
            "To": "http://gateway.example/soap/documents/v1",
            "Action": "urn:state-register:documents:v1/ReportInvalidDocuments",
            "MessageID": f"urn:uuid:{uuid4()}",
            "ReplyTo": f"<wsa:Address>{WSA}/anonymous</wsa:Address>",
        } | other
        return "".join(wsa(name, value) for name, value in values.items() if name not in leave)

    def check_call(self, message: bytes | None = None, **how: Any) -> Sent:
        """The question CheckDocuments, by the border's system."""
        body = message or self.plain(issued=how.pop("issued", self.sbs), payload=self.check(**how))
        return Sent(body, operation="CheckDocuments")

    # -- signed files ----------------------------------------------------------------------------------------------

    def application(self, short_name: str = "", **fields: Any) -> bytes:
        """An application of MOJ as a file, not signed yet."""
        from msgspec.structs import replace

        card = replace(POPULATION_REGISTER, short_name=short_name or f"Reyestr {next(self._number)} {uuid4().hex[:6]}")
        values = {
            "register": Register.INFORMATION_RESOURCES,
            "trigger": Trigger.CREATED,
            "event_date": card.legal_acts[0].adopted_on,
            "applicant": "MOJ",
            "representative": self.person("MOJ").fin,
            "resource_card": replace(card, **fields.pop("card", {})),
        } | fields
        return encode_application(RegistrationApplication(**values))

    def signed_file(
        self, change: Callable[[etree._Element], object] | None = None, *, again: bool = False, **how: Any
    ) -> bytes:
        """A signed application, changed afterwards; with `again` the signatory signs the change."""
        from tests.attacks.files import sign_again

        signer = how.pop("signer", self.representative)
        when = how.pop("when", self.now)
        document = how.pop("document", None) or self.application(**how)
        signed = sign_application(document, _key_of(signer.certificate_pem, signer), when)
        if change is None:
            return signed
        root = etree.fromstring(signed)
        change(root)
        if again:
            sign_again(root, signer)
        return etree.tostring(root)

    def submit(self, file: bytes, **how: Any) -> Sent:
        """SubmitRegistration with a signed file, by MOJ's system."""
        payload = self.payload("registration", "SubmitRegistration", {"signedApplication": file})
        how.setdefault("issued", self.moj)
        return Sent(self.plain(payload=payload, **how), service="registration", operation="SubmitRegistration")


_keys: dict[bytes, SigningKey] = {}


def _key_of(certificate: bytes, issued: Issued) -> SigningKey:
    """The signing key of a certificate, read once: OpenSSL proves every RSA key that it reads."""
    if certificate not in _keys:
        _keys[certificate] = issued.signing_key()
    return _keys[certificate]


def token_text(certificate: bytes) -> str:
    return base64.b64encode(certificate).decode()


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


__all__ = ["EVIL", "FULL", "SECRET", "Ref", "World", "der", "minutes", "token_text"]
