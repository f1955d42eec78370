"""The hardened parser: what it refuses, for which reason, and at what cost (security §4 A)."""

from __future__ import annotations

import codecs
import time

import pytest
from lxml import etree

from gateway.faults import RefusalError
from gateway.xml.parser import Limits, leaf_text, parse, parse_trusted

SMALL = Limits(size=100_000, depth=8, attributes=4, namespaces=4, elements=20, text=200, file_text=1000)


def refusal(data: bytes, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(RefusalError) as caught:
        parse(data, limits or Limits())
    return caught.value.code.removeprefix("client.xml."), caught.value.reason


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 20))


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE x><x/>",
        b' \n<!-- c --><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "v">]><x>&e;</x>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]><x/>',
        b'<!DOCTYPE x [<!ATTLIST x Id ID "Body">]><x/>',
        codecs.BOM_UTF8 + b"<!DOCTYPE x><x/>",
        codecs.BOM_UTF16_LE + "<!DOCTYPE x><x/>".encode("utf-16-le"),
        b"<!DOCTYPE x ["
        + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 20))
        + b"]><x>&l19;</x>",
        b'<!DOCTYPE x [<!ENTITY e "' + b"a" * 100_000 + b'">]><x>' + b"&e;" * 1000 + b"</x>",
    ],
    ids=["bare", "system", "entity", "parameter", "attlist", "utf8-mark", "utf16", "laughs", "quadratic"],
)
def test_a_document_type_is_refused_at_once(data: bytes) -> None:
    started = time.process_time()
    assert refusal(data) == ("forbidden", "XML.DTD")
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml-stylesheet href='http://127.0.0.1:9/'?><x/>",
        b"<x><?php echo 1 ?></x>",
        b"<x/><?end?>",
        b"<!-- --><?a?><x/>",
        b"<x>a<?b?>c</x>",
    ],
)
def test_an_instruction_is_refused(data: bytes) -> None:
    assert refusal(data) == ("forbidden", "XML.PI")


@pytest.mark.parametrize(
    "data", [b"<x>ad<!-- -->min</x>", b"<x><!-- -->admin</x>", b"<x><y/>text<!-- --></x>", b"<x><!-- --></x>"]
)
def test_a_comment_within_a_text_is_refused(data: bytes) -> None:
    assert refusal(data) == ("forbidden", "XML.COMMENT.IN_TEXT")


@pytest.mark.parametrize(
    "data",
    [b"<!-- a --><x><!-- b --><y/> <!-- c --></x><!-- d -->", b"<x><![CDATA[<!-- ]]></x>", b"<x><![CDATA[<?a?>]]></x>"],
)
def test_comments_between_elements_and_marks_in_cdata_are_accepted(data: bytes) -> None:
    assert parse(data, Limits()).tag == "x"


LIAR = codecs.BOM_UTF16_LE + '<?xml version="1.0" encoding="utf-8"?><x/>'.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x+AD4-', "encoding", "XML.ENCODING.DECLARED"),
        (b'<?xml version="1.0" encoding="UTF-7"?><x>+ADw-b/+AD4-</x>', "encoding", "XML.ENCODING.DECLARED"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><x/>', "encoding", "XML.ENCODING.DECLARED"),
        (b'<?xml version="1.0" encoding="GB18030"?><x/>', "encoding", "XML.ENCODING.DECLARED"),
        (b'<?xml version="1.0" encoding="utf-16"?><x/>', "encoding", "XML.ENCODING.DECLARED"),
        (LIAR, "encoding", "XML.ENCODING.DECLARED"),
        (codecs.BOM_UTF32_LE + "<x/>".encode("utf-32-le"), "encoding", "XML.ENCODING.UTF32"),
        (codecs.BOM_UTF32_BE + "<x/>".encode("utf-32-be"), "encoding", "XML.ENCODING.UTF32"),
        ("<x/>".encode("utf-16-le"), "encoding", "XML.ENCODING.NO_BOM"),
        ("<x/>".encode("utf-32-be"), "encoding", "XML.ENCODING.NO_BOM"),
        ("<?xml version='1.0' encoding='cp500'?><x/>".encode("cp500"), "malformed", "XML.NO_ROOT"),
        (codecs.BOM_UTF16_LE + b"<\x00x", "malformed", "XML.ENCODING.BYTES"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8<\x00", "malformed", "XML.ENCODING.BYTES"),
        (b'<?xml version="1.1"?><x/>', "malformed", "XML.VERSION"),
        (b"<?xml encoding='utf-8'?><x/>", "malformed", "XML.DECLARATION"),
        (b'<?xml version="1.0" encoding="utf-8" evil="1"?><x/>', "malformed", "XML.DECLARATION"),
        (b"", "malformed", "XML.NO_ROOT"),
        (b" \n", "malformed", "XML.NO_ROOT"),
        (b"text", "malformed", "XML.NO_ROOT"),
        (b"{}", "malformed", "XML.NO_ROOT"),
        (b"<!-- -- --><x/>", "malformed", "XML.SYNTAX"),
        (b"<x", "malformed", "XML.SYNTAX"),
        (b"<x></y>", "malformed", "XML.SYNTAX"),
        (b"<x/>trailing", "malformed", "XML.SYNTAX"),
        (b"<x/><y/>", "malformed", "XML.SYNTAX"),
        (b"<x/>\x00", "malformed", "XML.SYNTAX"),
        (b"<x>abc\x00</x>", "malformed", "XML.SYNTAX"),
        (b"<x>\x08</x>", "malformed", "XML.SYNTAX"),
        (b"<x>&#0;</x>", "malformed", "XML.SYNTAX"),
        (b"<x>&#xFFFE;</x>", "malformed", "XML.SYNTAX"),
        (b"<x>\xff</x>", "malformed", "XML.SYNTAX"),
        (b"<x>\xc0\xaf</x>", "malformed", "XML.SYNTAX"),
        (b"<x>\xed\xa0\x80</x>", "malformed", "XML.SYNTAX"),
        (b"<x>\xef\xbf\xbe</x>", "malformed", "XML.SYNTAX"),
        (b"<x>&unknown;</x>", "malformed", "XML.SYNTAX"),
        (b"<p:x/>", "malformed", "XML.SYNTAX"),
        (b'<x a="1" a="2"/>', "malformed", "XML.SYNTAX"),
        (b'<x xmlns:p="u" xmlns:q="u" p:a="1" q:a="2"/>', "malformed", "XML.SYNTAX"),
        (b'<x xmlns:xml="urn:x"/>', "malformed", "XML.SYNTAX"),
        (b'<x xmlns:xmlns="urn:x"/>', "malformed", "XML.SYNTAX"),
        (b'<x xmlns:p=""/>', "malformed", "XML.SYNTAX"),
        (b"<" + b"n" * 100_000 + b"/>", "malformed", "XML.SYNTAX"),
        (b"<x " + b"n" * 100_000 + b"='1'/>", "malformed", "XML.SYNTAX"),
        (b"<" + b"p" * 100_000 + b":x/>", "malformed", "XML.SYNTAX"),
        (b"<a>" * 30_000, "malformed", "XML.SYNTAX"),
    ],
)  # fmt: skip
def test_what_is_no_lawful_xml_is_refused(data: bytes, place: str, reason: str) -> None:
    assert refusal(data) == (place, reason)


@pytest.mark.parametrize("depth", [300, 5_000, 15_000])
def test_deep_nesting_is_refused_cheaply(depth: int) -> None:
    started = time.process_time()
    assert refusal(b"<a>" * depth + b"</a>" * depth)[0] in {"malformed", "limit"}
    assert time.process_time() - started < 0.1


def nested(levels: int) -> bytes:
    return b"<a>" * levels + b"</a>" * levels


@pytest.mark.parametrize(
    ("lawful", "too_much", "reason"),
    [
        (nested(8), nested(9), "DEPTH"),
        (b'<a w="" x="" y="" z=""/>', b'<a v="" w="" x="" y="" z=""/>', "ATTRIBUTES"),
        (
            b"<a>" + b"".join(b'<b xmlns:p%d="u"/>' % n for n in range(4)) + b"</a>",
            b"<a>" + b"".join(b'<b xmlns:p="u%d"/>' % n for n in range(5)) + b"</a>",
            "NAMESPACES",
        ),
        (b"<a>" + b"<b/>" * 19 + b"</a>", b"<a>" + b"<b/>" * 20 + b"</a>", "ELEMENTS"),
        (b"<a>" + b"t" * 200 + b"</a>", b"<a>" + b"t" * 201 + b"</a>", "TEXT"),
        (b'<a b="' + b"t" * 200 + b'"/>', b'<a b="' + b"t" * 201 + b'"/>', "ATTRIBUTE"),
        (
            b"<a><signedApplication>" + b"t" * 1000 + b"</signedApplication></a>",
            b"<a><signedApplication>" + b"t" * 1001 + b"</signedApplication></a>",
            "TEXT",
        ),
        (b"<a>" + b" " * 200 + b"</a>" + b" " * 99_793, b"<a>" + b" " * 200 + b"</a>" + b" " * 99_794, "SIZE"),
    ],
    ids=["depth", "attributes", "namespaces", "elements", "text", "attribute text", "file", "size"],
)  # fmt: skip
def test_each_limit_is_exact(lawful: bytes, too_much: bytes, reason: str) -> None:
    assert parse(lawful, SMALL) is not None
    assert refusal(too_much, SMALL) == ("limit", f"XML.LIMIT.{reason}")


def test_words_that_only_look_like_declarations_count_for_nothing() -> None:
    assert parse(b"<a>" + b"xmlns:p= " * 20 + b"</a>", SMALL).tag == "a"


@pytest.mark.parametrize(
    "data",
    [
        b"<a " + b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(3000)) + b">" + b"<b/>" * 300 + b"</a>",
        b"<a>" + b"<b/>" * 250_000 + b"</a>",
        b"<a " + b" ".join(b'n%d=""' % n for n in range(10_000)) + b"/>",
        b"<a>" + b"<!-- -->" * 250_000 + b"</a>",
    ],
    ids=["namespace flood", "element flood", "attribute flood", "comment flood"],
)
def test_floods_are_refused_within_a_third_of_a_second(data: bytes) -> None:
    started = time.process_time()
    assert refusal(data)[0] == "limit"
    assert time.process_time() - started < 0.3


def test_a_text_beyond_what_any_element_may_hold_is_refused() -> None:
    assert refusal(b"<a>" + b"t" * 11_000_000 + b"</a>", Limits(size=20_000_000, text=20_000_000)) == (
        "malformed",
        "XML.SYNTAX",
    )


@pytest.mark.parametrize("written", ['xmlns:q="urn:a&amp;b"', "xmlns='urn:a&amp;b'", 'xmlns:q = "urn:&#38;"'])
def test_a_namespace_whose_canonical_form_is_ambiguous_is_refused(written: str) -> None:
    assert refusal(f"<a><b {written}/></a>".encode()) == ("malformed", "XML.NAMESPACE")
    assert parse(f"<a><![CDATA[<b {written}/>]]></a>".encode(), Limits()).tag == "a"


@pytest.mark.parametrize("character", ["&quot;", "&lt;", ">", " ", "&#10;", "&#9;"])
def test_a_namespace_cannot_pass_for_markup_in_a_canonical_form(character: str) -> None:
    assert refusal(f'<q:a xmlns:q="urn:q{character}x"/>'.encode())[0] == "malformed"
    assert refusal(f'<a xmlns="urn:q{character}x"/>'.encode())[0] == "malformed"


def test_references_to_other_documents_stay_text() -> None:
    root = parse(
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:s="http://www.w3.org/2001/XMLSchema-instance" '
        b's:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"><xi:include href="file:///etc/passwd"/></a>',
        Limits(),
    )
    assert len(root) == 1
    assert root[0].text is None


def test_the_text_of_a_leaf_is_whole_or_refused() -> None:
    root = etree.fromstring("<r><a>text</a><b/><c>x<d/>y</c><e>ad<!-- -->min</e><f>x<?y?></f></r>")
    assert leaf_text(root[0]) == "text"
    assert leaf_text(root[1]) == ""
    for element in root[2:]:
        with pytest.raises(RefusalError) as caught:
            leaf_text(element)
        assert (caught.value.code, caught.value.reason) == ("client.contract.invalid", "XML.LEAF")


def test_our_own_documents_are_parsed_without_limits_but_not_without_care() -> None:
    assert parse_trusted(b'<?xml version="1.0" encoding="UTF-8"?>' + nested(100)).tag == "a"
    for bad in (b"<!DOCTYPE x><x/>", b"<x", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"):
        with pytest.raises(ValueError, match="Our own document"):
            parse_trusted(bad)
