"""Settings come from the environment, then the file, then the default; mistakes are named."""

import pytest

from gateway.settings import Settings, SettingsError, masked, words
from gateway.settings_sources import load, load_with_origins


def test_an_empty_environment_gives_the_embedded_default(tmp_path):
    settings = load({"GATEWAY_HOME": str(tmp_path)})
    assert settings.bind == "127.0.0.1:8080"
    assert settings.database_url == f"sqlite:///{tmp_path / 'registers.db'}"
    assert settings.broker_url == f"sqlite:///{tmp_path / 'broker.db'}"


def test_the_environment_wins_over_the_file_and_each_value_tells_its_origin(tmp_path):
    (tmp_path / "gateway.toml").write_text('bind = "127.0.0.1:9000"\nhttp_threads = 3\n')
    settings, origins = load_with_origins({"GATEWAY_HOME": str(tmp_path), "GATEWAY_HTTP_THREADS": "5"})
    assert (settings.bind, settings.http_threads) == ("127.0.0.1:9000", 5)
    told = {each.name: each.origin for each in origins}
    assert told["bind"] == str(tmp_path / "gateway.toml")
    assert told["http_threads"] == "GATEWAY_HTTP_THREADS"
    assert told["max_message"] == "default"


def test_lists_of_words_are_separated_by_spaces_or_commas(tmp_path):
    settings = load(
        {"GATEWAY_HOME": str(tmp_path), "GATEWAY_CRL_SOURCES": "a=http://x.example/1, b=https://y.example:8443/2?z=1"}
    )
    assert words(settings.crl_sources) == ("a=http://x.example/1", "b=https://y.example:8443/2?z=1")


def test_passwords_in_urls_are_never_shown(tmp_path):
    _, origins = load_with_origins({"GATEWAY_HOME": str(tmp_path), "GATEWAY_DATABASE": "postgresql://u:geheim@db:5/x"})
    assert not any("geheim" in each.value for each in origins)
    assert masked("amqps://u:p@h:1/v") == "amqps://u:***@h:1/v"
    assert masked("postgresql://h/x?user=u&password=p&sslmode=require") == (
        "postgresql://h/x?user=u&password=***&sslmode=require"
    )


def test_fronts_are_addresses_and_networks_of_both_kinds(tmp_path):
    settings = load({"GATEWAY_HOME": str(tmp_path), "GATEWAY_TRUSTED_PROXIES": "10.0.0.5, fd00:5::/64,"})
    assert [str(each) for each in settings.trusted_networks] == ["10.0.0.5/32", "fd00:5::/64"]
    assert load({"GATEWAY_HOME": str(tmp_path)}).trusted_networks == ()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GATEWAY_HTTP_THREADS", "many", "whole number"),
        ("GATEWAY_HTTP_THREADS", "0", "greater than 0"),
        ("GATEWAY_CONFIRM_TIMEOUT", "soon", "a number"),
        ("GATEWAY_PREFETCH", "11", "10 at the most"),
        ("GATEWAY_LOG_FORMAT", "xml", "text, json"),
        ("GATEWAY_DATABASE", "oracle://x", "postgresql:"),
        ("GATEWAY_BROKER", "kafka://x", "amqp:"),
        ("GATEWAY_BIND", "8080", "ADDRESS:PORT"),
        ("GATEWAY_BIND", "127.0.0.1:99999", "ADDRESS:PORT"),
        ("GATEWAY_STORE_TIMEOUT", "inf", "finite"),
        ("GATEWAY_PASSWORDS", "always", "tls-front"),
        ("GATEWAY_XADES_LEVEL", "B-LTA", "B-B, B-T"),
        ("GATEWAY_SIGNATURE_POLICY", "urn:oid:1.2.3", "object identifier"),
        ("GATEWAY_SIGNATURE_POLICY", "1.2.3", "64, 96 or 128"),
        ("GATEWAY_TSA_URL", "file:///etc/passwd", "http:"),
        ("GATEWAY_REVOCATION", "maybe", "required"),
        ("GATEWAY_CRL_SOURCES", "http://pki.example/ca.crl", "NAME=URL"),
        ("GATEWAY_CRL_SOURCES", "ca=ldap://pki.example/", "NAME=URL"),
        ("GATEWAY_OCSP_SOURCES", "ca=http://user@pki.example/", "NAME=URL"),
        ("GATEWAY_REVOCATION_HOSTS", "http://pki.example", "HOST"),
        ("GATEWAY_REVOCATION_REFRESH", "0", "greater than 0"),
        ("GATEWAY_REQUIRED_POLICIES", "gold", "identifiers"),
        ("GATEWAY_SIGNER_PURPOSES", "serverAuth", "clientAuth"),
        ("GATEWAY_TRUSTED_PROXIES", "front.example", "10.0.0.5"),
        ("GATEWAY_TRUSTED_PROXIES", "10.0.0.1/28", "10.0.0.5"),
        ("GATEWAY_TRUSTED_PROXIES", "10.0.0.1, ::/0", "not everybody"),
        ("GATEWAY_CASE_LINK", "https://registers.example/cases", "{number}"),
        ("GATEWAY_CASE_LINK", "https://registers.example/cases/{number} ", "without spaces"),
        ("GATEWAY_MAIL_SERVER", "mail.example", "HOST:PORT"),
        ("GATEWAY_MAIL_SERVER", "mail.example:0", "HOST:PORT"),
        ("GATEWAY_MAIL_SERVER", "mail.example:²", "HOST:PORT"),
        ("GATEWAY_MAIL_PASSWORD", "gizli-şifrə", "ASCII"),
        ("GATEWAY_OPERATOR_NAME", "Mərkəz\nSaxta", "line breaks"),
        ("GATEWAY_OPERATOR_NAME", "Mərkəz\u2028Saxta", "line breaks"),
        ("GATEWAY_OPERATOR_NAME", "Mərkəz\x07", "control characters"),
        ("GATEWAY_OPERATOR_NAME", "Mərkəz\u202esaxta", "control characters"),
        ("GATEWAY_OPERATOR_NAME", " ", "1 to 200"),
        ("GATEWAY_MAIL_SECURITY", "ssl", "starttls, tls, none"),
        ("GATEWAY_MAIL_LOGIN", "dpc", "belong together"),
        ("GATEWAY_MAIL_TIMEOUT", "0", "greater than 0"),
        ("GATEWAY_DATABSE", "sqlite:///x", "not a setting"),
        ("GATEWAY_CONFIG", "/nowhere/at/all.toml", "not a file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(tmp_path, name, value, says):
    with pytest.raises(SettingsError) as raised:
        load({"GATEWAY_HOME": str(tmp_path), name: value})
    assert says in str(raised.value)
    assert name.removeprefix("GATEWAY_").lower() in str(raised.value).lower()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"GATEWAY_MAIL_SENDER": ""}, "mail_sender"),
        ({"GATEWAY_MAIL_SENDER": "a..b@dpc.example"}, "mail_sender"),
        ({"GATEWAY_MAIL_SENDER": "registers.@dpc.example"}, "mail_sender"),
        ({"GATEWAY_MAIL_SENDER": "a@b.example\r\nBcc: c@d.example"}, "mail_sender"),
        ({"GATEWAY_MAIL_SECURITY": "none"}, "mail_security"),
    ],
)
def test_a_mail_server_needs_a_sender_and_tls_unless_it_is_on_this_machine(tmp_path, changed, says):
    given = {
        "GATEWAY_HOME": str(tmp_path),
        "GATEWAY_MAIL_SERVER": "mail.example:587",
        "GATEWAY_MAIL_SENDER": "registers@dpc.example",
    }
    assert load(given).mail_host_and_port == ("mail.example", 587)
    with pytest.raises(SettingsError, match=says):
        load(given | changed)
    for here in ("127.0.0.1:25", "[::1]:25", "localhost:25"):
        assert load(given | {"GATEWAY_MAIL_SERVER": here, "GATEWAY_MAIL_SECURITY": "none"}).mail_security == "none"


def test_the_password_of_the_mail_server_is_shown_as_stars(tmp_path):
    (tmp_path / "gateway.toml").write_text('mail_login = "dpc"\nmail_password = "geheim"\n')
    settings, origins = load_with_origins({"GATEWAY_HOME": str(tmp_path)})
    assert settings.mail_password == "geheim"
    assert {each.value for each in origins if each.name == "mail_password"} == {"***"}


def test_an_object_of_settings_shows_no_secret():
    settings = Settings(
        mail_password="geheim1",
        database="postgresql://u:geheim2@db:5/x",
        broker="amqps://u:geheim3@mq/v",
        tsa_url="https://u:geheim4@tsa.example/?password=geheim5",
        public_url="https://u:geheim6@[",
        operator_name="Mərkəz",
    )
    shown = repr(settings)
    assert "geheim" not in shown
    assert "operator_name='Mərkəz'" in shown
    assert "http_threads=8" in shown
    assert "database='postgresql://u:***@db:5/x'" in shown


@pytest.mark.parametrize(
    "text",
    ["bind = ", "colour = 'red'", "http_threads = true", "http_threads = 'x'"],
    ids=["toml", "unknown", "bool", "text"],
)
def test_a_mistake_in_the_file_is_told_with_the_file(tmp_path, text):
    (tmp_path / "gateway.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"gateway\.toml"):
        load({"GATEWAY_HOME": str(tmp_path)})
