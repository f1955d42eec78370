"""B041 to B061: the shape of the envelope, SOAPAction and WS-Addressing."""

from __future__ import annotations

from gateway.xml.namespaces import SOAP11, SOAP12, WSA
from tests.attacks.bending import drop, put
from tests.attacks.model import Expect, Sent, bad
from tests.attacks.world import EVIL
from tests.unit.gateway.security.material import wsa

CLI, VER, MU, WSA_, SEC = Expect.CLI, Expect.VER, Expect.MU, Expect.WSA, Expect.SEC
CHILDREN = "SOAP.ENVELOPE.CHILDREN"
NEXT = "http://schemas.xmlsoap.org/soap/actor/next"


@bad("B041", "wrong envelope version", "soap", VER, "", "security §4 B")
def version(w):
    yield "1.2 sent as 1.1", w.plain(soap=SOAP12), "SOAP.VERSION.MEDIA_TYPE"
    yield "1.1 sent as 1.2", Sent(w.plain(), media="application/soap+xml"), "SOAP.VERSION.MEDIA_TYPE"
    for name, namespace in {"unknown": "urn:soap:9", "draft": "http://www.w3.org/2001/12/soap-envelope"}.items():
        yield name, w.plain(soap=namespace), "SOAP.VERSION"


@bad("B042", "no Body", "soap", CLI, CHILDREN, "spyne [M]")
def no_body(w):
    yield "removed", w.plain(after=drop("Body"))
    yield "named otherwise", w.plain(body='<soap:Bodi wsu:Id="Body"><x xmlns="urn:x"/></soap:Bodi>')
    yield "of the other version", w.plain(body=f'<b:Body xmlns:b="{SOAP12}" wsu:Id="Body">{w.report()}</b:Body>')
    yield "of no namespace", w.plain(body=f'<Body wsu:Id="Body">{w.report()}</Body>')


@bad("B043", "two Bodies", "soap", CLI, CHILDREN, "spyne [M]")
def two_bodies(w):
    evil = f"<soap:Body>{w.report(EVIL)}</soap:Body>"
    yield "after", w.plain(after=put("Envelope", evil))
    yield "before", w.plain(after=put("Envelope", evil, 1))
    yield "first of all", w.plain(after=put("Envelope", evil, 0))
    yield "empty one", w.plain(after=put("Envelope", "<soap:Body/>"))


@bad("B044", "two Headers", "soap", CLI, CHILDREN, "security §4 B")
def two_headers(w):
    yield "before", w.plain(after=put("Envelope", "<soap:Header/>", 0))
    yield "after", w.plain(after=put("Envelope", "<soap:Header/>", 1))
    yield "at the end", w.plain(after=put("Envelope", "<soap:Header/>"))


@bad("B045", "Header after Body", "soap", CLI, CHILDREN, "security §4 B")
def order(w):
    yield "moved", w.plain(after=lambda root: root.append(root[0]))


@bad("B046", "two operations in the Body", "soap", CLI, "SOAP.BODY.CHILDREN", "spyne [M]")
def two_operations(w):
    evil = w.report(EVIL)
    yield "signed, after", w.plain(payload=w.report() + evil)
    yield "signed, before", w.plain(payload=evil + w.report())
    yield "added, after", w.plain(after=put("Body", evil))
    yield "added, before", w.plain(after=put("Body", evil, 0))


@bad("B047", "empty Body", "soap", CLI, "SOAP.BODY.CHILDREN", "spyne [M]")
def empty_body(w):
    yield "empty", w.plain(payload="")
    yield "space", w.plain(payload=" \n ")
    yield "comment", w.plain(payload="<!-- x -->"), "XML.COMMENT.IN_TEXT", Expect.XML


@bad("B048", "text beside the operation", "soap", CLI, "", "security §4 B")
def text_in_body(w):
    yield "before", w.plain(payload="x" + w.report()), "SOAP.BODY.TEXT"
    yield "after", w.plain(payload=w.report() + "x"), "SOAP.BODY.TEXT"
    yield "CDATA", w.plain(payload=w.report() + "<![CDATA[x]]>"), "SOAP.BODY.TEXT"
    yield "in the Envelope", w.plain(after=lambda root: setattr(root, "text", "x")), "SOAP.ENVELOPE.TEXT"
    yield "in the Header", w.plain(after=lambda root: setattr(root[0], "text", "x")), "SOAP.HEADER.TEXT"


@bad("B049", "envelope in the envelope", "soap", CLI, "SOAP.BODY.ENVELOPE", "security §4 B")
def nested(w):
    yield "signed inside signed", w.plain(payload=w.plain().decode())
    yield "Body in the Body", w.plain(payload=f"<soap:Body>{w.report()}</soap:Body>")
    yield "the other version", w.plain(payload=w.plain(soap=SOAP12).decode())
    yield (
        "M0 in an attacker's envelope",
        (f'<s:Envelope xmlns:s="{SOAP11}"><s:Header/><s:Body>{w.plain().decode()}</s:Body></s:Envelope>'.encode()),
    )


@bad("B050", "unknown header that must be understood", "soap", MU, "SOAP.MUST_UNDERSTAND", "spyne [M]")
def must_understand(w):
    for name, attributes in {
        "1": 'soap:mustUnderstand="1"',
        "true": 'soap:mustUnderstand="true"',
        "space around": 'soap:mustUnderstand=" 1 "',
        "for next": f'soap:mustUnderstand="1" soap:actor="{NEXT}"',
        "for an empty actor": 'soap:mustUnderstand="1" soap:actor=""',
    }.items():
        yield name, w.plain(headers=f'<z:z xmlns:z="urn:z" {attributes}/>')
    yield (
        "an older WS-Addressing",
        w.plain(
            headers='<z:To xmlns:z="http://schemas.xmlsoap.org/ws/2004/08/addressing" soap:mustUnderstand="1">x</z:To>'
        ),
    )
    old = "http://schemas.xmlsoap.org/ws/2003/06/secext"
    yield "an older WS-Security", w.plain(headers=f'<z:Security xmlns:z="{old}" soap:mustUnderstand="1"/>')


@bad("B051", "extra child of the Envelope", "soap", CLI, CHILDREN, "security §4 B")
def extra_child(w):
    for name, index in {"after the Body": None, "between": 1, "first": 0}.items():
        yield name, w.plain(after=put("Envelope", f'<x xmlns="urn:x">{EVIL}</x>', index))


@bad("B052", "href transclusion", "soap", CLI, "CONTRACT.SCHEMA", "spyne multiref [M]")
def href(w):
    multi = f'<q id="z" xmlns="urn:z">{EVIL}</q>'
    yield "from the Header", w.plain(payload=w.report().replace("<number>", '<number href="#z">', 1), headers=multi)
    yield "to itself", w.plain(payload=w.report().replace("<documents>", '<documents id="q" href="#q">', 1))
    yield (
        "xlink",
        w.plain(
            payload=w.report().replace("<number>", '<number xmlns:l="http://www.w3.org/1999/xlink" l:href="#z">', 1),
            headers=multi,
        ),
    )


@bad("B053", "attributes that are not of the standard", "soap", CLI, "", "security §4 B")
def attributes(w):
    # The Envelope is signed by nobody, and nothing reads its attributes.
    yield "on the Envelope", w.plain(envelope_attributes='x="1"'), "", Expect.INERT
    yield "on the Body", w.plain(body=f'<soap:Body wsu:Id="Body" x="1">{w.report()}</soap:Body>'), "SOAP.BODY.ATTRIBUTE"
    yield (
        "root on the Body",
        w.plain(
            body=f'<soap:Body wsu:Id="Body" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" e:root="1">{w.report()}'
            "</soap:Body>"
        ),
        "SOAP.BODY.ATTRIBUTE",
    )
    yield (
        "mustUnderstand of no meaning",
        w.plain(headers='<z:z xmlns:z="urn:z" soap:mustUnderstand="perhaps"/>'),
        ("SOAP.MUST_UNDERSTAND.VALUE"),
    )


@bad("B054", "encodingStyle", "soap", CLI, "SOAP.ENCODING_STYLE", "security §4 B")
def encoding_style(w):
    style = 'soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
    yield "Envelope", w.plain(envelope_attributes=style)
    yield "Body", w.plain(body=f'<soap:Body wsu:Id="Body" {style}>{w.report()}</soap:Body>')
    yield (
        "operation",
        w.plain(
            payload=w.report().replace(" xmlns=", f' xmlns:s="{SOAP11}" {style.replace("soap:enc", "s:enc")} xmlns=', 1)
        ),
    )


@bad("B055", "SOAPAction spoofing", "soap", CLI, "SOAP.ACTION.OTHER", "WS-Attacker; CVE-2012-3451 (CXF)")
def soap_action(w):
    message = w.plain()
    right = "urn:state-register:documents:v1/ReportInvalidDocuments"
    for name, action in {
        "another operation": '"urn:state-register:documents:v1/CheckDocuments"',
        "empty": '""', "unquoted": right, "space inside": f'" {right}"', "single quotes": f"'{right}'",
        "two": f'"{right}", "x"', "prefix of it": f'"{right[:-1]}"', "longer": f'"{right}x"',
        "capitals": f'"{right.upper()}"',
    }.items():  # fmt: skip
        yield name, Sent(message, action=action)
    yield "absent", Sent(message, action=None), "SOAP.ACTION.ABSENT"
    yield (
        "SOAP 1.2 action of another",
        Sent(
            w.plain(soap=SOAP12), media='application/soap+xml; action="urn:state-register:documents:v1/CheckDocuments"'
        ),
    )


@bad("B056", "wsa:Action mismatch", "soap", WSA_, "SOAP.ACTION.OTHER", "security §4 B")
def wsa_action(w):
    def with_action(action: str) -> bytes:
        return w.plain(headers=wsa("Action", action), refs=["TS", "Body", "Action"])

    yield "another operation", with_action("urn:state-register:documents:v1/CheckDocuments")
    yield "another service", with_action("urn:state-register:bus:v1/ListServices")
    yield "letters", with_action("urn:state-register:documents:v1/reportInvalidDocuments")


@bad("B057", "wsa:To of another service", "soap", WSA_, "WSA.TO.OTHER", "security §4 B")
def wsa_to(w):
    for name, to in {
        "another service": "http://gateway.example/soap/bus/v1",
        "another path": "http://gateway.example/soap/documents/v2",
        "path beyond": "http://gateway.example/soap/documents/v1/x",
        "no path": "http://gateway.example",
        "escaped": "http://gateway.example/soap/%64ocuments/v1",
    }.items():
        yield name, w.plain(headers=wsa("To", to), refs=["TS", "Body", "To"])


@bad("B058", "answer sent elsewhere", "soap", WSA_, "WSA.NOT_ANONYMOUS", "WS-Attacker (WS-Addressing spoofing)")
def reply_to(w):
    for header in ("ReplyTo", "FaultTo"):
        for name, inner in {
            "canary": f"<wsa:Address>{w.canary.url}</wsa:Address>",
            "two addresses": f"<wsa:Address>{WSA}/anonymous</wsa:Address><wsa:Address>{w.canary.url}</wsa:Address>",
            "none": "",
        }.items():
            yield f"{header} {name}", w.plain(headers=wsa(header, inner), refs=["TS", "Body", header])


@bad("B059", "MessageID out of form", "soap", WSA_, "", "security §4 B")
def message_id(w):
    def with_id(*values: str) -> bytes:
        headers = "".join(wsa("MessageID", value, f"M{n}") for n, value in enumerate(values))
        return w.plain(headers=headers, refs=["TS", "Body", *(f"M{n}" for n in range(len(values)))])

    yield "two", with_id("urn:1", "urn:2"), "WSA.TWICE"
    yield "empty", with_id(" "), "WSA.VALUE"
    yield "10 KB", with_id("u" * 10_000), "WSA.VALUE"
    yield "element inside", with_id("urn:1<x/>"), "WSA.LEAF"


@bad("B060", "Security for another actor only", "soap", SEC, "SEC.FOREIGN_ACTOR", "security §4 B")
def foreign_actor(w):
    yield "1.1", w.plain(security_attributes='soap:actor="urn:other"')
    yield "none", w.plain(security_attributes=f'soap:actor="{SOAP12}/role/none"')
    sent = Sent(w.plain(soap=SOAP12, security_attributes='soap:role="urn:other"'), media="application/soap+xml")
    yield "1.2 role", sent


@bad("B061", "relayed headers forged", "soap", Expect.INERT, "", "security §4 B")
def relayed(w):
    for name, value in {
        "X-Verified-Subject": "CN=MOJ-REGISTERS", "X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https",
        "X-SSL-Client-Verify": "SUCCESS", "X-Original-URL": "/soap/bus/v1", "X-Rewrite-URL": "/health",
        "Forwarded": "for=10.0.0.1;proto=https", "X-Forwarded-Host": "evil.example",
    }.items():  # fmt: skip
        yield name, Sent(w.plain(), headers=((name, value),))
