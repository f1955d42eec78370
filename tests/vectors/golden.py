"""The golden vectors: signed messages and receipts, good and bad, the same bytes whenever they are made."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from lxml import etree

from gateway.contract.answers import CheckDocumentsAnswer, CommandAnswer, Receipt, ReceiptDocument
from gateway.contract.files import encode_receipt
from gateway.contract.registry import CONTRACTS, Operation
from gateway.contract.requests import CheckDocumentsRequest
from gateway.faults import RefusalError
from gateway.security.seal import seal
from gateway.security.sign import sign_envelope
from gateway.soap.fault_body import VALUE_PREFIXES, fault_payload
from gateway.xml.namespaces import WSU
from handlers.documents.model import (
    CheckResult,
    DataAsOf,
    DocumentAnswer,
    DocumentQuestion,
    EvidenceGrade,
    ValidityStatus,
)
from handlers.messages import RequestContext
from tests.vectors.keys import identity, root

MOMENT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""When everything was signed, and when it must be judged."""
KINDS = ("rsa", "ec")
VERSIONS = ("1.1", "1.2")
_REQUEST_ID = "7d3f1c52-90aa-4c0e-9f5b-3a1f5b2c4d6e"
_FAULT_ID = "0195555e-8a00-7c3d-8e4f-1a2b3c4d5e6f"
_TRACKING_ID = "0195555e-8a00-7aaa-9bbb-0123456789ab-0123456789"
_DIGEST = "6f5902ac237024bdd0c176cb93063dc4" * 2


@dataclass(frozen=True)
class Vector:
    """One file, and what a verifier must find."""

    path: str
    data: bytes
    signer: str
    """Certificate, below `certificates/`, that the expected sender has."""
    reason: str | None = None
    """Why it must be refused; None: it must be taken."""
    signature_holds: bool = True
    """Whether a verifier that looks at nothing but the cryptography is content."""


def vectors() -> Iterator[Vector]:
    """All of them."""
    for kind in KINDS:
        for version in VERSIONS:
            yield from _messages(kind, version)
        yield from _receipts(kind)


def certificates() -> dict[str, bytes]:
    """The certificates, by path."""
    made = {"certificates/root.pem": root().pem}
    for kind in KINDS:
        for title in ("System", "Gateway"):
            made[f"certificates/{title.lower()}-{kind}.pem"] = identity(title, kind).pem
    return made


def _messages(kind: str, version: str) -> Iterator[Vector]:
    folder = f"{kind}/soap{version.replace('.', '')}"
    by_system, by_gateway = f"system-{kind}.pem", f"gateway-{kind}.pem"
    request = _signed("System", kind, version, _question())
    yield Vector(f"{folder}/request.xml", request, by_system)
    yield Vector(
        f"{folder}/request-body-changed.xml", _changed(request), by_system, "SIG.REF.DIGEST", signature_holds=False
    )
    answer = _signed("Gateway", kind, version, _answer())
    yield Vector(f"{folder}/answer.xml", answer, by_gateway)
    yield Vector(f"{folder}/answer-body-moved.xml", _moved(answer), by_gateway, "SIG.REF.POSITION")
    receipt = _signed("Gateway", kind, version, _receipt_answer(kind))
    yield Vector(f"{folder}/receipt.xml", receipt, by_gateway)
    yield Vector(
        f"{folder}/receipt-value-changed.xml", _value_changed(receipt), by_gateway, "SIG.VALUE", signature_holds=False
    )
    fault = fault_payload(_refusal(), fault_id=_FAULT_ID, soap_version=version, explain=True)
    sign_fault = partial(_signed, kind=kind, version=version, payload=fault, content_prefixes=VALUE_PREFIXES)
    yield Vector(f"{folder}/fault.xml", sign_fault("Gateway"), by_gateway)
    yield Vector(f"{folder}/fault-by-another.xml", sign_fault("System"), by_gateway, "ANSWER.SIGNER")


def _receipts(kind: str) -> Iterator[Vector]:
    """Receipts as files: what `signedReceipt` of an answer holds."""
    receipt = _receipt(kind)
    changed = receipt.replace(b"<agency>MOJ<", b"<agency>MIA<")
    yield Vector(f"{kind}/receipt-file.xml", receipt, f"gateway-{kind}.pem")
    yield Vector(
        f"{kind}/receipt-file-changed.xml", changed, f"gateway-{kind}.pem", "SIG.REF.DIGEST", signature_holds=False
    )


def _signed(title: str, kind: str, version: str, payload: bytes, **how: object) -> bytes:
    key = identity(title, kind).signing_key
    must = title == "System" and not how
    return sign_envelope(payload, key=key, now=MOMENT, soap_version=version, must_understand=must, **how)  # type: ignore[arg-type]


def _check() -> Operation:
    return next(each for each in CONTRACTS["documents"].operations.values() if each.name == "CheckDocuments")


def _question() -> bytes:
    document = DocumentQuestion(reference="şəxs-1", document_type="PASSPORT", country="AZE", number="C01234567")
    context = RequestContext(request_id=_REQUEST_ID, purpose="BORDER_CONTROL")
    return _check().encode_request(context, CheckDocumentsRequest(documents=(document,)))


def _answer() -> bytes:
    listed = DocumentAnswer(
        reference="şəxs-1",
        status=ValidityStatus.INVALID,
        grade=EvidenceGrade.REGISTER_ONLY,
        reason="LOST",
        listed_since=MOMENT - timedelta(days=40),
        text_az="Sənəd etibarsızlar siyahısındadır.",
        text_en="The document is listed as invalid.",
    )
    result = CheckResult(
        answer_reference="golden-1",
        checked_at=MOMENT,
        data_as_of=(DataAsOf(source="INVALID_DOCUMENTS", at=MOMENT),),
        answers=(listed,),
    )
    return _check().encode(CheckDocumentsAnswer(result=result))


def _receipt(kind: str) -> bytes:
    gateway = identity("Gateway", kind).signing_key
    document = ReceiptDocument(
        tracking_id=_TRACKING_ID,
        request_id=_REQUEST_ID,
        agency="MOJ",
        system="MOJ-REGISTERS",
        operation="registration.SubmitRegistration",
        digest=_DIGEST,
        received_at=MOMENT,
        gateway=gateway.certificate.subject,
    )
    return seal(encode_receipt(document), gateway)


def _receipt_answer(kind: str) -> bytes:
    operations = CONTRACTS["registration"].operations.values()
    receipt = Receipt(
        tracking_id=_TRACKING_ID,
        request_id=_REQUEST_ID,
        operation="registration.SubmitRegistration",
        received_at=MOMENT,
        digest=_DIGEST,
        signed_receipt=_receipt(kind),
    )
    return next(each for each in operations if each.name == "SubmitRegistration").encode(CommandAnswer(receipt=receipt))


def _refusal() -> RefusalError:
    facts = {"reference": "#Body", "part": "Body", "canonicalLength": "913", "canonicalSha256": _DIGEST}
    return RefusalError("client.security.signature-mismatch", "SIG.REF.DIGEST", facts)


def _changed(message: bytes) -> bytes:
    changed = message.replace(b"C01234567", b"C01234568")
    assert changed != message
    return changed


def _value_changed(message: bytes) -> bytes:
    """The first byte of the signature value is another one."""
    found = re.search(rb"SignatureValue>([^<]+)<", message)
    assert found is not None
    value = bytearray(base64.b64decode(found[1]))
    value[0] ^= 1
    return message[: found.start(1)] + base64.b64encode(value) + message[found.end(1) :]


def _moved(message: bytes) -> bytes:
    """The signed Body lies in a header, where its signature holds; a forged one is where a reader looks."""
    signed, forged = etree.fromstring(message), etree.fromstring(message.replace(b">INVALID<", b">NOT_LISTED<"))
    soap = f"{{{etree.QName(signed).namespace}}}"
    header, body, other = signed.find(f"{soap}Header"), signed.find(f"{soap}Body"), forged.find(f"{soap}Body")
    assert header is not None
    assert body is not None
    assert other is not None
    signed.replace(body, other)
    etree.SubElement(header, "{urn:example:elsewhere}kept").append(body)
    other.set(f"{{{WSU}}}Id", "Forged")
    return etree.tostring(signed, encoding="UTF-8", xml_declaration=False)
