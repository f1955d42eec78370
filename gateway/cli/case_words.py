"""Words for cases: states, events, types, decisions, stages, and who did something. In the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from gateway.cli.language import t
from handlers.cases.model import CaseEvent, CaseState, CaseStep, CaseType, DecisionOutcome
from handlers.cases.stages import Stage
from handlers.rules.clocks import BAKU

_STATES: Final = {
    CaseState.DRAFT: ("drawn up", "hazırlanıb"),
    CaseState.CONFIRMED: ("confirmed by the applicant", "müraciət edən tərəfindən təsdiqlənib"),
    CaseState.RECEIVED: ("received, waits for a registrar", "daxil olub, qeydiyyatçını gözləyir"),
    CaseState.COMPLETENESS_CHECK: ("checked for completeness", "tamlığı yoxlanılır"),
    CaseState.REVIEW: ("examined", "baxılır"),
    CaseState.SECOND_REVIEW: ("waits for the second person", "ikinci şəxsin təsdiqini gözləyir"),
    CaseState.RETURNED: ("returned to the applicant", "düzəliş üçün qaytarılıb"),
    CaseState.RESUBMITTED: ("corrected, waits for a registrar", "düzəldilib, qeydiyyatçını gözləyir"),
    CaseState.DECIDED: ("decided", "qərar verilib"),
    CaseState.ENTERED: ("entered in the register", "reyestrə daxil edilib"),
    CaseState.OWNER_INFORMED: ("the owner is informed", "sahibə məlumat verilib"),
    CaseState.ARCHIVED: ("closed", "arxivləşdirilib"),
    CaseState.WITHDRAWN: ("taken back by the applicant", "müraciət edən geri götürüb"),
}
_EVENTS: Final = {
    CaseEvent.DRAWN_UP: ("drew up the application", "müraciəti hazırladı"),
    CaseEvent.CONFIRMED: ("confirmed the application", "müraciəti təsdiq etdi"),
    CaseEvent.RECEIVED: ("received it and gave it its number", "qəbul etdi və nömrə verdi"),
    CaseEvent.TAKEN: ("took it in hand", "icraata götürdü"),
    CaseEvent.HANDED_OVER: ("handed it over", "başqa qeydiyyatçıya verdi"),
    CaseEvent.FOUND_COMPLETE: ("found it complete", "tam hesab etdi"),
    CaseEvent.RETURNED: ("returned it for correction", "düzəliş üçün qaytardı"),
    CaseEvent.RESUBMITTED: ("submitted the corrected application", "düzəldilmiş müraciəti təqdim etdi"),
    CaseEvent.DECISION_PROPOSED: ("proposed a decision", "qərar təklif etdi"),
    CaseEvent.SENT_BACK: ("sent the proposal back", "təklifi geri qaytardı"),
    CaseEvent.DECISION_CONFIRMED: ("confirmed the decision", "qərarı təsdiq etdi"),
    CaseEvent.DECIDED: ("decided", "qərar verdi"),
    CaseEvent.ENTERED: ("entered it in the register", "reyestrə daxil etdi"),
    CaseEvent.OWNER_INFORMED: ("recorded that the owner knows", "sahibin məlumatlandığını qeyd etdi"),
    CaseEvent.DESTRUCTION_PROVEN: ("proved that the data were destroyed", "məlumatların məhvini sübut etdi"),
    CaseEvent.ARCHIVED: ("closed it", "arxivləşdirdi"),
    CaseEvent.WITHDRAWN: ("took the application back", "müraciəti geri götürdü"),
}
_TYPES: Final = {
    CaseType.REGISTRATION: ("registration", "qeydiyyat"),
    CaseType.CHANGE: ("change", "dəyişiklik"),
    CaseType.CANCELLATION: ("cancellation", "ləğv"),
    CaseType.SUSPENSION: ("suspension", "dayandırma"),
    CaseType.RESUMPTION: ("resumption", "bərpa"),
    CaseType.CORRECTION: ("correction", "düzəliş"),
}
_OUTCOMES: Final = {
    DecisionOutcome.APPROVED: ("approved", "müsbət"),
    DecisionOutcome.REFUSED: ("refused", "imtina"),
    DecisionOutcome.DISMISSED: ("dismissed", "baxılmamış saxlanılıb"),
}
_STAGES: Final = {
    Stage.WAITING: ("waiting for a registrar", "qeydiyyatçını gözləmə"),
    Stage.CHECK: ("check for completeness", "tamlığın yoxlanılması"),
    Stage.REVIEW: ("examination, to the decision", "baxış, qərara qədər"),
    Stage.CORRECTION: ("correction by the applicant", "müraciət edənin düzəlişi"),
    Stage.ENTERING: ("decision to entry", "qərardan reyestrə"),
    Stage.INFORMING: ("until the owner knows", "sahib məlumatlanana qədər"),
    Stage.WHOLE: ("receipt to the end", "daxilolmadan sona qədər"),
}
_ROLES: Final = {
    "registrar": ("registrar", "qeydiyyatçı"),
    "supervisor": ("supervisor", "rəhbər"),
    "representative": ("representative", "nümayəndə"),
    "agency": ("agency", "qurum"),
}


def state_words(state: CaseState) -> str:
    """A state with its code, by which it is asked for."""
    return f"{state} ({t(*_STATES[state])})"


def event_words(step: CaseStep) -> str:
    """What happened; of histories from before events were kept, where it led."""
    return t(*_STATES[step.to_state]) if step.event is None else t(*_EVENTS[step.event])


def type_words(kind: CaseType) -> str:
    """The type of a case."""
    return t(*_TYPES[kind])


def outcome_words(outcome: DecisionOutcome) -> str:
    """A decision, with its code."""
    return f"{outcome} ({t(*_OUTCOMES[outcome])})"


def stage_words(stage: Stage) -> str:
    """A stage."""
    return t(*_STAGES[stage])


def actor_words(actor: str) -> str:
    """Whoever made a step."""
    role, _, name = actor.partition(":")
    return f"{t(*_ROLES[role])} {name}" if name and role in _ROLES else t("the operator", "operator")


def in_baku(moment: datetime) -> str:
    """A moment in the civil time of Baku, to the minute."""
    return f"{moment.astimezone(BAKU):%Y-%m-%d %H:%M}"
