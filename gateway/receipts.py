"""The intake receipt: a small document of its own, sealed by the gateway, that proves itself offline.

It is kept and handed out byte for byte; the SOAP answer only carries it (base64).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from gateway.contract.model import TYPES_NAMESPACE
from gateway.intake import AuthorisedCommand
from gateway.security.seal import seal
from gateway.security.sign import SigningKey

_TEMPLATE: Final = (
    '<t:receipt xmlns:t="{namespace}"><t:trackingId>{tracking_id}</t:trackingId><t:requestId>{request_id}</t:requestId>'
    "<t:agency>{agency}</t:agency><t:system>{system}</t:system><t:operation>{operation}</t:operation>"
    '<t:digest algorithm="sha256">{digest}</t:digest><t:receivedAt>{received_at}</t:receivedAt></t:receipt>'
)


def receipt_document(tracking_id: str, command: AuthorisedCommand, received_at: datetime) -> bytes:
    """Canonical bytes of an unsealed receipt (`receipt` of the shared types' schema).

    `digest` is SHA-256, in hexadecimal, over the exclusive canonical form of the Body's child element as received.
    """
    values = {
        "namespace": TYPES_NAMESPACE,
        "tracking_id": tracking_id,
        "request_id": command.context.request_id,
        "agency": command.agency,
        "system": command.system,
        "operation": command.operation,
        "digest": command.digest,
        "received_at": xml_time(received_at),
    }
    return _TEMPLATE.format_map({name: escape(value) for name, value in values.items()}).encode()


def sealed_receipt(tracking_id: str, command: AuthorisedCommand, received_at: datetime, key: SigningKey) -> bytes:
    """Return the receipt with the gateway's enveloped signature."""
    return seal(receipt_document(tracking_id, command, received_at), key)


def xml_time(moment: datetime) -> str:
    """`xs:dateTime` in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
