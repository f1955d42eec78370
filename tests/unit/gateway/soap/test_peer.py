"""What a front says of a caller is believed from the operator's fronts only; a forged header has no effect (B061)."""

from ipaddress import ip_network

import pytest

from gateway.faults import RefusalError
from gateway.soap.peer import Fronts, Peer, address_of

FRONTS = Fronts([ip_network("10.0.0.0/28"), ip_network("fd00:5::/64")])


def seen(remote, forwarded_for=None, proto=None, scheme="http", fronts=FRONTS, **more):
    environ = {"REMOTE_ADDR": remote, "wsgi.url_scheme": scheme, **more}
    if forwarded_for is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded_for
    if proto is not None:
        environ["HTTP_X_FORWARDED_PROTO"] = proto
    return fronts.peer(environ)


def test_without_fronts_every_forwarded_header_is_without_effect():
    forged = {
        "HTTP_FORWARDED": "for=198.51.100.7;proto=https",
        "HTTP_X_REAL_IP": "198.51.100.7",
        "HTTP_X_FORWARDED_HOST": "198.51.100.7",
        "HTTP_X_VERIFIED_SUBJECT": "CN=admin",
    }
    assert seen("192.0.2.9", "198.51.100.7", "https", fronts=Fronts(), **forged) == Peer("192.0.2.9", secure=False)
    assert seen("192.0.2.9", "198.51.100.7", "https", **forged) == Peer("192.0.2.9", secure=False)
    assert seen("10.0.0.1", **forged) == Peer("10.0.0.1", secure=False)


@pytest.mark.parametrize(
    ("forwarded_for", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.3", "198.51.100.7"),
        ("198.51.100.7,10.0.0.3:80,\t10.0.0.4", "198.51.100.7"),
        ("garbage, <script>, 198.51.100.7, fd00:5::9", "198.51.100.7"),
        ("10.0.0.3, 10.0.0.4", "10.0.0.3"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("[::ffff:198.51.100.7]:99", "198.51.100.7"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("1.1.1.1, 10.0.0.16", "10.0.0.16"),
        ("", "10.0.0.1"),
    ],
)
def test_the_right_most_hop_that_is_no_front_is_the_caller(forwarded_for, address):
    assert seen("10.0.0.1", forwarded_for).address == address


@pytest.mark.parametrize(
    "forwarded_for",
    [
        "unknown",
        "_hidden",
        "198.51.100.7,",
        ",",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4:",
        "[1::",
        "1.2.3.4 5",
        "010.0.0.1",
        '"1.2.3.4"',
    ],
)
def test_a_front_that_names_no_address_is_not_guessed_at(forwarded_for):
    with pytest.raises(RefusalError) as raised:
        seen("10.0.0.1", forwarded_for)
    assert (raised.value.code, raised.value.reason) == ("client.http.bad-request", "HTTP.FORWARDED_FOR")


@pytest.mark.parametrize(
    ("proto", "secure"),
    [
        ("https", True),
        ("HTTPS", True),
        ("https, https", True),
        ("http", False),
        ("https, http", False),
        ("http, https", False),
        ("https,", False),
        ("wss", False),
        ("", False),
        (None, False),
    ],
)
def test_a_way_is_secure_when_every_front_says_so(proto, secure):
    assert seen("10.0.0.1", "198.51.100.7", proto).secure is secure


def test_a_front_at_an_ipv4_address_is_known_when_it_arrives_over_ipv6():
    assert seen("::ffff:10.0.0.1", "198.51.100.7", "https") == Peer("198.51.100.7", secure=True)
    assert seen("fd00:5::1%eth0", "198.51.100.7", "https") == Peer("198.51.100.7", secure=True)


def test_a_server_that_ends_tls_itself_is_secure_without_a_front():
    assert seen("192.0.2.9", scheme="https") == Peer("192.0.2.9", secure=True)


def test_a_server_that_does_not_know_its_peer_serves_nobody():
    for remote in ("", "localhost", "unix"):
        with pytest.raises(RefusalError) as raised:
            seen(remote)
        assert raised.value.code == "server.internal"


def test_hops_without_end_cost_nothing():
    assert seen("10.0.0.1", "10.0.0.2, " * 5000 + "10.0.0.3").address == "10.0.0.2"


def test_an_address_is_told_as_an_address_or_not_at_all():
    assert str(address_of("fe80::1%eth0")) == "fe80::1"
    assert address_of("example.org") is None
    assert address_of("%") is None
