"""The intake receipt: a small document of its own, sealed by the gateway, that proves itself offline.

It is kept and handed out byte for byte; the SOAP answer only carries it (base64).
"""

from __future__ import annotations

from datetime import datetime

from gateway.contract.answers import ReceiptDocument
from gateway.contract.files import encode_receipt
from gateway.intake import AuthorisedCommand
from gateway.security.seal import seal
from gateway.security.sign import SigningKey


def sealed_receipt(tracking_id: str, command: AuthorisedCommand, received_at: datetime, key: SigningKey) -> bytes:
    """Return the receipt for a command, with the gateway's enveloped signature.

    Its digest is SHA-256 over the exclusive canonical form of the Body's child element as it was received.
    """
    document = ReceiptDocument(
        tracking_id=tracking_id,
        request_id=command.context.request_id,
        agency=command.agency,
        system=command.system,
        operation=command.operation,
        digest=command.digest,
        received_at=received_at,
        gateway=key.certificate.subject,
    )
    return seal(encode_receipt(document), key)
