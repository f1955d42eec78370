"""Who may apply for whom: the applicant, the caller, and the person who confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from handlers.messages import AcceptedCommand
from handlers.parties.model import Representative
from handlers.receipts.model import Ground
from handlers.registration.model import Confirmation, ConfirmationMethod
from handlers.rules.clocks import civil_day
from handlers.rules.grounds import GroundCode, ground


class Stated(Protocol):
    """What somebody states for an applicant: an application, a withdrawal, a proof."""

    @property
    def applicant(self) -> str:
        """Code of the agency it is stated for."""

    @property
    def representative(self) -> str:
        """FIN of the person who confirms it."""


def ground_against(
    accepted: AcceptedCommand,
    application: Stated,
    confirmation: Confirmation,
    person: Representative | None,
) -> Ground | None:
    """Why this applicant or this person may not submit `application`; None: they may.

    The applicant is the calling agency, or the one it calls on behalf of where it names one. The person named in the
    application confirmed it, by the card or the login enrolled for that person, and had authority for the applicant
    both on the day of the confirmation (an authority that began later cannot have signed for the agency) and on the day
    of receipt (one that ended in between was taken back before anything was submitted).
    `person` is that representative as enrolled at that moment; None: there is none.
    """
    if application.applicant != accepted.acts_for:
        return ground(GroundCode.FOREIGN_APPLICANT)
    named = {application.representative, confirmation.representative, accepted.context.representative} - {None}
    if (
        person is None
        or len(named) > 1
        or not _may_act(person, confirmation, application.applicant, accepted.received_at)
    ):
        return ground(GroundCode.UNAUTHORISED_SIGNATORY)
    return None


def _may_act(person: Representative, confirmation: Confirmation, agency: str, received_at: datetime) -> bool:
    # A signatory's clock may run a little ahead of ours: nothing is confirmed after it was received.
    days = {civil_day(min(confirmation.confirmed_at, received_at)), civil_day(received_at)}
    has_authority = all(person.has_authority(agency, day) for day in days)
    return has_authority and _confirmed_with_own_means(person, confirmation, received_at)


def _confirmed_with_own_means(person: Representative, confirmation: Confirmation, received_at: datetime) -> bool:
    if confirmation.method is ConfirmationMethod.XADES:
        return person.holds(confirmation.certificate_fingerprint, received_at)
    return person.login is not None
