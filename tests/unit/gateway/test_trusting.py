"""Health and figures tell of each issuer what is known of its certificates; nothing of addresses goes out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.health import Health
from gateway.home import HomeError
from gateway.metrics import Metrics
from gateway.security.dev_pki import Authority, write_trust
from gateway.security.installation import IssuerState
from gateway.settings_sources import load
from gateway.trusting import installed_trust, rules_of
from handlers.parties.directory import Directory
from handlers.parties.model import Certificate, Representative, Standing, System
from handlers.store.engine import open_store
from handlers.store.ports import StoreUnavailableError
from queues.brokers import open_broker
from tests.servers.revocation import Responder, serving

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
FRESH = IssuerState("CN=A", "fresh", UNTIL)
DOUBT = IssuerState("CN=B", "in doubt", failures=(("http://pki.example/b.crl", "too slow"),))


@pytest.fixture
def report(tmp_path):
    store, broker = open_store(f"sqlite:///{tmp_path}/store.db"), open_broker(f"sqlite:///{tmp_path}/broker.db")
    yield lambda *issuers: Health(store, broker, lambda: 0.0, lambda: True, issuers=lambda: issuers).report()
    broker.close()
    store.close()


def test_health_is_red_while_certificates_of_an_issuer_are_refused_for_want_of_knowledge(report):
    assert report(FRESH)["parts"]["revocation"] == "ok"
    told = report(FRESH, DOUBT)
    assert (told["status"], told["parts"]["revocation"]) == ("degraded", "stale")
    assert told["revocation"] == [
        {"issuer": "CN=A", "state": "fresh", "until": "2026-03-01T00:00:00Z"},
        {"issuer": "CN=B", "state": "in doubt", "causes": ["too slow"]},
    ]
    assert "pki.example" not in str(told)


def test_the_figures_tell_when_knowledge_of_an_issuer_ends():
    metrics = Metrics()
    known = [("CN=A", UNTIL, False), ("CN=A", UNTIL.replace(year=2027), True), ("CN=B", None, True)]
    metrics.watch_revocation(lambda: known)
    shown = metrics.exposition().decode()
    ends = next(line for line in shown.splitlines() if line.startswith("gateway_revocation_next_update_seconds{"))
    assert ends.startswith('gateway_revocation_next_update_seconds{issuer="CN=A"} ')
    assert float(ends.rpartition(" ")[2]) == UNTIL.timestamp()
    assert 'gateway_revocation_in_doubt{issuer="CN=A"} 1.0' in shown
    assert 'gateway_revocation_in_doubt{issuer="CN=B"} 1.0' in shown
    assert shown.count('gateway_revocation_in_doubt{issuer="CN=A"}') == 1, "two keys of one name are one line"


def test_every_enrolled_certificate_that_counts_is_asked_about(tmp_path):
    now = datetime.now(UTC)
    root = Authority.root(now)
    write_trust(tmp_path / "trust", root)
    issuer = root.issued.certificate.subject.rfc4514_string()

    def certificate(serial, **more):
        return Certificate(fingerprint=f"{serial:064}", issuer=issuer, serial=str(serial), **more)

    def system(code, *certificates, **more):
        return code, System(code=code, agency="MIA", name=code, certificates=certificates, **more)

    person = Representative(
        fin="1ABCDE2", agency="MIA", identity_card="AA1234567", surname="M", name="L", valid_from=now.date(),
        valid_to=now.date(), certificates=(certificate(4), Certificate(fingerprint="0" * 64)),
    )  # fmt: skip
    enrolled = Directory(
        version=1,
        agencies={},
        systems=dict(
            [
                system("A", certificate(1), certificate(2), certificate(9, withdrawn_at=now)),
                system("B", certificate(3)),
                system("C", certificate(8), standing=Standing.SUSPENDED),
            ]
        ),
        representatives={person.fin: person},
    )
    with serving() as site:
        site.pages["/ocsp"] = responder = Responder(root)
        settings = {
            "GATEWAY_HOME": str(tmp_path),
            "GATEWAY_OCSP_SOURCES": f"development-root-ca={site.url}/ocsp",
        }
        installed_trust(load(settings), directory=lambda: enrolled).refresher.round()
    assert sorted(responder.asked) == [1, 2, 3, 4]


def test_while_nobody_can_be_read_nobody_is_asked_about(tmp_path):
    write_trust(tmp_path / "trust", Authority.root(datetime.now(UTC)))

    def away():
        raise StoreUnavailableError("away")

    with serving() as site:
        environ = {"GATEWAY_HOME": str(tmp_path), "GATEWAY_OCSP_SOURCES": f"development-root-ca={site.url}/"}
        installed_trust(load(environ), directory=away).refresher.round()
    assert not site.hits


def test_the_settings_become_rules_and_a_trust_folder_that_cannot_be_used_is_told(tmp_path):
    environ = {"GATEWAY_HOME": str(tmp_path), "GATEWAY_REVOCATION": "required", "GATEWAY_OCSP_NONCE": "yes"}
    rules = rules_of(load(environ | {"GATEWAY_OCSP_ASKS": "enrolled", "GATEWAY_SIGNER_PURPOSES": "clientAuth none"}))
    assert (rules.revocation, rules.nonce, rules.ask_seen) == ("required", True, False)
    assert rules.purposes == ("clientAuth", "none")
    with pytest.raises(HomeError, match="No root certificate"):
        installed_trust(load(environ))
    now = datetime.now(UTC)
    write_trust(tmp_path / "trust", Authority.root(now))
    (tmp_path / "trust" / "crls").mkdir()
    (tmp_path / "trust" / "crls" / "odd.pem").write_bytes(b"odd")
    with pytest.raises(HomeError, match="holds no revocation list"):
        installed_trust(load(environ))
