"""Name constraints of a chain (RFC 5280 §4.2.1.10 and §6.1.3 b, c), directory names included.

cryptography's path validation refuses every chain with a constraint on directory names, also one that is kept. Here
such constraints are judged; a constraint of a form that is not known here refuses the chain, whatever names it has.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from gateway.security.certificate_profile import extension_of
from gateway.security.errors import Indication, UntrustedCertificateError


def require_names(chain: Sequence[x509.Certificate]) -> None:
    """Raise `UntrustedCertificateError` (CERT.NAMES…) unless every name of the chain is one its issuers may certify.

    `chain` is leaf first. Between leaf and root, what an authority issued to itself is not bound by them (§6.1.3).
    """
    for above, issuer in enumerate(chain[1:], start=1):
        constraints = extension_of(issuer, x509.NameConstraints)
        if constraints is None:
            continue
        _require_whole(issuer, constraints)
        for depth, certificate in enumerate(chain[:above]):
            if depth == 0 or certificate.subject != certificate.issuer:
                _require_within(certificate, constraints)


def has_directory_constraints(chain: Iterable[x509.Certificate]) -> bool:
    """Whether any certificate of the chain constrains directory names, which cryptography never accepts."""
    return any(
        isinstance(subtree, x509.DirectoryName)
        for certificate in chain
        if (constraints := extension_of(certificate, x509.NameConstraints)) is not None
        for subtree in (*(constraints.permitted_subtrees or ()), *(constraints.excluded_subtrees or ()))
    )


def _require_whole(issuer: x509.Certificate, constraints: x509.NameConstraints) -> None:
    """Refuse subtrees with a minimum or maximum: cryptography reads over them, they vanish when written anew."""
    if constraints.public_bytes() not in issuer.tbs_certificate_bytes:
        raise _refused("CERT.NAMES.FORM")


def _require_within(certificate: x509.Certificate, constraints: x509.NameConstraints) -> None:
    permitted, excluded = list(constraints.permitted_subtrees or ()), list(constraints.excluded_subtrees or ())
    if any(type(subtree) not in _WITHIN for subtree in (*permitted, *excluded)):
        raise _refused("CERT.NAMES.UNKNOWN")
    for name in _names(certificate):
        within = _WITHIN.get(type(name))
        if within is None:
            # Of a form that no constraint here speaks of (§4.2.1.10: a constraint binds names of its own form only).
            continue
        if any(type(each) is type(name) and within(name.value, each.value) for each in excluded):
            raise _refused("CERT.NAMES.EXCLUDED")
        same_form = [each for each in permitted if type(each) is type(name)]
        if same_form and not any(within(name.value, each.value) for each in same_form):
            raise _refused("CERT.NAMES.NOT_PERMITTED")


def _names(certificate: x509.Certificate) -> Iterator[x509.GeneralName]:
    """Subject, alternative names, and the mail addresses in a subject that has no alternative name of that form."""
    if certificate.subject.rdns:
        yield x509.DirectoryName(certificate.subject)
    alternative = extension_of(certificate, x509.SubjectAlternativeName)
    stated = list(alternative) if alternative is not None else []
    yield from stated
    if not any(isinstance(each, x509.RFC822Name) for each in stated):
        for attribute in certificate.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS):
            try:
                yield x509.RFC822Name(str(attribute.value))
            except ValueError as error:
                raise _refused("CERT.NAMES.FORM") from error


def _directory_within(name: x509.Name, base: x509.Name) -> bool:
    """Whether `base` is the beginning of `name`, part by part (X.501 distinguishedNameMatch)."""
    parts = base.rdns
    return len(parts) <= len(name.rdns) and all(
        _compared(part) == _compared(theirs) for part, theirs in zip(parts, name.rdns, strict=False)
    )


def _compared(part: x509.RelativeDistinguishedName) -> frozenset[tuple[str, str | bytes]]:
    """A part of a name as §7.1 compares it: text without regard to case, spacing or Unicode spelling."""
    return frozenset(
        (
            each.oid.dotted_string,
            " ".join(unicodedata.normalize("NFKC", each.value).casefold().split())
            if isinstance(each.value, str)
            else each.value,
        )
        for each in part
    )


def _host_within(name: str, base: str) -> bool:
    """Whether a DNS name is `base` or lies below it; a leading dot asks for at least one label more."""
    name, base = name.lower().rstrip("."), base.lower().rstrip(".")
    if not base:
        return True
    return name.endswith(base) if base.startswith(".") else name == base or name.endswith("." + base)


def _mail_within(name: str, base: str) -> bool:
    """Whether a mail address is `base`, is at the host `base`, or (`.base`) at a host below it."""
    local, _, host = name.rpartition("@")
    host = host.lower()
    if "@" in base:
        their_local, _, their_host = base.rpartition("@")
        return (local, host) == (their_local, their_host.lower())
    return host.endswith(base.lower()) if base.startswith(".") else host == base.lower()


def _address_within(name: Any, base: Any) -> bool:
    return isinstance(name, ipaddress.IPv4Address | ipaddress.IPv6Address) and name in base


_WITHIN: Final[Mapping[type[x509.GeneralName], Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        x509.DirectoryName: _directory_within,
        x509.DNSName: _host_within,
        x509.RFC822Name: _mail_within,
        x509.IPAddress: _address_within,
    }
)
"""The forms of names whose constraints are understood."""


def _refused(reason: str) -> UntrustedCertificateError:
    return UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, reason)
