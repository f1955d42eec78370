"""Questions about cases. Only the applicant is answered."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.cases.model import Case
from handlers.store.cases import find_case


def get_case(
    connection: Connection, agency: str, *, number: str | None = None, tracking_id: str | None = None
) -> Case | None:
    """The case of the applicant `agency` by incoming number, by tracking id, or by both, which must then agree.

    None when there is none, also when it is another agency's. Raises `ValueError` when neither is given.
    """
    if number is None and tracking_id is None:
        raise ValueError("a case is asked for by its number or its tracking id")
    return find_case(connection, agency, number=number, tracking_id=tracking_id)
