"""The seal on PDF files: PAdES baseline B (ETSI EN 319 142-1), one, over every byte of the file.

pyHanko writes the signature and reads the structure of the file. What it does not ask, and what is demanded here:
one signature and nothing after it; a gap in the signed bytes that holds the signature and no other octet; the one form
of the signature that we write, so that nobody could add to it; and a certificate that our own trust accepts.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final

from asn1crypto import cms, core, x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata import xmp_xml  # noqa: F401 - pyHanko loads it while it seals, which may be too late
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from gateway.security.errors import DocumentRefusedError, Indication, UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.sign import SigningKey
from gateway.security.trust import TrustStore

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

FIELD: Final = "Seal"
"""Name of the form field that the signature stands in."""
_ROOM: Final = 2048
"""Bytes set aside for the signature beside its certificate: the value of an RSA key of 8192 bits fits."""
_SUBFILTER: Final = "/ETSI.CAdES.detached"
_DIGESTS: Final = frozenset({"sha256", "sha384", "sha512"})
_REVISIONS: Final = 2
"""The document as it was rendered, and the one update that brings the seal."""


@dataclass(frozen=True, slots=True)
class SealedPdf:
    """A PDF whose seal holds, and covers the whole of it."""

    signer: CertificateIdentity
    sealed_at: datetime
    """What the sealer states; within the validity of the certificate."""
    reader: PdfFileReader
    """The file as it is shown, for `gateway.security.pdf_content` to look into."""


def seal_pdf(document: bytes, key: SigningKey, now: datetime, *, reason: str) -> bytes:
    """`document` with a PAdES-B-B seal as an incremental update; its own bytes stay as they are.

    The signature field is invisible. `now` is stated as the time of sealing, `reason` as the reason of it.
    """
    return asyncio.run(_sealed(document, key, now, reason))


async def _sealed(document: bytes, key: SigningKey, now: datetime, reason: str) -> bytes:
    digest = key.method.hash.name
    metadata = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=digest, subfilter=SigSeedSubFilter.PADES, reason=reason
    )
    session = PdfSigner(metadata, _Sealer(key)).init_signing_session(IncrementalPdfFileWriter(BytesIO(document)))
    session.system_time = now
    prepared = session.prepare_tbs_document(None, 2 * (_ROOM + len(key.certificate.der)))  # in hexadecimal digits
    octets, output = prepared.digest_tbs_document()
    await prepared.perform_signature(octets.document_digest, PdfCMSSignedAttributes(signing_time=None))
    assert isinstance(output, BytesIO)
    return output.getvalue()


class _Sealer(Signer):
    """Signs with the gateway's key. pyHanko's own signer would load, and so check, a private key anew each time."""

    def __init__(self, key: SigningKey) -> None:
        super().__init__(signing_cert=x509.Certificate.load(key.certificate.der), embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - pyHanko's signature
        """The signature value as CMS has it: ECDSA values are DER (RFC 5753)."""
        private = self._key.key
        if isinstance(private, rsa.RSAPrivateKey):
            return private.sign(data, PKCS1v15(), self._key.method.hash)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        return private.sign(data, ec.ECDSA(self._key.method.hash))


def is_pdf(data: bytes) -> bool:
    """Whether the file begins as a PDF does."""
    return data.startswith(b"%PDF-")


def sealed_at(data: bytes) -> datetime:
    """The time of sealing that a PDF states; that it is the sealed one is found out with the seal.

    Raises `DocumentRefusedError` when the file has no seal that could state one.
    """
    return _signature(data)[2]


def verify_pdf_seal(data: bytes, *, trust: TrustStore, now: datetime) -> SealedPdf:
    """Verify a PDF sealed by `seal_pdf`, its certificate being judged as of `now`; raises `DocumentRefusedError`.

    That the signer is the one whom one expects is for the caller to compare.
    """
    reader, signature, stated = _signature(data)
    _require_everything_covered(data, signature)
    signer = _trusted(signature, trust, now)
    try:
        whole, genuine = validate_sig_integrity(
            signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
        )
    except Exception as error:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.UNREADABLE") from error
    if not whole:
        raise _refused(Indication.HASH_FAILURE, "PDF.SEAL.DIGEST")
    if not genuine:
        raise _refused(Indication.SIG_CRYPTO_FAILURE, "PDF.SEAL.VALUE")
    return SealedPdf(signer, stated, reader)


def _refused(indication: Indication, reason: str) -> DocumentRefusedError:
    return DocumentRefusedError(indication, reason)


def _signature(data: bytes) -> tuple[PdfFileReader, EmbeddedPdfSignature, datetime]:
    """The one signature of the file, of the form that `seal_pdf` gives it; nothing about it is proven yet."""
    try:
        reader = PdfFileReader(BytesIO(data))
        signatures = reader.embedded_signatures
        revisions = reader.total_revisions
    except Exception as error:  # pyHanko has many errors for what is no PDF
        raise _refused(Indication.FORMAT_FAILURE, "PDF.UNREADABLE") from error
    if not signatures:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.MISSING")
    if len(signatures) > 1:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.TWICE")
    if revisions > _REVISIONS:
        raise _refused(Indication.SIGNED_DATA_NOT_FOUND, "PDF.UPDATED")
    try:
        return reader, signatures[0], _judged_form(signatures[0])
    except DocumentRefusedError:
        raise
    except Exception as error:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.UNREADABLE") from error


def _judged_form(signature: EmbeddedPdfSignature) -> datetime:
    if signature.sig_object.get("/SubFilter") != _SUBFILTER or signature.sig_object_type != "/Sig":
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.KIND")
    if signature.md_algorithm not in _DIGESTS:
        raise _refused(Indication.CRYPTO_CONSTRAINTS_FAILURE, "PDF.SEAL.DIGEST_METHOD")
    if signature.signer_info["unsigned_attrs"] is not core.VOID:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.UNSIGNED_ATTRIBUTES")
    # Not signed, so anybody could add to them: there is the signer's own certificate, and no more.
    if len(signature.signed_data["certificates"]) != 1 or signature.signed_data["crls"] is not core.VOID:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.CERTIFICATES")
    genuine = _written_anew(signature)
    if not signature.pkcs7_content.startswith(genuine):
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.FORM")
    if any(signature.pkcs7_content[len(genuine) :]):
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.GAP")
    stated = signature.self_reported_timestamp
    if stated is None or stated.tzinfo is None:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.TIME")
    return stated


def _written_anew(signature: EmbeddedPdfSignature) -> bytes:
    """The signature in the one form of it that `seal_pdf` writes, DER from the first octet to the last.

    Most of a CMS structure is not signed: a content of its own, further digest algorithms, parameters and longer forms
    of lengths could be put there by anybody. So nothing is taken over from it but what the signature itself proves:
    the signed attributes, the value, the algorithm of both, and the certificate.
    """
    found = signature.signer_info
    certificate = x509.Certificate.load(signature.signer_cert.dump())
    digest = cms.DigestAlgorithm({"algorithm": signature.md_algorithm})
    issuer = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(issuer)}),
        "digest_algorithm": digest,
        "signature_algorithm": _signature_algorithm(certificate, signature.md_algorithm),
        "signed_attrs": cms.CMSAttributes([_strict(each) for each in found["signed_attrs"]]),
        "signature": found["signature"].native,
    }
    content = {
        "version": "v1",
        "digest_algorithms": cms.DigestAlgorithms((digest,)),
        "encap_content_info": {"content_type": "data"},
        "certificates": [cms.CertificateChoices(name="certificate", value=certificate)],
        "signer_infos": [cms.SignerInfo(signer)],
    }
    whole = cms.ContentInfo({"content_type": cms.ContentType("signed_data"), "content": cms.SignedData(content)})
    return bytes(whole.dump())


def _signature_algorithm(certificate: x509.Certificate, digest: str) -> cms.SignedDigestAlgorithm:
    return Signer(signing_cert=certificate).get_signature_mechanism_for_digest(digest)


def _strict(attribute: cms.CMSAttribute) -> cms.CMSAttribute:
    again = cms.CMSAttribute.load(attribute.dump())
    again.dump(force=True)
    return again


def _require_everything_covered(data: bytes, signature: EmbeddedPdfSignature) -> None:
    """Demand that the signed bytes are all but the hexadecimal string of the signature, and that this holds no more.

    ISO 32000-2 §12.8.1 leaves it to readers what else may stand in the gap; here it is nothing.
    """
    parts = [int(each) for each in signature.byte_range]
    if len(parts) != 4:  # noqa: PLR2004 - two pairs
        raise _refused(Indication.SIGNED_DATA_NOT_FOUND, "PDF.SEAL.RANGE")
    start, length, resume, rest = parts
    gap = data[length:resume]
    if start != 0 or resume + rest != len(data) or gap[:1] != b"<" or gap[-1:] != b">":
        raise _refused(Indication.SIGNED_DATA_NOT_FOUND, "PDF.SEAL.RANGE")
    try:
        held = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError as error:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.GAP") from error
    # As pyHanko writes the digits: one case only, or each letter could carry a bit of somebody else's.
    if held.hex().upper().encode() != gap[1:-1] or signature.pkcs7_content != held:
        raise _refused(Indication.FORMAT_FAILURE, "PDF.SEAL.GAP")


def _trusted(signature: EmbeddedPdfSignature, trust: TrustStore, now: datetime) -> CertificateIdentity:
    try:
        der = signature.signer_cert.dump()
    except Exception as error:
        raise _refused(Indication.NO_SIGNING_CERTIFICATE_FOUND, "PDF.SEAL.CERTIFICATE") from error
    try:
        return trust.trusted(der, now).identity
    except UntrustedCertificateError as error:
        raise DocumentRefusedError(error.indication, error.reason) from error
