"""From a verified signature to a caller with rights: deny by default, and one answer to all guesses."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from gateway.attempts import OwnTallies
from gateway.faults import RefusalError
from gateway.security.authentication import Authenticator
from gateway.security.certificates import certificate_of
from gateway.security.identity import (
    AUTHENTICATION,
    Acting,
    act_for,
    authorise,
    claim_of_person,
    day_of,
    holder_of,
    is_enrolled,
    permit,
    person_of,
    recognise,
    representative_of,
)
from gateway.security.model import VerifiedEnvelope
from gateway.security.passwords import PasswordWork, hash_password, password_matches
from handlers.parties.directory import Directory
from handlers.parties.model import Agency, Caller, DisclosureTier, Mandate, Representative, System
from handlers.parties.rights import EVERY, Extent, Right, right_to
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
        certificates=(certificate_of(envelope(kind="P-256").signer),),
        login="leyla",
        password_hash=HASH,
    )
    enrolled = msgspec.structs.replace(enrolled, **changes.get("system", {}))
    person = msgspec.structs.replace(person, **changes.get("person", {}))
    agency = Agency(
        code=changes.get("agency", "MIA"),
        name_az="DİN",
        name_en="MIA",
        tax_id="1",
        tier=DisclosureTier.REASON,
        provides_document_types=("ID",),
        standing=changes.get("standing", Standing.ACTIVE),
    )
    principal = msgspec.structs.replace(PRINCIPAL, **changes.get("principal", {}))
    mandate = msgspec.structs.replace(MANDATE, **changes.get("mandate", {}))
    return Directory(
        version=1,
        agencies={agency.code: agency, principal.code: principal},
        mandates={mandate.code: mandate},
        systems={enrolled.code: enrolled},
        representatives={person.fin: person},
    )


PRINCIPAL = Agency(
    code="MOJ", name_az="ƏN", name_en="MOJ", tax_id="2", tier=DisclosureTier.STATUS, provides_document_types=("VISA",)
)
MANDATE = Mandate(
    code="M-1",
    principal="MOJ",
    agent="MIA",
    rights=(right_to("documents.CheckDocuments", ["PASSPORT", "VISA"]), right_to("notices.PullNotices")),
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 3, 1),
)


def caller(**changes: Any) -> Caller:
    return recognise(envelope(), directory(**changes))


def acting(on_behalf_of: str | None = None, **changes: Any) -> Acting:
    authorised = authorise(caller(**changes), "documents.CheckDocuments")
    return act_for(authorised, on_behalf_of, directory(**changes), NOW)


def types(*codes: str) -> Extent:
    return Extent(document_types=frozenset(codes))


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
        ({"standing": Standing.SUSPENDED}, "ID.AGENCY.INACTIVE"),
        ({"standing": Standing.WITHDRAWN}, "ID.AGENCY.INACTIVE"),
    ],
)
def test_a_signer_that_is_not_enrolled_is_nobody(changes: dict[str, Any], reason: str) -> None:
    assert refusal(lambda: recognise(envelope(), directory(**changes))) == ("client.security.failed-check", reason)
    explained = is_enrolled(directory(**changes), envelope().signer.fingerprint)
    assert explained is (reason == "ID.SYSTEM.MISMATCH")


def test_a_system_has_several_certificates_while_its_key_rolls_over() -> None:
    old, new = (certificate_of(envelope(kind=kind).signer) for kind in ("RSA-2048", "P-256"))
    both = directory(system={"certificates": (old, new)})
    withdrawn = directory(system={"certificates": (msgspec.structs.replace(old, withdrawn_at=NOW), new)})
    for kind in ("RSA-2048", "P-256"):
        assert recognise(envelope(kind=kind), both).system == "IAMAS-1"
        assert is_enrolled(both, envelope(kind=kind).signer.fingerprint)
    assert recognise(envelope(kind="P-256"), withdrawn).system == "IAMAS-1"
    assert refusal(lambda: recognise(envelope(), withdrawn))[1] == "ID.CERTIFICATE.WITHDRAWN"


@pytest.mark.parametrize(
    "address", ["10.20.0.1", "10.20.255.255", "::ffff:10.20.0.1", "2001:db8::7", "192.0.2.7", "fe80::1%eth0"]
)
def test_a_system_that_is_bound_to_networks_calls_from_them(address: str) -> None:
    bound = directory(system={"addresses": ("10.20.0.0/16", "192.0.2.7/32", "2001:db8::/32", "fe80::/64")})
    assert recognise(envelope(), bound, address).system == "IAMAS-1"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.21.0.1", "ID.ADDRESS.OTHER"),
        ("::ffff:10.21.0.1", "ID.ADDRESS.OTHER"),
        ("::10.20.0.1", "ID.ADDRESS.OTHER"),
        ("2001:db9::1", "ID.ADDRESS.OTHER"),
        (None, "ID.ADDRESS.UNKNOWN"),
        ("", "ID.ADDRESS.UNKNOWN"),
        ("10.20.0.1, 10.21.0.1", "ID.ADDRESS.UNKNOWN"),
        ("10.20.0.1:80", "ID.ADDRESS.UNKNOWN"),
        ("010.20.0.1", "ID.ADDRESS.UNKNOWN"),
    ],
)
def test_from_anywhere_else_the_system_is_nobody(address: str | None, reason: str) -> None:
    bound = directory(system={"addresses": ("10.20.0.0/16", "2001:db8::/32")})
    assert refusal(lambda: recognise(envelope(), bound, address)) == ("client.security.failed-check", reason)


def test_a_system_that_is_bound_to_no_network_calls_from_anywhere() -> None:
    for address in (None, "198.51.100.1", "no address at all"):
        assert recognise(envelope(), directory(), address).system == "IAMAS-1"


@pytest.mark.parametrize(
    ("own", "seen"),
    [
        (None, DisclosureTier.REASON),
        (DisclosureTier.HIT_ONLY, DisclosureTier.HIT_ONLY),
        (DisclosureTier.REASON, DisclosureTier.REASON),
        (DisclosureTier.FULL, DisclosureTier.REASON),
    ],
)
def test_a_system_never_sees_more_than_its_agency(own: DisclosureTier | None, seen: DisclosureTier) -> None:
    assert caller(system={"tier": own}).tier is seen


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


def test_a_right_reaches_as_far_as_it_says() -> None:
    proof = permit(acting(), types("PASSPORT"))
    assert (proof.caller, proof.operation) == (caller(), "documents.CheckDocuments")
    for reached in (types("IDENTITY_CARD"), types("PASSPORT", "IDENTITY_CARD"), types(EVERY)):
        assert refusal(lambda asked=reached: permit(acting(), asked)) == ("client.access.denied", "ACCESS.EXTENT")
    every = {"system": {"rights": (right_to("documents.CheckDocuments"),)}}
    assert permit(acting(**every), types("IDENTITY_CARD", EVERY)).operation == "documents.CheckDocuments"
    registers = Extent(registers=frozenset({"INFORMATION_RESOURCES"}))
    assert refusal(lambda: permit(acting(**every), registers))[1] == "ACCESS.EXTENT"


def test_a_right_that_names_nothing_allows_nothing() -> None:
    nothing = {"system": {"rights": (Right(operation="documents.CheckDocuments"),)}}
    for reached in (Extent(), types("PASSPORT")):
        assert refusal(lambda asked=reached: permit(acting(**nothing), asked))[1] == "ACCESS.EXTENT"


def test_the_own_agency_needs_no_mandate() -> None:
    for named in (None, "MIA"):
        assert acting(named, mandate={"standing": Standing.WITHDRAWN}).caller.acts_for == "MIA"


def test_a_mandate_lets_act_for_another_agency_and_see_no_more_than_either() -> None:
    found = permit(acting("MOJ"), types("PASSPORT")).caller
    assert (found.agency, found.acts_for, found.on_behalf_of) == ("MIA", "MOJ", "MOJ")
    assert found.tier is DisclosureTier.STATUS
    assert found.provides_document_types == ("VISA",)
    assert acting("MOJ", principal={"tier": DisclosureTier.FULL}).caller.tier is DisclosureTier.REASON


@pytest.mark.parametrize(
    "changes",
    [
        {"mandate": {"standing": Standing.SUSPENDED}},
        {"mandate": {"standing": Standing.WITHDRAWN}},
        {"mandate": {"valid_to": date(2026, 2, 28)}},
        {"mandate": {"valid_from": date(2026, 3, 2)}},
        {"mandate": {"system": "IAMAS-2"}},
        {"mandate": {"agent": "MFA"}},
        {"mandate": {"principal": "MFA"}},
        {"mandate": {"principal": "MIA", "agent": "MOJ"}},
        {"mandate": {"rights": (right_to("documents.ReportInvalidDocuments"),)}},
    ],
)
def test_without_a_mandate_that_holds_nobody_acts_for_another(changes: dict[str, Any]) -> None:
    assert refusal(lambda: acting("MOJ", **changes)) == ("client.access.denied", "ACCESS.NO_MANDATE")


def test_nobody_acts_for_an_agency_that_is_suspended() -> None:
    suspended = {"principal": {"standing": Standing.SUSPENDED}}
    assert refusal(lambda: acting("MOJ", **suspended)) == ("client.access.denied", "ACCESS.PRINCIPAL.INACTIVE")


def test_a_mandate_may_be_for_one_system_only() -> None:
    assert acting("MOJ", mandate={"system": "IAMAS-1"}).caller.acts_for == "MOJ"


def test_by_a_mandate_both_it_and_the_own_right_bound_what_is_done() -> None:
    every = {"system": {"rights": (right_to("documents.CheckDocuments"),)}}
    assert permit(acting("MOJ", **every), types("PASSPORT", "VISA")).caller.acts_for == "MOJ"
    outside = refusal(lambda: permit(acting("MOJ", **every), types("PASSPORT", "IDENTITY_CARD")))
    assert outside == ("client.access.denied", "ACCESS.MANDATE.EXTENT")
    assert refusal(lambda: permit(acting("MOJ"), types("VISA"))) == ("client.access.denied", "ACCESS.EXTENT")
    none_granted = {"system": {"rights": ()}}
    assert refusal(lambda: acting("MOJ", **none_granted)) == ("client.access.denied", "ACCESS.OPERATION")


def test_by_a_mandate_people_of_either_agency_act() -> None:
    by_mandate = acting("MOJ").caller
    theirs = directory(person={"agency": "MOJ"})
    assert representative_of(by_mandate, "1ABCDE2", theirs, NOW).agency == "MOJ"
    assert representative_of(by_mandate, "1ABCDE2", directory(), NOW).agency == "MIA"
    assert person_with(envelope("leyla"), by_mandate, theirs) == "1ABCDE2"
    assert refusal(lambda: person_with(envelope("leyla"), caller(), theirs))[1] == "ID.REPRESENTATIVE.AUTHORITY"


def judge() -> Authenticator:
    return Authenticator(OwnTallies(), PasswordWork(computing=1, places=1, patience=0))


def person_with(message: VerifiedEnvelope, who: Caller, register: Directory, by: Authenticator | None = None) -> str:
    """FIN of the person whose login and password the message carries."""
    assert message.user is not None
    claim = claim_of_person(message.user, who, register, NOW, "10.0.0.1")
    return person_of((by or judge()).prove(claim, NOW, AUTHENTICATION), register).fin


def test_login_and_password_name_the_person() -> None:
    assert person_with(envelope("leyla"), caller(), directory()) == "1ABCDE2"


@pytest.mark.parametrize(
    ("login", "password", "changes", "reason"),
    [
        ("leyla", "wrong", {}, "PASSWORD"),
        ("nobody", "parol-123", {}, "UNKNOWN"),
        ("Leyla", "parol-123", {}, "UNKNOWN"),
        ("leyla", "parol-123", {"person": {"password_hash": None}}, "PASSWORD"),
        ("leyla", "parol-123", {"person": {"password_hash": "parol-123"}}, "PASSWORD"),
        ("leyla", "parol-123", {"person": {"standing": Standing.SUSPENDED}}, "AUTHORITY"),
        ("leyla", "parol-123", {"person": {"agency": "OTHER"}}, "AUTHORITY"),
        ("leyla", "parol-123", {"person": {"valid_to": date(2026, 2, 28)}}, "AUTHORITY"),
        ("leyla", "parol-123", {"person": {"valid_from": date(2026, 3, 2)}}, "AUTHORITY"),
        ("leyla", "parol-123", {"person": {"password_must_change": True}}, "EXPIRED"),
        (
            "leyla",
            "parol-123",
            {"person": {"password_must_change": True, "password_changed_at": NOW - timedelta(days=15)}},
            "EXPIRED",
        ),
    ],
)
def test_every_guess_gets_the_same_answer(login: str, password: str, changes: dict[str, Any], reason: str) -> None:
    message = envelope(login, password)
    found = refusal(lambda: person_with(message, caller(), directory(**changes)))
    assert found == ("client.security.authentication-failed", f"ID.REPRESENTATIVE.{reason}")


def test_every_guess_takes_as_long_as_any_other() -> None:
    register, away, who = directory(), directory(person={"standing": Standing.SUSPENDED}), caller()
    tries = {
        "wrong": (envelope("leyla", "wrong"), register),
        "unknown": (envelope("nobody", "wrong"), register),
        "suspended": (envelope("leyla"), away),
    }

    def cost(message: VerifiedEnvelope, register: Directory) -> float:
        by = judge()
        started = time.process_time()
        refusal(lambda: person_with(message, who, register, by))
        return time.process_time() - started

    times = {
        name: sorted(costs)
        for name, costs in zip(
            tries, zip(*([cost(*one) for one in tries.values()] for _ in range(40)), strict=True), strict=True
        )
    }
    medians = {name: costs[len(costs) // 2] for name, costs in times.items()}
    assert max(medians.values()) < 1.1 * min(medians.values()), medians


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
    assert holder_of(signer, directory(person={"certificates": ()})) is None
    assert holder_of(envelope().signer, directory()) is None
    withdrawn = msgspec.structs.replace(certificate_of(signer), withdrawn_at=NOW)
    assert holder_of(signer, directory(person={"certificates": (withdrawn,)})) is None


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
