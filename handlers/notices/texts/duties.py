"""What owners are told of terms, of the duty to destroy data, and of persons who no longer act for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.notices.model import NoticeKind
from handlers.notices.texts.cases import CORRECT_OR_LOSE, ENTRY, NAME
from handlers.notices.texts.template import Ask, Template, Wording

_PROVE: Final = Ask(
    Wording(
        "Məlumatları məhv edin və bunu təsdiq edən sənədi ən gec {destroy_by} tarixində təqdim edin "
        "(registration.FileDestructionProof).",
        "Destroy the data and file proof of it on {destroy_by} at the latest (registration.FileDestructionProof).",
    ),
    due="destroy_by",
)
_PROVE_NOW: Final = Ask(
    Wording(
        "Məlumatları məhv edin və bunu təsdiq edən sənədi təqdim edin (registration.FileDestructionProof).",
        "Destroy the data and file proof of it (registration.FileDestructionProof).",
    )
)

DUTIES: Final[Mapping[NoticeKind, Template]] = {
    NoticeKind.CLOCK_WARNING: Template(
        Wording("Müddətin bitməsinə az qalıb: {subject}", "A term is about to end: {subject}"),
        (
            Wording(
                "{subject} nömrəli iş üzrə müəyyən edilmiş müddətin bitməsinə az qalıb.",
                "A term that runs in the case {subject} is about to end.",
            ),
            Wording("Müddət: {clock_az}.", "The term: {clock_en}."),
            NAME,
            Wording("Son gün: {due}.", "Its last day: {due}."),
            CORRECT_OR_LOSE,
        ),
        asks=(
            Ask(
                Wording(
                    "Düzəldilmiş müraciəti ən gec {correct_by} tarixində təqdim edin (registration.Resubmit).",
                    "Submit the corrected application on {correct_by} at the latest (registration.Resubmit).",
                ),
                due="correct_by",
            ),
            _PROVE,
        ),
    ),
    NoticeKind.CLOCK_BREACHED: Template(
        Wording("Müddət pozulub: {subject}", "A term was exceeded: {subject}"),
        (
            Wording(
                "{subject} nömrəli iş üzrə müəyyən edilmiş müddət keçib.",
                "A term that runs in the case {subject} was exceeded.",
            ),
            Wording("Müddət: {clock_az}.", "The term: {clock_en}."),
            NAME,
            Wording("Son gün: {due}.", "Its last day: {due}."),
            Wording("Müddət {breached_on} tarixindən ötüb.", "It has been exceeded since {breached_on}."),
            Wording(
                "Gecikmə işdə və hesabatlarda göstərilir.",
                "That is shown in the case and in the reports.",
            ),
            CORRECT_OR_LOSE,
        ),
        asks=(
            Ask(
                Wording(
                    "Təqdim edilmə müddəti {correct_by} tarixində bitmiş düzəldilmiş müraciəti dərhal təqdim edin "
                    "(registration.Resubmit).",
                    "Submit at once the corrected application that was due on {correct_by} (registration.Resubmit).",
                ),
                due="correct_by",
            ),
            Ask(
                Wording(
                    "Məlumatların məhv edilməsini təsdiq edən, {destroy_by} tarixinədək təqdim edilməli olan sənədi "
                    "dərhal təqdim edin (registration.FileDestructionProof).",
                    "File at once the proof of destruction that was due on {destroy_by} "
                    "(registration.FileDestructionProof).",
                ),
                due="destroy_by",
            ),
        ),
    ),
    NoticeKind.DESTRUCTION_REMINDER: Template(
        Wording("Məlumatların məhv edilməsi barədə xatırlatma: {subject}", "Reminder to destroy the data: {subject}"),
        (
            Wording(
                "{subject} nömrəli iş üzrə ləğv edilmiş qeydin məlumatlarının məhv edilməsini təsdiq edən sənəd hələ "
                "təqdim edilməyib.",
                "No proof was filed yet in the case {subject} that the data of the cancelled entry were destroyed.",
            ),
            NAME,
            ENTRY,
            Wording("Müddət {breached_on} tarixindən ötüb.", "It has been overdue since {breached_on}."),
            Wording(
                "Sənəd təqdim edilənədək iş açıq qalır; məlumatların işlənməsi qadağandır.",
                "Until it is, the case stays open; processing the data is forbidden.",
            ),
        ),
        asks=(_PROVE, _PROVE_NOW),
    ),
    NoticeKind.DESTRUCTION_PROOF_FILED: Template(
        Wording(
            "Məlumatların məhv edilməsinə dair sənəd qəbul edildi: {subject}", "Proof of destruction filed: {subject}"
        ),
        (
            Wording(
                "Məlumatların məhv edilməsini təsdiq edən sənəd {subject} nömrəli işə əlavə edildi; öhdəlik yerinə "
                "yetirilmişdir.",
                "The proof that the data were destroyed was added to the case {subject}; the obligation is met.",
            ),
            NAME,
            ENTRY,
        ),
    ),
    NoticeKind.AUTHORITY_ENDED: Template(
        Wording("Nümayəndənin səlahiyyəti başa çatıb: {subject}", "A representative's authority has ended: {subject}"),
        (
            Wording(
                "Qurumunuzun nümayəndəsinin səlahiyyəti başa çatıb; o, açıq işlər üzrə də artıq hərəkət edə bilməz.",
                "The authority of your agency's representative has ended; that person can no longer act in open cases "
                "either.",
            ),
            Wording("Nümayəndə: {representative}.", "The representative: {representative}."),
            NAME,
            ENTRY,
            Wording("Təqdim edilmiş sənədlər qüvvədə qalır.", "What was submitted before stays in force."),
        ),
        asks=(
            Ask(
                Wording(
                    "Açıq işləri başqa səlahiyyətli nümayəndə davam etdirməlidir; belə nümayəndə yoxdursa, onu "
                    "operatorda qeydiyyatdan keçirin.",
                    "Have another authorised representative carry on with open cases; if there is none, have the "
                    "operator enrol one.",
                )
            ),
        ),
    ),
}
"""Terms, destruction of data, authority."""
