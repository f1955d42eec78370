"""Signed requests of the contract, in the sizes that are measured, and what it takes to verify them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from types import SimpleNamespace
from uuid import uuid4

from gateway.contract.codec import compile_encoder
from gateway.contract.registry import CONTRACTS, Operation
from gateway.security.dev_pki import Authority, Issued
from gateway.security.policy import Policy
from gateway.security.sign import SigningKey, sign_envelope
from gateway.security.trust import TrustStore
from gateway.xml.parser import BULK
from handlers.documents.model import DocumentKind, DocumentQuestion, InvalidDocumentReport
from handlers.messages import RequestContext

LISTED = 10_000
"""Numbers below this are listed where a register is filled."""


@cache
def operation(service: str, name: str) -> Operation:
    """An operation of the published contract."""
    return next(each for each in CONTRACTS[service].operations.values() if each.name == name)


def payload(of: Operation, **fields: object) -> bytes:
    """The canonical element of a request with a context and a request id of its own."""
    context = RequestContext(request_id=str(uuid4()), representative="5TESTD2", purpose="BORDER_CONTROL")
    return _encoder(of.service, of.name)(SimpleNamespace(context=context, **fields))


@cache
def _encoder(service: str, name: str) -> Callable[[object], bytes]:
    return compile_encoder(operation(service, name).declared_request, name)


def number(place: int) -> str:
    """The number of a passport; it is listed when `place` is below `LISTED`."""
    return f"C{place:08d}"


def check(places: range) -> bytes:
    """CheckDocuments for passports."""
    questions = tuple(
        DocumentQuestion(
            reference=f"check-{place}",
            document_type="PASSPORT",
            country="AZE",
            number=number(place),
            issued_on=date(2021, 3, 15),
            expires_on=date(2031, 3, 14),
        )
        for place in places
    )
    return payload(operation("documents", "CheckDocuments"), documents=questions)


def reports(places: range) -> tuple[InvalidDocumentReport, ...]:
    """Lost passports."""
    return tuple(
        InvalidDocumentReport(
            document_type="PASSPORT",
            country="AZE",
            number=number(place),
            kind=DocumentKind.PERSONALISED,
            fin=f"5TE{place % 10_000:04d}",
            issued_on=date(2021, 3, 15),
            expires_on=date(2031, 3, 14),
            reason="LOST",
            effective_from=date(2026, 1, 10),
            legal_basis="Statement of the holder",
        )
        for place in places
    )


def report(places: range) -> bytes:
    """ReportInvalidDocuments for lost passports."""
    return payload(operation("documents", "ReportInvalidDocuments"), batch_reference="bench", documents=reports(places))


@dataclass(frozen=True)
class Signer:
    """A client's key with the trust that leads to it."""

    issued: Issued
    trust: TrustStore
    now: datetime

    @classmethod
    def of_kind(cls, kind: str) -> Signer:
        """A new key below a new root and intermediate."""
        now = datetime.now(UTC)
        root = Authority.root(now)
        issuing = root.authority(now)
        trust = TrustStore([root.issued.certificate], [issuing.issued.certificate])
        return cls(issuing.issue("Bench", now, kind=kind), trust, now)

    @cached_property
    def key(self) -> SigningKey:
        return self.issued.signing_key()

    @property
    def policy(self) -> Policy:
        return Policy(limits=BULK)

    def signed(self, content: bytes) -> bytes:
        """A message as a client of ours would send it."""
        return sign_envelope(content, key=self.key, now=self.now, must_understand=True)

    def check_of(self, size: int) -> bytes:
        """A signed CheckDocuments of about `size` bytes."""
        return self.signed(check(range(_how_many(size, self, check))))

    def report_of(self, size: int) -> bytes:
        """A signed ReportInvalidDocuments of about `size` bytes."""
        return self.signed(report(range(_how_many(size, self, report))))


def _how_many(size: int, signer: Signer, make: Callable[[range], bytes]) -> int:
    """How many documents bring a message nearest to `size` bytes: every one adds the same."""
    one, many = len(signer.signed(make(range(1, 2)))), len(signer.signed(make(range(1, 10))))
    return max(1, round((size - one) / ((many - one) / 8)) + 1)
