# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""How notices are delivered, on the wire."""

from __future__ import annotations

from gateway.contract.declare import enumeration, many, optional, required, simple
from gateway.contract.notice_types import NAMESPACE, NoticeKind, NoticeNumber, Own
from gateway.contract.spyne_import import Unicode
from gateway.contract.types import Count, Moment, Sequence
from handlers.notices import delivery as values

DeliveryMethod = enumeration(
    values.DeliveryMethod,
    "How notices are sent to an agency. All can always be pulled.",
    {
        "PULL": "They are not sent: the agency pulls them.",
        "QUEUE": "They are put on a queue of the agency.",
        "CALL_BACK": "A service of the agency is called.",
        "MAIL": "They are mailed, one mail for each notice.",
    },
    namespace=NAMESPACE,
)
NoticeLanguage = enumeration(
    values.NoticeLanguage,
    "Languages of what is sent.",
    {"AZ": "Azerbaijani.", "EN": "English.", "BOTH": "Azerbaijani, then English."},
    namespace=NAMESPACE,
)
SetBy = enumeration(
    values.SetBy,
    "Who chose.",
    {"AGENCY": "A system of the agency, or one that acts for it by a mandate.", "OPERATOR": "The operator."},
    namespace=NAMESPACE,
)
DeliveryFailure = enumeration(
    values.DeliveryFailure,
    "Why sending a notice failed.",
    {
        "UNREACHABLE": "The server could not be reached, or broke off.",
        "TOO_SLOW": "It did not take the notice in time.",
        "TLS_NOT_OFFERED": "It does not offer an encrypted connection.",
        "TLS_FAILED": "The encrypted connection failed, or its certificate does not hold.",
        "LOGIN_FAILED": "It did not let the gateway log in.",
        "SENDER_REFUSED": "It takes nothing from the gateway's address.",
        "ADDRESS_REFUSED": "It refused addresses of the agency: look at them.",
        "MESSAGE_REFUSED": "It refused the message itself.",
        "TRY_LATER": "It asked for another try.",
        "PROTOCOL": "It answered what no mail server may answer.",
    },
    namespace=NAMESPACE,
)
MailAddress = simple(
    "MailAddress",
    Unicode,
    "A mail address, name@domain in Latin letters; a domain of other letters in its xn-- form.",
    namespace=NAMESPACE,
    pattern=values.ADDRESS_PATTERN,
    max_len=values.LONGEST_ADDRESS,
)


class Delivery(Own):
    """How the notices of an agency are delivered, and how far that has come."""

    method = required(DeliveryMethod, "The method that stands.")
    addresses = many(MailAddress, "Mail addresses.", most=values.MOST_ADDRESSES)
    language = required(NoticeLanguage, "Language of what is sent.")
    unwantedKinds = many(NoticeKind, "Kinds that are not sent; they can be pulled.", most=50)
    version = required(Count, "Number of the setting, growing by one with every change; 0: nobody chose yet.")
    setAt = optional(Moment, "When it was chosen.")
    setBy = optional(SetBy, "Who chose it.")
    offered = many(DeliveryMethod, "The methods that this installation offers.", most=10)
    lastSequence = required(Sequence, "Highest sequence number the agency has at all; 0: none yet.")
    lastDelivered = optional(NoticeNumber, "Sequence number of the newest notice that was sent; absent: none ever was.")
    lastDeliveredAt = optional(Moment, "When that was.")
    waiting = required(Sequence, "Number of notices that are still to be sent; 0 with PULL.")
    givenUp = required(Sequence, "Number of notices that were refused for good too often; they can be pulled.")
    lastError = optional(
        DeliveryFailure, "Why the newest notice failed that was not taken yet, not at all, or not by all addresses."
    )
    lastErrorAt = optional(Moment, "When that was.")
    nextTryAt = optional(Moment, "When the notice that failed is tried again.")
