"""What notices say: each kind in both languages, with all that an event may bring and with no more than it must."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.notices.model import NoticeKind
from handlers.notices.texts import DISPENSABLE, TEMPLATES, words
from handlers.notices.texts.template import NOTHING_ASKED, names

REQUIRED = {"subject": "2026/IR-000007", "tracking_id": "t-1"}
"""What every event brings."""
REQUIRED_OF = {
    NoticeKind.COMMAND_REFUSED: {"operation": "registration.SubmitRegistration"},
    NoticeKind.CERTIFICATE_EXPIRES: {"days": "30"},
}
"""What every event of a kind brings beside that: its title names it."""
OPTIONAL = {
    "name": "Əhali reyestri",
    "entry": "IR-000001",
    "due": "2026-01-20",
    "reason": "Hüquqi akt göstərilməyib.",
    "defects": "3",
    "defect_list_az": "1. Məqsəd boşdur; 2. Əlaqə nömrəsi yoxdur",
    "defect_list_en": "1. The purpose is empty; 2. No contact number",
    "decision": "REFUSED",
    "ground_code": "DUPLICATE",
    "ground_az": "Təkrardır.",
    "ground_en": "It is there already.",
    "version": "4",
    "short_name": "ƏDR",
    "former_owner": "JUSTICE",
    "since": "2026-02-01",
    "extract": "2026/E-000009",
    "check_by": "2026-02-10",
    "decide_by": "2026-03-01",
    "correct_by": "2026-02-20",
    "clock_az": "yoxlama, 7 iş günü",
    "clock_en": "check, 7 working days",
    "breached_on": "2026-02-11",
    "destroy_by": "2026-06-30",
    "representative": "Məmmədov Əli Vəli oğlu",
    "operation": "registration.SubmitRegistration",
    "batch_reference": "B-7",
    "listed": "3",
    "duplicates": "0",
    "contradictions": "1",
    "refused": "0",
    "days": "30",
    "serial": "77",
    "issuer": "CN=CA",
    "until": "2026-12-24",
}
EVERY = REQUIRED | OPTIONAL
REFUSAL = {each: OPTIONAL[each] for each in ("operation", "ground_code", "ground_az", "ground_en")}


def wordings(kind):
    template = TEMPLATES[kind]
    return [template.title, *template.sentences, *(ask.wording for ask in template.asks)]


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_words_in_both_languages_that_name_the_same_values(kind):
    for wording in wordings(kind):
        assert wording.az.strip()
        assert wording.en.strip()
        az, en = (
            sorted(name.removesuffix(suffix) for name in names(text))
            for text, suffix in ((wording.az, "_az"), (wording.en, "_en"))
        )
        assert az == en
        assert not any(name.endswith("_en") for name in names(wording.az))
        assert not any(name.endswith("_az") for name in names(wording.en))


@pytest.mark.parametrize("kind", NoticeKind)
def test_with_all_values_no_sentence_is_missing_and_no_value_but_those_is_named(kind):
    told = words(kind, EVERY)
    template = TEMPLATES[kind]
    for sentence in template.sentences:
        for text, az_or_en in ((told.text_az, sentence.az), (told.text_en, sentence.en)):
            beginning = az_or_en.partition("{")[0].rstrip()
            assert beginning in text
        assert set(sentence.values) - {"decision_az", "decision_en"} <= set(EVERY)
    assert "{" not in told.title_az + told.title_en + told.text_az + told.text_en
    assert (told.asked_az is None) == (told.asked_en is None) == (not template.asks)
    assert told.text_az.endswith(told.asked_az or NOTHING_ASKED.az)
    assert told.text_en.endswith(told.asked_en or NOTHING_ASKED.en)
    assert (told.due_on is not None) == any(ask.due for ask in template.asks)


@pytest.mark.parametrize("kind", NoticeKind)
def test_with_required_values_alone_there_is_a_whole_notice_without_gaps(kind):
    told = words(kind, REQUIRED | REQUIRED_OF.get(kind, {}))
    for text in (told.title_az, told.title_en, told.text_az, told.text_en):
        assert text
        assert "{" not in text
        assert "  " not in text
    assert told.text_az.endswith(told.asked_az or NOTHING_ASKED.az)
    assert told.text_en.endswith(told.asked_en or NOTHING_ASKED.en)
    assert told.due_on is None


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_title_names_what_every_event_brings_and_nothing_else(kind):
    given = set(REQUIRED) | set(REQUIRED_OF.get(kind, {}))
    assert set(TEMPLATES[kind].title.values) <= given


@pytest.mark.parametrize("kind", sorted(DISPENSABLE))
def test_nobody_can_do_without_a_notice_that_asks_for_something(kind):
    assert TEMPLATES[kind].asks == ()


def test_what_tells_of_decisions_and_terms_cannot_be_done_without():
    assert sorted(DISPENSABLE) == [
        "BATCH_APPLIED",
        "CASE_ARCHIVED",
        "CASE_COMPLETE",
        "CASE_HANDED_OVER",
        "CASE_TAKEN",
    ]


@pytest.mark.parametrize("kind", NoticeKind)
def test_however_long_the_values_are_the_text_keeps_within_the_contract_and_says_what_is_asked(kind):
    long = {name: "ə" * 5000 for name in OPTIONAL if name != "decision"}
    told = words(kind, EVERY | long | {"subject": "x" * 5000})
    assert max(len(told.title_az), len(told.title_en)) <= 500
    for text in (told.text_az, told.text_en):
        assert len(text) <= 4000
    assert told.text_az.endswith(told.asked_az or NOTHING_ASKED.az)


def test_a_received_case_is_told_with_its_number_and_what_comes_next():
    text = words(NoticeKind.CASE_RECEIVED, REQUIRED)
    assert text.title_en == "Application received: 2026/IR-000007"
    assert text.text_en == (
        "Your application was taken in under the incoming number 2026/IR-000007. "
        "Next, the operator checks whether it is complete. Nothing is asked of you."
    )
    assert text.text_az == (
        "Müraciətiniz 2026/IR-000007 daxilolma nömrəsi ilə qeydə alındı. "
        "Növbəti addım sənədlərin tamlığının yoxlanılmasıdır. Sizdən heç bir hərəkət tələb olunmur."
    )


def test_a_late_case_is_told_that_it_was_late_and_by_when_things_happen():
    values = REQUIRED | {"due": "2026-01-20", "check_by": "2026-02-10", "decide_by": "2026-03-01"}
    text = words(NoticeKind.CASE_RECEIVED, values)
    for day in ("2026-01-20", "2026-02-10", "2026-03-01"):
        assert day in text.text_az
        assert day in text.text_en


def test_a_returned_case_asks_for_correction_by_its_day():
    text = words(NoticeKind.CASE_RETURNED, REQUIRED | {"correct_by": "2026-02-20", "defects": "2"})
    assert text.asked_en == (
        "Correct the defects and submit the corrected application on 2026-02-20 at the latest (registration.Resubmit)."
    )
    assert text.due_on == date(2026, 2, 20)
    assert "Number of defects: 2." in text.text_en


@pytest.mark.parametrize("kind", [NoticeKind.CASE_RETURNED, NoticeKind.CLOCK_WARNING, NoticeKind.CLOCK_BREACHED])
def test_who_has_to_correct_is_told_what_comes_of_it_when_he_does_not(kind):
    text = words(kind, REQUIRED | {"correct_by": "2026-02-20"})
    assert "Müddət keçdikdə müraciət baxılmamış saxlanıla bilər." in text.text_az
    assert "the application may be dismissed" in text.text_en
    operators = words(kind, REQUIRED | {"due": "2026-02-20"})
    assert "dismissed" not in operators.text_en
    assert "does not stand in the way" not in text.text_en


@pytest.mark.parametrize("day", ["soon", "20.02.2026", "2026-02-30"])
def test_a_day_that_is_none_holds_up_no_notice(day):
    text = words(NoticeKind.CASE_RETURNED, REQUIRED | {"correct_by": day})
    assert text.due_on is None
    assert day in text.text_en


def test_a_term_that_is_the_operators_asks_nothing_of_the_owner():
    text = words(
        NoticeKind.CLOCK_WARNING, REQUIRED | {"clock_az": "qərar", "clock_en": "decision", "due": "2026-03-01"}
    )
    assert text.asked_en is None
    assert text.text_en.endswith("The term: decision. Its last day: 2026-03-01. Nothing is asked of you.")


@pytest.mark.parametrize(
    ("decision", "en", "az"),
    [
        ("APPROVED", "Decision: the application is approved. Next, it is entered", "Qərar: müraciət təmin edildi."),
        (
            "REFUSED",
            "Decision: the application is refused; nothing in the register",
            "Qərar: müraciətin təmin edilməsindən imtina edildi;",
        ),
        ("DISMISSED", "Decision: the application is dismissed without", "Qərar: müraciət baxılmamış saxlanıldı;"),
    ],
)
def test_a_decision_is_told_in_words_and_may_be_contested_when_it_is_against_the_owner(decision, en, az):
    text = words(NoticeKind.CASE_DECIDED, REQUIRED | {"decision": decision})
    assert en in text.text_en
    assert az in text.text_az
    assert ("may be contested" in text.text_en) == (decision != "APPROVED")


def test_a_cancellation_that_was_entered_asks_for_destruction_and_other_entries_for_nothing():
    cancelled = words(NoticeKind.CASE_ENTERED, REQUIRED | {"entry": "PD-000002", "destroy_by": "2026-06-30"})
    assert cancelled.due_on == date(2026, 6, 30)
    assert "destroy them and file proof" in cancelled.asked_en
    assert words(NoticeKind.CASE_ENTERED, REQUIRED | {"entry": "PD-000002"}).asked_en is None


def test_a_refusal_gives_its_ground_in_each_language():
    text = words(NoticeKind.COMMAND_REFUSED, REQUIRED | REFUSAL)
    assert text.title_az == "Sorğu icra edilmədi: registration.SubmitRegistration"
    assert "Əsas (DUPLICATE): Təkrardır. Göstərilən" in text.text_az
    assert "Ground (DUPLICATE): It is there already. Remove" in text.text_en
    assert "t-1" in text.text_en


def test_a_batch_is_told_with_its_counts_none_of_which_is_left_out_when_it_is_zero():
    counts = {"listed": "3", "duplicates": "0", "contradictions": "1", "refused": "0"}
    text = words(NoticeKind.BATCH_APPLIED, REQUIRED | counts)
    assert (
        "Listed: 3. On record already: 0. In contradiction with records, left to the operator: 1. Refused: 0. Nothing"
        in text.text_en
    )


def test_a_certificate_that_expires_is_to_be_replaced_before_that_day():
    text = words(NoticeKind.CERTIFICATE_EXPIRES, REQUIRED | {"days": "30", "until": "2026-12-24"})
    assert text.due_on == date(2026, 12, 24)
    assert text.asked_en.startswith("Get a new one")


def test_a_value_is_text_and_never_a_template():
    text = words(NoticeKind.CASE_RECEIVED, REQUIRED | {"name": "{subject.__class__}"})
    assert "It is about: {subject.__class__}." in text.text_en


def test_a_value_is_one_line_of_what_can_be_seen_and_no_longer_than_its_place():
    hostile = "Ad\r\nBcc: x@y.example\x00\u202e\t ilə " + "a" * 2000
    text = words(NoticeKind.CASE_RECEIVED, REQUIRED | {"name": hostile, "subject": "2026/IR-000007\r\nBcc: x"})
    assert "It is about: Ad Bcc: x@y.example ilə aaa" in text.text_en
    assert "…" in text.text_en
    assert len(text.text_en) < 1400
    assert text.title_en == "Application received: 2026/IR-000007 Bcc: x"
