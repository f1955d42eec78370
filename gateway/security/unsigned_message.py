"""Messages without a signature, from systems that the operator enrolled as password only (security §0, B131-B136).

What they hold is read here into types of its own, which nothing that asks for a `VerifiedEnvelope` takes. A message
comes here only after the verifier found its Security header without a Signature; nowhere else may it have one either.

1 parse, shape   as for signed messages
2 header         one Security for us: Timestamp and UsernameToken; nothing else
3 claim          login and password, for `gateway.security.authentication` to judge
4 time, meaning  only once the password was right, and therefore told
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from gateway.faults import RefusalError
from gateway.security import addressing, freshness, payload, structure
from gateway.security.authentication import Proof
from gateway.security.model import UsernameCredentials
from gateway.security.policy import Policy
from gateway.security.references import scan_ids
from gateway.security.structure import FAILED, Envelope
from gateway.security.username import read_username_token
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import DS, WSSE, WSU, XMLENC
from gateway.xml.parser import parse

_TIMESTAMP = f"{{{WSU}}}Timestamp"
_USERNAME_TOKEN = f"{{{WSSE}}}UsernameToken"


@dataclass(frozen=True, slots=True)
class UnsignedMessage:
    """A message that nobody signed, and what it claims. Nothing of it is believed."""

    user: UsernameCredentials
    _envelope: Envelope = field(repr=False)
    _timestamp: etree._Element = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasswordEnvelope:
    """What a system sent that is known by its password. Only `opened` makes it. TLS, not a signature, kept it whole."""

    payload: etree._Element
    """The only child of the soap:Body."""
    digest: bytes
    """SHA-256 over the exclusive canonical form of `payload`: tells a repetition from a conflict."""
    proof: Proof
    soap_version: str
    """`1.1` or `1.2`."""
    created: datetime
    expires: datetime
    signed_info_digest: bytes
    """What a replay is recognised by, as by `VerifiedEnvelope.signed_info_digest`: SHA-256 over login, Timestamp,
    WS-Addressing and Body. Nobody signed it, and the password is left out, since this is remembered."""
    message_id: str | None = None
    action: str | None = None
    to: str | None = None
    relates_to: str | None = None


def read_unsigned(data: bytes, policy: Policy) -> UnsignedMessage:
    """The claims of an unsigned message.

    Raises `RefusalError`: for parse and shape what the verifier raises, otherwise `client.security.failed-check`, the
    same as for every message that is not signed.
    """
    root = parse(data, policy.limits)
    envelope = structure.read_envelope(root)
    if next(root.iter(f"{{{DS}}}Signature", f"{{{XMLENC}}}*"), None) is not None:
        raise RefusalError(FAILED, "UNSIGNED.SIGNATURE_ELSEWHERE")
    children = structure.children(envelope.security, FAILED, "UNSIGNED.HEADER")
    by_tag = {str(child.tag): child for child in children}
    if len(children) != len(by_tag) or by_tag.keys() != {_TIMESTAMP, _USERNAME_TOKEN}:
        raise RefusalError(FAILED, "UNSIGNED.HEADER.CHILDREN")
    try:
        user = read_username_token(by_tag[_USERNAME_TOKEN])
    except RefusalError as error:
        raise RefusalError(FAILED, f"UNSIGNED.{error.reason}") from error
    return UnsignedMessage(user, envelope, by_tag[_TIMESTAMP])


def opened(message: UnsignedMessage, proof: Proof, now: datetime, policy: Policy) -> PasswordEnvelope:
    """The content of the message, now that its claim is proven.

    Raises `RefusalError` as the verifier does for ids, times and addressing, and tells the caller its clock.
    """
    if (proof.credential.login, proof.password) != (message.user.username, message.user.password):
        raise ValueError("the proof is of another message's claim")
    envelope = message._envelope  # noqa: SLF001 - of this module's own type
    stamp = message._timestamp  # noqa: SLF001 - same
    scan_ids(envelope.root)
    created, expires = freshness.read_times(stamp)
    freshness.require_fresh(created, expires, now, policy, explained=True)
    addressing.require_answer_on_the_spot(envelope.addressing)
    body = canonical(envelope.body)
    payload.require_bound_types(envelope.payload, body)
    whole = hashlib.sha256(message.user.username.encode())
    for part in (canonical(stamp), *(canonical(each) for each in envelope.addressing.values()), body):
        whole.update(hashlib.sha256(part).digest())
    return PasswordEnvelope(
        payload=envelope.payload,
        digest=payload.digest(body, envelope.payload),
        proof=proof,
        soap_version=envelope.version,
        created=created,
        expires=expires,
        signed_info_digest=whole.digest(),
        message_id=addressing.value(envelope.addressing, "MessageID"),
        action=addressing.value(envelope.addressing, "Action"),
        to=addressing.value(envelope.addressing, "To"),
        relates_to=addressing.value(envelope.addressing, "RelatesTo"),
    )
