"""A time-stamping authority of our own: RFC 3161 over HTTP on the loopback address, with a switch for each fault.

Its tokens are real: what OpenSSL's `ts -verify` accepts. A fault changes one thing and signs the rest as it must be.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.security.dev_pki import Authority, Issued
from gateway.security.stamp_asn1 import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SHA256_OID,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    Accuracy,
    Algorithm,
    Attribute,
    CertificateDigest,
    ContentInfo,
    Encapsulated,
    Extension,
    Granted,
    IssuerAndSerial,
    MessageImprint,
    Refused,
    SignedData,
    SignerInfo,
    SigningCertificate,
    StatusInfo,
    TimeStampRequest,
    TstInfo,
)
from gateway.security.stamp_token import signed_form

SHA1_OID = x509.ObjectIdentifier("1.3.14.3.2.26")
RSA_SHA256 = x509.ObjectIdentifier("1.2.840.113549.1.1.11")
ECDSA_SHA256 = x509.ObjectIdentifier("1.2.840.10045.4.3.2")
POLICY = x509.ObjectIdentifier("1.2.3.4.5")
STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
MEDIA_TYPES = ("application/timestamp-query", "application/timestamp-reply")


def usage(*, digital_signature: bool = True, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature, content_commitment=False, key_encipherment=not digital_signature,
        data_encipherment=False, key_agreement=False, key_cert_sign=key_cert_sign, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def stamper(
    authority: Authority,
    now: datetime,
    *,
    kind: str = "P-256",
    purpose: x509.ExtendedKeyUsage | None = STAMPING,
    critical: bool = True,
    key_usage: x509.KeyUsage | None = None,
    ca: bool = False,
    days: int = 365,
) -> Issued:
    """A time-stamping authority's certificate."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=ca, path_length=0 if ca else None), True),
        (key_usage or usage(), True),
    ]
    if purpose is not None:
        extensions.append((purpose, critical))
    return authority.issue("Time Stamping Authority", now, kind=kind, extensions=extensions, days=days)


@dataclass(frozen=True)
class Faults:
    """What a token does otherwise than it should; nothing by default."""

    digest: bytes | None = None
    """The imprint of something else."""
    imprint_algorithm: x509.ObjectIdentifier | None = None
    generated: datetime | None = None
    nonce: int | None = None
    content_type: x509.ObjectIdentifier = TST_INFO
    message_digest: bytes | None = None
    named: Issued | None = None
    """The certificate that ESSCertIDv2 names."""
    name_algorithm: x509.ObjectIdentifier = SHA256_OID
    serial: int | None = None
    signed_by: Issued | None = None
    """Whose key makes the signature."""
    spoil_signature: bool = False
    without_attribute: x509.ObjectIdentifier | None = None
    twice: bool = False
    without_certificate: bool = False
    certificates: int = 1
    critical_extension: bool = False
    accuracy: Accuracy | None = None
    version: int = 1
    signers: int = 1
    digest_algorithm: x509.ObjectIdentifier = SHA256_OID
    signature_algorithm: x509.ObjectIdentifier | None = None
    status: int = 0
    token_all_the_same: bool = False
    """A status that refuses, and a token."""
    answer: bytes | None = None
    """These bytes in place of any answer."""
    http_status: int = 200
    media_type: str = MEDIA_TYPES[1]


@dataclass
class TimeStampAuthority:
    """Makes tokens and answers in the name of `issued`."""

    issued: Issued
    faults: Faults = field(default_factory=Faults)
    now: datetime | None = None
    asked: int = 0

    def token(self, digest: bytes, nonce: int | None = None) -> bytes:
        """DER of a time-stamp token about `digest` (SHA-256)."""
        return asn1.encode_der(self._token(digest, nonce))

    def answer(self, request: bytes) -> bytes:
        """DER of the answer to a question."""
        self.asked += 1
        if self.faults.answer is not None:
            return self.faults.answer
        asked = asn1.decode_der(TimeStampRequest, request)
        status = StatusInfo(status=self.faults.status, text=None, failure=None)
        if self.faults.status > 1 and not self.faults.token_all_the_same:
            return asn1.encode_der(Refused(status=status))
        token = self._token(asked.imprint.digest, asked.nonce)
        return asn1.encode_der(
            Granted(status=status, token=asn1.decode_der(_Holder, asn1.encode_der(_Token(token=token))).token)
        )

    def _token(self, digest: bytes, nonce: int | None) -> ContentInfo:
        faults = self.faults
        when = faults.generated or self.now or datetime.now(UTC).replace(microsecond=0)
        extension = Extension(type=POLICY, critical=True, value=b"\x05\x00")
        content = asn1.encode_der(
            TstInfo(
                version=faults.version,
                policy=POLICY,
                imprint=MessageImprint(
                    algorithm=Algorithm(
                        algorithm=faults.imprint_algorithm or SHA256_OID,
                        parameters=None if faults.imprint_algorithm else asn1.Null(),
                    ),
                    digest=digest if faults.digest is None else faults.digest,
                ),
                serial=x509.random_serial_number(),
                generated=asn1.GeneralizedTime(when),
                accuracy=faults.accuracy,
                ordering=False,
                nonce=nonce if faults.nonce is None else faults.nonce,
                tsa=None,
                extensions=[extension] if faults.critical_extension else None,
            )
        )
        signers = [self._signer(content, number) for number in range(faults.signers)]
        certificates = [] if faults.without_certificate else [self.issued.certificate] * faults.certificates
        return ContentInfo(
            type=SIGNED_DATA,
            content=SignedData(
                version=3,
                digest_algorithms=tlv(_Algorithms(values=asn1.SetOf([_sha256()]))),
                encapsulated=Encapsulated(type=TST_INFO, content=content),
                certificates=[certificate_tlv(each) for each in certificates] or None,
                crls=None,
                signers=asn1.SetOf(signers),
            ),
        )

    def _signer(self, content: bytes, number: int) -> SignerInfo:
        faults, certificate = self.faults, self.issued.certificate
        named = (faults.named or self.issued).certificate.public_bytes(serialization.Encoding.DER)
        digest = hashlib.sha256(content).digest() if faults.message_digest is None else faults.message_digest
        identity = CertificateDigest(
            algorithm=Algorithm(algorithm=faults.name_algorithm, parameters=None),
            digest=hashlib.sha256(named).digest(),
            issuer_serial=None,
        )
        values = {
            CONTENT_TYPE: tlv(_Oid(value=faults.content_type)),
            MESSAGE_DIGEST: tlv(_Octets(value=digest)),
            SIGNING_CERTIFICATE_V2: tlv(_Signing(value=SigningCertificate(certificates=[identity], policies=None))),
        }
        values.pop(faults.without_attribute or POLICY, None)
        attributes = [Attribute(type=oid, values=asn1.SetOf([value])) for oid, value in values.items()]
        signed = asn1.SetOf([*attributes, attributes[0]] if faults.twice else attributes)
        key = (faults.signed_by or self.issued).key
        octets = signed_form(signed)
        if isinstance(key, rsa.RSAPrivateKey):
            value, algorithm = key.sign(octets, PKCS1v15(), hashes.SHA256()), RSA_SHA256
        else:
            value, algorithm = key.sign(octets, ec.ECDSA(hashes.SHA256())), ECDSA_SHA256
        if faults.spoil_signature:
            value = value[:-1] + bytes([value[-1] ^ 1])
        return SignerInfo(
            version=1,
            sid=IssuerAndSerial(
                issuer=tlv_of(certificate.issuer.public_bytes()),
                serial=(faults.serial or certificate.serial_number) + number,
            ),
            digest_algorithm=Algorithm(algorithm=faults.digest_algorithm, parameters=None),
            signed_attributes=signed,
            signature_algorithm=Algorithm(algorithm=faults.signature_algorithm or algorithm, parameters=None),
            signature=value,
            unsigned_attributes=None,
        )

    def with_faults(self, **faults: object) -> TimeStampAuthority:
        """The same authority, doing these things wrongly."""
        return replace(self, faults=replace(self.faults, **faults))

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Answer at the address that is handed out, until the block ends."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == MEDIA_TYPES[0]
                answer = authority.answer(question)
                self.send_response(authority.faults.http_status)
                self.send_header("Content-Type", authority.faults.media_type)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/tsa"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


# A TLV is only ever read: these wrap a value, so that it can be read back as one.


@asn1.sequence
class _Holder:
    token: asn1.TLV


@asn1.sequence
class _Token:
    token: ContentInfo


@asn1.sequence
class _Algorithms:
    values: asn1.SetOf[Algorithm]


@asn1.sequence
class _Oid:
    value: x509.ObjectIdentifier


@asn1.sequence
class _Octets:
    value: bytes


@asn1.sequence
class _Signing:
    value: SigningCertificate


@asn1.sequence
class _Certificate:
    value: x509.Certificate


def tlv(wrapped: object) -> asn1.TLV:
    """The only value of `wrapped`."""
    return asn1.decode_der(_Holder, asn1.encode_der(wrapped)).token


def certificate_tlv(certificate: x509.Certificate) -> asn1.TLV:
    return tlv(_Certificate(value=certificate))


def tlv_of(der: bytes) -> asn1.TLV:
    """The value in `der`."""
    size = len(der)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2)
    return asn1.decode_der(_Holder, b"\x30" + length + der).token


def _sha256() -> Algorithm:
    return Algorithm(algorithm=SHA256_OID, parameters=None)


@dataclass(frozen=True)
class StampPki:
    """A root for time-stamping authorities, its intermediate, and one authority."""

    root: Authority
    issuing: Authority
    authority: TimeStampAuthority

    @classmethod
    def make(cls, now: datetime, kind: str = "P-256") -> StampPki:
        root = Authority.root(now - timedelta(days=30), common_name="Time Stamping Root")
        issuing = root.authority(now - timedelta(days=30), common_name="Time Stamping Issuing CA")
        return cls(root, issuing, TimeStampAuthority(stamper(issuing, now - timedelta(days=30), kind=kind), now=now))
