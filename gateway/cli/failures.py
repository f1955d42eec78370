"""What goes wrong, told in a line or two that say what to do. Never a stack trace, unless `--debug` asks for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final
from urllib.error import URLError

from gateway.cli.language import t
from gateway.faults import RefusalError
from gateway.home import HomeError
from gateway.settings import SettingsError
from gateway.stamping import StampingError
from handlers.parties.forms import EnrolmentError
from handlers.store.ports import StoreConflictError, StoreUnavailableError, UnfitDataError
from queues.broker import BrokerError


class CommandError(Exception):
    """A command cannot go on; the text, in the reader's language, says why and what to do."""

    exit_code = 1


class UsageError(CommandError):
    """A command was called in a way it does not understand."""

    exit_code = 2


def _in_language(error: Exception) -> str:
    assert isinstance(error, SettingsError | HomeError | StampingError | UnfitDataError)
    return t(str(error), error.text_az)


def _as_it_is(error: Exception) -> str:
    return str(error)


def _enrolment(error: Exception) -> str:
    assert isinstance(error, EnrolmentError)
    return t(f"Not enrolled: {error}.", f"Qeydiyyata alınmadı: {error.text_az}.")


def _refusal(error: Exception) -> str:
    assert isinstance(error, RefusalError)
    text = t(error.kind.text_en, error.kind.text_az)
    return f"{error.code}: {text} ({error.reason})" if error.reason else f"{error.code}: {text}"


def _store(error: Exception) -> str:
    return t(
        f"The register store does not answer: {error}. Look at `gateway settings` (database) and whether it is up.",
        f"Reyestr bazası cavab vermir (texniki səbəb: {error}). `gateway settings` əmrində database "
        "parametrini və bazanı yoxlayın.",
    )


def _broker(error: Exception) -> str:
    return t(
        f"The broker does not answer as it should: {error}. Look at `gateway settings` (broker) and whether it is up.",
        f"Növbə serveri lazımi cavab vermir (texniki səbəb: {error}). `gateway settings` əmrində broker "
        "parametrini yoxlayın.",
    )


def _network(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return t(
        f"The gateway cannot be reached: {reason}. Start it with `gateway up`, or name another one with --url.",
        f"Şlüzə qoşulmaq mümkün olmadı (texniki səbəb: {reason}). Onu `gateway up` ilə işə salın və ya --url ilə "
        "başqasını göstərin.",
    )


def _file(error: Exception) -> str:
    assert isinstance(error, OSError)
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _text(_error: Exception) -> str:
    return t(
        "A text that was given is not UTF-8. Look at the encoding of the terminal or of the file it comes from.",
        "Verilən mətn UTF-8 kodlaşdırmasında deyil. Terminalın və ya mətnin alındığı faylın kodlaşdırmasını yoxlayın.",
    )


_TOLD: Final[tuple[tuple[tuple[type[Exception], ...], Callable[[Exception], str]], ...]] = (
    ((CommandError,), _as_it_is),
    ((SettingsError, HomeError, StampingError, UnfitDataError), _in_language),
    ((EnrolmentError,), _enrolment),
    ((RefusalError,), _refusal),
    ((StoreUnavailableError, StoreConflictError), _store),
    ((BrokerError, sqlite3.Error), _broker),
    ((URLError, TimeoutError, ConnectionError), _network),
    ((OSError,), _file),
    ((UnicodeEncodeError,), _text),
)
"""First match counts."""


def is_known(error: Exception) -> bool:
    """Whether `told` has words of its own for `error`."""
    return not isinstance(error, BrokenPipeError) and any(isinstance(error, kinds) for kinds, _ in _TOLD)


def told(error: Exception) -> str:
    """The words for `error`."""
    for kinds, tell in _TOLD:
        if isinstance(error, kinds):
            return tell(error)
    return t(
        f"Unexpected: {type(error).__name__}: {error}. Run it again with --debug to see where.",
        f"Gözlənilməz xəta: {type(error).__name__}: {error}. Yerini görmək üçün --debug ilə təkrarlayın.",
    )
