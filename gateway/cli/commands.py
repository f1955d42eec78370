"""The table of all commands: name, group and the one sentence that `--help` says of it."""

from __future__ import annotations

import typer

from gateway.cli import (
    call,
    certificates,
    change,
    contract,
    delivery,
    enrol,
    explain,
    extracts,
    init,
    issue,
    mandate,
    parties,
    play,
    processes,
    registers,
    registers_import,
    rekey,
    show,
    trust,
    verify,
)
from gateway.cli.app import CALL, ENROL, KEEP, LOOK, RUN, app
from gateway.cli.case_commands import register_cases
from gateway.cli.language import t
from handlers.parties.model import PartyKind
from handlers.parties.standing import StandingStep

_REGISTERED: list[bool] = []


def register() -> None:
    """Give the application its commands, once."""
    if _REGISTERED:
        return
    _REGISTERED.append(True)
    _running()
    _calling()
    _enrolling()
    _keeping()
    register_cases(app)
    _looking()


def _running() -> None:
    add = app.command
    add("init", rich_help_panel=RUN, help=t(init.HELP_EN, init.HELP_AZ))(init.init)
    add(
        "up",
        rich_help_panel=RUN,
        help=t(
            "Serve the gateway in one process: endpoint, workers and relay. Ctrl-C finishes what is under way.",
            "Şlüzü bir prosesdə işə sal: xidmət ünvanı, işçilər və ötürücü. Ctrl-C başlanmış işləri tamamlayır.",
        ),
    )(processes.up)
    add(
        "serve",
        rich_help_panel=RUN,
        help=t(
            "Only the endpoint, for several processes beside each other.",
            "Yalnız xidmət ünvanı: bir neçə proses yanaşı işləyəndə.",
        ),
    )(processes.serve)
    add(
        "work",
        rich_help_panel=RUN,
        help=t(
            "Only workers: apply what was accepted, make notices.",
            "Yalnız işçilər: qəbul edilmişi icra edir, bildiriş hazırlayır.",
        ),
    )(processes.work)
    add(
        "relay",
        rich_help_panel=RUN,
        help=t("Only the relay: from the store's outbox to the queues.", "Yalnız ötürücü: bazadan növbələrə."),
    )(processes.relay)
    add("replace-key", rich_help_panel=RUN, help=t(rekey.HELP_EN, rekey.HELP_AZ))(rekey.replace_key)
    add(
        "demo",
        rich_help_panel=RUN,
        help=t(
            "Play a whole signed round trip against a gateway of its own, and say for each step what came back.",
            "Öz şlüzü ilə bütün imzalı yolu keçir və hər addımda nə cavab gəldiyini göstərir.",
        ),
    )(play.demo)


def _calling() -> None:
    app.command("call", rich_help_panel=CALL, help=t(call.HELP_EN, call.HELP_AZ))(call.call)
    app.command(
        "verify",
        rich_help_panel=CALL,
        help=t(
            "Verify messages, receipts, applications, extracts offline: whether they hold, what they cover, by whom.",
            "Mesaj, qəbz, müraciət və çıxarışları şəbəkəsiz yoxla: etibarlıdırmı, nəyi əhatə edir, kim imzalayıb.",
        ),
    )(verify.verify)
    app.command(
        "explain",
        rich_help_panel=CALL,
        help=t(
            "Explain offline why a message is refused: each digest, the bytes it is over, the mistake, a correct one.",
            "İmzalı mesajın niyə rədd edildiyini şəbəkəsiz izah et: hər həş, onun baytları, səhv və düzgün nümunə.",
        ),
    )(explain.explain)
    published = typer.Typer(
        no_args_is_help=True,
        help=t("The published contract: WSDL and XML Schema.", "Elan edilmiş müqavilə: WSDL və XSD."),
    )
    published.command(
        "export",
        help=t(
            "Write wsdl/ and xsd/; with --check only compare, exit code 1 when they differ.",
            "wsdl/ və xsd/ qovluqlarını yaz; --check ilə yalnız müqayisə et, fərq olanda çıxış kodu 1.",
        ),
    )(contract.export)
    published.command(
        "faults",
        help=t(
            "Write the page of all faults; with --check only compare, exit code 1 when it differs.",
            "Bütün nasazlıqların səhifəsini yaz; --check ilə yalnız müqayisə et, fərq olanda çıxış kodu 1.",
        ),
    )(contract.faults)
    app.add_typer(published, name="contract", rich_help_panel=CALL)


def _enrolling() -> None:
    agency = _group("agency", t("State bodies.", "Dövlət qurumları."))
    agency.command("add", help=t("Enrol a state body.", "Dövlət qurumunu qeydiyyata al."))(enrol.add_agency)
    agency.command(
        "list",
        help=t("The agencies with their systems and representatives.", "Qurumlar, sistemləri və nümayəndələri."),
    )(parties.list_agencies)
    agency.command(
        "tier", help=t("How much of a listed document it is shown.", "Siyahıdakı sənəd barədə ona nə göstərilir.")
    )(change.set_agency_tier)
    agency.command(
        "delivery",
        help=t(
            "How its notices reach it, and how far that has come; with options: choose it.",
            "Bildirişlər ona necə çatdırılır və nə qədəri çatdırılıb; seçimlərlə: bunu müəyyən et.",
        ),
    )(delivery.delivery)
    _standing(agency, PartyKind.AGENCY)
    _systems()
    person = _group("representative", t("Authorised persons.", "Səlahiyyətli şəxslər."))
    person.command(
        "add",
        help=t(
            "Enrol a person by e-signature certificate, login and password, or both.",
            "Şəxsi e-imza sertifikatı, login və parolla və ya hər ikisi ilə qeydiyyata al.",
        ),
    )(enrol.add_representative)
    _issuing(person, PartyKind.REPRESENTATIVE)
    person.command("list", help=t("The representatives.", "Nümayəndələr."))(parties.list_representatives)
    _standing(person, PartyKind.REPRESENTATIVE)
    _certificates(person, PartyKind.REPRESENTATIVE)
    acting = _group("mandate", t("Who may act for another agency.", "Başqa qurum adından çıxış edənlər."))
    acting.command("add", help=t("Enrol a mandate.", "Səlahiyyətnaməni qeydiyyata al."))(mandate.add_mandate)
    acting.command("list", help=t("The mandates.", "Səlahiyyətnamələr."))(parties.list_mandates)
    _standing(acting, PartyKind.MANDATE)


def _systems() -> None:
    system = _group("system", t("Computers that call.", "Müraciət edən sistemlər."))
    system.command(
        "add",
        help=t(
            "Enrol a computer by its certificate, with the operations it may call.",
            "Sistemi sertifikatı və icazə verilən əməliyyatlarla qeydiyyata al.",
        ),
    )(enrol.add_system)
    system.command(
        "add-password-only",
        help=t(
            "Enrol a computer without a certificate: questions only, over TLS, by login and password.",
            "Sertifikatı olmayan sistemi qeydiyyata al: yalnız sorğular, TLS ilə, login və parolla.",
        ),
    )(issue.add_password_only)
    _issuing(system, PartyKind.SYSTEM)
    system.command(
        "list", help=t("The systems: certificates, rights, networks.", "Sistemlər: sertifikatlar, icazələr, şəbəkələr.")
    )(parties.list_systems)
    for name, work, en, az in (
        ("grant", change.grant, "Let it do more.", "Əlavə icazə ver."),
        ("narrow", change.narrow, "Let what it does reach no further than this.", "İcazələri bu həddə endir."),
        ("revoke", change.revoke, "Deny it operations.", "Əməliyyatları qadağan et."),
        ("addresses", change.set_addresses, "Bind it to networks.", "Şəbəkələrə bağla."),
        ("tier", change.set_system_tier, "Show it less than its agency.", "Qurumundan az göstər."),
    ):
        system.command(name, help=t(en, az))(work)
    _standing(system, PartyKind.SYSTEM)
    _certificates(system, PartyKind.SYSTEM)


def _certificates(group: typer.Typer, kind: PartyKind) -> None:
    certificate = typer.Typer(
        no_args_is_help=True,
        help=t(
            "Certificates; several are good at a time, so that keys roll over.",
            "Sertifikatlar; açar dəyişəndə bir neçəsi eyni vaxtda qüvvədə olur.",
        ),
    )
    for name, work, en, az in (
        ("add", change.add_certificate_command, "Enrol a further one.", "Daha birini qeydiyyata al."),
        ("withdraw", change.withdraw_certificate_command, "Take one no longer, at once.", "Birini dərhal ləğv et."),
        ("list", parties.list_certificates_command, "All that were ever enrolled.", "Qeydiyyata alınmışların hamısı."),
    ):
        certificate.command(name, help=t(en, az))(work(kind))
    group.add_typer(certificate, name="certificate")


def _issuing(group: typer.Typer, kind: PartyKind) -> None:
    group.command(
        "issue-password",
        help=t(
            "Print a new one-time password; the old one is good for nothing from now on.",
            "Yeni birdəfəlik parol göstər; köhnəsi artıq heç nəyə yaramır.",
        ),
    )(issue.issue_command(kind))


def _standing(group: typer.Typer, kind: PartyKind) -> None:
    for name, step, en, az in (
        ("suspend", StandingStep.SUSPEND, "Suspend for a time, at once.", "Müvəqqəti və dərhal dayandır."),
        ("resume", StandingStep.RESUME, "Let count again.", "Yenidən qüvvəyə mindir."),
        ("withdraw", StandingStep.WITHDRAW, "Withdraw for good, at once.", "Həmişəlik və dərhal ləğv et."),
    ):
        group.command(name, help=t(en, az))(change.standing_command(kind, step))
    group.command("history", help=t("What was changed, by whom and why.", "Nə dəyişib, kim və niyə dəyişib."))(
        parties.history_command(kind)
    )


def _group(name: str, text: str) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=text)
    app.add_typer(group, name=name, rich_help_panel=ENROL)
    return group


def _keeping() -> None:
    issued = typer.Typer(no_args_is_help=True, help=t("Extracts of the entries.", "Reyestr qeydlərindən çıxarışlar."))
    for name, work, en, az in (
        ("issue", extracts.issue, "Issue one, sealed as XML and PDF.", "Möhürlənmiş XML və PDF kimi çıxarış ver."),
        ("list", extracts.list_issued, "All issues of an entry.", "Qeyd üzrə verilmiş bütün çıxarışlar."),
        ("get", extracts.get, "Write the files of one.", "Çıxarışın fayllarını yaz."),
    ):
        issued.command(name, help=t(en, az))(work)
    app.add_typer(issued, name="extracts", rich_help_panel=KEEP)
    kept = typer.Typer(no_args_is_help=True, help=t("The entries of the registers.", "Reyestrlərin qeydləri."))
    _finding(kept)
    _importing(kept)
    app.add_typer(kept, name="registers", rich_help_panel=KEEP)


def _finding(kept: typer.Typer) -> None:
    kept.command(
        "search",
        help=t(
            "Entries by words, owner, status, categories and dates, page by page.",
            "Qeydlər: söz, sahib, status, kateqoriya və tarix üzrə, səhifə-səhifə.",
        ),
    )(registers.search)
    kept.command(
        "show",
        help=t(
            "One entry as it is, as it was, or as it was known at a moment.",
            "Bir qeyd: indiki halı, əvvəlki halı və ya hər hansı anda məlum olan halı.",
        ),
    )(registers.show)


def _importing(kept: typer.Typer) -> None:
    add = kept.command
    add("import", help=t(registers_import.HELP_EN, registers_import.HELP_AZ))(registers_import.import_file)
    add(
        "import-undo",
        help=t(
            "Undo a whole batch: what it entered is no longer said to be true, and its short names are free.",
            "Bütöv dəsti geri al: daxil etdikləri artıq doğru sayılmır, qısa adları sərbəst olur.",
        ),
    )(registers_import.undo_import)
    add(
        "batches",
        help=t(
            "The batches that were imported, one of them in detail, or what became of an old number.",
            "İdxal dəstləri, birinin təfərrüatı və ya köhnə nömrənin nə olduğu.",
        ),
    )(registers_import.list_batches)


def _looking() -> None:
    trusted = typer.Typer(
        invoke_without_command=True,
        help=t(
            "Whom this installation trusts, and what is known of revocation.",
            "Bu quraşdırmanın kimə etibar etdiyi və ləğv haqqında nə bilindiyi.",
        ),
    )
    trusted.callback()(trust.overview)
    trusted.command(
        "list",
        help=t(
            "Roots and intermediates, each with until when its revocations are known.",
            "Kök və aralıq sertifikatlar; hər birinin ləğv məlumatı nə vaxtadək təzədir.",
        ),
    )(trust.show)
    trusted.command(
        "refresh",
        help=t(
            "Ask every source of revocation once, now; exit code 1 when any failed.",
            "Ləğv məlumatının hər mənbəyini indi bir dəfə soruş; biri alınmasa, çıxış kodu 1.",
        ),
    )(trust.refresh)
    trusted.command(
        "check",
        help=t(
            "Say whether a signature by a certificate would be accepted now, or why not.",
            "Sertifikatla qoyulan imza indi qəbul edilərmi, edilməzsə, niyə.",
        ),
    )(trust.check)
    app.add_typer(trusted, name="trust", rich_help_panel=LOOK)
    app.command(
        "queues",
        rich_help_panel=LOOK,
        help=t(
            "Depth and oldest message of every queue, dead-letter queues included.",
            "Hər növbədə nə qədər və nə vaxtdan mesaj var (ölü məktub növbələri daxil).",
        ),
    )(show.queues)
    app.command(
        "certificates",
        rich_help_panel=LOOK,
        help=t(
            "Every certificate and revocation list with the days that are left, the soonest end first.",
            "Bütün sertifikatlar və ləğv siyahıları, qalan günləri ilə; əvvəlcə tez bitənlər.",
        ),
    )(certificates.certificates)
    app.command(
        "settings",
        rich_help_panel=LOOK,
        help=t("Every setting: value, unit, origin, meaning.", "Hər parametr: qiymət, vahid, mənbə, məna."),
    )(show.settings)
    app.command("version", rich_help_panel=LOOK, help=t("Versions.", "Versiyalar."))(show.version)
