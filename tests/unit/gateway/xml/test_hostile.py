"""What a stranger can make the parser do: work in proportion to the document's length, and never too long a text.

Each document is parsed in several sizes, so that a cost that grows faster than the size is seen on slow machines and
on quick ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.faults import RefusalError
from gateway.xml import parser as parser_module
from gateway.xml.c14n import canonical
from gateway.xml.parser import BULK, Limits, parse

SECONDS = 1.5
"""CPU time for a document of 1 to 5 MB; the slowest takes a third of this on a slow machine."""


def filled(before: bytes, piece: bytes, after: bytes, size: int) -> bytes:
    """A document of `size` bytes, or of as many pieces as the limits of elements let in."""
    most = 2 * BULK.elements // max(1, piece.count(b"<"))
    return before + piece * min(size // len(piece), most) + after


def numbered(before: bytes, piece: bytes, after: bytes, size: int) -> bytes:
    return before + b" ".join(piece % n for n in range(size // (len(piece) + 4))) + after


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "comments between elements": partial(filled, b"<a><b/>", b"<!---->\n", b"</a>"),
    "comments side by side": partial(filled, b"<a><b/>", b"<!---->", b"</a>"),
    "comments with elements": partial(filled, b"<a>", b"<!---->\n<b/>", b"</a>"),
    "comments, a text at the end": partial(filled, b"<a><b/>", b"<!---->\n", b"text</a>"),
    "comments and texts": partial(filled, b"<a>", b"<b/><!---->t", b"</a>"),
    "comments and texts in each": partial(filled, b"<a>", b"<b><c/><!---->t</b>", b"</a>"),
    "comments below 60 levels": partial(filled, b"<a>" * 60, b"<!---->\n", b"<b/>" + b"</a>" * 60),
    "comments before the root": partial(filled, b"", b"<!---->\n", b"<a/>"),
    "comments behind the root": partial(filled, b"<a/>", b"<!---->\n", b""),
    "comments only": partial(filled, b"", b"<!---->\n", b""),
    "one long comment": partial(filled, b"<!--", b"x", b"--><a/>"),
    "one comment of dashes": partial(filled, b"<!--", b"- ", b"--><a/>"),
    "a comment without end": partial(filled, b"<!--", b"-x", b""),
    "instructions": partial(filled, b"<a>", b"<?x?>", b"</a>"),
    "instructions with elements": partial(filled, b"<a>", b"<?x?><b/>", b"</a>"),
    "instructions behind the root": partial(filled, b"<a/>", b"<?x?>", b""),
    "attributes": partial(numbered, b"<a ", b'n%d=""', b"/>"),
    "attributes with a prefix": partial(numbered, b'<a xmlns:p="urn:p" ', b'p:n%d=""', b"/>"),
    "too many attributes, often": partial(
        filled, b"<a>", b"<b " + b" ".join(b'n%d=""' % n for n in range(65)) + b"/>", b"</a>"
    ),
    "namespaces": partial(numbered, b"<a ", b'xmlns:n%d="urn:n"', b"/>"),
    "namespaces again and again": partial(filled, b"<a>", b'<b xmlns:n="urn:n"/>', b"</a>"),
    "names below 60 namespaces": partial(
        filled, b"".join(b'<a xmlns:n%d="urn:%d">' % (n, n) for n in range(60)), b'<n0:b n1:c=""/>', b"</a>" * 60
    ),
    "no namespaces in a text": partial(filled, b"<a>&amp;", b"xmlns", b"</a>"),
    "no namespaces in texts": partial(filled, b"<a>&amp;", b"<b/>" + b'xmlns="' * 400, b"</a>"),
    "blanks": partial(filled, b"<a>", b" \n", b"</a>"),
    "blanks before the root": partial(filled, b"", b" \n", b"<a/>"),
    "blanks between elements": partial(filled, b"<a>", b"<b/>" + b" " * 20, b"</a>"),
    "blanks in the declaration": partial(filled, b"<?xml", b" ", b"?><a/>"),
    "ampersands": partial(filled, b"<a>", b"&amp;", b"</a>"),
    "ampersands in an attribute": partial(filled, b'<a b="', b"&amp;", b'"/>'),
    "bare ampersands": partial(filled, b"<a>", b"&", b"</a>"),
    "character references": partial(filled, b"<a>", b"&#65;", b"</a>"),
    "CDATA": partial(filled, b"<a>", b"<![CDATA[x]]>", b"</a>"),
    "CDATA with elements": partial(filled, b"<a>", b"<![CDATA[x]]><b/>", b"</a>"),
    "CDATA of brackets": partial(filled, b"<a><![CDATA[", b"]]", b"]]></a>"),
    "long names": partial(filled, b"<a>", b"<" + b"n" * 40_000 + b"/>", b"</a>"),
    "many names": lambda size: b"<a>" + b"".join(b"<n%d/>" % n for n in range(size // 9)) + b"</a>",
    "60 levels, often": partial(filled, b"<a>", b"<b>" * 60 + b"</b>" * 60, b"</a>"),
}


def cost(data: bytes) -> float:
    started = time.process_time()
    try:
        canonical(parse(data, BULK), ("#default", "n0"))
    except RefusalError as error:
        assert error.code.startswith("client.xml.")  # noqa: PT017 - both outcomes are lawful
    return time.process_time() - started


@pytest.mark.parametrize("name", HOSTILE)
def test_no_document_costs_more_than_its_length(name: str) -> None:
    for size in (80_000, 1_250_000, 2_500_000, 4_900_000):
        spent = cost(HOSTILE[name](size))
        assert spent < (0.2 if size < 100_000 else SECONDS), size


def test_200_000_comments_within_the_limits_are_accepted_in_time() -> None:
    data = b"<a><b/>" + b"<!---->\n" * 200_000 + b"</a>"
    assert cost(data) < SECONDS
    assert len(parse(data, BULK)) == 200_001


SMALL = Limits(text=20, file_text=60)
TAGS = ["<b/>", "<b>", "</b>", "<b c='", "'/>", "<signedApplication>", "</signedApplication>", "<!--", "-->"]
TEXTS = ["t" * 9, "t" * 21, " " * 21, "ə" * 20, "&lt;" * 6]
CDATA = ["<![CDATA[", "<", "]]>", "<![CDATA[" + "tttt<" * 6 + "]]>"]
PIECES = st.sampled_from([*TAGS, *TEXTS, *CDATA])


@given(st.lists(PIECES, max_size=12).map(lambda pieces: f"<a>{''.join(pieces)}</a>".encode()))
def test_looking_for_long_texts_in_the_bytes_never_hides_one(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patched:
        quick = outcome(data)
        patched.setattr(parser_module, "has_short_texts", lambda _utf8, _limit: False)
        assert outcome(data) == quick


def outcome(data: bytes) -> str:
    try:
        parse(data, SMALL)
    except RefusalError as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "text",
    [
        b"<![CDATA[" + b"<x" * 2_000_000 + b"]]>",
        b"<![CDATA[" + (b"x" * 400_000 + b"<") * 4 + b"]]>",
        b"x" * 600_000 + b"<![CDATA[<" + b"x" * 600_000 + b"]]>",
    ],
    ids=["4 MB", "1.6 MB with a mark here and there", "CDATA behind a text"],
)
def test_a_mark_in_cdata_does_not_make_a_long_text_short(text: bytes) -> None:
    with pytest.raises(RefusalError) as caught:
        parse(b"<a>" + text + b"</a>", Limits(elements=2_000_000))
    assert caught.value.reason == "XML.LIMIT.TEXT"
