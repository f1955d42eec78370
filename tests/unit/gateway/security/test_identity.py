"""From a verified signature to a caller with rights: deny by default, and one answer to all guesses."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from gateway.faults import RefusalError
from gateway.security.certificates import certificate_of
from gateway.security.identity import (
    authorise,
    day_of,
    holder_of,
    person_of,
    recognise,
    representative_of,
)
from gateway.security.model import VerifiedEnvelope
from gateway.security.passwords import hash_password, password_matches
from handlers.parties.directory import Directory
from handlers.parties.model import Agency, Caller, Representative, System
from handlers.parties.rights import right_to
from handlers.parties.standing import Standing
from tests.unit.gateway.security.material import NOW, PASSWORD_TYPE, accept, forge, system, timestamp, token, username

HASH = hash_password("parol-123")


def envelope(login: str | None = None, password: str = "parol-123", kind: str = "RSA-2048") -> VerifiedEnvelope:
    signer = system(kind)
    if login is None:
        return accept(forge(issued=signer))
    inner = f'<wsse:Username>{login}</wsse:Username><wsse:Password Type="{PASSWORD_TYPE}">{password}</wsse:Password>'
    return accept(
        forge(issued=signer, security=[timestamp(), token(signer), username(inner)], refs=["TS", "Body", "UT"])
    )


def directory(**changes: Any) -> Directory:
    signer = envelope().signer
    enrolled = System(
        code="IAMAS-1",
        agency="MIA",
        name="IAMAS",
        certificates=(msgspec.structs.replace(certificate_of(signer), **changes.get("certificate", {})),),
        rights=(right_to("documents.CheckDocuments", ["PASSPORT"]),),
    )
    person = Representative(
        fin="1ABCDE2",
        agency="MIA",
        identity_card="AA1234567",
        surname="Məmmədova",
        name="Leyla",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 3, 1),
        fingerprint=envelope(kind="P-256").signer.fingerprint,
        login="leyla",
        password_hash=HASH,
    )
    enrolled = msgspec.structs.replace(enrolled, **changes.get("system", {}))
    person = msgspec.structs.replace(person, **changes.get("person", {}))
    agency = Agency(
        code=changes.get("agency", "MIA"), name_az="DİN", name_en="MIA", tax_id="1", provides_document_types=("ID",)
    )
    return Directory(
        version=1,
        agencies={agency.code: agency},
        systems={enrolled.code: enrolled},
        representatives={person.fin: person},
    )


def caller() -> Caller:
    return recognise(envelope(), directory())


def refusal(work: Any) -> tuple[str, str]:
    with pytest.raises(RefusalError) as caught:
        work()
    return caught.value.code, caught.value.reason


def test_the_system_is_the_enrolled_certificate() -> None:
    found = caller()
    assert (found.agency, found.system, found.operations) == ("MIA", "IAMAS-1", ("documents.CheckDocuments",))
    assert found.provides_document_types == ("ID",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"certificate": {"fingerprint": "0" * 64}}, "ID.SYSTEM.UNKNOWN"),
        ({"certificate": {"serial": "1"}}, "ID.SYSTEM.MISMATCH"),
        ({"certificate": {"issuer": "CN=Other"}}, "ID.SYSTEM.MISMATCH"),
        ({"certificate": {"withdrawn_at": NOW}}, "ID.CERTIFICATE.WITHDRAWN"),
        ({"system": {"standing": Standing.SUSPENDED}}, "ID.SYSTEM.INACTIVE"),
        ({"system": {"standing": Standing.WITHDRAWN}}, "ID.SYSTEM.INACTIVE"),
        ({"agency": "OTHER"}, "ID.AGENCY.UNKNOWN"),
    ],
)
def test_a_signer_that_is_not_enrolled_is_nobody(changes: dict[str, Any], reason: str) -> None:
    assert refusal(lambda: recognise(envelope(), directory(**changes))) == ("client.security.failed-check", reason)


def test_another_certificate_of_the_same_name_is_nobody() -> None:
    assert refusal(lambda: recognise(envelope(kind="P-256"), directory()))[1] == "ID.SYSTEM.UNKNOWN"


@pytest.mark.parametrize(
    "operation",
    ["documents.GetBatch", "documents.checkdocuments", "documents", "documents.*", "*", "", "bus.ListServices"],
)
def test_what_is_not_granted_by_name_is_denied(operation: str) -> None:
    assert refusal(lambda: authorise(caller(), operation)) == ("client.access.denied", "ACCESS.OPERATION")


def test_what_is_granted_is_allowed() -> None:
    proof = authorise(caller(), "documents.CheckDocuments")
    assert (proof.caller, proof.operation) == (caller(), "documents.CheckDocuments")
    assert caller().operations == ("documents.CheckDocuments",)


def test_a_message_without_username_token_names_nobody() -> None:
    assert person_of(envelope(), caller(), directory(), NOW) is None


def test_login_and_password_name_the_person() -> None:
    person = person_of(envelope("leyla"), caller(), directory(), NOW)
    assert person is not None
    assert person.fin == "1ABCDE2"


@pytest.mark.parametrize(
    ("login", "password", "changes", "reason"),
    [
        ("leyla", "wrong", {}, "ID.PERSON.PASSWORD"),
        ("nobody", "parol-123", {}, "ID.PERSON.UNKNOWN"),
        ("Leyla", "parol-123", {}, "ID.PERSON.UNKNOWN"),
        ("leyla", "parol-123", {"person": {"password_hash": None}}, "ID.PERSON.PASSWORD"),
        ("leyla", "parol-123", {"person": {"password_hash": "parol-123"}}, "ID.PERSON.PASSWORD"),
        ("leyla", "parol-123", {"person": {"standing": Standing.SUSPENDED}}, "ID.PERSON.AUTHORITY"),
        ("leyla", "parol-123", {"person": {"agency": "OTHER"}}, "ID.PERSON.AUTHORITY"),
        ("leyla", "parol-123", {"person": {"valid_to": date(2026, 2, 28)}}, "ID.PERSON.AUTHORITY"),
        ("leyla", "parol-123", {"person": {"valid_from": date(2026, 3, 2)}}, "ID.PERSON.AUTHORITY"),
    ],
)
def test_every_guess_gets_the_same_answer(login: str, password: str, changes: dict[str, Any], reason: str) -> None:
    message = envelope(login, password)
    found = refusal(lambda: person_of(message, caller(), directory(**changes), NOW))
    assert found == ("client.security.authentication-failed", reason)


def test_a_guess_at_nobody_takes_as_long_as_one_at_somebody() -> None:
    register, who = directory(), caller()
    wrong, unknown = envelope("leyla", "wrong"), envelope("nobody", "wrong")

    def cost(message: VerifiedEnvelope) -> float:
        started = time.process_time()
        refusal(lambda: person_of(message, who, register, NOW))
        return time.process_time() - started

    cost(unknown)
    pairs = [(cost(wrong), cost(unknown)) for _ in range(15)]
    somebody, nobody = (min(times) for times in zip(*pairs, strict=True))
    assert nobody > 0.5 * somebody
    assert somebody > 0.5 * nobody


def test_a_representative_acts_for_their_agency_in_their_time() -> None:
    assert representative_of(caller(), "1ABCDE2", directory(), NOW).surname == "Məmmədova"
    denied = ("client.access.denied", "ACCESS.REPRESENTATIVE")
    assert refusal(lambda: representative_of(caller(), "9ZZZZZ9", directory(), NOW)) == denied
    assert refusal(lambda: representative_of(caller(), "1ABCDE2", directory(), NOW + timedelta(days=1))) == denied
    other = directory(person={"agency": "OTHER"})
    assert refusal(lambda: representative_of(caller(), "1ABCDE2", other, NOW)) == denied


def test_a_person_is_known_by_the_certificate_on_the_file() -> None:
    signer = envelope(kind="P-256").signer
    person = holder_of(signer, directory())
    assert person is not None
    assert person.fin == "1ABCDE2"
    assert holder_of(signer, directory(person={"fingerprint": None})) is None
    assert holder_of(envelope().signer, directory()) is None


def test_the_day_of_authority_is_that_of_baku() -> None:
    assert day_of(NOW.replace(hour=19, minute=59)) == date(2026, 3, 1)
    assert day_of(NOW.replace(hour=20)) == date(2026, 3, 2)


def test_passwords_are_kept_as_argon2id_of_the_required_strength() -> None:
    assert HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hash_password("parol-123") != HASH
    assert password_matches(HASH, "parol-123")
    for stored, password in (
        (HASH, "parol-124"),
        (HASH, ""),
        (None, "nobody has this password"),
        ("", "x"),
        ("$x", "x"),
    ):
        assert not password_matches(stored, password)
