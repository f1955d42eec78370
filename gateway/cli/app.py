"""The command `gateway`: its introduction, global options and the groups of its commands."""

from __future__ import annotations

import os
import traceback
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from gateway.cli.failures import CommandError, is_known, told
from gateway.cli.language import LANGUAGES, speak, t
from gateway.cli.session import Session
from gateway.cli.terminal import note, say

INTRODUCTION: Final = t(
    """Signed SOAP services in front of the state registers: what an agency is given a receipt for has one effect, once.

    [bold]To try it out[/bold] on one machine, without any server installed:

    [cyan]gateway demo[/cyan]  plays a whole round trip, from a signed registration to the notices it leads to.

    [cyan]gateway init --dev && gateway up[/cyan]  makes sample agencies with their keys and serves the gateway.

    [cyan]gateway call bus ListServices --as MOJ[/cyan]  calls it, in another terminal.
    """,
    """Dövlət reyestrlərinin imzalı SOAP xidmətləri: qəbz verilmiş hər sorğunun nəticəsi bir dəfə yaranır.

    [bold]Sınamaq üçün[/bold] (bir kompüterdə, heç bir server quraşdırmadan):

    [cyan]gateway demo[/cyan]  imzalı qeydiyyat müraciətindən bildirişlərə qədər bütün yolu göstərir.

    [cyan]gateway init --dev && gateway up[/cyan]  nümunə qurumları açarları ilə yaradır və şlüzü işə salır.

    [cyan]gateway call bus ListServices --as MOJ[/cyan]  başqa terminaldan ona müraciət edir.
    """,
)

EXAMPLES: Final = t(
    "Settings are GATEWAY_* variables or lines of gateway.toml in the home; [cyan]gateway settings[/cyan] lists them. "
    "Bu mətnlər Azərbaycan dilində: GATEWAY_LANGUAGE=az.",
    "Parametrlər GATEWAY_* dəyişənləri və ya qovluqdakı gateway.toml sətirləridir; siyahısı: "
    "[cyan]gateway settings[/cyan]. These texts in English: GATEWAY_LANGUAGE=en.",
)

RUN: Final = t("Run the gateway", "Şlüzün işə salınması")
CALL: Final = t("Call and verify", "Müraciət və yoxlama")
ENROL: Final = t("Enrol who may call", "Müraciət edənlərin qeydiyyatı")
KEEP: Final = t("Keep the registers", "Reyestrlərin aparılması")
LOOK: Final = t("Look inside", "Vəziyyətə baxış")


class GuardedGroup(TyperGroup):
    """Tells what went wrong in a line or two and ends with exit code 1 (2: wrong usage)."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; failures that are known become words."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not is_known(error):
                raise
            report(error, debug=isinstance(ctx.obj, Session) and ctx.obj.debug)
            raise typer.Exit(error.exit_code if isinstance(error, CommandError) else 1) from error


def report(error: Exception, *, debug: bool) -> None:
    """Say what went wrong on standard error."""
    if debug:
        note("".join(traceback.format_exception(error)).rstrip())
    note(f"{t('Error', 'Xəta')}: {told(error)}", style="bold red")


app: Final = typer.Typer(
    name="gateway",
    cls=GuardedGroup,
    help=INTRODUCTION,
    epilog=EXAMPLES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def own_version() -> str:
    """Version of this program, as it was installed."""
    try:
        return version_of("state-register-gateway")
    except PackageNotFoundError:
        return t("run from its sources, not installed", "mənbə kodundan işləyir, quraşdırılmayıb")


def _print_version(value: bool) -> None:
    if value:
        say(own_version())
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        str | None,
        typer.Option(
            help=t(
                "Home folder of the installation; overrides GATEWAY_HOME.",
                "Quraşdırmanın qovluğu; GATEWAY_HOME əvəzinə.",
            ),
            metavar="DIR",
        ),
    ] = None,
    debug: Annotated[
        bool,
        typer.Option("--debug", help=t("Show where an error came from.", "Xətanın haradan gəldiyini göstər.")),
    ] = False,
    version: Annotated[  # noqa: ARG001 - acts while it is parsed
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help=t("Show the version.", "Versiya.")),
    ] = False,
) -> None:
    """Keep the global options for the command."""
    # Help was fixed at import; what is said of a setting that cannot be used comes before the settings are known.
    language = os.environ.get("GATEWAY_LANGUAGE", "").strip().lower()
    if language in LANGUAGES:
        speak(language)
    context.obj = Session(home_option=home, debug=debug)
