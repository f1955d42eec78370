# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""The history of a case as a file: everything that ever happened in it, sealed by the operator."""

from __future__ import annotations

from gateway.contract.declare import Shared, many, optional, required, simple
from gateway.contract.spyne_import import Boolean, Unicode
from gateway.contract.types import (
    AgencyCode,
    CaseNumber,
    Code,
    Day,
    Defect,
    Digest,
    EntryNumber,
    Fin,
    Moment,
    Position,
    Reference,
    Sequence,
    SignedFile,
    Text100,
    Text500,
    TrackingId,
    Uuid,
    Version,
)

LongText = simple("LongText", Unicode, "A text of at least one character.", min_len=1)
Json = simple("Json", Unicode, "A value as JSON (RFC 8259).", min_len=1)
SignatureLevel = simple(
    "SignatureLevel",
    Unicode,
    "Level of a XAdES signature (ETSI EN 319 132-1) that was accepted: B-B, or B-T with a trusted time stamp.",
    pattern="B-[A-Z]{1,3}",
)


class HistoryChange(Shared):
    """A field that differs."""

    path = required(Text500, "Where it stands: element names from the root, items of a list counted from 1.")
    before = optional(Json, "Its value before; absent: there was none.")
    after = optional(Json, "Its value after; absent: there is none.")


class HistoryStep(Shared):
    """One step of the case."""

    sequence = required(Position, "1 for the first step of the case.")
    at = required(Moment, "When it was made.")
    actor = required(
        LongText, "Who made it: representative:FIN, agency:code, registrar:name, supervisor:name, operator."
    )
    event = optional(Code, "What happened; absent only in histories from before events were kept.")
    fromState = optional(Code, "State before the step; absent for the first.")
    toState = required(Code, "State after the step.")
    reason = optional(LongText, "Why it was made.")
    changes = many(HistoryChange, "What it changed on the case.")


class HistorySubmission(Shared):
    """Something that the applicant confirmed, byte for byte where it is a file."""

    step = required(Position, "The step that it led to.")
    kind = required(Code, "APPLICATION, WITHDRAWAL or DESTRUCTION_PROOF.")
    trackingId = required(TrackingId, "Tracking id of the command that brought it.")
    receivedAt = required(Moment, "When it was received; its signature is judged as of then.")
    representative = required(Fin, "The person who confirmed it.")
    confirmation = required(Code, "XADES: signed as a file; PASSWORD: confirmed with login and password.")
    confirmedAt = required(Moment, "When it was confirmed: of a file, the signing time that the signatory claims.")
    certificateFingerprint = optional(Digest, "SHA-256 of the certificate by which it was signed.")
    signatureLevel = optional(SignatureLevel, "What the signature was accepted as.")
    stampedAt = optional(Moment, "The time of its time stamp.")
    content = required(Json, "What was confirmed, by the names of this contract.")
    signedFileDigest = optional(Digest, "SHA-256 of the signed file.")
    signedFile = optional(SignedFile, "The signed file.")


class HistoryFinding(Shared):
    """Something that was found at a step."""

    step = required(Position, "The step.")
    weight = required(Code, "DEFECT: to be corrected; NOTE: recorded and shown only.")
    defect = required(Defect, "What was found.")


class HistoryDifference(Shared):
    """Something that the application of a step would change."""

    step = required(Position, "The step by which the application was submitted.")
    change = required(HistoryChange, "The change, against the version of the entry that it was made on.")


class HistoryNotice(Shared):
    """A notice that the applicant was given of the case."""

    sequence = required(Sequence, "Its number among the notices of the applicant.")
    noticeId = required(Uuid, "Its id.")
    kind = required(Code, "What it tells of.")
    createdAt = required(Moment, "When it was written.")
    acknowledgedAt = optional(Moment, "When the applicant acknowledged it.")


class HistoryDecision(Shared):
    """How the case was decided."""

    outcome = required(Code, "APPROVED, REFUSED or DISMISSED.")
    groundCode = optional(Code, "Coded ground of a refusal.")
    reason = optional(LongText, "Why, in words.")
    decidedAt = required(Moment, "When.")
    secondedBy = optional(LongText, "The second person, who confirmed it.")


class CaseHistory(Shared):
    """Everything that ever happened in a case. The operator's enveloped XML signature stands after the last field."""

    __sealed__ = True

    caseNumber = required(CaseNumber, "Incoming number of the case.")
    trackingId = required(TrackingId, "Tracking id of the command that opened it.")
    type = required(Code, "What it is about.")
    register = required(Code, "The register that keeps it.")
    state = required(Code, "Its state when this was written.")
    applicant = required(AgencyCode, "Code of the applying agency.")
    subject = required(Reference, "Short name of the resource or system that it is about.")
    receivedAt = required(Moment, "When the application was received.")
    eventDate = required(Day, "Day of the event that made the application a duty.")
    dueDate = required(Day, "Last day on which the application would have been in time.")
    late = required(Boolean, "Whether it came later than that.")
    entryNumber = optional(EntryNumber, "The entry that it is about, once there is one.")
    enteredVersion = optional(Version, "Version of the entry that the case made.")
    clerk = optional(LongText, "The registrar in whose hands it was last.")
    decision = optional(HistoryDecision, "The decision, once there is one.")
    destructionProvenOn = optional(Day, "Day on which the data of the cancelled entry were destroyed.")
    steps = many(HistoryStep, "Every step, oldest first.", least=1)
    submissions = many(HistorySubmission, "Everything that the applicant confirmed, oldest first.", least=1)
    findings = many(HistoryFinding, "Everything that was found, oldest first.")
    differences = many(HistoryDifference, "All that the applications would change, oldest first.")
    notices = many(HistoryNotice, "The notices to the applicant, in the order of their numbers.")
    exportedAt = required(Moment, "When this was written; its seal is judged as of then.")
    exportedBy = required(LongText, "Who had it written.")
    gateway = required(Text100, "Name of the gateway whose key seals it.")
