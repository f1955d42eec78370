"""What notices say."""

from __future__ import annotations

import pytest

from handlers.notices.model import NoticeKind
from handlers.notices.texts import TEMPLATES, names, words

ALWAYS_GIVEN = {"subject": "2026/IR-000007", "tracking_id": "t-1"}
REFUSAL = {
    "operation": "registration.SubmitRegistration",
    "ground_code": "DUPLICATE",
    "ground_az": "Təkrardır.",
    "ground_en": "It is there already.",
}


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_words_in_both_languages_that_name_the_same_values(kind):
    template = TEMPLATES[kind]
    for wording in (template.title, *template.sentences):
        assert wording.az
        assert wording.en
        neutral = [
            sorted(name.replace("_az", "").replace("_en", "") for name in names(text)) for text in wording_of(wording)
        ]
        assert neutral[0] == neutral[1]


def wording_of(wording) -> tuple[str, str]:
    return wording.az, wording.en


def test_a_received_case_is_told_with_its_number_and_what_comes_next():
    text = words(NoticeKind.CASE_RECEIVED, ALWAYS_GIVEN)
    assert text.title_en == "Application received: 2026/IR-000007"
    assert text.text_en == (
        "Your application was taken in under the incoming number 2026/IR-000007. "
        "Next, the operator checks whether it is complete."
    )
    assert text.text_az == (
        "Müraciətiniz 2026/IR-000007 daxilolma nömrəsi ilə qeydə alındı. "
        "Növbəti addım sənədlərin tamlığının yoxlanılmasıdır."
    )


def test_a_late_case_is_told_that_it_was_late_and_by_when_things_happen():
    values = ALWAYS_GIVEN | {"due": "2026-01-20", "check_by": "2026-02-10", "decide_by": "2026-03-01"}
    text = words(NoticeKind.CASE_RECEIVED, values)
    for day in ("2026-01-20", "2026-02-10", "2026-03-01"):
        assert day in text.text_az
        assert day in text.text_en


def test_a_refusal_gives_its_ground_in_each_language():
    text = words(NoticeKind.COMMAND_REFUSED, ALWAYS_GIVEN | REFUSAL)
    assert text.title_az == "Sorğu icra edilmədi: registration.SubmitRegistration"
    assert text.text_az.endswith("Əsas: Təkrardır. (DUPLICATE)")
    assert text.text_en.endswith("Ground: It is there already. (DUPLICATE)")
    assert "t-1" in text.text_en


def test_a_batch_is_told_with_its_counts_none_of_which_is_left_out_when_it_is_zero():
    counts = {"listed": "3", "duplicates": "0", "contradictions": "1", "refused": "0"}
    text = words(NoticeKind.BATCH_APPLIED, ALWAYS_GIVEN | counts)
    assert text.text_en.endswith(
        "Listed: 3. On record already: 0. In contradiction with records, left to the operator: 1. Refused: 0."
    )


def test_a_value_is_text_and_never_a_template():
    text = words(NoticeKind.CASE_RECEIVED, ALWAYS_GIVEN | {"name": "{subject.__class__}"})
    assert "It is about: {subject.__class__}." in text.text_en
