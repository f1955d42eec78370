"""B081 to B106: the signature itself: references, algorithms, transforms, values."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from gateway.xml.namespaces import DS, EXC_C14N, XMLENC
from tests.attacks.bending import Q, change_text, comment_in, find, prefixes, put, set_text, transforms
from tests.attacks.model import Expect, bad
from tests.attacks.world import EVIL, SECRET, Ref, der
from tests.unit.gateway.security.material import MORE, SHA256, resign, timestamp, token

CHK, ALG, SEC, TOK, XML = Expect.CHK, Expect.ALG, Expect.SEC, Expect.TOK, Expect.XML
C14N_10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"


@bad("B081", "reference flood", "security", CHK, "SIG.REF.FLOOD", "security §4 C", cpu=0.2)
def flood(w):
    yield "1,000", w.plain(refs=["TS"] + ["Body"] * 1000)
    yield "17", w.plain(refs=["TS"] + ["Body"] * 16)
    yield "none", w.plain(refs=[]), "SIG.REF.NONE"


@bad("B082", "one target twice", "security", CHK, "SIG.REF.TWICE", "security §4 C")
def twice(w):
    yield "Body", w.plain(refs=["TS", "Body", "Body"])
    yield "Timestamp", w.plain(refs=["TS", "TS", "Body"])


@bad("B083", "Manifest and Type", "security", CHK, "SIG.REF.ATTRIBUTE", "XML Signature §2.3")
def manifest(w):
    yield "Type Manifest", w.plain(after=lambda root: find(root, "Reference").set("Type", f"{DS}Manifest"))
    yield (
        "Manifest in an Object",
        w.plain(after=put("Signature", "<ds:Object><ds:Manifest/></ds:Object>")),
        ("SIG.CHILDREN"),
        SEC,
    )


@bad("B084", "HMACOutputLength", "security", ALG, "SIG.METHOD.PARAMETERS|SIG.METHOD.ALGORITHM", "CVE-2009-0217")
def output_length(w):
    for method in ("rsa-sha256", "hmac-sha256"):
        for bits in (1, 0, 8):
            inner = f"<ds:HMACOutputLength>{bits}</ds:HMACOutputLength>"
            yield (
                f"{method} {bits}",
                w.plain(method_xml=f'<ds:SignatureMethod Algorithm="{MORE}{method}">{inner}</ds:SignatureMethod>'),
            )


@bad("B085", "HMAC keyed with the public key", "security", ALG, "SIG.METHOD.ALGORITHM", "CVE-2025-48994 (signxml)")
def public_hmac(w):
    certificate = w.mia.certificate
    keys = {
        "PEM": w.mia.certificate_pem,
        "DER": der(w.mia),
        "SPKI": certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "empty": b"",
        "base64": base64.b64encode(der(w.mia)),
    }
    for name, key in keys.items():
        yield (
            name,
            w.plain(method=f"{MORE}hmac-sha256", sign=lambda form, key=key: hmac.digest(key or b"\0", form, "sha256")),
        )


@bad("B086", "weak signature algorithm", "security", ALG, "SIG.METHOD.ALGORITHM", "security §4 C")
def weak_signature(w):
    for uri in (
        f"{DS}rsa-sha1", f"{DS}dsa-sha1", f"{DS}hmac-sha1", f"{MORE}rsa-md5", f"{MORE}rsa-ripemd160",
        f"{MORE}ecdsa-sha1",
        f"{MORE}rsa-sha224", f"{MORE}RSA-SHA256", f"{MORE}rsa-sha256 ", f"{MORE}rsa-sha256#", "", "none",
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
    ):  # fmt: skip
        method = f'<ds:SignatureMethod Algorithm="{uri}"/>'
        yield uri.rpartition("#")[2] or uri or "none", w.plain(method_xml=method)


@bad("B087", "weak digest", "security", ALG, "SIG.REF.METHOD.ALGORITHM", "security §4 C")
def weak_digest(w):
    sha1 = f"{DS}sha1"
    yield "really made by SHA-1", w.plain(refs=[Ref(each, digest=sha1) for each in ("TS", "Body")])
    for uri in (
        f"{DS}sha1", f"{MORE}md5", "http://www.w3.org/2001/04/xmlenc#ripemd160", f"{MORE}sha224",
        "http://www.w3.org/2007/05/xmldsig-more#sha3-256", "", f"{SHA256} ",
    ):  # fmt: skip

        def change(root, uri=uri):
            for each in root.iter(f"{Q}DigestMethod"):
                each.set("Algorithm", uri)
            resign(find(root, "Signature"), w.mia)

        yield uri.rpartition("#")[2] or "none", w.plain(after=change)


@bad("B088", "method and key do not fit", "security", CHK, "SIG.VALUE", "algorithm confusion")
def wrong_kind(w):
    yield "RSA method, EC key", w.plain(issued=w.sbs, method=f"{MORE}rsa-sha256")
    yield "EC method, RSA key", w.plain(method=f"{MORE}ecdsa-sha256")
    yield (
        "another hash than signed with",
        w.plain(after=lambda root: find(root, "SignatureMethod").set("Algorithm", f"{MORE}rsa-sha384")),
    )


@bad("B089", "weak key", "security", TOK, "CERT.KEY", "security §4 C")
def weak_key(w):
    from gateway.security.dev_pki import Issued
    from tests.attacks.hostile_pki import LEAF, SIGNS, huge_rsa, weak_rsa

    for name, key in {"RSA-1024": weak_rsa(1024, 65537), "RSA e=3": weak_rsa(2048, 3)}.items():
        leaf = w.pki.leaf(LEAF, SIGNS, key=key)
        yield name, w.plain(issued=leaf)
    yield "P-192", w.plain(issued=w.pki.p192())
    public = huge_rsa()

    class Public:
        """Enough of a key for an issuer to certify it."""

        def public_key(self):
            return public

    leaf = w.pki.leaf(LEAF, SIGNS, key=Public())
    huge = w.plain(issued=w.mia, security=[timestamp(w.now), token(Issued(leaf.certificate, w.mia.key))])
    yield "RSA-16384", huge


@bad("B090", "other canonicalisation", "security", ALG, "", "security §4 C")
def other_c14n(w):
    for uri in (C14N_10, "http://www.w3.org/2006/12/xml-c14n11", f"{EXC_C14N}WithComments", f"{C14N_10}#WithComments",
                "http://www.w3.org/2010/xml-c14n2", f"{DS}minimal", ""):  # fmt: skip
        name = uri.rpartition("/")[2] or "none"
        yield (
            f"SignedInfo {name}",
            w.plain(c14n=f'<ds:CanonicalizationMethod Algorithm="{uri}"/>'),
            "SIG.C14N.ALGORITHM",
        )
        yield f"Body {name}", w.plain(refs=["TS", Ref("Body", transforms(uri))]), "SIG.TRANSFORM.ALGORITHM"


@bad("B091", "XSLT transform", "security", ALG, "", "signxml T1 [M]; SAML Raider")
def xslt(w):
    sheet = (
        '<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"><x:template match="/">'
        f"<x:copy-of select=\"document('{w.canary.url}')\"/></x:template></x:stylesheet>"
    )
    yield "signed", w.plain(refs=["TS", Ref("Body", transforms(XSLT, inner=sheet))]), "SIG.TRANSFORM.ALGORITHM"
    yield "before C14N", w.plain(refs=["TS", Ref("Body", transforms(XSLT, EXC_C14N))]), "SIG.TRANSFORMS.COUNT"
    yield "within C14N", w.plain(refs=["TS", Ref("Body", transforms(EXC_C14N, inner=sheet))]), "SIG.TRANSFORM.CHILDREN"
    captured = w.plain()
    place = b'<ds:Transforms><ds:Transform Algorithm="' + EXC_C14N.encode()
    added = captured.replace(
        place, b'<ds:Transforms><ds:Transform Algorithm="' + XSLT.encode() + b'"/>' + place[15:], 1
    )
    yield "added to a captured message", added, "SIG.TRANSFORMS.COUNT"
    loop = sheet.replace("<x:copy-of", '<x:call-template name="t"/><x:copy-of').replace(
        'match="/"', 'name="t" match="/"'
    )
    yield "loop", w.plain(refs=["TS", Ref("Body", transforms(XSLT, inner=loop))]), "SIG.TRANSFORM.ALGORITHM"


@bad("B092", "XPath transforms", "security", ALG, "SIG.TRANSFORM.ALGORITHM", "security §4 C", cpu=0.05)
def xpath(w):
    dear = "<ds:XPath>" + "count(//. | //@* | //namespace::*) + " * 50 + "1</ds:XPath>"
    yield "XPath", w.plain(refs=["TS", Ref("Body", transforms(XPATH, inner=dear))])
    yield (
        "XPath filter 2",
        w.plain(refs=["TS", Ref("Body", transforms("http://www.w3.org/2002/06/xmldsig-filter2", inner=dear))]),
    )
    yield (
        "in SignedInfo's method",
        w.plain(c14n=f'<ds:CanonicalizationMethod Algorithm="{XPATH}">{dear}</ds:CanonicalizationMethod>'),
        ("SIG.C14N.ALGORITHM"),
    )


@bad("B093", "base64 and decryption transforms", "security", ALG, "SIG.TRANSFORM.ALGORITHM", "XML Signature §6.6.2")
def base64_transform(w):
    for uri in (
        f"{DS}base64",
        "http://www.w3.org/2002/07/decrypt#XML",
        "http://www.w3.org/2001/04/decrypt#",
        "urn:unknown",
    ):
        yield uri, w.plain(refs=["TS", Ref("Body", transforms(uri))])


@bad("B094", "enveloped transform", "security", ALG, "SIG.TRANSFORM.ALGORITHM", "security §4 C")
def enveloped(w):
    yield "alone", w.plain(refs=["TS", Ref("Body", transforms(f"{DS}enveloped-signature"))])
    yield (
        "with C14N",
        w.plain(refs=["TS", Ref("Body", transforms(f"{DS}enveloped-signature", EXC_C14N))]),
        ("SIG.TRANSFORMS.COUNT"),
    )


@bad("B095", "STR-Transform", "security", ALG, "SIG.TRANSFORM.ALGORITHM", "CVE-2026-92121 (WSS4J)")
def str_transform(w):
    uri = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform"
    method = f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>'
    parameters = f"<wsse:TransformationParameters>{method}</wsse:TransformationParameters>"
    yield "bare", w.plain(refs=["TS", "Body", Ref("X509", transforms(uri))])
    yield "with parameters", w.plain(refs=["TS", "Body", Ref("X509", transforms(uri, inner=parameters))])


@bad("B096", "chain of transforms", "security", ALG, "SIG.TRANSFORMS.COUNT", "security §4 C")
def chain(w):
    yield "1,000", w.plain(refs=["TS", Ref("Body", transforms(*[EXC_C14N] * 1000))])
    yield "two", w.plain(refs=["TS", Ref("Body", transforms(EXC_C14N, EXC_C14N))])
    yield "empty", w.plain(refs=["TS", Ref("Body", "<ds:Transforms/>")])


@bad("B097", "no Transforms", "security", CHK, "SIG.REF.NO_TRANSFORMS", "BSP R5416")
def no_transforms(w):
    yield "Body", w.plain(refs=["TS", Ref("Body", "")])
    yield "Timestamp", w.plain(refs=[Ref("TS", ""), "Body"])


@bad("B098", "PrefixList out of bounds", "security", SEC, "", "BSP R5414; security §1.4 [M]")
def prefix_lists(w):
    words = " ".join("abcdefghijklmnopq")
    yield (
        "17 in SignedInfo",
        w.plain(
            c14n=f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}">{prefixes(words)}</ds:CanonicalizationMethod>'
        ),
        "SIG.C14N.PREFIXES.LIMIT",
    )
    yield (
        "attribute beside it",
        w.plain(
            refs=[
                "TS",
                Ref("Body", transforms(EXC_C14N, inner=prefixes("a").replace("PrefixList", 'x="1" PrefixList'))),
            ]
        ),
        "SIG.TRANSFORM.PREFIXES.ATTRIBUTE",
    )
    yield (
        "text inside",
        w.plain(
            refs=[
                "TS",
                Ref("Body", transforms(EXC_C14N, inner=prefixes("a").replace("/>", ">x</ec:InclusiveNamespaces>"))),
            ]
        ),
        "SIG.TRANSFORM.PREFIXES.TEXT",
    )
    yield (
        "twice",
        w.plain(refs=["TS", Ref("Body", transforms(EXC_C14N, inner=prefixes("a") * 2))]),
        ("SIG.TRANSFORM.CHILDREN"),
        ALG,
    )


@bad("B099", "comment or instruction in a leaf", "security", XML, "XML.COMMENT.IN_TEXT", "CVE-2025-29774 (xml-crypto)",
     note="the parser refuses it anywhere, before the security header is read: XML where §4 says SEC")  # fmt: skip
def leaf_comments(w):
    for name in ("DigestValue", "SignatureValue", "BinarySecurityToken", "Created", "number"):
        yield f"comment in {name}", w.plain(after=comment_in(name))
        yield f"instruction in {name}", w.plain(after=comment_in(name, lambda: etree.PI("x", "y"))), "XML.PI"
    yield "comment in Password", w.full(after=comment_in("Password"))
    yield (
        "DigestValue of the attacker behind a comment",
        w.plain(after=lambda root: find(root, "DigestValue").append(etree.Comment("AAAA"))),
    )


@bad("B100", "ds:Object added", "security", SEC, "SIG.CHILDREN", "security §4 C")
def object_added(w):
    yield "empty", w.plain(after=put("Signature", "<ds:Object/>"))
    yield "with an operation", w.plain(after=put("Signature", f"<ds:Object>{w.report(EVIL)}</ds:Object>"))
    yield "first", w.plain(after=put("Signature", "<ds:Object/>", 0))
    yield "comment", w.plain(after=lambda root: find(root, "Signature").append(etree.Comment("x")))
    yield "text", w.plain(after=set_text("Signature", "x")), "SIG.TEXT"
    yield "attribute", w.plain(after=lambda root: find(root, "Signature").set("x", "1")), "SIG.ATTRIBUTE"


@bad("B101", "base64 laxity", "security", SEC, "", "signxml T15 [M]")
def laxity(w):
    for leaf, reason in {"SignatureValue": "SIG.VALUE.BASE64", "DigestValue": "SIG.REF.VALUE.BASE64"}.items():
        for name, change in {
            "stray letters": lambda text: text[:9] + "!*" + text[9:],
            "URL alphabet": lambda text: text[:9] + "-_" + text[11:],
            "no-break space": lambda text: text + "\u00a0",
            "padding in the middle": lambda text: text[:8] + "==" + text[8:],
            "no padding": lambda text: text.rstrip("=") if text.endswith("=") else text[:-1],
            "padding twice": lambda text: text + "====",
            "zero-width space": lambda text: text[:4] + "\u200b" + text[4:],
        }.items():
            yield f"{leaf} {name}", w.plain(after=change_text(leaf, change)), reason
    yield "stray bits", w.plain(after=change_text("DigestValue", _stray_bit)), "SIG.REF.VALUE.BASE64"


def _stray_bit(text: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-2] + letters[letters.index(text[-2]) ^ 1] + "="


@bad("B102", "broken signature value", "security", CHK, "SIG.VALUE", "security §4 C")
def broken_value(w):
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    yield "empty", w.plain(after=set_text("SignatureValue", "")), "SIG.VALUE.EMPTY"
    for name, octets in {"one byte": b"\0", "zeros": bytes(256), "ones": b"\xff" * 256, "one byte less": bytes(255),
                         "one byte more": bytes(257), "1": bytes(255) + b"\x01"}.items():  # fmt: skip
        yield f"RSA {name}", w.plain(sign=lambda _form, octets=octets: octets)
    for name, (r, s) in {"r=0": (0, 1), "s=0": (1, 0), "r=n": (order, 1), "s=n": (1, order), "r=s=1": (1, 1)}.items():
        octets = r.to_bytes(32) + s.to_bytes(32)
        yield f"ECDSA {name}", w.plain(issued=w.sbs, sign=lambda _form, octets=octets: octets)
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    yield "ECDSA in DER", w.plain(issued=w.sbs, sign=lambda form: w.sbs.key.sign(form, ec.ECDSA(hashes.SHA256())))


@bad("B103", "RSA padding", "security", CHK, "SIG.VALUE", "Bleichenbacher 2006 (CVE-2006-4339)")
def padding(w):
    numbers = w.mia.key.private_numbers()
    modulus = numbers.public_numbers.n
    prefix = bytes.fromhex("3031300d060960864801650304020105000420")

    def raw(block: bytes) -> bytes:
        return pow(int.from_bytes(block), numbers.d, modulus).to_bytes(256)

    def block(form: bytes, filler: bytes, rest: bytes = b"") -> bytes:
        return b"\x00\x01" + filler + b"\x00" + prefix + hashlib.sha256(form).digest() + rest

    yield "short padding, rubbish after", w.plain(sign=lambda form: raw(block(form, b"\xff" * 8, bytes(256 - 62))))
    yield "other filler", w.plain(sign=lambda form: raw(block(form, b"\xfe" * (256 - 54))))
    yield (
        "no DigestInfo",
        w.plain(sign=lambda form: raw(b"\x00\x01" + b"\xff" * (256 - 35) + b"\x00" + hashlib.sha256(form).digest())),
    )
    yield "block type 2", w.plain(sign=lambda form: raw(b"\x00\x02" + block(form, b"\xff" * (256 - 54))[2:]))


@bad("B104", "void canonicalisation", "security", CHK, "", "CVE-2025-66568 (ruby-saml, nokogiri)")
def void(w):
    empty = Ref("Body", digest_of=b"")
    yield "digest of nothing", w.plain(refs=["TS", empty]), "SIG.REF.DIGEST"
    for name, uri in {"relative": "relative/path", "dots": "./x", "one word": "x"}.items():
        message = w.plain(payload=f'<x xmlns="urn:x" xmlns:r="{uri}"><r:y/></x>', refs=["TS", empty])
        yield f"{name} namespace name", message, "XML.C14N"


@bad("B105", "signature transplant", "security", CHK, "SIG.REF.DIGEST", "security §4 C")
def transplant(w):
    other = etree.fromstring(w.plain(payload=w.report(EVIL)))
    message = etree.fromstring(w.plain())
    find(message, "Signature").getparent().replace(find(message, "Signature"), find(other, "Signature"))
    yield "of another message", etree.tostring(message)
    mixed = etree.fromstring(w.plain())
    donor = etree.fromstring(w.plain(payload=w.report(EVIL)))
    find(mixed, "SignatureValue").text = find(donor, "SignatureValue").text
    yield "only the value", etree.tostring(mixed), "SIG.VALUE"
    swapped = w.plain().replace(SECRET.encode(), EVIL.encode())
    yield "content changed", swapped


@bad("B106", "encrypted content", "security", SEC, "SEC.ENCRYPTED", "padding oracles; security §4 C")
def encrypted(w):
    cipher = f'<x:CipherData><x:CipherReference URI="{w.canary.url}"/></x:CipherData>'
    data = f'<x:EncryptedData xmlns:x="{XMLENC}">{cipher}</x:EncryptedData>'
    yield "Header", w.plain(after=put("Header", data))
    yield "in the payload", w.plain(after=put("ReportInvalidDocuments", data))
    yield "as the payload", w.plain(payload=data)
    yield "in Security", w.plain(after=put("Security", data)), "SEC.HEADER.UNKNOWN"
    key = f'<x:EncryptedKey xmlns:x="{XMLENC}"/>'
    yield "key in Security", w.plain(after=put("Security", key)), "SEC.HEADER.UNKNOWN"
    yield "in KeyInfo", w.plain(after=put("KeyInfo", key)), "SEC.ENCRYPTED|KEYINFO.CHILDREN"
