"""Sound cards and applications for the tests to spoil one thing of."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from msgspec.structs import replace

from handlers.messages import AcceptedCommand, RequestContext, SubmitAppeal, SubmitRegistration
from handlers.parties.model import Agency, Certificate, Representative
from handlers.registration.model import (
    AppealApplication,
    AppealKind,
    Confidentiality,
    Confirmation,
    ConfirmationMethod,
    Contact,
    LegalAct,
    LegalActType,
    LifeCycleStatus,
    PersonalDataSystemCard,
    ProtectionMeans,
    Register,
    RegistrationApplication,
    ResourceCard,
    SystemKind,
    Trigger,
)

TODAY = date(2026, 5, 20)
NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
OWNER = "JUSTICE"
OTHER = "INTERIOR"
AGENCIES = frozenset({OWNER, OTHER})
FIN = "5ABC12D"
FINGERPRINT = "ab" * 32

AGENCY_RECORDS = (
    Agency(code=OWNER, name_az="Ədliyyə Nazirliyi", name_en="Ministry of Justice", tax_id="1300000001"),
    Agency(
        code=OTHER,
        name_az="Daxili İşlər Nazirliyi",
        name_en="Ministry of Internal Affairs",
        tax_id="1300000002",
        provides_document_types=("IDENTITY_CARD", "PASSPORT"),
    ),
)
REPRESENTATIVE = Representative(
    fin=FIN,
    agency=OWNER,
    identity_card="AA1234567",
    surname="Məmmədova",
    name="Aygün",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    certificates=(Certificate(fingerprint=FINGERPRINT, issuer="CN=CA", serial="18"),),
)

LAW = LegalAct(
    type=LegalActType.LAW,
    reference="998-IIIQ",
    title="Fərdi məlumatlar haqqında",
    url="https://e-qanun.az/framework/19675",
)
CONTACT = Contact(name="Aygün Məmmədova", phone="+994 12 555 01 00", email="a.mammadova@justice.example")

RESOURCE = ResourceCard(
    short_name="ƏDR",
    name="Əhalinin Dövlət Reyestri",
    purpose="Əhalinin vahid uçotu",
    owner=OWNER,
    legal_acts=(LAW,),
    contacts=(CONTACT,),
    status=LifeCycleStatus.IN_USE,
    status_date=date(2026, 5, 10),
)
PERSONAL = PersonalDataSystemCard(
    short_name="NOTARİAT",
    name="Notariat informasiya sistemi",
    purpose="Notariat hərəkətlərinin uçotu",
    owner=OWNER,
    legal_acts=(LAW,),
    contacts=(CONTACT,),
    subject_categories=("müraciət edənlər",),
    data_categories=("soyad, ad",),
    confidentiality=Confidentiality.CONFIDENTIAL,
    subject_count=250_000,
    actions=("toplama", "saxlama"),
    manner="avtomatlaşdırılmış",
    database_place="Bakı",
    retention="75 il",
    protection=(ProtectionMeans(standard="ISO/IEC 27001:2022", level="3"),),
    biometrics=False,
    uses_fin=True,
    responsible_person="Aygün Məmmədova",
    start_date=date(2026, 6, 1),
    stop_condition="qanunla",
    kind=SystemKind.NEW,
)
REGISTRATION = RegistrationApplication(
    register=Register.INFORMATION_RESOURCES,
    trigger=Trigger.CREATED,
    event_date=date(2026, 5, 10),
    applicant=OWNER,
    representative=FIN,
    resource_card=RESOURCE,
)
PERSONAL_REGISTRATION = replace(
    REGISTRATION,
    register=Register.PERSONAL_DATA_SYSTEMS,
    resource_card=None,
    personal_data_system_card=PERSONAL,
)
CANCELLATION = AppealApplication(
    kind=AppealKind.CANCELLATION,
    applicant=OWNER,
    representative=FIN,
    entry_number="IR-000001",
    against_version=1,
    reason="fəaliyyətə xitam verilib",
    event_date=date(2026, 5, 10),
)
CHANGE = replace(CANCELLATION, kind=AppealKind.CHANGE, reason="ad dəyişib", resource_card=RESOURCE)
CONFIRMATION = Confirmation(
    method=ConfirmationMethod.XADES,
    representative=FIN,
    confirmed_at=datetime(2026, 5, 20, 7, 30, tzinfo=UTC),
    certificate_fingerprint=FINGERPRINT,
    signed_file=b"<signed/>",
    signed_file_digest=hashlib.sha256(b"<signed/>").hexdigest(),
    signature_level="B-T",
    stamped_at=datetime(2026, 5, 20, 7, 31, tzinfo=UTC),
)


def accepted(command, tracking_id="T-1", agency=OWNER, received_at=NOW, **context):
    """`command` as the intake hands it on."""
    return AcceptedCommand(
        tracking_id=tracking_id,
        agency=agency,
        system=f"{agency}-1",
        operation="registration.SubmitRegistration",
        context=RequestContext(request_id=f"request of {tracking_id}", **context),
        digest="00" * 32,
        received_at=received_at,
        receipt=b"receipt",
        received=b"received",
        command=command,
    )


def signed(application, tracking_id="T-1"):
    """A confirmation by a file of its own, for what is submitted under `tracking_id`."""
    file = f"<signed for='{tracking_id}'>{application}</signed>".encode()
    return replace(CONFIRMATION, signed_file=file, signed_file_digest=hashlib.sha256(file).hexdigest())


def registration(application=REGISTRATION, confirmation=None, tracking_id="T-1", **others):
    """An accepted application for registration, signed anew where no confirmation is given."""
    confirmation = confirmation or signed(application, tracking_id)
    return accepted(SubmitRegistration(application=application, confirmation=confirmation), tracking_id, **others)


def appeal(application=CANCELLATION, confirmation=None, tracking_id="T-1", **others):
    """An accepted appeal, signed anew where no confirmation is given."""
    confirmation = confirmation or signed(application, tracking_id)
    return accepted(SubmitAppeal(application=application, confirmation=confirmation), tracking_id, **others)
