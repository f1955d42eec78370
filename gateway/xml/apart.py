"""Work in a thread that lives only for it, so that what the XML library learns meanwhile is forgotten afterwards.

See `gateway.xml.separate` for what a library's dictionary has to do with memory and with verdicts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")


def apart(work: Callable[[], _Result]) -> _Result:
    """Call `work` in a new thread, wait for it, and return what it returns or raise what it raises."""
    results: list[_Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, whatever it is
            errors.append(error)

    thread = threading.Thread(target=run, name="xml-apart")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
