"""Reading a message that nobody signed: what it claims, and what of it may be opened by whom."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from gateway.attempts import OwnTallies
from gateway.faults import RefusalError
from gateway.security.authentication import Authenticator, Claim
from gateway.security.model import UsernameCredentials, VerifiedEnvelope
from gateway.security.passwords import PasswordWork, hash_password
from gateway.security.policy import Policy
from gateway.security.unsigned_message import PasswordEnvelope, opened, read_unsigned
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import XSI
from handlers.parties.credentials import Credential
from handlers.parties.model import PartyKind
from handlers.parties.throttling import Source
from tests.unit.gateway.cli.premises import unsigned
from tests.unit.gateway.security.material import NOW, PAYLOAD, refusal

USER = UsernameCredentials("desk.sbs", "yeddi mavi fil")
CREDENTIAL = Credential(
    kind=PartyKind.SYSTEM, party="SBS-DESK", login="desk.sbs", password_hash=hash_password(USER.password)
)


def proof(user: UsernameCredentials = USER):
    judge = Authenticator(OwnTallies(), PasswordWork(computing=1, places=1, patience=0))
    claim = Claim(PartyKind.SYSTEM, user, Source("", "10.0.0.1"), CREDENTIAL, lambda _: None)
    return judge.prove(claim, NOW, "client.security.failed-check")


def envelope(payload: str = PAYLOAD, user: UsernameCredentials = USER, now=NOW, **change: str) -> PasswordEnvelope:
    message = read_unsigned(unsigned(payload.encode(), user, now, **change), Policy())
    return opened(message, proof(), NOW, Policy())


def test_an_opened_message_has_the_payload_and_its_digest():
    found = envelope()
    assert found.payload.findtext("{urn:q}number") == "AA1234567"
    assert found.digest == hashlib.sha256(canonical(found.payload)).digest()
    assert (found.created, found.expires) == (NOW, NOW + timedelta(minutes=5))


def test_it_is_no_verified_envelope_and_the_verifier_takes_none_like_it():
    assert not isinstance(envelope(), VerifiedEnvelope)
    error = refusal(unsigned(PAYLOAD.encode(), USER, NOW))
    assert (error.code, error.reason) == ("client.security.failed-check", "SEC.NO_SIGNATURE")


def test_a_proof_opens_only_the_message_whose_claim_it_proved():
    other = read_unsigned(unsigned(PAYLOAD.encode(), UsernameCredentials("desk.sbs", "other"), NOW), Policy())
    with pytest.raises(ValueError, match="another message"):
        opened(other, proof(), NOW, Policy())


def test_a_copy_is_recognised_by_everything_but_the_password():
    first = envelope().signed_info_digest
    assert envelope().signed_info_digest == first
    assert len(first) == 32
    changed = [
        envelope(PAYLOAD.replace("AA1234567", "AA1234568")),
        envelope(now=NOW - timedelta(milliseconds=1)),
        envelope(headers='<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">urn:1</a:MessageID>'),
    ]
    assert len({first, *(each.signed_info_digest for each in changed)}) == 4


def test_a_type_bound_outside_the_body_is_refused_as_in_a_signed_message():
    typed = PAYLOAD.replace("<q:number>", f'<q:number xmlns:i="{XSI}" i:type="w:x">')
    message = unsigned(typed.encode(), USER, NOW).replace(b"<s:Envelope", b"<s:Envelope xmlns:w='urn:w'", 1)
    with pytest.raises(RefusalError) as caught:
        opened(read_unsigned(message, Policy()), proof(), NOW, Policy())
    assert caught.value.reason == "SOAP.BODY.TYPE_UNBOUND"


def test_the_password_is_shown_nowhere():
    message = read_unsigned(unsigned(PAYLOAD.encode(), USER, NOW), Policy())
    assert USER.password not in repr(message) + repr(envelope())
