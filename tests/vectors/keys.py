"""Keys that everybody may have: derived from the text below, so that nobody can mistake them for secret ones.

They sign the golden vectors, which must come out the same on every machine. Nothing may ever trust them.
"""

from __future__ import annotations

import base64
import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gateway.security.algorithms import PrivateKey
from gateway.security.dev_pki import name
from gateway.security.sign import SigningKey

SEED = "State register gateway, golden vectors, public test key"
ORGANISATION = "Golden vectors: public test keys, trust nothing"
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2099, 12, 31, tzinfo=UTC)

_EXPONENT = 65537
_PRIME_BITS = 1024
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
_SMALL = math.prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2)))


@dataclass(frozen=True)
class Identity:
    """A key with its certificate."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def signing_key(self) -> SigningKey:
        """The same to sign with; the same bytes signed give the same signature, with EC too."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        made = SigningKey.from_pem(key, self.pem)
        return _Deterministic(made.key, made.certificate, made.method, made.token)


class _Deterministic(SigningKey):
    """Signs by ECDSA as RFC 6979 has it, without chance."""

    def signature_value(self, signed_info: bytes) -> str:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return super().signature_value(signed_info)
        half = (self.key.curve.key_size + 7) // 8
        method = ec.ECDSA(self.method.hash, deterministic_signing=True)
        r, s = decode_dss_signature(self.key.sign(signed_info, method))
        return base64.b64encode(r.to_bytes(half) + s.to_bytes(half)).decode()


@cache
def root() -> Identity:
    """The authority of all golden vectors."""
    key = _rsa_key("root")
    return Identity(key, _certificate("Root", 1, key.public_key(), None))


@cache
def identity(title: str, kind: str) -> Identity:
    """A leaf below the root; `kind` is `rsa` or `ec`."""
    key = _rsa_key(title) if kind == "rsa" else _ec_key(title)
    return Identity(
        key, _certificate(f"{title} {kind.upper()}", _number(f"{title} {kind}", 8), key.public_key(), root())
    )


def _certificate(
    title: str, serial: int, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, issuer: Identity | None
) -> x509.Certificate:
    subject = name(title, ORGANISATION)
    issuing = issuer.key if issuer else _rsa_key("root")
    ca = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(_usage(ca=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False)
    )
    return builder.sign(issuing, hashes.SHA256())  # RSA, PKCS #1 v1.5: always the same


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, crl_sign=ca, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


@cache
def _rsa_key(title: str) -> rsa.RSAPrivateKey:
    p, q = _prime(f"{title} p"), _prime(f"{title} q")
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    crt = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *crt, public).private_key()


def _ec_key(title: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(_number(f"{title} ec", 31), ec.SECP256R1())


def _number(text: str, size: int) -> int:
    return int.from_bytes(hashlib.shake_256(f"{SEED}: {text}".encode()).digest(size))


def _prime(text: str) -> int:
    """The first prime after a number of 1024 bits that is made from `text`; its two top bits are set."""
    candidate = _number(text, _PRIME_BITS // 8) | 3 << (_PRIME_BITS - 2) | 1
    while not _is_prime(candidate) or math.gcd(candidate - 1, _EXPONENT) > 1:
        candidate += 2
    return candidate


def _is_prime(n: int) -> bool:
    """Miller and Rabin's test: no proof against an adversary, and there is none here."""
    if math.gcd(n, _SMALL) > 1:
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(pow(witness, odd, n), n, twos) for witness in _WITNESSES)


def _passes(power: int, n: int, twos: int) -> bool:
    if power in {1, n - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % n
        if power == n - 1:
            return True
    return False
