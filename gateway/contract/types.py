# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""The shared namespace: identifiers, the context of every request, receipts, refusals and faults."""

from __future__ import annotations

from gateway.contract.declare import Shared, enumeration, many, optional, required, simple
from gateway.contract.spyne_import import ByteArray, Date, DateTime, Integer32, Integer64, Unicode
from handlers.receipts.model import CommandState as CommandStateValues

SHA256_URI = "http://www.w3.org/2001/04/xmlenc#sha256"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

Uuid = simple(
    "Uuid",
    Unicode,
    "A UUID in its usual form (RFC 9562), for example 0198f2b4-7c3a-7e21-9d55-3a0c5c1be001. Capital and small letters "
    "are the same; answers use small ones.",
    pattern="[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
)
TrackingId = simple(
    "TrackingId",
    Unicode,
    "The id under which an accepted command is known: a UUID and ten hexadecimal digits by which the gateway "
    "recognises its own ids. Given in the receipt.",
    pattern=f"{_UUID}-[0-9a-f]{{10}}",
)
Fin = simple(
    "Fin",
    Unicode,
    "Personal identification number (FİN): seven letters and digits, without I and O.",
    pattern="[A-HJ-NP-Z0-9]{7}",
)
Country = simple(
    "Country", Unicode, "A country, ISO 3166-1 alpha-3 in capital letters, for example AZE.", pattern="[A-Z]{3}"
)
AgencyCode = simple(
    "AgencyCode",
    Unicode,
    "Code under which the operator enrolled an agency.",
    pattern="[A-Za-z0-9][A-Za-z0-9._-]{0,39}",
)
Code = simple(
    "Code",
    Unicode,
    "A code of one of the registers' classifiers: capital letters, digits and underscores. Classifiers grow without "
    "a new version of this contract, so no list is fixed here.",
    pattern="[A-Z][A-Z0-9_]{0,39}",
)
RuleCode = simple(
    "RuleCode",
    Unicode,
    "Stable code of a rule, a fault or a ground: words and hyphens, separated by dots.",
    pattern="[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*",
    max_len=100,
)
EntryNumber = simple(
    "EntryNumber", Unicode, "Registration number of an entry, as the register gave it.", min_len=1, max_len=40
)
CaseNumber = simple(
    "CaseNumber", Unicode, "Incoming number of a case, for example 2026/IR-000123.", min_len=1, max_len=40
)
Reference = simple("Reference", Unicode, "A mark of the caller's own choice.", min_len=1, max_len=100)
Text100 = simple("Text100", Unicode, "A name or a short text, 1 to 100 characters.", min_len=1, max_len=100)
Text500 = simple("Text500", Unicode, "A text of 1 to 500 characters.", min_len=1, max_len=500)
Text4000 = simple("Text4000", Unicode, "A text of 1 to 4000 characters.", min_len=1, max_len=4000)
ElementPath = simple(
    "ElementPath",
    Unicode,
    "Where in a request or a file: names of elements from its root, places in brackets where an element is repeated.",
    min_len=1,
    max_len=1000,
)
Day = simple(
    "Day",
    Date,
    "A calendar day, year-month-day, without a time zone, from 1800 to 2199.",
    pattern="(18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}",
)
Moment = simple(
    "Moment",
    DateTime,
    "A moment with its time zone (Z or an offset), up to nine digits of a second; answers are in UTC, in microseconds "
    "at the most.",
    pattern="(18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"
    "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])",
)
Version = simple("Version", Integer32, "Number of a version of an entry; the first is 1.", ge=1)
Count = simple("Count", Integer32, "A number of things, 0 or more.", ge=0)
Sum = simple("Sum", Integer64, "Numbers of many things added up, 0 or more.", ge=0)
Position = simple("Position", Integer32, "A place in a list; the first is 1.", ge=1)
Sequence = simple("Sequence", Integer64, "A number that grows by one; 0 stands before the first.", ge=0)
PageSize = simple("PageSize", Integer32, "How many rows a page may have.", ge=1, le=100)
Cursor = simple(
    "Cursor",
    Unicode,
    "Where a page ended, as the answer gave it; it holds nothing for the caller to read.",
    pattern="[A-Za-z0-9_-]+",
    max_len=400,
)
Seconds = simple("Seconds", Integer32, "A length of time in whole seconds.", ge=0)
Digest = simple("Digest", Unicode, "A SHA-256 digest, 64 hexadecimal digits in small letters.", pattern="[0-9a-f]{64}")
DigestAlgorithm = simple("DigestAlgorithm", Unicode, f"Always {SHA256_URI} (SHA-256).", pattern=SHA256_URI)
OperationName = simple(
    "OperationName",
    Unicode,
    "An operation with its service, for example documents.CheckDocuments.",
    pattern="[a-z]+\\.[A-Za-z]+",
)
SignedFile = simple(
    "SignedFile",
    ByteArray,
    "A file, byte for byte, 2 MiB at the most.",
    min_len=1,
    max_len=2 * 1024 * 1024,
)

CommandState = enumeration(
    CommandStateValues,
    "Where an accepted command is.",
    {
        "ACCEPTED": "Accepted and safe in the queue; not applied yet.",
        "APPLIED": "Applied to the register, once.",
        "REFUSED": "The register refused it; the ground says why.",
        "UNKNOWN": "This gateway never issued the tracking id, at least not to the asking agency.",
    },
)


class RequestContext(Shared):
    """What every request begins with. It stands in the Body, so that it is signed by definition."""

    requestId = required(
        Uuid,
        "Chosen by the caller, new for every new request: the idempotency key. A command repeated with the same id "
        "and the same content has one effect and gets the same receipt; with other content it is refused.",
    )
    representative = optional(Fin, "The person acting for the agency, where a person acts.")
    onBehalfOf = optional(AgencyCode, "The agency for which the caller acts, when it is not its own.")
    purpose = optional(Code, "Coded legal purpose of the request.")
    caseReference = optional(Reference, "The caller's own file or case to which the request belongs.")


class PurposefulContext(Shared):
    """The context of requests that may be made for a stated legal purpose only."""

    requestId = required(Uuid, "Chosen by the caller, new for every new request: the idempotency key.")
    representative = optional(Fin, "The person acting for the agency, where a person acts.")
    onBehalfOf = optional(AgencyCode, "The agency for which the caller acts, when it is not its own.")
    purpose = required(Code, "Coded legal purpose of the request; it is written to the log of checks.")
    caseReference = optional(Reference, "The caller's own file or case to which the request belongs.")


class Defect(Shared):
    """One thing wrong with a card, an application or a signed file, in words the applicant can act on."""

    path = required(ElementPath, "Where it is wrong.")
    rule = required(RuleCode, "The rule that is broken.")
    textAz = required(Text4000, "What is wrong, in Azerbaijani.")
    textEn = required(Text4000, "What is wrong, in English.")


class Receipt(Shared):
    """The gateway has the command and will not lose it. What the register makes of it, GetStatus tells."""

    trackingId = required(TrackingId, "The id to ask with.")
    requestId = required(Uuid, "The request id of the command.")
    operation = required(OperationName, "The operation that was called.")
    receivedAt = required(Moment, "When it was accepted.")
    digest = required(Digest, "SHA-256 of the received operation element in exclusive canonical form.")
    signedReceipt = required(
        SignedFile,
        "The receipt as a file: the element receipt of this namespace with an enveloped XML signature of the gateway. "
        "Keep it: it proves what was accepted and when, without the gateway.",
    )


class Refusal(Shared):
    """The command was not accepted; nothing was stored and nothing will happen."""

    code = required(RuleCode, "Stable code of the ground.")
    indication = optional(
        Code, "Sub-indication of ETSI EN 319 102-1 when the signature of a signed file did not hold, e.g. HASH_FAILURE."
    )
    textAz = required(Text4000, "The ground, in Azerbaijani.")
    textEn = required(Text4000, "The ground, in English.")
    defects = many(Defect, "What is wrong in detail, where it can be told.", most=1000)


class Ground(Shared):
    """Why a register refused a command that had been accepted."""

    code = required(RuleCode, "Stable code of the ground.")
    textAz = required(Text4000, "The ground, in Azerbaijani.")
    textEn = required(Text4000, "The ground, in English.")


class CommandStatus(Shared):
    """What became of an accepted command."""

    trackingId = required(TrackingId, "The tracking id that was asked for.")
    state = required(CommandState, "Where the command is.")
    operation = optional(OperationName, "The operation that was called, once it is known to the register.")
    receivedAt = optional(Moment, "When it was accepted.")
    processedAt = optional(Moment, "When it was applied or refused.")
    subject = optional(Text100, "Number of the case or batch that the command led to.")
    originalTrackingId = optional(
        TrackingId, "When the command was a repetition: the tracking id under which its one effect was made."
    )
    ground = optional(Ground, "Why the register refused it.")


class ReceiptDocument(Shared):
    """The intake receipt as a file. The gateway's enveloped XML signature stands after the last field."""

    __sealed__ = True

    trackingId = required(TrackingId, "The id under which the command is known.")
    requestId = required(Uuid, "The request id of the command.")
    agency = required(AgencyCode, "The agency whose command it is.")
    system = required(Text100, "Code of the calling system, known by its certificate.")
    operation = required(OperationName, "The operation that was called.")
    digestAlgorithm = required(DigestAlgorithm, "How the digest was made.")
    digest = required(Digest, "Digest of the received operation element in exclusive canonical form.")
    receivedAt = required(Moment, "When it was accepted.")
    gateway = required(Text100, "Name of the gateway that gave the receipt.")


class FieldError(Shared):
    """One place in a request that breaks the contract."""

    path = required(ElementPath, "Where: names of elements from the operation's element.")
    rule = required(RuleCode, "The rule that is broken, for example pattern or required.")
    text = required(Text4000, "What to change, in English. It never repeats the value.")


class Explanation(Shared):
    """One fact about a failed signature check, told to an enrolled caller."""

    name = required(Text100, "Which fact, for example digest-found.")
    value = required(Text4000, "The fact.")


class Fault(Shared):
    """Detail of every SOAP fault. A fault is no receipt: sent again with its request id, a command is done once."""

    code = required(RuleCode, "Stable code, side.place.reason, for example client.contract.invalid.")
    faultId = required(Uuid, "Finds the event in the operator's log: quote it when asking.")
    textAz = required(Text4000, "What happened, in Azerbaijani.")
    textEn = required(Text4000, "What happened, in English.")
    retryAfter = optional(Seconds, "After how many seconds sending the same request again makes sense.")
    fieldErrors = many(FieldError, "Every place in the request that breaks the contract.", most=1000)
    explanation = many(Explanation, "Facts about the failed check of a signature.", most=50)
