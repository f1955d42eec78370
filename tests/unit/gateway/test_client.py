"""The client's side of WS-Security: what zeep sends is signed, what it reads was verified."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace
from zeep.wsse.utils import get_security_header

from gateway.client import WsSecurity
from gateway.faults import RefusalError
from gateway.security.dev_pki import Authority
from gateway.security.model import UsernameCredentials
from gateway.security.sign import Addressing, sign_envelope
from gateway.xml.namespaces import SOAP11, SOAP12, WSA
from tests.unit.gateway.security.material import NOW, accept, pki, system

ANSWER = b'<q:CheckDocumentsResponse xmlns:q="urn:q"><q:status>NOT_LISTED</q:status></q:CheckDocumentsResponse>'
CALL = '<q:CheckDocuments xmlns:q="urn:q"><q:number>AA1234567</q:number></q:CheckDocuments>'


def envelope(headers: str = "", payload: str = CALL, soap: str = SOAP11) -> etree._Element:
    """What zeep hands to its plugin."""
    header = f"<s:Header>{headers}</s:Header>" if headers else ""
    return etree.fromstring(
        f'<s:Envelope xmlns:s="{soap}" xmlns:wsa="{WSA}">{header}<s:Body>{payload}</s:Body></s:Envelope>'
    )


def security(**options: Any) -> WsSecurity:
    return WsSecurity(system("P-256", "Client").signing_key(), pki().trust, clock=lambda: NOW, **options)


def sent(plugin: WsSecurity, call: etree._Element | None = None) -> bytes:
    tree, headers = plugin.apply(envelope() if call is None else call, {"SOAPAction": "x"})
    assert headers == {"SOAPAction": "x"}
    return etree.tostring(tree, xml_declaration=True, encoding="utf-8")


def answer(relates_to: str | None, payload: bytes = ANSWER, **options: Any) -> etree._Element:
    options = {"key": system("RSA-2048", "Gateway").signing_key(), "now": NOW} | options
    return etree.fromstring(sign_envelope(payload, addressing=Addressing(relates_to=relates_to), **options))


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
def test_a_call_is_signed_and_gets_an_id(soap: str) -> None:
    verified = accept(sent(security(), envelope(soap=soap)))
    assert verified.payload.findtext("{urn:q}number") == "AA1234567"
    assert verified.message_id is not None
    assert verified.message_id.startswith("urn:uuid:")
    assert verified.signer.subject.startswith("CN=Client")


def test_addressing_headers_of_the_call_are_kept_and_signed() -> None:
    headers = "<wsa:Action>urn:a</wsa:Action><wsa:MessageID>urn:uuid:7</wsa:MessageID><wsa:To>urn:to</wsa:To>"
    verified = accept(sent(security(), envelope(headers)))
    assert (verified.action, verified.message_id, verified.to) == ("urn:a", "urn:uuid:7", "urn:to")


def test_other_headers_go_along_and_an_old_security_header_does_not() -> None:
    call = envelope('<x:trace xmlns:x="urn:x">1</x:trace>')
    get_security_header(call).append(etree.Element("leftover"))
    data = sent(security(), call)
    assert b"<x:trace" in data
    assert b"leftover" not in data
    assert accept(data)


def test_the_person_is_named() -> None:
    verified = accept(sent(security(user=UsernameCredentials("leyla", "parol"))))
    assert verified.user == UsernameCredentials("leyla", "parol")


def test_a_call_without_exactly_one_operation_is_not_signed() -> None:
    for call in (envelope(payload=""), envelope(payload=CALL + CALL), envelope(soap="urn:other")):
        with pytest.raises(RefusalError):
            security().apply(call, {})


def test_the_answer_to_the_call_is_accepted() -> None:
    plugin = security()
    request = accept(sent(plugin))
    plugin.verify(answer(request.message_id))
    assert plugin.answer is not None
    assert plugin.answer.payload.findtext("{urn:q}status") == "NOT_LISTED"


@pytest.mark.parametrize("relates_to", [None, "urn:uuid:other"])
def test_the_answer_to_another_call_is_refused(relates_to: str | None) -> None:
    plugin = security()
    sent(plugin)
    with pytest.raises(RefusalError) as caught:
        plugin.verify(answer(relates_to))
    assert caught.value.reason == "ANSWER.RELATES_TO"
    assert plugin.answer is None


def test_a_fault_need_not_name_the_call_but_must_be_signed() -> None:
    plugin = security()
    sent(plugin)
    fault = f'<s:Fault xmlns:s="{SOAP11}"><faultcode>s:Client</faultcode></s:Fault>'.encode()
    plugin.verify(answer(None, fault))
    unsigned = etree.fromstring(f'<s:Envelope xmlns:s="{SOAP11}"><s:Body>{fault.decode()}</s:Body></s:Envelope>')
    with pytest.raises(RefusalError) as caught:
        plugin.verify(unsigned)
    assert caught.value.code == "client.security.missing"


def test_a_fault_that_names_another_call_is_refused() -> None:
    plugin = security()
    request = accept(sent(plugin))
    fault = f'<s:Fault xmlns:s="{SOAP11}"><faultcode>s:Client</faultcode></s:Fault>'.encode()
    with pytest.raises(RefusalError) as caught:
        plugin.verify(answer("urn:uuid:other", fault))
    assert caught.value.reason == "ANSWER.RELATES_TO"
    assert plugin.verify(answer(request.message_id, fault)).relates_to == request.message_id


@pytest.mark.parametrize("text", ["", "ab:cd", "A" * 64, "a" * 63])
def test_what_is_no_fingerprint_of_a_gateway_is_told_at_once(text: str) -> None:
    with pytest.raises(ValueError, match="64 lower-case"):
        security(gateway=text)


def evil(tree: etree._Element) -> etree._Element:
    twin = etree.fromstring(etree.tostring(tree[1]))
    twin[0][0].text = "VALID_CONFIRMED"
    return twin


def in_place(tree: etree._Element) -> None:
    tree[1][0][0].text = "VALID_CONFIRMED"


def wrapped(tree: etree._Element) -> None:
    twin, signed = evil(tree), tree[1]
    etree.SubElement(tree[0], "{urn:w}Wrapper").append(signed)
    tree.append(twin)


def before(tree: etree._Element) -> None:
    tree.insert(1, evil(tree))


def unsigned(tree: etree._Element) -> None:
    tree[0].clear()


@pytest.mark.parametrize("change", [in_place, wrapped, before, unsigned])
def test_a_tampered_answer_is_refused(change: Any) -> None:
    plugin = security()
    request = accept(sent(plugin))
    tree = answer(request.message_id)
    change(tree)
    with pytest.raises(RefusalError):
        plugin.verify(tree)


def test_an_answer_of_a_stranger_or_of_another_gateway_or_too_old_is_refused() -> None:
    gateway = system("RSA-2048", "Gateway").signing_key()
    plugin = security(gateway=gateway.certificate.fingerprint)
    request = accept(sent(plugin))
    plugin.verify(answer(request.message_id))
    stranger = Authority.root(NOW).authority(NOW).issue("Stranger", NOW).signing_key()
    for options, reason in (
        ({"key": stranger}, "CERT.NO_CHAIN"),
        ({"key": system("RSA-2048", "Other").signing_key()}, "ANSWER.SIGNER"),
        ({"now": NOW - timedelta(minutes=6)}, "TIME.EXPIRED"),
    ):
        with pytest.raises(RefusalError) as caught:
            plugin.verify(answer(request.message_id, **options))
        assert caught.value.reason == reason


def test_threads_that_share_a_plugin_keep_their_calls_apart() -> None:
    plugin = security()
    first = accept(sent(plugin)).message_id
    seen: list[str | None] = []

    def work() -> None:
        second = accept(sent(plugin)).message_id
        plugin.verify(answer(second))
        seen.append(second)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen
    assert seen[0] != first
    plugin.verify(answer(first))


@dataclass(frozen=True)
class Recorded:
    """A transport in the place of zeep's: answers what it is told to."""

    answer_with: Any
    posted: list[bytes]

    logger = None
    session = None

    def post_xml(self, _address: str, tree: etree._Element, _headers: dict[str, str]) -> Any:
        data = etree.tostring(tree, xml_declaration=True, encoding="utf-8")
        self.posted.append(data)
        return self.answer_with(data)

    def load(self, url: str) -> bytes:
        raise AssertionError(url)


@dataclass
class Response:
    content: bytes
    status_code: int = 200
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        self.headers = {"Content-Type": "text/xml; charset=utf-8"}


WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:q="urn:q" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:q">
 <types><x:schema targetNamespace="urn:q" elementFormDefault="qualified">
  <x:element name="CheckDocuments"><x:complexType><x:sequence>
   <x:element name="number" type="x:string"/></x:sequence></x:complexType></x:element>
  <x:element name="CheckDocumentsResponse"><x:complexType><x:sequence>
   <x:element name="status" type="x:string"/></x:sequence></x:complexType></x:element>
 </x:schema></types>
 <message name="in"><part name="p" element="q:CheckDocuments"/></message>
 <message name="out"><part name="p" element="q:CheckDocumentsResponse"/></message>
 <portType name="t"><operation name="CheckDocuments">
  <input message="q:in"/><output message="q:out"/></operation></portType>
 <binding name="b" type="q:t"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="CheckDocuments"><soap:operation soapAction="urn:a"/>
   <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
 <service name="s"><port name="p" binding="q:b"><soap:address location="http://127.0.0.1:9/"/></port></service>
</definitions>"""


def test_zeep_calls_with_it(tmp_path: Any) -> None:
    from zeep import Client

    path = tmp_path / "service.wsdl"
    path.write_text(WSDL, encoding="utf-8")

    def reply(data: bytes) -> Response:
        return Response(etree.tostring(answer(accept(data).message_id)))

    transport = Recorded(reply, [])
    client = Client(str(path), wsse=security(), transport=_loading(transport, path))
    assert client.service.CheckDocuments(number="AA1234567") == "NOT_LISTED"
    assert accept(transport.posted[0]).payload.findtext("{urn:q}number") == "AA1234567"

    spoilt = _loading(
        Recorded(lambda data: Response(reply(data).content.replace(b"NOT_LISTED", b"INVALID___")), []), path
    )
    with pytest.raises(RefusalError) as caught:
        Client(str(path), wsse=security(), transport=spoilt).service.CheckDocuments(number="AA1234567")
    assert caught.value.reason == "SIG.REF.DIGEST"


def _loading(transport: Recorded, path: Any) -> Any:
    class Loading(Recorded):
        def load(self, url: str) -> bytes:
            assert url == str(path)
            return path.read_bytes()

    return Loading(transport.answer_with, transport.posted)


def test_a_clock_may_be_off_by_minutes() -> None:
    plugin = WsSecurity(system("P-256", "Client").signing_key(), pki().trust, clock=_late)
    tree, _ = plugin.apply(envelope(), {})
    request = accept(etree.tostring(tree), now=NOW - timedelta(minutes=4))
    assert plugin.verify(answer(request.message_id)).signer.subject.startswith("CN=Gateway")
    assert replace(plugin.answer, message_id=None).relates_to == request.message_id


def _late() -> datetime:
    return NOW - timedelta(minutes=4)
