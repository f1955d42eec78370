"""ValidateCard: all that stands against an application, an appeal or a signed file, before it is submitted.

Nothing is stored and nothing is confirmed by it. A file whose signature does not hold is read all the same, so that
its content is judged in the same answer; what is read so serves for advice to the caller who sent it, and nothing else.

Nobody learns of another agency by asking. An application in the name of another than the caller acts for is judged by
its form and by what stands in it: neither registers nor people are looked up. The holder of a certificate is looked
for among the people of the agency that is acted for: whether somebody else enrolled it makes no difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from gateway.contract.answers import ValidateCardAnswer
from gateway.contract.files import ApplicationError, decode_application
from gateway.contract.requests import ValidateCardRequest
from gateway.security.errors import DocumentRefusedError
from gateway.security.identity import day_of, permit
from gateway.security.xades import ExaminedDocument
from gateway.soap import extents
from gateway.soap.confirmation import KIND, NOT_ENROLLED, OTHER_APPLICANT, OTHER_PERSON, has_authority
from gateway.soap.endpoint import Exchange
from handlers.parties.model import Representative
from handlers.record import Record
from handlers.registration.model import AppealApplication, Defect, RegistrationApplication, ValidationReport
from handlers.registration.prospects import look_at_register
from handlers.registration.validation import RegisterView, refused, validate
from handlers.rules.clocks import TERMS, Terms
from handlers.store.ports import Store, StoreUnavailableError

_log = structlog.get_logger(__name__)

Application = RegistrationApplication | AppealApplication

_FILE: Final = "/signedApplication"


@dataclass(frozen=True, slots=True)
class CardValidation:
    """Answers ValidateCard; shared by all request threads."""

    store: Store
    examine_file: Callable[[bytes, datetime], ExaminedDocument]
    """Looks for everything that stands against a signed file; its trust and limits are handed in."""
    terms: Terms = TERMS
    """The terms of cases in use."""

    def __call__(self, exchange: Exchange) -> Record:
        """The report on what the request holds. Raises `RefusalError` for a register not granted."""
        body = exchange.request.body
        assert isinstance(body, ValidateCardRequest)
        draft = self._draft(exchange, body)
        if draft.application is None:
            permit(exchange.acting, extents.NOWHERE)
            return ValidateCardAnswer(report=refused(draft.against))
        permit(exchange.acting, extents.of_application(draft.application))
        return ValidateCardAnswer(report=self._judged(exchange, draft, draft.application))

    def _draft(self, exchange: Exchange, body: ValidateCardRequest) -> _Draft:
        if body.signed_application is not None:
            return _from_file(exchange, body.signed_application, self.examine_file)
        application = body.application or body.appeal_application
        assert application is not None, "the schema demands one of the three forms"
        return _Draft(application, _against_representative(exchange, application))

    def _judged(self, exchange: Exchange, draft: _Draft, application: Application) -> ValidationReport:
        foreign = _is_foreign(exchange, application)
        return validate(
            application,
            agencies=exchange.directory.agencies,
            today=day_of(exchange.now),
            register=None if foreign else self._register(exchange, draft, application),
            terms=self.terms,
            against=draft.against + ((_defect("/applicant", OTHER_APPLICANT),) if foreign else ()),
            foreign=foreign,
        )

    def _register(self, exchange: Exchange, draft: _Draft, application: Application) -> RegisterView | None:
        try:
            with self.store.reading() as connection:
                return look_at_register(connection, application, exchange.now, file_digest=draft.digest)
        except StoreUnavailableError:
            _log.warning("validation.without-store")
            return None


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a request holds: the application, as far as it can be read, and what stands against its form."""

    application: Application | None
    against: tuple[Defect, ...] = ()
    digest: str | None = None
    """SHA-256 over the file, 64 lower-case hexadecimal digits; None: there is no file."""


def _from_file(exchange: Exchange, data: bytes, examine: Callable[[bytes, datetime], ExaminedDocument]) -> _Draft:
    file = examine(data, exchange.now)
    against = tuple(_refusal(each) for each in file.refusals)
    signatory = None if file.certificate is None else _holder(file.certificate, exchange)
    stranger = (_defect(_FILE, NOT_ENROLLED),) if file.certificate is not None and signatory is None else ()
    digest = hashlib.sha256(data).hexdigest()
    if file.content is None:
        return _Draft(None, against + stranger, digest)
    try:
        application = decode_application(file.content)
    except ApplicationError as error:
        return _Draft(None, against + stranger + error.defects, digest)
    if not isinstance(application, RegistrationApplication | AppealApplication):
        return _Draft(None, (*against, *stranger, _defect("/", KIND)), digest)
    if not _is_foreign(exchange, application):
        against += stranger
        if signatory is not None and file.signing_time is not None:
            against += _against_signatory(exchange, application, signatory, file.signing_time)
    return _Draft(application, against, digest)


def _against_signatory(
    exchange: Exchange, application: Application, signatory: Representative, signed_at: datetime
) -> tuple[Defect, ...]:
    """Why the person who signed may not confirm this application."""
    found = []
    if not has_authority(signatory, application.applicant, signed_at, exchange.now):
        found.append(_defect(_FILE, NOT_ENROLLED))
    if application.representative != signatory.fin:
        found.append(_defect("/representative", OTHER_PERSON))
    return tuple(found)


def _against_representative(exchange: Exchange, application: Application) -> tuple[Defect, ...]:
    """Why the person named in a structure could not confirm it."""
    if _is_foreign(exchange, application):
        return ()
    person = exchange.directory.representatives.get(application.representative)
    if person is not None and has_authority(person, application.applicant, exchange.now, exchange.now):
        return ()
    return (_defect("/representative", _NO_AUTHORITY),)


def _is_foreign(exchange: Exchange, application: Application) -> bool:
    """Whether it is in the name of another agency than the caller acts for."""
    return application.applicant != exchange.caller.acts_for


_NO_AUTHORITY: Final = (
    "representative.authority",
    "The person named is not an enrolled representative of the applicant with authority today.",
    "Göstərilən şəxs müraciət edən qurumun bu gün səlahiyyəti olan qeydiyyatlı nümayəndəsi deyil.",
)


def _holder(certificate: bytes, exchange: Exchange) -> Representative | None:
    """The person of the agency that is acted for whose certificate it is, and taken; None: whoever else it may be."""
    fingerprint = hashlib.sha256(certificate).hexdigest()
    found = exchange.directory.representative_by_certificate.get(fingerprint)
    if found is None or not found[1].is_taken() or found[0].agency != exchange.caller.acts_for:
        return None
    return found[0]


def _refusal(refused_by: DocumentRefusedError) -> Defect:
    return Defect(
        path=_FILE,
        rule=f"signature.{refused_by.indication.lower().replace('_', '-')}",
        text_az=refused_by.text_az,
        text_en=refused_by.text_en,
    )


def _defect(path: str, told: tuple[str, str, str]) -> Defect:
    code, text_en, text_az = told
    return Defect(path=path, rule=code, text_az=text_az, text_en=text_en)
