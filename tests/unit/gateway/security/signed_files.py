"""Signed files for the tests to spoil one thing of: each function makes one change, and the signatory may sign again.

`sign_again` knows nothing of the product's signer: it canonicalises and computes every value itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime

import pytest
from lxml import etree
from signxml.xades import XAdESSigner

from gateway.security.dev_pki import Issued
from gateway.security.errors import DocumentRefusedError
from gateway.security.trust import TrustStore
from gateway.security.xades import VerifiedDocument, examine_application, sign_application, verify_application
from gateway.security.xades_rules import DocumentRules
from gateway.xml.namespaces import DS, XADES
from gateway.xml.parser import Limits
from tests.unit.gateway.security.material import NOW, c14n, pki, raw_signature, system

DOCUMENT = (
    '<r:application xmlns:r="urn:r"><r:name>Əhali reyestri</r:name><r:fin>1ABCDE2</r:fin><r:empty/></r:application>'
)
D, X = f"{{{DS}}}", f"{{{XADES}}}"


def person(kind: str = "RSA-2048") -> Issued:
    return system(kind, "Leyla")


def signed(document: str = DOCUMENT, kind: str = "RSA-2048") -> bytes:
    return sign_application(document.encode(), person(kind).signing_key(), NOW)


def signed_by(issued: Issued, when: datetime = NOW) -> bytes:
    return sign_application(DOCUMENT.encode(), issued.signing_key(), when)


def verified(
    data: bytes, *, trust: TrustStore | None = None, now: datetime = NOW, rules: DocumentRules | None = None
) -> VerifiedDocument:
    """The file as it is verified; looking for everything that stands against it must come to the same."""
    circumstances = {"trust": trust or pki().trust, "now": now, "limits": Limits(), "rules": rules or DocumentRules()}
    found = examine_application(data, **circumstances).refusals
    if not found:
        return verify_application(data, **circumstances)
    with pytest.raises(DocumentRefusedError) as caught:
        verify_application(data, **circumstances)
    assert caught.value.reason == found[0].reason
    raise caught.value


def refusal(
    data: bytes, *, trust: TrustStore | None = None, now: datetime = NOW, rules: DocumentRules | None = None
) -> DocumentRefusedError:
    with pytest.raises(DocumentRefusedError) as caught:
        verified(data, trust=trust, now=now, rules=rules)
    return caught.value


def find(root: etree._Element, name: str) -> etree._Element:
    return next(root.iter(f"{{*}}{name}"))


def changed(change: Callable[[etree._Element], object], *, again: bool = False, data: bytes | None = None) -> bytes:
    """A signed file changed afterwards; with `again` all digests and the signature are made anew by the signatory."""
    root = etree.fromstring(data or signed())
    change(root)
    if again:
        sign_again(root)
    return etree.tostring(root)


def sign_again(root: etree._Element) -> None:
    signature = find(root, "Signature")
    for reference in signature.iter(f"{D}Reference"):
        uri = reference.get("URI")
        if uri == "":
            parent, index = signature.getparent(), signature.getparent().index(signature)
            parent.remove(signature)
            form = c14n(root)
            parent.insert(index, signature)
        else:
            target = next((e for e in root.iter(etree.Element) if e.get("Id") == (uri or "#")[1:]), None)
            if target is None:
                continue
            form = c14n(target)
        find(reference, "DigestValue").text = base64.b64encode(hashlib.sha256(form).digest()).decode()
    info = find(signature, "SignedInfo")
    value = raw_signature(person(), find(info, "SignatureMethod").get("Algorithm"), c14n(info))
    find(signature, "SignatureValue").text = base64.b64encode(value).decode()


def signing_time_now(signer: XAdESSigner) -> Callable[..., None]:
    def add(properties: etree._Element, **_rest: object) -> None:
        etree.SubElement(properties, f"{X}SigningTime").text = f"{NOW:%Y-%m-%dT%H:%M:%S}+00:00"

    signer.signed_signature_properties_annotators[0] = add
    return add


def set_attribute(name: str, attribute: str, value: str) -> Callable[[etree._Element], None]:
    return lambda root: find(root, name).set(attribute, value)


def remove(name: str) -> Callable[[etree._Element], None]:
    return lambda root: find(root, name).getparent().remove(find(root, name))


def set_text(name: str, text: str) -> Callable[[etree._Element], None]:
    return lambda root: setattr(find(root, name), "text", text)


def reference(number: int) -> Callable[[etree._Element], etree._Element]:
    return lambda root: list(root.iter(f"{D}Reference"))[number]


def transplant(root: etree._Element) -> None:
    other = etree.fromstring(signed(DOCUMENT.replace("1ABCDE2", "9ZZZZZ9")))
    root.replace(find(root, "Signature"), find(other, "Signature"))


def twin_with_same_id(root: etree._Element) -> None:
    root.append(etree.Element("evil", Id=find(root, "SignedProperties").get("Id")))


def wrap_all(root: etree._Element) -> None:
    """The whole signed document inside the evil one's ds:Object, the signature on top."""
    inner = etree.fromstring(etree.tostring(root))
    find(root, "fin").text = "9EVIL99"
    etree.SubElement(find(root, "Signature"), f"{D}Object").append(inner[0])


def move_signature(root: etree._Element) -> None:
    root[0].append(find(root, "Signature"))


def partial(root: etree._Element) -> None:
    root[1].set("Id", "part")
    reference(0)(root).set("URI", "#part")
    transforms = reference(0)(root)[0]
    transforms.remove(transforms[0])


def second_signature(root: etree._Element) -> None:
    other = find(etree.fromstring(signed(kind="P-256")), "Signature")
    for element in other.iter(etree.Element):
        if element.get("Id"):
            element.set("Id", f"s{element.get('Id')}")
    root.append(other)


def twice(root: etree._Element) -> None:
    copy = etree.fromstring(etree.tostring(reference(0)(root)))
    del copy.attrib["Id"]
    find(root, "SignedInfo").append(copy)


def external(uri: str) -> Callable[[etree._Element], None]:
    def add(root: etree._Element) -> None:
        extra = etree.fromstring(etree.tostring(reference(1)(root)))
        extra.set("URI", uri)
        reference(0)(root).getparent().append(extra)

    return add


def add_transform(number: int, algorithm: str) -> Callable[[etree._Element], None]:
    return lambda root: etree.SubElement(
        find(reference(number)(root), "Transforms"), f"{D}Transform", Algorithm=algorithm
    )


def certificate_digest(algorithm: str | None = None, digest: str | None = None) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        holder = find(root, "CertDigest")
        if algorithm:
            holder[0].set("Algorithm", algorithm)
        if digest:
            holder[1].text = digest

    return change


def flood(root: etree._Element) -> None:
    certificate = find(root, "X509Certificate")
    for _ in range(100):
        certificate.addnext(etree.fromstring(etree.tostring(certificate)))


def old_certificate_property(root: etree._Element) -> None:
    etree.SubElement(find(root, "SignedSignatureProperties"), f"{X}SigningCertificate")
