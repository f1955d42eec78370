"""Each rule of completeness finds what it is for, and a sound application breaks none."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from handlers.registration.model import (
    AppealKind,
    Contact,
    Defect,
    EntryStatus,
    LegalAct,
    LegalActType,
    LifeCycleStatus,
    ProtectionMeans,
    Register,
    Relation,
    RelationKind,
    SpecialCategory,
    SystemKind,
    Trigger,
)
from handlers.registration.validation import RegisterView, examine, validate
from handlers.rules.completeness import RULES, Weight
from handlers.rules.grounds import GroundCode
from handlers.rules.rule import KnownEntry
from tests.unit.handlers.registration.examples import (
    AGENCIES,
    CANCELLATION,
    CHANGE,
    LAW,
    OTHER,
    PERSONAL,
    PERSONAL_REGISTRATION,
    REGISTRATION,
    RESOURCE,
    TODAY,
)

TOMORROW = date(2026, 5, 21)
ENTRIES = {"IR-000002": KnownEntry(status=EntryStatus.REGISTERED)}


def with_resource(**changes):
    return replace(REGISTRATION, resource_card=replace(RESOURCE, **changes))


def with_personal(**changes):
    return replace(PERSONAL_REGISTRATION, personal_data_system_card=replace(PERSONAL, **changes))


def report(application):
    return validate(application, agencies=AGENCIES, today=TODAY, register=RegisterView(entries=ENTRIES))


@pytest.mark.parametrize("application", [REGISTRATION, PERSONAL_REGISTRATION, CANCELLATION, CHANGE])
def test_a_sound_application_has_no_defects_and_no_notes(application):
    answer = report(application)
    assert answer.valid
    assert answer.defects == ()
    assert answer.notes == ()


DECREE = LegalAct(type=LegalActType.DECREE, reference="1", title="Fərman")
CASES = [
    ("card.one", "/", replace(REGISTRATION, resource_card=None)),
    ("card.one", "/", replace(REGISTRATION, personal_data_system_card=PERSONAL)),
    ("card.one", "/", replace(CHANGE, resource_card=None)),
    ("card.register", "/resourceCard", replace(REGISTRATION, register=Register.PERSONAL_DATA_SYSTEMS)),
    (
        "card.register",
        "/personalDataSystemCard",
        replace(CHANGE, resource_card=None, personal_data_system_card=PERSONAL),
    ),
    ("cancellation.card", "/resourceCard", replace(CHANGE, kind=AppealKind.CANCELLATION)),
    ("registration.owner", "/resourceCard/owner", with_resource(owner=OTHER)),
    ("registration.owner", "/personalDataSystemCard/owner", with_personal(owner=OTHER)),
    ("applicant.owner", "/resourceCard/owner", replace(CHANGE, resource_card=replace(RESOURCE, owner=OTHER))),
    ("event-date.future", "/eventDate", replace(REGISTRATION, event_date=TOMORROW)),
    ("event-date.late", "/eventDate", replace(REGISTRATION, event_date=date(2026, 4, 29))),
    ("trigger.status", "/resourceCard/status", replace(REGISTRATION, trigger=Trigger.ACTIVITY_SUSPENDED)),
    (
        "trigger.status",
        "/resourceCard/status",
        replace(with_resource(status=LifeCycleStatus.SUSPENDED), trigger=Trigger.RESUMED),
    ),
    ("entry-number.form", "/entryNumber", replace(CANCELLATION, entry_number="IR-1")),
    ("entry-version.positive", "/againstVersion", replace(CANCELLATION, against_version=0)),
    ("text.blank", "/resourceCard/purpose", with_resource(purpose=" \t")),
    ("text.unseen", "/resourceCard/shortName", with_resource(short_name="RES\u200b-B")),
    ("text.unseen", "/reason", replace(CANCELLATION, reason="a\u202eb")),
    ("text.blank", "/reason", replace(CANCELLATION, reason="")),
    ("text.blank", "/resourceCard/topics[2]", with_resource(topics=("a", " "))),
    ("owner.enrolled", "/resourceCard/owner", with_resource(owner="NOBODY")),
    ("legal-act.present", "/resourceCard/legalActs", with_resource(legal_acts=())),
    (
        "legal-act.url",
        "/resourceCard/legalActs[2]/url",
        with_resource(legal_acts=(LAW, replace(LAW, url="e-qanun.az"))),
    ),
    (
        "legal-act.adopted",
        "/resourceCard/legalActs[1]/adoptedOn",
        with_resource(legal_acts=(replace(LAW, adopted_on=TOMORROW),)),
    ),
    ("contact.email", "/resourceCard/contacts[1]/email", with_resource(contacts=(Contact(name="x", email="x@y"),))),
    (
        "protection.audit",
        "/resourceCard/protection[1]/lastAudit",
        with_resource(protection=(ProtectionMeans(standard="ISO 27001", last_audit=TOMORROW),)),
    ),
    ("data-objects.limit", "/resourceCard/dataObjects", with_resource(data_objects=tuple("abcdefghijk"))),
    ("status-date.future", "/resourceCard/statusDate", with_resource(status_date=TOMORROW)),
    (
        "relation.number",
        "/resourceCard/relations[1]/entryNumber",
        with_resource(relations=(Relation(kind=RelationKind.SUB, entry_number="12"),)),
    ),
    (
        "relation.repeated",
        "/resourceCard/relations[2]",
        with_resource(relations=(Relation(kind=RelationKind.SUB, entry_number="IR-000002"),) * 2),
    ),
    (
        "relation.itself",
        "/resourceCard/relations[1]/entryNumber",
        replace(
            CHANGE,
            resource_card=replace(RESOURCE, relations=(Relation(kind=RelationKind.SUB, entry_number="IR-000001"),)),
        ),
    ),
    (
        "special-categories.basis",
        "/personalDataSystemCard/specialCategories",
        with_personal(special_categories=(SpecialCategory.HEALTH,), legal_acts=(DECREE,)),
    ),
    (
        "special-categories.repeated",
        "/personalDataSystemCard/specialCategories[2]",
        with_personal(special_categories=(SpecialCategory.HEALTH,) * 2),
    ),
    ("subjects.category", "/personalDataSystemCard/subjectCategories", with_personal(subject_categories=())),
    ("data.category", "/personalDataSystemCard/dataCategories", with_personal(data_categories=())),
    ("subjects.negative", "/personalDataSystemCard/subjectCount", with_personal(subject_count=-1)),
    ("subjects.voluntary", "/personalDataSystemCard/subjectCount", with_personal(subject_count=999)),
    (
        "cross-border.country",
        "/personalDataSystemCard/crossBorderCountries[2]",
        with_personal(cross_border_countries=("TUR", "TR")),
    ),
    (
        "cross-border.home",
        "/personalDataSystemCard/crossBorderCountries[1]",
        with_personal(cross_border_countries=("AZE",)),
    ),
    ("kind.start-date", "/personalDataSystemCard/startDate", with_personal(kind=SystemKind.PRE_EXISTING)),
]


@pytest.mark.parametrize(("rule", "path", "application"), CASES)
def test_a_broken_rule_is_found_where_it_is_broken(rule, path, application):
    answer = report(application)
    found = {(defect.rule, defect.path) for defect in answer.defects + answer.notes}
    assert (rule, path) in found


def test_every_rule_has_a_code_of_its_own_and_texts_in_both_languages():
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.az and rule.en and rule.az != rule.en for rule in RULES)


def test_exactly_the_bars_have_grounds():
    assert all((rule.ground is not None) == (rule.weight is Weight.BAR) for rule in RULES)


def test_all_defects_are_told_at_once():
    answer = report(with_resource(owner="NOBODY", purpose="", legal_acts=(), status_date=TOMORROW))
    rules = [defect.rule for defect in answer.defects]
    assert not answer.valid
    assert {"owner.enrolled", "registration.owner", "text.blank", "legal-act.present", "status-date.future"} == set(
        rules
    )


def test_what_was_found_against_the_file_and_in_the_registers_is_told_in_the_same_answer():
    file, register = (
        Defect(path="/x", rule=rule, text_az="a", text_en="b") for rule in ("signature.revoked", "register.duplicate")
    )
    answer = validate(
        with_resource(purpose=""),
        agencies=AGENCIES,
        today=TODAY,
        register=RegisterView(entries={}, against=(register,)),
        against=(file,),
    )
    assert [one.rule for one in answer.defects] == ["signature.revoked", "text.blank", "register.duplicate"]


def test_without_the_registers_the_answer_says_which_rules_were_not_applied():
    related = with_resource(relations=(Relation(kind=RelationKind.SUB, entry_number="IR-000077"),))
    answer = validate(related, agencies=AGENCIES, today=TODAY, register=None)
    (note,) = answer.notes
    assert (answer.defects, note.rule) == ((), "checked.without-register")
    assert all(rule.code in note.text_en for rule in RULES if rule.asks_register)
    assert "relation.unknown" in {one.rule for one in report(related).defects}


def test_no_more_is_told_than_an_answer_may_hold():
    acts = tuple(replace(LAW, title=" ", reference=" ") for _ in range(600))
    answer = report(with_resource(legal_acts=acts))
    assert len(answer.defects) == 1000


def test_notes_alone_leave_an_application_valid():
    answer = report(replace(with_personal(subject_count=3), event_date=date(2026, 1, 1)))
    assert answer.valid
    assert [note.rule for note in answer.notes] == ["event-date.late", "subjects.voluntary"]


def test_a_thousand_subjects_are_not_voluntary():
    assert report(with_personal(subject_count=1000)).notes == ()


def test_a_bar_becomes_the_ground_of_the_refusal():
    examination = examine(replace(REGISTRATION, resource_card=None), agencies=AGENCIES, today=TODAY)
    assert examination.ground is not None
    assert examination.ground.code == GroundCode.INCOMPLETE
    assert examine(REGISTRATION, agencies=AGENCIES, today=TODAY).ground is None


@pytest.mark.parametrize("url", ["https://e-qanun.az/1", "http://www.e-qanun.az:8080/a?b#c"])
def test_complete_web_addresses_pass(url):
    assert report(with_resource(legal_acts=(replace(LAW, url=url),))).valid


@pytest.mark.parametrize("url", ["ftp://e-qanun.az", "https://", "https://localhost", "https://a b.az", "https://[::1"])
def test_incomplete_or_other_addresses_do_not(url):
    assert not report(with_resource(legal_acts=(replace(LAW, url=url),))).valid
