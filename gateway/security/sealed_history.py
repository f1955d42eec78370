"""The history of a case as a sealed document: what is looked at in it, and whether it is one of a known gateway."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from lxml import etree

from gateway.security.seal import SealedDocument
from gateway.xml.parser import BULK, Limits

HISTORY: Final = "caseHistory"
"""Local name of the element."""
_LONG: Final = replace(BULK, size=100_000_000, file_elements=BULK.file_elements | {"signedFile"})
"""It carries every file that was submitted in the case."""


class Submission(Protocol):
    """What is looked at in something that an applicant submitted."""

    @property
    def received_at(self) -> datetime:
        """When it was received."""

    @property
    def signed_file(self) -> bytes | None:
        """The file, where it was one."""

    @property
    def signed_file_digest(self) -> str | None:
        """SHA-256 of the file as it was received, hexadecimal."""


class History(Protocol):
    """What is looked at in the history of a case that was read."""

    @property
    def exported_at(self) -> datetime:
        """When it was written."""

    @property
    def gateway(self) -> str:
        """Subject of the gateway's certificate."""

    @property
    def steps(self) -> Sequence[object]:
        """Every step."""

    @property
    def submissions(self) -> Sequence[Submission]:
        """Everything the applicant confirmed."""


def limits_of(data: bytes) -> Limits:
    """What a file may cost; a sealed document is in canonical form, and so begins with its element."""
    return _LONG if data.startswith(f"<{HISTORY} ".encode()) else BULK


def unknown_gateway(document: SealedDocument, prefix: str, gateways: Collection[str]) -> str | None:
    """Why whoever sealed the document is no known gateway (fingerprints), a code behind `prefix`; None: it is one."""
    if not gateways:
        return f"{prefix}.GATEWAY.NONE_KNOWN"
    return None if document.signer.fingerprint in gateways else f"{prefix}.GATEWAY.UNKNOWN"


def known_history(
    document: SealedDocument,
    at: datetime,
    gateways: Collection[str],
    read: Callable[[etree._Element], History] | None,
) -> History | str:
    """The history in a document whose seal holds as of `at`, or why it is not one of a known gateway."""
    stranger = unknown_gateway(document, "HISTORY", gateways)
    if stranger is not None:
        return stranger
    if read is None:
        return "HISTORY.UNREAD"
    try:
        history = read(document.payload)
    except Exception:  # noqa: BLE001 - the reader is handed in, and so are the errors it has for what is no history
        return "HISTORY.SCHEMA"
    if history.exported_at != at:
        return "HISTORY.TIME"
    return history if history.gateway == document.signer.subject else "HISTORY.GATEWAY.NAME"
