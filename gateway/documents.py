"""What the operator demands of signed files, from the settings and the trust folder of the home."""

from __future__ import annotations

from pathlib import Path

from gateway.home import Home, HomeError
from gateway.security.revocation import Revocation
from gateway.security.stamps import StampAuthorities
from gateway.security.xades_rules import DocumentRules, Level, SignaturePolicy
from gateway.settings import Settings


def document_rules(settings: Settings, home: Home, revocation: Revocation | None = None) -> DocumentRules:
    """The rules of this installation; raises `HomeError` when `trust/tsa` does not hold what the settings need."""
    folder = home.stamp_authorities
    authorities = stamp_authorities(folder, revocation)
    level = Level(settings.xades_level)
    if level is Level.B_T and authorities is None:
        raise HomeError(
            f"xades_level is B-T, but {folder} holds no certificate of a time-stamping authority. Put its root there.",
            f"xades_level B-T-dir, amma {folder} qovluğunda vaxt möhürü xidmətinin sertifikatı yoxdur. Kök "
            "sertifikatını qoyun.",
        )
    return DocumentRules(level, authorities, required_policy(settings))


def required_policy(settings: Settings) -> SignaturePolicy | None:
    """The signature policy that signatories must state; None: none."""
    if not settings.signature_policy:
        return None
    return SignaturePolicy(settings.signature_policy, bytes.fromhex(settings.signature_policy_digest))


def stamp_authorities(folder: Path, revocation: Revocation | None = None) -> StampAuthorities | None:
    """The time-stamping authorities in `folder`, if there are any; raises `HomeError` for a file that is none."""
    try:
        return StampAuthorities.from_folder(folder, revocation=revocation)
    except ValueError as error:
        raise HomeError(
            f"{folder} holds a file that is no certificate in PEM, or no root. Replace it, or take it away.",
            f"{folder} qovluğunda PEM sertifikatı olmayan fayl var və ya kök sertifikat yoxdur. Onu əvəz edin.",
        ) from error
