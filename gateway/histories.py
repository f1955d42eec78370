"""The history of a case as one file that proves itself offline, as receipts do (`gateway.receipts`)."""

from __future__ import annotations

from gateway.contract.files import decode_history, encode_history
from gateway.security.seal import seal
from gateway.security.sign import SigningKey
from gateway.xml.parser import parse_trusted
from handlers.cases.history import CaseHistory


def sealed_history(history: CaseHistory, key: SigningKey) -> bytes:
    """The history with the gateway's enveloped signature; `history.gateway` is the subject of the key's certificate.

    Raises `HistoryError` when it does not follow the published schema: nobody could verify such a file.
    """
    document = encode_history(history)
    decode_history(parse_trusted(document))
    return seal(document, key)
