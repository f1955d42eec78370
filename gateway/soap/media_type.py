"""The media type of a message (RFC 9110 §8.3): read strictly, since SOAP's version and the character set hang on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.faults import RefusalError

_NAME: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED: Final = r'"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*)"'
_TYPE: Final = re.compile(rf"({_NAME}/{_NAME})[ \t]*")
_PARAMETER: Final = re.compile(rf";[ \t]*(?:({_NAME})=(?:({_NAME})|{_QUOTED})[ \t]*)?")
_QUOTED_PAIR: Final = re.compile(r"\\(.)")
_CHARSETS: Final = frozenset({"", "utf-8", "utf8", "utf-16"})
_MARKS_16: Final = (b"\xfe\xff", b"\xff\xfe")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type taken apart; names in small letters."""

    name: str
    parameters: Mapping[str, str]

    @property
    def charset(self) -> str:
        """As announced, small letters; empty: not said."""
        return self.parameters.get("charset", "").lower()


def read_media_type(header: str) -> MediaType:
    """Take a Content-Type apart; raises `RefusalError` where it is malformed, repeats itself or names another charset.

    A parameter said twice is refused: which of the two holds is a matter of opinion.
    """
    match = _TYPE.match(header.strip(" \t"))
    if match is None:
        raise RefusalError("client.http.media-type", reason="HTTP.MEDIA_TYPE")
    rest = header.strip(" \t")[match.end() :]
    parameters: dict[str, str] = {}
    while rest:
        parameter = _PARAMETER.match(rest)
        if parameter is None:
            raise RefusalError("client.http.media-type", reason="HTTP.MEDIA_TYPE.PARAMETER")
        rest = rest[parameter.end() :]
        name, plain, quoted = parameter.groups()
        if name is None:
            continue
        if name.lower() in parameters:
            raise RefusalError("client.http.media-type", reason="HTTP.MEDIA_TYPE.REPEATED")
        parameters[name.lower()] = plain if plain is not None else _QUOTED_PAIR.sub(r"\1", quoted)
    media_type = MediaType(match[1].lower(), parameters)
    if media_type.charset not in _CHARSETS:
        raise RefusalError("client.http.media-type", reason="HTTP.CHARSET")
    return media_type


def check_charset(charset: str, body: bytes) -> None:
    """Raise `RefusalError` when the body begins as another encoding than its media type announces (B009)."""
    if charset and body.startswith(_MARKS_16) != (charset == "utf-16"):
        raise RefusalError("client.http.media-type", reason="HTTP.CHARSET.OTHER")
