"""OCSP answers that must not count (RFC 6960), through the product's own reading of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ExtendedKeyUsage, ReasonFlags, ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.security.dev_pki import Authority, Issued
from gateway.security.errors import UntrustedCertificateError
from gateway.security.ocsp import OcspError, read_answer
from gateway.security.revocation import Knowledge
from gateway.security.revocation_list import RevocationList
from gateway.security.trust import TrustStore
from tests.attacks.hostile_pki import LEAF, SIGNS

GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class Responder:
    """Answers about one leaf of an authority, truly or not."""

    def __init__(self, world: Any) -> None:
        self.world, self.now = world, world.now
        self.authority: Authority = world.pki["revoking"]
        self.leaf: Issued = world.pki.under("revoking")

    def answer(
        self, *, about: Issued | None = None, signer: Issued | None = None, status: ocsp.OCSPCertStatus = GOOD,
        since: timedelta = -_HOUR, until: timedelta = _DAY,
    ) -> bytes:  # fmt: skip
        """DER of an answer."""
        signer = signer or self.authority.issued
        revoked = status is REVOKED
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                (about or self.leaf).certificate,
                self.authority.issued.certificate,
                hashes.SHA256(),
                status,
                self.now + since,
                self.now + until,
                self.now - _DAY if revoked else None,
                ReasonFlags.key_compromise if revoked else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        )
        if signer is not self.authority.issued:
            builder = builder.certificates([signer.certificate])
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def verdict(self, data: bytes) -> str:
        """What is made of the leaf when this answer is all that is known of it."""
        lists = [RevocationList.of(self.world.pki.listing("root"))]
        try:
            issuer = self.authority.issued.certificate
            answers = [read_answer(data, issuer, self.now, serial=self.leaf.certificate.serial_number)]
        except OcspError:
            answers = []
        store = TrustStore(
            [self.world.pki.root.issued.certificate], [issuer], revocation=Knowledge(lists, answers, required=True)
        )
        try:
            store.trusted(self.leaf.certificate.public_bytes(Encoding.DER), self.now)
        except UntrustedCertificateError as error:
            return str(error.indication)
        return "trusted"


def _other_value(data: bytes) -> bytes:
    """The same answer with the last byte of its signature changed."""
    return data[:-1] + bytes([data[-1] ^ 1])


def attempts(world: Any) -> Iterator[tuple[str, str]]:
    """Each answer, and what went wrong."""
    responder = Responder(world)
    signing = (ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
    ordinary = world.pki.under("revoking")
    foreign = world.issuing.issue("Responder", world.now, kind="P-256", extensions=(LEAF, SIGNS, signing))
    answer = responder.answer
    for name, (data, expected) in {
        "true": (answer(), "trusted"),
        "revoked": (answer(status=REVOKED), "REVOKED"),
        "unknown": (answer(status=UNKNOWN), "TRY_LATER"),
        "responder without id-kp-OCSPSigning": (answer(signer=ordinary), "TRY_LATER"),
        "responder of another authority": (answer(signer=foreign), "TRY_LATER"),
        "the leaf about itself": (answer(signer=responder.leaf), "TRY_LATER"),
        "stale": (answer(since=-_DAY, until=-_HOUR), "TRY_LATER"),
        "from the future": (answer(since=_DAY, until=2 * _DAY), "TRY_LATER"),
        "about another": (answer(about=ordinary), "TRY_LATER"),
        "signature of another key": (_other_value(answer()), "TRY_LATER"),
        "unsuccessful": (
            ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER),
            "TRY_LATER",
        ),
        "rubbish": (bytes(range(256)), "TRY_LATER"),
        "cut": (answer()[:-7], "TRY_LATER"),
        "empty": (b"", "TRY_LATER"),
    }.items():
        found = responder.verdict(data)
        yield name, "" if found == expected else f"{found}, not {expected}"
