"""Whose key signs: the calling system's, and the representative's; by default the sample ones of the home."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from gateway.cli.failures import CommandError, UsageError
from gateway.cli.language import t
from gateway.cli.session import Session
from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE, SamplePerson
from gateway.home import Home
from gateway.security.certificates import X509Certificate, former_gateways, read_identity, trust_in, validity_of
from gateway.security.model import CertificateIdentity, UsernameCredentials
from gateway.security.sign import SigningKey
from gateway.security.trust import TrustStore


def require_gateway_key(home: Home, now: datetime) -> None:
    """Raise `CommandError` unless the gateway can sign with its key: whole, strong, its certificate for it and valid.

    A signature made with anything else is one that no caller accepts.
    """
    what_to_do = t(
        "Put it back from a backup. If it is lost or expired, move it away: `gateway init` then makes a new one, whose "
        "root (keys/gateway-root.pem) the callers need.",
        "Onu ehtiyat nüsxədən bərpa edin. İtibsə və ya vaxtı keçibsə, faylı kənara qoyun: `gateway init` yenisini "
        "yaradacaq, onun kök sertifikatı (keys/gateway-root.pem) müraciət edənlərə verilməlidir.",
    )
    judge_key(home.key_file, now, what_to_do)


def judge_key(path: Path, now: datetime, what_to_do: str = "") -> None:
    """Raise `CommandError` unless the PEM file holds a key to sign with: whole, strong, its certificate valid now."""
    try:
        key = read_key(path)
    except CommandError as error:
        raise CommandError(f"{error} {what_to_do}".rstrip()) from error
    begins, ends = validity_of(key.certificate)
    if now < begins:
        raise CommandError(
            t(
                f"The certificate in {path} is not valid before {begins:%Y-%m-%d %H:%M} UTC: look at the clock.",
                f"{path} faylındakı sertifikat {begins:%Y-%m-%d %H:%M} UTC-dən əvvəl qüvvədə deyil: saatı yoxlayın.",
            )
        )
    if now > ends:
        expired = t(
            f"The certificate in {path} expired on {ends:%Y-%m-%d}.",
            f"{path} faylındakı sertifikatın vaxtı {ends:%Y-%m-%d} tarixində bitib.",
        )
        raise CommandError(f"{expired} {what_to_do}".rstrip())


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
    except (ValueError, TypeError) as error:
        raise CommandError(
            t(
                f"{path} cannot be used: it must hold a private key (not encrypted; RSA of 2048 bits or more, P-256 or "
                "P-384) and the certificate that was made for it.",
                f"{path} yararsızdır: faylda şifrələnməmiş şəxsi açar (ən azı 2048 bitlik RSA, P-256 və ya P-384) və "
                "məhz onun sertifikatı olmalıdır.",
            )
        ) from error


def certificate_identity(path: Path) -> CertificateIdentity:
    """Identity of the certificate in a PEM file; raises `CommandError` when it cannot be used."""
    try:
        return read_identity(path.read_bytes())
    except ValueError as error:
        raise CommandError(
            t(
                f"{path} holds no certificate that can be enrolled: it must be X.509 in PEM, its key RSA of 2048 bits "
                "or more, P-256 or P-384.",
                f"{path} faylında qeydiyyata alına bilən sertifikat yoxdur: PEM formasında X.509, açarı ən azı 2048 "
                "bitlik RSA, P-256 və ya P-384 olmalıdır.",
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
        raise UsageError(_which(name, codes))
    return read_key(home.system_key((exact or found)[0]))


def _which(name: str | None, codes: list[str]) -> str:
    there_are = ", ".join(codes)
    if name is None:
        return t(
            f"Say who calls with --as: one of {there_are}.",
            f"Kimin müraciət etdiyini --as ilə göstərin: {there_are}.",
        )
    if any(code.lower().startswith(name.lower()) for code in codes):
        return t(
            f"More than one sample key begins with {name}: there are {there_are}.",
            f"{name} ilə birdən çox nümunə açar başlayır: {there_are}.",
        )
    return t(
        f"There is no sample key of {name}: there are {there_are}. Another system's key is given with --key PEM.",
        f"{name} adlı nümunə açar yoxdur, olanlar: {there_are}. Başqa sistemin açarını --key PEM ilə verin.",
    )


def gateway_trust(home: Home) -> TrustStore:
    """What an answer's certificate must lead to: the home's trusted roots and those of the home's own gateway.

    Its former ones are among them: what was signed before the key was replaced still holds.
    """
    roots = sorted(home.roots.glob("*.pem"))
    if home.gateway_root.is_file():
        roots.append(home.gateway_root)
    if not roots:
        raise CommandError(
            t(
                f"Nothing to verify with: {home.roots} holds no certificate. Put the gateway's root there.",
                f"Yoxlamaq mümkün deyil: {home.roots} qovluğunda sertifikat yoxdur. Şlüzün kök sertifikatını qoyun.",
            )
        )
    return _trust(roots, home, _former(home)[1])


def former_fingerprints(home: Home) -> frozenset[str]:
    """Fingerprints of the certificates this home's gateway signed with before its key was replaced."""
    return _former(home)[0]


def _former(home: Home) -> tuple[frozenset[str], list[X509Certificate]]:
    try:
        return former_gateways(sorted(home.former_certificates.glob("*.pem")))
    except ValueError as error:
        raise CommandError(
            t(
                f"A file in {home.former_certificates} is no certificate in PEM. Replace it, or take it away.",
                f"{home.former_certificates} qovluğundakı fayllardan biri PEM formasında sertifikat deyil. Onu əvəz "
                "edin və ya götürün.",
            )
        ) from error


def require_callers_trust(home: Home) -> None:
    """Raise `CommandError` unless there is a root for callers' certificates to lead to, and every file can be read."""
    roots = sorted(home.roots.glob("*.pem"))
    if not roots:
        raise CommandError(
            t(
                f"No caller can be trusted yet: put the authorities' certificates into {home.roots}.",
                f"Hələ heç kimə etibar edilə bilməz: sertifikat mərkəzlərinin sertifikatlarını {home.roots} qovluğuna "
                "qoyun.",
            )
        )
    _trust(roots, home)


def _trust(roots: list[Path], home: Home, former: Iterable[X509Certificate] = ()) -> TrustStore:
    intermediates = sorted(home.intermediates.glob("*.pem"))
    for path in (*roots, *intermediates):
        try:
            trust_in([path])
        except ValueError as error:
            raise CommandError(
                t(
                    f"{path} is no certificate in PEM. Replace it, or take it away.",
                    f"{path} PEM formasında sertifikat deyil. Onu əvəz edin və ya götürün.",
                )
            ) from error
    return trust_in(roots, intermediates, former)


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
