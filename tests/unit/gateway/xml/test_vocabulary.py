"""A document is parsed by the calling thread only when that leaves nothing new behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from gateway.xml import parser as parser_module
from gateway.xml import vocabulary
from gateway.xml.apart import apart
from gateway.xml.parser import Limits, parse
from gateway.xml.vocabulary import MAX_KNOWN, is_known, learn

KNOWN = b"""<q:a xmlns:q="urn:q" b='1'>
                    <q:c d = "x"/><q:e >text</q:e></q:a >"""


def learnt(document: bytes = KNOWN) -> None:
    is_known(document)
    learn()


def knows(document: bytes) -> bool:
    """Whether a thread that learnt `KNOWN` and nothing else knows all words of `document`."""

    def work() -> bool:
        learnt()
        return is_known(document)

    return apart(work)


@pytest.mark.parametrize(
    "document",
    [
        KNOWN,
        b'<q:a xmlns:q="urn:q" b="another value"><q:e>other text</q:e></q:a>',
        b'<q:c b="1" d="2" xmlns:q="urn:q"/>',
        b"<q:e/>",
        b'<q:e d="&amp;&gt;"/>',
    ],
)
def test_the_same_words_are_known_whatever_the_values(document: bytes) -> None:
    assert knows(document)


@pytest.mark.parametrize(
    "document",
    [
        b"<q:new/>",
        b"<new:a/>",
        b"<a/>",
        b'<q:a new="1"/>',
        b"<q:a new:b='1'/>",
        b'<q:a xmlns:q="urn:new"/>',
        b'<q:a xmlns="urn:q"/>',
        b'<q:a xmlns:new="urn:q"/>',
        b"<q:a>                     <q:c/></q:a>",
        b"<q:a></new>",
        b'<q:a b=">" new="1"/>',
        b"""<q:a b="'" d='>' new=""/>""",
        b"""<q:a b='"' d='"' new=">"/>""",
        b"<q:a><!-- --></q:a>",
        b"<q:a><![CDATA[x]]></q:a>",
        b"<q:a><?x?></q:a>",
        b"<q:a b=new/>",
        b"<q:a new",
        b"text<q:a/>",
        b"<q:a/" + b" " * 32_000 + b">",
    ],
)
def test_a_new_word_or_anything_odd_is_not_known(document: bytes) -> None:
    assert not knows(document)


def test_nothing_is_known_before_a_message_was_verified() -> None:
    def work() -> tuple[bool, bool, bool]:
        before = is_known(KNOWN)
        again = is_known(KNOWN)
        learn()
        return before, again, is_known(KNOWN)

    assert apart(work) == (False, False, True)


def test_only_the_document_asked_about_last_is_learnt() -> None:
    def work() -> tuple[bool, bool]:
        is_known(b"<first/>")
        is_known(b"<!-- --><odd/>")
        learn()
        is_known(b"<second/>")
        learn()
        return is_known(b"<first/>"), is_known(b"<second/>")

    assert apart(work) == (False, True)


def test_what_is_learnt_is_bounded() -> None:
    def work() -> tuple[int, int, bool]:
        learnt()
        for number in range(3 * MAX_KNOWN):
            learnt(b"<n%d/>" % number)
        learnt(b"<" + b"long" * 60 + b"/>")
        return len(vocabulary._own.words), len(vocabulary._own.tags), is_known(KNOWN)

    words, tags, still = apart(work)
    assert words <= MAX_KNOWN
    assert tags <= MAX_KNOWN + 10
    assert still


def test_known_and_unknown_documents_are_parsed_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    for name in ("in_own_dictionary", "in_separate_dictionary"):
        real: Callable[[bytes], etree._Element] = getattr(parser_module, name)

        def spy(utf8: bytes, name: str = name, real: Callable[[bytes], etree._Element] = real) -> etree._Element:
            used.append(name)
            return real(utf8)

        monkeypatch.setattr(parser_module, name, spy)

    def work() -> list[bytes]:
        first = etree.tostring(parse(KNOWN, Limits()))
        learn()
        return [first, etree.tostring(parse(KNOWN, Limits()))]

    first, second = apart(work)
    assert first == second
    assert used == ["in_separate_dictionary", "in_own_dictionary"]


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    "make",
    [
        lambda n: b'<q:e d="value%d"/>' % n,
        lambda n: b"<q:e>text %d</q:e>" % n,
        lambda n: b'<q:e d="%s"/>' % bytes(b" \t\n"[n // 3**k % 3] for k in range(30)),
        lambda n: b"<q:e>x%s</q:e>" % bytes(b" \t\n"[n // 3**k % 3] for k in range(30)),
        lambda n: b'<q:c xml:id="i%d"/>' % n,
    ],
    ids=["value", "text", "blank value", "text with blanks", "xml:id"],
)
def test_values_of_known_documents_leave_nothing_behind(make: Callable[[int], bytes]) -> None:
    def work() -> int:
        learnt(b'<q:a xmlns:q="urn:q"><q:e d="1">x</q:e><q:c xml:id="a"/></q:a>')

        def one(number: int) -> bytes:
            inner = b"".join(make(number * 300 + item) for item in range(300))
            return b'<q:a xmlns:q="urn:q">' + inner + b"</q:a>"

        for number in range(30):
            assert is_known(one(number))
            parse(one(number), Limits())
        before = resident()
        for number in range(30, 330):
            parse(one(number), Limits())
        return resident() - before

    assert apart(work) < 2_500_000  # 90 000 words kept would be 5 MB and more
