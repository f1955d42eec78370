"""The official confirmation of an application (domain §2): a file signed by card, or login and password.

Which of the two it was, and by whom, is kept for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from gateway.contract.files import Application, ApplicationError, decode_application
from gateway.security.identity import day_of, holder_of
from gateway.security.xades import VerifiedDocument
from gateway.soap.endpoint import Exchange
from handlers.parties.model import Representative
from handlers.registration.model import Confirmation, ConfirmationMethod, Defect

ApplicationT = TypeVar("ApplicationT", bound=Application)


class NotConfirmedError(Exception):
    """The application is not officially confirmed; an ordinary answer says so and nothing is accepted."""

    def __init__(self, code: str, text_en: str, text_az: str, defects: tuple[Defect, ...] = ()) -> None:
        self.code = code
        self.text_en = text_en
        self.text_az = text_az
        self.defects = defects
        super().__init__(code)


_SCHEMA: Final = (
    "application.schema",
    "The signed file does not follow the published schema; the defects name the places.",
    "İmzalanmış fayl elan edilmiş sxemə uyğun deyil; yerləri qüsurlar siyahısı göstərir.",
)
KIND: Final = (
    "application.kind",
    "The signed file holds another kind of application than this operation takes.",
    "İmzalanmış faylda bu əməliyyatın qəbul etdiyi ərizədən fərqli ərizə var.",
)
_NO_PASSWORD: Final = (
    "confirmation.missing",
    (
        "An application sent as structure must be confirmed: add a UsernameToken with the login and password that the "
        "operator issued to the representative, or send the signed file."
    ),
    (
        "Struktur kimi göndərilən ərizə təsdiqlənməlidir: nümayəndəyə operatorun verdiyi login və parolla "
        "UsernameToken əlavə edin və ya imzalanmış fayl göndərin."
    ),
)
NOT_ENROLLED: Final = (
    "confirmation.signatory",
    (
        "The signatory is not an enrolled representative of the applicant with authority both on the day of signing "
        "and today."
    ),
    (
        "İmzalayan şəxs müraciət edən qurumun həm imzalama günü, həm də bu gün səlahiyyəti olan qeydiyyatlı "
        "nümayəndəsi deyil."
    ),
)
OTHER_APPLICANT: Final = (
    "application.applicant",
    "The application is another agency's; a system submits those of its own agency, or of the one in onBehalfOf.",
    "Ərizə başqa qurumundur; sistem öz qurumunun və ya onBehalfOf sahəsində göstərilən qurumun ərizəsini təqdim edir.",
)
OTHER_PERSON: Final = (
    "confirmation.other-person",
    "The application names another representative than the person who confirmed it.",
    "Ərizədə göstərilən nümayəndə onu təsdiqləyən şəxs deyil.",
)


@dataclass(frozen=True, slots=True)
class Confirmer:
    """Establishes who confirmed an application, and how."""

    verify_file: Callable[[bytes, datetime], VerifiedDocument]
    """The XAdES verifier with its trust handed in; raises `DocumentRefusedError`."""

    def confirmed(
        self,
        exchange: Exchange,
        structure: ApplicationT | None,
        signed_file: bytes | None,
        *kinds: type[ApplicationT],
    ) -> tuple[ApplicationT, Confirmation]:
        """Return the application, which is one of `kinds`, and its confirmation.

        Raises `DocumentRefusedError` when the file's signature does not hold, `NotConfirmedError` when the person
        may not confirm it.
        """
        if signed_file is not None:
            application, representative, confirmation = self._by_card(exchange, signed_file, kinds)
        else:
            assert structure is not None, "the schema demands one of the two forms"
            application = structure
            representative, confirmation = _by_password(exchange)
        if application.applicant != exchange.caller.acts_for:
            raise NotConfirmedError(*OTHER_APPLICANT)
        if not has_authority(representative, application.applicant, confirmation.confirmed_at, exchange.now):
            raise NotConfirmedError(*NOT_ENROLLED)
        if application.representative != representative.fin:
            raise NotConfirmedError(*OTHER_PERSON)
        return application, confirmation

    def _by_card(
        self, exchange: Exchange, signed_file: bytes, kinds: tuple[type[ApplicationT], ...]
    ) -> tuple[ApplicationT, Representative, Confirmation]:
        document = self.verify_file(signed_file, exchange.now)
        signatory = holder_of(document.signer, exchange.directory)
        if signatory is None:
            raise NotConfirmedError(*NOT_ENROLLED)
        try:
            application = decode_application(document.payload)
        except ApplicationError as error:
            raise NotConfirmedError(*_SCHEMA, defects=error.defects) from error
        if not isinstance(application, kinds):
            raise NotConfirmedError(*KIND)
        confirmation = Confirmation(
            method=ConfirmationMethod.XADES,
            representative=signatory.fin,
            confirmed_at=document.signing_time,
            certificate_fingerprint=document.signer.fingerprint,
            signed_file=signed_file,
            signed_file_digest=document.digest.hex(),
            signature_level=document.level.value,
            stamped_at=document.stamped_at,
        )
        return application, signatory, confirmation


def has_authority(person: Representative, agency: str, confirmed_at: datetime, now: datetime) -> bool:
    """Whether the person may act for `agency` on the day of confirmation and on the day of receipt, both.

    The day of signing alone would let a file be sent in after its signatory's authority was taken back; the day of
    receipt alone would let somebody sign for an agency before being allowed to.
    """
    days = {day_of(min(confirmed_at, now)), day_of(now)}
    return all(person.has_authority(agency, day) for day in days)


def _by_password(exchange: Exchange) -> tuple[Representative, Confirmation]:
    person = exchange.person
    if person is None:
        raise NotConfirmedError(*_NO_PASSWORD)
    confirmation = Confirmation(
        method=ConfirmationMethod.PASSWORD, representative=person.fin, confirmed_at=exchange.now
    )
    return person, confirmation
