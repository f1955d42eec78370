"""Whether a password may come the way that a call came (security §0)."""

import pytest

from gateway.background import broker_of, store_of
from gateway.home import Home, HomeError, write_secret
from gateway.security.certificates import gateway_certificate
from gateway.settings import Settings
from gateway.soap.http import Call
from gateway.wsgi import build_gateway, ways_for_passwords
from handlers.clock import system_clock


@pytest.fixture
def build(tmp_path):
    """Make the serving parts of a home in `tmp_path`."""

    def build(**settings):
        chosen = Settings(home=str(tmp_path), **settings)
        store, broker = store_of(chosen), broker_of(chosen)
        try:
            build_gateway(chosen, store, broker).close()
        finally:
            broker.close()
            store.close()

    return build


@pytest.mark.parametrize("bind", ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080", "localhost:8080"])
def test_passwords_come_in_the_open_on_loopback_alone(tmp_path, build, bind):
    kept = Home(tmp_path)
    key, root = gateway_certificate(system_clock())
    write_secret(kept.key_file, key.key_pem + key.certificate_pem)
    write_secret(kept.roots / "root.pem", root)
    kept.make_tracking_key()
    with pytest.raises(HomeError, match="not such a home") as caught:
        build(passwords="plain-http")
    assert "tls-front" in str(caught.value)
    assert "tls-front" in caught.value.text_az
    kept.trying_out.touch()
    with pytest.raises(HomeError, match="this machine alone"):
        build(passwords="plain-http", bind=bind)
    build(passwords="plain-http", bind="127.0.0.1:0")
    build(passwords="plain-http", bind="[::1]:0")
    build(passwords="tls-front", bind=bind)


@pytest.mark.parametrize(
    ("setting", "over_tls", "in_the_open"),
    [("never", False, False), ("tls-front", True, False), ("plain-http", True, True)],
)
def test_a_password_is_taken_over_tls_unless_the_operator_allows_less_or_more(setting, over_tls, in_the_open):
    allowed = ways_for_passwords(Settings(passwords=setting))
    for secure, expected in ((True, over_tls), (False, in_the_open)):
        call = Call("documents", "1.1", None, "", address="192.0.2.1", secure=secure, body=b"")
        assert allowed(call) is expected
