"""What a PDF shows and carries, in a form in which two files can be compared.

Two files show the same when everything that can be reached from their catalogues is the same: pages, their content,
fonts, images, attachments, and whatever a reader might act on. Numbers of objects, compression and order are not.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

_SEALING: Final = frozenset({"/AcroForm", "/Annots", "/Extensions", "/Version"})
"""What the seal adds to a catalogue or a page; it is looked at by `beside_the_seal`."""
_ENCODING: Final = frozenset({"/Length", "/Filter", "/DecodeParms"})
_UPWARDS: Final = "/Parent"
_DEEPEST: Final = 60


class PdfContentError(Exception):
    """The file cannot be read as the kind of PDF that is made here."""


def read_pdf(data: bytes) -> PdfFileReader:
    """Open a PDF; raises `PdfContentError` when it is none."""
    try:
        return PdfFileReader(BytesIO(data))
    except Exception as error:  # pyHanko has many errors for what is no PDF
        raise PdfContentError("no PDF that can be read") from error


def producer(reader: PdfFileReader) -> str:
    """The program that made the file, as it says itself; empty when it does not say."""
    try:
        return str(reader.trailer_view["/Info"].get("/Producer", ""))
    except Exception:  # noqa: BLE001 - what is said nowhere, in whatever way, is not said
        return ""


def attachment(reader: PdfFileReader, name: str) -> bytes:
    """The one file that is attached, which must have that name; raises `PdfContentError`."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        if len(names) == 2 and str(names[0]) == name:  # noqa: PLR2004 - a name and its file
            return bytes(names[1]["/EF"]["/F"].data)
    except Exception as error:
        raise PdfContentError("its attachment cannot be read") from error
    raise PdfContentError(f"{name} is not its one attachment")


def shown(reader: PdfFileReader) -> bytes:
    """A digest of everything that the file shows and carries, the seal apart; raises `PdfContentError`."""
    try:
        return _Digests().of(reader.root, 0)
    except PdfContentError:
        raise
    except Exception as error:
        raise PdfContentError("its structure cannot be read") from error


def beside_the_seal(reader: PdfFileReader) -> str | None:
    """What stands among forms and annotations that is not one invisible field for the seal; None: nothing."""
    try:
        form = reader.root["/AcroForm"]
        annotations = [
            each.get_object() for page in _pages(reader.root["/Pages"], 0) for each in page.get("/Annots", ())
        ]
        (field,) = (each.get_object() for each in form["/Fields"])
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not what the seal brings
        return "form"
    if set(form) != {"/Fields", "/SigFlags"}:
        return "form"
    if len(annotations) != 1 or annotations[0] is not field:
        return "annotation"
    if field.get("/FT") != "/Sig" or "/AP" in field or "/A" in field or "/AA" in field or any(field["/Rect"]):
        return "annotation"
    return None


def _pages(node: Any, depth: int) -> list[Any]:
    if depth > _DEEPEST:
        raise PdfContentError("its pages are nested too deep")
    if node.get("/Type") != "/Pages":
        return [node]
    return [page for kid in node["/Kids"] for page in _pages(kid.get_object(), depth + 1)]


def _meant(reference: Any) -> Any:
    """What an indirect reference stands for."""
    return reference.get_object()


class _Digests:
    """Digests of objects by what they hold; those that are shared are read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}

    def of(self, held: Any, depth: int) -> bytes:
        if depth > _DEEPEST:
            raise PdfContentError("its structure is nested too deep")
        if isinstance(held, generic.IndirectObject):
            key = (held.idnum, held.generation)
            if key not in self._known:
                self._known[key] = self.of(_meant(held), depth + 1)
            return self._known[key]
        return hashlib.sha256(self._octets(held, depth)).digest()

    def _octets(self, held: Any, depth: int) -> bytes:
        if isinstance(held, generic.DictionaryObject):
            return self._dictionary(held, depth)
        if isinstance(held, generic.ArrayObject):
            return b"[" + b"".join(self.of(held.raw_get(place), depth + 1) for place in range(len(held)))
        if isinstance(held, generic.TextStringObject | generic.ByteStringObject):
            return b"(" + bytes(held.original_bytes)
        if isinstance(held, generic.FloatObject | generic.NumberObject):
            return b"#" + str(float(held)).encode()
        if isinstance(held, generic.NullObject):
            return b"null"
        return type(held).__name__.encode() + b":" + str(held).encode()

    def _dictionary(self, held: Any, depth: int) -> bytes:
        is_stream = isinstance(held, generic.StreamObject)
        left_out = {_UPWARDS, *_SEALING, *(_ENCODING if is_stream else ())}
        parts = [b"<<"]
        for name in sorted(held):
            if name not in left_out:
                parts += [self._octets(generic.NameObject(name), depth), self.of(held.raw_get(name), depth + 1)]
        if is_stream:
            parts += [b"stream", hashlib.sha256(held.data).digest()]
        return b"".join(parts)
