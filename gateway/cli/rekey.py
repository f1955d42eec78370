"""`gateway replace-key`: a new signing key for the gateway, while what was signed with the old one still holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import session_of
from gateway.cli.terminal import say

HELP_EN = "Sign with a new key from now on; receipts under the old certificate are still known. Restart the processes."
HELP_AZ = "Bundan sonra yeni açarla imzala; köhnə sertifikatla verilmiş qəbzlər tanınır. Prosesləri yenidən işə salın."


def replace_key(
    context: typer.Context,
    new: Annotated[Path, typer.Argument(metavar="KEY.pem", exists=True, dir_okay=False)],
    root: Annotated[
        Path | None,
        typer.Option(
            "--root",
            metavar="ROOT.pem",
            exists=True,
            dir_okay=False,
            help=t(
                "Root of the new certificate, unless the callers have it already.",
                "Yeni sertifikatın kökü (müraciət edənlərdə hələ yoxdursa).",
            ),
        ),
    ] = None,
) -> None:
    """Put a new signing key in place; the old certificate goes among the former ones."""
    from gateway.cli.keys import gateway_trust, judge_key, read_key
    from gateway.home import write_secret
    from gateway.security.certificates import pem_of, trust_in
    from gateway.security.errors import UntrustedCertificateError

    home, now = session_of(context).home, datetime.now(UTC)
    home.require()
    judge_key(new, now)
    old, fresh = read_key(home.key_file).certificate, read_key(new).certificate
    if old.fingerprint == fresh.fingerprint:
        raise CommandError(t(f"{new} is the key in use already.", f"{new} elə istifadədə olan açardır."))
    try:
        (trust_in([root]) if root else gateway_trust(home)).trusted(fresh.der, now)
    except (UntrustedCertificateError, ValueError) as error:
        raise CommandError(
            t(
                f"The certificate in {new} does not lead to the root that callers have: give its own with --root "
                f"({error}).",
                f"{new} faylındakı sertifikat müraciət edənlərdə olan kökə aparmır: onun kökünü --root ilə verin "
                f"({error}).",
            )
        ) from error
    kept = home.former_certificates / f"{old.fingerprint[:16]}.pem"
    write_secret(kept, pem_of(old) + (home.gateway_root.read_bytes() if home.gateway_root.is_file() else b""))
    replaced = home.key_file.with_suffix(".replaced")
    write_secret(replaced, home.key_file.read_bytes())
    if root is not None:
        write_secret(home.gateway_root, root.read_bytes())
    coming = home.key_file.with_suffix(".new")
    write_secret(coming, new.read_bytes())
    coming.replace(home.key_file)
    say(
        t(
            f"{home.key_file} is the new key. Give its certificate to the callers, restart the processes one by one, "
            f"then delete {replaced}. The old certificate stays known: {kept}.",
            f"{home.key_file} yeni açardır. Sertifikatını müraciət edənlərə verin, prosesləri bir-bir yenidən işə "
            f"salın, sonra {replaced} faylını silin. Köhnə sertifikat tanınmaqda qalır: {kept}.",
        )
    )
