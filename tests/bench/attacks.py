"""What refusing costs, and what good callers feel of it.

Worst refusal: every message of the corpus that is large or was made to be dear, in this process, up to 5 MB. Under
attack: signed questions over HTTP to two serving processes, alone and with 20 bad messages a second mixed in.
"""

from __future__ import annotations

import http.client
import itertools
import statistics
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.attacks.model import ENTRIES, Case, Expect, Sent
from tests.attacks.run import chosen
from tests.attacks.targets import Answer, Served, exchange, in_process, served, wire
from tests.bench.figures import Figure, figure
from tests.servers.ports import LOOPBACK

_LARGE = 20_000
"""Bytes from which a bad message is measured, whatever it is."""
_DEAR = ("B014", "B015", "B072", "B081", "B089", "B096", "B132", "B136", "B175")
"""Entries that are dear though short."""
_TIMES = 3
"""How often each is sent; the cheapest counts, since what else a machine does only ever adds."""
SECONDS = 6.0
"""How long good calls are timed, without and with bad ones."""
RATE = 20
"""Bad messages a second."""
PACE = 0.02
"""Seconds between two good calls."""


def measure() -> list[Figure]:
    """Worst refusal, and the 99th percentile of good calls under attack."""
    assert chosen(), "the corpus registers its entries"
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
        warnings.simplefilter("ignore")
        return [*_worst(_made(folder, "core")), *_under_attack(_made(folder, "served"))]


def _made(folder: str, name: str) -> Path:
    made = Path(folder, name)
    made.mkdir()
    return made


def _worst(folder: Path) -> list[Figure]:
    with in_process(folder) as target:
        spent: list[tuple[str, Answer]] = []
        for entry, case in _dear_cases(target.world):
            answers = [target.send(case.sent) for _ in range(_TIMES)]
            name = f"{entry} {case.name}"
            spent.append((name, min(answers, key=lambda each: each.cpu)))
    figures = []
    for what, unit, bound, value in (
        ("CPU", "ms", 300.0, lambda each: each.cpu * 1000),
        ("memory", "MB", 20.0, lambda each: each.peak),
        ("time", "s", 2.0, lambda each: each.wall),
    ):
        name, answer = max(spent, key=lambda each: value(each[1]))
        named = f"worst {what} of a refusal, of {len(spent)} bad inputs up to 5 MB ({name})"
        figures.append(figure(named, value(answer), unit, bound, "the most that is allowed", ratio_at_most=1))
    return figures


def _dear_cases(world: object) -> Iterator[tuple[str, Case]]:
    for entry in ENTRIES.values():
        if entry.generate is None:
            continue
        for case in entry.cases(world):
            size = len(case.sent.body)
            wanted = _LARGE <= size <= 5_000_000 or entry.id in _DEAR
            if wanted and case.expect is not Expect.INERT and not case.sent.raw:
                yield entry.id, case


def _under_attack(folder: Path) -> list[Figure]:
    with served(folder) as target:
        rounds = int(SECONDS / PACE)
        good = [target.world.check_call() for _ in range(2 * rounds + 20)]
        bad = [case.sent for _, case in _dear_cases(target.world)][::3]
        bad += [Sent(target.world.plain(issued=target.world.stranger)) for _ in range(20)]
        calls = iter(good)
        _timed(target, itertools.islice(calls, 20))
        alone = _timed(target, itertools.islice(calls, rounds))
        stopped = threading.Event()
        attacker = threading.Thread(target=_attack, args=(target, bad, stopped))
        attacker.start()
        attacked = _timed(target, itertools.islice(calls, rounds))
        stopped.set()
        attacker.join()
    without, under = (statistics.quantiles(each, n=100)[98] * 1000 for each in (alone, attacked))
    name = f"p99 of signed questions over HTTP with {RATE} bad inputs a second mixed in"
    return [figure(name, under, "ms", without, "the same without bad inputs", ratio_at_most=2)]


def _timed(target: Served, calls: Iterator[Sent]) -> list[float]:
    """Seconds that each call took."""
    connections = [http.client.HTTPConnection(LOOPBACK, port, timeout=20) for _, port, _ in target.children]
    spent = []
    for connection, sent in zip(itertools.cycle(connections), calls):
        headers = {"Content-Type": sent.media, "SOAPAction": sent.soap_action or ""}
        started = time.perf_counter()
        connection.request("POST", sent.target, sent.body, headers)
        answer = connection.getresponse()
        body = answer.read()
        spent.append(time.perf_counter() - started)
        assert answer.status == 200, body[:2000]
        time.sleep(max(0.0, PACE - spent[-1]))
    for connection in connections:
        connection.close()
    return spent


def _attack(target: Served, bad: list[Sent], stopped: threading.Event) -> None:
    """Send bad messages, `RATE` a second, each on a connection of its own, without waiting for one to end."""
    threads: list[threading.Thread] = []
    for number, sent in enumerate(itertools.cycle(bad)):
        if stopped.wait(1 / RATE):
            break
        port = target.children[number % len(target.children)][1]
        threads.append(threading.Thread(target=exchange, args=(port, wire(sent), 20)))
        threads[-1].start()
    for each in threads:
        each.join()
