"""A file to be imported: what it is, and its rows. What was read is proven to be what was digested."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from gateway.importing.csv_file import read_csv
from gateway.importing.errors import ImportFileError
from gateway.importing.xml_file import read_xml
from handlers.imports.model import FileRow, ImportFile
from handlers.registration.model import Register

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PIECE = 1 << 18


def identify(path: Path) -> ImportFile:
    """Name, SHA-256 and size of the file."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return ImportFile(name=path.name, sha256=digest.hexdigest(), size=size)


def read_rows(
    path: Path, known: ImportFile, *, register: Register | None = None, progress: Callable[[int], None]
) -> Iterator[FileRow]:
    """The rows of the file, CSV or XML by what it begins with; `progress` is told how many bytes are read.

    Raises `ImportFileError`, also at the end, when the file is no longer the one that is `known`.
    """
    with path.open("rb", buffering=0) as raw:
        counted = _Counted(raw, progress)
        file = io.BufferedReader(counted, _PIECE)
        yield from read_xml(file) if _is_xml(file) else read_csv(file, register)
        while file.read(_PIECE):
            pass
        if counted.digest.hexdigest() != known.sha256:
            raise ImportFileError(
                "The file was changed while it was read. Run the command again.",
                "Fayl oxunarkən dəyişdirilib. Əmri yenidən icra edin.",
            )


def _is_xml(file: io.BufferedReader[_Counted]) -> bool:
    beginning = file.peek(64)[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return beginning.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<"))


class _Counted(io.RawIOBase):
    """A file that counts and digests what is read of it."""

    def __init__(self, raw: IO[bytes], progress: Callable[[int], None]) -> None:
        self._raw = raw
        self._progress = progress
        self._read = 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        piece = self._raw.read(len(view))
        view[: len(piece)] = piece
        self.digest.update(piece)
        self._read += len(piece)
        self._progress(self._read)
        return len(piece)
