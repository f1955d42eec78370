"""Every setting, its unit, its default and where its value came from. Read once, in the composition roots.

A value is looked for in the environment (`GATEWAY_DATABASE`), then in the TOML file
(`gateway.toml` in `GATEWAY_HOME`, or the file that `GATEWAY_CONFIG` names: `database = "…"`), then the default stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final
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
        names = (each.name for each in fields(self))
        return f"Settings({', '.join(f'{name}={told(name, getattr(self, name))!r}' for name in names)})"

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


_SECRET_IN_QUERY: Final = re.compile(r"((?:^|&)(?:password|sslpassword|passfile|secret)=)[^&]*", re.IGNORECASE)
_SECRETS: Final = frozenset({"mail_password"})


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


def told(name: str, value: Any) -> Any:
    """The value of the setting `name` as it may be shown: what is secret in it is stars."""
    if not isinstance(value, str):
        return value
    try:
        return "***" if name in _SECRETS and value else masked(value)
    except ValueError:  # no URL, though it has the look of one; what in it is secret cannot be told
        return "***"
