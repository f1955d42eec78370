"""What verification proves, as types: a stage that was skipped does not type-check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree
from msgspec import Struct


@dataclass(frozen=True, slots=True)
class CertificateIdentity:
    """The certificate a signature was made with. Identity is this, never text in a message."""

    fingerprint: str
    """SHA-256 over the DER, 64 lower-case hexadecimal digits."""
    issuer: str
    """RFC 4514 text of the issuer's name."""
    serial: str
    """Serial number, decimal digits."""
    subject: str
    """RFC 4514 text; for people to read, never to decide by."""
    der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UsernameCredentials:
    """A UsernameToken of the message (covered by the signature): names the person who acts."""

    username: str
    password: str = field(repr=False)


class CoveredReference(Struct, frozen=True):
    """One reference of the signature that held."""

    part: str
    """`Body`, `Timestamp`, `UsernameToken`, `BinarySecurityToken`, or a `wsa:` name."""
    digest_method: str
    digest: bytes


class VerifiedEnvelope(Struct, frozen=True, eq=False):
    """The signed Body and who signed it. Nothing else of a message leaves the verifier."""

    payload: etree._Element
    """The only child of the signed soap:Body, in the tree that was verified."""
    compute_digest: Callable[[], bytes]
    """See `digest`."""
    signer: CertificateIdentity
    soap_version: str
    """`1.1` or `1.2`."""
    created: datetime
    expires: datetime
    signature_algorithm: str
    covered: tuple[CoveredReference, ...]
    user: UsernameCredentials | None = None
    message_id: str | None = None
    """wsa:MessageID when the caller sent one (then it is covered); the answer's wsa:RelatesTo."""
    action: str | None = None
    """wsa:Action when present (covered)."""
    to: str | None = None
    """wsa:To when present (covered)."""
    relates_to: str | None = None
    """wsa:RelatesTo when present (covered): the answered message."""
    signed_info_digest: bytes = b""
    """SHA-256 over the canonical SignedInfo: the same for every copy of a message, also for one whose ECDSA value was
    turned into its other valid form. What a replay is recognised by."""

    @property
    def digest(self) -> bytes:
        """SHA-256 over the exclusive canonical form of `payload`: tells a repetition from a conflict.

        Computed when asked for, since questions have no use for it.
        """
        return self.compute_digest()

    def __repr__(self) -> str:
        """Whose and when; of the content nothing."""
        return f"<VerifiedEnvelope signed by {self.signer.fingerprint}, created {self.created.isoformat()}>"
