"""Why a message is refused, as far as the message itself can tell: for integrators, offline.

The verdict is the verifier's. What stands beside it is found out by reading the message leniently and trying, for each
digest that does not hold, which common mistake would make it hold. Nothing here decides anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.algorithms import DIGESTS, SIGNATURES, PublicKey, is_strong, signature_holds
from gateway.security.errors import UntrustedCertificateError
from gateway.security.freshness import clock_skew
from gateway.security.guards import Guard, guard_of
from gateway.security.lexical import base64_bytes, moment
from gateway.security.mistakes import Mistake
from gateway.security.model import CertificateIdentity
from gateway.security.policy import Policy
from gateway.security.recognition import canonical_or_none, guess, plain_ecdsa
from gateway.security.trust import TrustStore, identity_of, load_certificate
from gateway.security.verify import verify
from gateway.xml.namespaces import DS, EXC_C14N, SOAP_VERSIONS, WSA, WSSE, WSU
from gateway.xml.parser import BULK, parse

_HASHES: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {**DIGESTS, f"{DS}sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest()}
)
"""Digests that are computed to be shown; what is accepted is for the verifier to say."""
_IDS: Final = frozenset({"Id", "ID", "id", "AssertionID"})
_LARGEST: Final = 1_000_000
"""Characters of base64 that are read to be shown."""


@dataclass(frozen=True, slots=True)
class ReferenceFound:
    """One ds:Reference, and what it refers to as it is in the file."""

    uri: str
    part: str | None
    """Local name of the element; None where there is none."""
    digest_algorithm: str
    expected: str
    """Base64, as the signature has it."""
    found: str | None
    """Base64; None where it could not be computed."""
    canonical: bytes | None = field(repr=False)
    """The canonical bytes that the digest is computed over."""
    has_password: bool = False
    """Whether these hold a password, in clear."""

    @property
    def holds(self) -> bool:
        """Whether the element is what was signed."""
        return self.found is not None and self.found == self.expected


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was found out about a message."""

    reason: str | None
    """Why the verifier refuses it, for example `SIG.REF.DIGEST`; None: it does not."""
    code: str | None
    """Code of the fault that an enrolled caller gets."""
    guard: Guard | None
    version: str | None = None
    """`1.1` or `1.2`."""
    created: datetime | None = None
    expires: datetime | None = None
    clock_skew: str | None = None
    """Seconds by which Created lies ahead of the moment of receipt, where that is known."""
    certificate: CertificateIdentity | None = None
    signature_algorithm: str | None = None
    value_holds: bool | None = None
    """Whether SignedInfo was signed by the certificate's key; None where that could not be computed."""
    signed_info: bytes | None = None
    """Canonical bytes of SignedInfo: what the signature value is over."""
    references: tuple[ReferenceFound, ...] = ()
    mistakes: tuple[tuple[Mistake, str], ...] = ()
    """What was recognised, each with the part or value that it is about."""


def explain(
    data: bytes,
    *,
    trust: TrustStore,
    now: datetime,
    received: datetime | None = None,
    is_enrolled: Callable[[str], bool] | None = None,
) -> Explanation:
    """Explain the message in `data`; never raises for what is wrong with it.

    `received`: when it came to the gateway; without it, the message is judged as of its own Created, and clocks are not
    judged except for a Created after `now`. `is_enrolled` tells of a certificate's fingerprint; None: not known here.
    """
    try:
        root = parse(data, BULK)
    except RefusalError as error:
        return Explanation(error.reason, error.code, guard_of(error.reason))
    reading = _Reading(root, trust, received or now)
    judged = received or (min(reading.created, now) if reading.created else now)
    policy = Policy(limits=BULK, is_enrolled=lambda _fingerprint: True)
    try:
        verify(data, trust=trust, now=judged, policy=policy)
    except RefusalError as error:
        found = Explanation(error.reason, error.code, guard_of(error.reason))
    else:
        found = Explanation(None, None, None)
    mistakes = [*reading.mistakes(judged), *_of_time(reading, policy, received, now)]
    fingerprint = reading.identity and reading.identity.fingerprint
    if fingerprint and is_enrolled is not None and not is_enrolled(fingerprint):
        mistakes.append((Mistake.NOT_ENROLLED, fingerprint))
        if found.reason is None:
            found = Explanation("ID.SYSTEM.UNKNOWN", "client.security.failed-check", None)
    return replace(
        found,
        version=SOAP_VERSIONS.get(etree.QName(root).namespace or ""),
        created=reading.created,
        expires=reading.expires,
        clock_skew=clock_skew(reading.created, received) if reading.created and received else None,
        certificate=reading.identity,
        signature_algorithm=reading.method,
        value_holds=reading.value_holds,
        signed_info=reading.signed_info,
        references=tuple(reading.references),
        mistakes=tuple(dict.fromkeys(mistakes)),
    )


def _of_time(
    reading: _Reading, policy: Policy, received: datetime | None, now: datetime
) -> Iterator[tuple[Mistake, str]]:
    created, expires = reading.created, reading.expires
    if created is None or expires is None:
        return
    if not created < expires <= created + policy.max_lifetime:
        yield Mistake.LIFETIME, f"{created.isoformat()} … {expires.isoformat()}"
    if created > (received or now) + policy.clock_skew:
        yield Mistake.CLOCK_AHEAD, f"{clock_skew(created, received or now)} s"
    elif received is not None and received >= expires:
        yield Mistake.CLOCK_BEHIND, f"{clock_skew(created, received)} s"


class _Reading:
    """A message read for what can be found in it, whatever its form."""

    def __init__(self, root: etree._Element, trust: TrustStore, at: datetime) -> None:
        self._root = root
        self._trust = trust
        self._at = at
        self._signature = next(root.iter(f"{{{DS}}}Signature"), None)
        self._found: list[tuple[Mistake, str]] = []
        self.created = _moment(root, "Created")
        self.expires = _moment(root, "Expires")
        self.identity: CertificateIdentity | None = None
        self.method: str | None = None
        self.value_holds: bool | None = None
        self.signed_info: bytes | None = None
        self.references: list[ReferenceFound] = []
        self._key: PublicKey | None = None
        self._der = _certificate(root)
        self._read_certificate()
        info = None if self._signature is None else self._signature.find(f"{{{DS}}}SignedInfo")
        if info is not None:
            self._read_signed_info(info)
            for reference in info.iterchildren(f"{{{DS}}}Reference"):
                self._read_reference(reference)
            self._read_coverage()

    def mistakes(self, at: datetime) -> Iterator[tuple[Mistake, str]]:
        """What was recognised, and whether the certificate was trusted `at` that moment."""
        yield from self._found
        if self._der is not None:
            try:
                self._trust.trusted(self._der, at)
            except UntrustedCertificateError as error:
                yield Mistake.UNTRUSTED, error.reason

    def _read_certificate(self) -> None:
        if self._der is None:
            return
        try:
            certificate = load_certificate(self._der)
        except UntrustedCertificateError:
            return
        self.identity = identity_of(certificate, self._der, hashlib.sha256(self._der).hexdigest())
        key = certificate.public_key()
        self._key = key if isinstance(key, PublicKey) and is_strong(key) else None

    def _read_signed_info(self, info: etree._Element) -> None:
        """The signature value over SignedInfo: whether it holds, and if not, what would make it hold."""
        method = info.find(f"{{{DS}}}SignatureMethod")
        self.method = None if method is None else method.get("Algorithm", "")
        c14n = info.find(f"{{{DS}}}CanonicalizationMethod")
        self._judge_c14n("SignedInfo", c14n)
        self.signed_info = canonical_or_none(info, _prefixes(c14n))
        known = SIGNATURES.get(self.method or "")
        if known is None:
            self._found.append((Mistake.WEAK_ALGORITHM, self.method or "SignatureMethod"))
        text = info.getparent().findtext(f"{{{DS}}}SignatureValue", "")  # type: ignore[union-attr] # it has one
        value = base64_bytes(text, _LARGEST)
        if known is None or self._key is None or value is None or self.signed_info is None:
            return

        def holds(form: bytes, of: bytes = value) -> bool:
            assert self._key is not None
            assert known is not None
            return signature_holds(self._key, known, of, form)

        self.value_holds = holds(self.signed_info)
        if self.value_holds:
            return
        plain = plain_ecdsa(self._key, value)
        if plain is not None and holds(self.signed_info, plain):
            self._found.append((Mistake.DER_VALUE, "SignatureValue"))
            return
        self._found.append((guess(info, _prefixes(c14n), holds) or Mistake.OTHER_KEY, "SignedInfo"))

    def _read_reference(self, reference: etree._Element) -> None:
        uri = reference.get("URI", "")
        algorithm = next((e.get("Algorithm", "") for e in reference.iter(f"{{{DS}}}DigestMethod")), "")
        expected = "".join((reference.findtext(f"{{{DS}}}DigestValue") or "").split())
        if algorithm not in DIGESTS:
            self._found.append((Mistake.WEAK_ALGORITHM, algorithm or uri))
        transforms = list(reference.iter(f"{{{DS}}}Transform"))
        transform = transforms[-1] if transforms else None
        element = self._target(uri)
        part = None if element is None else etree.QName(element).localname
        self._judge_c14n(part or uri, transform)
        form = None if element is None else canonical_or_none(element, _prefixes(transform))
        hashing = _HASHES.get(algorithm)
        found = None if form is None or hashing is None else _text(hashing(form))
        has_password = element is not None and _has_password(element)
        self.references.append(ReferenceFound(uri, part, algorithm, expected, found, form, has_password))
        if element is not None and hashing is not None and found != expected:
            likely = guess(element, _prefixes(transform), lambda form: _text(hashing(form)) == expected)
            self._found.append((likely or Mistake.CHANGED, part or uri))

    def _target(self, uri: str) -> etree._Element | None:
        """The element that `uri` means; notes an id that stands in the wrong attribute, or nowhere."""
        wanted = uri.removeprefix("#")
        bearers = [
            (element, name)
            for element in self._root.iter(etree.Element)
            for name, value in element.items()
            if name.rpartition("}")[2] in _IDS and value.strip() == wanted
        ]
        if not bearers or not uri.startswith("#"):
            self._found.append((Mistake.NO_SUCH_ID, uri or "URI"))
        if not bearers:
            return None
        element, name = bearers[0]
        if name != f"{{{WSU}}}Id" and not str(element.tag).startswith(f"{{{DS}}}"):
            self._found.append((Mistake.ID_ATTRIBUTE, f"{etree.QName(element).localname}/@{name}"))
        return element

    def _read_coverage(self) -> None:
        """Whether each part that must be signed is referred to."""
        covered = {reference.uri.removeprefix("#") for reference in self.references}
        for element in _must_be_covered(self._root):
            ids = {value.strip() for name, value in element.items() if name.rpartition("}")[2] in _IDS}
            if not ids & covered:
                self._found.append((Mistake.NOT_COVERED, etree.QName(element).localname))

    def _judge_c14n(self, part: str, method: etree._Element | None) -> None:
        if method is None or method.get("Algorithm") != EXC_C14N:
            said = "" if method is None else f" ({method.get('Algorithm')})"
            self._found.append((Mistake.OTHER_C14N, f"{part}{said}"))


def _moment(root: etree._Element, name: str) -> datetime | None:
    element = root.find(f".//{{{WSU}}}Timestamp/{{{WSU}}}{name}")
    return None if element is None else moment((element.text or "").strip())


def _certificate(root: etree._Element) -> bytes | None:
    token = next(root.iter(f"{{{WSSE}}}BinarySecurityToken"), None)
    return None if token is None else base64_bytes(token.text or "", _LARGEST)


def _must_be_covered(root: etree._Element) -> Iterator[etree._Element]:
    soap = etree.QName(root).namespace
    yield from root.findall(f"{{{soap}}}Body")
    for name in (f"{{{WSU}}}Timestamp", f"{{{WSSE}}}UsernameToken"):
        yield from root.findall(f"{{{soap}}}Header/{{{WSSE}}}Security/{name}")
    yield from root.findall(f"{{{soap}}}Header/{{{WSA}}}*")


def _has_password(element: etree._Element) -> bool:
    """Whether a password stands in it: that of a UsernameToken, or a new one, whatever they are wrapped in."""
    return any(etree.QName(each).localname.lower().endswith("password") for each in element.iter(etree.Element))


def _prefixes(method: etree._Element | None) -> tuple[str, ...]:
    inclusive = None if method is None else method.find(f"{{{EXC_C14N}}}InclusiveNamespaces")
    return () if inclusive is None else tuple(inclusive.get("PrefixList", "").split())


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
