"""Tables of the registers: numbers, cases, entries, invalid documents, checks. Nothing in them is ever deleted."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from handlers.store.columns import Json, UtcDateTime
from handlers.store.tables import metadata

# Numbers and claims ---------------------------------------------------------------------------

number_series = Table(
    "number_series",
    metadata,
    Column("series", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
"""The last number given in each series. Whoever draws one holds the row until commit: no gaps, no doubles."""

claim = Table(
    "claim",
    metadata,
    Column("key", Text, primary_key=True),
    Column("holder", Text, nullable=False, index=True),
)
"""What only one open case or living entry may hold, for example a short name. The one table whose rows go away."""

# Cases ----------------------------------------------------------------------------------------

register_case = Table(
    "register_case",
    metadata,
    Column("number", Text, primary_key=True),
    Column("tracking_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("applicant", Text, nullable=False, index=True),
    Column("representative", Text, nullable=False),
    Column("confirmation", Text, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    Column("certificate_fingerprint", Text),
    Column("signed_file", LargeBinary),
    Column("signed_file_digest", Text),
    Column("signature_level", Text),
    Column("stamped_at", UtcDateTime),
    Column("subject", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("event_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("entry_number", Text, index=True),
    Column("against_version", Integer),
    Column("current_version", Integer),
    Column("application", Json, nullable=False),
    Column("submission", Integer, nullable=False, server_default="1"),
    Column("findings_step", Integer, nullable=False, server_default="3"),
    Column("clerk", Text),
    Column("proposal", Json),
    Column("decision", Text),
    Column("decision_ground", Text),
    Column("decision_reason", Text),
    Column("decided_at", UtcDateTime),
    Column("seconded_by", Text),
    Column("entered_version", Integer),
    Column("destruction_proven_on", Date),
    Column("seconds_waiting", Integer),
    Column("seconds_check", Integer),
    Column("seconds_review", Integer),
    Column("seconds_correction", Integer),
    Column("seconds_entering", Integer),
    Column("seconds_informing", Integer),
    Column("seconds_whole", Integer),
    UniqueConstraint("tracking_id"),
)
"""Cases. `current_version`: the entry's on receipt, greater than `against_version` when the entry moved on.

`application` and the columns of its confirmation are as first submitted; what came later is in `case_statement`.
`findings_step`: the step whose findings and difference are the present ones. `seconds_…`: how long the case spent in
each stage (`handlers.cases.stages`) so far; null: in none of it yet. They are kept with each step, since to work them
out of the history for statistics would mean reading all of it.
"""

Index("ix_register_case_state", register_case.c.state, register_case.c.received_at)
Index("ix_register_case_clerk", register_case.c.clerk, register_case.c.state)
Index(
    "ix_register_case_figures",
    register_case.c.received_at,
    register_case.c.register,
    register_case.c.applicant,
    register_case.c.type,
    register_case.c.state,
    register_case.c.late,
    register_case.c.due_date,
    register_case.c.decision,
    register_case.c.decision_ground,
    *(column for column in register_case.c if column.name.startswith("seconds_")),
)
"""All that statistics count, so that they are counted without reading the applications in the table."""

case_statement = Table(
    "case_statement",
    metadata,
    Column("case_number", Text, ForeignKey("register_case.number"), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("tracking_id", Text, nullable=False),
    Column("content", Json, nullable=False),
    Column("representative", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    Column("certificate_fingerprint", Text),
    Column("signed_file", LargeBinary),
    Column("signed_file_digest", Text),
    Column("signature_level", Text),
    Column("stamped_at", UtcDateTime),
    UniqueConstraint("tracking_id"),
)
"""What the applicant confirmed after the first submission: corrected applications, withdrawals, proofs."""

case_step = Table(
    "case_step",
    metadata,
    Column("case_number", Text, ForeignKey("register_case.number"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("reason", Text),
    Column("event", Text),
    Column("changes", Json, nullable=False, server_default="[]"),
)
"""History: one row for each step. `changes`: what the step changed on the case, before and after."""

case_finding = Table(
    "case_finding",
    metadata,
    Column("case_number", Text, ForeignKey("register_case.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("weight", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("text_az", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("step", Integer, nullable=False, server_default="3"),
)
"""What was found wrong, by the rules or by a registrar, at which step of the case."""

case_difference = Table(
    "case_difference",
    metadata,
    Column("case_number", Text, ForeignKey("register_case.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("path", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("step", Integer, nullable=False, server_default="3"),
)
"""What a change changes, field by field, against the version it was made on. Values as JSON."""

# Entries --------------------------------------------------------------------------------------

entry_version = Table(
    "entry_version",
    metadata,
    Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("number", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("register", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False, index=True),
    Column("card", Json, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("valid_to", UtcDateTime),
    Column("first_recorded_at", UtcDateTime, nullable=False),
    Column("recorded_from", UtcDateTime, nullable=False),
    Column("recorded_to", UtcDateTime),
    Column("actor", Text, nullable=False),
    Column("case_number", Text, ForeignKey("register_case.number")),
)
"""Bitemporal: `version` was true over the row's valid period, and that is what we knew over its recorded period."""

Index("ix_entry_version_number", entry_version.c.number, entry_version.c.recorded_from)
Index("ix_entry_version_version", entry_version.c.number, entry_version.c.version)

# Invalid documents ----------------------------------------------------------------------------

document_batch = Table(
    "document_batch",
    metadata,
    Column("tracking_id", Text, primary_key=True),
    Column("batch_reference", Text),
    Column("provider", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("applied_at", UtcDateTime, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("contradictions", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
)

document_batch_item = Table(
    "document_batch_item",
    metadata,
    Column("tracking_id", Text, ForeignKey("document_batch.tracking_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text),
    Column("text_az", Text),
    Column("text_en", Text),
    Column("report", Json),
)
"""Outcome per item. `report` keeps a contradicting report, for the operator to decide on."""

invalid_document = Table(
    "invalid_document",
    metadata,
    Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", Text, nullable=False),
    Column("document_type", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("series", Text),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fin", Text),
    Column("issued_on", Date),
    Column("expires_on", Date),
    Column("reason", Text, nullable=False),
    Column("legal_basis", Text),
    Column("replaced_by", Text),
    Column("status", Text, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("first_recorded_at", UtcDateTime, nullable=False),
    Column("recorded_from", UtcDateTime, nullable=False),
    Column("recorded_to", UtcDateTime),
    Column("provider", Text, nullable=False),
    Column("batch", Text, ForeignKey("document_batch.tracking_id"), nullable=False),
    Column("position", Integer, nullable=False),
)
"""Bitemporal: invalid over the row's effective period, and that is what we knew over its recorded period."""

_CURRENT = text("recorded_to IS NULL AND effective_to IS NULL")

Index("ix_invalid_document_key", invalid_document.c.key)
Index("ix_invalid_document_batch", invalid_document.c.batch, invalid_document.c.position)
Index(
    "ux_invalid_document_current",
    invalid_document.c.key,
    invalid_document.c.document_type,
    invalid_document.c.status,
    unique=True,
    postgresql_where=_CURRENT,
    sqlite_where=_CURRENT,
)

# Checks ---------------------------------------------------------------------------------------

document_check = Table(
    "document_check",
    metadata,
    Column("answer_reference", Text, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("assurance", Text),
    Column("representative", Text),
    Column("purpose", Text, nullable=False),
    Column("as_of", Date),
    Column("as_known_at", UtcDateTime),
    Column("document_type", Text),
    Column("key", Text),
    Column("fin", Text),
    Column("status", Text, nullable=False),
)
"""Who asked about which document, when and for which purpose: a line for each key looked up.

`position` is that of the item in the request; `key` is null when the item named no document.
"""

Index("ix_document_check_key", document_check.c.key, document_check.c.checked_at)
Index("ix_document_check_fin", document_check.c.fin, document_check.c.checked_at)
