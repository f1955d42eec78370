"""Time-stamp tokens (RFC 3161): whether one holds together.

A token is a CMS SignedData (RFC 5652) over a TSTInfo. Only DER is read, as `gateway.security.stamp_asn1` declares it:
anything else (BER, a value of another type, bytes left over) is refused before it is used. EN 319 132-1 §5.1.3 asks for
DER wherever no other encoding is named. That the token holds together (content type, digest, the certificate it names,
the signature) is shown here; whose certificate that is and what the token is about, `gateway.security.stamps` judges.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.security.errors import Indication, StampRefusedError
from gateway.security.stamp_asn1 import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SHA256_OID,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    Attribute,
    Attributes,
    CertificateDigest,
    ContentInfo,
    SignerInfo,
    SigningCertificate,
    TstInfo,
)
from gateway.security.token import UNREADABLE

Oid = x509.ObjectIdentifier
RSA_OID: Final = Oid("1.2.840.113549.1.1.1")
HASHES: Final[Mapping[Oid, tuple[Callable[[bytes], bytes], hashes.HashAlgorithm]]] = MappingProxyType(
    {
        SHA256_OID: (lambda data: hashlib.sha256(data).digest(), hashes.SHA256()),
        Oid("2.16.840.1.101.3.4.2.2"): (lambda data: hashlib.sha384(data).digest(), hashes.SHA384()),
        Oid("2.16.840.1.101.3.4.2.3"): (lambda data: hashlib.sha512(data).digest(), hashes.SHA512()),
    }
)
"""Digest algorithms: how to compute one, and its name to the library."""
_SIGNATURES: Final[Mapping[Oid, tuple[str, Oid | None]]] = MappingProxyType(
    {
        RSA_OID: ("RSA", None),
        Oid("1.2.840.113549.1.1.11"): ("RSA", SHA256_OID),
        Oid("1.2.840.113549.1.1.12"): ("RSA", Oid("2.16.840.1.101.3.4.2.2")),
        Oid("1.2.840.113549.1.1.13"): ("RSA", Oid("2.16.840.1.101.3.4.2.3")),
        Oid("1.2.840.10045.4.3.2"): ("EC", SHA256_OID),
        Oid("1.2.840.10045.4.3.3"): ("EC", Oid("2.16.840.1.101.3.4.2.2")),
        Oid("1.2.840.10045.4.3.4"): ("EC", Oid("2.16.840.1.101.3.4.2.3")),
    }
)
"""Signature algorithms: kind of key, and the hash it fixes (None: the signer's digest algorithm)."""
MAX_TOKEN: Final = 32_768
"""Bytes of a token."""
_MAX_CERTIFICATES: Final = 10
_TOKEN_VERSION: Final = 1
_MAX_ACCURACY_SECONDS: Final = 1_000_000
_PARTS: Final = 1000


@dataclass(frozen=True, slots=True)
class StampToken:
    """A token that holds together: the holder of `certificate` signed it. Nothing is known of who that is."""

    certificate: bytes
    """DER of the certificate that the token names and its signature holds under."""
    imprint_algorithm: x509.ObjectIdentifier
    imprint: bytes
    generated: datetime
    """genTime, in UTC."""
    accuracy: timedelta
    """How far genTime may be off, as the authority says; zero where it says nothing."""
    policy: str
    nonce: int | None


def read_token(der: bytes) -> StampToken:
    """Read a token and check that it holds together, or raise `StampRefusedError`."""
    if len(der) > MAX_TOKEN:
        raise _form("STAMP.SIZE")
    try:
        token = asn1.decode_der(ContentInfo, der)
        signers = token.content.signers.as_list()
        content = token.content.encapsulated
        info = asn1.decode_der(TstInfo, content.content)
        generated = info.generated.as_datetime()
    except (ValueError, OverflowError) as error:
        raise _form("STAMP.FORM") from error
    if token.type != SIGNED_DATA or content.type != TST_INFO or info.version != _TOKEN_VERSION or len(signers) != 1:
        raise _form("STAMP.CONTENT")
    if any(extension.critical for extension in info.extensions or ()):
        raise _form("STAMP.EXTENSION")
    certificate = _verified(signers[0], content.content, token.content.certificates or ())
    return StampToken(
        certificate=certificate.public_bytes(Encoding.DER),
        imprint_algorithm=info.imprint.algorithm.algorithm,
        imprint=info.imprint.digest,
        generated=generated,
        accuracy=_accuracy(info),
        policy=info.policy.dotted_string,
        nonce=info.nonce,
    )


def _accuracy(info: TstInfo) -> timedelta:
    stated = info.accuracy
    if stated is None:
        return timedelta()
    seconds, millis, micros = stated.seconds or 0, stated.millis or 0, stated.micros or 0
    if not 0 <= seconds <= _MAX_ACCURACY_SECONDS or not 0 <= millis < _PARTS or not 0 <= micros < _PARTS:
        raise _form("STAMP.ACCURACY.FORM")
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


def _form(reason: str) -> StampRefusedError:
    return StampRefusedError(Indication.FORMAT_FAILURE, reason)


def _verified(signer: SignerInfo, content: bytes, certificates: Iterable[asn1.TLV]) -> x509.Certificate:
    """The certificate of the signer, once attributes and signature hold (RFC 5652 §5.6, RFC 5816 §2.2.1)."""
    attributes = _attributes(signer)
    digest = _hash_of(signer.digest_algorithm.algorithm)[0](content)
    try:
        same_type = attributes[CONTENT_TYPE].parse(x509.ObjectIdentifier) == TST_INFO
        stated = attributes[MESSAGE_DIGEST].parse(bytes)
        named = attributes[SIGNING_CERTIFICATE_V2].parse(SigningCertificate).certificates
    except KeyError as error:
        raise StampRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "STAMP.ATTRIBUTE.MISSING") from error
    except ValueError as error:
        raise _form("STAMP.ATTRIBUTE.FORM") from error
    if not same_type or not named:
        raise StampRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "STAMP.ATTRIBUTE.TYPE")
    if not hmac.compare_digest(stated, digest):
        raise StampRefusedError(Indication.HASH_FAILURE, "STAMP.DIGEST")
    certificate = _named(signer, named[0], certificates)
    _require_signature(signer, certificate)
    return certificate


def _attributes(signer: SignerInfo) -> dict[x509.ObjectIdentifier, asn1.TLV]:
    """The one value of each signed attribute."""
    found: dict[x509.ObjectIdentifier, asn1.TLV] = {}
    for attribute in signer.signed_attributes.as_list():
        values = attribute.values.as_list()
        if len(values) != 1 or attribute.type in found:
            raise _form("STAMP.ATTRIBUTE.TWICE")
        found[attribute.type] = values[0]
    return found


def _hash_of(algorithm: x509.ObjectIdentifier) -> tuple[Callable[[bytes], bytes], hashes.HashAlgorithm]:
    if algorithm not in HASHES:
        raise StampRefusedError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "STAMP.ALGORITHM")
    return HASHES[algorithm]


def _named(signer: SignerInfo, named: CertificateDigest, certificates: Iterable[asn1.TLV]) -> x509.Certificate:
    """The certificate in the token of which the signed digest speaks; the first one named is the signer's."""
    hash_algorithm = _hash_of(named.algorithm.algorithm)[1]
    for position, each in enumerate(certificates):
        if position >= _MAX_CERTIFICATES:
            raise StampRefusedError(Indication.CHAIN_CONSTRAINTS_FAILURE, "STAMP.CERTIFICATES")
        try:
            certificate: x509.Certificate = each.parse(x509.Certificate)
            found = certificate.fingerprint(hash_algorithm)
        except UNREADABLE:
            continue  # an attribute certificate, for example: not the one we look for
        if hmac.compare_digest(found, named.digest):
            if certificate.serial_number != signer.sid.serial:
                raise StampRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "STAMP.SIGNER")
            return certificate
    raise StampRefusedError(Indication.NO_SIGNING_CERTIFICATE_FOUND, "STAMP.CERTIFICATE")


def _require_signature(signer: SignerInfo, certificate: x509.Certificate) -> None:
    kind, fixed = _SIGNATURES.get(signer.signature_algorithm.algorithm, ("", None))
    algorithm = _hash_of(fixed or signer.digest_algorithm.algorithm)[1]
    signed = signed_form(signer.signed_attributes)
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey) and kind == "RSA":
            key.verify(signer.signature, signed, PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "EC":
            key.verify(signer.signature, signed, ec.ECDSA(algorithm))
        else:
            raise StampRefusedError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "STAMP.SIGNATURE.ALGORITHM")
    except (InvalidSignature, *UNREADABLE) as error:
        raise StampRefusedError(Indication.SIG_CRYPTO_FAILURE, "STAMP.SIGNATURE") from error


def signed_form(attributes: asn1.SetOf[Attribute]) -> bytes:
    """The octets that are signed: the attributes as a SET OF under its own tag, not the one it has in SignerInfo."""
    wrapped = asn1.encode_der(Attributes(attributes=attributes))
    header = 2 + (wrapped[1] & 0x7F if wrapped[1] & 0x80 else 0)
    return wrapped[header:]
