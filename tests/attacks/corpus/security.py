"""B062 to B080: the Security header, KeyInfo and the token, URIs of references, what is covered."""

from __future__ import annotations

import base64

from gateway.xml.namespaces import WSSE11, X509_V3
from tests.attacks.bending import direct, drop, find, put, str_
from tests.attacks.model import Expect, bad
from tests.attacks.world import FULL, Ref, der, token_text
from tests.unit.gateway.security.material import BASE64, STR, add_signature, timestamp, token, username

SEC, CHK, TOK, UTOK, UNAV = Expect.SEC, Expect.CHK, Expect.TOK, Expect.UTOK, Expect.UNAV
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0"


@bad("B062", "no Security header", "security", SEC, "SEC.MISSING", "security §4 C")
def no_security(w):
    yield "removed", w.plain(after=drop("Security"))
    yield "no Header", w.plain(after=drop("Header")), "SOAP.NO_HEADER"
    old, new = b"200401-wss-wssecurity-secext-1.0.xsd", WSSE11.encode()
    whole = b"http://docs.oasis-open.org/wss/2004/01/oasis-" + old
    yield "another namespace", w.plain().replace(whole, new)
    yield (
        "letters",
        w.plain().replace(b"wsse:Security ", b"wsse:security ").replace(b"wsse:Security>", b"wsse:security>"),
    )


@bad("B063", "unsigned", "security", CHK, "SEC.NO_SIGNATURE", "CVE-2026-9487, CVE-2025-40934 (Perl XML::Sig)")
def unsigned(w):
    yield "signature removed", w.plain(after=drop("Signature"))
    yield (
        "signature of another namespace",
        w.plain().replace(b"http://www.w3.org/2000/09/xmldsig#", b"http://www.w3.org/2000/09/xmldsig2#"),
        "SEC.HEADER.UNKNOWN",
        SEC,
    )
    yield "UsernameToken alone", w.full(after=drop("Signature"))


@bad("B064", "two Security headers", "security", SEC, "SEC.TWO_HEADERS", "security §4 C")
def two_headers(w):
    other = w.plain(issued=w.stranger).decode()
    whole = other[other.index("<wsse:Security") : other.index("</soap:Header>")]
    yield "empty one after", w.plain(after=put("Header", "<wsse:Security/>"))
    yield "empty one before", w.plain(after=put("Header", "<wsse:Security/>", 0))
    yield "attacker's, after", w.plain(after=put("Header", whole))
    yield "attacker's, before", w.plain(after=put("Header", whole, 0))
    nearby = '<wsse:Security soap:actor="http://schemas.xmlsoap.org/soap/actor/next"/>'
    yield "for next", w.plain(after=put("Header", nearby, 0))


@bad("B065", "signature elsewhere", "security", CHK, "SEC.NO_SIGNATURE", "signxml T4 [M]")
def elsewhere(w):
    for place in ("Header", "Body", "Envelope", "ReportInvalidDocuments"):

        def moved(root, place=place):
            target = root if place == "Envelope" else find(root, place)
            target.append(find(root, "Signature"))

        reason = {"Envelope": "SOAP.ENVELOPE.CHILDREN", "Body": "SOAP.BODY.CHILDREN"}.get(place, "SEC.NO_SIGNATURE")
        yield place, w.plain(after=moved), reason, Expect.CLI if reason.startswith("SOAP") else CHK
    yield (
        "a second one in the Body",
        w.plain(
            payload=w.report().replace(
                "<documents>", '<documents><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
            )
        ),
        "SIG.TWO_SIGNATURES",
    )


@bad("B066", "two signatures", "security", CHK, "SEC.TWO.SIGNATURE", "CVE-2022-41912 (crewjam/saml)")
def two_signatures(w):
    def both(first: bool):
        return lambda root: add_signature(root, w.stranger, first=first)

    yield "attacker's last", w.plain(after=both(first=False))
    yield "attacker's first", w.plain(after=both(first=True))
    yield "the same twice", w.plain(after=lambda root: add_signature(root, w.mia))


@bad("B067", "certificate faking", "security", CHK, "CERT.NO_CHAIN", "WS-Attacker, SAML Raider")
def faking(w):
    clone = w.pki.clone_of(w.mia)
    yield "clone of the enrolled one", w.plain(issued=clone)
    yield "look-alike authority", w.plain(issued=w.pki.look_alike())
    yield (
        "enrolled certificate, attacker's key",
        w.plain(issued=w.stranger, security=[timestamp(w.now), token(w.mia)]),
        "SIG.VALUE",
    )


@bad("B068", "another enrolled system's certificate", "security", CHK, "SIG.VALUE", "identity confusion")
def other_system(w):
    yield (
        "signed by the border's, token of the ministry's",
        w.plain(issued=w.sbs, security=[timestamp(w.now), token(w.mia)]),
    )
    yield "the other way round", w.plain(issued=w.mia, security=[timestamp(w.now), token(w.sbs)])


@bad("B069", "mixed KeyInfo", "security", SEC, "KEYINFO.CHILDREN", "BSP R5402")
def mixed_key_info(w):
    numbers = "<ds:Modulus>AAAA</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>"
    value = f"<ds:KeyValue><ds:RSAKeyValue>{numbers}</ds:RSAKeyValue></ds:KeyValue>"
    yield "STR and KeyValue", w.plain(key_info=STR + value)
    yield "KeyValue and STR", w.plain(key_info=value + STR)
    yield "two STR", w.plain(key_info=STR + STR)
    yield "empty", w.plain(key_info="")
    yield "KeyValue alone", w.plain(key_info=value), "KEYINFO.KIND", UTOK
    data = f"<ds:X509Data><ds:X509Certificate>{token_text(der(w.stranger))}</ds:X509Certificate></ds:X509Data>"
    yield "STR and X509Data", w.plain(key_info=STR + data)
    yield "X509Data alone", w.plain(key_info=data), "KEYINFO.KIND", UTOK


@bad("B070", "games with the SecurityTokenReference", "security", SEC, "", "BSP R3061, R3057, R3066, R3027")
def str_games(w):
    yield "two references", w.plain(key_info=str_(direct("#X509") * 2)), "STR.CHILDREN"
    yield "STR in STR", w.plain(key_info=str_(STR)), "STR.CHILDREN"
    yield "empty", w.plain(key_info=str_("")), "STR.CHILDREN"
    yield (
        "to a token outside",
        w.plain(key_info=str_(direct("#Else")), headers=token(w.mia, ident="Else")),
        "TOK.POSITION",
    )
    yield "to the Body", w.plain(key_info=str_(direct("#Body"))), "TOK.POSITION"
    yield "to itself", w.plain(key_info=str_(direct("#Str"), 'wsu:Id="Str"')), "TOK.POSITION"
    yield "attribute", w.plain(key_info=str_(direct("#X509"), 'x="1"')), "STR.ATTRIBUTE"
    for name, inner in {
        "KeyIdentifier": "<wsse:KeyIdentifier>AAAA</wsse:KeyIdentifier>", "Embedded": "<wsse:Embedded/>",
        "IssuerSerial": "<ds:X509Data><ds:X509IssuerSerial/></ds:X509Data>", "KeyName": "<ds:KeyName>x</ds:KeyName>",
    }.items():  # fmt: skip
        yield name, w.plain(key_info=str_(inner)), "STR.KIND", UNAV
    yield "bare KeyName", w.plain(key_info="<ds:KeyName>CN=MIA</ds:KeyName>"), "KEYINFO.KIND", UNAV
    yield "Kerberos", w.plain(key_info=str_(direct("#X509", "urn:kerberos"))), "STR.REFERENCE.TYPE", UTOK
    for uri in ("#Nobody", "", "#", "X509", "#x509"):
        yield f"to {uri or 'nothing'}", w.plain(key_info=str_(direct(uri))), "TOK.NOT_FOUND", UNAV
    yield "no token", w.plain(security=[timestamp(w.now)]), "TOK.NOT_FOUND", UNAV


@bad("B071", "RetrievalMethod", "security", UTOK, "KEYINFO.KIND", "security §4 C")
def retrieval(w):
    for name, uri in {
        "canary": w.canary.url,
        "file": w.canary.file_url,
        "itself": "#Ki",
        "name": "http://canary.invalid/",
    }.items():
        yield name, w.plain(key_info=f'<ds:RetrievalMethod URI="{uri}"/>')
    yield "STR to the canary", w.plain(key_info=str_(direct(w.canary.url))), "TOK.NOT_FOUND", UNAV


@bad("B072", "hostile token", "security", TOK, "", "CVE-2026-95616 (WSS4J)")
def hostile_token(w):
    def with_text(text: str) -> bytes:
        return w.plain(security=[timestamp(w.now), token(w.mia, text=text)])

    for name, text in {
        "empty": "", "PEM": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "1 MB": "A" * 1_000_000,
        "not base64": "????", "17 KB": "A" * 24_000,
    }.items():  # fmt: skip
        yield name, with_text(text), "TOK.BASE64"
    for name, octets in {
        "random": bytes(range(256)), "nested lengths": b"\x30\x80" * 4000, "one byte": b"0",
        "huge length": b"\x30\x84\x7f\xff\xff\xff\x30\x84\x7f\xff\xff\xf0", "trailing byte": der(w.mia) + b"\x00",
        "two certificates": der(w.mia) + der(w.mia), "cut": der(w.mia)[:-10],
        "indefinite length": b"\x30\x80" + der(w.mia)[4:] + b"\x00\x00",
    }.items():  # fmt: skip
        yield name, with_text(base64.b64encode(octets).decode()), "CERT.FORM"
    for name, kind in {
        "PKCS7": f"{PROFILE}#PKCS7",
        "PKIPath": f"{PROFILE}#X509PKIPathv1",
        "v1": f"{PROFILE}#X509v1",
    }.items():
        attributes = f'EncodingType="{BASE64}" ValueType="{kind}"'
        yield name, w.plain(security=[timestamp(w.now), token(w.mia, attributes)]), "TOK.TYPE"
    hexadecimal = f'EncodingType="urn:hex" ValueType="{X509_V3}"'
    yield "hexadecimal", w.plain(security=[timestamp(w.now), token(w.mia, hexadecimal)]), "TOK.ENCODING"


@bad("B073", "token of another kind", "security", SEC, "SEC.HEADER.UNKNOWN", "CVE-2026-92121 (WSS4J)")
def other_tokens(w):
    for name, text in {
        "SAML 2": '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="a"/>',
        "SAML 1": '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="a"/>',
        "derived key": '<c:DerivedKeyToken xmlns:c="http://schemas.xmlsoap.org/ws/2005/02/sc"/>',
        "SignatureConfirmation": f'<w:SignatureConfirmation xmlns:w="{WSSE11}"/>',
        "unknown": '<x xmlns="urn:x"/>',
    }.items():
        yield name, w.plain(security=[timestamp(w.now), token(w.mia), text])


@bad("B074", "external reference", "security", CHK, "SIG.REF.URI", "security §4 C")
def external(w):
    for name, uri in {
        "canary": w.canary.url, "file": w.canary.file_url, "cid": "cid:part", "ftp": "ftp://canary.invalid/",
        "name": "http://canary.invalid/x", "relative": "other.xml", "data": "data:text/xml,x",
        "UNC": "//canary.invalid/x",
    }.items():  # fmt: skip
        yield name, w.plain(refs=["TS", Ref("Body", uri=uri)])
        yield f"{name}, in addition", w.plain(refs=["TS", "Body", Ref("Body", uri=uri)])


@bad("B075", "XPointer", "security", CHK, "SIG.REF.URI", "security §4 C")
def xpointer(w):
    for uri in ("#xpointer(/)", "#xpointer(id('Body'))", "#element(/1)", "#xpath(/*)", "#xmlns(s=x)xpointer(//s:Body)"):
        yield uri, w.plain(refs=["TS", Ref("Body", uri=uri)])


@bad("B076", "reference without URI", "security", CHK, "SIG.REF.NO_URI", "security §4 C")
def no_uri(w):
    yield "after signing", w.plain(after=lambda root: find(root, "Reference").attrib.pop("URI"))
    yield "of the Body", w.plain(after=lambda root: list(root.iter("{*}Reference"))[1].attrib.pop("URI"))


@bad("B077", "odd fragments", "security", CHK, "SIG.REF.URI", "security §4 C; CVE-2024-45409")
def fragments(w):
    for uri in (
        "", "#", "##Body", "#Body ", " #Body", "#%42ody", "#x']|//*['", "Body", "#1Body", "#Bödy", "#Body#Body",
        "#Body/",
        "#" + "B" * 10_000, "?x#Body", "#Body&#10;", "#:Body", "#soap:Body", "#Body.x y",
    ):  # fmt: skip
        yield uri[:16] or "empty", w.plain(refs=["TS", Ref("Body", uri=uri)])
    yield "to nobody", w.plain(refs=["TS", "Body", Ref("Body", uri="#Nobody")]), "SIG.REF.NOT_FOUND"


@bad("B078", "reference to something that is no part", "security", CHK, "SIG.REF.POSITION", "McIntosh and Austel 2005")
def no_part(w):
    yield "to a header block", w.plain(headers='<z xmlns="urn:z" wsu:Id="Z"/>', refs=["TS", "Body", "Z"])
    yield (
        "to the payload instead of the Body",
        w.plain(payload=w.report().replace(" xmlns=", ' Id="P" xmlns=', 1), refs=["TS", "P"]),
    )
    yield (
        "to the KeyInfo",
        w.plain(refs=["TS", "Body", Ref("Body", uri="#Ki")], after=lambda root: find(root, "KeyInfo").set("Id", "Ki")),
    )


@bad("B079", "Timestamp not covered", "security", CHK, "SIG.COVERAGE.TIMESTAMP", "security §4 C")
def timestamp_uncovered(w):
    yield "only the Body", w.plain(refs=["Body"])
    yield "Body not covered", w.plain(refs=["TS"]), "SIG.COVERAGE.BODY"
    yield "token only", w.plain(refs=["X509"]), "SIG.COVERAGE.BODY"


@bad("B080", "part of M0 not covered", "security", CHK, "", "zeep verifies no coverage [L]",
     note="§0: the token may be unsigned, identity is the enrolled certificate")  # fmt: skip
def uncovered(w):
    for part, name in {
        "UT": "USERNAMETOKEN", "To": "TO", "Action": "ACTION", "MessageID": "MESSAGEID", "ReplyTo": "REPLYTO",
        "Body": "BODY", "TS": "TIMESTAMP",
    }.items():  # fmt: skip
        yield name, w.full(refs=[each for each in FULL if each != part]), f"SIG.COVERAGE.{name}"
    yield "token", w.full(refs=[each for each in FULL if each != "X509"]), "", Expect.INERT
    unsigned = username(w.user("guess"), "UT2")
    yield "UsernameToken added later", w.plain(after=put("Security", unsigned)), "SIG.COVERAGE.USERNAMETOKEN"
