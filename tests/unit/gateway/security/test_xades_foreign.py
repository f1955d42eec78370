"""Files signed by other programs, which lay out a lawful signature in other ways than we do (security §5, P28, P29)."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import CanonicalizationMethod
from signxml.xades import XAdESDataObjectFormat, XAdESSigner

from gateway.security.errors import Indication
from gateway.xml.namespaces import DS, EXC_C14N, XADES
from tests.unit.gateway.security.material import MORE, NOW, SHA256, SHA512, der64, pki, system
from tests.unit.gateway.security.signed_files import (
    DOCUMENT,
    changed,
    find,
    person,
    refusal,
    signing_time_now,
    verified,
)

C14N_10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_11 = "http://www.w3.org/2006/12/xml-c14n11"
ENVELOPED = f"{DS}enveloped-signature"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"


def transforms(*algorithms: str) -> str:
    steps = "".join(f'<d:Transform Algorithm="{each}"/>' for each in algorithms)
    return f"<d:Transforms>{steps}</d:Transforms>" if algorithms else ""


def template(
    *,
    uri: str = "",
    c14n: str = C14N_10,
    digest: str = SHA256,
    document: tuple[str, ...] = (),
    own: tuple[str, ...] = (),
) -> bytes:
    """A signature to be filled in, laid out with other prefixes, default namespaces and line breaks."""
    named = hashlib.new(digest.rpartition("#")[2], base64.b64decode(der64(person()))).digest()
    signature = f"""
  <d:Signature xmlns:d="{DS}" Id="sig-1">
    <d:SignedInfo>
      <d:CanonicalizationMethod Algorithm="{c14n}"/>
      <d:SignatureMethod Algorithm="{MORE}rsa-sha256"/>
      <d:Reference Type="{PROPERTIES}" URI="#xades-1">{transforms(*own)}
        <d:DigestMethod Algorithm="{digest}"/><d:DigestValue></d:DigestValue></d:Reference>
      <d:Reference URI="{uri}" Id="r-1">{transforms(ENVELOPED, *document)}
        <d:DigestMethod Algorithm="{digest}"/><d:DigestValue></d:DigestValue></d:Reference>
    </d:SignedInfo>
    <d:SignatureValue/>
    <d:KeyInfo><d:X509Data><d:X509Certificate>{der64(person())}</d:X509Certificate></d:X509Data></d:KeyInfo>
    <d:Object><QualifyingProperties xmlns="{XADES}" Target="#sig-1"><SignedProperties Id="xades-1">
      <SignedSignatureProperties><SigningTime>{NOW:%Y-%m-%dT%H:%M:%S.000}+00:00</SigningTime>
        <SigningCertificateV2><Cert><CertDigest><d:DigestMethod Algorithm="{digest}"/>
          <d:DigestValue>{base64.b64encode(named).decode()}</d:DigestValue></CertDigest></Cert></SigningCertificateV2>
      </SignedSignatureProperties>
      <SignedDataObjectProperties><DataObjectFormat ObjectReference="#r-1"><MimeType>text/xml</MimeType>
      </DataObjectFormat></SignedDataObjectProperties>
    </SignedProperties></QualifyingProperties></d:Object>
  </d:Signature>
"""
    start = DOCUMENT.replace("<r:application ", '<r:application Id="whole" xmlns:unused="urn:unused" ')
    return start.replace("</r:application>", f"{signature}</r:application>").encode()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"c14n": C14N_11, "document": (C14N_10,)},
        {"c14n": EXC_C14N, "document": (EXC_C14N,), "own": (EXC_C14N,)},
        {"digest": SHA512, "own": (C14N_10,)},
        {"uri": "#whole"},
        {"uri": "#whole", "document": (EXC_C14N,), "own": (C14N_11,)},
    ],
    ids=["no transform", "c14n 1.1", "exclusive", "sha512", "by id", "by id, mixed"],
)
def test_what_xmlsec1_signs_is_accepted_in_every_lawful_layout(options: dict[str, object], tmp_path: Path) -> None:
    assert shutil.which("xmlsec1"), "deploy/install-services.sh installs it"
    source, key, made = tmp_path / "template.xml", tmp_path / "key.pem", tmp_path / "made.xml"
    source.write_bytes(template(**options))
    key.write_bytes(person().key_pem)
    ids = ("--id-attr:Id", f"{XADES}:SignedProperties", "--id-attr:Id", "urn:r:application")
    command = ("xmlsec1", "--sign", "--privkey-pem", str(key), *ids, "--output", str(made), str(source))
    done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    data = made.read_bytes()
    document = verified(data)
    assert document.payload.findtext("{urn:r}fin") == "1ABCDE2"
    assert document.digest == hashlib.sha256(data).digest()
    assert refusal(data.replace(b"1ABCDE2", b"1ABCDE3")).indication == Indication.HASH_FAILURE


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
def test_what_signxml_signs_by_its_own_defaults_is_accepted(kind: str) -> None:
    signer = XAdESSigner()
    signing_time_now(signer)
    signed = signer if kind == "RSA-2048" else XAdESSigner(signature_algorithm="ecdsa-sha256")
    if signed is not signer:
        signing_time_now(signed)
    issued = system(kind, "Leyla")
    data = etree.tostring(signed.sign(etree.fromstring(DOCUMENT), key=issued.key, cert=[issued.certificate]))
    assert verified(data).payload.findtext("{urn:r}fin") == "1ABCDE2"


def test_what_else_a_signature_may_say_of_itself_is_accepted() -> None:
    signer = XAdESSigner(
        claimed_roles=["Nümayəndə"],
        data_object_format=XAdESDataObjectFormat("Müraciət", "application/xml"),
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    signing_time_now(signer)
    data = signer.sign(etree.fromstring(DOCUMENT), key=person().key, cert=[person().certificate])
    assert verified(etree.tostring(data, pretty_print=False)).signing_time == NOW


def test_a_signature_may_name_its_whole_chain_and_carry_only_its_own_certificate() -> None:
    def name_issuer(root: etree._Element) -> None:
        own = find(root, "Cert")
        issuer = etree.fromstring(etree.tostring(own))
        digest = hashlib.sha256(pki().issuing.issued.certificate.public_bytes(Encoding.DER)).digest()
        find(issuer, "DigestValue").text = base64.b64encode(digest).decode()
        own.addnext(issuer)

    assert verified(changed(name_issuer, again=True)).signer.subject.startswith("CN=Leyla")
