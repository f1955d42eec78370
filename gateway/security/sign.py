"""Signing: messages are written in canonical form from templates, so that each part is hashed as it is written.

No tree is built and nothing is canonicalised: the bytes of a part, from `<` to `>`, are its exclusive canonical form,
because every part declares the namespaces it uses, in order, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from gateway.security.algorithms import (
    SHA256_URI,
    PrivateKey,
    PublicKey,
    SignatureMethod,
    default_method,
    is_strong,
    sign,
)
from gateway.security.lexical import instant
from gateway.security.model import CertificateIdentity, UsernameCredentials
from gateway.security.trust import identity_of
from gateway.xml.namespaces import (
    BASE64_BINARY,
    DS,
    EXC_C14N,
    PASSWORD_TEXT,
    SOAP11,
    SOAP12,
    WSA,
    WSSE,
    WSU,
    X509_V3,
)

_SOAP: Final = {"1.1": SOAP11, "1.2": SOAP12}
LIFETIME: Final = timedelta(minutes=5)
"""Time between Created and Expires of what we sign."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its certificate, and what of a signature never changes."""

    key: PrivateKey = field(repr=False)
    certificate: CertificateIdentity
    method: SignatureMethod
    token: str = field(repr=False)
    """The certificate's DER in base64."""

    @classmethod
    def from_pem(cls, key: bytes, certificate: bytes, password: bytes | None = None) -> SigningKey:
        """Read PEM; raises `ValueError` when the two do not belong together or the key is too weak to be used."""
        private = serialization.load_pem_private_key(key, password)
        loaded = x509.load_pem_x509_certificate(certificate)
        public = loaded.public_key()
        if not isinstance(private, PrivateKey) or not isinstance(public, PublicKey) or not is_strong(public):
            raise ValueError("A signing key must be RSA of 2048 bits or more, or on curve P-256 or P-384")
        if private.public_key() != public:
            raise ValueError("The certificate was made for another key")
        der = loaded.public_bytes(serialization.Encoding.DER)
        identity = identity_of(loaded, der, hashlib.sha256(der).hexdigest())
        return cls(private, identity, default_method(public), base64.b64encode(der).decode("ascii"))

    @classmethod
    def from_files(cls, key: Path, certificate: Path, password: bytes | None = None) -> SigningKey:
        """Read two PEM files; see `from_pem`."""
        return cls.from_pem(key.read_bytes(), certificate.read_bytes(), password)

    def signature_value(self, signed_info: bytes) -> str:
        """The ds:SignatureValue of a canonical SignedInfo, base64."""
        return base64.b64encode(sign(self.key, self.method, signed_info)).decode("ascii")


@dataclass(frozen=True, slots=True)
class Addressing:
    """WS-Addressing headers to write (and sign)."""

    to: str | None = None
    action: str | None = None
    message_id: str | None = None
    relates_to: str | None = None

    def headers(self) -> list[tuple[str, str]]:
        """Local names and values of those that are set."""
        pairs = (
            ("To", self.to),
            ("Action", self.action),
            ("MessageID", self.message_id),
            ("RelatesTo", self.relates_to),
        )
        return [(name, value) for name, value in pairs if value is not None]


_NO_ADDRESSING: Final = Addressing()


def sign_envelope(
    payload: bytes,
    *,
    key: SigningKey,
    now: datetime,
    soap_version: str = "1.1",
    addressing: Addressing = _NO_ADDRESSING,
    user: UsernameCredentials | None = None,
    must_understand: bool = False,
    lifetime: timedelta = LIFETIME,
    content_prefixes: Mapping[str, str] | None = None,
    unsigned_headers: bytes = b"",
) -> bytes:
    """A signed SOAP message around `payload`, as UTF-8 bytes without an XML declaration.

    `payload` is one element in exclusive canonical form (see `gateway.xml.c14n.canonical`). `content_prefixes` binds
    prefixes that only *values* of it use (a QName in a faultcode): they are declared on the Body and signed, by way
    of a PrefixList. Body, Timestamp, the UsernameToken of `user` and all `addressing` headers are signed.
    `unsigned_headers` are further header blocks, written as they are.
    `must_understand` is set in requests; in answers it would stop clients that do not check signatures.
    """
    prefixes = dict(content_prefixes or {})
    soap, wsu = _free("soapenv", payload, prefixes), _free("wsu", payload, prefixes)
    namespace = _SOAP[soap_version]
    declarations = "".join(
        f' xmlns:{prefix}="{uri}"' for prefix, uri in sorted({soap: namespace, wsu: WSU, **prefixes}.items())
    )
    body = b"".join((f'<{soap}:Body{declarations} {wsu}:Id="Body">'.encode(), payload, f"</{soap}:Body>".encode()))
    timestamp = _timestamp(now, lifetime)
    parts = [("Timestamp", timestamp, ()), ("Body", body, tuple(sorted(prefixes)))]
    username = "" if user is None else _username_token(user)
    if username:
        parts.append(("User", username.encode(), ()))
    headers: list[bytes] = []
    for name, value in addressing.headers():
        headers.append(_addressing_header(name, value))
        parts.append((name, headers[-1], ()))
    understand = f' {soap}:mustUnderstand="{"1" if soap_version == "1.1" else "true"}"' if must_understand else ""
    return b"".join(
        (
            f'<{soap}:Envelope xmlns:{soap}="{namespace}"><{soap}:Header>'.encode(),
            *headers,
            unsigned_headers,
            f'<wsse:Security xmlns:wsse="{WSSE}"{understand}>'.encode(),
            timestamp,
            _token(key).encode(),
            username.encode(),
            _signature(key, parts).encode(),
            f"</wsse:Security></{soap}:Header>".encode(),
            body,
            f"</{soap}:Envelope>".encode(),
        )
    )


def signed_info(method: SignatureMethod, references: list[str]) -> str:
    """A canonical ds:SignedInfo over `references` (see `reference`)."""
    return (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXC_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{method.uri}"></ds:SignatureMethod>{"".join(references)}</ds:SignedInfo>'
    )


def reference(uri: str, part: bytes, transforms: str) -> str:
    """A canonical ds:Reference to a part in canonical form, with SHA-256."""
    digest = base64.b64encode(hashlib.sha256(part).digest()).decode("ascii")
    return (
        f'<ds:Reference URI="{uri}"><ds:Transforms>{transforms}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA256_URI}"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>'
        "</ds:Reference>"
    )


EXCLUSIVE: Final = f'<ds:Transform Algorithm="{EXC_C14N}"></ds:Transform>'


def _exclusive(prefixes: tuple[str, ...]) -> str:
    if not prefixes:
        return EXCLUSIVE
    return (
        f'<ds:Transform Algorithm="{EXC_C14N}"><ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" '
        f'PrefixList="{" ".join(prefixes)}"></ec:InclusiveNamespaces></ds:Transform>'
    )


def _signature(key: SigningKey, parts: list[tuple[str, bytes, tuple[str, ...]]]) -> str:
    info = signed_info(
        key.method, [reference(f"#{name}", part, _exclusive(prefixes)) for name, part, prefixes in parts]
    )
    value = key.signature_value(info.encode())
    return (
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue>{value}</ds:SignatureValue>'
        f'<ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#Token" ValueType="{X509_V3}"/>'
        "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
    )


def _timestamp(now: datetime, lifetime: timedelta) -> bytes:
    return (
        f'<wsu:Timestamp xmlns:wsu="{WSU}" wsu:Id="Timestamp"><wsu:Created>{instant(now)}</wsu:Created>'
        f"<wsu:Expires>{instant(now + lifetime)}</wsu:Expires></wsu:Timestamp>"
    ).encode()


def _token(key: SigningKey) -> str:
    return (
        f'<wsse:BinarySecurityToken xmlns:wsu="{WSU}" EncodingType="{BASE64_BINARY}" ValueType="{X509_V3}" '
        f'wsu:Id="Token">{key.token}</wsse:BinarySecurityToken>'
    )


def _username_token(user: UsernameCredentials) -> str:
    return (
        f'<wsse:UsernameToken xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" wsu:Id="User"><wsse:Username>{_text(user.username)}'
        f'</wsse:Username><wsse:Password Type="{PASSWORD_TEXT}">{_text(user.password)}</wsse:Password>'
        "</wsse:UsernameToken>"
    )


def _addressing_header(name: str, value: str) -> bytes:
    return f'<wsa:{name} xmlns:wsa="{WSA}" xmlns:wsu="{WSU}" wsu:Id="{name}">{_text(value)}</wsa:{name}>'.encode()


def _free(wanted: str, payload: bytes, taken: Mapping[str, str]) -> str:
    """A prefix that `payload` does not declare: within it the canonical form would leave the second declaration out."""
    prefix, number = wanted, 0
    while f"xmlns:{prefix}=".encode() in payload or prefix in taken:
        number += 1
        prefix = f"{wanted}{number}"
    return prefix


def _text(value: str) -> str:
    """Text as canonical XML writes it."""
    return escape(value, {"\r": "&#xD;"})
