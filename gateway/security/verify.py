"""The verification core: bytes in, a verified envelope out, or a refusal. No I/O; the clock stands still.

The guards, in their order (security §8 rule 3). Each takes only what the one before has established.

 1 parse     one hardened parse within limits                                  XML 1.0, security §8 rule 2
 2 shape     Envelope(Header, Body(one child)), nothing doubled                SOAP 1.1 §4, SOAP 1.2 part 1 §5
 3 header    one Security for us: Signature, Timestamp, tokens; nothing else   WSS 1.1 §5, BSP 1.1 §5
 4 form      algorithms, transforms, references as this profile has them       XML Signature 1.1 §4
 5 ids       no id twice, in whatever spelling                                 WSS 1.1 §4
 6 places    every reference is the very element at its place                  McIntosh and Austel 2005
 7 token     KeyInfo leads to the one token in this header                     WSS X.509 profile 1.1 §3.2
 8 trust     its certificate chains to our roots now                           RFC 5280 §6
 9 value     SignedInfo was signed by that certificate's key                   XML Signature 1.1 §3.2.2
10 digests   every part is what was signed                                     XML Signature 1.1 §3.2.1
11 coverage  Body, Timestamp, UsernameToken and every wsa header are parts     BSP 1.1, security §0
12 time      now lies between Created and Expires                              WSS 1.1 §10
13 meaning   names in the payload are bound by what was hashed                 exclusive C14N §1.3
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from lxml import etree
from msgspec import Struct

from gateway.faults import RefusalError
from gateway.security import addressing, freshness, payload, references, structure, token
from gateway.security.algorithms import signature_holds
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.freshness import Stamp
from gateway.security.in_place import body_octets
from gateway.security.model import CoveredReference, UsernameCredentials, VerifiedEnvelope
from gateway.security.policy import Policy
from gateway.security.profile import SignatureForm, read_signature
from gateway.security.references import DigestedPart, Part
from gateway.security.structure import FAILED, Envelope, SecurityHeader
from gateway.security.trust import TrustedCertificate, TrustStore
from gateway.security.username import read_username_token
from gateway.xml.parser import read

MISMATCH = "client.security.signature-mismatch"
NOT_COVERED = "client.security.not-covered"


def verify(data: bytes, *, trust: TrustStore, now: datetime, policy: Policy) -> VerifiedEnvelope:
    """Verify the SOAP message in `data` as of `now` (aware), or raise `RefusalError`.

    The result is the proof: handlers take a `VerifiedEnvelope` and nothing else of a message. Whether the signer is
    known, may act for the person named, or has sent the same before, is for the stages after this one.
    """
    document = read(data, policy.limits)  # 1
    root = document.root
    envelope = structure.read_envelope(root)  # 2
    header = structure.read_security(envelope.security)  # 3
    structure.require_nothing_hidden(root, header.signature)
    form = read_signature(header.signature, document=document)  # 4
    places = _places(envelope, header)
    likely = places.values() if form.token_uri else (*places.values(), header.signature, form.key_info)
    ids = references.scan_ids(root, references.id_marks(document.marks), likely)  # 5
    parts = references.resolve(form.references, ids, places)  # 6
    der = token.read_certificate(form.token_uri or form.key_info, header.token, ids)  # 7
    signer = _trusted(der, trust, now)  # 8
    stamp = freshness.read_stamp(header.timestamp, document, ids)
    explained = policy.is_enrolled(signer.identity.fingerprint)
    refusals = _Refusals(signer, form, stamp.created, now, explained)
    _require_value(form, signer, refusals)  # 9
    octets = body_octets(document, envelope)
    digested = [references.digested(part, _in_place(part, octets, stamp)) for part in parts]  # 10
    for piece in digested:
        _require_digest(piece, refusals)
    for name in references.missing(parts, places):  # 11
        raise refusals.not_covered(name)
    freshness.require_fresh(stamp.created, stamp.expires, now, policy, explained=explained)  # 12
    addressing.require_answer_on_the_spot(envelope.addressing)
    body = next(piece for piece in digested if piece.part.name == "Body")
    payload.require_bound_types(envelope.payload, body.canonical, document.marks)  # 13
    return VerifiedEnvelope(
        payload=envelope.payload,
        compute_digest=partial(payload.digest, body.canonical, envelope.payload, body.part.reference.prefixes),
        signer=signer.identity,
        soap_version=envelope.version,
        created=stamp.created,
        expires=stamp.expires,
        signature_algorithm=form.method.uri,
        covered=tuple([CoveredReference(p.part.name, p.part.reference.digest_method, p.digest) for p in digested]),
        user=_user(header),
        message_id=addressing.value(envelope.addressing, "MessageID"),
        action=addressing.value(envelope.addressing, "Action"),
        to=addressing.value(envelope.addressing, "To"),
        relates_to=addressing.value(envelope.addressing, "RelatesTo"),
        signed_info_digest=hashlib.sha256(form.signed_info).digest(),
    )


def _places(envelope: Envelope, header: SecurityHeader) -> Mapping[str, etree._Element]:
    """The places that a signature may cover, by the name of the part."""
    places = {"Body": envelope.body, "Timestamp": header.timestamp}
    if header.username_token is not None:
        places["UsernameToken"] = header.username_token
    if header.token is not None:
        places["BinarySecurityToken"] = header.token
    for name, element in envelope.addressing.items():
        places[f"wsa:{name}"] = element
    return places


def _in_place(part: Part, body: bytes | None, stamp: Stamp) -> bytes | None:
    """The octets of a part as they came, if those may be its canonical form.

    A PrefixList puts declarations into a form; those of the Body are there already (see `body_octets`).
    """
    if part.name == "Body":
        return body
    return stamp.octets if part.name == "Timestamp" and not part.reference.prefixes else None


def _trusted(der: bytes, trust: TrustStore, now: datetime) -> TrustedCertificate:
    try:
        return trust.trusted(der, now)
    except UntrustedCertificateError as error:
        of_no_use = error.reason in {"CERT.SIZE", "CERT.FORM", "CERT.KEY"}
        code = token.INVALID if error.indication in _UNREADABLE and of_no_use else FAILED
        raise RefusalError(code, error.reason) from error


_UNREADABLE = frozenset({Indication.FORMAT_FAILURE, Indication.CRYPTO_CONSTRAINTS_FAILURE})


def _require_value(form: SignatureForm, signer: TrustedCertificate, refusals: _Refusals) -> None:
    if not signature_holds(signer.public_key, form.method, form.value, form.signed_info):
        raise refusals.value_failed(form.signed_info)


def _require_digest(piece: DigestedPart, refusals: _Refusals) -> None:
    if not piece.holds:
        raise refusals.digest_failed(piece)


def _user(header: SecurityHeader) -> UsernameCredentials | None:
    return None if header.username_token is None else read_username_token(header.username_token)


class _Refusals(Struct, frozen=True):
    """Makes the refusals of a signature: generic to strangers, explained to an enrolled caller (security §0)."""

    signer: TrustedCertificate
    form: SignatureForm
    created: datetime
    now: datetime
    explained: bool

    def value_failed(self, signed_info: bytes) -> RefusalError:
        return self._make(MISMATCH, "SIG.VALUE", _measures("SignedInfo", signed_info))

    def digest_failed(self, piece: DigestedPart) -> RefusalError:
        reference = piece.part.reference
        found = {
            "reference": reference.uri,
            "digestAlgorithm": reference.digest_method,
            "digestExpected": base64.b64encode(reference.digest).decode(),
            "digestFound": base64.b64encode(piece.digest).decode(),
        }
        return self._make(MISMATCH, "SIG.REF.DIGEST", _measures(piece.part.name, piece.canonical) | found)

    def not_covered(self, part: str) -> RefusalError:
        return self._make(NOT_COVERED, f"SIG.COVERAGE.{part.rpartition(':')[2].upper()}", {"part": part})

    def _make(self, code: str, reason: str, details: dict[str, str]) -> RefusalError:
        if not self.explained:
            return RefusalError(FAILED, reason)
        identity = self.signer.identity
        return RefusalError(
            code,
            reason,
            details
            | {
                "signatureAlgorithm": self.form.method.uri,
                "certificateSubject": identity.subject,
                "certificateSerial": identity.serial,
                "clockSkewSeconds": freshness.clock_skew(self.created, self.now),
            },
        )


def _measures(part: str, form: bytes) -> dict[str, str]:
    return {
        "part": part,
        "canonicalLength": str(len(form)),
        "canonicalSha256": hashlib.sha256(form).hexdigest(),
    }
