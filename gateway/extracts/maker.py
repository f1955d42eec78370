"""Making the two files of an extract: written, sealed as XML, laid out from just that XML, and sealed as PDF."""

from __future__ import annotations

from typing import Final

from gateway.contract.answers import ExtractDocument
from gateway.contract.files import decode_extract, encode_extract
from gateway.extracts.pdf import rehearse, rendered
from gateway.security.pdf_seal import seal_pdf
from gateway.security.sign import SigningKey
from gateway.security.xades_sign import sign_application
from gateway.settings import Settings
from gateway.xml.parser import parse_trusted
from handlers.extracts.model import ExtractDraft, ExtractFiles, ExtractMaker

_REASON: Final = "Extract {number}"
"""Reason of the PDF's seal, as readers show it."""


def extract_maker(key: SigningKey, *, issuer: str, check_url: str | None = None) -> ExtractMaker:
    """What makes the files of extracts with the operator's `key`.

    `issuer` is the name of the operator; to `check_url`, if there is one, the verification code is appended. Raises
    `ExtractError` when the content does not follow the published schema: nobody could verify such an extract.
    """

    def make(draft: ExtractDraft) -> ExtractFiles:
        document = _document(draft, issuer, check_url)
        xml = sign_application(encode_extract(document), key, draft.issued_at)
        # What people see is made from the sealed octets, as whoever compares the two will do again.
        laid_out = rendered(decode_extract(parse_trusted(xml)), xml)
        reason = _REASON.format(number=draft.number)
        return ExtractFiles(xml=xml, pdf=seal_pdf(laid_out, key, draft.issued_at, reason=reason))

    return make


def installed_maker(settings: Settings, key: SigningKey) -> ExtractMaker:
    """The maker of an installation: its operator's name and address are in the settings.

    It is made before the transaction in which it makes extracts: whatever needs loading is loaded here, since a
    database ends a transaction in which nothing is asked for seconds.
    """
    rehearse()
    return extract_maker(key, issuer=settings.operator_name.strip(), check_url=settings.extract_check_url or None)


def _document(draft: ExtractDraft, issuer: str, check_url: str | None) -> ExtractDocument:
    entry = draft.entry
    return ExtractDocument(
        number=draft.number,
        verification_code=draft.verification_code,
        reason=draft.reason,
        reissues=draft.reissues,
        issued_at=draft.issued_at,
        issuer=issuer,
        check_url=f"{check_url}{draft.verification_code}" if check_url else None,
        register=entry.register,
        entry_number=entry.number,
        version=entry.version,
        status=entry.status,
        owner=entry.owner,
        owner_name_az=draft.owner_name_az,
        owner_name_en=draft.owner_name_en,
        valid_from=entry.valid_from,
        recorded_at=entry.recorded_at,
        case_number=draft.case_number,
        resource_card=entry.resource_card,
        personal_data_system_card=entry.personal_data_system_card,
    )
