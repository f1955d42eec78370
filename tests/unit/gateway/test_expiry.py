"""The watch over what expires: notices for agencies, log lines and figures for the operator."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from structlog.testing import capture_logs

from gateway.expiry import ExpiryWatch, nearest_days
from gateway.metrics import Metrics
from gateway.security.dev_pki import Authority
from gateway.security.ends import End, EndKind, own_ends
from handlers.messages import NoticeDue
from handlers.notices.model import NoticeKind
from handlers.notices.queries import pull_notices
from handlers.parties.directory import Directory
from handlers.parties.model import Agency, Certificate, System
from handlers.store import directory
from handlers.store.engine import open_store
from handlers.store.schema import migrate

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
GATEWAY = End(EndKind.GATEWAY, "CN=Gateway", "1", NOW + timedelta(days=31))
LIST = End(EndKind.CRL, "CN=CA", "", NOW + timedelta(days=3))


def system(days, name="a"):
    one = Certificate(fingerprint=name * 64, issuer="CN=CA", serial="7", valid_until=NOW + timedelta(days=days))
    return System(code="MIA-1", agency="MIA", name="one", certificates=(one,))


@pytest.fixture
def store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'r.db'}")
    migrate(store)
    with store.writing() as connection:
        directory.add_agency(connection, Agency(code="MIA", name_az="DİN", name_en="MIA", tax_id="1"))
        directory.add_system(connection, system(20))
    yield store
    store.close()


def test_each_is_told_once_for_each_threshold_and_what_is_over_is_an_error(store):
    now = [NOW]
    watch = ExpiryWatch(store, lambda: [GATEWAY, LIST], lambda: now[0])
    told = []
    for day in range(35):
        now[0] = NOW + timedelta(days=day)
        with capture_logs() as logs:
            watch.look()
        told += [(day, log["event"], log["log_level"], log.get("kind"), log.get("days")) for log in logs]
    assert told == [
        (0, "certificate.expires", "warning", None, "30"),
        (0, "certificate.expires", "warning", "gateway", "60"),
        (1, "certificate.expires", "warning", "gateway", "30"),
        (3, "certificate.over", "error", "crl", None),
        (13, "certificate.expires", "warning", None, "7"),
        (24, "certificate.expires", "warning", "gateway", "7"),
        (31, "certificate.over", "error", "gateway", None),
    ]


def test_the_watch_goes_on_by_itself_also_after_a_failure(store):
    ends = iter([ValueError("unreadable")])

    def own():
        for error in ends:
            raise error
        return [GATEWAY]

    watch = ExpiryWatch(store, own, lambda: NOW, every=0.01)
    with capture_logs() as logs:
        watch.start()
        deadline = datetime.now(UTC) + timedelta(seconds=5)
        while not any(log.get("kind") == "gateway" for log in logs) and datetime.now(UTC) < deadline:
            time.sleep(0.01)
        assert watch.stop(5)
    assert [log["event"] for log in logs] == ["certificate.expires", "expiry.not-looked", "certificate.expires"]
    with store.reading() as connection:
        assert len(pull_notices(connection, "MIA", after=0, limit=10).notices) == 1


def test_the_nearest_end_of_each_kind_is_shown():
    known = Directory(1, {"MIA": Agency(code="MIA", name_az="DİN", name_en="MIA", tax_id="1")}, {"a": system(20)}, {})
    over = End(EndKind.ROOT, "CN=Root", "2", NOW - timedelta(days=2))
    found = nearest_days(known, [GATEWAY, LIST, over, End(EndKind.CRL, "CN=B", "", NOW + timedelta(days=9))], NOW)
    assert found == {"gateway": 31.0, "crl": 3.0, "root": -2.0, "system": 20.0}
    assert nearest_days(None, [], NOW) == {}


def test_the_figure_is_read_when_it_is_looked_at_once_a_minute_at_the_most(monkeypatch):
    metrics, days, time_now = Metrics(), {"gateway": 31.0}, [1000.0]
    monkeypatch.setattr("gateway.metrics.monotonic", lambda: time_now[0])
    metrics.show_days_left(lambda: dict(days))
    assert b'gateway_certificate_days_left{kind="gateway"} 31.0' in metrics.exposition()
    days["crl"] = -1.0
    assert b'kind="crl"' not in metrics.exposition()
    time_now[0] += 61
    assert b'gateway_certificate_days_left{kind="crl"} -1.0' in metrics.exposition()


def test_what_ends_is_read_from_key_file_and_trust_folder(tmp_path):
    root = Authority.root(NOW)
    issued = root.issue("Gateway", NOW)
    key = tmp_path / "gateway.pem"
    key.write_bytes(issued.key_pem + issued.certificate_pem)
    for folder in ("roots", "crls"):
        (tmp_path / "trust" / folder).mkdir(parents=True)
    (tmp_path / "trust" / "roots" / "root.pem").write_bytes(root.issued.certificate_pem)
    revoked = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.issued.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=7))
        .sign(root.issued.key, hashes.SHA256())
    )
    (tmp_path / "trust" / "crls" / "list.pem").write_bytes(revoked.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "revocation").mkdir()
    (tmp_path / "revocation" / "fetched.crl").write_bytes(revoked.public_bytes(serialization.Encoding.DER))
    ends = list(own_ends(key, tmp_path / "trust", tmp_path / "revocation"))
    assert [each.kind for each in ends] == [EndKind.GATEWAY, EndKind.ROOT, EndKind.CRL, EndKind.CRL]
    assert ends[0].until == issued.certificate.not_valid_after_utc
    assert ends[2].until == NOW + timedelta(days=7)
    (tmp_path / "trust" / "roots" / "other.pem").write_text("no certificate")
    with pytest.raises(ValueError, match=r"other\.pem"):
        list(own_ends(key, tmp_path / "trust", tmp_path / "revocation"))


def test_an_authority_that_ended_is_logged_by_case_and_not_by_person(store, monkeypatch):
    monkeypatch.setattr(
        "gateway.expiry.tell_of_ended_authority",
        lambda _store, now: [
            NoticeDue(
                event_id="e",
                agency="MIA",
                kind=NoticeKind.AUTHORITY_ENDED,
                tracking_id="t",
                subject="2026/IR-000001",
                occurred_at=now,
                parameters={"name": "N", "representative": "5ABC12D"},
            )
        ],
    )
    with capture_logs() as logs:
        ExpiryWatch(store, list, lambda: NOW).look()
    (told,) = [log for log in logs if log["event"] == "authority.ended"]
    assert (told["agency"], told["case"]) == ("MIA", "2026/IR-000001")
    assert "5ABC12D" not in str(logs)
