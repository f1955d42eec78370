"""What owners are told of the decision on a case and of what the register made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.notices.model import NoticeKind
from handlers.notices.texts.cases import ENTRY, GROUND, NAME, REASON
from handlers.notices.texts.template import Ask, Template, Wording

_CONTEST: Final = Wording(
    "Qərardan qanunla müəyyən edilmiş qaydada şikayət verilə bilər", "The decision may be contested as the law provides"
)

DECISION_WORDS: Final[Mapping[str, Wording]] = {
    "APPROVED": Wording(
        "müraciət təmin edildi. Növbəti addım qərarın reyestrdə əks etdirilməsi və çıxarışın verilməsidir",
        "the application is approved. Next, it is entered in the register and an extract is issued",
    ),
    "REFUSED": Wording(
        f"müraciətin təmin edilməsindən imtina edildi; reyestrdə heç nə dəyişmədi. {_CONTEST.az}",
        f"the application is refused; nothing in the register changed. {_CONTEST.en}",
    ),
    "DISMISSED": Wording(
        f"müraciət baxılmamış saxlanıldı; reyestrdə heç nə dəyişmədi. {_CONTEST.az}",
        f"the application is dismissed without being decided on; nothing in the register changed. {_CONTEST.en}",
    ),
}
"""The codes of decisions (domain §2) in words."""

EXTRACT: Final = Wording(
    "Çıxarışın nömrəsi: {extract}; çıxarışı registration.GetExtract sorğusu ilə ala bilərsiniz.",
    "Number of the extract: {extract}; registration.GetExtract gives it to you.",
)

DECISIONS: Final[Mapping[NoticeKind, Template]] = {
    NoticeKind.CASE_DECIDED: Template(
        Wording("Müraciət üzrə qərar qəbul edildi: {subject}", "Decision made: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətiniz üzrə qərar qəbul edildi.",
                "A decision was made on your application {subject}.",
            ),
            NAME,
            ENTRY,
            Wording("Qərar: {decision_az}.", "Decision: {decision_en}."),
            GROUND,
            REASON,
        ),
    ),
    NoticeKind.CASE_ENTERED: Template(
        Wording("Qərar reyestrdə əks etdirildi: {subject}", "Entered in the register: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətiniz üzrə qərar reyestrdə əks etdirildi.",
                "The decision on your application {subject} was entered in the register.",
            ),
            NAME,
            ENTRY,
            Wording("Qeydin versiyası: {version}.", "Version of the entry: {version}."),
            EXTRACT,
        ),
        asks=(
            Ask(
                Wording(
                    "Qeyd ləğv edilmişdir: məlumatların işlənməsini dərhal dayandırın, məlumatları məhv edin və bunu "
                    "təsdiq edən sənədi ən gec {destroy_by} tarixində təqdim edin (registration.FileDestructionProof).",
                    "The entry is cancelled: stop processing the data at once, destroy them and file proof of it on "
                    "{destroy_by} at the latest (registration.FileDestructionProof).",
                ),
                due="destroy_by",
            ),
        ),
    ),
    NoticeKind.ENTRY_RECEIVED: Template(
        Wording("Reyestrdəki qeyd qurumunuza keçib: {subject}", "An entry has passed to your agency: {subject}"),
        (
            Wording(
                "{subject} nömrəli qeydin sahibi artıq qurumunuzdur.",
                "Your agency is the owner of the entry {subject} from now on.",
            ),
            Wording("Qısa adı: {short_name}.", "Its short name: {short_name}."),
            Wording(
                "Əvvəlki sahib, dəyişiklik onun müraciəti ilə edilib: {former_owner}.",
                "Its former owner, on whose application this was done: {former_owner}.",
            ),
            Wording("Qüvvədədir: {since} tarixindən.", "In force since {since}."),
            Wording("Qeydin versiyası: {version}.", "Version of the entry: {version}."),
            Wording(
                "Razı olmadıqda və ya məlumatlar düzgün olmadıqda qeyd üzrə müraciət edə bilərsiniz "
                "(registration.SubmitAppeal). " + _CONTEST.az + ".",
                "If you do not agree, or it is not right, you may appeal against the entry "
                "(registration.SubmitAppeal). " + _CONTEST.en + ".",
            ),
        ),
    ),
    NoticeKind.CASE_OWNER_INFORMED: Template(
        Wording("Nəticə barədə məlumatlandırılmağınız qeydə alındı: {subject}", "You are informed: {subject}"),
        (
            Wording(
                "{subject} nömrəli müraciətin nəticəsi barədə məlumatlandırıldığınız işdə qeydə alındı.",
                "It was recorded in the case {subject} that you have learnt of its outcome.",
            ),
            NAME,
            ENTRY,
            EXTRACT,
        ),
        asks=(
            Ask(
                Wording(
                    "Məlumatların məhv edilməsini təsdiq edən sənədi ən gec {destroy_by} tarixində təqdim edin "
                    "(registration.FileDestructionProof).",
                    "File proof that the data were destroyed on {destroy_by} at the latest "
                    "(registration.FileDestructionProof).",
                ),
                due="destroy_by",
            ),
        ),
    ),
}
"""Deciding, entering, informing."""
