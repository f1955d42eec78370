"""Whether a certificate was taken back: a port, and what is known from revocation lists and responders' answers.

Nothing here opens an address or a file. Knowledge is one frozen piece, replaced as a whole when anything new is known;
what is out of date is treated as if nobody knew, never as "not revoked".
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, Protocol

from cryptography import x509

from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.ocsp import OcspAnswer, Standing, authority_key
from gateway.security.revocation_list import RevocationList

_ALWAYS: Final = datetime.max.replace(tzinfo=UTC)
_REMEMBERED: Final = 4096
"""Chains whose verdict is kept at the most."""


class Revocation(Protocol):
    """Tells whether certificates are revoked."""

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """Raise `UntrustedCertificateError` (REVOKED; TRY_LATER: cannot be known) for a chain, leaf first."""


class Unchecked:
    """No source of revocation is configured: the stated policy is that enrolment is the control.

    A system's certificate counts only while the operator keeps it enrolled (exact fingerprint), so it is taken back by
    ending the enrolment.
    """

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """Accept every chain."""


SpeaksFor = Callable[[x509.Certificate, x509.Certificate], bool]
"""Whether something is configured that must know of a certificate (first) of an issuer (second)."""


def nobody(_certificate: x509.Certificate, _issuer: x509.Certificate) -> bool:
    """No source is configured for any issuer."""
    return False


@dataclass(frozen=True, slots=True)
class _Verdict:
    chain: tuple[x509.Certificate, ...]
    until: datetime


class Knowledge:
    """Lists and answers as they are known at one moment. Safe for threads.

    An issuer of whom there is a list, or ever was one (`once_listed`), or for whom a source is configured, must be
    known of by something fresh; with `required`, every issuer must. The root at the end of a chain answers to nobody.
    """

    def __init__(
        self,
        lists: Iterable[RevocationList] = (),
        answers: Iterable[OcspAnswer] = (),
        *,
        required: bool = False,
        speaks_for: SpeaksFor = nobody,
        once_listed: Container[x509.Name] = frozenset(),
    ) -> None:
        self._lists: dict[x509.Name, list[RevocationList]] = {}
        for each in sorted(lists, key=lambda one: one.issued_at, reverse=True):
            self._lists.setdefault(each.issuer, []).append(each)
        self._answers: dict[tuple[bytes, int], list[OcspAnswer]] = {}
        for answer in sorted(answers, key=lambda one: one.issued_at, reverse=True):
            self._answers.setdefault((answer.issuer, answer.serial), []).append(answer)
        self._required = required
        self._speaks_for = speaks_for
        self._once_listed = once_listed
        self._genuine: dict[bytes, list[RevocationList]] = {}
        # A verdict lives as long as this piece of knowledge at the most, which ends with any new list or answer.
        self._verdicts: dict[int, _Verdict] = {}

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """See `Revocation.check`. That a chain stands is remembered until the first nextUpdate it rests on."""
        remembered = self._verdicts.get(id(chain))
        if remembered is not None and remembered.chain is chain and now <= remembered.until:
            return
        until = min((self.stands_until(*link, now) for link in pairwise(chain)), default=_ALWAYS)
        if isinstance(chain, tuple):
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            self._verdicts[id(chain)] = _Verdict(chain, until)

    def stands_until(self, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> datetime:
        """Until when it is known that `issuer` has not taken `certificate` back; or `UntrustedCertificateError`."""
        lists, serial = self.lists_of(issuer), certificate.serial_number
        answers = self._answers.get((authority_key(issuer), serial), [])
        if _is_named(lists, serial) or _is_revoked(answers):
            raise UntrustedCertificateError(Indication.REVOKED, "CERT.REVOKED", _since(lists, answers, serial))
        known = [each.until for each in lists if each.until is not None and each.is_fresh(now)]
        if answers and answers[0].until >= now:
            if answers[0].standing is Standing.UNKNOWN:
                raise UntrustedCertificateError(Indication.TRY_LATER, "CERT.OCSP.UNKNOWN")
            known.append(self._answer_stands_until(answers[0], issuer, now))
        if known:
            return max(known)
        listed = self.was_listed(issuer) or bool(answers)
        if self._required or listed or self._speaks_for(certificate, issuer):
            raise UntrustedCertificateError(Indication.TRY_LATER, "CERT.OCSP.STALE" if answers else "CERT.CRL.STALE")
        return _ALWAYS

    def lists_of(self, issuer: x509.Certificate) -> list[RevocationList]:
        """The whole lists that `issuer` signed, newest first; who signed is computed once."""
        candidates = self._lists.get(issuer.subject)
        if candidates is None:
            return []
        key = authority_key(issuer)
        if key not in self._genuine:
            self._genuine[key] = [each for each in candidates if each.is_by(issuer)]
        return self._genuine[key]

    def was_listed(self, issuer: x509.Certificate) -> bool:
        """Whether there is or was any list, genuine or not, in the name of `issuer`: it must be freshly known of."""
        return issuer.subject in self._lists or issuer.subject in self._once_listed

    def answers_of(self, issuer: x509.Certificate) -> list[OcspAnswer]:
        """The newest answer about each certificate of `issuer` that was asked about."""
        key = authority_key(issuer)
        return [answers[0] for (authority, _serial), answers in self._answers.items() if authority == key]

    def _answer_stands_until(self, answer: OcspAnswer, issuer: x509.Certificate, now: datetime) -> datetime:
        """A responder without ocsp-nocheck must be on no list, and there must be one (RFC 6960 §4.2.2.2.1)."""
        if answer.responder is None:
            return answer.until
        lists, serial = self.lists_of(issuer), answer.responder.serial_number
        fresh = [each.until for each in lists if each.until is not None and each.is_fresh(now)]
        if not fresh or _is_named(lists, serial):
            raise UntrustedCertificateError(Indication.TRY_LATER, "CERT.OCSP.RESPONDER")
        return min(answer.until, max(fresh))


def _is_named(lists: Sequence[RevocationList], serial: int) -> bool:
    """Whether the newest list names `serial`, or any list does for good: only a hold can be lifted by a later list."""
    return any(serial in each.revoked and (each is lists[0] or not each.revoked[serial]) for each in lists)


def _is_revoked(answers: Sequence[OcspAnswer]) -> bool:
    return any(
        each.standing is Standing.REVOKED or (each is answers[0] and each.standing is Standing.ON_HOLD)
        for each in answers
    )


def _since(lists: Sequence[RevocationList], answers: Sequence[OcspAnswer], serial: int) -> datetime | None:
    """Since when the certificate is revoked by all that is known; None when something that says so gives no time."""
    moments = [each.revoked_since(serial) for each in lists if serial in each.revoked]
    moments += [each.revoked_at for each in answers if each.standing in (Standing.REVOKED, Standing.ON_HOLD)]
    known = [each for each in moments if each is not None]
    return min(known) if known and len(known) == len(moments) else None
