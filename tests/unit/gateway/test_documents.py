"""The operator's rules for signed files, from settings and the trust folder."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.documents import document_rules
from gateway.home import Home, HomeError
from gateway.security.xades_rules import Level
from gateway.settings_sources import load
from tests.servers.tsa import StampPki


def rules(folder, **settings):
    environment = {
        "GATEWAY_HOME": str(folder),
        **{f"GATEWAY_{name.upper()}": value for name, value in settings.items()},
    }
    return document_rules(load(environment), Home(folder))


def test_nothing_is_demanded_unless_the_operator_says_so(tmp_path):
    found = rules(tmp_path)
    assert (found.level, found.authorities, found.policy) == (Level.B_B, None, None)


def test_b_t_needs_an_authority_and_says_where_to_put_it(tmp_path):
    with pytest.raises(HomeError) as caught:
        rules(tmp_path, xades_level="B-T")
    assert "trust/tsa" in str(caught.value)
    assert "trust/tsa" in caught.value.text_az
    folder = tmp_path / "trust" / "tsa"
    folder.mkdir(parents=True)
    (folder / "root.pem").write_bytes(StampPki.make(datetime.now(UTC)).root.issued.certificate_pem)
    found = rules(tmp_path, xades_level="B-T")
    assert found.level is Level.B_T
    assert found.authorities is not None


def test_a_file_that_is_no_certificate_is_told_before_anything_starts(tmp_path):
    folder = tmp_path / "trust" / "tsa"
    folder.mkdir(parents=True)
    (folder / "root.pem").write_bytes(b"nothing")
    with pytest.raises(HomeError):
        rules(tmp_path)


def test_a_policy_is_its_identifier_and_the_digest_of_its_document(tmp_path):
    policy = rules(tmp_path, signature_policy="1.2.3.4", signature_policy_digest="ab" * 48).policy
    assert policy is not None
    assert (policy.identifier, policy.digest) == ("1.2.3.4", bytes([0xAB]) * 48)
    assert policy.digest_method.endswith("#sha384")
