"""An XML file of entries: `entries` of the shared namespace, an `entry` at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Final

from gateway.faults import RefusalError
from gateway.importing.entries import ENTRY, ROOT_TAG, row_of
from gateway.importing.errors import ImportFileError
from gateway.xml.parser import Limits
from gateway.xml.stream import BrokenOffError, children
from handlers.imports.model import FileRow

ENTRY_LIMITS: Final = Limits(size=4_000_000, elements=10_000)
"""What one entry may cost; the largest card that the contract allows has less."""

_WHY: Final = {
    "XML.DTD": ("a document type declaration is not allowed", "sənəd növü elanına (DTD) icazə verilmir"),
    "XML.PI": ("processing instructions are not allowed", "emal göstərişlərinə icazə verilmir"),
    "XML.STREAM.ELEMENT": (
        "the root must be entries of urn:state-register:types:v1, and hold nothing but entry",
        "kök element urn:state-register:types:v1 fəzasından entries olmalı, içində yalnız entry dayanmalıdır",
    ),
    "XML.STREAM.TEXT": ("text stands between the entries", "qeydlərin arasında mətn var"),
    "XML.ENCODING.NO_BOM": ("it is not UTF-8; save it as UTF-8", "fayl UTF-8 deyil; UTF-8 kimi saxlayın"),
    "XML.ENCODING.DECLARED": ("it is not UTF-8; save it as UTF-8", "fayl UTF-8 deyil; UTF-8 kimi saxlayın"),
    "XML.SYNTAX": ("it is not well-formed XML in UTF-8", "UTF-8 kodlaşdırmasında düzgün qurulmuş XML deyil"),
}


def read_xml(file: IO[bytes]) -> Iterator[FileRow]:
    """The rows of the file, in its order; raises `ImportFileError` where it cannot be read on."""
    position = 0
    try:
        for child in children(file, ROOT_TAG, ENTRY, ENTRY_LIMITS):
            position += 1
            yield row_of(child.root, position=position, line=child.line)
    except BrokenOffError as error:
        cause = error.__cause__
        assert isinstance(cause, RefusalError)
        reason = cause.reason or ""
        en, az = _WHY.get(reason, (f"it goes beyond a limit ({reason})", f"hədd aşılıb ({reason})"))
        raise ImportFileError(
            f"The XML file cannot be read at line {error.line}: {en}.",
            f"XML faylı {error.line} nömrəli sətirdə oxunmur: {az}.",
        ) from error
    if position == 0:
        raise ImportFileError("The file holds no entry.", "Faylda qeyd yoxdur.")
