"""Every setting, its unit, its default and where its value came from. Read once, in the composition roots.

A value is looked for in the environment (`GATEWAY_DATABASE`), then in the TOML file
(`gateway.toml` in `GATEWAY_HOME`, or the file that `GATEWAY_CONFIG` names: `database = "…"`), then the default stands.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from math import inf
from pathlib import Path
from typing import Any, Final
from unicodedata import category
from urllib.parse import urlsplit, urlunsplit


class SettingsError(Exception):
    """A setting cannot be used; the text, in both languages, says which one, where it was found and what it takes."""

    def __init__(self, text_en: str, text_az: str) -> None:
        super().__init__(text_en)
        self.text_az = text_az


_UNITS_AZ: Final = {
    "address:port": "ünvan:port",
    "address": "ünvan",
    "addresses": "ünvanlar",
    "bytes": "bayt",
    "bytes/second": "bayt/saniyə",
    "connections": "qoşulma",
    "file": "fayl",
    "folder": "qovluq",
    "hexadecimal": "onaltılıq",
    "level": "səviyyə",
    "messages": "mesaj",
    "name": "ad",
    "password": "parol",
    "requests": "sorğu",
    "seconds": "saniyə",
    "threads": "axın",
}
"""The units in Azerbaijani; others are the same in both languages."""


def _setting(default: Any, unit: str, meaning: str, meaning_az: str) -> Any:
    unit_az = _UNITS_AZ.get(unit, unit)
    return field(
        default=default, metadata={"unit": unit, "unit_az": unit_az, "meaning": meaning, "meaning_az": meaning_az}
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a process; frozen, and passed to the parts that need them."""

    home: str = _setting(
        ".gateway",
        "folder",
        "Keys, trust store and, in the embedded mode, the databases",
        "Açarlar, etibar edilən kök sertifikatlar və (daxili rejimdə) bazalar",
    )
    bind: str = _setting(
        "127.0.0.1:8080", "address:port", "Where the SOAP endpoint listens", "SOAP xidmətinin dinlədiyi ünvan"
    )
    public_url: str = _setting(
        "",
        "URL",
        "Address callers use, written into the WSDL; empty: as they called",
        "Müraciət edənlərin istifadə etdiyi, WSDL-ə yazılan ünvan; boşdursa: müraciət olunan ünvan",
    )
    trusted_proxies: str = _setting(
        "",
        "addresses",
        "TLS fronts whose X-Forwarded-For and -Proto are believed: addresses or networks (10.0.0.0/28), by commas",
        "X-Forwarded-For və -Proto başlıqlarına inanılan TLS serverləri: ünvan və ya şəbəkələr (10.0.0.0/28), vergüllə",
    )
    database: str = _setting(
        "",
        "URL",
        "Register store: sqlite:///FILE or postgresql://…; empty: SQLite in the home",
        "Reyestr bazası: sqlite:///FAYL və ya postgresql://…; boşdursa: qovluqda SQLite",
    )
    broker: str = _setting(
        "",
        "URL",
        "Broker: sqlite:///FILE or amqp(s)://…; empty: embedded in the home",
        "Növbə serveri: sqlite:///FAYL və ya amqp(s)://…; boşdursa: qovluqda, daxili",
    )
    http_threads: int = _setting(
        8,
        "threads",
        "Requests answered at the same time by one process",
        "Bir prosesin eyni vaxtda cavablandırdığı sorğular",
    )
    connections: int = _setting(
        1000,
        "connections",
        "Open HTTP connections a process keeps at the most",
        "Bir prosesin saxladığı açıq HTTP qoşulmalarının ən çox sayı",
    )
    idle_timeout: int = _setting(
        30,
        "seconds",
        "An HTTP connection without traffic is closed after this",
        "Hərəkətsiz HTTP qoşulması bu müddətdən sonra bağlanır",
    )
    connections_per_address: int = _setting(
        400,
        "connections",
        "Open HTTP connections of one address (IPv6: /64), those of trusted_proxies aside",
        "Bir ünvanın (IPv6: /64) açıq HTTP qoşulmaları; trusted_proxies serverləri istisnadır",
    )
    header_timeout: float = _setting(
        10.0,
        "seconds",
        "A request's header must arrive within this",
        "Sorğunun başlığı bu müddətdə tam gəlməlidir",
    )
    body_timeout: float = _setting(
        15.0,
        "seconds",
        "How long a message may be under way, or an answer be taken, at whatever rate",
        "Mesajın gəlməsi və ya cavabın alınması istənilən sürətlə bu qədər çəkə bilər",
    )
    slowest_rate: int = _setting(
        50_000,
        "bytes/second",
        "The rate that it must have to take longer",
        "Daha uzun çəkməsi üçün lazım olan ən aşağı sürət",
    )
    bodies_in_flight: int = _setting(
        128_000_000,
        "bytes",
        "Messages a process takes in at the same time, half of it from one address at the most",
        "Bir prosesin eyni vaxtda saxladığı mesajların həcmi; bir ünvana ən çoxu yarısı düşür",
    )
    waiting_requests: int = _setting(
        200,
        "requests",
        "Requests that may wait while all threads are busy",
        "Bütün axınlar məşğul olanda gözləyə bilən sorğular",
    )
    waiting_timeout: float = _setting(
        2.0,
        "seconds",
        "How long a request waits for a thread before it is told to come later",
        "Sorğu boş axını bu qədər gözləyir, sonra ona gec müraciət etmək deyilir",
    )
    max_message: int = _setting(
        5_000_000,
        "bytes",
        "Largest message, where the operation does not say more",
        "Əməliyyat üçün daha çoxu deyilməyibsə, mesajın ən böyük həcmi",
    )
    max_bulk_message: int = _setting(
        10_000_000, "bytes", "Largest message of a bulk operation", "Toplu əməliyyatda mesajın ən böyük həcmi"
    )
    max_age: int = _setting(
        300,
        "seconds",
        "Longest life a message's Timestamp may claim",
        "Mesajın Timestamp-inin göstərə biləcəyi ən uzun müddət",
    )
    clock_skew: int = _setting(
        60,
        "seconds",
        "How far a caller's clock may run ahead of ours",
        "Müraciət edənin saatı bizimkindən nə qədər irəli ola bilər",
    )
    confirm_timeout: float = _setting(
        2.0,
        "seconds",
        "How long intake waits for the broker's confirm",
        "Qəbul növbə serverinin təsdiqini nə qədər gözləyir",
    )
    ledger_timeout: float = _setting(
        0.5,
        "seconds",
        "How long intake waits for the receipt ledger of the store",
        "Qəbul bazadakı qəbz jurnalını nə qədər gözləyir",
    )
    store_timeout: float = _setting(
        5.0,
        "seconds",
        "Longest statement or lock wait in the store",
        "Bazada bir əmrin və ya kilid gözləməsinin ən uzun müddəti",
    )
    store_connections: int = _setting(
        16,
        "connections",
        "Connections to the store a process keeps at the most",
        "Bir prosesin baza ilə saxladığı qoşulmaların ən çox sayı",
    )
    passwords: str = _setting(
        "never",
        "never | tls-front | plain-http",
        "Whether UsernameTokens are taken: over TLS, as one of trusted_proxies says; or in the open (--dev alone)",
        "UsernameToken qəbul edilirmi: trusted_proxies serverlərinin təsdiqlədiyi TLS ilə; açıq: yalnız --dev",
    )
    operator_name: str = _setting(
        "Məlumat Hesablama Mərkəzi",
        "name",
        "Name of the operator that keeps the registers, written into the extracts it issues; 200 characters at most",
        "Reyestrləri aparan operatorun adı, verdiyi çıxarışlara yazılır; ən çoxu 200 simvol",
    )
    extract_check_url: str = _setting(
        "",
        "URL",
        "Address where extracts are checked, printed on them with their code appended; empty: the code alone",
        "Çıxarışların yoxlandığı ünvan; çıxarışda sonuna kod əlavə edilərək göstərilir; boşdursa: yalnız kod",
    )
    xades_level: str = _setting(
        "B-B",
        "B-B | B-T",
        "Least level of signed applications; B-T: with a time stamp by an authority in trust/tsa",
        "İmzalanmış müraciətlərin ən aşağı səviyyəsi; B-T: trust/tsa qovluğundakı xidmətin vaxt möhürü ilə",
    )
    signature_policy: str = _setting(
        "",
        "OID",
        "Signature policy that signed applications must state; empty: none",
        "İmzalanmış müraciətlərin göstərməli olduğu imza siyasəti; boşdursa: tələb olunmur",
    )
    signature_policy_digest: str = _setting(
        "",
        "hexadecimal",
        "SHA-256, SHA-384 or SHA-512 of that policy's document",
        "Həmin siyasət sənədinin SHA-256, SHA-384 və ya SHA-512 həşi",
    )
    tsa_url: str = _setting(
        "",
        "URL",
        "Authority that time-stamps what `gateway call` signs; empty: not time-stamped",
        "`gateway call` ilə imzalananlara vaxt möhürü verən xidmət; boşdursa: möhürsüz",
    )
    directory_refresh: float = _setting(
        0.25,
        "seconds",
        "After this, a change of the enrolled parties is in force; the same in all processes",
        "Tərəflərin qeydiyyatında dəyişiklik bu müddətə qüvvəyə minir; bütün proseslərdə eyni",
    )
    directory_max_age: float = _setting(
        43_200.0,
        "seconds",
        "While the store is away, commands are accepted by what was last known of the parties; for this long",
        "Baza əlçatmaz olanda əmrlər tərəflər haqqında son məlumatla bu müddət ərzində qəbul edilir",
    )
    revocation: str = _setting(
        "listed",
        "none | listed | required",
        "Whose certificates must be known not to be revoked: nobody's (enrolment is the control); those of issuers "
        "that have a list or a source; everybody's. What must be known and is not, is refused",
        "Kimin sertifikatının ləğv edilmədiyi bilinməlidir: heç kimin (nəzarət qeydiyyatdır); siyahısı və ya mənbəyi "
        "olan mərkəzlərin; hamının. Bilinməli olan bilinmirsə, rədd edilir",
    )
    crl_sources: str = _setting(
        "",
        "NAME=URL …",
        "Where revocation lists are fetched in the background; NAME: the issuer's file in trust/, without .pem",
        "Ləğv siyahılarının arxa planda alındığı ünvanlar; NAME: mərkəzin trust/ qovluğundakı faylı, .pem olmadan",
    )
    ocsp_sources: str = _setting(
        "",
        "NAME=URL …",
        "OCSP responders that are asked in the background, by issuer as in crl_sources",
        "Arxa planda soruşulan OCSP xidmətləri; mərkəzlər crl_sources-dakı kimi göstərilir",
    )
    revocation_hosts: str = _setting(
        "",
        "HOST[:PORT] …",
        "Hosts where lists and responders named in certificates may be; empty: such addresses are never used",
        "Sertifikatlarda göstərilən siyahı və OCSP ünvanlarının ola biləcəyi serverlər; boşdursa: onlardan istifadə "
        "edilmir",
    )
    revocation_refresh: float = _setting(
        3600.0,
        "seconds",
        "Lists and OCSP answers are renewed after this at the latest, sooner when they go out of date",
        "Siyahılar və OCSP cavabları ən geci bu müddətdən sonra, vaxtı bitirsə daha tez yenilənir",
    )
    ocsp_asks: str = _setting(
        "seen",
        "enrolled | seen",
        "Certificates OCSP is asked about: enrolled ones; or all that are seen, of which the first call is refused",
        "OCSP ilə soruşulan sertifikatlar: qeydiyyatdakılar; və ya görülən hər biri (onun ilk müraciəti rədd edilir)",
    )
    ocsp_nonce: str = _setting(
        "no",
        "no | yes",
        "Whether a responder must answer this very question, not with an answer prepared before",
        "OCSP xidməti əvvəlcədən hazırlanmış cavabla deyil, məhz bu suala cavab verməlidirmi",
    )
    required_policies: str = _setting(
        "",
        "OID …",
        "Certificate policies of which signers and the authorities between must state one; empty: none is asked for",
        "İmzalayanın və aralıq mərkəzlərin sertifikatlarında biri göstərilməli olan siyasətlər; boşdursa: tələb yoxdur",
    )
    signer_purposes: str = _setting(
        "",
        "NAME | OID …",
        "Extended key usages a signer may have: clientAuth, emailProtection, documentSigning, any, none (no usage "
        "stated), identifiers; empty: any but those of servers alone",
        "İmzalayanın açarının genişləndirilmiş təyinatı: clientAuth, emailProtection, documentSigning, any, none "
        "(göstərilməyib), OID; boşdursa: yalnız server təyinatından başqa hər biri",
    )
    terms: str = _setting(
        "",
        "file",
        "The operator's own terms and days off, as in `gateway cases terms`",
        "Operatorun öz müddətləri və istirahət günləri (`gateway cases terms`)",
    )
    worker_threads: int = _setting(
        1, "threads", "Consumers per queue in one worker process", "Bir işçi prosesdə hər növbəyə düşən istehlakçılar"
    )
    relay_lease: float = _setting(
        30.0,
        "seconds",
        "After this, what a relay that died had claimed is free again",
        "Dayanmış ötürücünün götürdükləri bu müddətdən sonra yenidən sərbəstdir",
    )
    outbox_kept: int = _setting(
        86_400,
        "seconds",
        "How long the outbox keeps what was sent, for looking into faults",
        "Göndərilənlər (nasazlığı araşdırmaq üçün) çıxış qutusunda nə qədər saxlanılır",
    )
    prefetch: int = _setting(
        8,
        "messages",
        "Unsettled messages a consumer holds (10 at the most)",
        "Bir istehlakçının əlində olan, hələ bitməmiş mesajlar (ən çoxu 10)",
    )
    drain_timeout: float = _setting(
        30.0,
        "seconds",
        "How long a process finishes its work when told to stop",
        "Dayandırılan proses işini nə qədər müddətdə bitirir",
    )
    case_link: str = _setting(
        "urn:state-register:case:{number}",
        "URL",
        "What leads to a case, written into notices; {number} stands for its incoming number",
        "Bildirişlərə yazılan, işə aparan keçid; {number} işin daxilolma nömrəsini göstərir",
    )
    mail_server: str = _setting(
        "",
        "HOST:PORT",
        "Mail server that sends notices to agencies that want them by mail; empty: mail is not offered",
        "Bildirişləri e-poçtla almaq istəyən qurumlara göndərən server; boşdursa: e-poçt təklif edilmir",
    )
    mail_security: str = _setting(
        "starttls",
        "starttls | tls | none",
        "TLS to the mail server: asked for, or at once; none: in the open, on this machine alone",
        "Poçt serveri ilə TLS: sorğu ilə və ya əvvəldən; none: açıq, yalnız bu kompüterdəki server üçün",
    )
    mail_authorities: str = _setting(
        "",
        "file",
        "PEM file of the roots by which the mail server's certificate is judged; empty: those of the system",
        "Poçt serverinin sertifikatını yoxlamaq üçün kök sertifikatların PEM faylı; boşdursa: sisteminkilər",
    )
    mail_sender: str = _setting(
        "",
        "address",
        "Address that mails are from and that failures are returned to",
        "Məktubların göndərildiyi və çatdırılmayanların qaytarıldığı ünvan",
    )
    mail_login: str = _setting(
        "", "login", "Login at the mail server; empty: without", "Poçt serverində login; boşdursa: loginsiz"
    )
    mail_password: str = _setting(
        "",
        "password",
        "Password at the mail server; better in gateway.toml",
        "Poçt serverində parol; mühit dəyişənində deyil, gateway.toml faylında saxlamaq daha yaxşıdır",
    )
    mail_timeout: float = _setting(
        600.0,
        "seconds",
        "How long sending one mail may take; servers that think longer get copies",
        "Bir məktubun göndərilməsi cəmi nə qədər çəkə bilər; daha gec cavab verən serverə surət göndərilir",
    )
    log_format: str = _setting(
        "text",
        "text | json",
        "Form of the log lines on standard error",
        "Standart xəta axınına yazılan jurnal sətirlərinin forması",
    )
    log_level: str = _setting("INFO", "level", "Least level that is logged", "Jurnala yazılan ən aşağı səviyyə")
    language: str = _setting("en", "az | en", "Language of the command line's messages", "Əmr sətri mesajlarının dili")

    def __repr__(self) -> str:
        """All values, the secrets masked: logs and tracebacks show objects like this."""
        return f"Settings({', '.join(f'{name}={_told(name, getattr(self, name))!r}' for name in _NAMES_IN_ORDER)})"

    @property
    def home_path(self) -> Path:
        """The home as a path."""
        return Path(self.home)

    @property
    def database_url(self) -> str:
        """URL of the register store, the embedded default filled in."""
        return self.database or f"sqlite:///{(self.home_path / 'registers.db').resolve()}"

    @property
    def broker_url(self) -> str:
        """URL of the broker, the embedded default filled in."""
        return self.broker or f"sqlite:///{(self.home_path / 'broker.db').resolve()}"

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The fronts that are believed, each as a network."""
        return tuple(ip_network(each.strip()) for each in self.trusted_proxies.split(",") if each.strip())

    @property
    def host_and_port(self) -> tuple[str, int]:
        """The bind address taken apart."""
        return _host_and_port(self.bind)

    @property
    def mail_host_and_port(self) -> tuple[str, int]:
        """The mail server taken apart; only where there is one."""
        return _host_and_port(self.mail_server)


def _host_and_port(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from, for `gateway settings`."""

    name: str
    value: str
    unit: str
    unit_az: str
    origin: str
    meaning: str
    meaning_az: str


_SECRET_IN_QUERY: Final = re.compile(r"((?:^|&)(?:password|sslpassword|passfile|secret)=)[^&]*", re.IGNORECASE)
_SECRETS: Final = frozenset({"mail_password"})
PREFIX: Final = "GATEWAY_"
_NAMES_IN_ORDER: Final = tuple(each.name for each in fields(Settings))
_NAMES: Final = frozenset(_NAMES_IN_ORDER)
_SPECIAL: Final = frozenset({"GATEWAY_CONFIG"})


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises `SettingsError` for an unknown name or a value that cannot be used."""
    return load_with_origins(environ)[0]


def load_with_origins(environ: Mapping[str, str]) -> tuple[Settings, list[Origin]]:
    """The settings, and for each of them its value (secrets masked), unit and origin."""
    _refuse_unknown_variables(environ)
    path = _file_of(environ)
    table = _read_file(path)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for each in fields(Settings):
        variable = PREFIX + each.name.upper()
        if variable in environ:
            raw, origins[each.name] = environ[variable], variable
        elif each.name in table:
            raw, origins[each.name] = table[each.name], str(path)
        else:
            continue
        values[each.name] = _convert(each.name, raw, type(each.default), origins[each.name])
    settings = Settings(**values)
    _check(settings, origins)
    shown = [
        Origin(
            name=each.name,
            value=_shown(settings, each.name),
            origin=origins.get(each.name, "default"),
            **each.metadata,
        )
        for each in fields(Settings)
    ]
    return settings, shown


def words(value: str) -> tuple[str, ...]:
    """The words of a setting that is a list of them, separated by spaces or commas."""
    return tuple(value.replace(",", " ").split())


def masked(value: str) -> str:
    """`value` with the password of a URL replaced by stars, wherever in the URL it stands."""
    parts = urlsplit(value)
    if parts.query:
        parts = parts._replace(query=_SECRET_IN_QUERY.sub(r"\1***", parts.query))
    if parts.password:
        parts = parts._replace(netloc=f"{parts.username}:***@{parts.netloc.rpartition('@')[2]}")
    return value if parts == urlsplit(value) else urlunsplit(parts)


def _shown(settings: Settings, name: str) -> str:
    return str(_told(name, _effective(settings, name)))


def _told(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return "***" if name in _SECRETS and value else masked(value)
    except ValueError:  # no URL, though it has the look of one; what in it is secret cannot be told
        return "***"


def _effective(settings: Settings, name: str) -> Any:
    if name in ("database", "broker"):
        return getattr(settings, f"{name}_url")
    return getattr(settings, name)


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    for variable in sorted(environ):
        known = variable in _SPECIAL or variable.removeprefix(PREFIX).lower() in _NAMES
        if variable.startswith(PREFIX) and not known:
            raise SettingsError(
                f"{variable} is not a setting. `gateway settings` lists the known ones.",
                f"{variable} adlı parametr yoxdur. Olanların siyahısı: `gateway settings`.",
            )


def _file_of(environ: Mapping[str, str]) -> Path:
    if "GATEWAY_CONFIG" in environ:
        path = Path(environ["GATEWAY_CONFIG"])
        if not path.is_file():
            raise SettingsError(
                f"GATEWAY_CONFIG names {path}, which is not a file.",
                f"GATEWAY_CONFIG dəyişənində göstərilən {path} fayl deyil.",
            )
        return path
    return Path(environ.get("GATEWAY_HOME", ".gateway")) / "gateway.toml"


def _read_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}", f"{path} TOML kimi oxunmur: {error}") from error
    unknown = sorted(set(table) - _NAMES)
    if unknown:
        names = ", ".join(unknown)
        raise SettingsError(
            f"{path}: {names}: no such setting. `gateway settings` lists the known ones.",
            f"{path}: {names}: belə parametr yoxdur. Olanların siyahısı: `gateway settings`.",
        )
    return table


def _convert(name: str, raw: Any, kind: type, origin: str) -> Any:
    try:
        # bool is an int to Python; `http_threads = true` is a mistake all the same.
        return kind(None if isinstance(raw, bool) and kind is not str else raw)
    except (TypeError, ValueError) as error:
        wanted, wanted_az = ("a whole number", "tam ədəd") if kind is int else ("a number", "ədəd")
        raise SettingsError(
            f"{name} (from {origin}) must be {wanted}.", f"{name} ({origin}) {wanted_az} olmalıdır."
        ) from error


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


def _check(settings: Settings, origins: Mapping[str, str]) -> None:
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
