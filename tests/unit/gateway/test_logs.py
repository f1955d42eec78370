"""Log lines tell where something went wrong, and nothing of what a message said."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from gateway.logs import PlaceOnlyFormatter, configure


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Undoes what `configure` changes for the whole process."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    yield
    root.handlers[:] = handlers
    structlog.reset_defaults()


def fail() -> None:
    secret = "content-of-a-local"
    raise ValueError(f"content-of-a-text {len(secret)}")


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("given", [True, "error", "tuple"])
def test_a_logged_exception_tells_type_and_place_and_no_content(
    form: str, given: object, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(form, "INFO")
    try:
        fail()
    except ValueError as error:
        about = {"error": error, "tuple": sys.exc_info()}.get(str(given), True)
        structlog.get_logger("test").error("it failed", exc_info=about)

    line = capsys.readouterr().err
    assert "content-of" not in line
    assert "ValueError" in line
    assert "fail:" in line
    assert len(line.splitlines()) == 1


def test_a_json_line_holds_what_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "INFO")
    structlog.get_logger("test").warning("relay waits", seconds=2, exc_info=False)

    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp")
    assert line == {"event": "relay waits", "level": "warning", "seconds": 2}


def test_what_a_library_logs_of_an_exception_holds_no_content() -> None:
    try:
        fail()
    except ValueError:
        record = logging.LogRecord("library", logging.ERROR, "", 1, "it failed", None, sys.exc_info())

    line = PlaceOnlyFormatter("%(message)s").format(record)

    assert "content-of" not in line
    assert "ValueError raised in fail:" in line
