"""What the parser learns from strangers is forgotten again, and never decides about the next message."""

from __future__ import annotations

import gc
import os
import threading
import time
from pathlib import Path

import pytest
from lxml import etree

from gateway.xml import separate
from gateway.xml.apart import apart
from gateway.xml.separate import LIFETIME, in_separate_dictionary


def resident() -> int:
    """Resident memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def names(number: int) -> bytes:
    return b"<a>" + b"".join(b"<n%d_%d%s/>" % (number, n, b"x" * 1000) for n in range(2000)) + b"</a>"


def test_names_of_strangers_do_not_pile_up() -> None:
    for number in range(8):
        in_separate_dictionary(names(number))
    before = resident()
    for number in range(100, 160):
        in_separate_dictionary(names(number))
    assert resident() - before < 40_000_000  # 120 MB of names were read


def test_each_thread_has_its_own_reader() -> None:
    roots: dict[int, str] = {}

    def work(number: int) -> None:
        for _ in range(50):
            roots[number] = in_separate_dictionary(b"<r%d/>" % number).tag

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert roots == {number: f"r{number}" for number in range(8)}


def test_a_reader_ends_with_its_thread_and_after_its_lifetime() -> None:
    def readers() -> int:
        return sum(thread.name == "xml-reader" for thread in threading.enumerate())

    apart(lambda: in_separate_dictionary(b"<a/>").tag)
    in_separate_dictionary(b"<a/>")
    count = readers()
    for _ in range(5):
        apart(lambda: in_separate_dictionary(b"<a/>").tag)
        in_separate_dictionary(b"<a>" + b" " * (LIFETIME - 100) + b"</a>")
    # A reader ends a moment after nobody needs it any more.
    deadline = time.monotonic() + 10
    while readers() > count and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.01)
    assert readers() <= count


def test_a_document_larger_than_a_lifetime_is_read() -> None:
    assert in_separate_dictionary(b"<a>" + b"<b>text</b>" * 900_000 + b"</a>")[899_999].text == "text"


def test_a_syntax_error_reaches_the_thread_that_asked_and_leaves_its_reader() -> None:
    in_separate_dictionary(b"<a/>")
    reader = separate._own.reader
    for _ in range(3):
        with pytest.raises(etree.XMLSyntaxError):
            in_separate_dictionary(b"<a>")
    assert separate._own.reader is reader


def test_an_interrupted_wait_does_not_answer_the_next_question() -> None:
    in_separate_dictionary(b"<a/>")
    reader = separate._own.reader
    assert reader is not None
    interrupted = separate._Reader.parse

    def interrupt(self: separate._Reader, utf8: bytes) -> etree._Element:
        interrupted(self, utf8)
        raise KeyboardInterrupt

    separate._Reader.parse = interrupt  # type: ignore[method-assign]
    try:
        with pytest.raises(KeyboardInterrupt):
            in_separate_dictionary(b"<first/>")
    finally:
        separate._Reader.parse = interrupted  # type: ignore[method-assign]
    assert in_separate_dictionary(b"<second/>").tag == "second"
    assert separate._own.reader is not reader


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_gets_a_reader_of_its_own() -> None:
    in_separate_dictionary(b"<a/>")
    child = os.fork()
    if child == 0:
        os._exit(0 if in_separate_dictionary(b"<child/>").tag == "child" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_work_apart_returns_and_raises_like_a_call() -> None:
    assert apart(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 // 0)
