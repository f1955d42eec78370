"""P01 to P34 and on: what must be accepted, so that refusing everything is no way to pass."""

from __future__ import annotations

import codecs
import http.client
from datetime import timedelta
from uuid import uuid4

from lxml import etree

from gateway.security.policy import Policy
from gateway.xml.namespaces import EXC_C14N, SOAP12, WSA
from tests.attacks.bending import find, prefixes, put, transforms
from tests.attacks.judge import read
from tests.attacks.model import Sent, good, good_judged
from tests.attacks.world import FULL, SECRET, Ref, minutes
from tests.unit.gateway.security.material import MORE, SHA384, SHA512, timestamp, token, username

ALL = ("TS", "Body")


@good("P01", "M0")
def m0(w):
    yield "all parts signed", w.full()
    yield "Body and Timestamp", w.plain()
    yield "SOAP 1.2", Sent(
        w.plain(soap=SOAP12), media='application/soap+xml; charset=utf-8; action="urn:state-register:documents:v1/'
        'ReportInvalidDocuments"',
    )  # fmt: skip


@good("P02", "other prefixes")
def other_prefixes(w):
    yield "payload with a prefix", w.plain(
        payload=w.report().replace("<", "<r:").replace("<r:/", "</r:").replace(" xmlns=", " xmlns:r=", 1).replace(
            "<r:requestId xmlns=", "<r:requestId xmlns:r=")
    )  # fmt: skip
    yield "default namespace for SOAP", _default_soap(w)


def _default_soap(w) -> bytes:
    """A message whose SOAP elements use the default namespace, signed so."""
    text = w.plain().decode()
    start = text.index("<wsse:Security")
    assert start
    from tests.unit.gateway.security.material import add_signature

    body = w.report()
    root = etree.fromstring(
        '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sec="http://docs.oasis-open.org/wss/2004/01/'
        'oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-'
        f'wssecurity-utility-1.0.xsd"><Header><sec:Security>{_in_prefixes(w)}</sec:Security></Header><Body u:Id="Body">'
        f"{body}</Body></Envelope>"
    )
    add_signature(root, w.mia)
    return etree.tostring(root)


def _in_prefixes(w) -> str:
    pieces = timestamp(w.now) + token(w.mia)
    return pieces.replace("wsse:", "sec:").replace("wsu:", "u:")


@good("P03", "pretty-printed before signing")
def pretty(w):
    yield "indented", w.plain(before=etree.indent)
    yield "indented by tabs", w.plain(before=lambda root: etree.indent(root, "\t"))


@good("P04", "attributes in another order")
def attribute_order(w):
    from gateway.xml.namespaces import X509_V3
    from tests.unit.gateway.security.material import BASE64

    swapped = f'ValueType="{X509_V3}" EncodingType="{BASE64}"'
    yield "token", w.plain(security=[timestamp(w.now), token(w.mia, swapped)])
    yield "single quotes", w.plain().replace(b'wsu:Id="Body"', b"wsu:Id='Body'")


@good("P05", "CRLF line ends")
def crlf(w):
    text = w.plain(before=etree.indent)
    yield "everywhere", text.replace(b"\n", b"\r\n")


@good("P06", "UTF-8 byte order mark")
def bom(w):
    yield "mark", codecs.BOM_UTF8 + w.plain()
    yield "mark and declaration", codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="utf-8"?>\n' + w.plain()


@good("P07", "UTF-16 with byte order mark")
def utf16(w):
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        yield codec, Sent(mark + w.plain().decode().encode(codec), media="text/xml; charset=utf-16")


@good("P08", "CDATA before signing")
def cdata(w):
    yield "text", w.plain(payload=w.report().replace(SECRET, f"<![CDATA[{SECRET}]]>"))


@good("P09", "comments outside leaves")
def comments(w):
    yield "in the Header", w.plain(after=lambda root: root[0].insert(0, etree.Comment("x")))
    yield "before the Envelope", b"<!-- made by hand -->\n" + w.plain()
    yield "after the Envelope", w.plain() + b"\n<!-- end -->\n"


@good("P10", "base64 in lines")
def wrapped(w):
    def fold(width):
        def change(root):
            for name in ("SignatureValue", "BinarySecurityToken"):
                leaf = find(root, name)
                leaf.text = "\n".join(leaf.text[n : n + width] for n in range(0, len(leaf.text), width)) + "\n"

        return change

    for width in (64, 76):
        yield str(width), w.plain(after=fold(width))


@good("P11", "ECDSA")
def ecdsa(w):
    yield "P-256", w.check_call()
    yield "P-256 with SHA-384", w.check_call(w.plain(issued=w.sbs, payload=w.check(), method=f"{MORE}ecdsa-sha384"))


@good("P12", "RSA")
def rsa(w):
    for method in ("rsa-sha256", "rsa-sha384", "rsa-sha512"):
        yield method, w.plain(method=f"{MORE}{method}")


@good("P13", "digests")
def digests(w):
    for uri in (SHA384, SHA512):
        yield uri.rpartition("#")[2], w.plain(refs=[Ref(each, digest=uri) for each in ALL])


@good("P14", "PrefixList", "BSP R5414, R5415")
def prefix_list(w):
    for name, words in {"in order": "soap wsu", "out of order": "wsu soap wsa", "odd space": "  soap   wsu "}.items():
        lists = transforms(EXC_C14N, inner=prefixes(words))
        yield name, w.plain(refs=[Ref(each, lists, prefixes=tuple(words.split())) for each in ALL])
    sixteen = " ".join(f"p{n}" for n in range(16))
    yield "sixteen", w.plain(refs=["TS", Ref("Body", transforms(EXC_C14N, inner=prefixes(sixteen)))])
    method = f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}">{prefixes("soap")}</ds:CanonicalizationMethod>'
    yield "of SignedInfo", w.plain(c14n=method, c14n_prefixes=("soap",))


def stamped(w, created: str, expires: str) -> bytes:
    times = f"<wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires>"
    stamp = f'<wsu:Timestamp wsu:Id="TS">{times}</wsu:Timestamp>'
    return w.plain(security=[stamp, token(w.mia)])


@good("P15", "times with and without fraction")
def fractions(w):
    now, later = w.now, w.now + minutes(4)
    yield "milliseconds", stamped(w, f"{now:%Y-%m-%dT%H:%M:%S}.123Z", f"{later:%Y-%m-%dT%H:%M:%S}.123Z")
    yield "nanoseconds", stamped(w, f"{now:%Y-%m-%dT%H:%M:%S}.123456789Z", f"{later:%Y-%m-%dT%H:%M:%S}Z")
    baku = timedelta(hours=4)
    yield (
        "with an offset",
        stamped(w, f"{now + baku:%Y-%m-%dT%H:%M:%S}+04:00", f"{later + baku:%Y-%m-%dT%H:%M:%S}+04:00"),
    )


@good("P16", "as old as allowed")
def old(w):
    yield "4:50", w.plain(security=[timestamp(w.now - minutes(4) - timedelta(seconds=50)), token(w.mia)])


@good("P17", "clock ahead within bounds")
def ahead(w):
    yield "50 s", w.plain(security=[timestamp(w.now + timedelta(seconds=50)), token(w.mia)])


@good("P18", "any lawful order in Security", "BSP R5205")
def order(w):
    stamp, binary = timestamp(w.now), token(w.mia)
    yield "token first", w.plain(security=[binary, stamp])
    yield "signature first", w.plain(first=True)
    yield "UsernameToken between", w.full(security=[stamp, username(w.user()), binary])


@good("P19", "unknown header without mustUnderstand")
def unknown(w):
    yield "plain", w.plain(headers='<z xmlns="urn:z">x</z>')
    yield "mustUnderstand 0", w.plain(headers='<z:z xmlns:z="urn:z" soap:mustUnderstand="0"/>')
    yield "for another", w.plain(headers='<z:z xmlns:z="urn:z" soap:mustUnderstand="1" soap:actor="urn:other"/>')
    yield "Security for another", w.plain(after=put("Header", '<wsse:Security soap:actor="urn:other"/>'))


@good("P20", "no wsa:ReplyTo")
def no_reply_to(w):
    yield (
        "left out",
        w.full(headers=w.addressing(leave=("ReplyTo",)), refs=[each for each in FULL if each != "ReplyTo"]),
    )
    none = w.addressing(ReplyTo=f"<wsa:Address>{WSA}/none</wsa:Address>")
    yield "none", w.full(headers=none)


def padded(w, size: int) -> bytes:
    """A message of exactly `size` bytes: an unsigned header holds the rest, in pieces that no limit minds."""
    empty = w.plain(headers='<z xmlns="urn:z"></z>')
    missing = size - len(empty.replace(b'<z xmlns="urn:z"/>', b'<z xmlns="urn:z"></z>'))
    piece = "<y>" + "x" * 99_993 + "</y>"
    whole, rest = divmod(missing, len(piece))
    filling = piece * whole
    if rest:
        filling = piece * (whole - 1) + "<y>" + "x" * (len(piece) + rest - 7) + "</y>"
    return w.plain(headers=f'<z xmlns="urn:z">{filling}</z>')


@good("P21", "maximum size")
def maximum(w):
    yield "limit less one byte", padded(w, 4_999_999)
    yield "limit", padded(w, 5_000_000)


@good("P22", "depth at the limit")
def depth(w):
    levels = Policy().limits.depth - 2
    yield "64", w.plain(headers=f'<z xmlns="urn:z">{"<a>" * (levels - 1)}{"</a>" * (levels - 1)}</z>')


@good("P23", "64 attributes")
def attributes(w):
    many = " ".join(f'a{n}="{n}"' for n in range(64))
    yield "in a header", w.plain(headers=f'<z xmlns="urn:z" {many}/>')


@good("P24", "names in every script")
def names(w):
    for name in (
        "Əliyev", "Иванов", "Παπαδόπουλος", "O\u2019Brien", "O'Brien", "Nu\u0308n\u0303ez", "Şükürlü-Çələbi",
        "田中", "عبد الله",
    ):  # fmt: skip
        yield name, w.plain(payload=w.report(batchReference=name))


@good("P25", "intermediate authority sent")
def intermediate(w):
    from gateway.xml.namespaces import XADES
    from tests.attacks.files import D
    from tests.attacks.world import der, token_text

    def add(root):
        extra = etree.SubElement(find(root, "X509Data"), f"{D}X509Certificate")
        extra.text = token_text(der(w.issuing.issued))

    assert XADES
    yield "in the document, in order", w.submit(w.signed_file(add, again=True))


@good("P26", "fresh, empty revocation list")
def empty_list(w):
    assert (w.home.path / "trust" / "crls" / "issuing.pem").is_file(), "the callers' authority has a list"
    yield "message", w.plain()
    yield "document", w.submit(w.signed_file())


@good("P27", "certificate renewed")
def renewed(w):
    yield "old one", w.plain()


@good("P28", "XAdES by the library alone, and by ourselves")
def xades(w):
    yield "ours", w.submit(w.signed_file())
    yield "signxml", w.submit(_by_signxml(w))
    yield "signed again", w.submit(w.signed_file(lambda _root: None, again=True))


def _by_signxml(w, digest: str = "sha256") -> bytes:
    from signxml import CanonicalizationMethod
    from signxml.xades import XAdESSigner

    from gateway.xml.namespaces import XADES

    signer = XAdESSigner(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0, digest_algorithm=digest)

    def signing_time(properties, **_rest):
        etree.SubElement(properties, f"{{{XADES}}}SigningTime").text = f"{w.now:%Y-%m-%dT%H:%M:%SZ}"

    signer.signed_signature_properties_annotators[0] = signing_time
    card = w.representative
    return etree.tostring(signer.sign(etree.fromstring(w.application()), key=card.key, cert=[card.certificate]))


@good("P29", "document in default canonicalisation")
def default_c14n(w):
    yield "sha512", w.submit(_by_signxml(w, "sha512"))


@good("P30", "retry after a lost answer")
def retry(w):
    message = w.plain()
    yield "first", message
    yield "again", message


@good_judged("P31", "zeep")
def zeep_client(target):
    """From the published contract, over HTTP."""
    if target.name == "core":
        return
    import requests
    import zeep
    from zeep.transports import Transport

    from gateway.client import WsSecurity
    from gateway.security.trust import TrustStore
    from tests.acceptance.caller import key_from

    w, session = target.world, requests.Session()
    session.trust_env = False
    security = WsSecurity(key_from(w.home.system_key("SBS-BORDER")), TrustStore.from_folder(w.home.path / "trust"))
    client = zeep.Client(
        f"http://127.0.0.1:{target.children[0][1]}/soap/documents/v1?wsdl", wsse=security,
        transport=Transport(session=session, timeout=20, operation_timeout=20), settings=zeep.Settings(forbid_dtd=True),
    )  # fmt: skip
    asked = {"reference": "1", "documentType": "PASSPORT", "country": "AZE", "number": SECRET}
    answer = client.service.CheckDocuments(
        context={"requestId": str(uuid4()), "purpose": "BORDER_CONTROL"}, documents=[asked]
    )
    yield "CheckDocuments", "" if answer.answers[0].status else "no status"
    session.close()


@good_judged("P34", "a hundred requests on one connection")
def keep_alive(target):
    w = target.world
    if target.name == "core":
        kinds = [read(target.send(Sent(w.plain()))).kind for _ in range(100)]
    else:
        connection = http.client.HTTPConnection("127.0.0.1", target.children[0][1], timeout=20)
        kinds = []
        for _ in range(100):
            sent = Sent(w.plain())
            connection.request(
                "POST", sent.target, sent.body, {"Content-Type": sent.media, "SOAPAction": sent.soap_action}
            )
            answer = connection.getresponse()
            kinds.append("answer" if answer.status == 200 and b"signedReceipt" in answer.read() else str(answer.status))
        connection.close()
    yield "100", "" if set(kinds) == {"answer"} else f"{set(kinds)}"


@good("P33", "SOAPAction quoted", "BP 1.1 R1109")
def quoted(w):
    yield "quoted", w.plain()
    yield "space around", Sent(w.plain(), action=' "urn:state-register:documents:v1/ReportInvalidDocuments" ')


@good("P35", "lower-case and capital request ids")
def request_ids(w):
    for name, ident in {"capitals": str(uuid4()).upper(), "small": str(uuid4())}.items():
        yield name, w.plain(payload=w.report(request_id=ident))


@good("P36", "a question of every service")
def questions(w):
    for service, operation, values in (
        ("bus", "ListServices", {}), ("bus", "AllowedOperations", {}), ("notices", "PullNotices", {"afterSequence": 0}),
    ):  # fmt: skip
        yield (
            f"{service}.{operation}",
            Sent(w.plain(payload=w.payload(service, operation, values)), service=service, operation=operation),
        )


@good("P37", "declarations and processing hints that are lawful")
def declarations(w):
    for name, start in {
        "standalone": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        "single quotes": b"<?xml version='1.0'?>",
        "space": b'<?xml  version = "1.0"  encoding = "utf-8" ?>\r\n',
    }.items():  # fmt: skip
        yield name, start + w.plain()


@good("P38", "media types as toolkits write them")
def media_types(w):
    for media in ("text/xml", "text/xml;charset=UTF-8", 'text/xml; charset="utf-8"', "TEXT/XML; Charset=Utf-8"):
        yield media, Sent(w.plain(), media=media)


@good("P39", "mustUnderstand on Security")
def understood(w):
    yield "1", w.plain(security_attributes='soap:mustUnderstand="1"')
    yield (
        "with next",
        w.plain(security_attributes='soap:mustUnderstand="1" soap:actor="http://schemas.xmlsoap.org/soap/actor/next"'),
    )


@good("P40", "ids of the signer's choice")
def ids(w):
    yield "long", w.plain().replace(b'"Body"', b'"Body"')
    yield "on Signature and KeyInfo", w.plain(after=lambda root: find(root, "Signature").set("Id", "SIG-1"))
