"""Questions to an OCSP responder about one certificate, and what of its answers may be believed (RFC 6960).

Pure: bytes in, an `OcspAnswer` out, or `OcspError` with the reason. An answer counts when the issuer itself signed it,
or a responder whom that very issuer gave a certificate for nothing but this (§4.2.2.2); when it is about exactly the
certificate that was asked about; and from thisUpdate until nextUpdate, both of which it must state.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from gateway.security.algorithms import is_strong
from gateway.security.certificate_profile import STRONG_HASHES, extension_of, is_signed_strongly, is_understood

REQUEST_TYPE: Final = "application/ocsp-request"
_AHEAD: Final = timedelta(minutes=5)
"""How far a responder's clock may run ahead of ours."""
_NAMED_BY: Final = hashes.SHA1()  # noqa: S303 - RFC 5019 §2.1.1 names the issuer so; a name, what is signed is checked
_METHODS: Final = frozenset(
    {
        SignatureAlgorithmOID.RSA_WITH_SHA256,
        SignatureAlgorithmOID.RSA_WITH_SHA384,
        SignatureAlgorithmOID.RSA_WITH_SHA512,
        SignatureAlgorithmOID.ECDSA_WITH_SHA256,
        SignatureAlgorithmOID.ECDSA_WITH_SHA384,
        SignatureAlgorithmOID.ECDSA_WITH_SHA512,
    }
)


class OcspError(Exception):
    """An answer that counts for nothing; the text is the reason for the log, for example `OCSP.SERIAL`."""


class Standing(Enum):
    """What a responder says of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    ON_HOLD = "on hold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OcspAnswer:
    """A believable statement about the certificate `serial` of the authority `issuer`."""

    issuer: bytes
    """`authority_key` of the issuer."""
    serial: int
    standing: Standing
    issued_at: datetime
    until: datetime
    """nextUpdate, or the end of the responder's certificate when that is earlier."""
    responder: x509.Certificate | None = field(default=None, repr=False)
    """The responder's certificate, when it must itself be known not to be revoked (it bears no ocsp-nocheck)."""
    revoked_at: datetime | None = None
    """Since when, if it is revoked."""


def authority_key(issuer: x509.Certificate) -> bytes:
    """What makes two certificates those of one authority: its name and its key."""
    spki = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(issuer.subject.public_bytes() + spki).digest()


def request_for(issuer: x509.Certificate, serial: int, nonce: bytes | None = None) -> bytes:
    """The DER of a question about `serial` of `issuer`; with a nonce where the answer must be made for it."""
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        _hash(_NAMED_BY, issuer.subject.public_bytes()), _hash(_NAMED_BY, _key_bits(issuer)), serial, _NAMED_BY
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def read_answer(
    data: bytes, issuer: x509.Certificate, now: datetime, *, serial: int | None = None, nonce: bytes | None = None
) -> OcspAnswer:
    """The answer in `data` (DER) about a certificate of `issuer`, or `OcspError`.

    `serial` and `nonce` are those of the question; without `serial` the answer may be about any certificate of the
    issuer. Whether nextUpdate has passed is not asked here: a revoked certificate stays so. For the same reason a
    delegate's own certificate must be valid now only where the answer lets a certificate count; for one that takes it
    back it must have been valid when the answer was made. Such an answer is out of date (`until`) and is never fetched.
    """
    try:
        response = ocsp.load_der_ocsp_response(data)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise OcspError(f"OCSP.{response.response_status.name}")
        return _read(response, issuer, now, serial, nonce)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise OcspError("OCSP.FORM") from error


def _read(
    response: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime, serial: int | None, nonce: bytes | None
) -> OcspAnswer:
    singles = list(response.responses)
    if len(singles) != 1:
        raise OcspError("OCSP.NUMBER")
    single = singles[0]
    _require_about(single, issuer, serial)
    if any(each.critical for each in (*response.extensions, *response.single_extensions)):
        raise OcspError("OCSP.CRITICAL")
    if nonce is not None:
        _require_nonce(response, nonce)
    standing = _standing(single)
    takes_back = standing in (Standing.REVOKED, Standing.ON_HOLD)
    responder = _signed_by(response, issuer, response.produced_at_utc if takes_back else now)
    issued_at, until = single.this_update_utc, single.next_update_utc
    if until is None:
        raise OcspError("OCSP.NO_NEXT_UPDATE")
    if max(issued_at, response.produced_at_utc) > now + _AHEAD or until < issued_at:
        raise OcspError("OCSP.TIME")
    if responder is not None:
        until = min(until, responder.not_valid_after_utc)
    return OcspAnswer(
        authority_key(issuer),
        single.serial_number,
        standing,
        issued_at,
        until,
        _to_be_checked(responder),
        single.revocation_time_utc,
    )


def _require_about(single: ocsp.OCSPSingleResponse, issuer: x509.Certificate, serial: int | None) -> None:
    if serial is not None and single.serial_number != serial:
        raise OcspError("OCSP.SERIAL")
    algorithm = single.hash_algorithm
    if single.issuer_name_hash != _hash(algorithm, issuer.subject.public_bytes()) or single.issuer_key_hash != _hash(
        algorithm, _key_bits(issuer)
    ):
        raise OcspError("OCSP.ISSUER")


def _require_nonce(response: ocsp.OCSPResponse, nonce: bytes) -> None:
    try:
        echoed = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound as error:
        raise OcspError("OCSP.NONCE") from error
    if echoed != nonce:
        raise OcspError("OCSP.NONCE")


def _signed_by(response: ocsp.OCSPResponse, issuer: x509.Certificate, moment: datetime) -> x509.Certificate | None:
    """The delegated responder whose key signed, None for the issuer itself; raises `OcspError` for anybody else.

    The delegate's certificate must be valid at `moment`.
    """
    if response.signature_algorithm_oid not in _METHODS:
        raise OcspError("OCSP.ALGORITHM")
    if _is_named(response, issuer) and _signature_holds(response, issuer):
        return None
    for certificate in response.certificates:
        if _is_named(response, certificate):
            _require_delegate(certificate, issuer, moment)
            if _signature_holds(response, certificate):
                return certificate
    raise OcspError("OCSP.SIGNER")


def _require_delegate(responder: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> None:
    try:
        responder.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise OcspError("OCSP.RESPONDER.ISSUER") from error
    if not is_understood(responder):
        raise OcspError("OCSP.RESPONDER.CRITICAL")
    purposes, usage = extension_of(responder, x509.ExtendedKeyUsage), extension_of(responder, x509.KeyUsage)
    if purposes is None or ExtendedKeyUsageOID.OCSP_SIGNING not in purposes:
        raise OcspError("OCSP.RESPONDER.EKU")
    if usage is not None and not usage.digital_signature:
        raise OcspError("OCSP.RESPONDER.KEY_USAGE")
    if not responder.not_valid_before_utc <= moment <= responder.not_valid_after_utc:
        raise OcspError("OCSP.RESPONDER.TIME")
    if not is_strong(responder.public_key()) or not is_signed_strongly(responder, responder.signature_hash_algorithm):
        raise OcspError("OCSP.RESPONDER.CRYPTO")


def _to_be_checked(responder: x509.Certificate | None) -> x509.Certificate | None:
    if responder is None or extension_of(responder, x509.OCSPNoCheck) is not None:
        return None
    return responder


def _is_named(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    """Whether the response names this certificate's owner as its responder, by name or by key."""
    if response.responder_name is not None:
        return response.responder_name == signer.subject
    return response.responder_key_hash == _hash(_NAMED_BY, _key_bits(signer))


def _signature_holds(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    if not isinstance(algorithm, STRONG_HASHES):
        raise OcspError("OCSP.ALGORITHM")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _standing(single: ocsp.OCSPSingleResponse) -> Standing:
    if single.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return Standing.GOOD
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return Standing.UNKNOWN
    hold = single.revocation_reason is x509.ReasonFlags.certificate_hold
    return Standing.ON_HOLD if hold else Standing.REVOKED


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The bits of the public key alone, which is what RFC 6960 hashes."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raise OcspError("OCSP.KEY")


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()
