"""A gateway in this process over a home of `gateway init --dev`, and who calls it: from an address, over TLS or not."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree

from gateway.background import broker_of, store_of
from gateway.security.lexical import instant
from gateway.security.model import UsernameCredentials
from gateway.security.policy import Policy
from gateway.security.verify import verify
from gateway.settings_sources import load
from gateway.wsgi import build_gateway
from gateway.xml.namespaces import PASSWORD_TEXT, SOAP11, SOAP12, WSSE, WSU
from tests.acceptance.caller import Caller, FaultError, Raw

FRONT = "10.0.0.1"
"""Ends TLS, and says for whom."""


class Premises:
    """Serves calls at a time that a test can move on."""

    url = "http://127.0.0.1"

    def __init__(self, home, **settings) -> None:
        given = {f"GATEWAY_{name.upper()}": value for name, value in settings.items()}
        self.home = home
        self.settings = load({"GATEWAY_HOME": str(home), "GATEWAY_TRUSTED_PROXIES": FRONT, **given})
        self.store = store_of(self.settings)
        self.broker = broker_of(self.settings)
        self.began = datetime.now(UTC)
        self.ahead = timedelta(0)
        self.gateway = build_gateway(self.settings, self.store, self.broker, self.now)

    def now(self) -> datetime:
        return self.began + self.ahead

    def close(self) -> None:
        self.gateway.close()
        self.broker.close()
        self.store.close()

    def answer(self, path: str, body: bytes, headers: dict[str, str], address: str, *, secure: bool) -> Raw:
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": headers["Content-Type"],
            "REMOTE_ADDR": FRONT,
            "HTTP_X_FORWARDED_FOR": address,
            "HTTP_X_FORWARDED_PROTO": "https" if secure else "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        if "SOAPAction" in headers:
            environ["HTTP_SOAPACTION"] = headers["SOAPAction"]
        seen = []
        parts = self.gateway.application(environ, lambda *head: seen.append(head))
        status, answered = seen[0]
        return Raw(int(status.split()[0]), {name.lower(): value for name, value in answered}, b"".join(parts))


class Visitor(Caller):
    """A sample system that calls `premises` from `address`."""

    def __init__(self, premises: Premises, system: str = "MOJ-REGISTERS", address: str = "192.0.2.1", secure=True):
        super().__init__(premises, system)
        self.premises, self.address, self.secure = premises, address, secure

    def post(self, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Raw:
        assert method == "POST"
        return self.premises.answer(path, body, headers, self.address, secure=self.secure)

    def read(self, raw: Raw) -> etree._Element:
        payload = verify(raw.body, trust=self.trust, now=self.premises.now(), policy=Policy()).payload
        if etree.QName(payload).localname == "Fault":
            raise FaultError(raw.status, payload)
        return payload

    def signed(self, payload: bytes, version: str = "1.1", **how) -> bytes:
        return super().signed(payload, version, now=self.premises.now(), **how)

    def unsigned(self, payload: bytes, user: UsernameCredentials, version: str = "1.1", **change: str) -> bytes:
        """A message with login, password and times, and no signature; `change` replaces its parts."""
        return unsigned(payload, user, self.premises.now(), version, **change)

    def ask_unsigned(self, service: str, operation: str, values, user: UsernameCredentials, version="1.1", **change):
        message = self.unsigned(self.payload(service, operation, values), user, version, **change)
        return self.read(self.send(service, operation, message, version))


def unsigned(payload: bytes, user: UsernameCredentials, now: datetime, version: str = "1.1", **change: str) -> bytes:
    parts = {
        "timestamp": f'<wsu:Timestamp wsu:Id="TS"><wsu:Created>{instant(now)}</wsu:Created>'
        f"<wsu:Expires>{instant(now + timedelta(minutes=5))}</wsu:Expires></wsu:Timestamp>",
        "token": f"<wsse:UsernameToken><wsse:Username>{escape(user.username)}</wsse:Username>"
        f'<wsse:Password Type="{PASSWORD_TEXT}">{escape(user.password)}</wsse:Password></wsse:UsernameToken>',
        "more": "",
        "headers": "",
    } | change
    soap = SOAP11 if version == "1.1" else SOAP12
    return (
        f'<s:Envelope xmlns:s="{soap}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"><s:Header>{parts["headers"]}'
        f'<wsse:Security s:mustUnderstand="1">{parts["timestamp"]}{parts["token"]}{parts["more"]}</wsse:Security>'
        f'</s:Header><s:Body wsu:Id="Body">{payload.decode()}</s:Body></s:Envelope>'
    ).encode()
