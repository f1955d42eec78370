"""What values settings may have, beyond their kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import ip_address
from math import inf
from typing import Final
from unicodedata import category
from urllib.parse import urlsplit

from gateway.settings import Settings, SettingsError, words

_POSITIVE: Final = tuple(each.name for each in fields(Settings) if isinstance(each.default, int | float))
_CHOICES: Final = {
    "log_format": ("text", "json"),
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
    "language": ("az", "en"),
    "passwords": ("never", "tls-front", "plain-http"),
    "xades_level": ("B-B", "B-T"),
    "revocation": ("none", "listed", "required"),
    "ocsp_asks": ("enrolled", "seen"),
    "ocsp_nonce": ("no", "yes"),
    "mail_security": ("starttls", "tls", "none"),
}
_OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_SOURCE: Final = re.compile(r"[^=\s]+=https?://[^\s@/]+(/\S*)?")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_PURPOSE: Final = re.compile(rf"clientAuth|emailProtection|documentSigning|any|none|{_OID.pattern}")
_SCHEMES: Final = {
    "database": ("sqlite", "postgresql", "postgresql+psycopg"),
    "broker": ("sqlite", "amqp", "amqps"),
    "tsa_url": ("http", "https"),
    "extract_check_url": ("http", "https"),
}
_DIGEST: Final = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})")
_WORDS: Final = {
    "crl_sources": (_SOURCE, "NAME=URL, the URL http or https", "NAME=URL (URL: http və ya https) olmalıdır"),
    "ocsp_sources": (_SOURCE, "NAME=URL, the URL http or https", "NAME=URL (URL: http və ya https) olmalıdır"),
    "revocation_hosts": (_HOST, "HOST or HOST:PORT", "HOST və ya HOST:PORT olmalıdır"),
    "required_policies": (_OID, "dotted identifiers", "nöqtəli identifikatorlar olmalıdır"),
    "signer_purposes": (
        _PURPOSE,
        "clientAuth, emailProtection, documentSigning, any, none or dotted identifiers",
        "clientAuth, emailProtection, documentSigning, any, none və ya nöqtəli identifikatorlar olmalıdır",
    ),
}
"""Settings that are lists of words, and what each word must be."""
_LARGEST_PREFETCH: Final = 10
_LONGEST_NAME: Final = 200
_CHECK_URL: Final = re.compile(r"\S{0,450}")
_LARGEST_PORT: Final = 65_535


def _check_words(settings: Settings, fail: Callable[[str, str, str], None]) -> None:
    for name, (form, wanted, wanted_az) in _WORDS.items():
        if not all(form.fullmatch(word) for word in words(getattr(settings, name))):
            fail(name, f"must be words, each of them {wanted}", f"sözlərdən ibarət olmalıdır, hər biri {wanted_az}")


def check(settings: Settings, origins: Mapping[str, str]) -> None:
    """Raise `SettingsError` for the first value that cannot be used; `origins` tells where each came from."""

    def fail(name: str, wanted: str, wanted_az: str) -> None:
        origin = origins.get(name)
        raise SettingsError(
            f"{name} (from {origin or 'default'}) {wanted}.", f"{name} ({origin or 'susmaya görə'}) {wanted_az}."
        )

    for name in _POSITIVE:
        if not 0 < getattr(settings, name) < inf:
            fail(name, "must be greater than 0, and finite", "0-dan böyük və sonlu olmalıdır")
    for name, choices in _CHOICES.items():
        if getattr(settings, name) not in choices:
            there_are = ", ".join(choices)
            fail(name, f"must be one of {there_are}", f"bunlardan biri olmalıdır: {there_are}")
    for name, schemes in _SCHEMES.items():
        value = getattr(settings, name)
        if value and urlsplit(value).scheme not in schemes:
            there_are = ", ".join(f"{each}:" for each in schemes)
            fail(
                name,
                f"must be a URL that begins with one of {there_are}",
                f"bunlardan biri ilə başlayan URL olmalıdır: {there_are}",
            )
    _check_policy(settings, fail)
    _check_words(settings, fail)
    for name, (is_so, wanted, wanted_az) in _FORMS.items():
        if not is_so(settings):
            fail(name, wanted, wanted_az)


def _is_address_and_port(settings: Settings) -> bool:
    return _has_host_and_port(settings.bind)


def _has_host_and_port(value: str) -> bool:
    host, _, port = value.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and int(port) <= _LARGEST_PORT


def _is_on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _check_policy(settings: Settings, fail: Callable[[str, str, str], None]) -> None:
    if settings.signature_policy and _OID.fullmatch(settings.signature_policy) is None:
        fail(
            "signature_policy",
            "must be an object identifier, for example 1.2.840.113549",
            "obyekt identifikatoru olmalıdır, məsələn 1.2.840.113549",
        )
    if settings.signature_policy and _DIGEST.fullmatch(settings.signature_policy_digest) is None:
        fail(
            "signature_policy_digest",
            "must be 64, 96 or 128 lower-case hexadecimal digits, since there is a signature_policy",
            "signature_policy verildiyi üçün 64, 96 və ya 128 onaltılıq rəqəm (kiçik hərflərlə) olmalıdır",
        )


def _names_fronts(settings: Settings) -> bool:
    try:
        return all(each.prefixlen for each in settings.trusted_networks)
    except ValueError:
        return False


def _is_one_line(value: str) -> bool:
    """Whether `value` has no control characters, line breaks or invisible marks: it is printed as one line."""
    return not any(category(each)[0] == "C" or category(each) in ("Zl", "Zp") for each in value)


def _is_mail_address(value: str) -> bool:
    """Whether `value` is an address for the servers, and for the library that writes it into every mail."""
    try:
        return _MAIL_ADDRESS.fullmatch(value) is not None and bool(Address(addr_spec=value).domain)
    except (ValueError, MessageError):
        return False


def _is_of_login(value: str) -> bool:
    return value.isascii() and value.isprintable()


_MAIL_ADDRESS: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

_FORMS: Final[Mapping[str, tuple[Callable[[Settings], bool], str, str]]] = {
    "bind": (
        _is_address_and_port,
        "must be ADDRESS:PORT, for example 127.0.0.1:8080",
        "ÜNVAN:PORT olmalıdır, məsələn 127.0.0.1:8080",
    ),
    "prefetch": (
        lambda settings: settings.prefetch <= _LARGEST_PREFETCH,
        f"must be {_LARGEST_PREFETCH} at the most, so that a crash does not drag neighbours along",
        f"ən çoxu {_LARGEST_PREFETCH} ola bilər ki, qəza zamanı qonşu mesajlar da təkrarlanmasın",
    ),
    "operator_name": (
        lambda settings: (
            0 < len(settings.operator_name.strip()) <= _LONGEST_NAME and _is_one_line(settings.operator_name)
        ),
        f"must be a name of 1 to {_LONGEST_NAME} characters, without line breaks and control characters",
        f"1-dən {_LONGEST_NAME}-ə qədər simvoldan ibarət, sətir sonu və idarəetmə simvolları olmayan ad olmalıdır",
    ),
    "extract_check_url": (
        lambda settings: _CHECK_URL.fullmatch(settings.extract_check_url) is not None,
        "must be an address without spaces, of 450 characters at the most",
        "boşluqsuz, ən çoxu 450 simvolluq ünvan olmalıdır",
    ),
    "bodies_in_flight": (
        lambda settings: settings.bodies_in_flight >= max(settings.max_message, settings.max_bulk_message),
        "must have room for the largest message",
        "ən böyük mesajı tutmalıdır",
    ),
    "trusted_proxies": (
        _names_fronts,
        "must be addresses or networks such as 10.0.0.5 or fd00:5::/64, separated by commas, not everybody (/0)",
        "vergüllə ayrılmış ünvan və ya şəbəkələr olmalıdır: 10.0.0.5 və ya fd00:5::/64; hamını əhatə edən /0 olmaz",
    ),
    "case_link": (
        lambda settings: (
            re.fullmatch(r"[a-z][a-z0-9+.-]*:\S{0,200}\{number\}\S{0,200}", settings.case_link) is not None
        ),
        "must be a URL or URN with {number} in it, without spaces, of 400 characters at the most",
        "içində {number} olan, boşluqsuz, ən çoxu 400 simvolluq URL və ya URN olmalıdır",
    ),
    "mail_server": (
        lambda settings: (
            not settings.mail_server
            or (_has_host_and_port(settings.mail_server) and settings.mail_host_and_port[1] > 0)
        ),
        "must be HOST:PORT, for example mail.example:587",
        "HOST:PORT olmalıdır, məsələn mail.example:587",
    ),
    "mail_sender": (
        lambda settings: not settings.mail_server or _is_mail_address(settings.mail_sender),
        "must be a mail address name@domain, since there is a mail_server",
        "mail_server verildiyi üçün ad@domen şəklində e-poçt ünvanı olmalıdır",
    ),
    "mail_security": (
        lambda settings: (
            not settings.mail_server
            or settings.mail_security != "none"
            or _is_on_this_machine(settings.mail_host_and_port[0])
        ),
        "must be starttls or tls, since mail_server is on another machine",
        "mail_server başqa kompüterdə olduğu üçün starttls və ya tls olmalıdır",
    ),
    "mail_password": (
        lambda settings: _is_of_login(settings.mail_login) and _is_of_login(settings.mail_password),
        "and mail_login must be of ASCII letters, digits and signs: logging in at a mail server takes no others",
        "və mail_login yalnız ASCII hərf, rəqəm və işarələrdən ibarət olmalıdır: poçt serveri başqasını qəbul etmir",
    ),
    "mail_login": (
        lambda settings: bool(settings.mail_login) == bool(settings.mail_password),
        "and mail_password belong together; give both or neither",
        "və mail_password birlikdə olur; hər ikisini verin və ya heç birini",
    ),
}
