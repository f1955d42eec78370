"""Messages out of form are refused for the reason they deserve (security §4 B, C).

Each entry is signed by a lawful system unless it says otherwise: what is refused is the form, not the signature.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from gateway.faults import RefusalError
from gateway.xml.namespaces import DS, EXC_C14N, SOAP11, SOAP12, WSA, WSSE, WSSE11, WSU, X509_V3
from tests.unit.gateway.security.material import (
    BASE64,
    LOGIN,
    MORE,
    PAYLOAD,
    STR,
    Ref,
    add_signature,
    der64,
    forge,
    refusal,
    system,
    timestamp,
    token,
    username,
    wsa,
)

Q = f"{{{DS}}}"
Make = Callable[[], bytes]
CASES: list[Any] = []

STRUCTURE = "client.soap.structure"
HEADER = "client.security.header-invalid"
FAILED = "client.security.failed-check"
ALGORITHM = "client.security.algorithm"
TOKEN = "client.security.token-invalid"
UNSUPPORTED = "client.security.token-unsupported"
UNAVAILABLE = "client.security.token-unavailable"
ADDRESSING = "client.addressing.invalid"


def case(name: str, code: str, reason: str) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        CASES.append(pytest.param(make, code, reason, id=name.replace(" ", "-")))
        return make

    return add


def cases(code: str, reason: str, variants: dict[str, Callable[[], bytes]]) -> None:
    for name, make in variants.items():
        case(name, code, reason)(make)


def element(text: str) -> etree._Element:
    names = f'xmlns:soap="{SOAP11}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:ds="{DS}" xmlns:wsa="{WSA}"'
    return etree.fromstring(f"<r {names}>{text}</r>")[0]


def find(root: etree._Element, name: str) -> etree._Element:
    return next(root.iter(f"{{*}}{name}"))


def put(path: str, text: str, index: int | None = None) -> Callable[[etree._Element], None]:
    """Put an element into the first element named `path`."""

    def change(root: etree._Element) -> None:
        parent = root if path == "Envelope" else find(root, path)
        parent.append(element(text)) if index is None else parent.insert(index, element(text))

    return change


def drop(name: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        found = find(root, name)
        found.getparent().remove(found)

    return change


def set_text(name: str, text: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        find(root, name).text = text

    return change


# --- B. SOAP and addressing -------------------------------------------------------------------------------------------

cases(
    STRUCTURE,
    "SOAP.ENVELOPE.CHILDREN",
    {
        "B042 no Body": lambda: forge(after=drop("Body")),
        "B043 two Bodies": lambda: forge(after=put("Envelope", f"<soap:Body>{PAYLOAD}</soap:Body>")),
        "B043 two Bodies first": lambda: forge(after=put("Envelope", f"<soap:Body>{PAYLOAD}</soap:Body>", 1)),
        "B044 two Headers": lambda: forge(after=put("Envelope", "<soap:Header/>", 0)),
        "B045 Header after Body": lambda: forge(after=lambda root: root.append(root[0])),
        "B051 extra child after Body": lambda: forge(after=put("Envelope", "<x/>")),
        "Body of the other SOAP version": lambda: forge(
            body=f'<b:Body xmlns:b="{SOAP12}" wsu:Id="Body">{PAYLOAD}</b:Body>'
        ),
    },
)
cases(
    STRUCTURE,
    "SOAP.BODY.CHILDREN",
    {
        "B046 two operations": lambda: forge(payload=PAYLOAD * 2),
        "B047 empty Body": lambda: forge(payload=""),
        "B047 Body with space only": lambda: forge(payload=" \n "),
    },
)
cases(
    STRUCTURE,
    "SOAP.BODY.TEXT",
    {
        "text before the operation": lambda: forge(payload="x" + PAYLOAD),
        "text after the operation": lambda: forge(payload=PAYLOAD + "x"),
    },
)
case("text in Envelope", STRUCTURE, "SOAP.ENVELOPE.TEXT")(lambda: forge(after=lambda root: setattr(root, "text", "x")))
case("text in Header", STRUCTURE, "SOAP.HEADER.TEXT")(lambda: forge(after=lambda root: setattr(root[0], "text", "x")))
case("B049 envelope in the Body", STRUCTURE, "SOAP.BODY.ENVELOPE")(lambda: forge(payload=forge().decode()))
case("B049 Body in the Body", STRUCTURE, "SOAP.BODY.ENVELOPE")(
    lambda: forge(payload=f"<soap:Body>{PAYLOAD}</soap:Body>")
)
cases(
    STRUCTURE,
    "SOAP.ENCODING_STYLE",
    {
        "B054 encodingStyle on Envelope": lambda: forge(envelope_attributes='soap:encodingStyle="urn:x"'),
        "B054 encodingStyle on Body": lambda: forge(
            body=f'<soap:Body wsu:Id="Body" soap:encodingStyle="x">{PAYLOAD}</soap:Body>'
        ),
        "B054 encodingStyle on the operation": lambda: forge(
            payload=f'<q:x xmlns:q="urn:q" xmlns:s="{SOAP11}" s:encodingStyle="x"/>'
        ),
    },
)
case("attribute on Body", STRUCTURE, "SOAP.BODY.ATTRIBUTE")(
    lambda: forge(body=f'<soap:Body wsu:Id="Body" x="1">{PAYLOAD}</soap:Body>')
)
case("not an Envelope", STRUCTURE, "SOAP.ROOT")(PAYLOAD.encode)
case("B041 unknown SOAP version", "client.soap.version-mismatch", "SOAP.VERSION")(lambda: forge(soap="urn:soap:9"))
cases(
    "client.soap.must-understand",
    "SOAP.MUST_UNDERSTAND",
    {
        "B050 unknown header 1": lambda: forge(headers='<z:z xmlns:z="urn:z" soap:mustUnderstand="1"/>'),
        "B050 unknown header true": lambda: forge(
            soap=SOAP12, headers='<z:z xmlns:z="urn:z" soap:mustUnderstand="true"/>'
        ),
        "B050 unknown header for next": lambda: forge(
            headers='<z:z xmlns:z="urn:z" soap:mustUnderstand="1" soap:actor="http://schemas.xmlsoap.org/soap/actor/next"/>'
        ),
        "an older WS-Addressing": lambda: forge(
            headers='<z:To xmlns:z="http://schemas.xmlsoap.org/ws/2004/08/addressing" soap:mustUnderstand="1">x</z:To>'
        ),
    },
)
case("mustUnderstand is neither", STRUCTURE, "SOAP.MUST_UNDERSTAND.VALUE")(
    lambda: forge(headers='<z:z xmlns:z="urn:z" soap:mustUnderstand="perhaps"/>')
)
cases(
    ADDRESSING,
    "WSA.TWICE",
    {
        "B059 two MessageIDs": lambda: forge(
            headers=wsa("MessageID", "urn:1", "a") + wsa("MessageID", "urn:2", "b"), refs=["TS", "Body", "a", "b"]
        ),
    },
)
case("unknown wsa header", ADDRESSING, "WSA.UNKNOWN")(
    lambda: forge(headers=wsa("Evil", "x"), refs=["TS", "Body", "Evil"])
)
cases(
    ADDRESSING,
    "WSA.VALUE",
    {
        "B059 empty MessageID": lambda: forge(headers=wsa("MessageID", " "), refs=["TS", "Body", "MessageID"]),
        "B059 overlong MessageID": lambda: forge(
            headers=wsa("MessageID", "u" * 10_000), refs=["TS", "Body", "MessageID"]
        ),
    },
)
case("B059 element in MessageID", ADDRESSING, "WSA.LEAF")(
    lambda: forge(headers=wsa("MessageID", "urn:1<x/>"), refs=["TS", "Body", "MessageID"])
)
cases(
    ADDRESSING,
    "WSA.NOT_ANONYMOUS",
    {
        f"{name} elsewhere": lambda name=name: forge(
            headers=wsa(name, "<wsa:Address>http://canary.invalid/</wsa:Address>"), refs=["TS", "Body", name]
        )
        for name in ("ReplyTo", "FaultTo")
    }
    | {"ReplyTo without Address": lambda: forge(headers=wsa("ReplyTo", ""), refs=["TS", "Body", "ReplyTo"])},
)

# --- C. The Security header -------------------------------------------------------------------------------------------

cases(
    "client.security.missing",
    "SEC.MISSING",
    {
        "B062 no Security": lambda: forge(after=drop("Security")),
        "B062 Security of another namespace": lambda: forge().replace(WSSE.encode(), WSSE11.encode()),
    },
)
case("B062 no Header", "client.security.missing", "SOAP.NO_HEADER")(lambda: forge(after=drop("Header")))
cases(
    HEADER,
    "SEC.TWO_HEADERS",
    {
        "B064 two Security headers": lambda: forge(after=put("Header", "<wsse:Security/>")),
        "B064 second addressed to next": lambda: forge(
            after=put("Header", '<wsse:Security soap:actor="http://schemas.xmlsoap.org/soap/actor/next"/>', 0)
        ),
    },
)
case("B060 for somebody else only", HEADER, "SEC.FOREIGN_ACTOR")(
    lambda: forge(security_attributes='soap:actor="urn:other"')
)
case("B060 SOAP 1.2 role", HEADER, "SEC.FOREIGN_ACTOR")(
    lambda: forge(soap=SOAP12, security_attributes='soap:role="urn:other"')
)
case("unknown child of Security", HEADER, "SEC.HEADER.UNKNOWN")(
    lambda: forge(security=[timestamp(), token(system()), '<saml:Assertion xmlns:saml="urn:saml"/>'])
)
case("text in Security", HEADER, "SEC.HEADER.TEXT")(lambda: forge(security=[timestamp(), token(system()), "text"]))
cases(
    HEADER,
    "SEC.TWO.TIMESTAMP",
    {
        "B147 two Timestamps": lambda: forge(
            security=[timestamp(), timestamp().replace('"TS"', '"T2"'), token(system())]
        ),
    },
)
cases(
    HEADER,
    "SEC.TWO.BINARYSECURITYTOKEN",
    {
        "B122 two tokens": lambda: forge(security=[timestamp(), token(system()), token(system("P-256"), ident="X2")]),
        "B122 two tokens with one id": lambda: forge(security=[timestamp(), token(system()), token(system("P-256"))]),
    },
)
case("two UsernameTokens", HEADER, "SEC.TWO.USERNAMETOKEN")(
    lambda: forge(security=[timestamp(), token(system()), username(LOGIN, "a"), username(LOGIN, "b")])
)
cases(
    FAILED,
    "SEC.TWO.SIGNATURE",
    {
        "B066 two signatures": lambda: forge(after=lambda root: add_signature(root, system("P-256"))),
        "B066 two signatures reversed": lambda: forge(
            after=lambda root: add_signature(root, system("P-256"), first=True)
        ),
    },
)
case("B063 unsigned", FAILED, "SEC.NO_SIGNATURE")(lambda: forge(after=drop("Signature")))
case("no Timestamp", HEADER, "SEC.NO_TIMESTAMP")(lambda: forge(security=[token(system())], refs=["Body"]))
cases(
    FAILED,
    "SEC.NO_SIGNATURE",
    {
        "B065 signature in Header": lambda: forge(after=lambda root: root[0].append(find(root, "Signature"))),
        "B065 signature after Body": lambda: forge(
            payload="<q:x xmlns:q='urn:q'/>", after=lambda root: root[1][0].append(find(root, "Signature"))
        ),
    },
)
case("B065 a further signature in the Body", FAILED, "SIG.TWO_SIGNATURES")(
    lambda: forge(payload=f'<q:x xmlns:q="urn:q"><ds:Signature xmlns:ds="{DS}"/></q:x>')
)
cases(
    HEADER,
    "SEC.ENCRYPTED",
    {
        f"B106 EncryptedData in {place}": lambda place=place: forge(
            after=put(place, '<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/>')
        )
        for place in ("Header", "CheckDocuments")
    },
)
case("B106 EncryptedKey in Security", HEADER, "SEC.HEADER.UNKNOWN")(
    lambda: forge(after=put("Security", '<x:EncryptedKey xmlns:x="http://www.w3.org/2001/04/xmlenc#"/>'))
)

# --- C. The Signature -------------------------------------------------------------------------------------------------

cases(
    HEADER,
    "SIG.CHILDREN",
    {
        "B100 ds:Object added": lambda: forge(after=put("Signature", "<ds:Object/>")),
        "KeyInfo missing": lambda: forge(after=drop("KeyInfo")),
        "two SignedInfo": lambda: forge(
            after=lambda root: find(root, "Signature").insert(0, element("<ds:SignedInfo/>"))
        ),
        "two KeyInfo": lambda: forge(after=put("Signature", "<ds:KeyInfo/>")),
        "comment in Signature": lambda: forge(after=lambda root: find(root, "Signature").append(etree.Comment("x"))),
    },
)
case("text in Signature", HEADER, "SIG.TEXT")(lambda: forge(after=set_text("Signature", "x")))
case("attribute on Signature", HEADER, "SIG.ATTRIBUTE")(
    lambda: forge(after=lambda root: find(root, "Signature").set("x", "1"))
)
case("B081 reference flood", FAILED, "SIG.REF.FLOOD")(lambda: forge(refs=["TS"] + ["Body"] * 1000))
case("no reference at all", FAILED, "SIG.REF.NONE")(lambda: forge(refs=[]))
case("comment in SignedInfo", HEADER, "SIG.INFO.CHILDREN")(
    lambda: forge(after=lambda root: find(root, "SignedInfo").append(etree.Comment("x")))
)
cases(
    ALGORITHM,
    "SIG.METHOD.ALGORITHM",
    {
        f"B085 B086 {uri.rpartition('#')[2]}": lambda uri=uri: forge(method=uri)
        for uri in (
            f"{DS}rsa-sha1",
            f"{DS}dsa-sha1",
            f"{DS}hmac-sha1",
            f"{MORE}hmac-sha256",
            f"{MORE}rsa-md5",
            f"{MORE}rsa-ripemd160",
            f"{MORE}ecdsa-sha1",
            f"{MORE}ecdsa-sha512",
            f"{MORE}rsa-sha224",
            "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
            f"{MORE}RSA-SHA256",
            f"{MORE}rsa-sha256 ",
        )
    },
)
case("B084 HMACOutputLength", ALGORITHM, "SIG.METHOD.PARAMETERS")(
    lambda: forge(
        method_xml=f'<ds:SignatureMethod Algorithm="{MORE}rsa-sha256"><ds:HMACOutputLength>1</ds:HMACOutputLength>'
        "</ds:SignatureMethod>"
    )
)
cases(
    ALGORITHM,
    "SIG.C14N.ALGORITHM",
    {
        f"B090 SignedInfo by {uri}": lambda uri=uri: forge(c14n=f'<ds:CanonicalizationMethod Algorithm="{uri}"/>')
        for uri in (
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            "http://www.w3.org/2006/12/xml-c14n11",
            f"{EXC_C14N}WithComments",
            "http://www.w3.org/2010/xml-c14n2",
            f"{DS}minimal",
            "",
        )
    },
)


def transforms(*algorithms: str, inner: str = "") -> str:
    return (
        "<ds:Transforms>"
        + "".join(f'<ds:Transform Algorithm="{a}">{inner}</ds:Transform>' for a in algorithms)
        + "</ds:Transforms>"
    )


XSLT = '<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"/>'
cases(
    ALGORITHM,
    "SIG.TRANSFORM.ALGORITHM",
    {
        f"B090 B091 B092 B094 B095 Body by {uri}": lambda uri=uri: forge(refs=["TS", Ref("Body", transforms(uri))])
        for uri in (
            "http://www.w3.org/TR/1999/REC-xslt-19991116",
            "http://www.w3.org/TR/1999/REC-xpath-19991116",
            "http://www.w3.org/2002/06/xmldsig-filter2",
            f"{DS}enveloped-signature",
            f"{DS}base64",
            f"{EXC_C14N}WithComments",
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            "urn:unknown",
        )
    },
)
cases(
    ALGORITHM,
    "SIG.TRANSFORMS.COUNT",
    {
        "B096 chain of transforms": lambda: forge(refs=["TS", Ref("Body", transforms(*[EXC_C14N] * 1000))]),
        "B091 XSLT before C14N": lambda: forge(
            refs=["TS", Ref("Body", transforms("http://www.w3.org/TR/1999/REC-xslt-19991116", EXC_C14N))]
        ),
        "empty Transforms": lambda: forge(refs=["TS", Ref("Body", "<ds:Transforms/>")]),
    },
)
case("B091 XSLT within C14N", ALGORITHM, "SIG.TRANSFORM.CHILDREN")(
    lambda: forge(refs=["TS", Ref("Body", transforms(EXC_C14N, inner=XSLT))])
)
case("B097 no Transforms", FAILED, "SIG.REF.NO_TRANSFORMS")(lambda: forge(refs=["TS", Ref("Body", "")]))
cases(
    HEADER,
    "SIG.TRANSFORM.PREFIXES.LIMIT",
    {
        "PrefixList of 17": lambda: forge(
            refs=["TS", Ref("Body", transforms(EXC_C14N, inner=prefixes(" ".join("abcdefghijklmnopq"))))]
        ),
        "PrefixList of 10 KB": lambda: forge(
            refs=["TS", Ref("Body", transforms(EXC_C14N, inner=prefixes("a" * 10_000)))]
        ),
    },
)
case("PrefixList of SignedInfo", HEADER, "SIG.C14N.PREFIXES.LIMIT")(
    lambda: forge(
        c14n=f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}">{prefixes(" ".join("abcdefghijklmnopq"))}'
        "</ds:CanonicalizationMethod>"
    )
)


def prefixes(words: str) -> str:
    return f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="{words}"/>'


cases(
    ALGORITHM,
    "SIG.REF.METHOD.ALGORITHM",
    {
        f"B087 digest {uri.rpartition('#')[2]}": lambda uri=uri, name=name: forge(
            refs=["TS", Ref("Body")],
            after=lambda root: [e.set("Algorithm", uri) for e in root.iter(f"{Q}DigestMethod")],
        )
        for uri, name in (
            (f"{DS}sha1", "sha1"),
            (f"{MORE}md5", "md5"),
            ("http://www.w3.org/2001/04/xmlenc#ripemd160", "ripemd160"),
            (f"{MORE}sha224", "sha224"),
            ("http://www.w3.org/2007/05/xmldsig-more#sha3-256", "sha3"),
            ("", "none"),
        )
    },
)
case("B076 no URI", FAILED, "SIG.REF.NO_URI")(
    lambda: forge(after=lambda root: find(root, "Reference").attrib.pop("URI"))
)
cases(
    FAILED,
    "SIG.REF.URI",
    {
        f"B074 B075 B077 URI {uri[:24]}": lambda uri=uri: forge(refs=["TS", Ref("Body", uri=uri)])
        for uri in (
            "",
            "#",
            "http://canary.invalid/x",
            "file:///etc/passwd",
            "cid:x",
            "ftp://x/",
            "#xpointer(/)",
            "#xpointer(id('Body'))",
            "#element(/1)",
            "##Body",
            "#Body ",
            " #Body",
            "#%42ody",
            "#x']|//*['",
            "#" + "B" * 10_000,
            "Body",
            "#1Body",
            "#Bödy",
        )
    },
)
case("B077 URI to nothing", FAILED, "SIG.REF.NOT_FOUND")(lambda: forge(refs=["TS", "Body", Ref("Body", uri="#Nobody")]))
case("B082 same target twice", FAILED, "SIG.REF.TWICE")(lambda: forge(refs=["TS", "Body", "Body"]))
case("attribute on Reference", FAILED, "SIG.REF.ATTRIBUTE")(
    lambda: forge(after=lambda root: find(root, "Reference").set("Type", "http://www.w3.org/2000/09/xmldsig#Manifest"))
)
cases(
    "client.xml.forbidden",
    "XML.COMMENT.IN_TEXT",
    {
        f"B099 comment in {name}": lambda name=name: forge(after=lambda root: comment_in(find(root, name)))
        for name in ("DigestValue", "SignatureValue", "BinarySecurityToken", "Created", "number")
    },
)
cases(
    "client.xml.forbidden",
    "XML.PI",
    {
        f"B099 instruction in {name}": lambda name=name: forge(
            after=lambda root: find(root, name).append(etree.PI("x", "y"))
        )
        for name in ("DigestValue", "SignatureValue", "number", "Security", "Envelope")
    },
)


def comment_in(found: etree._Element) -> None:
    text = found.text or ""
    found.text = text[:3]
    comment = etree.Comment("x")
    comment.tail = text[3:]
    found.append(comment)


case("B101 stray characters in SignatureValue", HEADER, "SIG.VALUE.BASE64")(
    lambda: forge(after=lambda root: change_text(find(root, "SignatureValue"), lambda text: text[:9] + "!*" + text[9:]))
)
case("B101 stray characters in DigestValue", HEADER, "SIG.REF.VALUE.BASE64")(
    lambda: forge(after=lambda root: change_text(find(root, "DigestValue"), lambda text: text[:9] + "-_" + text[9:]))
)
case("B101 stray bits in DigestValue", HEADER, "SIG.REF.VALUE.BASE64")(
    lambda: forge(after=lambda root: change_text(find(root, "DigestValue"), stray_bit))
)
case("B101 no-break space in SignatureValue", HEADER, "SIG.VALUE.BASE64")(
    lambda: forge(after=lambda root: change_text(find(root, "SignatureValue"), lambda text: text + "\u00a0"))
)
case("B102 empty SignatureValue", FAILED, "SIG.VALUE.EMPTY")(lambda: forge(after=set_text("SignatureValue", "")))
case("empty DigestValue", HEADER, "SIG.REF.VALUE.BASE64")(lambda: forge(after=set_text("DigestValue", "")))
case("element in SignatureValue", HEADER, "SIG.VALUE.LEAF")(lambda: forge(after=put("SignatureValue", "<x/>")))


def change_text(found: etree._Element, change: Callable[[str], str]) -> None:
    found.text = change(found.text or "")


def stray_bit(text: str) -> str:
    """Another spelling of the same 32 bytes: the last character before the padding carries two unused bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert text[-1] == "="
    return text[:-2] + alphabet[alphabet.index(text[-2]) ^ 1] + "="


# --- C. The token -----------------------------------------------------------------------------------------------------

REFERENCE = f'<wsse:Reference URI="#X509" ValueType="{X509_V3}"/>'


def str_(inner: str, attributes: str = "") -> str:
    return f"<wsse:SecurityTokenReference {attributes}>{inner}</wsse:SecurityTokenReference>"


cases(
    HEADER,
    "KEYINFO.CHILDREN",
    {
        "B069 STR and KeyValue": lambda: forge(key_info=STR + "<ds:KeyValue/>"),
        "B070 two STR": lambda: forge(key_info=STR + STR),
        "empty KeyInfo": lambda: forge(key_info=""),
    },
)
cases(UNAVAILABLE, "KEYINFO.KIND", {"B070 KeyName": lambda: forge(key_info="<ds:KeyName>CN=System A</ds:KeyName>")})
cases(
    UNSUPPORTED,
    "KEYINFO.KIND",
    {
        "B069 KeyValue only": lambda: forge(key_info="<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>"),
        "B071 RetrievalMethod": lambda: forge(key_info='<ds:RetrievalMethod URI="http://canary.invalid/"/>'),
        "X509Data in KeyInfo": lambda: forge(
            key_info=f"<ds:X509Data><ds:X509Certificate>{der64(system())}</ds:X509Certificate></ds:X509Data>"
        ),
    },
)
cases(
    HEADER,
    "STR.CHILDREN",
    {
        "B070 two references": lambda: forge(key_info=str_(REFERENCE * 2)),
        "B070 STR in STR": lambda: forge(key_info=str_(STR)),
        "empty STR": lambda: forge(key_info=str_("")),
    },
)
cases(
    UNAVAILABLE,
    "STR.KIND",
    {
        "B070 KeyIdentifier": lambda: forge(key_info=str_("<wsse:KeyIdentifier>AAAA</wsse:KeyIdentifier>")),
        "B070 Embedded": lambda: forge(key_info=str_("<wsse:Embedded/>")),
        "X509IssuerSerial": lambda: forge(key_info=str_("<ds:X509Data><ds:X509IssuerSerial/></ds:X509Data>")),
    },
)
case("STR to another kind of token", UNSUPPORTED, "STR.REFERENCE.TYPE")(
    lambda: forge(key_info=str_('<wsse:Reference URI="#X509" ValueType="urn:kerberos"/>'))
)
cases(
    UNAVAILABLE,
    "TOK.NOT_FOUND",
    {
        f"B070 STR to {uri or 'nothing'}": lambda uri=uri: forge(key_info=str_(f'<wsse:Reference URI="{uri}"/>'))
        for uri in ("#Nobody", "http://canary.invalid/", "", "#", "X509")
    }
    | {"no token in the header": lambda: forge(security=[timestamp()])},
)
cases(
    HEADER,
    "TOK.POSITION",
    {
        "B070 STR to the Body": lambda: forge(key_info=str_('<wsse:Reference URI="#Body"/>')),
        "B070 STR to a token elsewhere": lambda: forge(
            key_info=str_('<wsse:Reference URI="#Else"/>'), headers=token(system(), ident="Else")
        ),
    },
)
cases(
    TOKEN,
    "TOK.TYPE",
    {
        f"B072 ValueType {name}": lambda value=value: forge(
            security=[timestamp(), token(system(), f'EncodingType="{BASE64}" {value}')]
        )
        for name, value in {
            "PKCS7": 'ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#PKCS7"',
            "X509PKIPathv1": 'ValueType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1"',
            "absent": "",
        }.items()
    },
)
case("B072 EncodingType", TOKEN, "TOK.ENCODING")(
    lambda: forge(security=[timestamp(), token(system(), f'EncodingType="urn:hex" ValueType="{X509_V3}"')])
)
cases(
    TOKEN,
    "TOK.BASE64",
    {
        f"B072 {name}": lambda text=text: forge(security=[timestamp(), token(system(), text=text)])
        for name, text in {
            "empty token": "",
            "PEM": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "17 KB": "A" * 4 * 6000,
            "1 MB": "A" * 1_000_000,
            "not base64": "????",
        }.items()
    },
)
cases(
    TOKEN,
    "CERT.FORM",
    {
        f"B072 {name}": lambda text=text: forge(
            security=[timestamp(), token(system(), text=base64.b64encode(text).decode())]
        )
        for name, text in {
            "random DER": bytes(range(256)),
            "one byte": b"0",
            "nested lengths": b"\x30\x80" * 4000,
            "huge length": b"\x30\x84\x7f\xff\xff\xff\x30\x84\x7f\xff\xff\xf0",
            "certificate and trailing byte": base64.b64decode(der64(system())) + b"\x00",
        }.items()
    },
)
case("attribute on token", TOKEN, "TOK.ATTRIBUTE")(
    lambda: forge(security=[timestamp(), token(system(), f'EncodingType="{BASE64}" ValueType="{X509_V3}" x="1"')])
)


@pytest.mark.parametrize(("make", "code", "reason"), CASES)
def test_a_message_out_of_form_is_refused(make: Make, code: str, reason: str) -> None:
    error = refusal(make())
    assert (error.code, error.reason) == (code, reason)
    assert not error.explanation


def test_the_base_of_all_these_is_accepted() -> None:
    with pytest.raises(AssertionError, match="accepted"):
        refusal(forge())


def test_every_case_has_its_own_name() -> None:
    names = [case.id for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("code", ["client.security.failed-check", "client.security.header-invalid"])
def test_a_stranger_reads_the_same_text_whatever_failed(code: str) -> None:
    texts = {RefusalError(param.values[1]).kind.text_en for param in CASES if param.values[1] == code}
    assert len(texts) == 1
