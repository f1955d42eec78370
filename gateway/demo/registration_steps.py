"""Round trip, first part: the State Register of the Population is registered, a registered card is to be changed."""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from gateway.cli.elements import element
from gateway.cli.language import t
from gateway.contract.files import decode_receipt
from gateway.contract.services import ROOTS
from gateway.demo.cards import AUDIT, ENTRY_EXIT_SYSTEM, POPULATION_REGISTER
from gateway.demo.documents import Tree
from gateway.demo.enrolment import sample_entry
from gateway.demo.play import Play, fresh_context, receipt_of
from gateway.demo.transcript import Step
from gateway.security.certificates import read_identity
from gateway.security.inspection import Known, inspect
from gateway.security.xades import sign_application
from handlers.registration.model import (
    AppealApplication,
    AppealKind,
    Register,
    RegistrationApplication,
    ResourceCard,
    Trigger,
)

_FOUNDED: Final = date(2006, 4, 21)
"""Day of the law that established the register: the application is years late, which is recorded, not refused."""


def find_out(play: Play) -> None:
    """What is offered, and what the caller may do."""
    with play.transcript.step("MOJ", "bus.ListServices") as step:
        services = play.call("MOJ", "bus", "ListServices")["services"]
        operations = sum(len(each["operations"]) for each in services)
        step.expect(operations, t("no operation is offered", "heç bir əməliyyat yoxdur"))
        names = ", ".join(each["name"] for each in services)
        step.came_back = t(f"{operations} operations in {names}", f"{operations} əməliyyat: {names}")
    with play.transcript.step("MOJ", "bus.AllowedOperations") as step:
        allowed = play.call("MOJ", "bus", "AllowedOperations")["operations"]
        step.expect("registration.SubmitRegistration" in allowed, t("it may not register", "qeydiyyat hüququ yoxdur"))
        step.expect("documents.ReportInvalidDocuments" not in allowed, t("it may report", "məlumat vermək hüququ var"))
        step.came_back = t(f"{len(allowed)} granted, all else denied", f"{len(allowed)} icazə, qalanı qadağan")


def validate(play: Play) -> None:
    """A card with faults, then the true one."""
    wrong = replace(POPULATION_REGISTER, owner="NOBODY", legal_acts=POPULATION_REGISTER.legal_acts[:1], short_name="  ")
    with play.transcript.step("MOJ", "registration.ValidateCard") as step:
        report = _validated(play, wrong)
        step.expect(not report["valid"], t("a faulty card passed", "qüsurlu vərəqə keçdi"))
        rules = ", ".join(dict.fromkeys(each["rule"] for each in report["defects"]))
        step.came_back = t(f"faulty draft: {rules}", f"qüsurlu layihə: {rules}")
    with play.transcript.step("MOJ", "registration.ValidateCard") as step:
        report = _validated(play, POPULATION_REGISTER)
        taken = not play.fresh and _rules(report) == ["register.duplicate"]
        step.expect(report["valid"] or taken, _defects(report))
        of_file: Tree = play.call("MOJ", "registration", "ValidateCard", signedApplication=_signed_file(play))["report"]
        step.expect(of_file == report, t("the signed file is judged otherwise", "imzalanmış fayla başqa rəy verildi"))
        notes = ", ".join(each["rule"] for each in report.get("notes", []))
        said = t("registered by an earlier run", "əvvəlki icrada qeydə alınıb") if taken else t("valid", "düzgündür")
        step.came_back = said + (t(f"; noted: {notes}", f"; qeyd: {notes}") if notes else "")


def register(play: Play) -> str:
    """The signed application, its receipt, a repetition, and the case that comes of it.

    Returns the tracking id under which that case stands, which is an earlier one in a home that was played in before.
    """
    values: Tree = {"context": fresh_context(play.person("MOJ").fin)}
    receipt: Tree = {}
    with play.transcript.step("MOJ", "registration.SubmitRegistration") as step:
        values["signedApplication"] = _signed_file(play)
        receipt = receipt_of(play.call("MOJ", "registration", "SubmitRegistration", **values))
        step.came_back = t(f"receipt {receipt['trackingId']}", f"qəbz {receipt['trackingId']}")
        step.details.append(
            t(
                f"{POPULATION_REGISTER.name}, signed (XAdES) by {play.person('MOJ').full_name}",
                f"{POPULATION_REGISTER.name}, imzalayan (XAdES): {play.person('MOJ').full_name}",
            )
        )
    with play.transcript.step("MOJ", t("verify the receipt offline", "qəbzin şəbəkəsiz yoxlanması")) as step:
        _verify_receipt(play, step, receipt)
    with play.transcript.step("MOJ", t("the same request again", "eyni sorğu təkrar")) as step:
        again = receipt_of(play.call("MOJ", "registration", "SubmitRegistration", **values))
        step.expect(again["signedReceipt"] == receipt["signedReceipt"], t("another receipt", "başqa qəbz"))
        step.came_back = t("the same receipt, byte for byte", "eyni qəbz, baytı-baytına")
    tracking_id = receipt.get("trackingId", "")
    with play.transcript.step("MOJ", "bus.GetStatus") as step:
        tracking_id = _decided(play, step, "MOJ", tracking_id, "DUPLICATE")
    with play.transcript.step("MOJ", "bus.GetReceipt") as step:
        kept = play.call("MOJ", "bus", "GetReceipt", trackingId=receipt["trackingId"])
        step.expect(kept.get("signedReceipt") == receipt["signedReceipt"], t("another receipt", "başqa qəbz"))
        step.came_back = t("the receipt as it was given", "verildiyi kimi həmin qəbz")
    with play.transcript.step("MOJ", "registration.GetCase") as step:
        _show_case(play, step, "MOJ", tracking_id)
    return tracking_id


def appeal(play: Play) -> None:
    """A change of a registered entry, as structure, confirmed by login and password."""
    number = sample_entry(play.home)
    entry: Tree = {}
    with play.transcript.step("MIA", "registration.GetEntry") as step:
        entry = play.call("MIA", "registration", "GetEntry", number=number)["entry"]
        step.expect(entry["owner"] == "MIA", t("another owner", "başqa sahib"))
        step.came_back = f"{number} v{entry['version']} {entry['status']}: {entry['resourceCard']['shortName']}"
    tracking_id = ""
    with play.transcript.step("MIA", "registration.SubmitAppeal CHANGE") as step:
        person = play.person("MIA")
        application = AppealApplication(
            kind=AppealKind.CHANGE,
            applicant="MIA",
            representative=person.fin,
            entry_number=number,
            against_version=entry["version"],
            reason="Mühafizə vasitələri barədə məlumat əlavə edilir.",
            event_date=play.today,
            resource_card=replace(ENTRY_EXIT_SYSTEM, protection=(AUDIT,)),
        )
        answer = play.call(
            "MIA",
            "registration",
            "SubmitAppeal",
            play.login("MIA"),
            context=fresh_context(person.fin),
            application=msgspec.to_builtins(application),
        )
        tracking_id = receipt_of(answer)["trackingId"]
        step.came_back = t(f"receipt {tracking_id}", f"qəbz {tracking_id}")
        step.details.append(
            t(f"confirmed with the password of {person.full_name}", f"parolla təsdiq edən: {person.full_name}")
        )
    with play.transcript.step("MIA", "bus.GetStatus") as step:
        tracking_id = _decided(play, step, "MIA", tracking_id, "OPEN_CASE_EXISTS")
    with play.transcript.step("MIA", "registration.GetCase") as step:
        _show_case(play, step, "MIA", tracking_id)


def _validated(play: Play, card: ResourceCard) -> Tree:
    application = msgspec.to_builtins(_application(play, card))
    report: Tree = play.call("MOJ", "registration", "ValidateCard", application=application)["report"]
    return report


def _application(play: Play, card: ResourceCard) -> RegistrationApplication:
    return RegistrationApplication(
        register=Register.INFORMATION_RESOURCES,
        trigger=Trigger.CREATED,
        event_date=_FOUNDED,
        applicant="MOJ",
        representative=play.person("MOJ").fin,
        resource_card=card,
    )


def _signed_file(play: Play) -> bytes:
    name = "registrationApplication"
    document = element(name, ROOTS[name], msgspec.to_builtins(_application(play, POPULATION_REGISTER)))
    return sign_application(document, play.person_key("MOJ"), play.clock())


def _verify_receipt(play: Play, step: Step, receipt: Tree) -> None:
    path = play.keep_receipt(receipt["trackingId"], receipt["signedReceipt"])
    gateway = read_identity(play.home.key_file.read_bytes()).fingerprint
    found = inspect(path.read_bytes(), play.clients["MOJ"].trust, play.clock(), Known({gateway}, decode_receipt))
    step.expect(found.valid, f"{found.kind}: {found.reason}")
    kept = path.relative_to(play.home.path)
    stays = t(f"; kept as {kept}", f"; saxlanıldı: {kept}") if play.kept else ""
    step.came_back = t("valid", "etibarlıdır") + stays


def _decided(play: Play, step: Step, agency: str, tracking_id: str, earlier: str) -> str:
    """Wait for the register's decision. In a register that has it from an earlier run, the ground `earlier` is right.

    Returns the tracking id under which the case stands.
    """
    status = play.applied(agency, tracking_id)
    if status["state"] == "APPLIED":
        step.came_back = f"APPLIED: {status['subject']}"
        return tracking_id
    ground = status["ground"]
    text = f"{ground['code']}: {t(ground['textEn'], ground['textAz'])}"
    step.expect(not play.fresh and ground["code"] == earlier, text)
    step.came_back = f"REFUSED {text}"
    step.details.append(t("as it must be: an earlier run sent it", "belə də olmalıdır: əvvəlki icrada göndərilib"))
    notices = play.call(agency, "notices", "PullNotices", afterSequence=0, limit=500)["page"]["notices"]
    cases = [each["trackingId"] for each in notices if each["kind"] == "CASE_RECEIVED"]
    step.expect(cases, t("there is no earlier case", "əvvəlki iş tapılmadı"))
    return str(cases[0])


def _show_case(play: Play, step: Step, agency: str, tracking_id: str) -> None:
    case = play.call(agency, "registration", "GetCase", trackingId=tracking_id)["case"]
    step.expect(case["state"] == "RECEIVED" or not play.fresh, case["state"])
    late = t(", late", ", gecikmiş") if case["late"] else ""
    step.came_back = f"{case['number']} {case['type']} {case['state']}{late} ({case['confirmation']})"
    path = " → ".join(each["toState"] for each in case["steps"])
    step.details.append(f"{case['subject']}: {path}")


def _rules(report: Tree) -> list[str]:
    return [each["rule"] for each in report.get("defects", [])]


def _defects(report: Tree) -> str:
    return "; ".join(f"{each['path']} {each['rule']}" for each in report.get("defects", []))
