"""Changing signed files, and signing them again as the signatory would."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from lxml import etree

from gateway.security.dev_pki import Issued
from gateway.xml.namespaces import DS, XADES
from tests.unit.gateway.security.material import c14n, raw_signature

D, X = f"{{{DS}}}", f"{{{XADES}}}"
Change = Callable[[etree._Element], object]


def find(root: etree._Element, name: str) -> etree._Element:
    """The first element of that local name."""
    return next(root.iter(f"{{*}}{name}"))


def sign_again(root: etree._Element, signer: Issued) -> None:
    """Compute every digest and the value anew."""
    signature = find(root, "Signature")
    for reference in signature.iter(f"{D}Reference"):
        uri = reference.get("URI")
        if uri == "":
            parent = signature.getparent()
            index = parent.index(signature)
            parent.remove(signature)
            form = c14n(root)
            parent.insert(index, signature)
        else:
            target = next((e for e in root.iter(etree.Element) if e.get("Id") == (uri or "#")[1:]), None)
            if target is None:
                continue
            form = c14n(target)
        value = next((e for e in reference if e.tag == f"{D}DigestValue"), None)
        if value is not None:
            value.text = base64.b64encode(hashlib.sha256(form).digest()).decode()
    info = find(signature, "SignedInfo")
    made = raw_signature(signer, find(info, "SignatureMethod").get("Algorithm"), c14n(info))
    find(signature, "SignatureValue").text = base64.b64encode(made).decode()


def reference(number: int) -> Callable[[etree._Element], etree._Element]:
    return lambda root: list(root.iter(f"{D}Reference"))[number]


def set_text(name: str, text: str) -> Change:
    return lambda root: setattr(find(root, name), "text", text)


def set_attribute(name: str, attribute: str, value: str) -> Change:
    return lambda root: find(root, name).set(attribute, value)


def remove(name: str) -> Change:
    return lambda root: find(root, name).getparent().remove(find(root, name))


def append(name: str, tag: str, **attributes: str) -> Change:
    return lambda root: etree.SubElement(find(root, name), tag, attributes)
