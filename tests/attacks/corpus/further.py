"""B227 and on: further attacks of the same classes, from the literature and from what was seen elsewhere."""

from __future__ import annotations

import codecs
import copy
from uuid import uuid4

from lxml import etree

from gateway.security.errors import UntrustedCertificateError
from gateway.security.trust import TrustStore
from gateway.xml.namespaces import EXC_C14N, SOAP12, XSI
from tests.attacks.bending import ID, find, prefixes, put, transforms
from tests.attacks.judge import read
from tests.attacks.model import Expect, Sent, bad, judged
from tests.attacks.world import EVIL, SECRET, Ref, der, token_text
from tests.unit.gateway.security.material import raw_signature, timestamp, token

CHK, CLI, SEC, XML, INERT = Expect.CHK, Expect.CLI, Expect.SEC, Expect.XML, Expect.INERT
DIGEST = "SIG.REF.DIGEST"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@bad("B227", "xml:base and xml:lang", "wrapping", CHK, DIGEST, "XML Base; inherited xml attributes in C14N")
def xml_base(w):
    base = w.plain()
    for attribute in ("xml:base", "xml:lang", "xml:space"):
        yield (
            f"{attribute} on the Body",
            base.replace(b"<soap:Body ", f'<soap:Body {attribute}="x" '.encode(), 1),
            ("SOAP.BODY.ATTRIBUTE"),
            CLI,
        )
        yield f"{attribute} in the payload", base.replace(b"<documents>", f'<documents {attribute}="x">'.encode(), 1)
        yield (
            f"{attribute} on the Envelope",
            base.replace(b"<soap:Envelope ", f'<soap:Envelope {attribute}="x" '.encode()),
            "",
            INERT,
        )


@bad("B228", "xsi:type prefix bound anew after signing", "wrapping", CLI, "SOAP.BODY.TYPE_UNBOUND", "security §0 [M]")
def rebound(w):
    typed = w.report().replace("<number>", f'<number xmlns:xsi="{XSI}" xsi:type="t:DocumentNumber">', 1)
    message = w.plain(payload=typed, envelope_attributes='xmlns:t="urn:state-register:documents:v1"')
    yield "declared on the Envelope", message
    yield "bound anew", message.replace(b'xmlns:t="urn:state-register:documents:v1"', b'xmlns:t="urn:evil"')


@bad("B229", "#default and other words after poisoning", "xml", INERT, "", "lxml drops #default [M]")
def poisoned(w):
    """First a message that teaches the parser the word, then lawful ones: the same verdict before and after."""
    lists = transforms(EXC_C14N, inner=prefixes("#default soap"))
    lawful = w.plain(refs=["TS", Ref("Body", lists, prefixes=("#default", "soap"))])
    yield "before", lawful
    yield "the poison", w.plain(headers='<z:z xmlns:z="urn:z"><y xmlns="#default"/></z:z>')
    again = w.plain(refs=["TS", Ref("Body", lists, prefixes=("#default", "soap"))])
    yield "after", again
    unused = transforms(EXC_C14N, inner=prefixes(f"never{uuid4().hex[:8]} #default"))
    yield "word nobody declared", w.plain(refs=["TS", Ref("Body", unused, prefixes=("#default",))])


@judged("B230", "ECDSA value turned over", "time", Expect.EXP, "", "security §0: accepted elsewhere")
def malleated(target):
    """(r, n - s) is valid too: such a copy is the same question, and refused as a replay."""
    import base64

    w = target.world
    key = {}

    def sign(form: bytes) -> bytes:
        value = raw_signature(w.sbs, "ecdsa-sha256", form)
        key["value"] = value
        return value

    message = w.check_call(w.plain(issued=w.sbs, payload=w.check(), sign=sign))
    first = read(target.send(message))
    r, s = key["value"][:32], int.from_bytes(key["value"][32:])
    other = base64.b64encode(r + (ORDER - s).to_bytes(32))
    copied = message.body.replace(base64.b64encode(key["value"]), other)
    again = read(target.send(Sent(copied, operation="CheckDocuments")))
    yield "first", "" if first.kind == "answer" else first.code
    yield "turned over", "" if again.code == "client.security.replayed" else f"{again.kind} {again.code}"


@judged("B231", "replay of a question", "time", Expect.EXP, "", "security §0")
def question(target):
    message = target.world.check_call()
    first, *copies = (read(target.send(message)) for _ in range(4))
    yield "first", "" if first.kind == "answer" else first.code
    for number, each in enumerate(copies):
        yield f"copy {number + 2}", "" if each.code == "client.security.replayed" else f"{each.kind} {each.code}"


@bad("B232", "signature over another service's body", "security", CLI, "CONTRACT.OPERATION", "cross-service")
def other_body(w):
    for service, operation, values in (
        ("bus", "ListServices", {}),
        ("notices", "PullNotices", {"afterSequence": 0}),
        ("bus", "AllowedOperations", {}),
    ):
        payload = w.payload(service, operation, values)
        yield f"{service}.{operation}", Sent(w.plain(payload=payload), operation=operation)
    yield (
        "namespace of the service, no operation",
        w.plain(payload='<Nothing xmlns="urn:state-register:documents:v1"/>'),
    )
    yield "response element", w.plain(payload='<CheckDocumentsResponse xmlns="urn:state-register:documents:v1"/>')
    yield (
        "operation of no namespace",
        w.plain(payload=w.report().replace(' xmlns="urn:state-register:documents:v1"', "", 1)),
    )
    yield "operation of version 2", w.plain(payload=w.report().replace("documents:v1", "documents:v2"))


@bad("B233", "mixed SOAP namespaces", "soap", CLI, "SOAP.ENVELOPE.CHILDREN", "security §4 B")
def mixed(w):
    other = f'<b:Body xmlns:b="{SOAP12}" wsu:Id="Body">{w.report()}</b:Body>'
    yield "Body of 1.2 in 1.1", w.plain(body=other)
    yield (
        "Header of 1.2 in 1.1",
        w.plain()
        .replace(b"<soap:Header>", f'<h:Header xmlns:h="{SOAP12}">'.encode())
        .replace(b"</soap:Header>", b"</h:Header>"),
    )
    yield (
        "mustUnderstand of 1.2 in 1.1",
        w.plain(headers=f'<z:z xmlns:z="urn:z" xmlns:b="{SOAP12}" b:mustUnderstand="1"/>'),
        "",
        INERT,
    )


@bad("B234", "wsu:Id on the wrong node", "wrapping", CHK, "", "security §4 D")
def wrong_node(w):
    def moved(root):
        body = root[1]
        body[0].set(ID, body.attrib.pop(ID))

    yield "moved from Body to payload", w.plain(after=moved), "SIG.REF.POSITION"
    yield (
        "Id of the Timestamp and the Body exchanged",
        w.plain().replace(b'"TS"', b'"tmp"').replace(b'wsu:Id="Body"', b'wsu:Id="TS"').replace(b'"tmp"', b'"Body"'),
        "SIG.REF.DIGEST",
    )
    yield (
        "another wsu namespace",
        w.plain().replace(b'wsu:Id="Body"', b'o:Id="Body" xmlns:o="http://schemas.xmlsoap.org/ws/2003/06/utility"'),
        "SOAP.BODY.ATTRIBUTE",
        CLI,
    )
    yield "xml:id on the Body", w.plain().replace(b'wsu:Id="Body"', b'xml:id="Body"'), "SIG.REF.DIGEST"


@bad("B235", "CDATA and character references", "wrapping", CHK, DIGEST, "security §4 G",
     note="another spelling of the same text is the same content: inert; anything else is refused")  # fmt: skip
def cdata(w):
    base = w.plain()
    secret = SECRET.encode()
    yield "CDATA", base.replace(secret, b"<![CDATA[" + secret + b"]]>"), "", INERT
    yield "numbers", base.replace(secret, "".join(f"&#{ord(c)};" for c in SECRET).encode()), "", INERT
    yield "empty CDATA in the middle", base.replace(secret, secret[:3] + b"<![CDATA[]]>" + secret[3:]), "", INERT
    yield "CDATA with more", base.replace(secret, secret + b"<![CDATA[ ]]>")
    yield "carriage return by number", base.replace(secret, secret + b"&#13;")
    yield "markup in CDATA", base.replace(secret, b"<![CDATA[<x/>]]>" + secret)


@bad("B236", "line ends and space in signed values", "wrapping", CHK, DIGEST, "attribute normalisation, XML 1.0 §3.3.3")
def spaces(w):
    base = w.plain()
    secret = SECRET.encode()
    for name, change in {
        "space before": b" " + secret, "tab after": secret + b"\t", "no-break space": secret + "\u00a0".encode(),
        "line feed": secret + b"\n", "soft hyphen": secret + "\u00ad".encode(), "BOM inside": secret + codecs.BOM_UTF8,
    }.items():  # fmt: skip
        yield name, base.replace(secret, change)
    yield "between elements", base.replace(b"<documents>", b"<documents> ", 1)


@bad("B237", "UTF-16 tricks", "xml", XML, "", "security §4 A")
def utf16(w):
    for name, data, reason in _utf16(w):
        yield name, Sent(data, media="text/xml"), reason


def _utf16(w):
    message = w.plain().decode()
    little, big = message.encode("utf-16-le"), message.encode("utf-16-be")
    yield "mark of the other order", codecs.BOM_UTF16_BE + little, "XML.SYNTAX|XML.NO_ROOT|XML.ENCODING.BYTES"
    yield "odd length", codecs.BOM_UTF16_LE + little + b"\x00", "XML.ENCODING.BYTES"
    yield (
        "declared UTF-8",
        codecs.BOM_UTF16_LE + ('<?xml version="1.0" encoding="UTF-8"?>' + message).encode("utf-16-le"),
        "XML.ENCODING.DECLARED",
    )
    yield "NUL after the end", codecs.BOM_UTF16_BE + big + b"\x00\x00", "XML.SYNTAX"
    yield "lone surrogate", codecs.BOM_UTF16_LE + little[:-2] + b"\x3d\xd8" + little[-2:], "XML.ENCODING.BYTES"
    yield "DTD", codecs.BOM_UTF16_BE + ("<!DOCTYPE x>" + message).encode("utf-16-be"), "XML.DTD"
    yield "XML 1.1", b'<?xml version="1.1"?>' + message.encode(), "XML.VERSION"
    yield "no version", b'<?xml encoding="UTF-8"?>' + message.encode(), "XML.DECLARATION"


@bad("B238", "canonically equal ids and names", "wrapping", CHK, "", "NFC and NFD")
def normal_forms(w):
    base = w.plain()
    yield (
        "combining mark in a name",
        base.replace(b"<documents>", "<documents\u0301>".encode()).replace(
            b"</documents>", "</documents\u0301>".encode()
        ),
        DIGEST,
    )
    yield (
        "name in full width",
        base.replace(b"<number>", "<\uff4eumber>".encode()).replace(b"</number>", "</\uff4eumber>".encode()),
        "SIG.REF.DIGEST|XML.SYNTAX",
    )
    yield (
        "Kelvin sign in the operation",
        w.plain(payload=w.report().replace("ReportInvalidDocuments", "ReportInvalidDo\u212auments")),
        "CONTRACT.OPERATION",
        CLI,
    )


@bad("B239", "oversize lists", "xml", CLI, "CONTRACT.SCHEMA", "contract: 1 to 1,000 and 1 to 10,000")
def lists(w):
    one = w.check()
    document = one[one.index("<documents>") : one.rindex("</CheckDocuments>")]
    yield "1,001 questions", w.check_call(w.plain(issued=w.sbs, payload=one.replace(document, document * 1001)))
    yield "none", w.check_call(w.plain(issued=w.sbs, payload=one.replace(document, "")))
    report = w.report()
    item = report[report.index("<documents>") : report.rindex("</ReportInvalidDocuments>")]
    yield "10,001 reports", w.plain(payload=report.replace(item, item * 10_001)), "CONTRACT.SCHEMA|XML.LIMIT.ELEMENTS"


@bad("B240", "context out of form", "soap", CLI, "CONTRACT.SCHEMA", "contract: context")
def context(w):
    report = w.report()
    part = report[report.index("<context>") : report.index("</context>") + len("</context>")]
    yield "missing", w.plain(payload=report.replace(part, ""))
    yield "twice", w.plain(payload=report.replace(part, part * 2))
    yield (
        "last",
        w.plain(
            payload=report.replace(part, "").replace("</ReportInvalidDocuments>", part + "</ReportInvalidDocuments>")
        ),
    )
    yield "empty", w.plain(payload=report.replace(part, "<context/>"))
    yield "no purpose for a check", w.check_call(w.plain(issued=w.sbs, payload=w.check().replace("BORDER_CONTROL", "")))
    yield (
        "purpose in small letters",
        w.check_call(w.plain(issued=w.sbs, payload=w.check().replace("BORDER_CONTROL", "border"))),
    )


@bad("B241", "acting for others", "security", Expect.DENY, "", "contract: onBehalfOf, representative")
def on_behalf(w):
    def told(**values):
        return w.plain(payload=w.payload("documents", "ReportInvalidDocuments", {
            "context": values, "documents": [{"documentType": "PASSPORT", "country": "AZE", "number": SECRET,
            "kind": "PERSONALISED", "reason": "LOST", "effectiveFrom": "2026-01-05"}]}))  # fmt: skip

    for agency in ("MOJ", "SBS", "NOBODY"):
        yield f"for {agency}", told(onBehalfOf=agency), "ACCESS.NO_MANDATE|ACCESS.MANDATE"
    yield "person of another agency", told(representative=w.person("MOJ").fin), "ACCESS.REPRESENTATIVE"
    yield "person nobody knows", told(representative="9ZZZZZ9"), "ACCESS.REPRESENTATIVE"


@bad("B242", "empty, tiny and odd bodies", "xml", XML, "", "robustness")
def tiny(w):
    yield from {
        "nothing": b"", "space": b" \n\t", "one letter": b"<", "NUL": b"\x00", "mark only": codecs.BOM_UTF8,
        "declaration only": b'<?xml version="1.0"?>', "comment only": b"<!-- x -->", "text": b"hello", "JSON": b"{}",
        "tag": b"<a", "random": bytes(range(256)), "gzip": b"\x1f\x8b\x08\x00",
    }.items()  # fmt: skip
    yield "not an Envelope", w.report().encode(), "SOAP.ROOT", CLI
    yield "Envelope of no namespace", b"<Envelope/>", "SOAP.VERSION", Expect.VER
    yield "HTML", b"<html><body/></html>", "SOAP.ROOT", CLI


@bad("B243", "Security header that is wrapped or doubled by name", "security", SEC, "", "CVE-2026-89238 (WSS4J)")
def security_names(w):
    yield "Security in Security", w.plain(after=put("Security", "<wsse:Security/>")), "SEC.HEADER.UNKNOWN"

    def outside(root):
        header = root[0]
        security = find(root, "Security")
        holder = etree.SubElement(header, "{urn:w}Wrapper")
        holder.append(security)

    yield "Security in a wrapper", w.plain(after=outside), "SEC.MISSING"
    yield (
        "as a child of the Envelope",
        w.plain(after=lambda root: root.insert(1, find(root, "Security"))),
        ("SOAP.ENVELOPE.CHILDREN"),
        CLI,
    )
    yield "in the Body", w.plain(after=lambda root: root[1].append(find(root, "Security"))), "SOAP.BODY.CHILDREN", CLI
    yield "text", w.plain(security=[timestamp(w.now), token(w.mia), "text"]), "SEC.HEADER.TEXT"


@bad("B244", "signed content in comments", "wrapping", CHK, "", "C14N drops comments")
def comments(w):
    yield "comment between elements", w.plain(after=lambda root: root[1][0].append(etree.Comment(EVIL))), "", INERT
    yield (
        "operation in a comment",
        w.plain(after=lambda root: root[1].insert(0, etree.Comment(w.report(EVIL).replace("--", "")))),
        "",
        INERT,
    )
    yield (
        "comment as the Body",
        w.plain().replace(b"<soap:Body", b"<!--<soap:Body").replace(b"</soap:Body>", b"</soap:Body>-->"),
        ("SOAP.ENVELOPE.CHILDREN"),
        CLI,
    )


@bad("B245", "digest with another length or twice", "security", CHK, "SIG.VALUE", "XML Signature §4.4.3")
def digests(w):
    def cut(root):
        for each in root.iter("{*}DigestValue"):
            each.text = "AAAA"

    yield "three bytes", w.plain(after=cut)
    yield "digest of another part", w.plain(after=_exchange_digests)
    yield (
        "two DigestValues",
        w.plain(after=lambda root: find(root, "DigestValue").addnext(copy.deepcopy(find(root, "DigestValue")))),
        "SIG.REF.CHILDREN",
        SEC,
    )


def _exchange_digests(root):
    one, two = list(root.iter("{*}DigestValue"))[:2]
    one.text, two.text = two.text, one.text


@bad("B246", "HTTP target and Host", "transport", Expect.H404, "HTTP.PATH", "CWE-22; host confusion")
def paths(w):
    message = w.plain()
    for path in (
        "/", "/soap", "/soap/", "/soap/documents", "/soap/documents/v1/", "/soap/documents/v1/../v1",
        "/soap//documents/v1",
        "/SOAP/documents/v1", "/soap/Documents/v1", "/soap/documents%2Fv1", "/soap/documents/v1;x", "/soap/%00/v1",
        "/soap/documents/v1%00", "/../../etc/passwd", "/soap/documents/v1.", "//soap/documents/v1",
    ):  # fmt: skip
        yield path, Sent(message, path=path)


@bad("B247", "contract pages", "transport", Expect.H404, "HTTP.XSD", "CWE-22")
def contract_pages(w):
    for query in (
        "xsd=../../keys/gateway.pem",
        "xsd=/etc/passwd",
        "xsd=nothing.xsd",
        "xsd=",
        "XSD=..%2f..%2fx",
        f"xsd={'a' * 4000}",
    ):
        yield query[:20], Sent(b"", method="GET", path=f"/soap/documents/v1?{query}")


@bad("B248", "Host header", "transport", Expect.H400, "HTTP.HOST", "host header injection")
def hosts(w):
    for host in ('evil"><script>', "a b", "x" * 300, "evil/../x", "user@evil", "<evil>"):
        yield host[:12], Sent(b"", method="GET", path="/soap/documents/v1?wsdl", headers=(("Host", host),))


@bad("B249", "head of the request too large", "transport", Expect.H400, "", "CWE-400",
     note="431 and 400 are both lawful (RFC 6585); nothing is parsed")  # fmt: skip
def large_head(w):
    yield (
        "one header of 1 MB",
        Sent(b"", raw=(b"POST /soap/documents/v1 HTTP/1.1\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",)),
    )
    many = b"".join(b"X-%d: y\r\n" % number for number in range(50_000))
    yield "50,000 headers", Sent(b"", raw=(b"POST /soap/documents/v1 HTTP/1.1\r\n" + many + b"\r\n",))
    yield "rubbish", Sent(b"", raw=(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),))
    yield "HTTP/2 preface", Sent(b"", raw=(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",))
    yield "HTTP/9", Sent(b"", raw=(b"POST /soap/documents/v1 HTTP/9.9\r\nHost: x\r\nContent-Length: 0\r\n\r\n",))


@bad(
    "B250",
    "Exclusive C14N of a prefix that only a value uses",
    "wrapping",
    CLI,
    "CONTRACT.SCHEMA",
    "exclusive C14N §1.3",
)
def value_prefix(w):
    yield (
        "QName in a text",
        w.plain(payload=w.report().replace("<reason>LOST", "<reason>t:LOST", 1), envelope_attributes='xmlns:t="urn:x"'),
    )


@judged("B251", "certificate with a byte changed", "certificate", CHK, "", "found by the fuzzer: InvalidVersion")
def changed_certificates(target):
    """Every byte of an enrolled certificate, changed in three ways: refused or nobody's, and nothing else is raised."""
    w = target.world
    store, whole = TrustStore.from_folder(w.home.path / "trust"), der(w.sbs)
    for change in (0x01, 0x80, 0xFF):
        problems = []
        for place in range(len(whole)):
            odd = whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :]
            try:
                store.trusted(odd, w.now)
            except UntrustedCertificateError:
                continue
            except Exception as error:  # noqa: BLE001 - whatever else is raised is what this looks for
                problems.append(f"byte {place}: {type(error).__name__}")
            else:
                # The count of unused bits in the issuer's signature is read by nobody. It makes another fingerprint.
                problems += _not_enrolled(target, odd, place)
        yield f"each byte ^ {change:#x}", "; ".join(problems[:3])


def _not_enrolled(target, odd: bytes, place: int) -> list[str]:
    w = target.world
    text = token_text(odd)
    message = w.plain(issued=w.sbs, payload=w.check(), security=[timestamp(w.now), token(w.sbs, text=text)])
    reading = read(target.send(w.check_call(message)))
    return [] if reading.code == "client.security.failed-check" else [f"byte {place}: {reading.kind} {reading.code}"]
