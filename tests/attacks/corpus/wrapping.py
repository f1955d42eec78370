"""B107 to B130: signature wrapping. Whatever is moved, copied or put beside, nothing unsigned may be read."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.policy import Policy
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.xml.namespaces import DS, SOAP11, SOAP12, WSSE
from tests.attacks.bending import ID, Q, S, drop, find, put, twin_of
from tests.attacks.judge import read
from tests.attacks.model import Expect, Sent, bad, judged
from tests.attacks.world import EVIL
from tests.unit.gateway.security.material import timestamp, token, wsa

CHK, CLI, SEC = Expect.CHK, Expect.CLI, Expect.SEC
POSITION, DUPLICATE = "SIG.REF.POSITION", "SIG.ID.DUPLICATE"


def message(w) -> etree._Element:
    """M0 as a tree."""
    return etree.fromstring(w.full())


def evil_body(w, ident: str | None = None) -> etree._Element:
    body = etree.fromstring(f'<soap:Body xmlns:soap="{SOAP11}">{w.report(EVIL)}</soap:Body>')
    if ident is not None:
        body.set(ID, ident)
    return body


def wrapper(name: str = "Wrapper", namespace: str = "urn:w", **attributes: str) -> etree._Element:
    return etree.Element(f"{{{namespace}}}{name}", attributes)


def to_header(w, holder: etree._Element, ident: str | None, *, first: bool = False) -> bytes:
    """The signed Body inside a wrapper in the Header, an evil one in its place."""
    root = message(w)
    signed = root[1]
    root.replace(signed, evil_body(w, ident))
    holder.append(signed)
    root[0].insert(0, holder) if first else root[0].append(holder)
    return etree.tostring(root)


@bad("B107", "simple ancestry", "wrapping", CHK, POSITION, "McIntosh and Austel 2005; signxml T3 [M]")
def ancestry(w):
    for first in (False, True):
        yield f"without an id, first {first}", to_header(w, wrapper(), None, first=first)
        yield f"with another id, first {first}", to_header(w, wrapper(), "Evil", first=first)


@bad("B108", "optional element", "wrapping", CHK, POSITION, "McIntosh and Austel 2005")
def optional(w):
    for name in ("To", "Action", "MessageID", "ReplyTo"):
        root = message(w)
        part = find(root, name)
        holder = wrapper()
        part.addprevious(holder)
        holder.append(part)
        yield f"{name} out of sight", etree.tostring(root)


@bad("B109", "simple ancestry, same id", "wrapping", CHK, DUPLICATE, "McIntosh and Austel 2005")
def same_id(w):
    for first in (False, True):
        yield f"first {first}", to_header(w, wrapper(), "Body", first=first)


@bad("B110", "XSW1", "wrapping", CHK, "SIG.TWO_SIGNATURES|SIG.CHILDREN", "Somorovsky 2012")
def xsw1(w):
    root, evil = message(w), message(w)
    evil.replace(evil[1], evil_body(w, "Body"))
    etree.SubElement(find(evil, "Signature"), f"{Q}Object").append(root)
    yield "original in an Object", etree.tostring(evil)
    root, evil = message(w), message(w)
    evil.replace(evil[1], evil_body(w, "Evil"))
    find(evil, "Signature").append(root)
    yield "original in the Signature", etree.tostring(evil)


@bad("B111", "XSW2", "wrapping", SEC, "SEC.HEADER.UNKNOWN", "Somorovsky 2012")
def xsw2(w):
    for index in (0, 4):
        root, evil = message(w), message(w)
        evil.replace(evil[1], evil_body(w, "Evil"))
        find(evil, "Security").insert(index, root)
        yield f"original as sibling at {index}", etree.tostring(evil)


@bad("B112", "XSW3", "wrapping", CLI, "SOAP.ENVELOPE.CHILDREN", "Somorovsky 2012")
def xsw3(w):
    for ident in ("Evil", "Body", None):
        root = message(w)
        root.insert(1, evil_body(w, ident))
        yield f"evil Body before, id {ident}", etree.tostring(root)


@bad("B113", "XSW4", "wrapping", CHK, POSITION, "Somorovsky 2012")
def xsw4(w):
    for ident in ("Evil", None):
        root = message(w)
        signed, evil = root[1], evil_body(w, ident)
        root.replace(signed, evil)
        evil[0].append(signed)
        yield f"evil Body holds the signed one, id {ident}", etree.tostring(root)


@bad("B114", "XSW5", "wrapping", CLI, "SOAP.ENVELOPE.CHILDREN", "Somorovsky 2012")
def xsw5(w):
    root = message(w)
    signed = copy.deepcopy(root[1])
    find(root, "number").text = EVIL
    root.append(signed)
    yield "signed copy at the end", etree.tostring(root)


@bad("B115", "XSW6", "wrapping", SEC, "SIG.CHILDREN", "Somorovsky 2012")
def xsw6(w):
    root = message(w)
    signed = copy.deepcopy(root[1])
    find(root, "number").text = EVIL
    find(root, "Signature").append(signed)
    yield "signed copy in the Signature", etree.tostring(root)


@bad("B116", "XSW7", "wrapping", CHK, "", "Somorovsky 2012")
def xsw7(w):
    yield "under Extensions, same id", to_header(w, wrapper("Extensions"), "Body", first=True), DUPLICATE
    yield "under Extensions, new id", to_header(w, wrapper("Extensions"), "New", first=True), POSITION


@bad("B117", "XSW8", "wrapping", SEC, "SIG.CHILDREN", "Somorovsky 2012")
def xsw8(w):
    for ident in ("Evil", "Body", None):
        root = message(w)
        signed = root[1]
        root.replace(signed, evil_body(w, ident))
        etree.SubElement(find(root, "Signature"), f"{Q}Object").append(signed)
        yield f"in an Object, id {ident}", etree.tostring(root)


@bad("B118", "signed Body in the KeyInfo or SignedInfo", "wrapping", SEC, "", "Somorovsky 2012")
def in_signature(w):
    for place, reason in {
        "KeyInfo": POSITION, "SignedInfo": "SIG.INFO.CHILDREN", "SecurityTokenReference": POSITION,
        "Transform": "SIG.TRANSFORM.CHILDREN", "DigestMethod": "SIG.REF.METHOD.CHILDREN",
    }.items():  # fmt: skip
        root = message(w)
        signed = root[1]
        root.replace(signed, evil_body(w, "Evil"))
        find(root, place).append(signed)
        yield (
            place,
            etree.tostring(root),
            reason,
            {"Transform": Expect.ALG, "KeyInfo": CHK, "SecurityTokenReference": CHK}.get(place, SEC),
        )


def part_wrapped(w, name: str, place: str, *, evil_first: bool, holder: etree._Element | None = None) -> bytes:
    root = message(w)
    part = find(root, name)
    part.getparent().replace(part, twin_of(part, EVIL))
    holder = wrapper() if holder is None else holder
    holder.append(part)
    target = root if place == "Envelope" else find(root, place)
    target.append(holder) if evil_first else target.insert(0, holder)
    return etree.tostring(root)


_WHERE = {
    "Header": (POSITION, CHK),
    "Security": ("SEC.HEADER.UNKNOWN", SEC),
    "Body": ("SOAP.BODY.CHILDREN", CLI),
    "Envelope": ("SOAP.ENVELOPE.CHILDREN", CLI),
    "Signature": ("SIG.CHILDREN", SEC),
    "ReportInvalidDocuments": (POSITION, CHK),
}


@bad("B119", "Timestamp wrapped", "wrapping", CHK, POSITION, "McIntosh and Austel 2005")
def timestamp_wrapped(w):
    for place, (reason, expect) in _WHERE.items():
        for evil_first in (True, False):
            yield (
                f"{place}, twin first {evil_first}",
                part_wrapped(w, "Timestamp", place, evil_first=evil_first),
                (reason),
                expect,
            )


@bad("B120", "UsernameToken, To, Action, ReplyTo, MessageID wrapped", "wrapping", CHK, POSITION, "security §4 D")
def parts_wrapped(w):
    for name in ("UsernameToken", "To", "Action", "ReplyTo", "MessageID"):
        for place, (reason, expect) in _WHERE.items():
            yield f"{name} in {place}", part_wrapped(w, name, place, evil_first=True), reason, expect


@bad("B121", "signed parts exchanged", "wrapping", CHK, "", "McIntosh and Austel 2005 (sibling order)")
def exchanged(w):
    both = wsa("To", "http://gateway.example/soap/documents/v1") + wsa("Action", "urn:state-register:documents:v1/x")
    base = w.plain(headers=both, refs=["TS", "Body", "To", "Action"])
    yield "ids exchanged", (
        base.replace(b'wsu:Id="To"', b'wsu:Id="#"').replace(b'wsu:Id="Action"', b'wsu:Id="To"')
        .replace(b'wsu:Id="#"', b'wsu:Id="Action"')
    ), "SIG.REF.DIGEST"  # fmt: skip
    yield (
        "names exchanged",
        (base.replace(b"wsa:To", b"wsa:T_").replace(b"wsa:Action", b"wsa:To").replace(b"wsa:T_", b"wsa:Action")),
        "SIG.REF.DIGEST",
    )
    report = w.report().replace("</documents>", "</documents><documents><x/></documents>", 1)
    yield (
        "a document put in",
        w.plain(after=lambda root: find(root, "documents").addnext(copy.deepcopy(find(root, "documents")))),
        ("SIG.REF.DIGEST"),
    )
    assert report


@bad("B122", "token wrapped", "wrapping", SEC, "SEC.TWO.BINARYSECURITYTOKEN", "security §4 D")
def token_wrapped(w):
    ours, theirs = token(w.mia), token(w.stranger)
    for name, tokens in {"attacker's last": (ours, theirs), "attacker's first": (theirs, ours)}.items():
        yield f"{name}, one id", w.plain(security=[timestamp(w.now), *tokens])
        other = [each.replace('"X509"', '"X2"') if each == theirs else each for each in tokens]
        yield f"{name}, own id", w.plain(security=[timestamp(w.now), *other])


@bad("B123", "second SignedInfo", "wrapping", SEC, "SIG.CHILDREN", "CVE-2019-3465 (xmlseclibs), CVE-2025-29775")
def second_info(w):
    for index in (0, 1, 3):

        def add(root, index=index):
            signature = find(root, "Signature")
            fake = copy.deepcopy(signature[0])
            find(fake, "DigestValue").text = "AAAA"
            signature.insert(index, fake)

        yield f"at {index}", w.plain(after=add)
    yield (
        "two values",
        w.plain(after=lambda root: find(root, "SignatureValue").addnext(etree.Element(f"{Q}SignatureValue"))),
    )


@bad("B124", "spelling of the id", "wrapping", CHK, "", "security §4 D")
def spelling(w):
    base = w.plain()
    for name, value in {
        "line feed by number": "Body&#10;", "small": "body", "capitals": "BODY", "NFD": "Bo\u0064\u0301y",
        "zero-width space": "Body\u200b", "Cyrillic o": "B\u043edy", "space": "Body ", "full width": "\uff22ody",
    }.items():  # fmt: skip
        changed = base.replace(b'wsu:Id="Body"', f'wsu:Id="{value}"'.encode())
        yield name, changed, "SIG.REF.NOT_FOUND|SIG.REF.DIGEST"
    for spelling in ("Id", "ID", "id", "AssertionID", "xml:id", "wsu:Id", "wsu:ID"):
        for value in ("Body", " Body", "Body&#9;"):
            block = f'<z:z xmlns:z="urn:z" {spelling}="{value}"/>'
            yield f"{spelling}={value} a second time", w.plain(headers=block), DUPLICATE


@bad("B125", "disguise of the wrapper", "wrapping", CHK, POSITION, "security §4 D")
def disguise(w):
    for name, holder in {
        "mustUnderstand 0": wrapper("W", **{f"{S}mustUnderstand": "0"}),
        "actor none": wrapper("W", **{f"{S}actor": f"{SOAP12}/role/none"}),
        "Security of another": wrapper("Security", WSSE, **{f"{S}actor": "urn:other"}),
        "wsse namespace": wrapper("Wrapper", WSSE),
        "soap namespace": wrapper("Wrapper", SOAP11),
        "no namespace": etree.Element("W"),
        "dsig Object": wrapper("Object", DS),
        "named Body": wrapper("Body", "urn:w"),
        "named Envelope": wrapper("Envelope", SOAP11),
    }.items():
        yield name, to_header(w, holder, None)
    root = message(w)
    signed = root[1]
    root.replace(signed, evil_body(w))
    find(root, "UsernameToken").append(signed)
    yield "inside the UsernameToken", etree.tostring(root)


@bad("B126", "namespace injection", "wrapping", CHK, "SIG.REF.DIGEST", "Jensen et al. 2011; WS-Attacker")
def injection(w):
    base = w.plain()
    yield "default namespace redefined", base.replace(b"<documents>", b'<documents xmlns="urn:evil">', 1)
    yield "payload's namespace", base.replace(b'xmlns="urn:state-register:documents:v1"', b'xmlns="urn:evil"', 1)
    yield "prefix bound between", base.replace(b"<soap:Body ", b'<soap:Body xmlns="urn:evil" ', 1), (""), Expect.INERT
    yield (
        "soap prefix inside",
        base.replace(b"<number>", b'<soap:number xmlns:soap="urn:evil">', 1).replace(
            b"</number>", b"</soap:number>", 1
        ),
    )


@judged("B127", "position sweep", "wrapping", CHK, "", "security §4 D")
def sweep_entry(target):
    from tests.attacks.sweep import sample

    found = sample(target.world, 200)
    yield f"{found.tried} positions", "; ".join(found.accepted[:3] + found.crashed[:3])


@bad("B128", "evil header block of the signed name", "wrapping", CHK, "", "header confusion, CVE-2026-89238 (WSS4J)")
def header_confusion(w):
    yield (
        "wsa:To of another WS-Addressing",
        w.full(
            after=put(
                "Header", '<o:To xmlns:o="http://schemas.xmlsoap.org/ws/2004/08/addressing">http://evil</o:To>', 0
            )
        ),
        "",
        Expect.INERT,
    )
    yield "second wsa:To", w.full(after=put("Header", "<wsa:To>http://evil</wsa:To>", 0)), "WSA.TWICE", Expect.WSA
    yield "wsa header nobody knows", w.full(after=put("Header", "<wsa:Evil>x</wsa:Evil>")), "WSA.UNKNOWN", Expect.WSA
    yield (
        "unsigned wsa:From",
        w.plain(headers="<wsa:From><wsa:Address>x</wsa:Address></wsa:From>"),
        ("SIG.COVERAGE.FROM"),
    )
    yield "unsigned wsa:RelatesTo", w.plain(headers="<wsa:RelatesTo>urn:x</wsa:RelatesTo>"), "SIG.COVERAGE.RELATESTO"


@bad("B129", "SOAPAction of the evil operation", "wrapping", CHK, POSITION, "WS-Attacker")
def action_and_wrapping(w):
    for action in ('"urn:state-register:documents:v1/CheckDocuments"', '"urn:state-register:bus:v1/ListServices"'):
        yield action[-16:-1], Sent(to_header(w, wrapper(), None), action=action)


@judged("B130", "the answer attacked on its way", "wrapping", CHK, "", "zeep verifies no coverage [L]")
def response_side(target):
    """Answers go through the same verifier: whatever is done to one, the client refuses it."""
    w = target.world
    answer = target.send(Sent(w.plain()))
    assert read(answer).kind == "answer"
    trust = TrustStore.from_folder(w.home.path / "trust")

    def judged_by_client(data: bytes) -> str:
        try:
            payload = verify(data, trust=trust, now=datetime.now(UTC), policy=Policy()).payload
        except RefusalError:
            return ""
        return f"taken: {payload.tag}"

    yield "as it is", "" if judged_by_client(answer.body) else "the true answer was refused"
    for name, change in {
        "B107": _wrap_reply,
        "B112": lambda root: root.insert(1, copy.deepcopy(root[1])),
        "B117": lambda root: etree.SubElement(find(root, "Signature"), f"{Q}Object").append(root[1]),
        "B063": drop("Signature"),
        "receipt changed": lambda root: setattr(find(root, "trackingId"), "text", "0"),
    }.items():
        root = etree.fromstring(answer.body)
        change(root)
        yield name, judged_by_client(etree.tostring(root))


def _wrap_reply(root: etree._Element) -> None:
    signed = root[1]
    twin = copy.deepcopy(signed)
    twin.attrib.clear()
    root.replace(signed, twin)
    holder = wrapper()
    holder.append(signed)
    root[0].append(holder)
