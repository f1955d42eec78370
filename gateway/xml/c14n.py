"""Exclusive canonical XML 1.0 without comments, of an element where it stands.

lxml hands a PrefixList on to libxml2 only as far as the words in it are in the dictionary of the thread that
canonicalises, and says nothing about those it drops. `#default`, which is no name, gets there by accident only. Left
alone, the canonical form of a message would depend on what the thread had parsed before: lawful messages would fail,
and a hostile one could change later verdicts. So every word is put there first, or, when strangers have sent too many
different ones, into the dictionary of a thread that lives for this one form.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.xml.apart import apart

_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME_CHARACTERS: Final = f"{_START}0-9.\u00b7\u0300-\u036f\u203f-\u2040\\-"
"""NameChar of XML 1.0 (fifth edition) without the colon, for a class of characters in a pattern."""
_WORD: Final = re.compile(f"#default|[{_START}][{NAME_CHARACTERS}]{{0,2047}}")
"""What may be a prefix (an NCName), or `#default`. Any other word is bound nowhere and so changes nothing."""
_MAX_KNOWN: Final = 256
"""Words that one thread remembers for good."""


class _Known(threading.local):
    def __init__(self) -> None:
        self.words: set[str] = set()


_known = _Known()


def canonical(element: etree._Element, prefixes: Sequence[str] = ()) -> bytes:
    """The exclusive canonical form of `element` and all below it, without copying the tree.

    `prefixes` is the InclusiveNamespaces PrefixList, in which `#default` stands for the default namespace.
    Raises `RefusalError` (`client.security.failed-check`) where the standard knows no canonical form, for example with
    a relative namespace name: a library that answers an empty string there makes an empty digest "valid"
    (CVE-2025-66568).
    """
    words = [prefix for prefix in prefixes if _WORD.fullmatch(prefix)]
    if not words:
        return _form(element, None)
    known = _known.words
    new = [word for word in words if word not in known]
    if new:
        if len(known) + len(new) > _MAX_KNOWN:
            return apart(lambda: _learned_form(element, words))
        _learn(new)
        known.update(new)
    return _form(element, words)


def _learned_form(element: etree._Element, words: list[str]) -> bytes:
    _learn(words)
    return _form(element, words)


def _form(element: etree._Element, words: list[str] | None) -> bytes:
    try:
        form = etree.tostring(element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=words)
    except (etree.C14NError, ValueError) as error:
        raise RefusalError("client.security.failed-check", "XML.C14N") from error
    if not form.startswith(b"<"):
        raise RefusalError("client.security.failed-check", "XML.C14N.EMPTY")
    return form


def _learn(words: Sequence[str]) -> None:
    """Put words into the dictionary of this thread: the parser keeps every name there, and every namespace name."""
    names = "".join(f"<{word}/>" for word in words if word != "#default")
    etree.fromstring(f'<p xmlns:d="#default">{names}</p>', _WORDS_PARSER)


_WORDS_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
