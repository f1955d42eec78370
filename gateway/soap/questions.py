"""The questions of the contract: each is answered from one snapshot of the store, or from what every process knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

import structlog

from gateway.contract import answers
from gateway.contract.registry import catalogue
from gateway.contract.requests import (
    AllowedOperationsRequest,
    CheckDocumentsRequest,
    GetBatchRequest,
    GetCaseRequest,
    GetDeliveryRequest,
    GetEntryRequest,
    GetReceiptRequest,
    GetStatisticsRequest,
    GetStatusRequest,
    ListCasesRequest,
    ListServicesRequest,
    PullNoticesRequest,
    SearchEntriesRequest,
)
from gateway.security.identity import mandates_of, permit
from gateway.soap import counting, extents, searching
from gateway.soap.endpoint import Exchange, Perform
from gateway.soap.searching import shown_to
from gateway.tracking import TrackingIds
from handlers.cases.queries import get_case
from handlers.documents.model import Batch, BatchState
from handlers.documents.queries import check_and_log, get_batch
from handlers.notices.choosing import report
from handlers.notices.delivery import DeliveryMethod
from handlers.notices.queries import pull_notices
from handlers.parties.model import Caller
from handlers.parties.rights import EVERY, Right
from handlers.receipts.model import CommandState, CommandStatus
from handlers.receipts.queries import get_receipt, get_status
from handlers.record import Record
from handlers.registration.entries import get_entry
from handlers.store.ports import Store, StoreUnavailableError

_log = structlog.get_logger(__name__)

_PAGE: Final = 100
"""Notices a page holds unless the caller asks for fewer or more."""

WITHOUT_STORE: Final = frozenset(
    {"registration.ValidateCard", "bus.ListServices", "bus.AllowedOperations", "bus.GetStatus"}
)
"""Questions that are answered while the store is away: from the directory, or because a tracking id proves itself."""

BodyT = TypeVar("BodyT", bound=Record)


@dataclass(frozen=True, slots=True)
class Questions:
    """Answers the questions; shared by all request threads."""

    store: Store
    tracking: TrackingIds
    offered: tuple[DeliveryMethod, ...] = (DeliveryMethod.PULL,)
    """How this installation can deliver notices."""

    def table(self) -> Mapping[str, Perform]:
        """Every question by its `service.Operation`."""
        return {
            "registration.GetCase": _asking(GetCaseRequest, self._get_case),
            "registration.GetEntry": _asking(GetEntryRequest, self._get_entry),
            "registration.SearchEntries": _asking(SearchEntriesRequest, partial(searching.search, self.store)),
            "registration.ListCases": _asking(ListCasesRequest, partial(searching.list_own_cases, self.store)),
            "registration.GetStatistics": _asking(GetStatisticsRequest, partial(counting.count, self.store)),
            "documents.GetBatch": _asking(GetBatchRequest, self._get_batch),
            "documents.CheckDocuments": _asking(CheckDocumentsRequest, self._check_documents),
            "notices.PullNotices": _asking(PullNoticesRequest, self._pull_notices),
            "notices.GetDelivery": _asking(GetDeliveryRequest, self._get_delivery),
            "bus.ListServices": _asking(ListServicesRequest, _list_services),
            "bus.AllowedOperations": _asking(AllowedOperationsRequest, _allowed_operations),
            "bus.GetReceipt": _asking(GetReceiptRequest, self._get_receipt),
            "bus.GetStatus": _asking(GetStatusRequest, self._get_status),
        }

    def _get_case(self, exchange: Exchange, body: GetCaseRequest) -> Record:
        """The register of a case asked for by tracking id is known only when it was found."""
        named = extents.NOWHERE if body.number is None else extents.of_number(body.number)
        caller = permit(exchange.acting, named).caller
        with self.store.reading() as connection:
            case = get_case(
                connection, caller.acts_for, number=body.number, tracking_id=body.tracking_id, now=exchange.now
            )
        if case is not None:
            permit(exchange.acting, extents.of_register(case.register))
        return answers.GetCaseAnswer(case=case)

    def _get_entry(self, exchange: Exchange, body: GetEntryRequest) -> Record:
        permitted = permit(exchange.acting, extents.of_number(body.number))
        with self.store.reading() as connection:
            entry = get_entry(connection, body.number, as_of=body.as_of, as_known_at=body.as_known_at, now=exchange.now)
        return answers.GetEntryAnswer(entry=shown_to(permitted, entry, exchange.now))

    def _get_batch(self, exchange: Exchange, body: GetBatchRequest) -> Record:
        caller = permit(exchange.acting, extents.NOWHERE).caller
        with self.store.reading() as connection:
            batch = get_batch(connection, caller.acts_for, body.tracking_id)
            status = None if batch else get_status(connection, caller.agency, body.tracking_id)
        if batch is None and self._is_queued(caller, body.tracking_id, status):
            batch = Batch(tracking_id=body.tracking_id, state=BatchState.QUEUED, provider=caller.acts_for)
        return answers.GetBatchAnswer(batch=batch)

    def _is_queued(self, caller: Caller, tracking_id: str, status: CommandStatus | None) -> bool:
        """Whether a report was accepted under this id and waits; the store may not know of it yet."""
        if status is None:
            return self.tracking.issued(tracking_id, caller.agency)
        return status.state is CommandState.ACCEPTED and status.operation == "documents.ReportInvalidDocuments"

    def _check_documents(self, exchange: Exchange, body: CheckDocumentsRequest) -> Record:
        context = exchange.request.context
        assert context.purpose is not None, "the schema demands a purpose for a check"
        result = check_and_log(
            self.store,
            permit(exchange.acting, extents.of_questions(body.documents)).caller,
            questions=body.documents,
            purpose=context.purpose,
            request_id=context.request_id,
            now=exchange.now,
            representative=exchange.person.fin if exchange.person else context.representative,
        )
        return answers.CheckDocumentsAnswer(result=result)

    def _pull_notices(self, exchange: Exchange, body: PullNoticesRequest) -> Record:
        caller = permit(exchange.acting, extents.NOWHERE).caller
        with self.store.reading() as connection:
            page = pull_notices(connection, caller.acts_for, after=body.after_sequence, limit=body.limit or _PAGE)
        return answers.PullNoticesAnswer(page=page)

    def _get_delivery(self, exchange: Exchange, _body: GetDeliveryRequest) -> Record:
        caller = permit(exchange.acting, extents.NOWHERE).caller
        with self.store.reading() as connection:
            return answers.GetDeliveryAnswer(delivery=report(connection, caller.acts_for, self.offered))

    def _get_receipt(self, exchange: Exchange, body: GetReceiptRequest) -> Record:
        agency = permit(exchange.acting, extents.NOWHERE).caller.agency
        with self.store.reading() as connection:
            stored = get_receipt(connection, agency, body.tracking_id)
            status = get_status(connection, agency, body.tracking_id)
        return answers.GetReceiptAnswer(
            signed_receipt=None if stored is None else stored.receipt,
            status=status or self._status_by_form(agency, body.tracking_id),
        )

    def _get_status(self, exchange: Exchange, body: GetStatusRequest) -> Record:
        agency = permit(exchange.acting, extents.NOWHERE).caller.agency
        try:
            with self.store.reading() as connection:
                status = get_status(connection, agency, body.tracking_id)
        except StoreUnavailableError:
            # The tracking id proves itself: what this gateway accepted is safe in the queue or beyond.
            _log.warning("status.without-store")
            status = None
        return answers.GetStatusAnswer(status=status or self._status_by_form(agency, body.tracking_id))

    def _status_by_form(self, agency: str, tracking_id: str) -> CommandStatus:
        issued = self.tracking.issued(tracking_id, agency)
        return CommandStatus(tracking_id=tracking_id, state=CommandState.ACCEPTED if issued else CommandState.UNKNOWN)


def _asking(kind: type[BodyT], answer: Callable[[Exchange, BodyT], Record]) -> Perform:
    def perform(exchange: Exchange) -> Record:
        body = exchange.request.body
        assert isinstance(body, kind)
        return answer(exchange, body)

    return perform


def _list_services(exchange: Exchange, _body: ListServicesRequest) -> Record:
    permit(exchange.acting, extents.NOWHERE)
    return catalogue()


def _allowed_operations(exchange: Exchange, _body: AllowedOperationsRequest) -> Record:
    caller = permit(exchange.acting, extents.NOWHERE).caller
    return answers.AllowedOperationsAnswer(
        operations=tuple(sorted(caller.operations)),
        rights=tuple(_right(each) for each in sorted(caller.rights, key=lambda right: right.operation)),
        mandates=tuple(
            answers.MandateToAct(
                principal=each.principal, rights=tuple(_right(right) for right in each.rights), valid_to=each.valid_to
            )
            for each in mandates_of(caller, exchange.directory, exchange.now)
        ),
    )


def _right(right: Right) -> answers.RightToOperation:
    return answers.RightToOperation(
        operation=right.operation,
        every_register=EVERY in right.registers or None,
        registers=tuple(code for code in right.registers if code != EVERY),
        every_document_type=EVERY in right.document_types or None,
        document_types=tuple(code for code in right.document_types if code != EVERY),
    )
