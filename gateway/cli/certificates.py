"""`certificates`: everything that expires, with the days that are left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import session_of
from gateway.cli.terminal import table


class _Line(NamedTuple):
    kind: str
    holder: str
    name: str
    until: datetime
    note: str = ""


def certificates(context: typer.Context) -> None:
    """Certificates of the parties and of the gateway itself, and revocation lists; the soonest end first."""
    now = datetime.now(UTC)
    lines = sorted([*_of_parties(context), *_own(context)], key=lambda each: each.until)
    table(
        (
            t("days left", "qalan gün"),
            t("until", "bitir"),
            t("kind", "növ"),
            t("holder", "sahib"),
            t("name, serial number", "ad, seriya nömrəsi"),
            t("note", "qeyd"),
        ),
        (
            (_days(each.until, now), f"{each.until:%Y-%m-%d}", each.kind, each.holder, each.name, each.note)
            for each in lines
        ),
    )


def _days(until: datetime, now: datetime) -> str:
    from handlers.parties.expiry import days_left

    return t("over", "bitib") if until <= now else str(days_left(until, now))


def _of_parties(context: typer.Context) -> Iterator[_Line]:
    from gateway.cli.composition import open_store
    from handlers.parties.expiry import held_certificates
    from handlers.parties.model import PartyKind
    from handlers.parties.queries import load_directory

    kinds = {
        PartyKind.SYSTEM: t("system", "sistem"),
        PartyKind.REPRESENTATIVE: t("representative", "nümayəndə"),
    }
    with open_store(session_of(context)) as store, store.reading() as connection:
        directory = load_directory(connection)
    for held in held_certificates(directory):
        yield _Line(
            kinds[held.kind],
            f"{held.agency} {held.holder}",
            f"{held.certificate.subject} {held.certificate.serial}",
            held.until,
            t("replaced", "əvəz edilib") if held.replaced else "",
        )


def _own(context: typer.Context) -> Iterator[_Line]:
    from gateway.security.ends import EndKind, own_ends

    kinds = {
        EndKind.GATEWAY: t("gateway", "şlüz"),
        EndKind.ROOT: t("root", "kök"),
        EndKind.INTERMEDIATE: t("intermediate", "aralıq"),
        EndKind.CRL: t("revocation list", "ləğv siyahısı"),
    }
    home = session_of(context).home
    try:
        for end in own_ends(home.key_file, home.path / "trust", home.revocation_cache):
            yield _Line(kinds[end.kind], "", f"{end.name} {end.serial}".strip(), end.until)
    except ValueError as error:
        raise CommandError(t(f"Not to be read: {error}", f"Oxunmur: {error}")) from error
