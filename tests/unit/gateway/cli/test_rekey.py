"""`gateway replace-key`: new answers under the new key, old receipts still one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.cli.keys import read_key
from gateway.home import Home
from gateway.security.certificates import gateway_certificate
from gateway.security.dev_pki import Authority
from tests.unit.gateway.cli.test_verify import _receipt


def written(folder, now=None):
    """A new key of a root of its own, as an operator would bring it."""
    issued, root = gateway_certificate(now or datetime.now(UTC))
    (folder / "new.pem").write_bytes(issued.key_pem + issued.certificate_pem)
    (folder / "root.pem").write_bytes(root)
    return str(folder / "new.pem"), str(folder / "root.pem")


def test_receipts_under_the_former_certificate_are_still_the_gateways(sample_home, run, tmp_path):
    home = Home(sample_home)
    old = read_key(home.key_file)
    receipt = _receipt(tmp_path, old, old)
    new, root = written(tmp_path)
    result = run("replace-key", new, "--root", root)
    assert result.exit_code == 0, result.output
    assert read_key(home.key_file).certificate.fingerprint == read_key(tmp_path / "new.pem").certificate.fingerprint
    assert home.key_file.stat().st_mode & 0o077 == 0
    assert run("verify", receipt).exit_code == 0
    newer = read_key(home.key_file)
    (tmp_path / "second").mkdir()
    assert run("verify", _receipt(tmp_path / "second", newer, newer)).exit_code == 0
    (former,) = home.former_certificates.glob("*.pem")
    assert b"PRIVATE KEY" not in former.read_bytes()
    former.unlink()
    result = run("verify", receipt)
    assert result.exit_code == 1
    assert "RECEIPT.GATEWAY.UNKNOWN" in result.stdout


def test_a_key_may_be_replaced_again_and_again(sample_home, run, tmp_path):
    home = Home(sample_home)
    receipts = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        key = read_key(home.key_file)
        receipts.append(_receipt(folder, key, key))
        new, root = written(folder)
        assert run("replace-key", new, "--root", root).exit_code == 0
    assert run("verify", *receipts).exit_code == 0
    assert len(list(home.former_certificates.glob("*.pem"))) == 3


def test_a_key_that_cannot_sign_or_be_verified_is_not_put_in_place(sample_home, run, tmp_path):
    home = Home(sample_home)
    before = home.key_file.read_bytes()
    new, root = written(tmp_path)
    expired = Authority.root(datetime.now(UTC)).issue("Gateway", datetime.now(UTC) - timedelta(days=20), days=10)
    (tmp_path / "expired.pem").write_bytes(expired.key_pem + expired.certificate_pem)
    (tmp_path / "other.pem").write_bytes(Authority.root(datetime.now(UTC)).issued.certificate_pem)
    for arguments, says in (
        ((new,), "--root"),
        ((new, "--root", str(tmp_path / "other.pem")), "--root"),
        ((root,), "private key"),
        ((str(tmp_path / "expired.pem"),), "expired on"),
        ((str(home.key_file),), "already"),
    ):
        result = run("replace-key", *arguments)
        assert result.exit_code == 1
        assert says in result.stderr
        assert "Unexpected" not in result.stderr
    assert home.key_file.read_bytes() == before
    assert not home.former_certificates.exists()
