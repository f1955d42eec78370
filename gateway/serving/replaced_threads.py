"""The threads in which requests are answered: each ends after it has read so much XML, and another takes its place.

What a thread's XML library learns it never forgets (`gateway.xml.separate`). A thread that will be replaced may parse
by itself, which saves handing every message to a reader beside it.
"""

from __future__ import annotations

import logging
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from gateway.xml.separate import read_here, worn

_log = logging.getLogger(__name__)


class ReplacedThreads(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress publishes no types
    """waitress's dispatcher, whose threads end when they are worn."""

    def handler_thread(self, thread_no: int) -> None:
        """Serve tasks until told to stop or worn; in the latter case leave a new thread under the same number."""
        read_here()
        while not worn():
            task = self._next_task(thread_no)
            if task is None:
                return
            try:
                task.service()
            except Exception:  # noqa: BLE001 - a task that failed must not take the thread with it
                _log.error("a request's task failed")  # without the traceback, which may quote the message
        self.start_new_thread(self.handler_thread, thread_no)

    def _next_task(self, thread_no: int) -> Any:
        """The next task, waited for; None when this thread is to stop."""
        with self.lock:
            while not self.queue and self.stop_count == 0:
                self.active_count -= 1
                self.queue_cv.wait()
                self.active_count += 1
            if self.stop_count > 0:
                self.active_count -= 1
                self.stop_count -= 1
                self.threads.discard(thread_no)
                self.thread_exit_cv.notify()
                return None
            return self.queue.popleft()
