"""Words for cases: states, events, types, decisions, stages, and who did something. In the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from gateway.cli.language import t
from handlers.cases.model import CaseState, CaseStep, CaseType, DecisionOutcome
from handlers.cases.stages import Stage
from handlers.cases.words import EVENTS, STATES
from handlers.rules.clocks import BAKU

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
    return f"{state} ({t(*STATES[state])})"


def event_words(step: CaseStep) -> str:
    """What happened; of histories from before events were kept, where it led."""
    return t(*STATES[step.to_state]) if step.event is None else t(*EVENTS[step.event])


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
