"""The certification authority for trying things out."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from gateway.security.certificates import read_identity
from gateway.security.dev_pki import KEY_KINDS, Authority, write_trust
from gateway.security.sign import SigningKey, sign_envelope
from gateway.security.trust import TrustStore
from tests.unit.gateway.security.material import NOW, accept


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_what_it_issues_signs_messages_that_its_trust_folder_accepts(kind: str, tmp_path: Path) -> None:
    root = Authority.root(NOW)
    issuing = root.authority(NOW)
    write_trust(tmp_path / "trust", root, issuing)
    issuing.issue("System", NOW, kind=kind).write(tmp_path / "systems", "system")
    key = SigningKey.from_files(tmp_path / "systems" / "system.key", tmp_path / "systems" / "system.pem")
    envelope = accept(sign_envelope(b"<a></a>", key=key, now=NOW), trust=TrustStore.from_folder(tmp_path / "trust"))
    assert envelope.signer.fingerprint == read_identity((tmp_path / "systems" / "system.pem").read_bytes()).fingerprint


def test_private_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    Authority.root(NOW).issue("System", NOW, kind="P-256").write(tmp_path / "keys", "system")
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_everything_it_makes_says_what_it_is_for() -> None:
    certificate = Authority.root(NOW).issue("System", NOW, kind="P-256").certificate
    assert "Development only" in certificate.subject.rfc4514_string()
    assert "Development" in certificate.issuer.rfc4514_string()
