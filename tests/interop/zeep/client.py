"""python client.py URL KEY.pem GATEWAY.pem 1.1|1.2 check|register [FILE]; ../README.md says what it prints.

zeep alone, with zeep's own signature plugin: nothing of this repository is imported. `gateway.client.WsSecurity`, which
is shorter and checks more, is what agencies that call from Python should take.
"""

from __future__ import annotations

import base64
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import requests
import xmlsec
import zeep
from lxml import etree
from zeep.exceptions import SignatureVerificationFailed
from zeep.ns import DS, WSSE, WSU
from zeep.transports import Transport
from zeep.wsse.signature import BinarySignature, MemorySignature
from zeep.wsse.utils import get_security_header

SERVICES = {"check": "documents", "register": "registration"}
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
LIFETIME = timedelta(minutes=4)
SKEW = timedelta(minutes=5)


class AnswerRefusedError(Exception):
    """An answer that must not be believed."""


class Signature(BinarySignature):
    """zeep's own plugin with what it leaves out: a Timestamp to sign, and a look at what an answer's signature covers.

    zeep would sign with SHA-1, so the algorithms are named; and it verifies with the certificate that it signs with, so
    verifying is given another one's.
    """

    def __init__(self, pem: str, gateway: str) -> None:
        super().__init__(pem, pem, signature_method=xmlsec.Transform.RSA_SHA256, digest_method=xmlsec.Transform.SHA256)
        self.gateway = Path(gateway).read_bytes()

    def apply(self, envelope: etree._Element, headers: dict[str, str]) -> tuple[etree._Element, dict[str, str]]:
        now = datetime.now(UTC)
        timestamp = etree.SubElement(get_security_header(envelope), f"{{{WSU}}}Timestamp")
        for name, moment in (("Created", now), ("Expires", now + LIFETIME)):
            etree.SubElement(timestamp, f"{{{WSU}}}{name}").text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        return super().apply(envelope, headers)

    def verify(self, envelope: etree._Element) -> etree._Element:
        soap = etree.QName(envelope).namespace
        security = only(only(envelope, f"{{{soap}}}Header"), f"{{{WSSE}}}Security")
        signature = only(security, f"{{{DS}}}Signature")
        required = only(envelope, f"{{{soap}}}Body"), only(security, f"{{{WSU}}}Timestamp")
        try:
            MemorySignature(b"", self.gateway).verify(envelope)
        except (SignatureVerificationFailed, IndexError) as error:
            raise AnswerRefusedError("the signature does not hold under the gateway's certificate") from error
        info = only(signature, f"{{{DS}}}SignedInfo")
        if only(info, f"{{{DS}}}SignatureMethod").get("Algorithm") != RSA_SHA256:
            raise AnswerRefusedError("the signature's algorithm is not as agreed")
        # zeep is content with a signature over anything: look that it covers the very elements that are read.
        covered = []
        for reference in info.iterchildren(f"{{{DS}}}Reference"):
            if only(reference, f"{{{DS}}}DigestMethod").get("Algorithm") != SHA256:
                raise AnswerRefusedError("a digest's algorithm is not as agreed")
            covered.append(covered_by(envelope, reference.get("URI", "")))
        for part in required:
            if part not in covered:
                raise AnswerRefusedError(f"the signature does not cover the {etree.QName(part).localname} that is read")
        created, expires = (
            datetime.fromisoformat(only(required[1], f"{{{WSU}}}{name}").text or "") for name in ("Created", "Expires")
        )
        if not created - SKEW < datetime.now(UTC) < expires + SKEW:
            raise AnswerRefusedError("the answer is not of this time")
        return envelope


def covered_by(envelope: etree._Element, uri: str) -> etree._Element:
    """The one element with the id that a reference names; zeep would take the first of several."""
    found = [
        element
        for element in envelope.iter(etree.Element)
        if any(etree.QName(name).localname.lower() == "id" and f"#{value}" == uri for name, value in element.items())
    ]
    if len(found) != 1:
        raise AnswerRefusedError(f"{len(found)} elements have the id {uri}")
    return found[0]


def only(parent: etree._Element, tag: str) -> etree._Element:
    found = parent.findall(tag)
    if len(found) != 1:
        raise AnswerRefusedError(f"{parent.tag} has {len(found)} {tag}")
    return found[0]


def verified_receipt(receipt: bytes, gateway: bytes) -> etree._Element:
    """Verify a receipt that the gateway sealed (an enveloped signature), with xmlsec, which zeep uses too."""
    root = etree.fromstring(receipt, etree.XMLParser(resolve_entities=False, no_network=True))
    signature = only(root, f"{{{DS}}}Signature")
    references = only(signature, f"{{{DS}}}SignedInfo").findall(f"{{{DS}}}Reference")
    if [reference.get("URI") for reference in references] != [""]:
        raise AnswerRefusedError("the seal does not cover the whole receipt")
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(gateway, xmlsec.KeyFormat.CERT_PEM)
    try:
        context.verify(signature)
    except xmlsec.Error as error:
        raise AnswerRefusedError("the seal does not hold under the gateway's certificate") from error
    return root


def service_of(url: str, name: str, version: str, signature: Signature) -> zeep.proxy.ServiceProxy:
    session = requests.Session()
    session.trust_env = False
    client = zeep.Client(
        f"{url}/soap/{name}/v1?wsdl",
        wsse=signature,
        transport=Transport(session=session, timeout=20, operation_timeout=20),
        settings=zeep.Settings(forbid_dtd=True, strict=True),
    )
    title = name.capitalize()
    return client.bind(f"{title}Service", f"{title}Soap{version.replace('.', '')}")


def main(url: str, pem: str, gateway: str, version: str, operation: str, file: str = "") -> int:
    signature = Signature(pem, gateway)
    service = service_of(url, SERVICES[operation], version, signature)
    request_id = str(uuid4())
    try:
        if operation == "check":
            document = {"reference": "1", "documentType": "PASSPORT", "country": "AZE", "number": "C01234567"}
            context = {"requestId": request_id, "purpose": "BORDER_CONTROL"}
            print(f"status={service.CheckDocuments(context=context, documents=[document]).answers[0].status}")
            return 0
        answer = service.SubmitRegistration(
            context={"requestId": request_id}, signedApplication=Path(file).read_bytes()
        )
        receipt = answer.receipt.signedReceipt
        root = verified_receipt(receipt, signature.gateway)
    except AnswerRefusedError as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 4
    except zeep.exceptions.Fault as fault:
        print(f"fault={fault.detail.findtext('.//{*}code')}")
        return 3
    print(f"requestId={request_id}\ntrackingId={answer.receipt.trackingId}")
    print(f"receiptSays={root.findtext('{*}trackingId')}")
    print(f"receipt={base64.b64encode(receipt).decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
