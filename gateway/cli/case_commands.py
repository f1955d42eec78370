"""The table of the commands for cases: name and the one sentence that `--help` says of it."""

from __future__ import annotations

import typer

from gateway.cli import cases, cases_report, cases_show, terms
from gateway.cli.app import KEEP
from gateway.cli.language import t


def register_cases(app: typer.Typer) -> None:
    """Give `app` the group `cases`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=t(
            "Cases: what registrars and supervisors see of them and do with them.",
            "İşlər: qeydiyyatçıların və rəhbərlərin gördüyü və etdiyi.",
        ),
    )
    for name, work, en, az in (
        ("list", cases_show.list_cases, "Cases, the last received first.", "İşlər; əvvəlcə son daxil olanlar."),
        ("inbox", cases_show.inbox, "What waits for a member of staff.", "Əməkdaşı gözləyən işlər."),
        ("show", cases_show.show, "The whole file of a case.", "İş haqqında hər şey."),
        ("take", cases.take, "Take a case in hand.", "İşi icraata götür."),
        ("hand-over", cases.hand_over, "Give it to another registrar.", "Başqa qeydiyyatçıya ver."),
        ("complete", cases.complete, "Find the application complete.", "Müraciəti tam hesab et."),
        ("return", cases.give_back, "Return it for correction, with defects.", "Qüsurları göstərib düzəlişə qaytar."),
        ("approve", cases.approve, "Approve and enter it.", "Müsbət qərar ver və reyestrə daxil et."),
        ("refuse", cases.refuse, "Propose a refusal, on a coded ground.", "Kodlaşdırılmış əsasla imtina təklif et."),
        ("dismiss", cases.dismiss, "End it without a decision on the matter.", "Mahiyyəti üzrə qərarsız bitir."),
        ("confirm", cases.confirm, "Confirm a proposal as second person.", "Təklifi ikinci şəxs kimi təsdiq et."),
        ("send-back", cases.send_back, "Have a proposal thought over.", "Təklifi yenidən baxışa qaytar."),
        ("informed", cases.informed, "Record that the owner knows.", "Sahibin məlumatlandığını qeyd et."),
        ("archive", cases.archive, "Close it.", "İşi arxivləşdir."),
        ("report", cases_report.report, "Figures of all cases.", "Bütün işlərin statistikası."),
        ("terms", terms.terms, terms.HELP_EN, terms.HELP_AZ),
        ("export", cases_report.export, "Its history as one sealed file.", "Tarixçəsi möhürlənmiş bir fayl kimi."),
    ):
        group.command(name, help=t(en, az))(work)
    app.add_typer(group, name="cases", rich_help_panel=KEEP)
