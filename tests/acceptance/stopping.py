"""`python -m tests.acceptance.stopping STEP:N COMMAND …`: the gateway's command line, dead at the Nth time of a step.

The product knows nothing of it: it only says which step it has reached (`queues.steps`). SIGKILL leaves no chance to
tidy up, as when the power goes.
"""

import os
import signal
import sys
import threading

from gateway.cli import main
from queues import steps


def kill_at(step: str, count: int) -> None:
    """Have this process killed when `step` is reached for the `count`th time."""
    left, lock = count, threading.Lock()

    def observe(reached: str) -> None:
        nonlocal left
        if reached != step:
            return
        with lock:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    steps.observe(observe)


if __name__ == "__main__":
    name, _, number = sys.argv[1].partition(":")
    if name:
        kill_at(name, int(number or 1))
    sys.argv = ["gateway", *sys.argv[2:]]
    main()
