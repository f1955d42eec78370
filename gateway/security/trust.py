"""From a certificate in a message to a trusted one: a chain of our own making, to a root of our own choosing.

RFC 5280 §6, narrowed. The chain is the leaf, then our intermediates, then one of our roots; other certificates in a
message are never looked at. Each link is checked here, with a reason for the audit; then cryptography's own path
validation must agree, which also knows path lengths and algorithms (and fails closed where it does not). It cannot
judge a chain with constraints on directory names: there the checks made here, which are all that §6 asks for, decide.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from gateway.security.algorithms import PublicKey
from gateway.security.certificate_policies import require_policies
from gateway.security.certificate_profile import (
    Purposes,
    identity_of,
    load_certificate,
    require_issuer,
    require_signer,
)
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.name_constraints import has_directory_constraints, require_names
from gateway.security.revocation import Revocation, Unchecked
from gateway.security.revocation_files import RevocationFolder

__all__ = ["TrustStore", "TrustedCertificate", "identity_of", "load_certificate", "read_certificates"]

_MAX_LINKS: Final = 5
"""Certificates in a chain, leaf and root included."""
_MAX_TRIED: Final = 32
"""Signatures of certificates that the search for one chain verifies at the most, however intermediates refer round."""
_CACHED: Final = 4096


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """A certificate whose chain holds at the moment it was asked for."""

    identity: CertificateIdentity
    public_key: PublicKey
    chain: tuple[x509.Certificate, ...]
    """Leaf first, root last."""
    valid_from: datetime
    valid_until: datetime
    """The time in which every certificate of the chain is valid."""


class TrustStore:
    """The roots and intermediates that the operator trusts, and what was found out about leaves. Safe for threads."""

    def __init__(
        self,
        roots: Iterable[x509.Certificate],
        intermediates: Iterable[x509.Certificate] = (),
        *,
        revocation: Revocation | None = None,
        required_policies: Iterable[str] = (),
        purposes: Iterable[str] = (),
        require_leaf: Callable[[x509.Certificate, datetime], None] | None = None,
    ) -> None:
        """`required_policies`: dotted identifiers of which a chain must state one; empty: not asked for.

        `purposes`: extended key usages of a leaf, see `certificate_profile.Purposes`. Raises `ValueError` for a word
        in either that is no identifier. `require_leaf`, where it is given, takes the place of `require_signer`: it
        refuses a leaf that is not for what this store is for.
        """
        self._roots = tuple(roots)
        # A renewed authority has the name and key of the one before: the newest certificate is tried first.
        self._intermediates = tuple(sorted(intermediates, key=lambda ca: ca.not_valid_after_utc, reverse=True))
        self._revocation = revocation or Unchecked()
        self._purposes = Purposes(purposes)
        self._policies = frozenset(map(x509.ObjectIdentifier, required_policies))
        self._require_leaf = require_leaf or partial(require_signer, purposes=self._purposes)
        self._found: OrderedDict[bytes, TrustedCertificate] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def from_folder(
        cls,
        folder: Path,
        *,
        revocation: Revocation | None = None,
        required_policies: Iterable[str] = (),
        purposes: Iterable[str] = (),
    ) -> TrustStore:
        """Read `roots/*.pem`, `intermediates/*.pem` and, unless `revocation` is given, `crls/*.pem` of `folder`.

        Revocation lists that come or change later are noticed (see `RevocationFolder`); certificates are not.

        Raises `ValueError` when there is no root or a file is no certificate.
        """
        roots = read_certificates(folder / "roots")
        if not roots:
            raise ValueError(f"No root certificate in {folder / 'roots'}")
        return cls(
            roots,
            read_certificates(folder / "intermediates"),
            revocation=revocation or RevocationFolder(folder / "crls"),
            required_policies=required_policies,
            purposes=purposes,
        )

    @property
    def revocation(self) -> Revocation:
        """Where this store asks for revocation."""
        return self._revocation

    def trusted(self, der: bytes, now: datetime, *, existed: datetime | None = None) -> TrustedCertificate:
        """The certificate in `der` with its chain, or `UntrustedCertificateError`.

        With `existed`, a moment at which the signature is proven to have existed, the chain is judged as of then, and
        what was revoked after it does not count; what is known of revocation is still judged as of `now`.

        What is found is kept under the whole DER; times and revocation are judged anew on every call.
        """
        moment = existed or now
        known = self._found.get(der)  # one look-up is safe without the lock
        if known is None or not known.valid_from <= moment <= known.valid_until:
            known = self._examine(der, moment)
            with self._lock:
                self._found[der] = known
                while len(self._found) > _CACHED:
                    self._found.popitem(last=False)
        if existed is None:
            self._revocation.check(known.chain, now)
        else:
            self._require_unrevoked_at(existed, known.chain, now)
        return known

    def _require_unrevoked_at(self, existed: datetime, chain: tuple[x509.Certificate, ...], now: datetime) -> None:
        """Ask for one link after the other, so that one revoked later does not hide another revoked before."""
        for link in pairwise(chain):
            try:
                self._revocation.check(list(link), now)
            except UntrustedCertificateError as error:
                if error.since is None or error.since <= existed:
                    raise

    def _examine(self, der: bytes, now: datetime) -> TrustedCertificate:
        leaf = load_certificate(der)
        self._require_leaf(leaf, now)
        chain = (leaf, *self._issuers(leaf))
        for depth, issuer in enumerate(chain[1:]):
            require_issuer(issuer, depth, now)
        require_policies(chain, self._policies)
        require_names(chain)
        if not has_directory_constraints(chain):
            self._require_path(chain, now)
        key = leaf.public_key()
        assert isinstance(key, PublicKey)
        return TrustedCertificate(
            identity_of(leaf, der, hashlib.sha256(der).hexdigest()),
            key,
            chain,
            max(certificate.not_valid_before_utc for certificate in chain),
            min(certificate.not_valid_after_utc for certificate in chain),
        )

    def _issuers(self, leaf: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """The chain above `leaf`, ending in a root; a name and key that only look alike do not make a link."""
        chain = self._search((), leaf, iter(range(_MAX_TRIED)))
        if chain is None:
            raise UntrustedCertificateError(Indication.NO_CERTIFICATE_CHAIN_FOUND, "CERT.NO_CHAIN")
        return chain

    def _search(
        self, below: tuple[x509.Certificate, ...], current: x509.Certificate, tries: Iterator[int]
    ) -> tuple[x509.Certificate, ...] | None:
        """Depth first, roots before intermediates, no authority twice; None when nothing leads to a root in time."""
        if len(below) >= _MAX_LINKS - 1:
            return None
        for root in _issuers_among(self._roots, current, tries):
            return (*below, root)
        for issuer in _issuers_among(self._intermediates, current, tries):
            if not any(_is_same_authority(issuer, each) for each in below):
                found = self._search((*below, issuer), issuer, tries)
                if found is not None:
                    return found
        return None

    def _require_path(self, chain: tuple[x509.Certificate, ...], now: datetime) -> None:
        """Let cryptography's path validation (names, path lengths, algorithms) agree with what was found here."""
        verifier = (
            PolicyBuilder()
            .store(Store([chain[-1]]))
            .time(now)
            .extension_policies(ca_policy=_issuing_policy(), ee_policy=ExtensionPolicy.permit_all())
            .build_client_verifier()
        )
        try:
            verifier.verify(chain[0], list(chain[1:-1]))
        except VerificationError as error:
            raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.PATH") from error


def _issuing_policy() -> ExtensionPolicy:
    return ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)


def _issuers_among(
    candidates: Sequence[x509.Certificate], certificate: x509.Certificate, tries: Iterator[int]
) -> Iterator[x509.Certificate]:
    """Those of `candidates` whose name and key issued `certificate`; each key tried takes one of `tries`."""
    for candidate in candidates:
        if (
            certificate.issuer == candidate.subject
            and next(tries, None) is not None
            and _issued(certificate, candidate)
        ):
            yield candidate


def _is_same_authority(one: x509.Certificate, other: x509.Certificate) -> bool:
    """Whether two certificates are of one name and key: a chain through both goes round in a circle."""
    return one.subject == other.subject and one.public_key() == other.public_key()


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def read_certificates(folder: Path) -> list[x509.Certificate]:
    """The certificates in the `*.pem` files of a folder, in the order of the names of the files."""
    return [
        certificate
        for path in sorted(folder.glob("*.pem"))
        for certificate in x509.load_pem_x509_certificates(path.read_bytes())
    ]
