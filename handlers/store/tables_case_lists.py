"""How lists of cases are found: indexes of `register_case` beside those that single cases are found by."""

from __future__ import annotations

from sqlalchemy import Index, text

from handlers.store.tables_registers import register_case

OPEN_CASE = "state NOT IN ('ARCHIVED', 'WITHDRAWN')"
"""Something is still to be done. Questions say it in these words, or the indexes below are of no use to them."""
LATE_CASE = "late"

for _name, _columns, _only in (
    ("received", ("received_at", "number"), None),
    ("open", ("received_at", "number"), OPEN_CASE),
    ("late", ("received_at", "number"), LATE_CASE),
    ("state", ("state", "received_at", "number"), None),
    ("type", ("type", "received_at", "number"), None),
    ("clerk", ("clerk", "received_at", "number", "state"), None),
    ("entry", ("entry_number", "received_at", "number"), None),
    ("applicant", ("applicant", "received_at", "number", "state", "type", "register", "late"), None),
    ("applicant_open", ("applicant", "received_at", "number"), OPEN_CASE),
    ("applicant_late", ("applicant", "received_at", "number"), LATE_CASE),
    ("applicant_state", ("applicant", "state", "received_at", "number"), None),
    ("applicant_type", ("applicant", "type", "received_at", "number"), None),
):
    Index(
        f"ix_case_list_{_name}",
        *(register_case.c[_column] for _column in _columns),
        postgresql_where=None if _only is None else text(_only),
        sqlite_where=None if _only is None else text(_only),
    )
"""One index for each way in which a list of cases begins, going on in the order of the list."""
