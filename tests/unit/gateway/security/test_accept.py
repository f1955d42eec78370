"""Lawful messages of every sort are accepted, whoever wrote them (security §5)."""

from __future__ import annotations

import codecs
import hashlib
from datetime import timedelta

import pytest
from lxml import etree

from gateway.security.model import UsernameCredentials
from gateway.security.sign import Addressing, sign_envelope
from gateway.xml.apart import apart
from gateway.xml.namespaces import EXC_C14N, SOAP12
from tests.unit.gateway.security.material import (
    LOGIN,
    MORE,
    NOW,
    PAYLOAD,
    SHA256,
    SHA384,
    SHA512,
    SOAPS,
    Ref,
    accept,
    c14n,
    der64,
    forge,
    refusal,
    system,
    timestamp,
    token,
    username,
    wsa,
)


def text_of(data: bytes, **options: object) -> str | None:
    return accept(data, **options).payload.findtext("{urn:q}number")


@pytest.mark.parametrize("soap", ["1.1", "1.2"])
@pytest.mark.parametrize("digest", [SHA256, SHA384, SHA512])
@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("RSA-2048", "rsa-sha256"),
        ("RSA-2048", "rsa-sha384"),
        ("RSA-2048", "rsa-sha512"),
        ("RSA-3072", "rsa-sha256"),
        ("RSA-4096", "rsa-sha256"),
        ("P-256", "ecdsa-sha256"),
        ("P-256", "ecdsa-sha384"),
        ("P-384", "ecdsa-sha256"),
        ("P-384", "ecdsa-sha384"),
    ],
)
def test_every_algorithm_of_the_profile_is_accepted(kind: str, method: str, digest: str, soap: str) -> None:
    message = forge(
        issued=system(kind),
        soap=SOAPS[soap],
        method=f"{MORE}{method}",
        refs=[Ref("TS", digest=digest), Ref("Body", digest=digest)],
    )
    envelope = accept(message)
    assert envelope.soap_version == soap
    assert envelope.signature_algorithm == f"{MORE}{method}"
    assert envelope.signer.subject.startswith(f"CN=System A {kind}")
    assert {r.part for r in envelope.covered} == {"Body", "Timestamp"}


@pytest.mark.parametrize("soap", ["1.1", "1.2"])
@pytest.mark.parametrize("kind", ["RSA-2048", "RSA-3072", "P-256", "P-384"])
def test_what_we_sign_we_accept(kind: str, soap: str) -> None:
    message = sign_envelope(
        PAYLOAD.encode(),
        key=system(kind).signing_key(),
        now=NOW,
        soap_version=soap,
        addressing=Addressing(to="urn:to", action="urn:a", message_id="urn:uuid:1", relates_to="urn:uuid:0"),
        user=UsernameCredentials("leyla", 'p<a>&"r\rol'),
        must_understand=True,
    )
    envelope = accept(message)
    assert envelope.user == UsernameCredentials("leyla", 'p<a>&"r\rol')
    assert (envelope.to, envelope.action) == ("urn:to", "urn:a")
    assert (envelope.message_id, envelope.relates_to) == ("urn:uuid:1", "urn:uuid:0")
    assert envelope.digest == hashlib.sha256(PAYLOAD.encode()).digest()


def test_the_digest_is_that_of_the_canonical_payload() -> None:
    envelope = accept(
        forge(payload='<CheckDocuments xmlns="urn:q" b="2"   a="1"><number >AA1234567</number></CheckDocuments>')
    )
    assert envelope.digest == hashlib.sha256(c14n(envelope.payload)).digest()


def test_the_same_question_has_the_same_digest_in_every_envelope() -> None:
    one, other = accept(forge()), accept(forge(soap=SOAP12, issued=system("P-256")))
    assert one.digest == other.digest
    assert one.signed_info_digest != other.signed_info_digest


@pytest.mark.parametrize("prefix", ["soapenv", "S", "env", "SOAP-ENV", "s1.x-y"])
def test_prefixes_are_free(prefix: str) -> None:
    def rename(data: bytes) -> bytes:
        return (
            data.replace(b"soap:", prefix.encode() + b":")
            .replace(b"xmlns:soap=", b"xmlns:" + prefix.encode() + b"=")
            .replace(b"ds:", b"dsig:")
            .replace(b"xmlns:ds=", b"xmlns:dsig=")
        )

    root = etree.fromstring(rename(forge()))
    from tests.unit.gateway.security.material import add_signature

    for old in root.iter("{http://www.w3.org/2000/09/xmldsig#}Signature"):
        old.getparent().remove(old)
    add_signature(root, system())
    assert text_of(etree.tostring(root)) == "AA1234567"


def test_pretty_printing_before_signing_is_accepted() -> None:
    def indent(root: etree._Element) -> None:
        etree.indent(root, "\t")

    assert text_of(forge(before=indent)) == "AA1234567"


def test_attributes_may_be_reordered_in_unsigned_parts() -> None:
    message = forge()
    wanted = b'<wsse:BinarySecurityToken wsu:Id="X509" EncodingType='
    assert wanted in message
    start = message.index(wanted)
    end = message.index(b">", start)
    tag = message[start:end]
    parts = tag.split(b" ")
    assert text_of(message.replace(tag, b" ".join([parts[0], *reversed(parts[1:])]))) == "AA1234567"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-16"?>'])
def test_utf_16_with_byte_order_mark_is_accepted(codec: str, declaration: str) -> None:
    mark = codecs.BOM_UTF16_LE if codec.endswith("le") else codecs.BOM_UTF16_BE
    payload = PAYLOAD.replace("AA1234567", "Şəki")
    assert text_of(mark + (declaration + forge(payload=payload).decode()).encode(codec)) == "Şəki"


@pytest.mark.parametrize(
    "declaration", ['<?xml version="1.0"?>', "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n"]
)
def test_utf_8_with_mark_and_declaration_is_accepted(declaration: str) -> None:
    payload = PAYLOAD.replace("AA1234567", "Şəki Ελλ Юлия O'Neil ē")
    message = (
        codecs.BOM_UTF8
        + declaration.encode()
        + etree.tostring(etree.fromstring(forge(payload=payload)), encoding="UTF-8", xml_declaration=False)
    )
    assert text_of(message) == "Şəki Ελλ Юлия O'Neil ē"


def test_line_ends_may_be_cr_lf() -> None:
    message = forge(payload=PAYLOAD.replace("<q:number>", "\n<q:number>"))
    assert text_of(message.replace(b"\n", b"\r\n")) == "AA1234567"


def test_cdata_counts_as_its_text() -> None:
    message = forge(payload=PAYLOAD.replace("AA1234567", "<![CDATA[AA<&>]]>67"))
    assert b"CDATA" in message
    assert text_of(message) == "AA<&>67"


def test_comments_between_elements_outside_what_is_signed_are_accepted() -> None:
    def comment(root: etree._Element) -> None:
        root.insert(0, etree.Comment("one"))
        root[1].append(etree.Comment("two"))
        root[1][0].append(etree.Comment("three"))
        root.addprevious(etree.Comment("four"))

    assert text_of(forge(after=comment)) == "AA1234567"


@pytest.mark.parametrize("width", [64, 76])
def test_base64_may_be_wrapped(width: int) -> None:
    def wrap(root: etree._Element) -> None:
        for name in ("SignatureValue", "DigestValue", "BinarySecurityToken"):
            for element in root.iter(f"{{*}}{name}"):
                text = element.text or ""
                element.text = "\n  " + "\r\n\t".join(text[i : i + width] for i in range(0, len(text), width)) + "\n"

    def wrap_digests_then_sign(root: etree._Element) -> None:
        wrap(root)
        from tests.unit.gateway.security.material import resign

        signature = next(root.iter("{http://www.w3.org/2000/09/xmldsig#}Signature"))
        resign(signature, system())
        wrap_value = signature[1]
        text = wrap_value.text or ""
        wrap_value.text = "\n".join(text[i : i + width] for i in range(0, len(text), width))

    assert text_of(forge(after=wrap_digests_then_sign)) == "AA1234567"


def prefix_list(words: str) -> str:
    return (
        f'<ds:Transforms><ds:Transform Algorithm="{EXC_C14N}"><ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" '
        f'PrefixList="{words}"/></ds:Transform></ds:Transforms>'
    )


@pytest.mark.parametrize(
    ("words", "prefixes"),
    [
        ("soap wsu", ("soap", "wsu")),
        ("wsu soap", ("wsu", "soap")),
        ("  wsu&#9;soap&#10;ds ", ("wsu", "soap", "ds")),
        ("unknown", ("unknown",)),
        ("", ()),
        ("#default", ("#default",)),
        ("wsse #default ds", ("wsse", "#default", "ds")),
    ],
)
def test_prefix_lists_are_accepted_in_any_order_and_with_odd_space(words: str, prefixes: tuple[str, ...]) -> None:
    envelope = 'xmlns="urn:default"'
    message = forge(
        envelope_attributes=envelope,
        refs=["TS", Ref("Body", transforms=prefix_list(words), prefixes=prefixes)],
        c14n=f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}"><ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" '
        f'PrefixList="{words}"/></ds:CanonicalizationMethod>',
        c14n_prefixes=prefixes,
    )
    envelope = accept(message)
    assert envelope.digest == hashlib.sha256(c14n(envelope.payload)).digest()


@pytest.mark.parametrize(
    "created",
    ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123Z", "2026-03-01T12:00:00.123456789Z", "2026-03-01T16:00:00+04:00"],
)
def test_times_come_with_and_without_fractions(created: str) -> None:
    stamp = (
        f'<wsu:Timestamp wsu:Id="TS"><wsu:Created>{created}</wsu:Created>'
        "<wsu:Expires>2026-03-01T12:05:00Z</wsu:Expires></wsu:Timestamp>"
    )
    assert text_of(forge(security=[stamp, token(system())])) == "AA1234567"


@pytest.mark.parametrize("seconds", [-290, 0, 50, 60])
def test_clocks_may_differ_a_little(seconds: int) -> None:
    stamp = timestamp(NOW + timedelta(seconds=seconds))
    assert text_of(forge(security=[stamp, token(system())])) == "AA1234567"


def test_the_security_header_may_be_in_any_order() -> None:
    login = username(LOGIN)
    for pieces in ([token(system()), timestamp(), login], [login, token(system()), timestamp()]):
        for first in (False, True):
            message = forge(security=pieces, refs=["TS", "Body", "UT"], first=first)
            envelope = accept(message)
            assert envelope.user is not None
            assert envelope.user.username == "leyla"


def test_the_token_may_be_signed_too() -> None:
    assert {r.part for r in accept(forge(refs=["TS", "Body", "X509"])).covered} == {
        "Timestamp",
        "Body",
        "BinarySecurityToken",
    }


def test_unknown_headers_that_need_not_be_understood_are_ignored() -> None:
    headers = '<x:Trace xmlns:x="urn:x" soap:mustUnderstand="0">1</x:Trace><x:Other xmlns:x="urn:x"/>'
    assert text_of(forge(headers=headers)) == "AA1234567"


def test_a_security_header_for_somebody_else_is_ignored() -> None:
    other = '<wsse:Security soap:actor="urn:somebody-else"><x:anything xmlns:x="urn:x"/></wsse:Security>'

    def put_other_last(root: etree._Element) -> None:
        root[0].append(root[0][0])

    message = forge(
        headers="",
        after=lambda root: root[0].append(
            etree.fromstring(f'<r xmlns:soap="{SOAPS["1.1"]}" xmlns:wsse="{root.nsmap["wsse"]}">{other}</r>')[0]
        ),
    )
    assert text_of(message) == "AA1234567"


@pytest.mark.parametrize(
    "address", ["http://www.w3.org/2005/08/addressing/anonymous", "http://www.w3.org/2005/08/addressing/none"]
)
def test_signed_addressing_headers_are_accepted(address: str) -> None:
    headers = (
        wsa("To", "https://gateway/soap/documents/v1")
        + wsa("Action", "urn:a")
        + wsa("MessageID", "urn:uuid:7")
        + wsa("ReplyTo", f"<wsa:Address>{address}</wsa:Address>")
    )
    envelope = accept(forge(headers=headers, refs=["TS", "Body", "To", "Action", "MessageID", "ReplyTo"]))
    assert (envelope.message_id, envelope.action) == ("urn:uuid:7", "urn:a")


def test_the_id_attribute_may_be_plain() -> None:
    body = f'<soap:Body Id="Body">{PAYLOAD}</soap:Body>'
    assert text_of(forge(body=body)) == "AA1234567"


def test_a_new_certificate_of_the_same_system_is_accepted_beside_the_old_one() -> None:
    old, new = system("RSA-2048", "Old"), system("RSA-2048", "New")
    assert der64(old) != der64(new)
    assert text_of(forge(issued=old)) == text_of(forge(issued=new)) == "AA1234567"


def test_an_xsi_type_bound_within_the_body_is_accepted() -> None:
    payload = (
        '<q:CheckDocuments xmlns:q="urn:q" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<q:number xsi:type="q:Number">AA1234567</q:number></q:CheckDocuments>'
    )
    assert text_of(forge(payload=payload)) == "AA1234567"


def test_the_largest_lawful_message_is_accepted() -> None:
    from gateway.security.policy import Policy
    from gateway.xml.parser import Limits

    message = forge()
    assert text_of(message, policy=Policy(limits=Limits(size=len(message)))) == "AA1234567"


@pytest.mark.parametrize("word", ["ə", "Ё", "şəhər-1.x", "前缀", "ə\u0301"])
def test_a_prefix_list_may_name_prefixes_of_any_script(word: str) -> None:
    data = forge(
        envelope_attributes=f'xmlns:{word}="urn:e"', refs=["TS", Ref("Body", prefix_list(word), prefixes=(word,))]
    )
    assert apart(lambda: accept(data)).covered[1].part == "Body"


@pytest.mark.parametrize("words", ["1a", "a:b", "-x .y", "never-declared #default ", "n" * 900])
def test_words_that_no_prefix_has_are_without_effect(words: str) -> None:
    data = forge(refs=["TS", Ref("Body", prefix_list(words))])
    assert apart(lambda: accept(data)).covered[1].part == "Body"


@pytest.mark.parametrize(
    "words", ["[", "%", "{x}", "a [", "%zz", "#other", "a\u00a0b", "&lt;x/&gt;", "&quot;", "a/b", "//["]
)
@pytest.mark.parametrize("place", ["reference", "signed info"])
def test_a_prefix_list_of_other_words_is_out_of_form(words: str, place: str) -> None:
    exclusive = prefix_list(words)
    method = exclusive.replace("<ds:Transforms><ds:Transform", "<ds:CanonicalizationMethod")
    method = method.replace("</ds:Transform></ds:Transforms>", "</ds:CanonicalizationMethod>")
    data = (
        forge(refs=["TS", Ref("Body", exclusive)]) if place == "reference" else forge(refs=["TS", "Body"], c14n=method)
    )
    refused = apart(lambda: refusal(data))
    assert (refused.code, refused.reason) == ("client.security.header-invalid", "SIG.PREFIXES.WORD")
