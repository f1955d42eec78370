"""Tables of the floor itself: parties, inbox, outbox, notices. Registers add theirs in `tables_registers`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from handlers.store.columns import Json, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""Every table of the store. Names of constraints are fixed, so that migrations can speak of them."""

ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives; SQLite counts in nothing but INTEGER."""

# Parties --------------------------------------------------------------------------------------

agency = Table(
    "agency",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name_az", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("tax_id", Text, nullable=False),
    Column("email", Text),
    Column("tier", Text, nullable=False),
    Column("provides_document_types", Json, nullable=False),
    Column("standing", Text, nullable=False, server_default="ACTIVE"),
    UniqueConstraint("tax_id"),
)

system = Table(
    "system",
    metadata,
    Column("code", Text, primary_key=True),
    Column("agency", Text, ForeignKey("agency.code"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("standing", Text, nullable=False, server_default="ACTIVE"),
    Column("addresses", Json, nullable=False, server_default="[]"),
    Column("tier", Text),
    Column("login", Text),
    Column("password_hash", Text),
    Column("password_must_change", Boolean, nullable=False, server_default=false()),
    Column("password_changed_at", UtcDateTime),
    UniqueConstraint("fingerprint"),
    Index("uq_system_login", "login", unique=True),
)
"""`fingerprint`, `issuer`, `serial` and `active` are what processes of the version before know a system by; they are
written, and read by nobody here."""

system_operation = Table(
    "system_operation",
    metadata,
    Column("system", Text, ForeignKey("system.code"), primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("registers", Json, nullable=False, server_default="[]"),
    Column("document_types", Json, nullable=False, server_default="[]"),
)
"""Rights of systems; what a row does not name is denied."""

representative = Table(
    "representative",
    metadata,
    Column("fin", Text, primary_key=True),
    Column("agency", Text, ForeignKey("agency.code"), nullable=False, index=True),
    Column("identity_card", Text, nullable=False),
    Column("surname", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("patronymic", Text),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("fingerprint", Text),
    Column("login", Text),
    Column("password_hash", Text),
    Column("password_must_change", Boolean, nullable=False, server_default=false()),
    Column("password_changed_at", UtcDateTime),
    Column("active", Boolean, nullable=False),
    Column("standing", Text, nullable=False, server_default="ACTIVE"),
    UniqueConstraint("identity_card"),
    UniqueConstraint("fingerprint"),
    UniqueConstraint("login"),
)
"""`fingerprint` and `active` are what processes of the version before read; see `system`."""

certificate = Table(
    "certificate",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("system", Text, ForeignKey("system.code"), index=True),
    Column("representative", Text, ForeignKey("representative.fin"), index=True),
    Column("position", Integer, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("valid_from", UtcDateTime),
    Column("valid_until", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
    CheckConstraint("(system IS NULL) <> (representative IS NULL)", name="one_holder"),
    UniqueConstraint("system", "position"),
    UniqueConstraint("representative", "position"),
)
"""Rows are never deleted: a fingerprint has one holder for ever, a system or a person."""

mandate = Table(
    "mandate",
    metadata,
    Column("code", Text, primary_key=True),
    Column("principal", Text, ForeignKey("agency.code"), nullable=False, index=True),
    Column("agent", Text, ForeignKey("agency.code"), nullable=False, index=True),
    Column("system", Text, ForeignKey("system.code")),
    Column("rights", Json, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("standing", Text, nullable=False),
)

party_change = Table(
    "party_change",
    metadata,
    Column("number", ROW_NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
)
"""History of the parties: rows are added, never changed."""

Index("ix_party_change_party", party_change.c.kind, party_change.c.party, party_change.c.number)

directory_version = Table(
    "directory_version",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)

password_tally = Table(
    "password_tally",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", Float, nullable=False),
    Column("failed_at", UtcDateTime),
    Column("succeeded_at", UtcDateTime),
    Column("kept_until", UtcDateTime, nullable=False, index=True),
)
"""Tries at passwords. Keys are digests: neither logins nor addresses are kept."""

# Inbox: receipt ledger and record of effects --------------------------------------------------

inbox = Table(
    "inbox",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("tracking_id", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("state", Text, CheckConstraint("state IN ('OFFERED', 'APPLIED', 'REFUSED')", name="state"), nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
    Column("processed_at", UtcDateTime),
    Column("subject", Text),
    Column("ground_code", Text),
    Column("ground_text_az", Text),
    Column("ground_text_en", Text),
    UniqueConstraint("tracking_id"),
)

Index(
    "ix_inbox_waiting",
    inbox.c.offered_at,
    postgresql_where=text("state = 'OFFERED'"),
    sqlite_where=text("state = 'OFFERED'"),
)

tracking_alias = Table(
    "tracking_alias",
    metadata,
    Column("tracking_id", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("original_tracking_id", Text, ForeignKey("inbox.tracking_id"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("conflict", Boolean, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("processed_at", UtcDateTime, nullable=False),
)
"""Further tracking ids given out for a request id: repetitions, and (`conflict`) other requests under a used id."""

received_message = Table(
    "received_message",
    metadata,
    Column("tracking_id", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("message", LargeBinary, nullable=False),
)
"""Evidence: the bytes that came, less a password, apart from everything that was read out of them."""

# Outbox ---------------------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("headers", Json, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("lease_owner", Text),
    Column("sent_at", UtcDateTime),
)

Index(
    "ix_outbox_unsent",
    outbox.c.not_before,
    outbox.c.message_id,
    postgresql_where=text("sent_at IS NULL"),
    sqlite_where=text("sent_at IS NULL"),
)
Index(
    "ix_outbox_sent",
    outbox.c.sent_at,
    postgresql_where=text("sent_at IS NOT NULL"),
    sqlite_where=text("sent_at IS NOT NULL"),
)

# Notices --------------------------------------------------------------------------------------

notice = Table(
    "notice",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("notice_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("tracking_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("title_az", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("text_az", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("asked_az", Text),
    Column("asked_en", Text),
    Column("due_on", Date),
    Column("case_number", Text),
    Column("entry_number", Text),
    Column("link", Text),
    UniqueConstraint("notice_id"),
)

Index(
    "ix_notice_unacknowledged",
    notice.c.agency,
    notice.c.sequence,
    postgresql_where=text("acknowledged_at IS NULL"),
    sqlite_where=text("acknowledged_at IS NULL"),
)

notice_counter = Table(
    "notice_counter",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("last_sequence", BigInteger, nullable=False),
)
