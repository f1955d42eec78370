"""Whether a certificate that is to be enrolled is one whose signatures would be accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.cli.failures import CommandError
from gateway.cli.keys import require_callers_trust
from gateway.cli.language import t
from gateway.cli.session import Session
from gateway.home import Home
from gateway.security.certificates import validity_of
from gateway.security.errors import TEXTS, Indication, UntrustedCertificateError
from gateway.security.installation import NONE
from gateway.security.model import CertificateIdentity
from gateway.trusting import installed_trust


def require_trusted(session: Session, path: Path, identity: CertificateIdentity) -> None:
    """Raise `CommandError` unless the serving processes would trust the certificate, read from `path`, at this moment.

    Policies and purposes that the settings demand count. Revocation does not: a responder is asked about certificates
    only once they are enrolled. One that is not valid yet is judged as of its first moment: a successor is enrolled in
    time.
    """
    require_callers_trust(session.home)  # says which file is missing or none of a certificate
    trust = installed_trust(replace(session.settings, revocation=NONE)).store
    try:
        trust.trusted(identity.der, max(datetime.now(UTC), validity_of(identity)[0]))
    except UntrustedCertificateError as error:
        why = t(TEXTS[error.indication][1], TEXTS[error.indication][0])
        what_to_do = _what_to_do(session.home, error)
        raise CommandError(
            t(
                f"{path} is not trusted, so that nothing signed with it would be accepted: {why} ({error.reason}) "
                f"It was issued by {identity.issuer}; {what_to_do}, or enrol it all the same with --untrusted.",
                f"{path} etibarlı sayılmır, onunla imzalanan heç nə qəbul edilməz: {why} ({error.reason}) Onu "
                f"{identity.issuer} verib; {what_to_do} və ya --untrusted ilə yenə də qeydiyyata alın.",
            )
        ) from error


def _what_to_do(home: Home, error: UntrustedCertificateError) -> str:
    if error.reason.startswith(("CERT.EKU", "CERT.POLICY")):
        return t(
            "the settings signer_purposes and required_policies say what a certificate must be made for: get one that "
            "is",
            "sertifikatın nə üçün verilməli olduğunu signer_purposes və required_policies parametrləri deyir: ona "
            "uyğununu alın",
        )
    if error.indication is Indication.EXPIRED:
        return t("get one that is still valid", "hələ qüvvədə olanını alın")
    if error.indication is not Indication.NO_CERTIFICATE_CHAIN_FOUND:
        return t("get one that is made for signing", "imzalamaq üçün verilmiş olanını alın")
    return t(
        f"put that authority's root into {home.roots} first (what lies between, into {home.intermediates})",
        f"əvvəlcə həmin mərkəzin kök sertifikatını {home.roots} qovluğuna (aralıq sertifikatları "
        f"{home.intermediates} qovluğuna) qoyun",
    )
