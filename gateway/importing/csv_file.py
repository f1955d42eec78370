"""A CSV file of entries, as spreadsheets save it: UTF-8, `;`, `,` or tab, a header row of the contract's names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO, Final

from gateway.importing.cells import element_of, ranks
from gateway.importing.columns import columns_of, register_of
from gateway.importing.entries import row_of
from gateway.importing.errors import ImportFileError
from handlers.imports.model import FileRow
from handlers.registration.model import Defect, Register

LONGEST_FIELD: Final = 2_000_000
"""Characters of one cell, and of one line: beyond, a quote was most likely not closed."""
_DELIMITERS: Final = (";", ",", "\t")
COMMENT: Final = "#"


def read_csv(file: IO[bytes], register: Register | None = None) -> Iterator[FileRow]:
    """The rows of the file, in its order; of `register`, or of the one that the header tells.

    Raises `ImportFileError` before the first row for a header that cannot be used, and where the file is unreadable.
    """
    lines = _Lines(file)
    try:
        yield from _rows(lines, register)
    finally:
        lines.let_go()


def _rows(lines: _Lines, register: Register | None) -> Iterator[FileRow]:
    header, delimiter = _header(lines)
    register = register or register_of(header)
    columns = columns_of(header, register)
    order = ranks(register)
    position = 0
    for line, cells in _records(lines, delimiter):
        if not any(cell.strip() for cell in cells):
            continue
        position += 1
        element, defects = element_of(cells, columns, register, order)
        if any(cell.strip() for cell in cells[len(columns) :]):
            defects = (*defects, _too_many_cells(len(columns)))
        yield row_of(element, position=position, line=line, malformed=defects)
    if position == 0:
        raise ImportFileError("The file holds a header and no row.", "Faylda başlıqdan başqa sətir yoxdur.")


class _Lines:
    """The lines of a file, and the number of the last one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline="")
        self.number = 0

    def let_go(self) -> None:
        """Leave the file open to whoever opened it."""
        self._text.detach()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(LONGEST_FIELD + 1)
        except UnicodeDecodeError as error:
            raise _not_utf8(self.number + 1) from error
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST_FIELD:
            raise _too_long(self.number)
        return line


def _header(lines: _Lines) -> tuple[list[str], str]:
    """The names of the columns, and what separates cells. Comments before the header are passed over."""
    for line in lines:
        if "\x00" in line:
            raise _not_utf8(lines.number)
        bare = line.strip().strip('"')
        if not bare.strip(";,\t") or bare.startswith(COMMENT) or bare.lower().startswith("sep="):
            continue
        delimiter = max(_DELIMITERS, key=line.count)
        try:
            header = next(csv.reader([line], delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise _broken(lines.number, error) from error
        while header and not header[-1].strip():
            header.pop()
        return header, delimiter
    raise ImportFileError(
        "The file is empty: it has no header row. --template writes one.",
        "Fayl boşdur: başlıq sətri yoxdur. --template nümunə yazır.",
    )


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            line = lines.number + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise _broken(line, error) from error
            if cells is None:
                return
            yield line, cells
    finally:
        csv.field_size_limit(before)


def _too_many_cells(number: int) -> Defect:
    return Defect(
        path="/",
        rule="import.cells",
        text_az=f"Sətirdə başlıqdakı {number} sütundan artıq xana var: ayırıcı işarə mətnin içindədirsə, mətni "
        "dırnağa alın.",
        text_en=f"The row has more cells than the {number} columns of the header: where the separator stands within a "
        "text, put the text in quotes.",
    )


def _not_utf8(line: int) -> ImportFileError:
    return ImportFileError(
        f"The file is not UTF-8 from about line {line} on. Save it as `CSV UTF-8`.",
        f"Fayl təxminən {line} nömrəli sətirdən UTF-8 deyil. Onu `CSV UTF-8` formatında saxlayın.",
    )


def _too_long(line: int) -> ImportFileError:
    return ImportFileError(
        f"Line {line} is longer than {LONGEST_FIELD} characters. Is it a CSV file?",
        f"{line} nömrəli sətir {LONGEST_FIELD} simvoldan uzundur. Bu, CSV faylıdırmı?",
    )


def _broken(line: int, error: csv.Error) -> ImportFileError:
    return ImportFileError(
        f"The row that begins on line {line} is not well-formed CSV ({error}): look for a quote that is not closed or "
        "not doubled.",
        f"{line} nömrəli sətirdən başlayan qeyd düzgün CSV deyil ({error}): bağlanmamış və ya qoşalaşdırılmamış "
        "dırnaq axtarın.",
    )
