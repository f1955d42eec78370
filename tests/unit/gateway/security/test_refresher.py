"""Revocation is kept known in the background, from real HTTP servers on loopback with every fault they can have."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep, time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from structlog.testing import capture_logs

from gateway.security.dev_pki import Authority, Issued, make_key, write_trust
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.installation import InstalledTrust, TrustRules, TrustRulesError, open_trust
from tests.servers.revocation import Responder, Site, responder_certificate, revocation_list, serving
from tests.unit.gateway.security.present import TODAY, YESTERDAY, present

NAME = "development-issuing-ca"
STALE = (Indication.TRY_LATER, "CERT.CRL.STALE")
REVOKED = (Indication.REVOKED, "CERT.REVOKED")


@dataclass
class Place:
    """A home with the PKI of this day, and the authority's server."""

    folder: Path
    site: Site
    outcomes: list[str] = field(default_factory=list)

    @property
    def cache(self) -> Path:
        return self.folder / "revocation"

    def trust(self, *enrolled: Issued, **rules: object) -> InstalledTrust:
        """The installation as a process of its own would open it."""
        known = [(each.certificate.issuer.rfc4514_string(), str(each.certificate.serial_number)) for each in enrolled]
        return open_trust(
            self.folder / "trust",
            self.cache,
            TrustRules(**rules),
            enrolled=lambda: known,
            fetched=self.outcomes.append,
        )

    def by_list(self, *enrolled: Issued, **rules: object) -> InstalledTrust:
        return self.trust(*enrolled, list_sources=(f"{NAME}={self.site.url}/ca.crl",), **rules)

    def by_ocsp(self, *enrolled: Issued, **rules: object) -> InstalledTrust:
        return self.trust(*enrolled, responders=(f"{NAME}={self.site.url}/ocsp",), **rules)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    write_trust(tmp_path / "trust", present().root, present().issuing)
    with serving() as site:
        yield Place(tmp_path, site)


def verdict(trust: InstalledTrust, issued: Issued | None = None, now: datetime = TODAY) -> object:
    certificate = (issued or present().leaf).certificate
    try:
        trust.store.trusted(certificate.public_bytes(Encoding.DER), now)
    except UntrustedCertificateError as error:
        return error.indication, error.reason
    return None


def state(trust: InstalledTrust, now: datetime = TODAY) -> str:
    return next(each.state for each in trust.issuers(now) if "Issuing" in each.issuer)


# --- lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_fetched_kept_and_needs_no_network_after_a_restart(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(present().issuing, present().other)
    trust = place.by_list()
    assert verdict(trust) == STALE
    assert state(trust) == "in doubt"
    trust.refresher.round()
    assert verdict(trust) is None
    assert verdict(trust, present().other) == REVOKED
    assert state(trust) == "fresh"
    restarted = place.by_list()
    restarted.refresher.round()
    assert verdict(restarted) is None
    assert verdict(restarted, present().other) == REVOKED
    assert place.site.hits == ["GET /ca.crl"]
    assert place.outcomes == ["ok"]


def test_a_list_may_be_in_pem(place: Place) -> None:
    signed = x509.load_der_x509_crl(revocation_list(present().issuing))
    place.site.pages["/ca.crl"] = signed.public_bytes(Encoding.PEM)
    trust = place.by_list()
    trust.refresher.round()
    assert verdict(trust) is None


def look_alike() -> bytes:
    other = Authority.root(TODAY - timedelta(days=30)).authority(TODAY - timedelta(days=30))
    assert other.issued.certificate.subject == present().issuing.issued.certificate.subject
    return revocation_list(other)


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        (lambda: b"<html>", "CRL.FORM"),
        (lambda: b"", "CRL.FORM"),
        (look_alike, "CRL.SIGNER"),
        (lambda: revocation_list(present().root), "CRL.SIGNER"),
        (lambda: revocation_list(present().issuing, key=make_key("P-256")), "CRL.SIGNER"),
        (lambda: revocation_list(present().issuing, life=-timedelta(minutes=1)), "STALE"),
        (lambda: revocation_list(present().issuing, age=-timedelta(minutes=10)), "FUTURE"),
    ],
)
def test_a_list_that_may_not_be_believed_is_not_kept_and_the_source_is_named(
    place: Place, page: Callable[[], bytes], cause: str
) -> None:
    place.site.pages["/ca.crl"] = page()
    trust = place.by_list()
    with capture_logs() as logged:
        trust.refresher.round()
    assert verdict(trust) == STALE
    assert [(each["source"], each["cause"]) for each in logged if "cause" in each] == [
        (f"{place.site.url}/ca.crl", cause)
    ]
    assert place.outcomes == ["failed"]
    assert trust.issuers(TODAY)[1].failures == ((f"{place.site.url}/ca.crl", cause),)


def test_an_older_list_does_not_take_the_place_of_a_newer_one(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(present().issuing, present().other)
    trust = place.by_list()
    trust.refresher.round()
    place.site.pages["/ca.crl"] = revocation_list(present().issuing, age=timedelta(hours=2))
    trust.refresher.round(everything=True)
    assert verdict(trust, present().other) == REVOKED
    assert [each.cause for each in trust.refresher.states()] == ["OLDER"]


def test_a_hold_is_lifted_by_a_later_list_and_a_revocation_is_not(place: Place) -> None:
    crls = place.folder / "trust" / "crls"
    crls.mkdir()
    hold, good = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.key_compromise
    for reason, after in ((hold, None), (good, REVOKED)):
        earlier = revocation_list(present().issuing, present().leaf, age=timedelta(hours=3), reason=reason)
        (crls / "earlier.crl").write_bytes(earlier)
        place.site.pages["/ca.crl"] = revocation_list(present().issuing)
        trust = place.by_list()
        assert verdict(trust) == REVOKED
        trust.refresher.round(everything=True)
        assert verdict(trust) == after


def test_a_new_list_ends_every_verdict_there_was(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(present().issuing, age=timedelta(hours=3))
    trust = place.by_list()
    trust.refresher.round()
    assert verdict(trust) is None
    place.site.pages["/ca.crl"] = revocation_list(present().issuing, present().leaf)
    trust.refresher.round(everything=True)
    assert verdict(trust) == REVOKED


def test_a_verdict_ends_at_next_update_with_no_grace(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(
        present().issuing, now=TODAY - timedelta(hours=2), life=timedelta(hours=7)
    )
    trust = place.by_list()
    trust.refresher.round()
    ends = TODAY + timedelta(hours=5)
    assert verdict(trust, now=ends) is None
    assert verdict(trust, now=ends + timedelta(seconds=1)) == STALE
    assert verdict(trust, now=ends) is None
    assert state(trust, ends + timedelta(seconds=1)) == "in doubt"


def test_a_revoked_intermediate_takes_its_certificates_with_it(place: Place) -> None:
    place.site.pages["/root.crl"] = revocation_list(present().root, present().issuing.issued)
    trust = place.trust(list_sources=(f"development-root-ca={place.site.url}/root.crl",))
    trust.refresher.round()
    assert verdict(trust) == REVOKED


# --- policies ---------------------------------------------------------------------------------------------------------


def test_the_policy_says_whose_standing_must_be_known(place: Place) -> None:
    place.site.pages |= {
        "/ca.crl": revocation_list(present().issuing, present().other),
        "/root.crl": revocation_list(present().root),
    }
    nothing = place.trust(revocation="none")
    assert (verdict(nothing), state(nothing)) == (None, "not asked")
    listed = place.trust(revocation="listed")
    assert (verdict(listed), state(listed)) == (None, "not asked")
    required = place.by_list(revocation="required")
    required.refresher.round()
    assert verdict(required) == STALE, "of the root nothing is known"
    lists = (f"{NAME}={place.site.url}/ca.crl", f"development-root-ca={place.site.url}/root.crl")
    whole = place.trust(revocation="required", list_sources=lists)
    whole.refresher.round()
    assert verdict(whole) is None
    assert verdict(place.by_list(revocation="none"), present().other) is None


@pytest.mark.parametrize(
    "rules",
    [
        {"list_sources": ("nobody=http://pki.example/ca.crl",)},
        {"list_sources": (f"{NAME}=ldap://pki.example/",)},
        {"list_sources": (f"{NAME}=file:///etc/passwd",)},
        {"responders": ("http://pki.example/",)},
        {"hosts": ("http://pki.example/",)},
        {"purposes": ("email",)},
    ],
)
def test_a_rule_that_cannot_be_applied_opens_no_trust(place: Place, rules: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(TrustRulesError):
        place.trust(**rules)


# --- OCSP -------------------------------------------------------------------------------------------------------------


def test_enrolled_certificates_are_asked_about_before_anybody_calls(place: Place) -> None:
    place.site.pages["/ocsp"] = responder = Responder(present().issuing)
    trust = place.by_ocsp(present().leaf)
    trust.refresher.round()
    assert responder.asked == [present().leaf.certificate.serial_number]
    assert verdict(trust) is None
    assert state(trust) == "fresh"
    restarted = place.by_ocsp(present().leaf)
    restarted.refresher.round()
    assert verdict(restarted) is None
    assert len(place.site.hits) == 1


@pytest.mark.parametrize("asks_seen", [True, False])
def test_a_certificate_seen_for_the_first_time_is_refused_until_the_answer_is_there(
    place: Place, asks_seen: bool
) -> None:
    place.site.pages["/ocsp"] = Responder(present().issuing)
    trust = place.by_ocsp(ask_seen=asks_seen)
    assert verdict(trust) == STALE
    assert not place.site.connects, "a call never asks"
    trust.refresher.round()
    assert verdict(trust) == (None if asks_seen else STALE)


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"status": ocsp.OCSPCertStatus.REVOKED}, REVOKED),
        ({"status": ocsp.OCSPCertStatus.UNKNOWN}, (Indication.TRY_LATER, "CERT.OCSP.UNKNOWN")),
        ({"serial": 4711}, STALE),
        ({"life": -timedelta(minutes=1)}, STALE),
        ({"spoilt": True}, STALE),
        ({"error": ocsp.OCSPResponseStatus.INTERNAL_ERROR}, STALE),
        ({"echo": False}, STALE),
    ],
)
def test_only_a_good_answer_lets_a_certificate_sign(
    place: Place, switches: dict[str, object], expected: object
) -> None:
    place.site.pages["/ocsp"] = Responder(present().issuing, **switches)
    trust = place.by_ocsp(present().leaf, nonce=True)
    trust.refresher.round()
    assert verdict(trust) == expected


def test_a_responder_that_is_itself_revoked_or_unknown_counts_for_nothing(place: Place) -> None:
    by = responder_certificate(present().issuing, no_check=False)
    place.site.pages |= {
        "/ocsp": Responder(present().issuing, signer=by, enclosed=(by,)),
        "/ca.crl": revocation_list(present().issuing),
    }
    unchecked = place.by_ocsp(present().leaf)
    unchecked.refresher.round()
    assert verdict(unchecked) == (Indication.TRY_LATER, "CERT.OCSP.RESPONDER")
    both = place.by_list(present().leaf, responders=(f"{NAME}={place.site.url}/ocsp",))
    both.refresher.round(everything=True)
    assert verdict(both) is None
    place.site.pages["/ca.crl"] = revocation_list(present().issuing, by)
    both.refresher.round(everything=True)
    assert verdict(both) == (Indication.TRY_LATER, "CERT.OCSP.RESPONDER")


def test_what_was_revoked_once_stays_so_whatever_is_answered_later(place: Place) -> None:
    place.site.pages["/ocsp"] = responder = Responder(present().issuing, status=ocsp.OCSPCertStatus.REVOKED)
    trust = place.by_ocsp(present().leaf)
    trust.refresher.round()
    for age, cause in ((timedelta(hours=2), "OLDER"), (timedelta(minutes=5), "UNREVOKED")):
        responder.status, responder.age = ocsp.OCSPCertStatus.GOOD, age
        trust.refresher.round(everything=True)
        assert [each.cause for each in trust.refresher.states()] == [cause]
        assert verdict(trust) == REVOKED


def test_a_hold_is_lifted_by_a_later_answer(place: Place) -> None:
    hold = x509.ReasonFlags.certificate_hold
    responder = Responder(present().issuing, status=ocsp.OCSPCertStatus.REVOKED, reason=hold)
    place.site.pages["/ocsp"] = responder
    trust = place.by_ocsp(present().leaf)
    trust.refresher.round()
    assert verdict(trust) == REVOKED
    responder.status, responder.age = ocsp.OCSPCertStatus.GOOD, timedelta(minutes=5)
    trust.refresher.round(everything=True)
    assert verdict(trust) is None


def test_an_answer_put_into_the_cache_by_hand_is_judged_like_any_other(place: Place) -> None:
    place.site.pages["/ocsp"] = Responder(present().issuing)
    trust = place.by_ocsp(present().leaf)
    trust.refresher.round()
    (kept,) = place.cache.glob("*.ocsp")
    data = kept.read_bytes()
    for planted in (data[:-1] + bytes([data[-1] ^ 1]), b"", b"junk"):
        kept.write_bytes(planted)
        with capture_logs() as logged:
            again = place.by_ocsp(present().leaf)
        assert [each["file"] for each in logged if each["log_level"] == "error"] == [kept.name]
        assert verdict(again) == STALE
        again.refresher.round()
        assert verdict(again) is None


# --- addresses in certificates ----------------------------------------------------------------------------------------


def pointing(list_url: str, responder_url: str) -> Issued:
    usage = present().leaf.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(responder_url))
    issuers = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(responder_url)
    )
    return present().issuing.issue(
        "Pointing",
        YESTERDAY,
        kind="P-256",
        extensions=[
            (usage, True),
            (x509.CRLDistributionPoints([point]), False),
            (x509.AuthorityInformationAccess([access, issuers]), False),
        ],
    )


def test_addresses_in_a_certificate_are_used_on_allowed_hosts_only(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as canary:
        place.site.pages["/ocsp"] = Responder(present().issuing)
        resolved: list[str] = []
        real = socket.getaddrinfo

        def noting(host: str, *rest: object, **more: object) -> object:
            resolved.append(host)
            return real(host, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", noting)
        allowed = pointing("ldap://canary.invalid/", f"{place.site.url}/ocsp")
        for url in (f"{canary.url}/", "http://canary.invalid/", f"ldap://{canary.host}/", "file:///etc/passwd"):
            trust = place.trust(hosts=(place.site.host,))
            assert verdict(trust, pointing(url, url)) is None, "of no allowed address nothing need be known"
            trust.refresher.round()
        trust = place.trust(hosts=(place.site.host,))
        assert verdict(trust, allowed) == STALE
        trust.refresher.round()
        assert verdict(trust, allowed) is None
        assert place.site.hits == ["POST /ocsp"]
        assert not canary.connects
        assert set(resolved) <= {"127.0.0.1"}


def test_without_a_list_of_hosts_no_address_in_a_certificate_is_used(place: Place) -> None:
    place.site.pages["/ocsp"] = Responder(present().issuing)
    trust = place.by_list()
    place.site.pages["/ca.crl"] = revocation_list(present().issuing)
    trust.refresher.round()
    assert verdict(trust, pointing(f"{place.site.url}/other.crl", f"{place.site.url}/ocsp")) is None
    trust.refresher.round()
    assert place.site.hits == ["GET /ca.crl"]


# --- in the background ------------------------------------------------------------------------------------------------


def test_a_call_never_waits_for_a_source(place: Place) -> None:
    place.site.delay = 10.0
    trust = place.by_ocsp()
    trust.start()
    try:
        begun = monotonic()
        while not place.site.hits and monotonic() < begun + 30:
            assert verdict(trust) == STALE
            sleep(0.01)
        assert place.site.hits == ["POST /ocsp"]
        begun = monotonic()
        assert verdict(trust) == STALE
        assert monotonic() - begun < 5, "the source takes 10 s"
    finally:
        trust.stop()


def test_the_thread_answers_a_first_sight_within_moments(place: Place) -> None:
    place.site.pages["/ocsp"] = Responder(present().issuing)
    trust = place.by_ocsp()
    trust.start()
    try:
        assert verdict(trust) == STALE
        deadline = monotonic() + 30
        while verdict(trust) is not None and monotonic() < deadline:
            sleep(0.05)
        assert verdict(trust) is None
    finally:
        trust.stop()


def test_a_source_that_fails_is_left_alone_for_a_while_that_grows(place: Place) -> None:
    place.site.status = 503
    trust = place.by_list()
    moment = TODAY
    trust.refresher._clock = lambda: moment
    for failures, pause in ((1, 5), (2, 10), (3, 20), (4, 40)):
        trust.refresher.round()
        (source,) = trust.refresher.states()
        assert (source.failures, source.cause, len(place.site.hits)) == (failures, "status 503", failures)
        assert timedelta(seconds=pause / 2) <= source.resumes - moment <= timedelta(seconds=pause)
        moment = source.resumes - timedelta(milliseconds=1)
        trust.refresher.round()
        assert len(place.site.hits) == failures, "not before its time"
        moment = source.resumes
    place.site.status, place.site.pages["/ca.crl"] = 200, revocation_list(present().issuing)
    with capture_logs() as logged:
        trust.refresher.round()
    assert (source.failures, source.cause) == (0, "")
    assert "revocation.source-back" in [each["event"] for each in logged]
    assert verdict(trust) is None


def test_a_dead_responder_costs_one_time_out_and_not_one_for_each_certificate(place: Place) -> None:
    place.site.status = 503
    trust = place.by_ocsp(present().leaf, present().other)
    trust.refresher.round()
    assert len(place.site.hits) == 1


def test_processes_of_a_host_share_what_one_of_them_fetched(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(present().issuing)
    first, second = place.by_list(), place.by_list()
    first.refresher.round()
    second.refresher.round()
    assert verdict(second) is None
    assert len(place.site.hits) == 1


def test_while_one_process_fetches_another_does_not(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(present().issuing)
    place.site.delay = 0.5
    trusts = [place.by_list() for _ in range(3)]
    threads = [threading.Thread(target=each.refresher.round) for each in trusts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(place.site.hits) == 1


def test_what_is_kept_is_renewed_in_good_time(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(present().issuing, life=timedelta(hours=10))
    trust = place.by_list(refresh=timedelta(hours=1))
    trust.refresher.round()
    (kept,) = place.cache.glob("*.crl")
    for minutes, hits in ((50, 1), (61, 2)):
        os.utime(kept, (time() - minutes * 60, time() - minutes * 60))
        trust.refresher._due.clear()
        trust.refresher.round()
        assert len(place.site.hits) == hits


def test_outdated_answers_about_nobody_are_forgotten_and_revocations_are_not(place: Place) -> None:
    for status, kept in ((ocsp.OCSPCertStatus.GOOD, 0), (ocsp.OCSPCertStatus.REVOKED, 1)):
        place.site.pages["/ocsp"] = Responder(present().issuing, status=status)
        place.by_ocsp(present().leaf).refresher.round(everything=True)
        later = place.by_ocsp()
        later.refresher._clock = lambda: TODAY + timedelta(days=30)
        later.refresher.round()
        assert len(list(place.cache.glob("*.ocsp"))) == kept


def test_an_error_in_a_round_does_not_end_the_thread(place: Place) -> None:
    place.site.pages["/ca.crl"] = revocation_list(present().issuing)
    trust = place.by_list()
    failing = iter([True])

    def enrolled() -> list[tuple[str, str]]:
        if next(failing, False):
            raise RuntimeError("once")
        return []

    trust.refresher._inquiries._enrolled = enrolled
    with capture_logs() as logged:
        trust.start()
        try:
            trust.refresher._wake.set()
            deadline = monotonic() + 30
            while verdict(trust) is not None and monotonic() < deadline:
                sleep(0.05)
                trust.refresher._wake.set()
            assert verdict(trust) is None
        finally:
            trust.stop()
    assert {"event": "revocation.round-failed", "error": "RuntimeError", "log_level": "error"} in logged
