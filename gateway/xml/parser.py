"""The one hardened parser of this program (security §8 rule 2).

Everything that a stranger can send is turned into a tree here and nowhere else. What costs more than its length
(nesting, attributes, namespaces, comments that cut a text in two) is refused before anything is canonicalised or
validated.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

from lxml import etree

from gateway.faults import RefusalError
from gateway.xml.marks import AttributeMarks, read_marks
from gateway.xml.separate import in_separate_dictionary


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may cost, each limit with its unit (security §0)."""

    size: int = 5_000_000
    """Bytes, as received and again after conversion to UTF-8."""
    depth: int = 64
    """Elements on the longest path from the root, the root included."""
    attributes: int = 64
    """Attributes of one element, namespace declarations not counted."""
    namespaces: int = 64
    """Namespace declarations in the document."""
    elements: int = 20_000
    """Elements in the document."""
    text: int = 1_000_000
    """Characters of one text node or attribute value."""
    file_text: int = 10_000_000
    """Characters of the text of an element that carries a whole file (`file_elements`)."""
    file_elements: frozenset[str] = frozenset({"signedApplication"})
    """Local names of the elements whose text is a file in base64."""


BULK: Final = Limits(size=10_000_000, elements=200_000)
"""For the operations that take whole batches."""

_UTF16_BOMS: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UTF32_BOMS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)

_DECLARATION: Final = re.compile(
    rb"""<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?P<q>["'])(?P<version>[^"']{1,16})(?P=q)"""
    rb"""(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?P<r>["'])(?P<encoding>[A-Za-z0-9._-]{1,40})(?P=r))?"""
    rb"""(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*\?>"""
)
_NAMESPACE_VALUE: Final = re.compile(rb"""(?::[^="'<>\s]*)?\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LARGE: Final = 250_000
"""Bytes up to which no flood of elements or attributes is worth looking for before parsing."""
_BEFORE_ROOT: Final = re.compile(rb"(?:[ \t\r\n]++|<!--[^-]*+(?:-[^-]++)*+-->)*+")


def _flag(path: str) -> etree.XPath:
    """A path that costs no more than the document is long.

    Two ways of writing one are quadratic: to go back to the parent repeats for each child what is done there, and the
    result of a path, unless it is only counted, is sorted, for which libxml2 walks from any node that is no element.
    """
    return etree.XPath(path, smart_strings=False)


_PROCESSING_INSTRUCTION: Final = _flag("count(//processing-instruction()) > 0")
_COMMENT_IN_LEAF: Final = _flag("boolean(//*[comment() and not(*)])")
_COMMENT_BESIDE_TEXT: Final = _flag("boolean(//*[comment() and text()[normalize-space()]])")
_COUNT: Final = _flag("count(//*)")
_TOO_MANY_ATTRIBUTES: Final = _flag("boolean(//*[count(@*) > $limit])")
_LONG_ATTRIBUTE: Final = _flag("boolean(//@*[string-length() > $limit])")
_LONG_TEXT: Final = etree.XPath("//*[text()[string-length() > $limit]]")


class Document(NamedTuple):
    """A document within its limits."""

    root: etree._Element
    utf8: bytes
    """The document without byte order mark and declaration."""
    marks: AttributeMarks | None
    plain: bool
    """Whether there is no comment and no CDATA section, so that every `<` begins a tag."""


def parse(data: bytes, limits: Limits) -> etree._Element:
    """The root of the document in `data`; see `read`."""
    return read(data, limits).root


def read(data: bytes, limits: Limits) -> Document:
    """Return the document in `data`, or raise `RefusalError` (`client.xml.*`).

    Accepts UTF-8, and UTF-16 with a byte order mark; no DTD, no processing instruction, nothing after the root but
    space and comments, no comment inside a text, and nothing beyond `limits`.
    """
    utf8 = _without_declaration(data, limits)
    _refuse_dtd(utf8)
    tags = utf8.count(b"<")
    # A lawful element has at most two `<`. Comments and CDATA sections have one each; they share the allowance.
    if tags > 2 * limits.elements + 16:
        _refuse("limit", "XML.LIMIT.ELEMENTS")
    plain = b"!" not in utf8 or b"<!" not in utf8
    if plain and len(utf8) > _LARGE:
        _refuse_floods(utf8, tags, limits)
    try:
        root = in_separate_dictionary(utf8)
    except etree.XMLSyntaxError as error:
        _refuse("malformed", "XML.SYNTAX", error)
    _require_plain_content(root, utf8, plain=plain)
    marks = read_marks(utf8)
    signs = len(utf8) if marks is None else marks.how_many()
    _require_plain_namespaces(root, utf8, signs, limits)
    _require_limits(root, utf8, tags, signs, limits)
    return Document(root, utf8, marks, plain)


def parse_trusted(data: bytes) -> etree._Element:
    """The root of a document that this program made itself or that ships with it (a template, a schema, a sealed file).

    Same parser, without the limits; raises `ValueError` when it is not XML or holds a DTD.
    """
    try:
        root = in_separate_dictionary(_DECLARATION.sub(b"", data, count=1) if data.startswith(b"<?xml") else data)
    except etree.XMLSyntaxError as error:
        raise ValueError("Our own document is not well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("Our own document holds a DTD")
    return root


def leaf_text(element: etree._Element, code: str = "client.contract.invalid", reason: str = "XML.LEAF") -> str:
    """The whole text of an element without children; comments, instructions and elements inside are refused.

    lxml ends `.text` at the first comment: a reader who forgets this reads less than was signed (CVE-2017-11427).
    """
    if len(element):
        raise RefusalError(code, reason)
    return element.text or ""


def without_prolog(head: bytes) -> bytes:
    """The beginning of a long document in UTF-8 without byte order mark and declaration; raises `RefusalError`.

    What stands before the root must be space and comments, and end within `head`.
    """
    if head.startswith(codecs.BOM_UTF8):
        head = head[len(codecs.BOM_UTF8) :]
    elif head.startswith((*_UTF32_BOMS, *(mark for mark, _ in _UTF16_BOMS))) or b"\x00" in head[:4]:
        _refuse("encoding", "XML.ENCODING.NO_BOM")
    utf8 = _checked_declaration(head, b"UTF-8")
    _refuse_dtd(utf8)
    return utf8


def _refuse(place: str, reason: str, cause: BaseException | None = None) -> NoReturn:
    raise RefusalError(f"client.xml.{place}", reason) from cause


def _without_declaration(data: bytes, limits: Limits) -> bytes:
    """The document as UTF-8 without byte order mark and XML declaration.

    The parser never sees a declaration: the encoding is decided here, and here alone.
    """
    if len(data) > limits.size:
        _refuse("limit", "XML.LIMIT.SIZE")
    if data.startswith(codecs.BOM_UTF8):
        return _checked_declaration(data[len(codecs.BOM_UTF8) :], b"UTF-8")
    if data.startswith(_UTF32_BOMS):
        _refuse("encoding", "XML.ENCODING.UTF32")
    for mark, codec in _UTF16_BOMS:
        if data.startswith(mark):
            try:
                utf8 = data[len(mark) :].decode(codec).encode()
            except UnicodeError as error:
                _refuse("malformed", "XML.ENCODING.BYTES", error)
            if len(utf8) > limits.size:
                _refuse("limit", "XML.LIMIT.SIZE")
            return _checked_declaration(utf8, b"UTF-16")
    if b"\x00" in data[:4]:
        _refuse("encoding", "XML.ENCODING.NO_BOM")
    return _checked_declaration(data, b"UTF-8")


def _checked_declaration(utf8: bytes, expected: bytes) -> bytes:
    """Take off an XML declaration; refuse one that names another encoding or another version of XML."""
    if not (utf8.startswith(b"<?xml") and utf8[5:6] in b" \t\r\n"):
        return utf8
    match = _DECLARATION.match(utf8)
    if match is None:
        _refuse("malformed", "XML.DECLARATION")
    if match["version"] != b"1.0":
        _refuse("malformed", "XML.VERSION")
    if match["encoding"] is not None and match["encoding"].upper() != expected:
        _refuse("encoding", "XML.ENCODING.DECLARED")
    return utf8[match.end() :]


def _refuse_dtd(utf8: bytes) -> None:
    """Refuse what stands before the root if it is anything but space and comments, before any parser reads it.

    A document type declaration can stand nowhere else.
    """
    if utf8[:1] == b"<" and utf8[1:2] not in b"!?":
        return
    match = _BEFORE_ROOT.match(utf8)
    start = match.end() if match else 0
    if utf8.startswith(b"<!DOCTYPE", start):
        _refuse("forbidden", "XML.DTD")
    if utf8.startswith(b"<?", start):
        _refuse("forbidden", "XML.PI")
    if not utf8.startswith(b"<", start):
        _refuse("malformed", "XML.NO_ROOT")


def _refuse_floods(utf8: bytes, tags: int, limits: Limits) -> None:
    """Refuse elements and attributes beyond the limits before they become a tree, which takes many times their length.

    For documents without `<!` only: there every `<` begins a tag.
    """
    if tags > limits.elements and tags - utf8.count(b"</") > limits.elements:
        _refuse("limit", "XML.LIMIT.ELEMENTS")
    most = limits.attributes + limits.namespaces
    if utf8.count(b"=") > most and _tag_with(most + 1).search(utf8):
        _refuse("limit", "XML.LIMIT.ATTRIBUTES")


@lru_cache(maxsize=8)
def _tag_with(attributes: int) -> re.Pattern[bytes]:
    """A start tag with at least so many attributes."""
    attribute = rb"""\s++[^<>\s=\"'/]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')"""
    return re.compile(rb"""<[^<>\s=\"'/]++(?:%b){%d}""" % (attribute, attributes))


def _require_plain_content(root: etree._Element, utf8: bytes, *, plain: bool) -> None:
    """Refuse processing instructions anywhere, and comments that stand within a text.

    Both can only be there when their mark occurs in the bytes, which is much quicker to find out.
    """
    if b"?" in utf8 and b"<?" in utf8 and _PROCESSING_INSTRUCTION(root):
        _refuse("forbidden", "XML.PI")
    if not plain:
        if root.getroottree().docinfo.internalDTD is not None:
            _refuse("forbidden", "XML.DTD")
        if _COMMENT_IN_LEAF(root) or _COMMENT_BESIDE_TEXT(root):
            _refuse("forbidden", "XML.COMMENT.IN_TEXT")


def _require_plain_namespaces(root: etree._Element, utf8: bytes, signs: int, limits: Limits) -> None:
    """Refuse too many namespace declarations, and a name with `&` in it, which libxml2 canonicalises as it is.

    Two names would have one canonical form there. Other characters that could be mistaken (quotes, angle brackets,
    space) make no URI, and the parser refuses them.
    """
    many = signs > limits.namespaces and utf8.count(b"xmlns") > limits.namespaces
    if many and any(n >= limits.namespaces for n, _ in enumerate(_declared(root))):
        _refuse("limit", "XML.LIMIT.NAMESPACES")
    if b"&" in utf8:
        pieces = utf8.split(b"xmlns")
        values = (_NAMESPACE_VALUE.match(piece) for piece in pieces[1:])
        if any(value and b"&" in value[0] for value in values) and any("&" in name for name in _declared(root)):
            _refuse("malformed", "XML.NAMESPACE")


def _declared(root: etree._Element) -> Iterator[str]:
    """The namespace name of every declaration in the document."""
    for _, declaration in etree.iterwalk(root, events=("start-ns",)):
        if declaration is not None:
            yield declaration[1]


def _require_limits(root: etree._Element, utf8: bytes, tags: int, signs: int, limits: Limits) -> None:
    """Refuse a document with too many or too deep elements, too many attributes in one, or too long a text.

    Each is first judged by a bound that is found in the bytes (every level but the last has two tags); only where that
    is exceeded is the tree walked.
    """
    if tags > limits.elements and _number(_COUNT, root) > limits.elements:
        _refuse("limit", "XML.LIMIT.ELEMENTS")
    if tags > 2 * limits.depth and _deeper_than(limits.depth)(root):
        _refuse("limit", "XML.LIMIT.DEPTH")
    if signs > limits.attributes and _TOO_MANY_ATTRIBUTES(root, limit=limits.attributes):
        _refuse("limit", "XML.LIMIT.ATTRIBUTES")
    if len(utf8) > limits.text and not has_short_texts(utf8, limits.text):
        _require_short_texts(root, limits)


def has_short_texts(utf8: bytes, limit: int) -> bool:
    """Whether surely no text or attribute is longer than `limit`: every stretch of half as many bytes has a `<`.

    Only in CDATA a `<` can stand within a text (and in comments, which no text can stand beside).
    """
    if b"!" in utf8 and b"<![" in utf8:
        return False
    half = limit // 2
    places = range(0, len(utf8), half)
    return all(0 <= utf8.find(b"<", place) < place + half for place in places if place + half < len(utf8))


@lru_cache(maxsize=8)
def _deeper_than(depth: int) -> etree.XPath:
    return _flag(f"boolean({'/*' * (depth + 1)})")


def _number(path: etree.XPath, root: etree._Element) -> float:
    value = path(root)
    assert isinstance(value, float)
    return value


def _require_short_texts(root: etree._Element, limits: Limits) -> None:
    if _LONG_ATTRIBUTE(root, limit=limits.text):
        _refuse("limit", "XML.LIMIT.ATTRIBUTE")
    long = _LONG_TEXT(root, limit=limits.text)
    assert isinstance(long, list)
    for element in long:
        assert isinstance(element, etree._Element)  # noqa: SLF001 - the type has no public name
        local_name = etree.QName(element).localname
        if local_name not in limits.file_elements or len(element.text or "") > limits.file_text:
            _refuse("limit", "XML.LIMIT.TEXT")
