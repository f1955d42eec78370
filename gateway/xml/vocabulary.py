"""Which words a document would add to the dictionary of the thread that parses it.

libxml2 keeps names of elements and attributes, prefixes, namespace names, and runs of 16 to 59 blanks between tags;
text and attribute values are not kept. A document that brings nothing new may be parsed by the thread that needs it,
which saves handing it to another one (see `gateway.xml.separate`). What counts as known is learnt from verified
messages only.
"""

from __future__ import annotations

import re
import threading
from typing import Final

MAX_SIZE: Final = 64_000
"""Bytes up to which looking for words is quicker than handing the document over."""
MAX_KNOWN: Final = 2_000
"""Words that one thread knows."""
MAX_WORD: Final = 200
"""Bytes of a word that is worth knowing."""

_NAME: Final = rb"""[^\s<>=/"'!?&]+"""
_TAG: Final = re.compile(rb"<(" + _NAME + rb")((?:\s+" + _NAME + rb"""\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*/?>""")
_ATTRIBUTE: Final = re.compile(rb"(" + _NAME + rb""")\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_BLANKS: Final = re.compile(rb">([ \t\r\n]{16,59})<")


class _Own(threading.local):
    def __init__(self) -> None:
        self.known: frozenset[bytes] = frozenset()
        self.offered: frozenset[bytes] | None = None


_own = _Own()


def is_known(utf8: bytes) -> bool:
    """Whether every word of the document is known to this thread; remembers the words for `learn` if not."""
    words = words_of(utf8)
    if words is None:
        _own.offered = None
        return False
    if words <= _own.known:
        return True
    _own.offered = frozenset(words)
    return False


def learn() -> None:
    """Know the words of the document that this thread asked about last: its sender is trusted."""
    offered, _own.offered = _own.offered, None
    if offered is None or any(len(word) > MAX_WORD for word in offered):
        return
    known = _own.known | offered
    if len(known) <= MAX_KNOWN:
        _own.known = known


def words_of(utf8: bytes) -> set[bytes] | None:
    """The words of a document, or None if they are not easily told: it is long, or has comments, CDATA and the like."""
    if len(utf8) > MAX_SIZE:
        return None
    tags = _TAG.findall(utf8)
    # Every `<` must begin a start tag that was understood to its end, or an end tag.
    if len(tags) != utf8.count(b"<") - utf8.count(b"</"):
        return None
    words = set(_BLANKS.findall(utf8))
    for name, attributes in set(tags):
        words.add(name)
        if attributes:
            for attribute, quoted, apostrophed in _ATTRIBUTE.findall(attributes):
                words.add(attribute)
                if attribute.startswith(b"xmlns"):
                    words.add(quoted or apostrophed)
    return words
