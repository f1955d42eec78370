"""Each rule on cards passes what is right and finds what is wrong, where it is wrong."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from handlers.registration.model import (
    Confidentiality,
    EntryStatus,
    LegalAct,
    LegalActType,
    LifeCycleStatus,
    ProtectionMeans,
    Relation,
    RelationKind,
    SpecialCategory,
    SystemKind,
    Trigger,
)
from handlers.rules.completeness import RULES, Facts, findings
from handlers.rules.rule import KnownEntry
from tests.unit.handlers.registration.examples import (
    AGENCIES,
    CHANGE,
    CONTACT,
    LAW,
    OTHER,
    OWNER,
    PERSONAL,
    PERSONAL_REGISTRATION,
    REGISTRATION,
    RESOURCE,
    TODAY,
)
from tests.unit.handlers.registration.test_validation import CASES

STANDING = KnownEntry(status=EntryStatus.REGISTERED)
ENTRIES = {
    "IR-000001": KnownEntry(status=EntryStatus.REGISTERED, wholes=frozenset({"IR-000006"})),
    "IR-000002": STANDING,
    "IR-000003": KnownEntry(status=EntryStatus.CANCELLED),
    "IR-000004": KnownEntry(status=EntryStatus.REGISTERED, wholes=frozenset({"IR-000005", "IR-000002"})),
    "IR-000005": KnownEntry(status=EntryStatus.REGISTERED, wholes=frozenset({"IR-000001"})),
    "IR-000006": STANDING,
    "PD-000001": STANDING,
}
DECREE = LegalAct(type=LegalActType.DECREE, reference="134", title="Fərman", adopted_on=date(2004, 10, 14))
SUB, SUPER, USER = RelationKind.SUB, RelationKind.SUPER, RelationKind.USER


def resource(**changes):
    return replace(REGISTRATION, resource_card=replace(RESOURCE, **changes))


def personal(**changes):
    return replace(PERSONAL_REGISTRATION, personal_data_system_card=replace(PERSONAL, **changes))


def event(trigger, on, status, since):
    return replace(
        REGISTRATION,
        trigger=trigger,
        event_date=on,
        resource_card=replace(RESOURCE, status=status, status_date=since),
    )


def act(**changes):
    return resource(legal_acts=(replace(LAW, **changes),))


def related(*relations):
    return tuple(Relation(kind=kind, entry_number=number) for kind, number in relations)


def changed(*relations):
    return replace(CHANGE, resource_card=replace(RESOURCE, relations=related(*relations)))


def found(application, entries=ENTRIES):
    return {
        (one.rule.code, one.defect.path)
        for one in findings(application, Facts(agencies=AGENCIES, today=TODAY, entries=entries))
    }


MAY = date(2026, 5, 10)
CARD, SYSTEM = "/resourceCard", "/personalDataSystemCard"
FURTHER = [
    ("operator.enrolled", f"{CARD}/operator", resource(operator="NOBODY"), resource(operator=OTHER)),
    ("operator.owner", f"{CARD}/operator", resource(operator=OWNER), resource(operator=OTHER)),
    ("legal-act.number", f"{CARD}/legalActs[1]/reference", act(reference="998-III"), act(reference="998-IIIQ")),
    (
        "legal-act.date",
        f"{CARD}/legalActs[1]/adoptedOn",
        resource(legal_acts=(replace(DECREE, adopted_on=None),)),
        resource(legal_acts=(DECREE,)),
    ),
    (
        "legal-act.official-address",
        f"{CARD}/legalActs[1]/url",
        act(url="https://e-qanun.az/"),
        act(url="https://e-qanun.az/framework/19675"),
    ),
    (
        "legal-act.repeated",
        f"{CARD}/legalActs[2]",
        resource(legal_acts=(LAW, replace(LAW, title="Qanun"))),
        resource(legal_acts=(LAW, replace(LAW, reference="94-IIIQ"))),
    ),
    (
        "contact.present",
        f"{CARD}/contacts",
        resource(contacts=(replace(CONTACT, phone=None, email=None),)),
        resource(contacts=(replace(CONTACT, phone=None),)),
    ),
    (
        "contact.reachable",
        f"{CARD}/contacts[2]",
        resource(contacts=(CONTACT, replace(CONTACT, phone=None, email=None))),
        resource(contacts=(CONTACT, replace(CONTACT, email=None))),
    ),
    (
        "contact.phone",
        f"{CARD}/contacts[1]/phone",
        resource(contacts=(replace(CONTACT, phone="555 01"),)),
        resource(contacts=(replace(CONTACT, phone="(012) 555-01-00"),)),
    ),
    (
        "protection.audit-date",
        f"{CARD}/protection[1]/lastAudit",
        resource(protection=(ProtectionMeans(standard="ISO", audit_result="uyğundur"),)),
        resource(protection=(ProtectionMeans(standard="ISO", audit_result="uyğundur", last_audit=MAY),)),
    ),
    (
        "protection.audit-result",
        f"{CARD}/protection[1]/auditResult",
        resource(protection=(ProtectionMeans(standard="ISO", last_audit=MAY),)),
        resource(protection=(ProtectionMeans(standard="ISO"),)),
    ),
    ("text.wordless", f"{CARD}/purpose", resource(purpose="---"), resource(purpose="uçot")),
    ("text.wordless", f"{SYSTEM}/retention", personal(retention="5"), personal(retention="5 il")),
    ("text.wordless", f"{SYSTEM}/stopCondition", personal(stop_condition="-"), personal(stop_condition="qanunla")),
    ("text.wordless", f"{CARD}/legalActs[1]/title", act(title="…"), act(title="Qanun")),
    (
        "text.wordless",
        f"{CARD}/contacts[1]/name",
        resource(contacts=(replace(CONTACT, name="?"),)),
        resource(contacts=(CONTACT,)),
    ),
    (
        "list.repeated",
        f"{CARD}/classifiers[2]",
        resource(classifiers=("Ölkələr", " ölkələr")),
        resource(classifiers=("Ölkələr",)),
    ),
    (
        "trigger.status",
        f"{CARD}/status",
        event(Trigger.STRUCTURE_CHANGED, MAY, LifeCycleStatus.FINISHED, MAY),
        event(Trigger.STRUCTURE_CHANGED, MAY, LifeCycleStatus.SUSPENDED, date(2025, 1, 1)),
    ),
    (
        "trigger.status",
        f"{CARD}/status",
        event(Trigger.RESUMED, MAY, LifeCycleStatus.SUSPENDED, MAY),
        event(Trigger.RESUMED, MAY, LifeCycleStatus.IN_USE, MAY),
    ),
    (
        "status-date.event",
        f"{CARD}/statusDate",
        event(Trigger.CREATED, MAY, LifeCycleStatus.IN_USE, date(2026, 5, 9)),
        event(Trigger.CREATED, MAY, LifeCycleStatus.IN_USE, date(2026, 5, 12)),
    ),
    (
        "status-date.suspension",
        f"{CARD}/statusDate",
        event(Trigger.ACTIVITY_SUSPENDED, MAY, LifeCycleStatus.SUSPENDED, date(2026, 5, 12)),
        event(Trigger.ACTIVITY_SUSPENDED, MAY, LifeCycleStatus.SUSPENDED, MAY),
    ),
    ("kind.new", f"{SYSTEM}/kind", personal(start_date=date(2010, 5, 10)), personal(start_date=date(2010, 5, 11))),
    (
        "kind.event",
        "/eventDate",
        personal(kind=SystemKind.PRE_EXISTING, start_date=date(2004, 1, 1)),
        replace(personal(kind=SystemKind.PRE_EXISTING, start_date=date(2004, 1, 1)), event_date=date(2004, 1, 1)),
    ),
    ("start-date.registration", f"{SYSTEM}/startDate", personal(start_date=MAY), personal(start_date=TODAY)),
    (
        "local-register.itself",
        f"{CARD}/localRegister",
        resource(local_register="əhalinin dövlət  reyestri"),
        resource(local_register="Ədliyyə Nazirliyinin reyestri"),
    ),
    (
        "relation.contradiction",
        f"{CARD}/relations[2]",
        resource(relations=related((SUB, "IR-000002"), (SUPER, "IR-000002"))),
        resource(relations=related((SUB, "IR-000002"), (USER, "IR-000002"))),
    ),
    (
        "relation.register",
        f"{CARD}/relations[1]",
        resource(relations=related((SUB, "PD-000001"))),
        resource(relations=related((USER, "PD-000001"))),
    ),
    (
        "relation.unknown",
        f"{CARD}/relations[1]/entryNumber",
        resource(relations=related((SUB, "IR-000099"))),
        resource(relations=related((SUB, "IR-000002"))),
    ),
    (
        "relation.cancelled",
        f"{CARD}/relations[1]/entryNumber",
        resource(relations=related((USER, "IR-000003"))),
        resource(relations=related((USER, "IR-000002"))),
    ),
    (
        "relation.circle",
        f"{CARD}/relations[1]",
        resource(relations=related((SUB, "IR-000004"), (SUPER, "IR-000002"))),
        resource(relations=related((SUB, "IR-000002"), (SUPER, "IR-000004"))),
    ),
    ("relation.part-of-itself", f"{CARD}/relations[1]", changed((SUB, "IR-000005")), changed((SUPER, "IR-000005"))),
    ("relation.part-of-itself", f"{CARD}/relations[1]", changed((SUPER, "IR-000006")), changed((SUB, "IR-000006"))),
    (
        "entry.status",
        f"{CARD}/status",
        replace(CHANGE, entry_number="IR-000002", resource_card=replace(RESOURCE, status=LifeCycleStatus.FINISHED)),
        replace(CHANGE, entry_number="IR-000002"),
    ),
    ("subjects.voluntary", f"{SYSTEM}/subjectCount", personal(subject_count=999), personal(subject_count=1000)),
    (
        "biometrics.basis",
        f"{SYSTEM}/biometrics",
        personal(biometrics=True, legal_acts=(DECREE,)),
        personal(biometrics=True),
    ),
    *(
        (
            "confidentiality.open",
            f"{SYSTEM}/confidentiality",
            personal(confidentiality=Confidentiality.OPEN, **kept),
            good,
        )
        for good in [personal(confidentiality=Confidentiality.OPEN, uses_fin=False)]
        for kept in (
            {"uses_fin": True},
            {"uses_fin": False, "biometrics": True},
            {"uses_fin": False, "special_categories": (SpecialCategory.HEALTH,)},
        )
    ),
    (
        "cross-border.list",
        f"{SYSTEM}/crossBorderCountries",
        personal(cross_border_transfer=True),
        personal(cross_border_transfer=True, cross_border_countries=("TUR",)),
    ),
    (
        "cross-border.denied",
        f"{SYSTEM}/crossBorderTransfer",
        personal(cross_border_transfer=False, cross_border_countries=("TUR",)),
        personal(cross_border_transfer=False),
    ),
    (
        "cross-border.repeated",
        f"{SYSTEM}/crossBorderCountries[2]",
        personal(cross_border_countries=("TUR", "TUR")),
        personal(cross_border_countries=("TUR", "GEO")),
    ),
    (
        "cross-border.recipient",
        f"{SYSTEM}/recipients",
        personal(cross_border_countries=("TUR",)),
        personal(cross_border_countries=("TUR",), recipients=("Notariat palatası",)),
    ),
    (
        "licence.form",
        f"{SYSTEM}/licenceNumber",
        personal(licence_number="yoxdur"),
        personal(licence_number="RL № 000123"),
    ),
    (
        "responsible-person.name",
        f"{SYSTEM}/responsiblePerson",
        personal(responsible_person="Məmmədova"),
        personal(responsible_person="Məmmədova Aygün"),
    ),
    ("actions.present", f"{SYSTEM}/actions", personal(actions=()), personal(actions=("toplama",))),
    (
        "protection.level",
        f"{SYSTEM}/protection",
        personal(protection=(ProtectionMeans(standard="ISO"),)),
        personal(protection=(), confidentiality=Confidentiality.OPEN, uses_fin=False),
    ),
]


@pytest.mark.parametrize(("rule", "path", "wrong", "right"), FURTHER)
def test_a_rule_finds_what_is_wrong_and_passes_what_is_right(rule, path, wrong, right):
    assert (rule, path) in found(wrong)
    assert rule not in {code for code, _ in found(right)}


def test_every_rule_of_the_table_is_tried():
    assert {rule.code for rule in RULES} == {row[0] for row in (*CASES, *FURTHER)}


def test_rules_that_ask_the_registers_find_nothing_when_they_were_not_asked():
    everything = changed((SUB, "IR-000005"), (SUPER, "IR-000006"), (USER, "IR-000003"), (USER, "IR-000099"))
    asking = {rule.code for rule in RULES if rule.asks_register}
    assert {code for code, _ in found(everything)} & asking == asking - {"relation.circle", "entry.status"}
    assert not {code for code, _ in found(everything, entries=None)} & asking
