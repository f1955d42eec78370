"""What owners are told while their case is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.notices.model import NoticeKind
from handlers.notices.texts.template import Ask, Template, Wording

NAME: Final = Wording("Müraciətin predmeti: {name}.", "It is about: {name}.")
ENTRY: Final = Wording("Reyestrdəki qeydin nömrəsi: {entry}.", "Number of the entry in the register: {entry}.")
GROUND: Final = Wording("Əsas ({ground_code}): {ground_az}.", "Ground ({ground_code}): {ground_en}.")
REASON: Final = Wording("Səbəb: {reason}.", "Reason: {reason}.")
CHECK_BY: Final = Wording(
    "Sənədlərin tamlığının yoxlanılması ən gec {check_by} tarixində başa çatır.",
    "The check for completeness ends on {check_by} at the latest.",
)
CORRECT_OR_LOSE: Final = Wording(
    "Düzəliş müddətinin son günü: {correct_by}. Müddət keçdikdə müraciət baxılmamış saxlanıla bilər.",
    "The last day for the correction is {correct_by}. Once it has passed, the application may be dismissed without "
    "being decided on.",
)
DECIDE_BY: Final = Wording(
    "Qərar ən gec {decide_by} tarixində qəbul edilir.", "The decision is made on {decide_by} at the latest."
)

CASES: Final[Mapping[NoticeKind, Template]] = {
    NoticeKind.CASE_RECEIVED: Template(
        Wording("Müraciət qəbul edildi: {subject}", "Application received: {subject}"),
        (
            Wording(
                "Müraciətiniz {subject} daxilolma nömrəsi ilə qeydə alındı.",
                "Your application was taken in under the incoming number {subject}.",
            ),
            NAME,
            ENTRY,
            Wording(
                "Müraciət {due} tarixinədək təqdim edilməli idi; gecikmə qeyd olunur, lakin baxılmasına mane olmur.",
                "It was due on {due}; that it came late is recorded and does not stand in its way.",
            ),
            Wording(
                "Növbəti addım sənədlərin tamlığının yoxlanılmasıdır.",
                "Next, the operator checks whether it is complete.",
            ),
            CHECK_BY,
            DECIDE_BY,
        ),
    ),
    NoticeKind.CASE_TAKEN: Template(
        Wording("Müraciət icraya götürüldü: {subject}", "Application taken up: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətiniz icraya götürüldü və sənədlərin tamlığı yoxlanılır.",
                "Your application {subject} was taken up and is being checked for completeness.",
            ),
            NAME,
            ENTRY,
            CHECK_BY,
            DECIDE_BY,
        ),
        dispensable=True,
    ),
    NoticeKind.CASE_HANDED_OVER: Template(
        Wording("Müraciətin icrası davam edir: {subject}", "Examination of the application continues: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətinizin icrasını operatorun başqa əməkdaşı davam etdirir; baxılma müddətləri "
                "dəyişmir.",
                "The examination of your application {subject} continues in the hands of another member of the "
                "operator's staff; its terms stay as they are.",
            ),
            NAME,
            CHECK_BY,
            DECIDE_BY,
        ),
        dispensable=True,
    ),
    NoticeKind.CASE_COMPLETE: Template(
        Wording("Sənədlər tamdır: {subject}", "Application found complete: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətinizin sənədləri tam hesab edildi və müraciətə mahiyyəti üzrə baxılır.",
                "Your application {subject} was found complete and its substance is being reviewed.",
            ),
            NAME,
            ENTRY,
            DECIDE_BY,
        ),
        dispensable=True,
    ),
    NoticeKind.CASE_RETURNED: Template(
        Wording("Müraciət düzəliş üçün qaytarıldı: {subject}", "Application returned for correction: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətiniz düzəliş üçün qaytarıldı.",
                "Your application {subject} was returned for correction.",
            ),
            NAME,
            REASON,
            Wording("Qüsurların sayı: {defects}.", "Number of defects: {defects}."),
            Wording("Qüsurlar: {defect_list_az}.", "Defects: {defect_list_en}."),
            Wording(
                "Qüsurların tam siyahısı işin özündədir (registration.GetCase); cavabınızadək baxılma müddəti "
                "dayandırılır.",
                "The case itself has all of them (registration.GetCase); until you answer, the operator's terms stand "
                "still.",
            ),
            CORRECT_OR_LOSE,
        ),
        asks=(
            Ask(
                Wording(
                    "Qüsurları aradan qaldırın və düzəldilmiş müraciəti ən gec {correct_by} tarixində təqdim edin "
                    "(registration.Resubmit).",
                    "Correct the defects and submit the corrected application on {correct_by} at the latest "
                    "(registration.Resubmit).",
                ),
                due="correct_by",
            ),
            Ask(
                Wording(
                    "Qüsurları aradan qaldırın və düzəldilmiş müraciəti təqdim edin (registration.Resubmit).",
                    "Correct the defects and submit the corrected application (registration.Resubmit).",
                )
            ),
        ),
    ),
    NoticeKind.CASE_RESUBMITTED: Template(
        Wording("Düzəldilmiş müraciət qəbul edildi: {subject}", "Corrected application received: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətin düzəldilmiş mətni qəbul edildi; baxılma müddəti davam edir.",
                "The corrected application {subject} was received; the operator's terms run again.",
            ),
            NAME,
            ENTRY,
            Wording("Qalan qüsurların sayı: {defects}.", "Number of defects that remain: {defects}."),
            CHECK_BY,
            DECIDE_BY,
        ),
    ),
    NoticeKind.CASE_WITHDRAWN: Template(
        Wording("Müraciət geri götürüldü: {subject}", "Application withdrawn: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciət geri götürüldü; ona baxılmasına xitam verildi və reyestrdə heç nə "
                "dəyişmədi.",
                "The application {subject} was withdrawn; it is considered no further and nothing in the register "
                "changed.",
            ),
            NAME,
            REASON,
        ),
    ),
    NoticeKind.CASE_ARCHIVED: Template(
        Wording("İş arxivə verildi: {subject}", "Case archived: {subject}"),
        (
            Wording(
                "{subject} nömrəli iş üzrə icraat başa çatdı və iş arxivə verildi; ona baxmaq həmişə mümkündür.",
                "The case {subject} is concluded and was archived; it can always be looked at.",
            ),
            NAME,
            ENTRY,
        ),
        dispensable=True,
    ),
}
"""From the taking-in of a case to its end, the decision aside."""
