"""Where extracts are kept: a row for each issue, and its files."""

from __future__ import annotations

from sqlalchemy import Connection, Select, insert, select

from handlers.extracts.model import Extract, ExtractFiles, ExtractForm
from handlers.store.rows import columns_of, record_of
from handlers.store.tables_extracts import extract, extract_file

_e = extract.c


def add(connection: Connection, issued: Extract, files: ExtractFiles) -> None:
    """Keep an extract and its files."""
    connection.execute(insert(extract).values(columns_of(issued)))
    connection.execute(
        insert(extract_file),
        [
            {"extract_number": issued.number, "form": ExtractForm.XML, "content": files.xml},
            {"extract_number": issued.number, "form": ExtractForm.PDF, "content": files.pdf},
        ],
    )


def find(connection: Connection, number: str) -> Extract | None:
    """The extract of that number."""
    return _first(connection, select(extract).where(_e.number == number))


def find_by_code(connection: Connection, code: str) -> Extract | None:
    """The extract with that verification code, in the form in which it is kept."""
    return _first(connection, select(extract).where(_e.verification_code == code))


def find_latest(connection: Connection, entry_number: str, version: int) -> Extract | None:
    """The extract of that version which none was issued in place of."""
    replaced = select(_e.reissues).where(
        _e.entry_number == entry_number, _e.version == version, _e.reissues.is_not(None)
    )
    return _first(
        connection,
        select(extract).where(
            _e.entry_number == entry_number, _e.version == version, _e.number.not_in(replaced.scalar_subquery())
        ),
    )


def list_of_entry(connection: Connection, entry_number: str) -> list[Extract]:
    """Every extract of an entry, in the order of issue."""
    query = select(extract).where(_e.entry_number == entry_number).order_by(_e.issued_at, _e.number)
    return [record_of(Extract, row) for row in connection.execute(query).mappings()]


def reissued_as(connection: Connection, number: str) -> str | None:
    """Number of the extract that was issued in place of this one."""
    return connection.scalar(select(_e.number).where(_e.reissues == number))


def files(connection: Connection, number: str) -> ExtractFiles:
    """The files of the extract of that number, which is there."""
    rows = connection.execute(
        select(extract_file.c.form, extract_file.c.content).where(extract_file.c.extract_number == number)
    )
    content = {row.form: bytes(row.content) for row in rows}
    return ExtractFiles(xml=content[ExtractForm.XML], pdf=content[ExtractForm.PDF])


def _first(connection: Connection, query: Select[tuple[object, ...]]) -> Extract | None:
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else record_of(Extract, row)
