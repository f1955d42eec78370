# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
# ruff: noqa: N805 - spyne hands a method its call, not an instance
"""Service `notices`: what the registers tell owners and information providers, and how that reaches them."""

from __future__ import annotations

from typing import Any

from gateway.contract.declare import either, many, operation, optional, required, simple
from gateway.contract.delivery import Delivery, DeliveryMethod, MailAddress, NoticeLanguage
from gateway.contract.notice_types import NAMESPACE, NoticeKind, NoticeNumber, NoticePage, Own
from gateway.contract.spyne_import import Integer32, ServiceBase
from gateway.contract.types import Receipt, Refusal, RequestContext, Sequence
from handlers.notices.delivery import MOST_ADDRESSES

PageSize = simple(
    "PageSize",
    Integer32,
    "Number of notices in one answer, 1 to 500.",
    namespace=NAMESPACE,
    ge=1,
    le=500,
)


class PullNotices(Own):
    """Asks what there is to know."""

    context = required(RequestContext, "Context of the request.")
    afterSequence = required(Sequence, "Notices with a higher sequence number are given; 0: from the first.")
    limit = optional(PageSize, "How many at the most; 100 when absent.")


class PullNoticesResponse(Own):
    """Answer to PullNotices."""

    page = required(NoticePage, "The notices.")


class AcknowledgeNotices(Own):
    """Acknowledges notices."""

    context = required(RequestContext, "Context of the request.")
    upToSequence = required(NoticeNumber, "All notices up to and including this number are acknowledged.")


class AcknowledgeNoticesResponse(Own):
    """Answer to AcknowledgeNotices."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class GetDelivery(Own):
    """Asks how the notices of the calling agency are delivered."""

    context = required(RequestContext, "Context of the request.")


class GetDeliveryResponse(Own):
    """Answer to GetDelivery."""

    delivery = required(Delivery, "How they are delivered, and how far that has come.")


class SetDelivery(Own):
    """Chooses how the notices of the calling agency are delivered. It replaces what was chosen before."""

    context = required(RequestContext, "Context of the request.")
    method = required(DeliveryMethod, "How they are sent; one that GetDelivery names as offered.")
    addresses = many(MailAddress, "Mail addresses; at least one for MAIL.", most=MOST_ADDRESSES)
    language = optional(NoticeLanguage, "Language of what is sent; BOTH when absent.")
    unwantedKinds = many(
        NoticeKind,
        "Kinds that are not sent; they can be pulled like all others. Only kinds that ask for nothing, start and end "
        "no term and tell of no decision can be done without; others are refused (NOTICE_KIND_OBLIGATORY).",
        most=50,
    )


class SetDeliveryResponse(Own):
    """Answer to SetDelivery."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class NoticesService(ServiceBase):
    """Notices to the calling agency: what happened to its cases, entries and reports."""

    __doc_az__ = "Müraciət edən orqana bildirişlər: işlərinin, reyestr qeydlərinin və məlumatlarının vəziyyəti."

    @operation("query", PullNotices, PullNoticesResponse)
    def pull_notices(ctx: Any, request: Any) -> None:
        """Give the notices of the calling agency after a sequence number, oldest first. Nothing is marked as read."""

    @operation("command", AcknowledgeNotices, AcknowledgeNoticesResponse)
    def acknowledge_notices(ctx: Any, request: Any) -> None:
        """Acknowledge every notice of the calling agency up to a sequence number. Answered by a signed receipt."""

    @operation("query", GetDelivery, GetDeliveryResponse)
    def get_delivery(ctx: Any, request: Any) -> None:
        """Tell how the notices of the calling agency are delivered beside being pulled, and how far that has come."""

    @operation("command", SetDelivery, SetDeliveryResponse)
    def set_delivery(ctx: Any, request: Any) -> None:
        """Choose how the notices of the calling agency are delivered. Answered by a signed receipt.

        Sending begins with the notices that are written afterwards; all can always be pulled. The register refuses
        what this installation does not offer (DELIVERY_NOT_OFFERED), mail without an address
        (DELIVERY_ADDRESS_MISSING) and doing without notices that are needed (NOTICE_KIND_OBLIGATORY).
        """
