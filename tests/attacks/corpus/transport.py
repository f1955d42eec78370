"""B001 to B010: HTTP itself."""

from __future__ import annotations

import gzip
import zlib

from tests.attacks.model import Expect, Sent, bad
from tests.attacks.targets import wire

H400, H404, H405, H408, H413, H415 = (
    Expect.H400, Expect.H404, Expect.H405, Expect.H408, Expect.H413, Expect.H415,
)  # fmt: skip


def head(*lines: str, body: bytes = b"") -> bytes:
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


MEDIA = "HTTP.MEDIA_TYPE|HTTP.MEDIA_TYPE.PARAMETER|HTTP.MEDIA_TYPE.REPEATED"
POST = "POST /soap/documents/v1 HTTP/1.1"
COMMON = ("Host: x", "Connection: close", "Content-Type: text/xml")


@bad("B001", "GET bypass", "transport", H405, "", "CVE-2012-5633 (CXF)")
def get_bypass(w):
    message = w.plain()
    for method in ("GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE", "get", "post", "PROPFIND"):
        yield method, Sent(message, method=method)
    yield "GET with arguments", Sent(b"", method="GET", path="/soap/documents/v1?number=1&op=CheckDocuments")
    yield "POST to health", Sent(message, path="/health")
    yield "POST to metrics", Sent(message, path="/metrics")
    yield "overridden", Sent(message, method="GET", headers=(("X-HTTP-Method-Override", "POST"),))


@bad("B002", "wrong media type", "transport", H415, MEDIA, "security §4 A")
def wrong_media_type(w):
    message = w.plain()
    for media in (
        "text/plain", "application/json", "", "application/xml", "text/xml, application/json", "text/html",
        "application/x-www-form-urlencoded", "text/xmlx", "*/*", "application/xop+xml", "text/xml\t+soap",
    ):  # fmt: skip
        yield media or "none", Sent(message, media=media)


@bad("B003", "attachments", "transport", H415, "HTTP.MEDIA_TYPE", "CVE-2022-46364, CVE-2024-28752 (CXF)")
def attachments(w):
    part = b'--b\r\nContent-Type: application/xop+xml; type="text/xml"\r\nContent-ID: <r>\r\n\r\n%s\r\n--b--\r\n'
    include = (f'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="{w.canary.url}"/>').encode()
    message = part % w.plain().replace(b"C55501990", include)
    for media in (
        'multipart/related; type="application/xop+xml"; boundary=b; start="<r>"; start-info="text/xml"',
        'multipart/related; type="text/xml"; boundary=b',
        "multipart/form-data; boundary=b",
        "multipart/mixed; boundary=b",
    ):
        yield media.partition(";")[0], Sent(message, media=media)


@bad("B004", "compression bomb", "transport", H415, "HTTP.CONTENT_ENCODING", "WS-Attacker; security §4 A")
def compression_bomb(w):
    bomb = gzip.compress(b" " * 20_000_000, 9)
    for coding in ("gzip", "deflate", "br", "compress", "zstd", "gzip, gzip", "identity, gzip", "x-gzip"):
        body = zlib.compress(b" " * 20_000_000, 9) if coding == "deflate" else bomb
        yield coding, Sent(body, headers=(("Content-Encoding", coding),))


@bad("B005", "declared size", "transport", H413, "", "security §4 A")
def declared_size(w):
    for size in (2**31, 10_000_001, 2**63, 10**30):
        yield str(size), Sent(b"", raw=(head(POST, *COMMON, f"Content-Length: {size}"),))


@bad("B006", "undeclared size", "transport", H413, "", "security §4 A")
def undeclared_size(w):
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    yield (
        "chunks past the limit",
        Sent(b"", raw=(head(POST, *COMMON, "Transfer-Encoding: chunked") + chunk * 11 + b"0\r\n\r\n",)),
    )


@bad("B007", "slow body", "transport", H408, "", "slowloris; security §4 A")
def slow_body(w):
    message = wire(Sent(w.plain()))
    yield "half a body, then silence", Sent(b"", raw=(message[:-900],))
    yield "half a head, then silence", Sent(b"", raw=(message[:60],)), "", Expect.H408


@bad("B008", "request smuggling", "transport", H400, "", "CWE-444; waitress CVE-2019-16785 and after")
def smuggling(w):
    second = wire(Sent(w.plain()))
    cl = f"Content-Length: {len(second)}"
    for name, lines in {
        "both lengths": ("Content-Length: 5", "Transfer-Encoding: chunked"),
        "two lengths": ("Content-Length: 5", cl),
        "lengths in one line": (f"Content-Length: 5, {len(second)}",),
        "negative": ("Content-Length: -5",),
        "signed": ("Content-Length: +5",),
        "hexadecimal": ("Content-Length: 0x5",),
        "space in the number": ("Content-Length: 5 5",),
        "underscores": ("Content-Length: 1_0",),
        "unknown coding": ("Transfer-Encoding: xchunked",),
        "coding twice": ("Transfer-Encoding: chunked, chunked",),
        "space before the colon": ("Content-Length : 5",),
        "folded header": ("X: y", " Content-Length: 5"),
        "NUL in a value": ("X-A: a\x00b", "Content-Length: 5"),
        "bare CR": ("X-A: a\rContent-Length: 5",),
        "no name": (": x", "Content-Length: 5"),
    }.items():
        yield name, Sent(b"", raw=(head(POST, *COMMON, *lines, body=b"hello" + second),))
    for name, body in {
        "chunk size is no number": b"xyz\r\nhello\r\n0\r\n\r\n",
        "negative chunk": b"-5\r\nhello\r\n0\r\n\r\n",
        "huge chunk": b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        "chunk extension with LF": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
        "chunk without its end": b"5\r\nhelloXX0\r\n\r\n",
    }.items():
        yield name, Sent(b"", raw=(head(POST, *COMMON, "Transfer-Encoding: chunked", body=body),))


@bad("B009", "charset conflict", "transport", H415, f"HTTP.CHARSET|{MEDIA}", "security §4 A")
def charset_conflict(w):
    message = w.plain()
    for charset in ("iso-8859-1", "utf-7", "utf-32", "cp1252", "us-ascii", "utf-8;charset=utf-7", "utf-8'x", "ebcdic"):
        sent = Sent(message, media=f"text/xml; charset={charset}")
        yield charset, sent
    yield (
        "declaration says another",
        Sent(b'<?xml version="1.0" encoding="iso-8859-1"?>' + message),
        ("XML.ENCODING.DECLARED"),
        Expect.XML,
    )
    yield (
        "UTF-16 said, UTF-8 sent, declared UTF-16",
        Sent(b'<?xml version="1.0" encoding="UTF-16"?>' + message, media="text/xml; charset=utf-16"),
        "HTTP.CHARSET.OTHER",
    )


@bad("B010", "UTF-7 body", "xml", Expect.XML, "", "libxml2 decodes it [M]")
def utf7(w):
    message = w.plain()
    start = b'<?xml version="1.0" encoding="UTF-7"?>'
    yield "declared", start + message, "XML.ENCODING.DECLARED"
    yield "markup encoded", start + b"+ADw-x+AD4-", "XML.ENCODING.DECLARED"
    yield "DOCTYPE encoded", start + b"+ADwAIQ-DOCTYPE x+AD4-" + message, "XML.ENCODING.DECLARED"
    yield "not declared", b"+ADw-x+AD4-" + message, "XML.NO_ROOT|XML.SYNTAX"
    yield "byte order mark of UTF-7", b"+/v8-" + message, "XML.NO_ROOT|XML.SYNTAX"
