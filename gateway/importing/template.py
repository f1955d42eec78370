"""An empty CSV file to be filled in with a spreadsheet."""

from __future__ import annotations

import csv
import io

from gateway.importing.columns import all_names, required_names
from handlers.registration.model import Register

_BOM = "\ufeff"
"""By which spreadsheets know UTF-8."""
_PLACES = 2
"""How many legal acts, contacts and so on the template has room for; a clerk adds columns for more."""


def template(register: Register) -> bytes:
    """All columns of the card of `register`, with a comment in Azerbaijani and one in English above them."""
    required = ", ".join(required_names(register))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_comment_az(register, required)])
    writer.writerow([_comment_en(register, required)])
    writer.writerow(all_names(register, _PLACES))
    return (_BOM + text.getvalue()).encode()


def _comment_az(register: Register, required: str) -> str:
    return (
        f"# {register}. Hər sətir bir qeyddir. Məcburi sütunlar: {required}. Siyahılarda ayırıcı |. Tarix: 2009-12-31 "
        "və ya 31.12.2009. Bəli/xeyr: true/false. Lazım olsa, legalActs[3].title kimi sütunlar əlavə edin; lazımsız "
        "sütunları silin. # ilə başlayan sətirlər oxunmur."
    )


def _comment_en(register: Register, required: str) -> str:
    return (
        f"# {register}. One row is one entry. Columns that must be there: {required}. Lists are separated by |. "
        "Dates: 2009-12-31 or 31.12.2009. Yes/no: true/false. Add columns such as legalActs[3].title where needed; "
        "delete those that are not. Lines that begin with # are not read."
    )
