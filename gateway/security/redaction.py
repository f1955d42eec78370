"""What is kept of a message: its bytes, and of a message with a password everything but the password.

A password is kept as Argon2id only, and the evidence of a command lies in queues, in the store and in backups. So the
text of the password is taken out, and the place marked; all else stays, in a form that canonicalises to the same: the
Body, the Timestamp and every other part still have the digests that SignedInfo names, and SignedInfo still is what was
signed. Only the reference to the UsernameToken cannot be recomputed any more, which the mark says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from gateway.xml.namespaces import WSSE
from gateway.xml.parser import BULK, parse

REDACTED: Final = "urn:state-register:redaction:v1"
"""Namespace of the mark: the attribute `removed="password"` on wsse:Password."""
MARK: Final = f"{{{REDACTED}}}removed"
_UTF8_OF_UTF16: Final = 2
"""UTF-8 has half as many bytes again as UTF-16 at the most."""
_PASSWORD: Final = f"{{{WSSE}}}Password"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message as it may be kept. Only `evidence_of` makes it."""

    message: bytes = field(repr=False)


def evidence_of(data: bytes, *, has_password: bool) -> Evidence:
    """What may be kept of the message `data`, which was verified before; without a password, its very bytes."""
    return Evidence(_without_password(data) if has_password else data)


def _without_password(data: bytes) -> bytes:
    # It was within the limits of its operation when it was verified; here they must only not be narrower.
    root = parse(data, replace(BULK, size=_UTF8_OF_UTF16 * len(data)))
    for password in root.iter(_PASSWORD):
        password.text = None
        password.set(MARK, "password")
    return etree.tostring(root, encoding="utf-8", xml_declaration=False, with_tail=False)
