"""`gateway trust`: what this installation would say of a certificate, and what it knows of revocation."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from gateway.home import Home
from gateway.security.dev_pki import Authority
from tests.servers.revocation import revocation_list, serving


@pytest.fixture
def authority(sample_home):
    """An authority of whose keys the test disposes, among the roots of the home."""
    made = Authority.root(datetime.now(UTC) - timedelta(days=1), common_name="National CA")
    (Home(sample_home).roots / "national.pem").write_bytes(made.issued.certificate_pem)
    return made


def pem_of(folder, issued):
    path = folder / "certificate.pem"
    path.write_bytes(issued.certificate_pem)
    return str(path)


@pytest.mark.parametrize("command", [("trust",), ("trust", "list")])
def test_the_authorities_are_listed_with_what_is_known_of_them(authority, run, command):
    result = run(*command)
    assert result.exit_code == 0, result.output
    assert "CN=National CA" in result.stdout
    assert "not asked" in result.stdout
    assert "listed" in result.stdout


def test_a_refresh_tells_of_every_source_what_came_of_it(authority, run, monkeypatch, sample_home):
    with serving() as site:
        monkeypatch.setenv("GATEWAY_CRL_SOURCES", f"national={site.url}/ca.crl")
        result = run("trust", "refresh")
        assert result.exit_code == 1
        assert "status 404" in result.stdout
        assert "in doubt" in result.stdout
        site.pages["/ca.crl"] = revocation_list(authority)
        result = run("trust", "refresh")
    assert result.exit_code == 0, result.output
    assert "fetched" in result.stdout
    assert "fresh, until" in result.stdout
    assert "fresh, until" in run("trust").stdout, "what was fetched is kept"


def test_a_refresh_without_sources_says_what_to_set(sample_home, run):
    result = run("trust", "refresh")
    assert result.exit_code == 1
    assert "crl_sources" in result.stderr


def test_a_check_says_what_would_become_of_a_signature(authority, run, tmp_path, monkeypatch, sample_home):
    signer = authority.issue("System", datetime.now(UTC), kind="P-256")
    result = run("trust", "check", pem_of(tmp_path, signer))
    assert result.exit_code == 0, result.output
    assert "ACCEPTED" in result.stdout
    assert "CN=National CA" in result.stdout
    crls = sample_home / "trust" / "crls"
    crls.mkdir()
    (crls / "national.crl").write_bytes(revocation_list(authority, signer))
    result = run("trust", "check", pem_of(tmp_path, signer))
    assert result.exit_code == 1
    assert "REFUSED: REVOKED (CERT.REVOKED)" in result.stdout
    shutil.rmtree(crls)
    stranger = Authority.root(datetime.now(UTC) - timedelta(days=1)).issue("System", datetime.now(UTC), kind="P-256")
    assert "CERT.NO_CHAIN" in run("trust", "check", pem_of(tmp_path, stranger)).stdout
    monkeypatch.setenv("GATEWAY_REVOCATION", "required")
    assert "CERT.CRL.STALE" in run("trust", "check", pem_of(tmp_path, signer)).stdout
    monkeypatch.setenv("GATEWAY_REVOCATION", "none")
    monkeypatch.setenv("GATEWAY_SIGNER_PURPOSES", "clientAuth")
    assert "CERT.EKU" in run("trust", "check", pem_of(tmp_path, signer)).stdout
    monkeypatch.setenv("GATEWAY_SIGNER_PURPOSES", "")
    monkeypatch.setenv("GATEWAY_REQUIRED_POLICIES", "1.2.3.4")
    assert "CERT.POLICY" in run("trust", "check", pem_of(tmp_path, signer)).stdout


def test_a_source_of_nobody_known_is_named(sample_home, run, monkeypatch):
    monkeypatch.setenv("GATEWAY_OCSP_SOURCES", "nobody=http://pki.example/")
    result = run("trust")
    assert result.exit_code == 1
    assert "nobody=http://pki.example/" in result.stderr
    assert "Unexpected" not in result.stderr
