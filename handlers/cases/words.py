"""Words for the states and the steps of a case: English, Azerbaijani."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.cases.model import CaseEvent, CaseState

STATES: Final[Mapping[CaseState, tuple[str, str]]] = {
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

EVENTS: Final[Mapping[CaseEvent, tuple[str, str]]] = {
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
