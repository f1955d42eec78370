"""Signature wrapping: whatever is moved, copied or put beside, nothing unsigned is ever read (security §4 D)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import lru_cache

import pytest
from lxml import etree

from gateway.faults import RefusalError
from gateway.xml.namespaces import DS, SOAP11, WSSE, WSU, XMLENC
from tests.unit.gateway.security.material import (
    EVIL,
    LOGIN,
    accept,
    forge,
    refusal,
    system,
    timestamp,
    token,
    username,
    wsa,
)

S = f"{{{SOAP11}}}"
ID = f"{{{WSU}}}Id"


@lru_cache(maxsize=1)
def seed() -> bytes:
    return forge(
        headers=wsa("To", "urn:to") + wsa("MessageID", "urn:uuid:1"),
        security=[timestamp(), token(system()), username(LOGIN)],
        refs=["TS", "Body", "UT", "To", "MessageID"],
    )


def message() -> etree._Element:
    return etree.fromstring(seed())


def find(root: etree._Element, name: str) -> etree._Element:
    return next(root.iter(f"{{*}}{name}"))


def evil_body(ident: str | None) -> etree._Element:
    body = etree.fromstring(
        f'<soap:Body xmlns:soap="{SOAP11}"><q:CheckDocuments xmlns:q="urn:q"><q:number>{EVIL}</q:number>'
        "</q:CheckDocuments></soap:Body>"
    )
    if ident is not None:
        body.set(ID, ident)
    return body


def wrapper(name: str = "Wrapper", namespace: str = "urn:w") -> etree._Element:
    return etree.Element(f"{{{namespace}}}{name}")


def moved_to_header(ident: str | None) -> bytes:
    root = message()
    signed = root[1]
    holder = wrapper()
    root[0].append(holder)
    holder.append(signed)
    root.append(evil_body(ident))
    return etree.tostring(root)


def xsw1() -> bytes:
    """An evil envelope whose signature holds the original one in a ds:Object."""
    root, evil = message(), message()
    evil.replace(evil[1], evil_body("Body"))
    find(evil, "Signature").append(etree.SubElement(find(evil, "Signature"), f"{{{DS}}}Object"))
    find(evil, "Object").append(root)
    return etree.tostring(evil)


def xsw2() -> bytes:
    root, evil = message(), message()
    evil.replace(evil[1], evil_body("Evil"))
    find(evil, "Security").insert(0, root)
    return etree.tostring(evil)


def xsw3() -> bytes:
    root = message()
    root.insert(1, evil_body("Evil"))
    return etree.tostring(root)


def xsw4() -> bytes:
    """The evil Body holds the original one."""
    root = message()
    evil = evil_body("Evil")
    signed = root[1]
    root.replace(signed, evil)
    evil[0].append(signed)
    return etree.tostring(root)


def xsw5() -> bytes:
    root = message()
    signed = copy.deepcopy(root[1])
    find(root, "number").text = EVIL
    root.append(signed)
    return etree.tostring(root)


def xsw6() -> bytes:
    root = message()
    signed = copy.deepcopy(root[1])
    find(root, "number").text = EVIL
    find(root, "Signature").append(signed)
    return etree.tostring(root)


def xsw7() -> bytes:
    root = message()
    signed = root[1]
    root.replace(signed, evil_body("Body"))
    holder = wrapper("Extensions")
    root[0].insert(0, holder)
    holder.append(signed)
    return etree.tostring(root)


def xsw8() -> bytes:
    root = message()
    signed = root[1]
    root.replace(signed, evil_body("Evil"))
    holder = etree.SubElement(find(root, "Signature"), f"{{{DS}}}Object")
    holder.append(signed)
    return etree.tostring(root)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: moved_to_header(None), "SIG.REF.POSITION"),
        (lambda: moved_to_header("Evil"), "SIG.REF.POSITION"),
        (lambda: moved_to_header("Body"), "SIG.ID.DUPLICATE"),
        (xsw1, "SIG.TWO_SIGNATURES"),
        (xsw2, "SEC.HEADER.UNKNOWN"),
        (xsw3, "SOAP.ENVELOPE.CHILDREN"),
        (xsw4, "SIG.REF.POSITION"),
        (xsw5, "SOAP.ENVELOPE.CHILDREN"),
        (xsw6, "SIG.CHILDREN"),
        (xsw7, "SIG.ID.DUPLICATE"),
        (xsw8, "SIG.CHILDREN"),
    ],
    ids=["ancestry", "ancestry-new-id", "ancestry-same-id", *(f"XSW{n}" for n in range(1, 9))],
)
def test_a_wrapped_body_is_refused(make: Callable[[], bytes], reason: str) -> None:
    assert refusal(make()).reason == reason


def replacement(part: etree._Element) -> etree._Element:
    """An evil twin of a signed part, unsigned."""
    twin = copy.deepcopy(part)
    del twin.attrib[ID]
    for leaf in twin.iter():
        if leaf.text and not len(leaf):
            leaf.text = leaf.text.replace("2026-03-01T12", "2026-03-01T13") if "2026" in leaf.text else EVIL
    return twin


@pytest.mark.parametrize("name", ["Timestamp", "UsernameToken", "To", "MessageID"])
@pytest.mark.parametrize("place", ["Header", "Security", "Body", "Envelope", "Signature"])
@pytest.mark.parametrize("evil_first", [True, False])
def test_a_wrapped_header_part_is_refused(name: str, place: str, evil_first: bool) -> None:
    root = message()
    part = find(root, name)
    twin = replacement(part)
    part.getparent().replace(part, twin)
    holder = wrapper()
    holder.append(part)
    target = root if place == "Envelope" else find(root, place)
    target.append(holder) if evil_first else target.insert(0, holder)
    # Header: an unknown block is lawful, what lies in it is not where it must be. Elsewhere the wrapper is too much.
    expected = {
        "Header": "SIG.REF.POSITION",
        "Security": "SEC.HEADER.UNKNOWN",
        "Body": "SOAP.BODY.CHILDREN",
        "Envelope": "SOAP.ENVELOPE.CHILDREN",
        "Signature": "SIG.CHILDREN",
    }[place]
    assert refusal(etree.tostring(root)).reason == expected


@pytest.mark.parametrize(
    "disguise",
    [
        lambda: etree.Element("{urn:w}W", {f"{S}mustUnderstand": "0"}),
        lambda: etree.Element("{urn:w}W", {f"{S}actor": "http://www.w3.org/2003/05/soap-envelope/role/none"}),
        lambda: etree.Element(f"{{{WSSE}}}Security", {f"{S}actor": "urn:other"}),
        lambda: etree.Element(f"{{{WSSE}}}Wrapper"),
        lambda: etree.Element(f"{S}Wrapper"),
        lambda: etree.Element("W"),
    ],
    ids=["mustUnderstand 0", "actor none", "foreign Security", "wsse namespace", "soap namespace", "no namespace"],
)
def test_the_wrapper_may_wear_what_it_likes(disguise: Callable[[], etree._Element]) -> None:
    root = message()
    signed = root[1]
    holder = disguise()
    root[0].append(holder)
    holder.append(signed)
    root.append(evil_body(None))
    assert refusal(etree.tostring(root)).reason == "SIG.REF.POSITION"


@pytest.mark.parametrize(
    "spelling",
    ["{}Id", "{}ID", "{}id", "{}AssertionID", "{urn:x}Id", "{urn:x}ID", "{http://www.w3.org/XML/1998/namespace}id"],
)
@pytest.mark.parametrize("value", ["Body", " Body", "Body\n"])
def test_a_second_element_with_the_id_is_refused_however_it_is_spelt(spelling: str, value: str) -> None:
    root = message()
    root[0].append(etree.Element("{urn:x}other", {spelling.replace("{}", ""): value}))
    assert refusal(etree.tostring(root)).reason == "SIG.ID.DUPLICATE"


@pytest.mark.parametrize("spelling", ["&#66;ody", "Body&#10;", "body", "BODY", "Bo\u0064\u0301y", "Body\u200b"])
def test_an_id_that_only_looks_the_same_is_another_one(spelling: str) -> None:
    data = forge()
    changed = data.replace(b'wsu:Id="Body"', f'wsu:Id="{spelling}"'.encode())
    if spelling == "&#66;ody":
        assert accept(changed).payload.findtext("{urn:q}number") == "AA1234567"
    else:
        assert refusal(changed).reason in {"SIG.REF.NOT_FOUND", "SIG.REF.DIGEST"}


def test_redefining_a_prefix_the_body_uses_is_refused() -> None:
    root = etree.tostring(message())
    assert refusal(
        root.replace(b'<q:CheckDocuments xmlns:q="urn:q"', b'<q:CheckDocuments xmlns:q="urn:evil"')
    ).reason == ("SIG.REF.DIGEST")


# --- the sweep --------------------------------------------------------------------------------------------------------

PARTS = ("Body", "Timestamp", "UsernameToken", "To", "MessageID")


def insertion_points(root: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    for element in root.iter(etree.Element):
        for index in range(len(element) + 1):
            yield element, index


def sweep(part_name: str) -> Iterator[bytes]:
    """The signed part moved to every place of the message, bare or wrapped, an evil twin left where it was."""
    places = sum(1 for _ in insertion_points(message()))
    for number in range(places):
        for wrapped in (False, True):
            for twin_id in ("same", "new", "none"):
                root = message()
                part = find(root, part_name)
                original_id = part.get(ID)
                twin = evil_body(None) if part_name == "Body" else replacement(part)
                if twin_id != "none":
                    twin.set(ID, original_id if twin_id == "same" else "Twin")
                points = list(insertion_points(root))
                target, index = points[number]
                if target is part or part in target.iterancestors():
                    continue
                part.addprevious(twin)
                moved = part
                if wrapped:
                    moved = wrapper()
                    moved.append(part)
                else:
                    part.getparent().remove(part)
                target.insert(index, moved)
                yield etree.tostring(root)


@pytest.mark.parametrize("part", PARTS)
def test_wherever_a_signed_part_is_moved_its_twin_is_never_read(part: str) -> None:
    tried = 0
    for data in sweep(part):
        tried += 1
        try:
            envelope = accept(data)
        except RefusalError:
            continue
        raise AssertionError(f"accepted with twin: {etree.tostring(envelope.payload)!r} {data!r}")
    assert tried > 400


def test_encrypted_copies_are_refused_too() -> None:
    root = message()
    root[0].append(etree.Element(f"{{{XMLENC}}}EncryptedData"))
    assert refusal(etree.tostring(root)).reason == "SEC.ENCRYPTED"
