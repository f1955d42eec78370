"""What a registrar finds wrong with an application, as it is given on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.cli.failures import CommandError, UsageError
from gateway.cli.language import t
from handlers.record import Record
from handlers.registration.model import Defect

if TYPE_CHECKING:
    from handlers.work import Work

RULE: Final = "clerk"
"""Rule of a defect that a person found; those that the rules of completeness find have codes of their own."""


class _Named(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str
    text_az: str
    text_en: str


def from_options(options: Iterable[str]) -> list[Defect]:
    """Defects given as PATH=AZ|EN; raises `UsageError`."""
    return [_from_option(each) for each in options]


def from_file(path: Path) -> list[Defect]:
    """Defects given as a JSON list; raises `UsageError`."""
    try:
        named = msgspec.json.decode(path.read_bytes(), type=list[_Named])
    except msgspec.MsgspecError as error:
        raise UsageError(
            t(
                f"{path} is no list of defects ({error}).",
                f"{path} qüsurların siyahısı deyil (texniki səbəb: {error}).",
            )
        ) from error
    return [_defect(each.path, each.text_az, each.text_en) for each in named]


def checked(work: Work, number: str, defects: Iterable[Defect]) -> list[Defect]:
    """The defects; raises `CommandError` when one is at a place that the application of the case does not have."""
    from handlers.cases.defect_paths import PathError, require_path
    from handlers.cases.queries import case_file

    found = list(defects)
    file = case_file(work.connection, number, work.now)
    for each in () if file is None else found:
        assert file is not None
        try:
            require_path(file.application, each.path)
        except PathError as error:
            close = ", ".join(error.close)
            raise CommandError(
                t(
                    f"The application has no {each.path}." + (f" Did you mean: {close}?" if close else ""),
                    f"Müraciətdə {each.path} yoxdur." + (f" Bəlkə: {close}?" if close else ""),
                )
            ) from error
    return found


def _from_option(option: str) -> Defect:
    path, separator, texts = option.partition("=")
    text_az, between, text_en = texts.partition("|")
    if not (separator and between):
        raise UsageError(
            t(
                f"--defect {option!r}: write PATH=TEXT IN AZERBAIJANI|TEXT IN ENGLISH.",
                f"--defect {option!r}: YOL=AZƏRBAYCANCA MƏTN|İNGİLİSCƏ MƏTN şəklində yazın.",
            )
        )
    return _defect(path, text_az, text_en)


def _defect(path: str, text_az: str, text_en: str) -> Defect:
    if not text_az.strip() or not text_en.strip():
        raise UsageError(
            t(
                f"{path}: what is to be corrected must be said in both languages.",
                f"{path}: nəyin düzəldilməli olduğu hər iki dildə yazılmalıdır.",
            )
        )
    return Defect(path=path.strip(), rule=RULE, text_az=text_az.strip(), text_en=text_en.strip())
