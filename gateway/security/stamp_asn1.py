"""The ASN.1 of time stamping, declared: RFC 3161 (requests, answers, TSTInfo), RFC 5652 (CMS), RFC 5035 (ESSCertIDv2).

Read and written by `cryptography.hazmat.asn1`: exactly DER, no more tolerance than a declaration gives.
"""

from __future__ import annotations

from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1

SIGNED_DATA: Final = x509.ObjectIdentifier("1.2.840.113549.1.7.2")
TST_INFO: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
SHA256_OID: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier without parameters, or with NULL."""

    algorithm: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Attribute:
    """One signed attribute."""

    type: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class Attributes:
    """Signed attributes in the form that is signed (RFC 5652 §5.4): a SET OF, here inside a sequence."""

    attributes: asn1.SetOf[Attribute]


@asn1.sequence
class IssuerAndSerial:
    """Which certificate a signer means."""

    issuer: asn1.TLV
    serial: int


@asn1.sequence
class SignerInfo:
    """SignerInfo (RFC 5652 §5.3) that names its certificate by issuer and serial number."""

    version: int
    sid: IssuerAndSerial
    digest_algorithm: Algorithm
    signed_attributes: Annotated[asn1.SetOf[Attribute], asn1.Implicit(0)]
    signature_algorithm: Algorithm
    signature: bytes
    unsigned_attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class Encapsulated:
    """EncapsulatedContentInfo."""

    type: x509.ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    """SignedData (RFC 5652 §5.1). Its sets of certificates are read in any order: some authorities do not sort them."""

    version: int
    digest_algorithms: asn1.TLV
    encapsulated: Encapsulated
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    """TimeStampToken: a ContentInfo with SignedData."""

    type: x509.ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class MessageImprint:
    """What is time-stamped: a digest."""

    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class Accuracy:
    """How far genTime may be off."""

    seconds: int | None
    millis: Annotated[int | None, asn1.Implicit(0)]
    micros: Annotated[int | None, asn1.Implicit(1)]


@asn1.sequence
class Extension:
    """An extension of a TSTInfo."""

    type: x509.ObjectIdentifier
    critical: Annotated[bool, asn1.Default(value=False)]
    value: bytes


@asn1.sequence
class TstInfo:
    """TSTInfo (RFC 3161 §2.4.2)."""

    version: int
    policy: x509.ObjectIdentifier
    imprint: MessageImprint
    serial: int
    generated: asn1.GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, asn1.Default(value=False)]
    nonce: int | None
    tsa: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    extensions: Annotated[list[Extension] | None, asn1.Implicit(1)]


@asn1.sequence
class CertificateDigest:
    """ESSCertIDv2 (RFC 5035 §4)."""

    algorithm: Annotated[Algorithm, asn1.Default(value=Algorithm(algorithm=SHA256_OID, parameters=None))]
    digest: bytes
    issuer_serial: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificate:
    """SigningCertificateV2 (RFC 5035 §3)."""

    certificates: list[CertificateDigest]
    policies: list[asn1.TLV] | None


@asn1.sequence
class TimeStampRequest:
    """TimeStampReq (RFC 3161 §2.4.1)."""

    version: int
    imprint: MessageImprint
    policy: x509.ObjectIdentifier | None
    nonce: int | None
    certificate_wanted: Annotated[bool, asn1.Default(value=False)]
    extensions: Annotated[list[Extension] | None, asn1.Implicit(0)]


@asn1.sequence
class StatusInfo:
    """PKIStatusInfo."""

    status: int
    text: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class Refused:
    """TimeStampResp (RFC 3161 §2.4.2) without a token."""

    status: StatusInfo


@asn1.sequence
class Granted:
    """TimeStampResp with a token."""

    status: StatusInfo
    token: asn1.TLV
