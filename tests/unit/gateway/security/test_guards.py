"""Every guard is needed: with it switched off, a message gets through that must not (security §6).

A guard is switched off by replacing its function with one that objects to nothing. For each there is an attack that
then succeeds, and that fails while the guard stands.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from gateway.faults import RefusalError
from gateway.security import addressing, freshness, payload, profile, references, structure, token, trust, verify
from gateway.security.dev_pki import Authority
from gateway.xml import parser
from gateway.xml.namespaces import DS, EXC_C14N, SOAP11, XMLENC, XSI
from tests.unit.gateway.security.material import (
    EVIL,
    MORE,
    NOW,
    PAYLOAD,
    Ref,
    accept,
    forge,
    pki,
    refusal,
    system,
    timestamp,
    wsa,
)
from tests.unit.gateway.security.material import (
    token as token_xml,
)


def nothing(*_arguments: Any, **_options: Any) -> None:
    return None


def stranger_message() -> bytes:
    stranger = Authority.root(NOW).authority(NOW).issue("Stranger", NOW)
    return forge(issued=stranger, security=[timestamp(), token_xml(stranger)])


def server_certificate() -> bytes:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    from tests.unit.gateway.security.test_trust import LEAF, SIGNS

    purposes = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    signer = pki().issuing.issue("Server", NOW, extensions=(LEAF, SIGNS, purposes))
    return forge(issued=signer, security=[timestamp(), token_xml(signer)])


def wrapped() -> bytes:
    root = etree.fromstring(forge())
    signed = root[1]
    root.replace(signed, etree.fromstring(etree.tostring(signed)))
    del root[1].attrib[next(iter(root[1].attrib))]
    root[1][0][0].text = EVIL
    etree.SubElement(root[0], "{urn:w}Wrapper").append(signed)
    return etree.tostring(root)


def any_place(references_: Any, ids: Any, places: Any) -> list[references.Part]:
    """`resolve` as careless libraries have it: whatever bears the id is the part."""
    names = {"TS": "Timestamp", "Body": "Body"}
    return [references.Part(names[r.uri[1:]], ids[r.uri[1:]], r) for r in references_]


def any_method(key: Any, method: Any, value: bytes, signed: bytes) -> bool:
    return True


def spoilt_value() -> bytes:
    def change(root: etree._Element) -> None:
        next(root.iter(f"{{{DS}}}SignatureValue")).text = base64.b64encode(bytes(256)).decode()

    return forge(after=change)


def weak_digest() -> bytes:
    sha1 = f"{DS}sha1"
    return forge(refs=[Ref("TS", digest=sha1), Ref("Body", digest=sha1)])


def first_of_many(root: etree._Element, *_quick: Any) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        for name in element.keys():  # noqa: SIM118
            if name.endswith("Id"):
                found.setdefault(element.get(name, ""), element)
    return found


def same_id_twice() -> bytes:
    return forge(payload='<q:x xmlns:q="urn:q"><q:y ID="Body"/></q:x>')


def unbound() -> bytes:
    inner = f'<q:x xmlns:q="urn:q" xmlns:xsi="{XSI}"><q:y xsi:type="t:Small">1</q:y></q:x>'
    return forge(payload=inner, envelope_attributes='xmlns:t="urn:evil"')


def commented() -> bytes:
    def change(root: etree._Element) -> None:
        leaf = root[1][0][0]
        comment = etree.Comment("x")
        leaf.text, comment.tail = "AA", "1234567"
        leaf.append(comment)

    return forge(after=change)


def second_signature() -> bytes:
    return forge(payload=f'<q:x xmlns:q="urn:q"><ds:Signature xmlns:ds="{DS}"/></q:x>')


def nested_deeply() -> bytes:
    return forge(payload="<a>" * 70 + "</a>" * 70)


def many_attributes() -> bytes:
    return forge(payload="<a " + " ".join(f'a{n}=""' for n in range(70)) + "/>")


def many_namespaces() -> bytes:
    return forge(payload="<a>" + "".join(f'<b xmlns:n{n}="urn:{n}"/>' for n in range(70)) + "</a>")


Attack = Callable[[], bytes]


def unknown_header() -> bytes:
    return forge(headers='<z xmlns="urn:z" soap:mustUnderstand="1"/>')


def odd_body() -> bytes:
    return forge(body=f'<soap:Body wsu:Id="Body" x="1">{PAYLOAD}</soap:Body>')


def encrypted() -> bytes:
    return forge(after=lambda root: etree.SubElement(root[0], f"{{{XMLENC}}}EncryptedData"))


def text_in_method() -> bytes:
    method = f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}">x</ds:CanonicalizationMethod>'
    return forge(c14n=method)


def old() -> bytes:
    return forge(security=[timestamp(NOW - timedelta(hours=1)), token_xml(system())])


def answer_elsewhere() -> bytes:
    address = wsa("ReplyTo", "<wsa:Address>http://canary.invalid/</wsa:Address>")
    return forge(headers=address, refs=["TS", "Body", "ReplyTo"])


def changed() -> bytes:
    return forge().replace(b"AA1234567", EVIL.encode())


def our_issuers(_self: trust.TrustStore, _leaf: object) -> tuple[object, ...]:
    return pki().issuing.issued.certificate, pki().root.issued.certificate


def none_missing(_parts: object, _required: object) -> list[str]:
    return []


GUARDS: dict[str, tuple[Any, str, Any, Attack]] = {
    "depth": (parser, "_require_limits", nothing, nested_deeply),
    "attributes": (parser, "_require_limits", nothing, many_attributes),
    "namespaces": (parser, "_require_plain_namespaces", nothing, many_namespaces),
    "comments": (parser, "_require_plain_content", nothing, commented),
    "must understand": (structure, "require_understood", nothing, unknown_header),
    "attributes of parts": (structure, "require_attributes", nothing, odd_body),
    "text between parts": (structure, "_require_no_text", nothing, lambda: forge(payload="text" + PAYLOAD)),
    "hidden signature": (structure, "require_nothing_hidden", nothing, second_signature),
    "encrypted": (structure, "require_nothing_hidden", nothing, encrypted),
    "empty elements": (profile, "require_empty", nothing, text_in_method),
    "ids": (references, "scan_ids", first_of_many, same_id_twice),
    "places": (references, "resolve", any_place, wrapped),
    "chain": (trust.TrustStore, "_issuers", our_issuers, stranger_message),
    "signer": (trust, "require_signer", nothing, server_certificate),
    "value": (verify, "signature_holds", any_method, spoilt_value),
    "digests": (verify, "_require_digest", nothing, changed),
    "coverage": (references, "missing", none_missing, lambda: forge(refs=["Body"])),
    "time": (freshness, "require_fresh", nothing, old),
    "meaning": (payload, "require_bound_types", nothing, unbound),
    "answer elsewhere": (addressing, "require_answer_on_the_spot", nothing, answer_elsewhere),
}


@pytest.mark.parametrize("name", GUARDS)
def test_without_this_guard_an_attack_succeeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, attribute, switched_off, attack = GUARDS[name]
    message = attack()
    assert refusal(message).reason
    monkeypatch.setattr(module, attribute, switched_off)
    if name == "chain":
        monkeypatch.setattr(trust.TrustStore, "_require_path", nothing)
    try:
        accept(message, trust=trust.TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate]))
    except RefusalError as error:
        raise AssertionError(f"still refused: {error.reason}") from error


def test_the_method_of_a_digest_is_not_the_messages_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    message = weak_digest()
    assert refusal(message).reason == "SIG.REF.METHOD.ALGORITHM"
    weak = {f"{DS}sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest()}
    monkeypatch.setattr(profile, "DIGESTS", weak)
    monkeypatch.setattr(references, "DIGESTS", weak)
    assert accept(message).covered[0].digest_method == f"{DS}sha1"


def test_the_method_of_a_signature_is_not_the_messages_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    message = forge(method=f"{DS}rsa-sha1", sign=_raw_sha1)
    assert refusal(message).reason == "SIG.METHOD.ALGORITHM"
    weak = replace(profile.SIGNATURES[f"{MORE}rsa-sha256"], uri=f"{DS}rsa-sha1", hash=_sha1())
    monkeypatch.setattr(profile, "SIGNATURES", {weak.uri: weak})
    assert accept(message).signature_algorithm == f"{DS}rsa-sha1"


def _sha1() -> Any:
    from cryptography.hazmat.primitives.hashes import SHA1

    return SHA1()


def _raw_sha1(form: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    key: Any = system().key
    return key.sign(form, PKCS1v15(), _sha1())


def test_a_key_is_taken_from_the_token_in_the_header_only(monkeypatch: pytest.MonkeyPatch) -> None:
    message = forge(
        key_info='<wsse:SecurityTokenReference><wsse:Reference URI="#Else"/></wsse:SecurityTokenReference>',
        headers=token_xml(system(), ident="Else"),
    )
    assert refusal(message).reason == "TOK.POSITION"
    monkeypatch.setattr(verify.token, "read_certificate", lambda _info, _token, ids: token.read_token(ids["Else"]))
    assert accept(message).signer.subject.startswith("CN=System A")


def test_soap_has_one_namespace_for_each_version() -> None:
    assert set(structure.SOAP_VERSIONS) == {SOAP11, "http://www.w3.org/2003/05/soap-envelope"}
