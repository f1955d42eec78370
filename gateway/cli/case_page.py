"""A case on the screen: card, defects, differences, decision, and its history as a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.cli.case_words import actor_words, event_words, in_baku, outcome_words, state_words, type_words
from gateway.cli.language import t
from gateway.cli.terminal import say, stacked, table
from handlers.cases.model import DecisionOutcome, Proposal
from handlers.rules.completeness import cards_of
from handlers.rules.labels import VALUES, label_of_value, spoken
from handlers.rules.paths import leaves

if TYPE_CHECKING:
    from rich.text import Text

    from handlers.cases.model import Case, CaseFile, CaseStep, StepDetails
    from handlers.record import Record
    from handlers.registration.model import Defect

_CHANGED: Final = {
    "/clerk": ("in the hands of", "kimin icraatındadır"),
    "/defects": ("defects", "qüsurlar"),
    "/destructionProvenOn": ("data destroyed on", "məlumatlar məhv edilib"),
    "/proposal": ("proposed decision", "təklif olunan qərar"),
    "/secondedBy": ("second person", "ikinci şəxs"),
    "/decision": ("decision", "qərar"),
    "/entryNumber": ("entry", "reyestr qeydi"),
    "/enteredVersion": ("entered version", "daxil edilən versiya"),
    "/extract": ("extract", "çıxarış"),
    "/submission": ("submission", "təqdimat"),
    "/dueDate": ("last day", "son gün"),
    "/late": ("late", "gecikib"),
    "/confirmation": ("confirmation", "təsdiq"),
    "/subject": ("short name", "qısa ad"),
    "/terminalUser": ("user of the machine", "maşının istifadəçisi"),
}
"""Fields of a case that a step changes, where they are none of the application's."""
_OF_OUTCOMES: Final = ("/decision", "/proposal")
_OF_DESTRUCTION: Final = ("/manner", "/actReference")


def show_file(file: CaseFile) -> None:
    """Print what a case is about and how it stands."""
    say(f"{file.case.number}  {file.case.subject}", style="bold")
    _pairs(_facts(file))
    _heading(t("Application, as last submitted", "Müraciət, son təqdim edilmiş"))
    _show_application(file.application)
    _defects(t("Defects", "Qüsurlar"), file.application, file.case.defects)
    _defects(t("Notes", "Qeydlər"), file.application, file.notes)
    _differences(file)
    _decision(file)


def show_history(file: CaseFile, details: StepDetails) -> None:
    """Print the history of a case as a timeline."""
    _heading(t("History (time in Baku)", "Tarixçə (Bakı vaxtı ilə)"))
    for step in file.case.steps:
        _step(file, step)
        for each in details.defects.get(step.sequence, ()):
            name, text = _name(file.application, each.path), t(each.text_en, each.text_az)
            say(f"       {name}: {text} ({each.path}, {each.rule})")
        if (proof := details.proofs.get(step.sequence)) is not None:
            for path, value in leaves(proof):
                if path in _OF_DESTRUCTION:
                    say(f"       {_name(proof, path)}: {value}")


def _facts(file: CaseFile) -> list[tuple[str, str | None]]:
    case = file.case
    return [
        (t("about", "növ"), type_words(case.type)),
        (t("register", "reyestr"), _worded(case.register)),
        (t("state", "vəziyyət"), state_words(case.state)),
        (t("in the hands of", "kimin icraatındadır"), file.clerk),
        (t("applicant", "müraciət edən"), case.applicant),
        (t("representative", "nümayəndə"), f"{case.representative}, {case.confirmation}"),
        (t("authority", "səlahiyyət"), _authority(case)),
        (t("received (Baku)", "daxil olub (Bakı)"), in_baku(case.received_at)),
        (t("event, due", "hadisə, son gün"), f"{case.event_date}, {case.due_date}{_lateness(case)}"),
        (t("submissions", "təqdimatlar"), str(case.submission)),
        (t("tracking id", "izləmə nömrəsi"), case.tracking_id),
        (t("entry", "reyestr qeydi"), case.entry_number),
        (t("against version", "əsas götürülən versiya"), _number(case.against_version)),
        (t("present version", "hazırkı versiya"), _number(file.present_version)),
        (t("entered version", "daxil edilən versiya"), _number(case.entered_version)),
        (t("data destroyed on", "məlumatlar məhv edilib"), _number(case.destruction_proven_on)),
    ]


def _authority(case: Case) -> str | None:
    if case.authority_ended_on is None:
        return None
    on = case.authority_ended_on
    return t(
        f"ended, none since {on}: another representative must act",
        f"bitib, {on} tarixindən yoxdur: başqa nümayəndə hərəkət etməlidir",
    )


def _lateness(case: Case) -> str:
    return t(" (late)", " (gecikib)") if case.late else ""


def _number(value: object) -> str | None:
    return None if value is None else str(value)


def _pairs(pairs: Iterable[tuple[str, str | None]]) -> None:
    shown = [(name, value) for name, value in pairs if value]
    width = max(len(name) for name, _ in shown)
    for name, value in shown:
        say(f"  {name:<{width}}  {value}")


def _heading(text: str) -> None:
    say("")
    say(text, style="bold")


def _where(root: Record, path: str) -> Text:
    """A field as people call it, and its path below."""
    name = spoken(type(root), path)
    return stacked((t(name.en, name.az), path))


def _defects(title: str, application: Record, found: Iterable[Defect]) -> None:
    rows = [(_where(application, each.path), t(each.text_en, each.text_az), each.rule) for each in found]
    if rows:
        say("")
        table((t("where", "harada"), t("what", "nə"), t("rule", "qayda")), rows, title=title)


def _differences(file: CaseFile) -> None:
    card = next(iter(cards_of(file.application)), None)
    if card is not None and file.difference:
        say("")
        table(
            (t("where", "harada"), t("before", "əvvəl"), t("asked for", "istənilən")),
            [(_where(card, each.path), _value(each.before), _value(each.after)) for each in file.difference],
            title=t("What the application would change", "Müraciətin dəyişdirdiyi"),
        )
    if card is not None and file.three_way:
        say("")
        table(
            ("", t("where", "harada"), t("applied against", "əsas"), t("now", "indi"), t("asked for", "istənilən")),
            [
                (
                    t("CONFLICT", "ZİDDİYYƏT") if each.conflict else "",
                    _where(card, each.path),
                    _value(each.base),
                    _value(each.present),
                    _value(each.asked),
                )
                for each in file.three_way
            ],
            title=t(
                "The entry has changed since the version that was applied against",
                "Reyestr qeydi müraciətin əsaslandığı versiyadan sonra dəyişib",
            ),
        )


def _decision(file: CaseFile) -> None:
    if file.proposal is not None:
        each = file.proposal
        _heading(t("Proposed decision, waits for a second person", "Təklif olunan qərar, ikinci şəxsi gözləyir"))
        _pairs(
            [
                (t("decision", "qərar"), outcome_words(each.outcome)),
                (t("ground", "əsas"), each.ground_code),
                (t("reason", "səbəb"), each.reason),
                (t("by", "kim"), f"{each.by}, {in_baku(each.at)}"),
            ]
        )
    if file.case.decision is not None:
        made = file.case.decision
        _heading(t("Decision", "Qərar"))
        _pairs(
            [
                (t("decision", "qərar"), outcome_words(made.outcome)),
                (t("ground", "əsas"), made.ground_code),
                (t("reason", "səbəb"), made.reason),
                (t("at (Baku)", "vaxt (Bakı)"), in_baku(made.decided_at)),
                (t("second person", "ikinci şəxs"), file.seconded_by),
            ]
        )


def _step(file: CaseFile, step: CaseStep) -> None:
    who, state = actor_words(step.actor), state_words(step.to_state)
    say(f"  {step.sequence:>3}  {in_baku(step.at)}  {who} {event_words(step)} → {state}")
    if step.reason:
        say(f"       {t('reason', 'səbəb')}: {step.reason}")
    for each in step.changes:
        name = t(*_CHANGED[each.path]) if each.path in _CHANGED else _name(file.application, each.path)
        say(f"       {name}: {_changed(each.path, each.before)} → {_changed(each.path, each.after)}")


def _changed(path: str, json: str | None) -> str:
    """A value in a history; decisions and proposals in words."""
    if json is None or path not in _OF_OUTCOMES:
        return _value(json)
    if path == "/decision":
        return outcome_words(msgspec.json.decode(json, type=DecisionOutcome))
    proposal = msgspec.json.decode(json, type=Proposal)
    parts = (outcome_words(proposal.outcome), proposal.ground_code, proposal.reason)
    return ", ".join(each for each in parts if each)


def _name(root: Record, path: str) -> str:
    name = spoken(type(root), path)
    return t(name.en, name.az)


def _show_application(application: Record) -> None:
    """Every field that states something, by its name, a line each; of codes also what they are called."""
    _pairs((_name(application, path), _worded(value)) for path, value in leaves(application))


def _worded(value: object) -> str:
    if isinstance(value, bool) or (isinstance(value, StrEnum) and type(value) in VALUES):
        name = label_of_value(value)
        words = t(name.en, name.az)
        return words if isinstance(value, bool) else f"{value} ({words})"
    return str(value)


def _value(json: str | None) -> str:
    """A value as people read it: a text without its quotation marks, of a structure its values, nothing as a dash."""
    if json is None:
        return "—"
    value = msgspec.json.decode(json)
    if isinstance(value, dict):
        return ", ".join(str(each) for each in value.values() if not isinstance(each, dict | list))
    return value if isinstance(value, str) else json
