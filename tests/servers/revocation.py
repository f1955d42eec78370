"""An authority's web server: lists and an OCSP responder over real HTTP on loopback, with a switch for each fault."""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.security.dev_pki import Authority, Issued


@dataclass
class Site:
    """What the server gives at each path, and how badly."""

    pages: dict[str, bytes | Callable[[bytes], bytes]] = field(default_factory=dict)
    """Content of a path, or what makes it from the body of the request."""
    status: int = 200
    location: str | None = None
    delay: float = 0.0
    drip: bool = False
    """One byte in a while."""
    drips: float = math.inf
    """How many of them."""
    cut: int = 0
    """Bytes that are announced and not sent."""
    encoding: str | None = None
    hits: list[str] = field(default_factory=list)
    """Method and path of every request."""
    port: int = 0
    connects: list[object] = field(default_factory=list)
    """Every connection that was made, requests or not."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def serving(pem: Path | None = None) -> Iterator[Site]:
    """A site on a free port of loopback, by TLS with a key and certificate in `pem`; gone when the block ends."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, site, b"")

        def do_POST(self) -> None:
            _answer(self, site, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> tuple[socket.socket, object]:
            connection, address = super().get_request()
            site.connects.append(address)
            return connection, address

        def handle_error(self, *_arguments: object) -> None:
            """The other side may hang up: that is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    if pem is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, site: Site, body: bytes) -> None:
    site.hits.append(f"{request.command} {request.path}")
    time.sleep(site.delay)
    page = site.pages.get(request.path)
    content = page(body) if callable(page) else page or b""
    request.send_response(site.status if page is not None or site.status != 200 else 404)
    if site.location is not None:
        request.send_header("Location", site.location)
    if site.encoding is not None:
        request.send_header("Content-Encoding", site.encoding)
    if not site.drip:
        request.send_header("Content-Length", str(len(content) + site.cut))
    request.end_headers()
    sent = 0
    while site.drip and sent < site.drips:
        request.wfile.write(b"\x30")
        request.wfile.flush()
        time.sleep(0.05)
        sent += 1
    request.wfile.write(content)


def revocation_list(
    by: Authority,
    *revoked: Issued,
    now: datetime | None = None,
    age: timedelta = timedelta(hours=1),
    life: timedelta = timedelta(days=7),
    reason: x509.ReasonFlags | None = None,
    key: object = None,
) -> bytes:
    """The DER of a full list, `age` old and good for `life` from now."""
    now = now or datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.issued.certificate.subject)
        .last_update(now - age)
        .next_update(now + life)
    )
    for each in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(each.certificate.serial_number).revocation_date(now)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key or by.issued.key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass
class Responder:
    """Answers OCSP questions in the name of `authority`; each attribute after it is a switch."""

    authority: Authority
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    reason: x509.ReasonFlags | None = None
    serial: int | None = None
    """Another serial number than was asked for."""
    issuer: Authority | None = None
    """Another issuer than was asked for."""
    age: timedelta = timedelta(hours=1)
    life: timedelta | None = timedelta(days=1)
    signer: Issued | None = None
    """Who signs, if not the authority itself."""
    enclosed: tuple[Issued, ...] = ()
    by_key: bool = True
    """Names itself by the hash of its key, otherwise by its name."""
    echo: bool = True
    """Whether a nonce is sent back."""
    algorithm: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    error: ocsp.OCSPResponseStatus | None = None
    spoilt: bool = False
    """The signature does not hold."""
    extra: x509.ExtensionType | None = None
    """A critical extension."""
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    asked: list[int] = field(default_factory=list)

    def __call__(self, question: bytes) -> bytes:
        if self.error is not None:
            return ocsp.OCSPResponseBuilder.build_unsuccessful(self.error).public_bytes(Encoding.DER)
        request = ocsp.load_der_ocsp_request(question)
        self.asked.append(request.serial_number)
        answer = self._response(request).public_bytes(Encoding.DER)
        if self.spoilt:
            signature = ocsp.load_der_ocsp_response(answer).signature
            answer = answer.replace(signature, signature[:-1] + bytes([signature[-1] ^ 1]))
        return answer

    def _response(self, request: ocsp.OCSPRequest) -> ocsp.OCSPResponse:
        now, issuer = self.now(), (self.issuer or self.authority).issued.certificate
        revoked = self.status is ocsp.OCSPCertStatus.REVOKED
        about = Authority(self.issuer.issued if self.issuer else self.authority.issued)
        signer = self.signer or about.issued if self.issuer is None else self.signer or self.authority.issued
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            _hash(issuer.subject.public_bytes()),
            x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest,
            self.serial or request.serial_number,
            hashes.SHA1(),
            self.status,
            now - self.age,
            None if self.life is None else now + self.life,
            now - timedelta(minutes=30) if revoked else None,
            self.reason if revoked else None,
        )
        encoding = ocsp.OCSPResponderEncoding.HASH if self.by_key else ocsp.OCSPResponderEncoding.NAME
        builder = builder.responder_id(encoding, signer.certificate)
        if self.enclosed:
            builder = builder.certificates([each.certificate for each in self.enclosed])
        if self.extra is not None:
            builder = builder.add_extension(self.extra, critical=True)
        for extension in request.extensions:
            if self.echo:
                builder = builder.add_extension(extension.value, extension.critical)
        return builder.sign(signer.key, self.algorithm)


def responder_certificate(
    by: Authority,
    now: datetime | None = None,
    *,
    purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.OCSP_SIGNING,),
    no_check: bool = True,
    days: int = 30,
) -> Issued:
    """A delegated responder's key and certificate."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.BasicConstraints(ca=False, path_length=None), True)]
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(purposes), False))
    if no_check:
        extensions.append((x509.OCSPNoCheck(), False))
    now = now or datetime.now(UTC) - timedelta(days=1)
    return by.issue("Responder", now, kind="P-256", extensions=extensions, days=days)


def _hash(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA1())
    digest.update(data)
    return digest.finalize()
