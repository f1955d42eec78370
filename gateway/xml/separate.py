"""The parser itself, run where the names that it learns can be forgotten again.

libxml2 keeps every name it has ever read in a dictionary, and lxml has one dictionary for each thread, for ever.
Whoever may send messages might therefore fill the memory of a server: 2 MB of new element names cost 2 MB for good,
even when the message is refused.

So whoever reads is replaced by a new thread after `LIFETIME` bytes; the dictionary dies with the last tree that uses
it. The threads of a server can be replaced themselves: they say so (`read_here`), parse where they are, and end when
they are `worn`. Every other thread has a reader beside it, a thread that does nothing but parse. Nobody else uses that
dictionary while the reader works, because the thread it belongs to is waiting for it: a tree belongs to the thread that
asked for it. The hand-over costs as much as parsing 5 KB does, and more in caches that another core has to fill.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from lxml import etree

LIFETIME: Final = 8_000_000
"""Bytes after which a reader is replaced: bounds what hostile names can hold, for about 60 µs in 8 MB."""

HARDENED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "encoding": "utf-8",
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "attribute_defaults": False,
        "huge_tree": False,
        "recover": False,
        "collect_ids": False,
    }
)
"""How lxml reads here: no DTD, no entities, no network, no repair, always UTF-8.

Ids are not collected: `gateway.security.references` looks for them in every spelling.
"""


class _Job:
    """One document to parse; one for each call, so that an interrupted call leaves nothing behind for the next."""

    __slots__ = ("done", "outcome", "utf8")

    def __init__(self, utf8: bytes) -> None:
        self.utf8 = utf8
        self.outcome: etree._Element | BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()


class _Desk:
    """Where a reader finds its next job. Bare locks: a queue costs twice as much to wake somebody."""

    __slots__ = ("job", "ready")

    def __init__(self) -> None:
        self.job: _Job | None = None
        self.ready = threading.Lock()
        self.ready.acquire()


class _Reader:
    """A thread that parses for one other thread."""

    def __init__(self) -> None:
        self._desk = _Desk()
        self._left = LIFETIME
        self._thread = threading.Thread(target=_serve, args=(self._desk,), name="xml-reader", daemon=True)
        self._thread.start()

    def fit_for(self, size: int) -> bool:
        """Whether it has not read too much, and still lives: a fork leaves threads behind."""
        return (self._left == LIFETIME or self._left >= size) and self._thread.is_alive()

    def parse(self, utf8: bytes) -> etree._Element:
        self._left -= len(utf8)
        self._desk.job = job = _Job(utf8)
        self._desk.ready.release()
        job.done.acquire()
        outcome = job.outcome
        if isinstance(outcome, BaseException):
            raise outcome
        assert outcome is not None
        return outcome

    def __del__(self) -> None:
        self._desk.job = None
        if self._desk.ready.locked():
            self._desk.ready.release()


class _Own(threading.local):
    reader: _Reader | None = None
    parser: etree.XMLParser[etree._Element] | None = None
    """Set in a thread that will be replaced."""
    left = LIFETIME


_own = _Own()


def read_here() -> None:
    """Promise that the calling thread ends soon after it is `worn`: then it may parse by itself."""
    _own.parser = hardened_parser()


def worn() -> bool:
    """Whether the calling thread has read so much that it should be replaced."""
    return _own.left <= 0


def in_separate_dictionary(utf8: bytes) -> etree._Element:
    """Parse UTF-8 bytes without declaration; raises `etree.XMLSyntaxError` when they are not well-formed XML."""
    if _own.parser is not None:
        _own.left -= len(utf8)
        return etree.fromstring(utf8, _own.parser)
    reader = _own.reader
    if reader is None or not reader.fit_for(len(utf8)):
        _own.reader = reader = _Reader()
    _own.reader = None  # stays so when the wait is interrupted: a reader in the middle of a job is not asked again
    try:
        root = reader.parse(utf8)
    except etree.XMLSyntaxError:
        _own.reader = reader
        raise
    _own.reader = reader
    return root


def hardened_parser() -> etree.XMLParser[etree._Element]:
    """The parser, hardened."""
    parser: etree.XMLParser[etree._Element] = etree.XMLParser(**HARDENED)
    return parser


def _serve(desk: _Desk) -> None:
    parser = hardened_parser()
    while True:
        desk.ready.acquire()
        job = desk.job
        if job is None:
            return
        try:
            job.outcome = etree.fromstring(job.utf8, parser)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that asked, whatever it is
            job.outcome = error
        desk.job = None
        job.done.release()
        del job
