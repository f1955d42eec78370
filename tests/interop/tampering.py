"""What somebody on the way may do to a signed answer. Each function takes the answer and gives what arrives."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from gateway.security.sign import sign_envelope
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import SOAP_VERSIONS, WSSE, WSU
from tests.acceptance.caller import key_from

_TEXT = re.compile(rb"(<(?:reference|faultId)>)([^<]+)")
"""Text of a Body that any value may stand in, so that nothing but a signature can object."""


def body_changed(answer: bytes, _stranger: Path) -> bytes:
    """One byte of the Body is another one."""
    return _forged(answer)


def time_changed(answer: bytes, _stranger: Path) -> bytes:
    """One digit of the signed time is another one."""
    changed = re.sub(rb"(:Created>[^<]*\.\d)(\d)", lambda m: m[1] + (b"1" if m[2] != b"1" else b"2"), answer)
    assert changed != answer
    return changed


def body_moved(answer: bytes, _stranger: Path) -> bytes:
    """The signed Body lies in the header, where its signature still holds; another one is where it is read."""
    return _wrapped(answer, "Forged")


def body_doubled(answer: bytes, _stranger: Path) -> bytes:
    """The same, and both have the id that is signed."""
    return _wrapped(answer, "Body")


def signature_removed(answer: bytes, _stranger: Path) -> bytes:
    """There is no Security header."""
    removed = re.sub(rb"<wsse:Security .*</wsse:Security>", b"", answer, flags=re.DOTALL)
    assert removed != answer
    return removed


def signed_by_another(answer: bytes, stranger: Path) -> bytes:
    """A forged answer, well signed with a certificate of the same authority that is not the gateway's."""
    root = etree.fromstring(_forged(answer))
    namespace = etree.QName(root).namespace or ""
    (payload,) = root.find(f"{{{namespace}}}Body")
    return sign_envelope(
        canonical(payload),
        key=key_from(stranger),
        now=datetime.now(UTC),
        soap_version=SOAP_VERSIONS[namespace],
        content_prefixes={"wsse": WSSE},
    )


TAMPERING = (body_changed, time_changed, body_moved, body_doubled, signature_removed, signed_by_another)


def _forged(answer: bytes) -> bytes:
    place = _TEXT.search(answer)
    assert place is not None, answer
    at = place.end() - 1
    return answer[:at] + (b"2" if answer[at : at + 1] != b"2" else b"3") + answer[at + 1 :]


def _wrapped(answer: bytes, identifier: str) -> bytes:
    signed, forged = etree.fromstring(answer), etree.fromstring(_forged(answer))
    soap = f"{{{etree.QName(signed).namespace}}}"
    body, other = signed.find(f"{soap}Body"), forged.find(f"{soap}Body")
    header = signed.find(f"{soap}Header")
    assert body is not None
    assert other is not None
    assert header is not None
    signed.replace(body, other)
    etree.SubElement(header, "{urn:elsewhere}kept").append(body)
    other.set(f"{{{WSU}}}Id", identifier)
    return etree.tostring(signed)
