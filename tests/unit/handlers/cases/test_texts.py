"""What staff write is judged before it is kept."""

from __future__ import annotations

import pytest

from handlers.cases.guards import Decision, Deed
from handlers.cases.model import Actor, DecisionOutcome, Role
from handlers.cases.texts import texts_unfit
from handlers.registration.model import Defect

AYSEL = Actor(role=Role.REGISTRAR, name="aysel")
DEFECT = {"path": "/resourceCard/purpose", "rule": "clerk", "text_az": "Məqsəd aydın deyil.", "text_en": "Unclear."}


def deed(actor=AYSEL, **given):
    return Deed(actor=actor, **given)


def returned(**changed):
    return deed(defects=(Defect(**DEFECT), Defect(**{**DEFECT, **changed})))


def decided(**given):
    return deed(decision=Decision(outcome=DecisionOutcome.REFUSED, **given))


@pytest.mark.parametrize(
    "fit",
    [
        deed(),
        deed(reason=""),
        deed(reason="Birinci sətir.\n\tİkinci sətir."),
        deed(reason="ə" * 4000, clerk="Kamran Əliyev"),
        deed(clerk="  "),
        decided(reason="x" * 4000, ground_code="FALSE_DATA"),
        returned(text_az="x" * 4000, text_en="x" * 4000, path="/" + "x" * 999),
    ],
)
def test_what_the_contract_can_carry_is_kept(fit):
    assert texts_unfit(fit) is None


@pytest.mark.parametrize(
    ("unfit", "what", "wrong"),
    [
        (deed(reason="x" * 4001), "Reason:", "4001 characters"),
        (deed(reason="a\x00b"), "Reason:", "place 2 (U+0000)"),
        (deed(reason="a\rb"), "Reason:", "(U+000D)"),
        (deed(reason="a\x85b"), "Reason:", "(U+0085)"),
        (deed(reason="a\u2028b"), "Reason:", "(U+2028)"),
        (deed(reason="a\u2029b"), "Reason:", "(U+2029)"),
        (deed(reason="a\u202eb"), "Reason:", "(U+202E)"),
        (deed(reason="a\u2066b"), "Reason:", "(U+2066)"),
        (deed(reason="a\ud800b"), "Reason:", "(U+D800)"),
        (deed(reason="a\uffffb"), "Reason:", "(U+FFFF)"),
        (decided(reason="x" * 4001), "Reason of the decision:", "4001"),
        (decided(ground_code="X" * 101), "Ground of the decision:", "101"),
        (deed(clerk="k" * 90), "Name of the registrar:", "90"),
        (deed(clerk="kam\nran"), "Name of the registrar:", "(U+000A)"),
        (deed(Actor(role=Role.SUPERVISOR, name="")), "Name of who makes the step:", "empty"),
        (deed(Actor(role=Role.SUPERVISOR, name="ay\u200bsel")), "Name of who makes the step:", "(U+200B)"),
        (deed(Actor(role=Role.SUPERVISOR, name="a" * 90)), "Name of who makes the step:", "90"),
        (returned(text_az=""), "Azerbaijani text of defect 2:", "empty"),
        (returned(text_en="x" * 4001), "English text of defect 2:", "4001"),
        (returned(path="/" + "x" * 1000), "Path of defect 2:", "1001"),
        (returned(path="/a\tb"), "Path of defect 2:", "(U+0009)"),
        (returned(rule="no rule"), "Rule of defect 2:", "no code"),
        (returned(rule="r" * 101), "Rule of defect 2:", "101"),
        (deed(defects=(Defect(**DEFECT),) * 1001), "1001 defects", "1000"),
    ],
)
def test_anything_else_is_refused_and_the_refusal_says_which_text_and_why(unfit, what, wrong):
    refusal = texts_unfit(unfit)

    assert refusal.code == "TEXT_UNFIT"
    assert what in refusal.text_en
    assert wrong in refusal.text_en
    assert refusal.text_az != refusal.text_en


def test_what_an_applicant_writes_came_through_the_contract():
    assert texts_unfit(deed(Actor(role=Role.APPLICANT, name="5ABC12D"), reason="a\u202eb")) is None
