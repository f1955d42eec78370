"""Threads of requests read by themselves, and are replaced before what they learned piles up."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from time import monotonic, sleep

from gateway.serving.replaced_threads import ReplacedThreads
from gateway.xml.separate import LIFETIME, in_separate_dictionary


class Task:
    def __init__(self, data: bytes, done: SimpleQueue[tuple[int, str]]) -> None:
        self.data, self.done = data, done

    def service(self) -> None:
        in_separate_dictionary(self.data)
        self.done.put((threading.get_ident(), threading.current_thread().name))

    def cancel(self) -> None:
        self.done.put((0, "cancelled"))


class Failing(Task):
    def service(self) -> None:
        super().service()
        raise ValueError("what the message said")


def served(dispatcher: ReplacedThreads, tasks: list[Task], done: SimpleQueue[tuple[int, str]]) -> list[tuple[int, str]]:
    for task in tasks:
        dispatcher.add_task(task)
    return [done.get(timeout=10) for _ in tasks]


def test_a_thread_that_has_read_enough_is_replaced_and_none_reads_beside_it() -> None:
    done: SimpleQueue[tuple[int, str]] = SimpleQueue()
    dispatcher = ReplacedThreads()
    dispatcher.set_thread_count(1)
    before = sum(thread.name == "xml-reader" for thread in threading.enumerate())
    try:
        small, large = b"<a/>", b"<a>" + b" " * (LIFETIME // 2) + b"</a>"
        first = served(dispatcher, [Task(small, done), Task(small, done)], done)
        assert len(set(first)) == 1
        served(dispatcher, [Task(large, done), Task(large, done)], done)
        after = served(dispatcher, [Task(small, done)], done)
        until = monotonic() + 10
        while sum(thread.name == "waitress-0" for thread in threading.enumerate()) > 1:
            assert monotonic() < until, "the worn thread did not end"
            sleep(0.01)
        assert after[0][1] == first[0][1]
        assert sum(thread.name == "xml-reader" for thread in threading.enumerate()) == before
    finally:
        assert dispatcher.shutdown()
    assert not dispatcher.threads


def test_a_task_that_fails_leaves_the_thread_alive_and_its_text_out_of_the_log(caplog: object) -> None:
    done: SimpleQueue[tuple[int, str]] = SimpleQueue()
    dispatcher = ReplacedThreads()
    dispatcher.set_thread_count(1)
    try:
        served(dispatcher, [Failing(b"<a/>", done)], done)
        assert served(dispatcher, [Task(b"<a/>", done)], done)[0][1] == "waitress-0"
        assert "what the message said" not in str(getattr(caplog, "text", ""))
    finally:
        dispatcher.shutdown()
