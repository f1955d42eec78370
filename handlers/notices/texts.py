"""What notices say, in Azerbaijani and in English: one table.

A text is a row of sentences. A sentence is left out when a value it names was not given with the event, so that no
notice ever shows a gap and none is held up by a missing value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from handlers.notices.model import NoticeKind


@dataclass(frozen=True, slots=True)
class Wording:
    """A piece of text in both languages; names in braces stand for values."""

    az: str
    en: str


@dataclass(frozen=True, slots=True)
class Template:
    """Title and sentences of a kind of notice."""

    title: Wording
    sentences: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice's words, filled in."""

    title_az: str
    title_en: str
    text_az: str
    text_en: str


TEMPLATES: Mapping[NoticeKind, Template] = {
    NoticeKind.CASE_RECEIVED: Template(
        Wording("Müraciət qəbul edildi: {subject}", "Application received: {subject}"),
        (
            Wording(
                "Müraciətiniz {subject} daxilolma nömrəsi ilə qeydə alındı.",
                "Your application was taken in under the incoming number {subject}.",
            ),
            Wording("Müraciətin predmeti: {name}.", "It is about: {name}."),
            Wording("Reyestrdəki qeydin nömrəsi: {entry}.", "Number of the entry in the register: {entry}."),
            Wording(
                "Müraciət {due} tarixinədək təqdim edilməli idi; gecikmə qeyd olunur, lakin baxılmasına mane olmur.",
                "It was due on {due}; that it came late is recorded and does not stand in its way.",
            ),
            Wording(
                "Növbəti addım sənədlərin tamlığının yoxlanılmasıdır.",
                "Next, the operator checks whether it is complete.",
            ),
            Wording("Yoxlama ən gec {check_by} tarixində başa çatır.", "That check ends on {check_by} at the latest."),
            Wording(
                "Qərar ən gec {decide_by} tarixində qəbul edilir.",
                "The decision is made on {decide_by} at the latest.",
            ),
        ),
    ),
    NoticeKind.COMMAND_REFUSED: Template(
        Wording("Sorğu icra edilmədi: {operation}", "Request refused: {operation}"),
        (
            Wording(
                "{operation} sorğusu (izləmə nömrəsi {tracking_id}) icra edilmədi və reyestrdə heç nə dəyişmədi.",
                "The request {operation} (tracking id {tracking_id}) was refused and nothing in the register changed.",
            ),
            Wording("Əsas: {ground_az} ({ground_code})", "Ground: {ground_en} ({ground_code})"),
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
    ),
    NoticeKind.CERTIFICATE_EXPIRES: Template(
        Wording(
            "Sertifikatın müddəti {days} gündən az qalıb: {subject}",
            "A certificate expires in less than {days} days: {subject}",
        ),
        (
            Wording("{subject} üçün qeydiyyatda olan sertifikat.", "It is a certificate enrolled for {subject}."),
            Wording("Seriya nömrəsi: {serial}. Verən: {issuer}.", "Serial number {serial}, issued by {issuer}."),
            Wording("Müddət {until} tarixində bitir.", "It expires on {until}."),
            Wording(
                "Yeni sertifikat alıb operatorda əvvəlcədən qeydiyyatdan keçirin: köhnəsi bitənədək hər ikisi qəbul "
                "edilir.",
                "Get a new one and have the operator enrol it in time: until the old one expires, both are accepted.",
            ),
        ),
    ),
}


def words(kind: NoticeKind, values: Mapping[str, str]) -> NoticeText:
    """The words of a notice of `kind`. Titles name only values that every event of the kind brings."""
    template = TEMPLATES[kind]
    return NoticeText(
        title_az=template.title.az.format_map(values),
        title_en=template.title.en.format_map(values),
        text_az=" ".join(_filled(tuple(sentence.az for sentence in template.sentences), values)),
        text_en=" ".join(_filled(tuple(sentence.en for sentence in template.sentences), values)),
    )


def _filled(sentences: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    return [sentence.format_map(values) for sentence in sentences if all(values.get(name) for name in names(sentence))]


def names(sentence: str) -> tuple[str, ...]:
    """Names of the values that a sentence needs."""
    return tuple(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
