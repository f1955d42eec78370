"""A process that starts others at cases and kills them: `python -m tests.suites.case_killed URL SERIAL KILLS`.

It imports once and forks for each, so that a death costs no start. None of them has a connection before it is forked.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

from handlers.store.engine import open_store
from tests.suites.case_audit import Ledger
from tests.suites.case_player import Player
from tests.suites.case_world import deliver


def at_work(url: str, serial: str, seed: int, started: int) -> None:
    """Tell by the pipe `started` that work begins; then do everything that anybody does to cases, until killed."""
    store = open_store(url)
    player = Player(store, Ledger(store), seed, serial)
    os.write(started, b".")
    player.register()
    while True:
        player.move()
        if player.seldom(10):
            deliver(store, player.world.now)


def main(url: str, first: int, kills: int) -> int:
    """How many died otherwise than by being killed (0: none)."""
    choose = random.Random(first)
    mishaps = 0
    for place in range(first, first + kills):
        waiting, started = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                at_work(url, f"{place:05d}", place, started)
            finally:
                os._exit(1)  # whatever it was: nobody kills it any more
        os.close(started)
        os.read(waiting, 1)
        os.close(waiting)
        time.sleep(choose.uniform(0, 0.4))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        mishaps += not os.WIFSIGNALED(status)
        print(f"killed {place:05d}", flush=True)
    return mishaps


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
