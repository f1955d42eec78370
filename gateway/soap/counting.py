"""The question for figures of cases, and whose cases are counted for whom."""

from __future__ import annotations

from gateway.contract.answers import GetStatisticsAnswer
from gateway.contract.requests import GetStatisticsRequest
from gateway.faults import FieldError, RefusalError
from gateway.security.identity import permit, require_beside
from gateway.soap import extents
from gateway.soap.endpoint import Exchange
from handlers.cases.statistics import StatisticsScope, statistics
from handlers.parties.rights import STATISTICS_OF_ALL
from handlers.record import Record
from handlers.store.ports import Store


def count(store: Store, exchange: Exchange, body: GetStatisticsRequest) -> Record:
    """Answer GetStatistics: of the agency that is acted for, or with a right of its own of every one."""
    extent = extents.of_register(body.register)
    permitted = permit(exchange.acting, extent)
    if body.every_agency:
        require_beside(permitted, STATISTICS_OF_ALL, extent)
    if body.received_from and body.received_to and body.received_from > body.received_to:
        error = FieldError("/GetStatistics/receivedTo", "range", "Must not lie before receivedFrom.")
        raise RefusalError("client.contract.invalid", reason="CONTRACT.PERIOD", fields=(error,))
    scope = StatisticsScope(
        register=body.register,
        agency=None if body.every_agency else permitted.caller.acts_for,
        received_from=body.received_from,
        received_to=body.received_to,
    )
    with store.reading() as connection:
        found = statistics(connection, scope, body.by, outside=True)
    return GetStatisticsAnswer(total=found.total, groups=found.groups, stages=found.stages)
