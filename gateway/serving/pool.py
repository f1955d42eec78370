"""The request threads, and a queue before them that neither grows without bound nor keeps anybody waiting for long."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from gateway.serving.replaced_threads import ReplacedThreads

if TYPE_CHECKING:
    from gateway.serving.channel import Channel


class Pool(ReplacedThreads):
    """Threads that serve channels whose first request is whole."""

    def __init__(self, threads: int, waiting: int) -> None:
        """`waiting`: how many channels may wait while every thread is busy."""
        super().__init__()
        self._waiting = waiting
        self.set_thread_count(threads)

    def offer(self, channel: Channel) -> bool:
        """Queue a channel; False: too many are waiting."""
        with self.lock:
            idle = len(self.threads) - self.stop_count - self.active_count
            if len(self.queue) - idle >= self._waiting:
                return False
        self.add_task(channel)
        return True

    def add_task(self, task: Channel) -> None:
        """Queue a channel that was served already and has another request."""
        task.offered_at = monotonic()
        super().add_task(task)

    def overdue(self, before: float) -> list[Channel]:
        """Take out those that wait since earlier than `before`."""
        late: list[Channel] = []
        with self.lock:
            while self.queue and self.queue[0].offered_at < before:
                late.append(self.queue.popleft())
        return late
