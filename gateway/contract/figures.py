# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""Figures of cases, as `GetStatistics` of the service `registration` answers with them."""

from __future__ import annotations

from gateway.contract.declare import enumeration, required
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import ComplexModel
from gateway.contract.types import Count, Seconds, Sum, Text100
from handlers.cases import stages, statistics

_NAMESPACE = service_namespace("registration")

Grouping = enumeration(
    statistics.Grouping,
    "What figures are told apart by.",
    {
        "REGISTER": "By register.",
        "AGENCY": "By applying agency.",
        "TYPE": "By what the case is about.",
        "STATE": "By the state of the case.",
        "DECISION": "By the decision; cases that are not decided are in no group.",
        "GROUND": "By the coded ground of the refusal; cases that were not refused are in no group.",
    },
    namespace=_NAMESPACE,
)
Stage = enumeration(
    stages.Stage,
    "In whose hands the time of a case goes by.",
    {
        "WAITING": "Received, or corrected, until a registrar takes it.",
        "CHECK": "Taken, until found complete or returned.",
        "REVIEW": "Found complete, until decided.",
        "CORRECTION": "Returned, until the applicant has corrected it.",
        "ENTERING": "Approved, until entered.",
        "INFORMING": "Entered, or decided otherwise, until the owner is known to have learnt of it.",
        "WHOLE": "Received, until the owner is known to have learnt of the decision or took the application back.",
    },
    namespace=_NAMESPACE,
)


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class Figures(_Own):
    """Numbers of cases, and their lateness."""

    cases = required(Count, "Cases.")
    open = required(Count, "Those of them in which something remains to be done.")
    late = required(Count, "Those whose application came after the term of 20 calendar days.")
    daysLate = required(Sum, "Calendar days by which the late ones came too late, all together.")
    mostDaysLate = required(Count, "Calendar days of the latest of them.")
    approved = required(Count, "Those that were approved.")
    refused = required(Count, "Those that were refused.")
    dismissed = required(Count, "Those that were ended without a decision on the matter.")
    withdrawn = required(Count, "Those that the applicant took back.")


class FigureGroup(_Own):
    """The figures of the cases that have something in common."""

    by = required(Grouping, "What they have in common.")
    key = required(Text100, "Which: code of the register, agency, type, state, decision or ground.")
    figures = required(Figures, "Their figures.")


class StageFigures(_Own):
    """How long a stage takes, of the cases that have been in it and left it."""

    stage = required(Stage, "The stage.")
    cases = required(Count, "How many cases.")
    meanSeconds = required(Seconds, "Mean length of time.")
    medianSeconds = required(Seconds, "Half of them took no longer; in tenths of a day, rounded up.")
    mostSeconds = required(Seconds, "The longest time.")
