"""The algorithms that exist for this gateway. A message chooses among these and can add none (security §8 rule 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

SHA256_URI: Final = "http://www.w3.org/2001/04/xmlenc#sha256"

DIGESTS: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {
        SHA256_URI: lambda data: hashlib.sha256(data).digest(),
        "http://www.w3.org/2001/04/xmldsig-more#sha384": lambda data: hashlib.sha384(data).digest(),
        "http://www.w3.org/2001/04/xmlenc#sha512": lambda data: hashlib.sha512(data).digest(),
    }
)
"""Digest methods of references."""


@dataclass(frozen=True, slots=True)
class SignatureMethod:
    """One signature method: which keys it takes and with which hash."""

    uri: str
    kind: str
    """`RSA` (PKCS #1 v1.5) or `EC` (ECDSA)."""
    hash: hashes.HashAlgorithm


_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"

SIGNATURES: Final[Mapping[str, SignatureMethod]] = MappingProxyType(
    {
        method.uri: method
        for method in (
            SignatureMethod(f"{_MORE}rsa-sha256", "RSA", hashes.SHA256()),
            SignatureMethod(f"{_MORE}rsa-sha384", "RSA", hashes.SHA384()),
            SignatureMethod(f"{_MORE}rsa-sha512", "RSA", hashes.SHA512()),
            SignatureMethod(f"{_MORE}ecdsa-sha256", "EC", hashes.SHA256()),
            SignatureMethod(f"{_MORE}ecdsa-sha384", "EC", hashes.SHA384()),
        )
    }
)

_PKCS1: Final = PKCS1v15()
RSA_BITS: Final = range(2048, 8192 + 1)
RSA_EXPONENT: Final = 65537
"""Smallest public exponent."""
CURVES: Final[Mapping[str, int]] = MappingProxyType({"secp256r1": 32, "secp384r1": 48})
"""Curves by name, with the length in bytes of each half of a signature value."""
_ORDERS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        "secp384r1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    }
)

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def is_strong(key: object) -> bool:
    """Whether a public key is of a kind and size in use here: RSA of 2048 to 8192 bits, P-256, P-384."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size in RSA_BITS and key.public_numbers().e >= RSA_EXPONENT
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES


def signature_holds(key: PublicKey, method: SignatureMethod, value: bytes, signed: bytes) -> bool:
    """Whether `value`, in the form of XML Signature 1.1 (§6.4), is the signature of `signed` by `key`.

    RSA values are exactly as long as the modulus; ECDSA values are r and s side by side, each of the curve's length,
    both between 1 and the order: DER and other spellings are not signature values in XML.
    """
    try:
        if isinstance(key, rsa.RSAPublicKey):
            if method.kind != "RSA" or len(value) != (key.key_size + 7) // 8:
                return False
            key.verify(value, signed, _PKCS1, method.hash)
            return True
        half = CURVES[key.curve.name]
        if method.kind != "EC" or len(value) != 2 * half:
            return False
        r, s = int.from_bytes(value[:half]), int.from_bytes(value[half:])
        order = _ORDERS[key.curve.name]
        if not (0 < r < order and 0 < s < order):
            return False
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(method.hash))
    except InvalidSignature:
        return False
    return True


def sign(key: PrivateKey, method: SignatureMethod, data: bytes) -> bytes:
    """The signature value of `data` in the form that `signature_holds` asks for."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, PKCS1v15(), method.hash)
    half = CURVES[key.curve.name]
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(method.hash)))
    return r.to_bytes(half) + s.to_bytes(half)


def default_method(key: PublicKey) -> SignatureMethod:
    """The method we sign with by such a key: SHA-256, or SHA-384 on P-384."""
    if isinstance(key, rsa.RSAPublicKey):
        return SIGNATURES[f"{_MORE}rsa-sha256"]
    return SIGNATURES[f"{_MORE}ecdsa-sha{'384' if key.curve.name == 'secp384r1' else '256'}"]
