"""Both readers of a Signature, of its octets and of its parts, say the same of whatever the quicker one takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.faults import RefusalError
from gateway.security import profile, token
from gateway.security.algorithms import DIGESTS, SIGNATURES
from gateway.security.signature_in_place import read_in_place
from gateway.xml.namespaces import DS, EXC_C14N, WSSE, X509_V3
from gateway.xml.parser import Document, Limits, read

INFO = (
    f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}"></ds:CanonicalizationMethod>'
    f'<ds:SignatureMethod Algorithm="{next(iter(SIGNATURES))}"></ds:SignatureMethod>'
    f'<ds:Reference URI="#Body"><ds:Transforms><ds:Transform Algorithm="{EXC_C14N}"></ds:Transform></ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{next(iter(DIGESTS))}"></ds:DigestMethod><ds:DigestValue>YWJj</ds:DigestValue>'
    "</ds:Reference>"
)
COMMON = (
    f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>{INFO}</ds:SignedInfo>'
    "<ds:SignatureValue>YWJj</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>"
    f'<wsse:Reference URI="#T" ValueType="{X509_V3}"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>'
)
CHANGES = (
    ("<ds:SignedInfo>", f'<ds:SignedInfo xmlns:ds="{DS}">'),
    ("<ds:SignedInfo>", '<ds:SignedInfo xmlns:ds="urn:other">'),
    ("<ds:SignedInfo>", '<ds:SignedInfo Id="I">'),
    ("<ds:SignedInfo>", "<ds:SignedInfo >"),
    ("<ds:SignedInfo>", "<ds:SignedInfo>\n "),
    ("></ds:SignatureMethod>", "/>"),
    ("#Body", "#B&amp;C"),
    (f' xmlns:ds="{DS}"', ""),
    (f' xmlns:ds="{DS}"', f' xmlns:ds="{DS}" Id="S"'),
    (f' xmlns:ds="{DS}"', f' xmlns:ds="{DS}" xmlns:wsse="urn:other"'),
    (f' xmlns:ds="{DS}"', f" xmlns:ds='{DS}'"),
    ("</ds:SignedInfo>", "</ds:SignedInfo>text"),
    ("</ds:SignedInfo>", "</ds:SignedInfo>\n"),
    ("</ds:SignedInfo>", "</ds:SignedInfo><ds:Object/>"),
    (">YWJj</ds:SignatureValue>", "> YW\nJj </ds:SignatureValue>"),
    (">YWJj</ds:SignatureValue>", ">YWJ</ds:SignatureValue>"),
    (">YWJj</ds:SignatureValue>", "></ds:SignatureValue>"),
    (">YWJj</ds:SignatureValue>", ">AB==</ds:SignatureValue>"),
    (">YWJj</ds:SignatureValue>", f">{'YWJj' * 400}</ds:SignatureValue>"),
    ("YWJj</ds:SignatureValue>", "YW<!-- -->Jj</ds:SignatureValue>"),
    ("YWJj</ds:SignatureValue>", "<![CDATA[YWJj]]></ds:SignatureValue>"),
    ("<ds:SignatureValue>", '<ds:SignatureValue Id="V">'),
    ("<ds:KeyInfo>", '<ds:KeyInfo Id="K">'),
    ("<ds:KeyInfo>", "<ds:KeyInfo>\t"),
    ("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName/>"),
    ("<wsse:SecurityTokenReference>", '<wsse:SecurityTokenReference xmlns:wsse="urn:other">'),
    ("<wsse:SecurityTokenReference>", "<wsse:SecurityTokenReference>text"),
    ("/></wsse:Sec", "></wsse:Reference></wsse:Sec"),
    ("/></wsse:Sec", "/><wsse:Reference/></wsse:Sec"),
    ("#T", ""),
    ("#T", "#"),
    ("#T", "#&#84;"),
    (f' ValueType="{X509_V3}"', ""),
    (f' ValueType="{X509_V3}"', f' ValueType="{X509_V3}v1"'),
    ("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>"),
)
AROUND = st.sampled_from(
    [
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:ds="{DS}">%s</wsse:Security>',
        f'<s:Security xmlns:s="{WSSE}" xmlns:wsse="{WSSE}" xmlns:ds="{DS}">%s</s:Security>',
        f'<s:Security xmlns:s="{WSSE}" xmlns:wsse="urn:other" xmlns:ds="{DS}">%s</s:Security>',
    ]
)
BEFORE = st.sampled_from(
    [
        "",
        "<!-- x -->",
        f"<!-- {COMMON.replace('YWJj', 'AAAA').replace('--', '')} -->",
        COMMON.replace(DS, "urn:other"),
        f"<a><![CDATA[{COMMON.replace('YWJj', 'AAAA')}]]></a>",
        f'<ds:SignedInfo xmlns:ds="{DS}"/>',
    ]
)
SIGNATURES_WRITTEN = st.lists(st.sampled_from(CHANGES), max_size=2).map(
    lambda changes: _changed(COMMON, changes) if changes else COMMON
)


def _changed(text: str, changes: list[tuple[str, str]]) -> str:
    for before, after in changes:
        text = text.replace(before, after, 1)
    return text


def written(text: str, around: str = f'<wsse:Security xmlns:wsse="{WSSE}">%s</wsse:Security>') -> Document:
    return read((around % text).encode(), Limits())


def signature_of(document: Document) -> etree._Element:
    return next(document.root.iter(f"{{{DS}}}Signature"))


def meaning(signature: etree._Element, document: Document | None) -> tuple[object, ...] | str:
    try:
        form = profile.read_signature(signature, document=document)
        uri = form.token_uri or token._direct_reference(form.key_info)
    except RefusalError as error:
        return f"{error.code} {error.reason}"
    assert form.key_info.getparent() is signature
    return form.signed_info, form.method, form.value, form.references, uri


@given(SIGNATURES_WRITTEN, BEFORE, AROUND)
def test_what_is_read_from_the_octets_is_what_the_parts_say(text: str, before: str, around: str) -> None:
    try:
        document = written(before + text, around)
    except RefusalError:
        return
    signature = next(document.root.iter(f"{{{DS}}}Signature"), None)
    if signature is not None:
        assert meaning(signature, document) == meaning(signature, None)


@pytest.mark.parametrize("info", ["<ds:SignedInfo>", f'<ds:SignedInfo xmlns:ds="{DS}">'])
def test_the_common_way_is_read_from_the_octets(info: str) -> None:
    document = written(COMMON.replace("<ds:SignedInfo>", info))
    found = read_in_place(document, signature_of(document))
    assert found is not None
    assert (found.value, found.token_uri) == ("YWJj", "#T")
    assert found.signed_info == etree.tostring(signature_of(document)[0], method="c14n", exclusive=True)


@pytest.mark.parametrize(
    "change", [each for each in CHANGES if each[1].endswith(('Id="S"', "'", "text", "<ds:KeyName/>", 'urn:other"'))]
)
def test_any_other_way_is_left_to_the_reader_of_parts(change: tuple[str, str]) -> None:
    document = written(
        _changed(COMMON, [change]), f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:ds="{DS}">%s</wsse:Security>'
    )
    assert read_in_place(document, signature_of(document)) is None
