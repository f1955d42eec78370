"""Whose key signs: the calling system's, and the representative's; by default the sample ones of the home."""

from __future__ import annotations

import sys
from pathlib import Path

from gateway.cli.failures import CommandError, UsageError
from gateway.cli.language import t
from gateway.cli.session import Session
from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE, SamplePerson
from gateway.home import Home
from gateway.security.certificates import read_identity, trust_in
from gateway.security.model import CertificateIdentity, UsernameCredentials
from gateway.security.sign import SigningKey
from gateway.security.trust import TrustStore


def read_key(path: Path) -> SigningKey:
    """Key and certificate of one PEM file; raises `CommandError` when they cannot be used."""
    try:
        content = path.read_bytes()
        return SigningKey.from_pem(content, content)
    except FileNotFoundError as error:
        raise CommandError(
            t(
                f"{path} is not there. `gateway init --dev` makes sample keys.",
                f"{path} yoxdur. `gateway init --dev` nümunə açarlar yaradır.",
            )
        ) from error
    except ValueError as error:
        raise CommandError(
            t(
                f"{path} must hold a private key (not encrypted) and its certificate: {error}.",
                f"{path} faylında şifrələnməmiş şəxsi açar və onun sertifikatı olmalıdır: {error}.",
            )
        ) from error


def certificate_identity(path: Path) -> CertificateIdentity:
    """Identity of the certificate in a PEM file; raises `CommandError` when it cannot be used."""
    try:
        return read_identity(path.read_bytes())
    except ValueError as error:
        raise CommandError(
            t(
                f"{path} holds no certificate that can be enrolled: {error}.",
                f"{path} faylında qeydiyyata alına bilən sertifikat yoxdur: {error}.",
            )
        ) from error


def system_key(home: Home, name: str | None) -> SigningKey:
    """Key of the sample system whose code begins with `name`; raises `UsageError` unless exactly one does."""
    codes = sorted(path.stem for path in (home.dev / "systems").glob("*.pem"))
    found = [code for code in codes if code.lower().startswith((name or "").lower())]
    exact = [code for code in codes if name is not None and code.lower() == name.lower()]
    if len(exact or found) != 1:
        if not codes:
            raise CommandError(
                t(
                    f"{home.path} has no sample systems. Run `gateway init --dev`, or give --key PEM.",
                    f"{home.path} qovluğunda nümunə sistem yoxdur. `gateway init --dev` icra edin və ya --key verin.",
                )
            )
        raise UsageError(
            t(
                f"Say who calls with --as: one of {', '.join(codes)}.",
                f"Kimin müraciət etdiyini --as ilə göstərin: {', '.join(codes)}.",
            )
        )
    return read_key(home.system_key((exact or found)[0]))


def gateway_trust(home: Home) -> TrustStore:
    """What an answer's certificate must lead to: the home's trusted roots and the root of the home's own gateway."""
    roots = sorted(home.roots.glob("*.pem"))
    own = home.path / "keys" / "gateway-root.pem"
    if own.is_file():
        roots.append(own)
    if not roots:
        raise CommandError(
            t(
                f"Nothing to verify with: {home.roots} holds no certificate. Put the gateway's root there.",
                f"Yoxlamaq mümkün deyil: {home.roots} qovluğunda sertifikat yoxdur. Şlüzün kök sertifikatını qoyun.",
            )
        )
    return trust_in(roots, sorted(home.intermediates.glob("*.pem")))


def gateway_fingerprint(home: Home) -> str | None:
    """Fingerprint of the home's own gateway, where its key file is."""
    return read_key(home.key_file).certificate.fingerprint if home.key_file.is_file() else None


def sample_person(fin: str) -> SamplePerson | None:
    """The sample representative with this FIN or login."""
    return next((each for each in PEOPLE if fin in (each.fin, each.login)), None)


def credentials(session: Session, person: str | None, login: str | None, password: str | None) -> UsernameCredentials:
    """Login and password to confirm with: as given, or a sample person's own; raises `UsageError` when unknown."""
    sample = sample_person(login or person or "")
    if password is None and sample is not None:
        known = login_of(session.home, sample)
        return UsernameCredentials(known.login, known.password)
    if login is None:
        raise UsageError(
            t(
                "An application sent as structure is confirmed by a person: give --person FIN of a sample person, "
                "or --login and --password.",
                "Struktur kimi göndərilən müraciəti şəxs təsdiqləyir: nümunə şəxsin --person FIN-ini və ya --login və "
                "--password verin.",
            )
        )
    if password in (None, "-"):
        password = sys.stdin.readline().rstrip("\r\n")
    return UsernameCredentials(login, password or "")
