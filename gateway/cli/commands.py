"""The table of all commands: name, group and the one sentence that `--help` says of it."""

from __future__ import annotations

import typer

from gateway.cli import (
    call,
    certificates,
    contract,
    explain,
    init,
    play,
    processes,
    rekey,
    show,
    trust,
    verify,
)
from gateway.cli.app import CALL, LOOK, RUN, app
from gateway.cli.case_commands import register_cases
from gateway.cli.commands_parties import register_parties
from gateway.cli.commands_registers import register_registers
from gateway.cli.language import t

_REGISTERED: list[bool] = []


def register() -> None:
    """Give the application its commands, once."""
    if _REGISTERED:
        return
    _REGISTERED.append(True)
    _running()
    _calling()
    register_parties(app)
    register_registers(app)
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
