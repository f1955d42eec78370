"""Exclusive canonical form in place: right, and never dependent on what was read before."""

from __future__ import annotations

import secrets
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.faults import RefusalError
from gateway.xml import c14n
from gateway.xml.apart import apart
from gateway.xml.c14n import canonical
from gateway.xml.parser import Limits, parse

DOCUMENT = b"""<a xmlns="urn:d" xmlns:x="urn:x" xmlns:unused="urn:u"><!-- c -->
  <x:b z="2" x:y="&lt;&quot;" a='1'  xmlns:x="urn:x"><c/>t&#13;&gt;<![CDATA[<]]></x:b>
</a>"""


def test_the_form_of_an_inner_element_is_that_of_the_standard() -> None:
    root = parse(DOCUMENT, Limits())
    rest = b' xmlns:x="urn:x" a="1" z="2" x:y="&lt;&quot;"><c xmlns="urn:d"></c>t&#xD;&gt;&lt;</x:b>'
    assert canonical(root[1]) == b"<x:b" + rest
    assert canonical(root[1], ("unused",)) == b'<x:b xmlns:unused="urn:u"' + rest
    assert canonical(root[1], ("#default",)) == (
        b'<x:b xmlns="urn:d" xmlns:x="urn:x" a="1" z="2" x:y="&lt;&quot;"><c></c>t&#xD;&gt;&lt;</x:b>'
    )


def test_canonicalising_leaves_the_tree_as_it_was() -> None:
    root = parse(DOCUMENT, Limits())
    before = etree.tostring(root)
    for element in root.iter(etree.Element):
        canonical(element, ("#default", "x"))
    assert etree.tostring(root) == before
    assert root[1].getparent() is root


@pytest.mark.parametrize("words", [("#default",), ("x",), ("unused", "#default"), ("never-seen-anywhere",), ("x", "x")])
def test_the_form_does_not_depend_on_the_history_of_the_thread(words: tuple[str, ...]) -> None:
    def fresh() -> bytes:
        return canonical(parse(DOCUMENT, Limits())[1], words)

    def primed() -> bytes:
        etree.fromstring(f'<q xmlns:a="#default" xmlns:b="{words[0]}" {words[-1].strip("#")}="1"/>')
        return fresh()

    def hostile() -> bytes:
        parse(b'<q xmlns:p="#default"/>', Limits())
        return fresh()

    def elsewhere() -> bytes:
        root = parse(DOCUMENT, Limits())
        return apart(lambda: canonical(root[1], words))

    expected = apart(fresh)
    assert ("#default" in words) == (b'xmlns="urn:d" xmlns' in expected)
    assert apart(primed) == apart(hostile) == apart(elsewhere) == fresh() == expected


def test_many_words_of_strangers_change_neither_form_nor_memory() -> None:
    def work() -> tuple[bytes, bytes, int]:
        root = parse(DOCUMENT, Limits())
        first = canonical(root[1], ("unused",))
        for _ in range(100):
            canonical(root[1], [f"w{secrets.token_hex(8)}" for _ in range(16)])
        return first, canonical(root[1], ("unused", "#default")), len(c14n._known.words)

    first, last, known = apart(work)
    assert b"xmlns:unused" in first
    assert last.startswith(b'<x:b xmlns="urn:d" xmlns:unused="urn:u"')
    assert known <= 256


@pytest.mark.parametrize(
    "word", ["a:b", '"', "<x/>", "&amp;", "&#35;default", "p'q", "[", "%", "{x}", "//[", "1a", "-"]
)
def test_words_that_can_be_no_prefix_change_nothing(word: str) -> None:
    root = parse(DOCUMENT, Limits())
    assert apart(lambda: canonical(root[1], (word,))) == canonical(root[1])


@given(st.characters(exclude_categories=["Cs"]), st.characters(exclude_categories=["Cs"]))
def test_any_word_at_all_has_the_effect_it_should(first: str, second: str) -> None:
    word = first + second
    try:
        root = parse(f'<a xmlns:{word}="urn:e"><b/></a>'.encode(), Limits())
    except RefusalError:
        root = parse(b"<a><b/></a>", Limits())
    declared = next(iter(root.nsmap), None)
    expected = f'<b xmlns:{declared}="urn:e"></b>' if declared == word else "<b></b>"
    assert canonical(root[0], (word,)).decode() == expected
    assert apart(lambda: canonical(root[0], (word,))).decode() == expected


@pytest.mark.parametrize("word", ["ə", "Ё", "şəhər", "前缀", "w" * 500])
def test_a_prefix_of_any_script_has_its_effect_in_a_fresh_thread(word: str) -> None:
    root = parse(f'<a xmlns:{word}="urn:e"><b/></a>'.encode(), Limits())
    assert apart(lambda: canonical(root[0], (word,))).decode() == f'<b xmlns:{word}="urn:e"></b>'


@pytest.mark.parametrize("data", [b'<a xmlns="relative"/>', b'<a><b xmlns:p="../x" p:c=""/></a>'])
def test_what_has_no_canonical_form_is_refused(data: bytes) -> None:
    with pytest.raises(RefusalError) as caught:
        canonical(parse(data, Limits()))
    assert (caught.value.code, caught.value.reason) == ("client.security.failed-check", "XML.C14N")


def test_threads_do_not_disturb_each_other() -> None:
    expected = canonical(parse(DOCUMENT, Limits())[1], ("#default", "unused"))
    wrong: list[bytes] = []

    def work() -> None:
        for _ in range(100):
            form = canonical(parse(DOCUMENT, Limits())[1], ("#default", "unused"))
            if form != expected:
                wrong.append(form)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
