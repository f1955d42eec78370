"""Whether an application came after its term, and that nobody submits its lateness away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.cases.model import Case
from handlers.registration.model import AppealApplication, Defect, Register, RegistrationApplication
from handlers.rules.clocks import TermCode, Terms, civil_day, due_date
from handlers.rules.duty import duty_day, is_due

Application = RegistrationApplication | AppealApplication


@dataclass(frozen=True, slots=True)
class Lateness:
    """When an application was due, and whether it came later than that."""

    due_date: date
    late: bool


def lateness(application: Application, register: Register, received_on: date, terms: Terms) -> Lateness:
    """Of an application received on `received_on`. What need not be submitted at all is never late."""
    due = due_date(TermCode.SUBMISSION, duty_day(register, application.event_date), terms)
    return Lateness(due, late=is_due(application) and received_on > due)


def lateness_corrected(case: Case, application: Application, terms: Terms) -> Lateness:
    """Of a corrected application, which counts as received when the first one was.

    What was late stays late, by the earlier of the two days: another date of the event does not undo it.
    """
    found = lateness(application, case.register, civil_day(case.received_at), terms)
    return Lateness(min(found.due_date, case.due_date), late=True) if case.late else found


def moved_event(case: Case, application: Application) -> tuple[Defect, ...]:
    """The note for the clerk that a corrected application dates the event otherwise than the one before."""
    if application.event_date == case.event_date:
        return ()
    before, after = case.event_date.isoformat(), application.event_date.isoformat()
    return (
        Defect(
            path="/eventDate",
            rule="event-date.moved",
            text_az=f"Düzəldilmiş müraciətdə hadisənin tarixi dəyişdirilib: əvvəl {before}, indi {after}.",
            text_en=f"The corrected application moved the date of the event from {before} to {after}.",
        ),
    )
