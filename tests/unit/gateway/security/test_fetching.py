"""Fetching knows three limits: time, size and place (security §4 B170, B176)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509

from gateway.security.dev_pki import Authority
from gateway.security.fetching import Fetcher, FetchError
from gateway.security.sources import AllowedHosts, place_of
from tests.servers.revocation import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def fetcher(*sites: Site, timeout: float = 5.0, list_timeout: float = 60.0) -> Fetcher:
    return Fetcher(AllowedHosts([each.host for each in sites]), timeout=timeout, list_timeout=list_timeout)


def test_what_is_there_is_fetched_and_a_question_is_answered(site: Site) -> None:
    site.pages = {"/a?x=1": b"list", "/ocsp": lambda question: question[::-1]}
    assert fetcher(site).get(f"{site.url}/a?x=1") == b"list"
    assert fetcher(site).post(f"{site.url}/ocsp", b"abc", "application/ocsp-request") == b"cba"
    assert site.hits == ["GET /a?x=1", "POST /ocsp"]


@pytest.mark.parametrize(
    "url",
    [
        "http://canary.invalid/ca.crl",
        "http://127.0.0.1:{other}/",
        "https://127.0.0.1:{other}/",
        "http://allowed@127.0.0.1:{other}/",
        "http://127.0.0.1:{port}@127.0.0.1:{other}/",
        "http://user@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "ldap://127.0.0.1:{port}/cn=ca",
        "ftp://127.0.0.1:{port}/ca.crl",
        "gopher://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http:///ca.crl",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:{port}/ca crl",
        "http://127.0.0.1:{port}/\r\nHost: x",
        "http://[::1/",
        "",
    ],
)
def test_nothing_is_resolved_or_connected_to_that_is_not_on_the_list(
    site: Site, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("resolved"))
    with serving() as other, pytest.raises(FetchError, match="not on the list"):
        fetcher(site).get(url.format(port=site.port, other=other.port))
    assert not site.connects
    assert not other.connects


def test_a_redirection_is_followed_on_the_list_only(site: Site) -> None:
    with serving() as other:
        site.status, site.location, other.pages = 302, f"{other.url}/moved", {"/moved": b"list"}
        assert fetcher(site, other).get(f"{site.url}/") == b"list"
        connects = len(other.connects)
        for location in (f"{other.url}/moved", "file:///etc/passwd", f"ldap://{other.host}/"):
            site.location = location
            with pytest.raises(FetchError, match="not on the list"):
                fetcher(site).get(f"{site.url}/")
        assert len(other.connects) == connects
    site.location = "/round"
    with pytest.raises(FetchError, match="too many"):
        fetcher(site).get(f"{site.url}/")
    with pytest.raises(FetchError, match="redirection"):
        fetcher(site).post(f"{site.url}/", b"question", "application/ocsp-request")


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ({"status": 500}, "status 500"),
        ({"status": 204}, "status 204"),
        ({"pages": {}}, "status 404"),
        ({"cut": 10}, "IncompleteRead|cut short"),
        ({"encoding": "gzip"}, "content encoding"),
        ({"pages": {"/": bytes(2001)}}, "too large"),
        ({"cut": 5000}, "too large"),
        ({"delay": 4.0}, "too slow"),
    ],
)
def test_a_source_at_fault_is_named_and_nothing_is_taken_from_it(
    site: Site, fault: dict[str, object], cause: str
) -> None:
    site.pages = {"/": bytes(1000)}
    assert fetcher(site).get(f"{site.url}/", limit=2000) == bytes(1000)
    for name, value in fault.items():
        setattr(site, name, value)
    with pytest.raises(FetchError, match=cause):
        fetcher(site, timeout=2.0).get(f"{site.url}/", limit=2000)


def test_a_source_that_drips_is_cut_off_in_time(site: Site) -> None:
    site.pages, site.drip = {"/": b""}, True
    begun = monotonic()
    with pytest.raises(FetchError, match="too slow"):
        fetcher(site, timeout=0.5, list_timeout=0.5).get(f"{site.url}/")
    assert monotonic() - begun < 10


def test_a_large_list_may_take_its_time_while_it_comes_and_a_question_may_not(site: Site) -> None:
    site.pages, site.drip, site.drips = {"/": b""}, True, 40  # 2 s, of which none is silent
    assert fetcher(site, timeout=1.0).get(f"{site.url}/") == b"\x30" * 40
    with pytest.raises(FetchError, match="too slow"):
        fetcher(site, timeout=1.0).post(f"{site.url}/", b"question", "application/ocsp-request")


def test_a_source_that_falls_silent_is_not_waited_for_as_long_as_a_large_list_takes(site: Site) -> None:
    site.pages, site.delay = {"/": b"list"}, 3.0
    begun = monotonic()
    with pytest.raises(FetchError, match="too slow"):
        fetcher(site, timeout=0.5).get(f"{site.url}/")
    assert monotonic() - begun < 2.5


def test_a_header_that_drips_is_cut_off_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                    while not ended.wait(0.05):
                        connection.sendall(b"x")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        begun, host = monotonic(), f"127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(FetchError):
            Fetcher(AllowedHosts([host]), list_timeout=0.5).get(f"http://{host}/")
        ended.set()
        thread.join()
    assert monotonic() - begun < 10


def test_nobody_there_is_a_failure_with_a_cause() -> None:
    with serving() as gone:
        pass
    with pytest.raises(FetchError, match="ConnectionRefusedError"):
        fetcher(gone).get(f"{gone.url}/")


def test_a_host_without_a_port_stands_for_the_two_usual_ones() -> None:
    allowed = AllowedHosts(["PKI.example"])
    assert allowed.allow("http://pki.example/ca.crl")
    assert allowed.allow("https://pki.EXAMPLE/ca.crl")
    assert not allowed.allow("http://pki.example:8080/")
    assert not allowed.allow("http://sub.pki.example/")
    assert place_of("https://[::1]:8443/") == ("::1", 8443)


@pytest.mark.parametrize("host", ["", "a b", "http://x", "x/y", "x@y", "x:port", "x:99999"])
def test_a_word_that_is_no_host_is_not_allowed(host: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        AllowedHosts([host])


def test_tls_is_checked_and_an_authority_may_be_given_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    root = Authority.root(yesterday)
    name = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    server = root.issue("Server", yesterday, kind="P-256", extensions=[(name, False)])
    (tmp_path / "server.pem").write_bytes(server.key_pem + server.certificate_pem)
    (tmp_path / "root.pem").write_bytes(root.issued.certificate_pem)
    with serving(tmp_path / "server.pem") as site:
        site.pages["/"] = b"list"
        url = f"https://{site.host}/"
        with pytest.raises(FetchError, match="SSLCertVerificationError"):
            fetcher(site).get(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
        assert fetcher(site).get(url) == b"list"
    assert site.hits == ["GET /"]
