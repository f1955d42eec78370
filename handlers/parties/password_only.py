"""What a system may do that has a password in place of a certificate (security §0): ask, and change no register.

That it acknowledges a notice of a decision is recorded in the case: the owner is informed then (`OWNER_INFORMED`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from handlers.parties.forms import EnrolmentError

PASSWORD_ONLY: Final = frozenset(
    {
        "bus.AllowedOperations",
        "bus.ChangePassword",
        "bus.GetReceipt",
        "bus.GetStatus",
        "bus.ListServices",
        "documents.CheckDocuments",
        "documents.GetBatch",
        "notices.AcknowledgeNotices",
        "notices.GetDelivery",
        "notices.PullNotices",
        "registration.GetCase",
        "registration.GetEntry",
        "registration.GetExtract",
        "registration.ListCases",
        "registration.SearchEntries",
        "registration.GetStatistics",
        "registration.ValidateCard",
        "registration.VerifyExtract",
    }
)
"""Every question, the acknowledgement of notices, and the change of the password itself."""

CHANGE: Final = "bus.ChangePassword"


def require_password_only(operations: Iterable[str]) -> None:
    """Raise `EnrolmentError` when one of the operations asks for more than a password proves."""
    beyond = sorted(set(operations) - PASSWORD_ONLY)
    if beyond:
        names = ", ".join(beyond)
        raise EnrolmentError(
            f"{names}: not for a system that has only a password; enrol it with a certificate",
            f"{names}: yalnız parolu olan sistemə icazə verilmir; onu sertifikatla qeydiyyata alın",
        )
