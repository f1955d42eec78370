"""`init`: a home folder with keys, a database of this release, and queues. Repeating it keeps everything there is."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import say

HELP_EN: Final = """Make the home of an installation: signing key, tracking key, database, queues.

Run it again after an upgrade: keys and data stay, the database is brought to the new release. With --dev it also makes
a test certification authority and three sample agencies whose keys lie in the home: for trying out, never for service.
"""
HELP_AZ: Final = """Quraşdırmanın qovluğunu yaradır: imza açarı, izləmə açarı, baza, növbələr.

Yeni buraxılışdan sonra təkrarlayın: açarlar və məlumatlar qalır, baza yeni buraxılışa gətirilir. --dev ilə sınaq
sertifikat mərkəzi və açarları qovluqda olan üç nümunə qurum da yaradılır: yalnız sınaq üçün.
"""


def init(
    context: typer.Context,
    dev: Annotated[
        bool,
        typer.Option(
            "--dev",
            help=t("Also make a test authority and sample agencies.", "Sınaq mərkəzi və nümunə qurumlar da yarat."),
        ),
    ] = False,
    new_tracking_key: Annotated[
        bool,
        typer.Option(
            "--new-tracking-key",
            help=t(
                "Make a tracking key although commands were accepted under another one, which is lost.",
                "Sorğular başqa, itirilmiş açarla qəbul edilmiş olsa da, yeni izləmə açarı yarat.",
            ),
        ),
    ] = False,
) -> None:
    """Make the home, or complete it."""
    from gateway.cli.composition import quiet

    session = session_of(context)
    quiet(session)
    _judge_what_is_there(session, new_tracking_key=new_tracking_key)
    session.home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in (session.home.roots, session.home.intermediates):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    had_key = session.home.key_file.exists()
    if dev:
        from gateway.demo.enrolment import make_keys

        _tell(_dev_settings(session), t("settings for trying out", "sınaq parametrləri"))
        _tell(
            make_keys(session.home, datetime.now(UTC)), t("test authority and sample keys", "sınaq mərkəzi və açarlar")
        )
    _make_gateway_key(session)
    _tell(not had_key, t("signing key", "imza açarı"))
    fresh = not session.home.tracking_key_file.exists()
    session.home.make_tracking_key()
    _tell(fresh, t("tracking key", "izləmə açarı"))
    _database_and_queues(session)
    if dev:
        _sample_data(session)
    say(t(f"{session.home.path} is ready.", f"{session.home.path} hazırdır."), style="bold")
    say(_next_step(session, dev=dev))


def _judge_what_is_there(session: Session, *, new_tracking_key: bool) -> None:
    """Before anything is made: the keys that would be kept must serve, and one that is lost must not be lost unseen."""
    from gateway.cli.keys import require_gateway_key

    home = session.home
    if home.key_file.exists():
        require_gateway_key(home, datetime.now(UTC))
    if home.tracking_key_file.exists():
        home.tracking_key()
    elif not new_tracking_key and _commands_were_accepted(session):
        raise CommandError(
            t(
                f"{home.tracking_key_file} is missing, but the register store holds accepted commands. Copy the key "
                "from a backup or from another host of this installation. If it is lost, `gateway init "
                "--new-tracking-key` makes another one: then tracking ids given so far are not recognised while the "
                "store is away, and messages in the queues, made under the old key, go to the dead-letter queues.",
                f"{home.tracking_key_file} yoxdur, halbuki reyestr bazasında qəbul edilmiş sorğular var. Açarı ehtiyat "
                "nüsxədən və ya bu quraşdırmanın başqa serverindən köçürün. Açar itibsə, `gateway init "
                "--new-tracking-key` yenisini yaradır: onda indiyədək verilmiş izləmə nömrələri baza əlçatmaz olanda "
                "tanınmır, köhnə açarla növbəyə qoyulmuş mesajlar isə ölü məktub növbələrinə düşür.",
            )
        )


def _commands_were_accepted(session: Session) -> bool:
    """Whether the register store, if there is one, holds a command."""
    from gateway.background import store_of
    from gateway.cli.composition import is_file_missing
    from handlers.receipts.queries import any_command
    from handlers.store.schema import SchemaState, schema_state

    with closing(store_of(session.settings)) as store:
        if is_file_missing(store) or schema_state(store) is SchemaState.EMPTY:
            return False
        with store.reading() as connection:
            return any_command(connection)


def _dev_settings(session: Session) -> bool:
    """Allow passwords over plain HTTP, which nothing but trying out may (security §0); tells whether it did."""
    session.home.trying_out.write_text("Made by gateway init --dev. Nothing here is for service.\n", encoding="utf-8")
    path = session.home.path / "gateway.toml"
    if path.exists():
        return False
    path.write_text(
        '# For trying out only: in service, passwords need TLS.\npasswords = "plain-http"\n', encoding="utf-8"
    )
    return True


def _make_gateway_key(session: Session) -> None:
    """Make the gateway's key unless there is one."""
    from gateway.home import write_secret
    from gateway.security.certificates import gateway_certificate

    home = session.home
    if home.key_file.exists():
        return
    issued, root = gateway_certificate(datetime.now(UTC))
    write_secret(home.gateway_root, root)
    write_secret(home.key_file, issued.key_pem + issued.certificate_pem)


def _database_and_queues(session: Session) -> None:
    from gateway.background import broker_of, store_of
    from gateway.cli.composition import is_file_missing, is_ours
    from handlers.queue_names import TOPOLOGY
    from handlers.store.schema import migrate

    with closing(store_of(session.settings)) as store:
        if not is_file_missing(store):
            is_ours(session.settings, store)
    migrate(session.settings.database_url)
    say(t("  database  at the schema of this release", "  baza  bu buraxılışın sxemindədir"))
    with closing(broker_of(session.settings)) as broker:
        broker.declare(TOPOLOGY)
    say(t("  queues  declared", "  növbələr  elan edilib"))


def _sample_data(session: Session) -> None:
    from gateway.background import store_of
    from gateway.demo.enrolment import enrol_samples

    with closing(store_of(session.settings)) as store, store.writing() as connection:
        fresh = enrol_samples(connection, session.home, datetime.now(UTC))
    _tell(fresh, t("sample agencies", "nümunə qurumlar"))


def _tell(made: bool, what: str) -> None:
    say(f"  {what}  {t('made', 'yaradıldı') if made else t('kept', 'saxlanıldı')}")


def _next_step(session: Session, *, dev: bool) -> str:
    home = session.home
    if dev:
        return t(
            f"Sample keys lie in {home.dev}. Next: gateway up",
            f"Nümunə açarlar {home.dev} qovluğundadır. Növbəti addım: gateway up",
        )
    return t(
        f"Next: put the callers' certification authorities into {home.roots}, give keys/gateway-root.pem to "
        "them, and enrol them with `gateway agency add` and `gateway system add`.",
        f"Növbəti addım: müraciət edənlərin sertifikat mərkəzlərini {home.roots} qovluğuna qoyun, "
        "keys/gateway-root.pem faylını onlara verin və `gateway agency add`, `gateway system add` ilə qeydiyyata alın.",
    )
