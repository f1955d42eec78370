"""Whatever the contract allows comes back as it was, out of either kind of file."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.contract.codec import compile_encoder
from gateway.contract.services import ROOTS
from gateway.importing.columns import CARD_FIELDS
from gateway.importing.entries import entry_type
from handlers.imports.model import ImportedEntries, ImportedEntry
from tests.unit.gateway.contract.samples import trees
from tests.unit.gateway.importing.examples import rows_of

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ENCODE = compile_encoder(ROOTS["entries"], "entries")


@EXAMPLES
@given(data=st.data())
def test_any_entries_go_into_an_xml_file_and_come_back_unchanged(tmp_path, data):
    entries = msgspec.convert(data.draw(trees(ROOTS["entries"])), ImportedEntries)
    rows = rows_of(tmp_path, ENCODE(entries))
    assert [row.entry for row in rows] == list(entries.entry)


@EXAMPLES
@given(data=st.data(), delimiter=st.sampled_from(";,\t"))
def test_any_entry_goes_into_a_row_of_csv_and_comes_back_unchanged(tmp_path, data, delimiter):
    entry = msgspec.convert(_trimmed(data.draw(trees(entry_type()))), ImportedEntry)
    cells = dict(_cells(msgspec.to_builtins(entry)))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(cells), delimiter=delimiter)
    writer.writeheader()
    writer.writerow(cells)
    rows = rows_of(tmp_path, text.getvalue(), entry.register)
    assert [(row.entry, row.malformed) for row in rows] == [(entry, ())]


def _trimmed(value: Any) -> Any:
    """Texts as a cell can hold them: without space around them, and none that a spreadsheet would compute."""
    if isinstance(value, dict):
        return {name: _trimmed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_trimmed(part) for part in value]
    return (
        re.sub(r"\A[\s\x1c-\x1f=@]+|\s+\Z", lambda found: "0" * len(found[0]), value)
        if isinstance(value, str)
        else value
    )


def _cells(entry: dict[str, Any]):
    for name, value in entry.items():
        if name not in CARD_FIELDS.values():
            yield name, value
    for name, value in next(entry[name] for name in CARD_FIELDS.values() if name in entry).items():
        items = value if isinstance(value, list | tuple) else [value]
        for place, item in enumerate(items, start=1):
            column = f"{name}[{place}]" if isinstance(value, list | tuple) else name
            if isinstance(item, dict):
                yield from ((f"{column}.{part}", text) for part, text in item.items())
            else:
                yield column, str(item).lower() if isinstance(item, bool) else item
