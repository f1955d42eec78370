"""How the processes log: one line an event, readable or JSON, to standard error. Never content of a message."""

from __future__ import annotations

import logging
import sys
from typing import Any, Final

import structlog

from queues.loop import where

QUIET: Final = {"signxml": logging.ERROR, "spyne": logging.CRITICAL, "pika": logging.CRITICAL, "zeep": logging.ERROR}
"""Libraries held down. signxml writes canonicalised payloads at DEBUG, spyne whole messages at ERROR, zeep the
envelopes it sends; pika repeats what `queues.rabbit` reports itself."""


def without_content(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Replace an exception by its type and its place: its text and its frames' variables may quote a message."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["raised"] = where(error)
    return event


class PlaceOnlyFormatter(logging.Formatter):
    """What libraries log through `logging`, exceptions without their texts as well."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        """Type and place."""
        return f"{ei[0].__name__} raised in {where(ei[1])}" if ei[1] is not None else ""


def configure(form: str, level: str) -> None:
    """Set up logging for this process: `form` is `text` or `json`, `level` a standard level name."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_content,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(PlaceOnlyFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[libraries])
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
