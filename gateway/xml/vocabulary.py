"""Which words a document would add to the dictionary of the thread that parses it.

libxml2 keeps names of elements and attributes, prefixes, namespace names, and runs of 16 to 59 blanks between tags;
text and attribute values are not kept. A document that brings nothing new may be parsed by the thread that needs it,
which saves handing it to another one (see `gateway.xml.separate`). What counts as known is learnt from verified
messages only.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Final

MAX_SIZE: Final = 32_000
"""Bytes up to which looking for words is quicker than handing the document over."""
MAX_KNOWN: Final = 2_000
"""Words, and tags, that one thread knows."""
MAX_WORD: Final = 200
"""Bytes of a word that is worth knowing."""
MAX_TAG: Final = 500
"""Bytes of a tag that is worth knowing."""

_NAME: Final = rb"""[^\s<>=/"'!?&]+"""
_START: Final = re.compile(rb"(" + _NAME + rb")((?:\s+" + _NAME + rb"""\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*/?""")
_END: Final = re.compile(rb"/" + _NAME + rb"\s*")
_ATTRIBUTE: Final = re.compile(rb"(" + _NAME + rb""")\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_KEPT_BLANKS: Final = range(16, 60)


class _Own(threading.local):
    def __init__(self) -> None:
        self.words: frozenset[bytes] = frozenset()
        self.tags: frozenset[bytes] = frozenset()
        """Whole tags, of which every word is among `words`: what is found here need not be taken apart."""
        self.offered: tuple[set[bytes], set[bytes]] | None = None


_own = _Own()


def is_known(utf8: bytes) -> bool:
    """Whether every word of the document is known to this thread; remembers the words for `learn` if not."""
    _own.offered = None
    if len(utf8) > MAX_SIZE:
        return False
    tags = _tags_and_blanks(utf8) - _own.tags
    if not tags:
        return True
    words = words_of(tags)
    if words is None:
        return False
    _own.offered = words, tags
    return words <= _own.words


def _tags_and_blanks(utf8: bytes) -> set[bytes]:
    """What stands between `<` and the next `>`, and texts that are kept because they are blank."""
    before_root, *pieces = utf8.split(b"<")
    found = {before_root} if before_root.strip() else set()
    for piece in set(pieces):
        tag, _, text = piece.partition(b">")
        found.add(tag)
        if text.isspace() and len(text) in _KEPT_BLANKS:
            found.add(text)
    return found


def learn() -> None:
    """Know the words of the document that this thread asked about last: its sender is trusted."""
    if _own.offered is None:
        return
    words, tags = _own.offered
    _own.offered = None
    if any(len(word) > MAX_WORD for word in words) or len(_own.words | words) > MAX_KNOWN:
        return
    _own.words |= words
    if len(_own.tags) < MAX_KNOWN:
        _own.tags |= {tag for tag in tags if len(tag) <= MAX_TAG}


def words_of(tags: Iterable[bytes]) -> set[bytes] | None:
    """The words in what stands between `<` and `>`, and runs of blanks; None if one is something else than a tag."""
    words = set()
    for tag in tags:
        start = _START.fullmatch(tag)
        if start is None:
            if _END.fullmatch(tag) is None and not tag.isspace():
                return None
            words.add(tag.strip(b"/ \t\r\n") or tag)
            continue
        words.add(start[1])
        for attribute, quoted, apostrophed in _ATTRIBUTE.findall(start[2]):
            words.add(attribute)
            if attribute.startswith(b"xmlns"):
                words.add(quoted or apostrophed)
    return words
