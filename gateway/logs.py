"""How the processes log: one line an event, readable or JSON, to standard error. Never content of a message."""

from __future__ import annotations

import logging
import sys
from typing import Final

import structlog

QUIET: Final = {"signxml": logging.ERROR, "spyne": logging.CRITICAL, "pika": logging.CRITICAL, "zeep": logging.ERROR}
"""Libraries held down. signxml writes canonicalised payloads at DEBUG, spyne whole messages at ERROR, zeep the
envelopes it sends; pika repeats what `queues.rabbit` reports itself."""


def configure(form: str, level: str) -> None:
    """Set up logging for this process: `form` is `text` or `json`, `level` a standard level name."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks if form == "json" else structlog.processors.StackInfoRenderer(),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
