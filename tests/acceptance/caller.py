"""An agency's system as the tests play it: signs, sends, verifies the answer, and shows what is in it."""

import http.client
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from lxml import etree

from gateway.cli.elements import element
from gateway.contract.services import SERVICES, soap_action
from gateway.security.model import UsernameCredentials
from gateway.security.policy import Policy
from gateway.security.sign import SigningKey, sign_envelope
from gateway.security.trust import TrustStore
from gateway.security.verify import verify

MEDIA_TYPES = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}


class FaultError(Exception):
    """The gateway answered a (signed) fault."""

    def __init__(self, status: int, payload: etree._Element) -> None:
        self.status = status
        self.payload = payload
        self.code = text(payload, "code")
        self.fault_id = text(payload, "faultId")
        self.field_errors = [text(each, "path") for each in payload.iter("{*}fieldErrors")]
        self.explanation = {text(e, "name"): text(e, "value") for e in payload.iter("{*}explanation")}
        super().__init__(self.code)


@dataclass
class Raw:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


def text(payload: etree._Element, *path: str) -> str:
    """Text of the first element with these local names, one below the other; empty: there is none."""
    for name in path:
        found = next(payload.iter(f"{{*}}{name}"), None)
        if found is None:
            return ""
        payload = found
    return payload.text or ""


def texts(payload: etree._Element, name: str) -> list[str]:
    return [each.text or "" for each in payload.iter(f"{{*}}{name}")]


def key_from(path: Path) -> SigningKey:
    pem = path.read_bytes()
    return SigningKey.from_pem(pem, pem)


class Caller:
    """One system of a sample agency of `gateway init --dev`."""

    def __init__(self, installation: Any, system: str) -> None:
        home = installation.home
        self.url = installation.url
        self.key = key_from(home / "dev" / "systems" / f"{system}.pem")
        self.trust = TrustStore.from_folder(home / "trust")

    def payload(self, service: str, operation: str, values: dict[str, Any], request_id: str = "") -> bytes:
        declared = next(each for each in SERVICES if each.name == service)
        of = next(each for each in declared.operations if each.name == operation)
        context = {"requestId": request_id or str(uuid4()), **values.get("context", {})}
        return element(operation, of.request, {**values, "context": context})

    def signed(self, payload: bytes, version: str = "1.1", **how: Any) -> bytes:
        return sign_envelope(
            payload, key=self.key, now=how.pop("now", None) or datetime.now(UTC), soap_version=version, **how
        )

    def send(self, service: str, operation: str, message: bytes, version: str = "1.1", **headers: str) -> Raw:
        action = soap_action(f"urn:state-register:{service}:v1", operation)
        sent = {"Content-Type": MEDIA_TYPES[version]}
        if version == "1.1":
            sent["SOAPAction"] = f'"{action}"'
        else:
            sent["Content-Type"] += f'; action="{action}"'
        return self.post(f"/soap/{service}/v1", message, {**sent, **headers})

    def post(self, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Raw:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Raw(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def read(self, raw: Raw) -> etree._Element:
        """The payload of a signed answer; raises `FaultError`, and whatever the verifier refuses."""
        payload = verify(raw.body, trust=self.trust, now=datetime.now(UTC), policy=Policy()).payload
        if etree.QName(payload).localname == "Fault":
            raise FaultError(raw.status, payload)
        return payload

    def call(
        self,
        service: str,
        operation: str,
        values: dict[str, Any] | None = None,
        *,
        request_id: str = "",
        version: str = "1.1",
        user: UsernameCredentials | None = None,
    ) -> etree._Element:
        message = self.signed(self.payload(service, operation, values or {}, request_id), version, user=user)
        return self.read(self.send(service, operation, message, version))
