"""Slow, many, large or waiting: each is bounded, told so quickly, and no trouble to others."""

import gc
import socket
import threading
import time
from ipaddress import ip_network
from pathlib import Path

import pytest

from gateway.serving.admission import Admission
from gateway.serving.bodies import ChunkedBody, FixedBody
from gateway.serving.bounds import RESTRICTED, Bounds
from gateway.serving.request import Request
from gateway.soap.peer import address_of
from tests.unit.gateway.serving.live import BOUNDS, answers, everything, live, post, until

FILES = Path("/proc/self/fd")
"""The descriptors of this process."""
HEALTH = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
LONG = post(b"", "Content-Length: 90000", length=False)
"""The head of a request with a long body."""


def first(sock):
    """The status and code of the answer on a connection that is closed behind it."""
    (answer,) = answers(everything(sock))
    return answer.status, answer.code


@pytest.mark.parametrize(
    ("begin", "reason"), [(b"POST /soap/documents/v1 HTTP/1.1\r\n", "HEAD"), (LONG, "BODY"), (b"P", "HEAD")]
)
def test_who_sends_byte_by_byte_is_timed_out_however_lively_he_is(begin, reason, capsys):
    with live(header_timeout=0.6, body_timeout=0.6) as server, server.connect() as sock:
        sock.sendall(begin)
        started = time.monotonic()
        sock.settimeout(0.05)
        data = b""
        while not data and time.monotonic() < started + 5:
            sock.sendall(b"a")
            try:
                data = sock.recv(1000)
            except TimeoutError:
                continue
        assert 0.5 < time.monotonic() - started < 4
        sock.settimeout(5)
        (answer,) = answers(data + everything(sock))
        assert (answer.status, answer.headers["Connection"]) == (408, "close")
        assert server.refused == ["client.http.timeout"]
        assert not server.calls
    assert f"HTTP.SLOW_{reason}" in capsys.readouterr().out


def test_200_slow_callers_at_once_are_timed_out_and_do_not_delay_others():
    with live(header_timeout=1.5, body_timeout=1.5) as server:
        slow = [server.connect() for _ in range(200)]
        try:
            for number, sock in enumerate(slow):
                sock.sendall(LONG + b"a" if number % 2 else b"POST /soap/docu")
            worst = 0.0
            for _ in range(20):
                started = time.monotonic()
                assert [each.status for each in server.say_and_leave(post(b"<x/>"))] == [200]
                worst = max(worst, time.monotonic() - started)
                for sock in slow[::5]:
                    sock.send(b"a")
            assert worst < 1
            assert {first(sock) for sock in slow} == {(408, "client.http.timeout")}
        finally:
            for sock in slow:
                sock.close()
        until(lambda: not server.server._server.active_channels)


def test_a_large_body_at_a_decent_rate_may_take_longer():
    with live(body_timeout=0.5, slowest_rate=10_000) as server, server.connect() as sock:
        sock.sendall(LONG)
        for _ in range(9):
            sock.sendall(b"a" * 10_000)
            time.sleep(0.1)
        assert sock.recv(1000).startswith(b"HTTP/1.1 200")


def test_who_was_quick_once_may_not_stand_still_on_the_strength_of_it():
    with live(body_timeout=0.5, slowest_rate=1000) as server, server.connect() as sock:
        sock.sendall(LONG + b"a" * 89_000)
        started = time.monotonic()
        assert first(sock) == (408, "client.http.timeout")
        assert time.monotonic() - started < 4


def test_a_connection_that_says_nothing_is_closed():
    with live(idle_timeout=0.5) as server, server.connect() as silent, server.connect() as used:
        used.sendall(post(b"<x/>"))
        assert used.recv(1000).startswith(b"HTTP/1.1 200")
        assert everything(silent) == everything(used) == b""


def test_an_answer_that_nobody_takes_is_given_up():
    with live(body_timeout=0.5) as server, server.connect() as sock:
        server.answer = b"a" * 30_000_000
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(post(b"<x/>"))
        until(lambda: server.calls)
        until(lambda: not server.server._server.active_channels)


def test_an_answer_taken_at_a_decent_rate_is_not_given_up():
    with live(body_timeout=2, slowest_rate=50_000) as server, server.connect() as sock:
        server.answer = b"a" * 8_000_000
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        sock.sendall(post(b"<x/>", "Connection: close"))
        taken = 0
        while chunk := sock.recv(400_000):
            taken += len(chunk)
            time.sleep(0.04)
        assert taken > 8_000_000


def test_one_address_cannot_take_all_connections_and_a_watchdog_is_still_heard():
    with live(connections_per_address=5) as server:
        held = [server.connect() for _ in range(5)]
        until(lambda: len(server.server._server.active_channels) == 5)
        (refused,) = server.say(post(b"<x/>"))
        assert (refused.status, refused.code) == (429, "client.http.too-many-connections")
        assert refused.headers["Retry-After"] == "5"
        assert [each.status for each in server.say(HEALTH)] == [200]
        assert [each.status for each in server.say(b"POST /health HTTP/1.1\r\nHost: a\r\n\r\n")] == [429]
        held.pop().close()
        until(lambda: len(server.server._server.active_channels) == 4)
        assert [each.status for each in server.say_and_leave(post(b"<x/>"))] == [200]
        for each in held:
            each.close()


def test_a_front_speaks_for_many_and_may_have_more_connections():
    with live(fronts=[ip_network("127.0.0.1")], connections_per_address=2) as server:
        held = [server.connect() for _ in range(10)]
        request = post(b"<x/>", "X-Forwarded-For: 198.51.100.7", "X-Forwarded-Proto: https")
        assert [each.status for each in server.say_and_leave(request)] == [200]
        assert [(each.address, each.secure) for each in server.calls] == [("198.51.100.7", True)]
        for each in held:
            each.close()


def test_when_all_connections_are_taken_the_next_is_told_at_once():
    with live(connections=5) as server:
        held = [server.connect() for _ in range(5 + RESTRICTED)]
        until(lambda: len(server.server._server.active_channels) == 5 + RESTRICTED)
        started = time.monotonic()
        with server.connect() as sock:
            assert first(sock) == (503, "server.overloaded")
        for each in held[5:]:
            each.sendall(post(b"<x/>"))
            assert first(each) == (503, "server.overloaded")
        assert time.monotonic() - started < 2
        assert not server.calls
        for each in held:
            each.close()


def test_when_all_threads_are_busy_and_the_queue_is_full_the_next_is_told_at_once_and_health_answers():
    with live(threads=2, waiting_requests=3, waiting_timeout=30) as server:
        busy = [server.connect() for _ in range(5)]
        for number, sock in enumerate(busy):
            sock.sendall(post(b"wait"))
            until(lambda number=number: len(server.calls) == min(number + 1, 2))
        until(lambda: len(server.server._server.task_dispatcher.queue) == 3)
        started = time.monotonic()
        (refused,) = server.say(post(b"<x/>"))
        assert (refused.status, refused.code, refused.headers["Retry-After"]) == (503, "server.overloaded", "2")
        assert [each.status for each in server.say(HEALTH)] == [200]
        assert server.say(HEALTH.replace(b"health", b"metrics"))[0].body == b"figures 1\n"
        # What is refused by its form needs no thread.
        assert [each.status for each in server.say(b"GET / HTTP/9.9\r\n\r\n")] == [505]
        assert time.monotonic() - started < 4
        server.gate.set()
        for sock in busy:
            assert sock.recv(1000).startswith(b"HTTP/1.1 200")
            sock.close()


def test_nobody_waits_long_for_a_thread():
    with live(threads=1, waiting_timeout=0.5) as server:
        busy, waiting = server.connect(), server.connect()
        busy.sendall(post(b"wait"))
        until(lambda: server.calls)
        started = time.monotonic()
        waiting.sendall(post(b"<x/>"))
        assert first(waiting) == (503, "server.overloaded")
        assert 0.4 < time.monotonic() - started < 4
        server.gate.set()
        assert busy.recv(1000).startswith(b"HTTP/1.1 200")
        assert [each.body for each in server.calls] == [b"wait"]
        busy.close()
        waiting.close()


def test_bodies_under_way_are_bounded_in_memory_and_never_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    files = set(FILES.iterdir())
    with live(bodies_in_flight=1_000_000, max_body=500_000) as server:
        socks = [server.connect() for _ in range(60)]
        for sock in socks:
            sock.sendall(LONG + b"a" * 80_000)
        # The test's callers share one address, which may hold half of it: six bodies of 80 KB.
        until(lambda: server.refused.count("server.overloaded") == 54)
        held = server.server._server.admission._held
        assert 400_000 < held <= 500_000
        assert not list(tmp_path.iterdir())
        kinds = {each.resolve() for each in set(FILES.iterdir()) - files}
        assert not any("deleted" in each.name or each.is_relative_to("/tmp") for each in kinds)
        for sock in socks:
            sock.close()
        until(lambda: server.server._server.admission._held == 0)
        assert [each.status for each in server.say_and_leave(post(b"<x/>"))] == [200]


def test_places_are_given_back_by_every_way_a_connection_ends():
    with live(header_timeout=0.4, body_timeout=0.4, idle_timeout=0.4) as server:
        admission = server.server._server.admission
        server.say(post(b"a" * 50_000, "Connection: close"))
        server.say(post(b"<x/>", "Expect: x"))
        server.say_and_leave(LONG + b"a" * 50_000)
        server.say(LONG + b"a" * 10_000)
        server.say(b"")
        until(lambda: (admission._held, admission._seats, admission._restricted) == (0, 0, 0))
        assert not server.server._server.active_channels
        assert not admission._connections
        assert not admission._bytes


def test_a_refused_request_is_gone_with_its_connection_not_when_garbage_is_collected():
    chunked = post(b"186A0\r\n" + b"a" * 100_000 + b"\r\n1\r\n", "Transfer-Encoding: chunked", length=False)
    with live() as server:
        gc.collect()
        gc.disable()
        try:
            for data in (chunked, LONG + b"a" * 90_000, b"GET\r\n", post(b"<x/>"), post(b"a", "Content-Encoding: br")):
                server.say_and_leave(data)
            until(lambda: not server.server._server.active_channels)
            # Request threads may still be on their way out of what they did.
            until(lambda: not any(isinstance(each, Request | ChunkedBody | FixedBody) for each in gc.get_objects()))
        finally:
            gc.enable()


def test_a_household_of_ipv6_addresses_is_one():
    admission = Admission(Bounds(**{**BOUNDS, "connections_per_address": 2}), lambda _: False)
    one, other, far = (address_of(f"2001:db8:0:{net}::{host}") for net, host in ((1, 1), (1, 2), (2, 1)))
    taken = [admission.take_seat(each) for each in (one, other, one, far)]
    assert [each.refusal is None for each in taken] == [True, True, False, True]


def test_large_bodies_leave_room_for_ordinary_ones():
    admission = Admission(Bounds(**{**BOUNDS, "bodies_in_flight": 8_000_000, "max_body": 1_000_000}), lambda _: True)
    front = admission.take_seat(address_of("192.0.2.1"))
    assert [admission.hold(front, 1_000_000) for _ in range(8)] == [True] * 7 + [False]
    assert admission.hold(front, 60_000)
    assert not admission.hold(front, 10_000, 60_000)


def test_what_goes_wrong_in_the_server_is_told_in_our_words(capsys):
    with live() as server:
        server.answer = None
        (answer,) = server.say(post(b"<x/>"))
        assert (answer.status, answer.code) == (500, "server.internal")
        assert server.refused == ["server.internal"]
        server.answer = b"<answer/>"
        assert [each.status for each in server.say_and_leave(post(b"<x/>"))] == [200]
    assert capsys.readouterr().out.count("HTTP.SERVER") == 1


def test_the_counts_hold_under_many_threads():
    admission = Admission(Bounds(**BOUNDS), lambda _: False)
    seat = admission.take_seat(address_of("192.0.2.1"))

    def work():
        for _ in range(2000):
            if admission.hold(seat, 3):
                admission.give_back(seat, 3)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert admission._held == 0
    assert not admission._bytes
