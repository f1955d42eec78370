"""Who confirmed an application, and how: the signed file, its signatory, and the days that count (security §4 G)."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import msgspec
import pytest
from msgspec.structs import replace

from gateway.contract.files import encode_application
from gateway.security.dev_pki import Issued
from gateway.security.identity import Acting
from gateway.security.stamps import StampAuthorities
from gateway.security.trust import TrustStore
from gateway.security.xades import sign_application, verify_application
from gateway.security.xades_rules import DocumentRules, Level
from gateway.soap.confirmation import Confirmer, NotConfirmedError
from gateway.soap.endpoint import Exchange
from gateway.xml.parser import Limits
from handlers.parties.directory import Directory
from handlers.parties.model import Caller, Certificate, Standing
from handlers.parties.rights import Right
from handlers.registration.model import AppealApplication, Confirmation, ConfirmationMethod, RegistrationApplication
from tests.servers.tsa import StampPki
from tests.unit.gateway.security.material import pki, system
from tests.unit.handlers.registration.examples import CANCELLATION, FIN, OTHER, OWNER, REGISTRATION, REPRESENTATIVE

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)
CARD = "P-256"


@lru_cache(maxsize=1)
def tsa() -> StampPki:
    return StampPki.make(NOW)


def card() -> Issued:
    return system(CARD, "Aygün")


def trust() -> TrustStore:
    return pki().trust


def confirmer() -> Confirmer:
    authorities = StampAuthorities([tsa().root.issued.certificate], [tsa().issuing.issued.certificate])
    rules = DocumentRules(authorities=authorities)
    return Confirmer(
        verify_file=lambda data, now: verify_application(data, trust=trust(), now=now, limits=Limits(), rules=rules)
    )


def exchange(now: datetime = NOW, agency: str = OWNER, **person: object) -> Exchange:
    """A call of the system of `agency`, with the representative enrolled as told."""
    enrolled = Certificate(fingerprint=card().signing_key().certificate.fingerprint)
    representative = replace(REPRESENTATIVE, **{"certificates": (enrolled,), **person})
    directory = Directory(version=1, agencies={}, systems={}, representatives={FIN: representative})
    right = Right(operation="registration.SubmitRegistration")
    caller = Caller(agency=agency, system=f"{agency}-1", rights=(right,))
    acting = Acting(caller, right.operation, right, ())
    return Exchange(acting, None, None, None, directory, b"", now)  # type: ignore[arg-type]


def file(
    application: object = REGISTRATION, signed_at: datetime = NOW, by: Issued | None = None, **options: object
) -> bytes:
    return sign_application(encode_application(application), (by or card()).signing_key(), signed_at, **options)


def confirmed(
    data: bytes, on: Exchange | None = None, kind: type = RegistrationApplication
) -> tuple[object, Confirmation]:
    return confirmer().confirmed(on or exchange(), None, data, kind)


def refused(data: bytes, on: Exchange | None = None, kind: type = RegistrationApplication) -> NotConfirmedError:
    with pytest.raises(NotConfirmedError) as caught:
        confirmed(data, on, kind)
    return caught.value


def test_the_file_is_kept_byte_for_byte_with_its_digest_and_level() -> None:
    data = b"\xef\xbb\xbf" + file() + b"\r\n \t\n"
    application, confirmation = confirmed(data)
    assert application == REGISTRATION
    assert confirmation == Confirmation(
        method=ConfirmationMethod.XADES,
        representative=FIN,
        confirmed_at=NOW,
        certificate_fingerprint=card().signing_key().certificate.fingerprint,
        signed_file=data,
        signed_file_digest=hashlib.sha256(data).hexdigest(),
        signature_level="B-B",
    )


def test_the_time_of_an_accepted_time_stamp_is_kept() -> None:
    at = NOW + timedelta(seconds=20)
    data = file(stamp=tsa().authority.with_faults(generated=at).token)
    _, confirmation = confirmed(data, exchange(now=at + timedelta(minutes=5)))
    assert (confirmation.signature_level, confirmation.stamped_at) == (Level.B_T, at)
    assert confirmation.confirmed_at == NOW


def test_a_confirmation_from_before_these_were_kept_is_still_read() -> None:
    old = {"method": "XADES", "representative": FIN, "confirmedAt": NOW, "signedFile": b"<x/>"}
    found = msgspec.msgpack.decode(msgspec.msgpack.encode(old), type=Confirmation)
    assert (found.signed_file, found.signed_file_digest, found.signature_level) == (b"<x/>", None, None)


def test_a_worker_of_the_version_before_reads_past_what_is_new() -> None:
    class Before(msgspec.Struct, rename="camel"):
        method: ConfirmationMethod
        signed_file: bytes

    _, confirmation = confirmed(file())
    found = msgspec.msgpack.decode(msgspec.msgpack.encode(confirmation), type=Before)
    assert found.signed_file == confirmation.signed_file


# --- B177, B199, B202, B210: what a valid signature does not prove ---


def test_b177_a_person_is_known_by_the_enrolled_certificate_never_by_a_name() -> None:
    twin = pki().issuing.issue(f"Aygün {CARD}", NOW - timedelta(days=1), kind=CARD)
    assert twin.certificate.subject == card().certificate.subject
    assert refused(file(by=twin)).code == "confirmation.signatory"


def test_b199_the_application_of_another_agency_is_refused() -> None:
    assert refused(file(replace(REGISTRATION, applicant=OTHER))).code == "application.applicant"
    assert refused(file(), exchange(agency=OTHER)).code == "application.applicant"


def test_b199_the_file_must_name_the_person_who_signed_it() -> None:
    assert refused(file(replace(REGISTRATION, representative="5ZZZ12D"))).code == "confirmation.other-person"


def test_b199_the_file_must_be_of_the_kind_that_the_operation_takes() -> None:
    assert refused(file(CANCELLATION)).code == "application.kind"
    application, _ = confirmed(file(CANCELLATION), kind=AppealApplication)
    assert application == CANCELLATION


def test_b202_what_the_schema_does_not_know_is_refused_though_it_was_signed() -> None:
    extra = encode_application(REGISTRATION).replace(
        b"</registrationApplication>", b"<x:extra xmlns:x='urn:x'/></registrationApplication>"
    )
    error = refused(sign_application(extra, card().signing_key(), NOW))
    assert error.code == "application.schema"
    assert error.defects


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE register_case; --", "<img src=x onerror=alert(1)>", "=HYPERLINK(1)", "${jndi:ldap://x}", "*)("],
)
def test_b204_b205_b210_hostile_texts_are_carried_as_they_are(text: str) -> None:
    resource = replace(REGISTRATION.resource_card, purpose=text)
    application, _ = confirmed(file(replace(REGISTRATION, resource_card=resource)))
    assert application.resource_card.purpose == text


# --- the days that count ---


def test_authority_counts_on_the_day_of_signing_and_on_the_day_of_receipt() -> None:
    yesterday = exchange(valid_from=MARCH, valid_to=MARCH)
    assert confirmed(file(), yesterday)[1].representative == FIN


def test_authority_that_ended_between_signing_and_sending_is_none() -> None:
    sent = exchange(now=NOW + timedelta(days=1), valid_to=MARCH)
    assert refused(file(), sent).code == "confirmation.signatory"


def test_authority_that_began_after_signing_is_none() -> None:
    early = file(signed_at=NOW - timedelta(hours=20))
    assert refused(early, exchange(valid_from=MARCH)).code == "confirmation.signatory"
    assert confirmed(early, exchange(valid_from=MARCH - timedelta(days=1)))[1].representative == FIN


def test_authority_taken_back_at_once_counts_for_nothing_signed_before() -> None:
    assert refused(file(), exchange(standing=Standing.SUSPENDED)).code == "confirmation.signatory"
    withdrawn = Certificate(fingerprint=card().signing_key().certificate.fingerprint, withdrawn_at=NOW)
    assert refused(file(), exchange(certificates=(withdrawn,))).code == "confirmation.signatory"


def test_days_are_those_of_baku() -> None:
    """21:00 in UTC is the next day there."""
    evening = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)
    assert refused(file(signed_at=evening), exchange(now=evening, valid_to=MARCH)).code == "confirmation.signatory"
    assert confirmed(file(signed_at=evening), exchange(now=evening, valid_from=date(2026, 3, 2)))


def test_a_clock_that_runs_ahead_a_little_does_not_make_tomorrow_of_today() -> None:
    last_second = datetime(2026, 3, 1, 19, 59, 59, tzinfo=UTC)
    ahead = file(signed_at=last_second + timedelta(seconds=30))
    assert confirmed(ahead, exchange(now=last_second, valid_to=MARCH))
