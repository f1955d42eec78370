# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""Extracts: the document that is sealed, and what is asked and answered about it in service `registration`."""

from __future__ import annotations

from gateway.contract.cards import PersonalDataSystemCard, Register, ResourceCard, Url
from gateway.contract.declare import Shared, either, enumeration, optional, required, simple
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import ComplexModel, Unicode
from gateway.contract.types import (
    AgencyCode,
    CaseNumber,
    Digest,
    EntryNumber,
    Moment,
    RequestContext,
    SignedFile,
    Text500,
    Version,
)
from handlers.extracts import codes
from handlers.extracts import model as extracts
from handlers.registration import model as registers

_NAMESPACE = service_namespace("registration")

ExtractNumber = simple(
    "ExtractNumber",
    Unicode,
    "Number of an extract, gap-free per register and year, for example 2026/IR-E-000045.",
    min_len=1,
    max_len=40,
)
_GROUP = f"[{codes.ALPHABET}]{{5}}"
VerificationCode = simple(
    "VerificationCode",
    Unicode,
    "The code that an extract is verified by: four groups of five capital letters and digits.",
    pattern=f"{_GROUP}-{_GROUP}-{_GROUP}-{_GROUP}",
)
TypedCode = simple(
    "TypedCode",
    Unicode,
    "A verification code as a person typed it: small letters, spaces and hyphens make no difference.",
    min_len=1,
    max_len=100,
)
ExtractStatus = enumeration(
    registers.EntryStatus,
    "Status of an entry in its register.",
    {
        "REGISTERED": "Registered and in force.",
        "SUSPENDED": "Suspended for a time.",
        "CANCELLED": "Cancelled; kept in the archive.",
    },
)
ExtractReason = enumeration(
    extracts.ExtractReason,
    "Why an extract was issued.",
    {
        "ENTERED": "The version was entered into the register.",
        "REQUESTED": "It was asked for.",
        "REISSUED": "An earlier one of the same version was to be issued again.",
    },
)
ExtractStanding = enumeration(
    extracts.ExtractStanding,
    "How what an extract says stands to what the register says at present.",
    {
        "CURRENT": "It says what the register says.",
        "SUPERSEDED": "The entry has another version by now.",
        "CANCELLED": "The entry is cancelled.",
        "VOID": "The entry was entered by mistake: the register says it no longer.",
    },
    namespace=_NAMESPACE,
)
ExtractForm = enumeration(
    extracts.ExtractForm,
    "One of the two files of an extract.",
    {"XML": "The sealed XML.", "PDF": "The sealed PDF."},
    namespace=_NAMESPACE,
)


class ExtractDocument(Shared):
    """An extract: what the register says in one version of one entry. The operator's XAdES seal stands at the end."""

    __sealed__ = True

    number = required(ExtractNumber, "Number of the extract.")
    verificationCode = required(VerificationCode, "The code by which anybody can verify it.")
    reason = required(ExtractReason, "Why it was issued.")
    reissues = optional(ExtractNumber, "The extract of the same version in whose place it was issued.")
    issuedAt = required(Moment, "When it was issued, in whole seconds.")
    issuer = required(Text500, "Name of the operator that keeps the register.")
    checkUrl = optional(Url, "Where it can be verified on the web; the verification code is a part of it.")
    register = required(Register, "The register it is from.")
    entryNumber = required(EntryNumber, "Registration number of the entry.")
    version = required(Version, "The version of the entry that it shows.")
    status = required(ExtractStatus, "Status of the entry in this version.")
    owner = required(AgencyCode, "Code of the agency that owns the resource or system.")
    ownerNameAz = optional(Text500, "Name of that agency in Azerbaijani, as it was enrolled on issue.")
    ownerNameEn = optional(Text500, "The same in English.")
    validFrom = required(Moment, "From when this version is true.")
    recordedAt = required(Moment, "Since when the register knows it.")
    caseNumber = optional(CaseNumber, "The case that led to this version.")
    resourceCard = either(ResourceCard, "The card, in the register of information resources.", choice="card")
    personalDataSystemCard = either(
        PersonalDataSystemCard, "The card, in the register of personal-data systems.", choice="card"
    )


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class IssuedExtract(_Own):
    """An extract on record, with its two files."""

    number = required(ExtractNumber, "Number of the extract.")
    verificationCode = required(VerificationCode, "The code by which anybody can verify it.")
    entryNumber = required(EntryNumber, "Registration number of the entry.")
    version = required(Version, "The version of the entry that it shows.")
    reason = required(ExtractReason, "Why it was issued.")
    reissues = optional(ExtractNumber, "The extract of the same version in whose place it was issued.")
    reissuedAs = optional(ExtractNumber, "The extract that was issued in its place since.")
    issuedAt = required(Moment, "When it was issued.")
    standing = required(ExtractStanding, "How it stands to what the register says at present.")
    xml = required(
        SignedFile,
        "The extract as a file: the element extract of the shared namespace with the XAdES seal of the operator.",
    )
    pdf = required(SignedFile, "The same for people: a PDF with the PAdES seal of the operator; it carries the XML.")


class GetExtract(_Own):
    """Asks for an extract."""

    context = required(RequestContext, "Context of the request.")
    entryNumber = either(
        EntryNumber, "An entry: the latest extract of the version that is true now is meant.", choice="key"
    )
    extractNumber = either(ExtractNumber, "The number of the extract.", choice="key")


class GetExtractResponse(_Own):
    """Answer to GetExtract."""

    extract = optional(
        IssuedExtract, "The extract; absent when there is none, or that version is not the asking agency's."
    )


class ExtractVerification(_Own):
    """What the register knows of an extract that it issued."""

    extractNumber = required(ExtractNumber, "Number of the extract.")
    entryNumber = required(EntryNumber, "Registration number of the entry.")
    version = required(Version, "The version of the entry that it shows.")
    issuedAt = required(Moment, "When it was issued.")
    xmlDigest = required(Digest, "SHA-256 of its XML file.")
    pdfDigest = required(Digest, "SHA-256 of its PDF file.")
    matches = optional(ExtractForm, "The file whose digest was given; absent: none was, or it is of neither file.")
    standing = required(ExtractStanding, "How it stands to what the register says at present.")
    reissuedAs = optional(ExtractNumber, "The extract that was issued in its place since.")


class VerifyExtract(_Own):
    """Asks whether an extract that somebody shows was issued by the register, and whether it is still so."""

    context = required(RequestContext, "Context of the request.")
    verificationCode = required(TypedCode, "The code on the extract, as it is read from it.")
    digest = optional(Digest, "SHA-256 of the file that was shown.")


class VerifyExtractResponse(_Own):
    """Answer to VerifyExtract."""

    verification = optional(
        ExtractVerification, "What is known of it; absent: no extract was ever issued with this code."
    )
