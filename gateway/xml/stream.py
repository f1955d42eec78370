"""A long document, child by child of its root, in memory that does not grow with it.

For files that the operator has on disk, not for messages. The document is only divided here: each child is written out
and read again by `parser.read`, so that there is one place that says what a document may be. The names that libxml2
learns while it divides stay with the calling thread, which is a command's own and ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.xml.parser import Limits, read, without_prolog
from gateway.xml.separate import HARDENED

_PIECE: Final = 65_536
"""Bytes that are read at a time; what stands before the root must fit in the first."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child of the root, in a document of its own."""

    root: etree._Element
    line: int
    """Line of the file on which it begins."""


class BrokenOffError(Exception):
    """The document cannot be read beyond a line; its cause is the `RefusalError` that says why."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"line {line}")


def children(file: IO[bytes], root: str, child: str, limits: Limits) -> Iterator[Child]:
    """Every child of the root of the document in `file`, which must be `root`; all of them must be `child`.

    Both are names as lxml writes them. `limits` are those of one child, as it stands in the file. UTF-8 only. Raises
    `BrokenOffError` where the document is not well-formed or goes beyond what `parser.read` allows.
    """
    stream = _Division(root, child, limits)
    head = file.read(_PIECE)
    try:
        yield from stream.feed(without_prolog(head))
        while piece := file.read(_PIECE):
            yield from stream.feed(piece)
        yield from stream.close()
    except etree.XMLSyntaxError as error:
        line = error.lineno or stream.line
        raise BrokenOffError(line) from RefusalError("client.xml.malformed", "XML.SYNTAX")
    except RefusalError as error:
        raise BrokenOffError(stream.line) from error


class _Division:
    def __init__(self, root: str, child: str, limits: Limits) -> None:
        self._names = (root, child)
        self._limits = limits
        self._parser = etree.XMLPullParser(("start", "end", "pi"), **HARDENED)
        self._root: etree._Element | None = None
        self._depth = 0
        self._since = 0
        self.line = 1

    def feed(self, piece: bytes) -> Iterator[Child]:
        self._since += len(piece)
        if self._since > self._limits.size + _PIECE:
            raise RefusalError("client.xml.limit", "XML.LIMIT.SIZE")
        self._parser.feed(piece)
        yield from self._events()

    def close(self) -> Iterator[Child]:
        self._parser.close()
        yield from self._events()
        if self._root is not None:
            self._require_nothing_else(last=True)

    def _events(self) -> Iterator[Child]:
        for event, element in self._parser.read_events():
            if event == "pi":
                raise RefusalError("client.xml.forbidden", "XML.PI")
            assert isinstance(element, etree._Element)  # noqa: SLF001 - the type has no public name
            if event == "start":
                self._begin(element)
            else:
                self._depth -= 1
                if self._depth == 1:
                    yield self._finished(element)

    def _begin(self, element: etree._Element) -> None:
        self._depth += 1
        if self._root is None:
            self._root = element
            if element.getroottree().docinfo.internalDTD is not None:
                raise RefusalError("client.xml.forbidden", "XML.DTD")
        if self._depth <= len(self._names):
            self.line = element.sourceline or self.line
            if element.tag != self._names[self._depth - 1] or (self._depth == 1 and element.attrib):
                raise RefusalError("client.contract.invalid", "XML.STREAM.ELEMENT")
        elif self._depth > self._limits.depth:
            raise RefusalError("client.xml.limit", "XML.LIMIT.DEPTH")

    def _finished(self, element: etree._Element) -> Child:
        self._since = 0
        line = element.sourceline or self.line
        octets = etree.tostring(element, encoding="utf-8", with_tail=False)
        self._require_nothing_else(last=False)
        element.clear(keep_tail=True)
        return Child(read(octets, self._limits).root, line)

    def _require_nothing_else(self, *, last: bool) -> None:
        """Between the children of the root there is nothing but space and comments; those done with are let go."""
        root = self._root
        assert root is not None
        kept = None if last or not len(root) else root[-1]
        if (root.text or "").strip():
            raise RefusalError("client.contract.invalid", "XML.STREAM.TEXT")
        for each in list(root):
            if each is not kept:
                if (each.tail or "").strip():
                    raise RefusalError("client.contract.invalid", "XML.STREAM.TEXT")
                root.remove(each)
