"""Bending messages: small changes to a tree, by the local names of its elements."""

from __future__ import annotations

import copy
from collections.abc import Callable

from lxml import etree

from gateway.xml.namespaces import DS, EXC_C14N, SOAP11, WSA, WSSE, WSU, X509_V3

Change = Callable[[etree._Element], object]
Q = f"{{{DS}}}"
S = f"{{{SOAP11}}}"
ID = f"{{{WSU}}}Id"
STR_ATTRIBUTES = f'xmlns:wsse="{WSSE}"'


def element(text: str) -> etree._Element:
    names = f'xmlns:soap="{SOAP11}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:ds="{DS}" xmlns:wsa="{WSA}"'
    return etree.fromstring(f"<r {names}>{text}</r>")[0]


def find(root: etree._Element, name: str) -> etree._Element:
    """The first element of that local name."""
    return next(root.iter(f"{{*}}{name}"))


def put(path: str, text: str, index: int | None = None) -> Change:
    """Put an element into the first one named `path`."""

    def change(root: etree._Element) -> None:
        parent = root if path == "Envelope" else find(root, path)
        parent.append(element(text)) if index is None else parent.insert(index, element(text))

    return change


def drop(name: str) -> Change:
    return lambda root: find(root, name).getparent().remove(find(root, name))


def set_text(name: str, text: str) -> Change:
    return lambda root: setattr(find(root, name), "text", text)


def change_text(name: str, change: Callable[[str], str]) -> Change:
    return lambda root: setattr(find(root, name), "text", change(find(root, name).text or ""))


def move(name: str, to: str, index: int | None = None) -> Change:
    def change(root: etree._Element) -> None:
        part = find(root, name)
        part.getparent().remove(part)
        target = root if to == "Envelope" else find(root, to)
        target.append(part) if index is None else target.insert(index, part)

    return change


def comment_in(name: str, node: Callable[[], etree._Element] = lambda: etree.Comment("x")) -> Change:
    """Cut the text of a leaf in two by a comment or an instruction."""

    def change(root: etree._Element) -> None:
        found = find(root, name)
        text = found.text or ""
        found.text = text[:3]
        inserted = node()
        inserted.tail = text[3:]
        found.append(inserted)

    return change


def twin_of(part: etree._Element, evil: str) -> etree._Element:
    """An unsigned copy that says another thing."""
    twin = copy.deepcopy(part)
    twin.attrib.pop(ID, None)
    for leaf in twin.iter(etree.Element):
        name = etree.QName(leaf).localname
        if len(leaf) or not (leaf.text or "").strip():
            continue
        if name in {"Created", "Expires"}:
            leaf.text = leaf.text.replace("T", "T", 1)[:-4] + "59Z"
        elif name in {"number", "Username", "To", "Action", "MessageID", "Address", "BinarySecurityToken"}:
            leaf.text = evil
    return twin


def transforms(*algorithms: str, inner: str = "") -> str:
    """A ds:Transforms."""
    each = "".join(f'<ds:Transform Algorithm="{a}">{inner}</ds:Transform>' for a in algorithms)
    return f"<ds:Transforms>{each}</ds:Transforms>"


def prefixes(words: str) -> str:
    return f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="{words}"/>'


def str_(inner: str, attributes: str = "") -> str:
    """A wsse:SecurityTokenReference."""
    return f"<wsse:SecurityTokenReference {attributes}>{inner}</wsse:SecurityTokenReference>"


def direct(uri: str, kind: str = X509_V3) -> str:
    return f'<wsse:Reference URI="{uri}" ValueType="{kind}"/>'
