"""Certificate policies of a chain: one of the required ones must be stated all the way down (RFC 5280 §6.1.3 d-f).

The policy tree is narrowed to what can be told at a glance: policies are not mapped to others, and a chain that tries
is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography import x509

from gateway.security.certificate_profile import extension_of
from gateway.security.errors import Indication, UntrustedCertificateError

_ANY: Final = x509.ObjectIdentifier("2.5.29.32.0")
_MAPPINGS: Final = x509.ObjectIdentifier("2.5.29.33")


def require_policies(chain: Sequence[x509.Certificate], required: frozenset[x509.ObjectIdentifier]) -> None:
    """Raise `UntrustedCertificateError` (CERT.POLICY…) unless the chain, leaf first, carries a required policy.

    The root is our own choice and states nothing. An intermediate may answer with anyPolicy, unless the chain inhibits
    that; a leaf must name the policy itself.
    """
    if not required:
        return
    below_root = chain[:-1]
    if any(_maps(certificate) for certificate in chain):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.POLICY.MAPPED")
    any_counts = all(extension_of(certificate, x509.InhibitAnyPolicy) is None for certificate in chain)
    held = required
    for depth, certificate in enumerate(below_root):
        stated = _stated(certificate)
        if not (depth and any_counts and _ANY in stated):
            held &= stated
    if not held:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.POLICY")


def _stated(certificate: x509.Certificate) -> frozenset[x509.ObjectIdentifier]:
    policies = extension_of(certificate, x509.CertificatePolicies)
    return frozenset() if policies is None else frozenset(each.policy_identifier for each in policies)


def _maps(certificate: x509.Certificate) -> bool:
    return any(extension.oid == _MAPPINGS for extension in certificate.extensions)
