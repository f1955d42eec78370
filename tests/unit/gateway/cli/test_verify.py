"""`gateway verify` on receipts: only a known gateway's count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.cli.keys import read_key
from gateway.contract.answers import ReceiptDocument
from gateway.contract.files import encode_receipt
from gateway.home import Home
from gateway.security.seal import seal


def _receipt(folder, key, gateway):
    document = ReceiptDocument(
        tracking_id="0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b-0123456789",
        request_id="0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c",
        agency="MOJ",
        system="MOJ-REGISTERS",
        operation="registration.SubmitRegistration",
        digest="a" * 64,
        received_at=datetime.now(UTC) + timedelta(seconds=1),
        gateway=gateway.certificate.subject,
    )
    path = folder / "receipt.xml"
    path.write_bytes(seal(encode_receipt(document), key))
    return str(path)


def _certificate_only(path, to):
    pem = path.read_text(encoding="ascii")
    to.write_text(pem[pem.index("-----BEGIN CERTIFICATE") :], encoding="ascii")
    return to


def test_a_receipt_of_the_homes_own_gateway_is_valid(sample_home, run, tmp_path):
    home = Home(sample_home)
    key = read_key(home.key_file)
    result = run("verify", _receipt(tmp_path, key, key))
    assert result.exit_code == 0, result.output
    assert "VALID: sealed document receipt" in result.stdout
    assert "a known gateway" in result.stdout
    assert "SubmitRegistration" in result.stdout


def test_a_receipt_sealed_by_an_agency_is_not_valid(sample_home, run, tmp_path):
    home = Home(sample_home)
    gateway, agency = read_key(home.key_file), read_key(home.system_key("MOJ-REGISTERS"))
    result = run("verify", _receipt(tmp_path, agency, gateway))
    assert result.exit_code == 1
    assert "NOT VALID: sealed document receipt, RECEIPT.GATEWAY.UNKNOWN" in result.stdout
    assert "no known gateway" in result.stdout


def test_elsewhere_the_certificate_of_the_gateway_is_enough(sample_home, run, tmp_path):
    home = Home(sample_home)
    key = read_key(home.key_file)
    receipt = _receipt(tmp_path, key, key)
    certificate = _certificate_only(home.key_file, tmp_path / "certificate.pem")
    home.key_file.unlink()
    result = run("verify", receipt)
    assert result.exit_code == 1
    assert "No gateway is known here" in result.stdout
    assert run("verify", receipt, "--gateway", str(certificate)).exit_code == 0
    other = _certificate_only(home.system_key("MOJ-REGISTERS"), tmp_path / "other.pem")
    assert run("verify", receipt, "--gateway", str(other)).exit_code == 1
    assert run("verify", receipt, "--gateway", str(other), "--gateway", str(certificate)).exit_code == 0
    (tmp_path / "empty.pem").write_text("no certificate", encoding="ascii")
    assert run("verify", receipt, "--gateway", str(tmp_path / "empty.pem")).exit_code not in (0, None)


def test_the_homes_certificate_may_stand_without_its_key(sample_home, run, tmp_path):
    home = Home(sample_home)
    key = read_key(home.key_file)
    receipt = _receipt(tmp_path, key, key)
    _certificate_only(home.key_file, home.key_file)
    assert run("verify", receipt).exit_code == 0
