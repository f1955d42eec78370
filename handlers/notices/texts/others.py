"""What agencies are told beside their cases: refused commands, reports of invalid documents, certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.notices.model import NoticeKind
from handlers.notices.texts.cases import GROUND
from handlers.notices.texts.template import Ask, Template, Wording

OTHERS: Final[Mapping[NoticeKind, Template]] = {
    NoticeKind.COMMAND_REFUSED: Template(
        Wording("Sorğu icra edilmədi: {operation}", "Request refused: {operation}"),
        (
            Wording(
                "{operation} sorğusu (izləmə nömrəsi {tracking_id}) icra edilmədi və reyestrdə heç nə dəyişmədi.",
                "The request {operation} (tracking id {tracking_id}) was refused and nothing in the register changed.",
            ),
            GROUND,
        ),
        asks=(
            Ask(
                Wording(
                    "Göstərilən səbəbi aradan qaldırın və zəruridirsə, yeni sorğu göndərin.",
                    "Remove the cause that is named and, if you still need it, send a new request.",
                )
            ),
        ),
    ),
    NoticeKind.BATCH_APPLIED: Template(
        Wording("Etibarsız sənədlər bildirişi tətbiq edildi", "Report of invalid documents applied"),
        (
            Wording(
                "Etibarsız sənədlər barədə {subject} nömrəli bildirişiniz tətbiq edildi.",
                "Your report of invalid documents {subject} was applied.",
            ),
            Wording("Bildirişin sizdəki nömrəsi: {batch_reference}.", "Your own reference: {batch_reference}."),
            Wording("Reyestrə daxil edildi: {listed}.", "Listed: {listed}."),
            Wording("Artıq reyestrdə idi: {duplicates}.", "On record already: {duplicates}."),
            Wording(
                "Mövcud qeydlərlə ziddiyyət təşkil edir və operator tərəfindən araşdırılır: {contradictions}.",
                "In contradiction with records, left to the operator: {contradictions}.",
            ),
            Wording("Qəbul edilmədi: {refused}.", "Refused: {refused}."),
        ),
        dispensable=True,
    ),
    NoticeKind.CERTIFICATE_EXPIRES: Template(
        Wording(
            "Sertifikatın müddətinin bitməsinə {days} gündən az qalıb: {subject}",
            "A certificate expires in less than {days} days: {subject}",
        ),
        (
            Wording("{subject} üçün qeydiyyatda olan sertifikat.", "It is a certificate enrolled for {subject}."),
            Wording("Seriya nömrəsi: {serial}. Verən: {issuer}.", "Serial number {serial}, issued by {issuer}."),
            Wording("Müddət {until} tarixində bitir.", "It expires on {until}."),
        ),
        asks=(
            Ask(
                Wording(
                    "Yeni sertifikat alıb operatorda əvvəlcədən qeydiyyatdan keçirin: köhnəsi bitənədək hər ikisi "
                    "qəbul edilir.",
                    "Get a new one and have the operator enrol it in time: until the old one expires, both are "
                    "accepted.",
                ),
                due="until",
            ),
        ),
    ),
}
"""Kinds of notices that are not about a case."""
