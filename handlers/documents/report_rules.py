"""What a report of an invalid document must satisfy, as one table. The first rule broken is the one told."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from handlers.documents.keys import document_number, is_readable, look_alikes
from handlers.documents.model import DocumentKind, InvalidDocumentReport
from handlers.documents.wording import Wording
from handlers.rules.classifiers import DocumentRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What the rules know besides the report."""

    provides: Collection[str]
    """Document types for which the reporting agency is an information provider."""
    today: date
    rules: DocumentRules


@dataclass(frozen=True, slots=True)
class ReportRule:
    """One rule: `broken` says whether a report breaks it."""

    code: str
    broken: Callable[[InvalidDocumentReport, Reporting], bool]
    text: Wording


def broken_rule(report: InvalidDocumentReport, reporting: Reporting) -> ReportRule | None:
    """The first rule of the table that `report` breaks, or None."""
    return next((rule for rule in REPORT_RULES if rule.broken(report, reporting)), None)


def _unknown_type(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    return reporting.rules.types.find(report.document_type, reporting.today) is None


def _not_the_issuer(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    return report.document_type not in reporting.provides


def _unknown_country(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    return reporting.rules.issuers.find(report.country, reporting.today) is None


def _foreign(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    return report.country != reporting.rules.home


def _unreadable(report: InvalidDocumentReport, _reporting: Reporting) -> bool:
    number = document_number(report.series, report.number)
    return not document_number(None, report.number) or not is_readable(number)


def _looks_latin(report: InvalidDocumentReport, _reporting: Reporting) -> bool:
    return bool(look_alikes(document_number(report.series, report.number)))


def _wrong_form(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    row = reporting.rules.types.find(report.document_type, reporting.today)
    if row is None or row.number_pattern is None:
        return False
    return not re.fullmatch(row.number_pattern, document_number(report.series, report.number))


def _unknown_reason(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    return reporting.rules.reasons.find(report.reason, reporting.today) is None


def _wrong_kind(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    reason = reporting.rules.reasons.find(report.reason, reporting.today)
    return reason is not None and report.kind not in reason.kinds


def _no_basis(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    reason = reporting.rules.reasons.find(report.reason, reporting.today)
    return reason is not None and reason.needs_basis and not (report.legal_basis or "").strip()


def _blank_with_holder(report: InvalidDocumentReport, _reporting: Reporting) -> bool:
    return report.kind is DocumentKind.BLANK and report.fin is not None


def _wrong_fin(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    return report.fin is not None and not re.fullmatch(reporting.rules.fin_pattern, report.fin.strip().upper())


def _issued_in_future(report: InvalidDocumentReport, reporting: Reporting) -> bool:
    return report.issued_on is not None and report.issued_on > reporting.today


def _expires_before_issue(report: InvalidDocumentReport, _reporting: Reporting) -> bool:
    return report.issued_on is not None and report.expires_on is not None and report.expires_on < report.issued_on


def _effective_before_issue(report: InvalidDocumentReport, _reporting: Reporting) -> bool:
    return report.issued_on is not None and report.effective_from < report.issued_on


REPORT_RULES: tuple[ReportRule, ...] = (
    ReportRule(
        "type.known",
        _unknown_type,
        Wording("Sənədin növü təsnifatda yoxdur.", "The type of document is not in the classifier."),
    ),
    ReportRule(
        "provider.type",
        _not_the_issuer,
        Wording(
            "Qurum bu növ sənədlər üzrə məlumat təqdim edən deyil.",
            "The agency is not an information provider for this type of document.",
        ),
    ),
    ReportRule(
        "country.known",
        _unknown_country,
        Wording("Ölkənin kodu təsnifatda yoxdur.", "The country code is not in the classifier."),
    ),
    ReportRule(
        "country.issuer",
        _foreign,
        Wording(
            "Yalnız Azərbaycan Respublikasının verdiyi sənədlər bildirilə bilər.",
            "Only documents issued by the Republic of Azerbaijan can be reported.",
        ),
    ),
    ReportRule(
        "number.readable",
        _unreadable,
        Wording(
            "Seriya və nömrə yalnız hərf və rəqəmlərdən ibarət olmalı, 32 işarədən çox olmamalıdır.",
            "Series and number are made of letters and digits only, 32 characters at the most.",
        ),
    ),
    ReportRule(
        "number.letters",
        _looks_latin,
        Wording(
            "Seriya və ya nömrədə latın hərfinə bənzəyən başqa əlifba hərfi var.",
            "Series or number has a letter of another alphabet that looks Latin.",
        ),
    ),
    ReportRule(
        "number.form",
        _wrong_form,
        Wording(
            "Seriya və nömrə bu növ sənəd üçün müəyyən edilmiş formada deyil.",
            "Series and number are not of the form laid down for this type of document.",
        ),
    ),
    ReportRule(
        "reason.known",
        _unknown_reason,
        Wording("Səbəb təsnifatda yoxdur.", "The reason is not in the classifier."),
    ),
    ReportRule(
        "reason.kind",
        _wrong_kind,
        Wording(
            "Bu səbəb həmin sənəd formasına (blank və ya fərdiləşdirilmiş) aid edilmir.",
            "The reason does not apply to this kind of document (blank or personalised).",
        ),
    ),
    ReportRule(
        "reason.basis",
        _no_basis,
        Wording("Bu səbəb üçün qərar göstərilməlidir.", "This reason needs the decision it rests on."),
    ),
    ReportRule(
        "fin.blank",
        _blank_with_holder,
        Wording("Blank sənədin sahibi ola bilməz.", "A blank form has no holder."),
    ),
    ReportRule(
        "fin.form",
        _wrong_fin,
        Wording("FİN düzgün formada deyil.", "The FIN is malformed."),
    ),
    ReportRule(
        "dates.issue",
        _issued_in_future,
        Wording("Verilmə tarixi gələcəkdə ola bilməz.", "The date of issue lies in the future."),
    ),
    ReportRule(
        "dates.order",
        _expires_before_issue,
        Wording("Etibarlılıq müddəti verilmə tarixindən əvvəl bitir.", "The document expires before its issue."),
    ),
    ReportRule(
        "dates.effective",
        _effective_before_issue,
        Wording(
            "Etibarsızlıq verilmə tarixindən əvvəl başlaya bilməz.", "The document is invalid from before its issue."
        ),
    ),
)
"""Every rule, in the order in which they are told."""
