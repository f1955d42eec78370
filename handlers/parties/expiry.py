"""Certificates that expire soon, and who is to be told of it: 60, 30 and 7 days ahead, once each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from handlers.messages import NoticeDue
from handlers.notices.model import NoticeKind
from handlers.parties.directory import Directory
from handlers.parties.model import Certificate, PartyKind
from handlers.parties.standing import Standing
from handlers.record import Record

THRESHOLDS: Final = (60, 30, 7)
"""Days before the end at which is warned."""
_NO_COMMAND: Final = "0000000000"
"""Stands in a tracking id where the MAC of a command would: such an id is known to lead to none."""


class HeldCertificate(Record, frozen=True, kw_only=True):
    """A certificate that counts, with whose it is."""

    kind: PartyKind
    """SYSTEM or REPRESENTATIVE."""
    agency: str
    holder: str
    """Code of the system, FIN of the person."""
    certificate: Certificate
    until: datetime
    replaced: bool
    """Another certificate of the same holder counts and takes over without a gap."""


def held_certificates(directory: Directory) -> Iterator[HeldCertificate]:
    """Every enrolled certificate whose end is known, without those that were withdrawn, alone or with their holder.

    Suspended holders are among them: whoever is resumed wants a certificate that is still good.
    """
    gone = {agency.code for agency in directory.agencies.values() if agency.standing is Standing.WITHDRAWN}
    for system in directory.systems.values():
        if system.standing is not Standing.WITHDRAWN and system.agency not in gone:
            yield from _held(PartyKind.SYSTEM, system.agency, system.code, system.certificates)
    for person in directory.representatives.values():
        if person.standing is not Standing.WITHDRAWN and person.agency not in gone:
            yield from _held(PartyKind.REPRESENTATIVE, person.agency, person.fin, person.certificates)


def _held(kind: PartyKind, agency: str, holder: str, certificates: Iterable[Certificate]) -> Iterator[HeldCertificate]:
    taken = [(each, each.valid_until) for each in certificates if each.is_taken() and each.valid_until is not None]
    for each, until in taken:
        yield HeldCertificate(
            kind=kind,
            agency=agency,
            holder=holder,
            certificate=each,
            until=until,
            replaced=any(
                (other.valid_from or until) <= until < end
                for other, end in taken
                if other.fingerprint != each.fingerprint
            ),
        )


def days_left(until: datetime, now: datetime) -> int:
    """Whole days until a moment; negative when it is over."""
    return (until - now) // timedelta(days=1)


def threshold_of(until: datetime, now: datetime) -> int | None:
    """The nearest threshold that has been reached; None: none has, or it is over already."""
    if until <= now:
        return None
    return min((days for days in THRESHOLDS if until - now <= timedelta(days=days)), default=None)


def due_warnings(certificates: Iterable[HeldCertificate], now: datetime) -> list[NoticeDue]:
    """The warning that stands as of `now` for each certificate that nobody has replaced yet; soonest end first.

    Its event id follows from certificate and threshold alone, so that it makes one notice however often it is found
    and wherever. A threshold that was passed unseen is not caught up with: the nearest one says enough.
    """
    standing = sorted(certificates, key=lambda each: (each.until, each.certificate.fingerprint))
    found = [(each, threshold_of(each.until, now)) for each in standing if not each.replaced]
    return [_warning(each, days, now) for each, days in found if days is not None]


def _warning(held: HeldCertificate, days: int, now: datetime) -> NoticeDue:
    event_id = str(uuid5(NAMESPACE_URL, f"urn:state-register:certificate:{held.certificate.fingerprint}:{days}"))
    return NoticeDue(
        event_id=event_id,
        agency=held.agency,
        kind=NoticeKind.CERTIFICATE_EXPIRES,
        tracking_id=f"{event_id}-{_NO_COMMAND}",
        subject=held.holder,
        occurred_at=now,
        parameters={
            "days": str(days),
            "serial": held.certificate.serial,
            "issuer": held.certificate.issuer,
            "until": f"{held.until:%Y-%m-%d}",
        },
    )
