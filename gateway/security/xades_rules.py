"""What the operator demands of signed files beyond their form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.security.algorithms import SHA256_URI
from gateway.security.stamps import StampAuthorities

_METHODS: Final = {
    32: SHA256_URI,
    48: "http://www.w3.org/2001/04/xmldsig-more#sha384",
    64: "http://www.w3.org/2001/04/xmlenc#sha512",
}


class Level(StrEnum):
    """Levels of ETSI EN 319 132-1 that this gateway tells apart."""

    B_B = "B-B"
    """A basic signature."""
    B_T = "B-T"
    """With a time stamp by an authority that the operator trusts."""


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """A signature policy that signatories must state explicitly (EN 319 132-1 §5.2.9)."""

    identifier: str
    """Object identifier, dotted."""
    digest: bytes
    """Digest of the policy document: SHA-256, SHA-384 or SHA-512, told by its length."""

    @property
    def digest_method(self) -> str:
        """The digest method as XML Signature names it."""
        return _METHODS[len(self.digest)]


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """The rules of one installation.

    A policy that a signature states though none is required is ignored: the constraints are the operator's own, as
    EN 319 102-1 §5.1.1 allows for, and a stranger's document can neither relax nor add to them.
    """

    level: Level = Level.B_B
    """The least level that is accepted."""
    authorities: StampAuthorities | None = None
    """None: time stamps are not looked at, and no file is more than B-B."""
    policy: SignaturePolicy | None = None
    """None: none is required."""
