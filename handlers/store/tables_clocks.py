"""Tables of the clocks of cases, and of what the operator's staff are told."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text, text

from handlers.store.columns import UtcDateTime
from handlers.store.tables import metadata

case_clock = Table(
    "case_clock",
    metadata,
    Column("case_number", Text, ForeignKey("register_case.number"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("started_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("warn_on", Date, nullable=False),
    Column("stopped_since", Date),
    Column("ended_on", Date),
    Column("warned_at", UtcDateTime),
    Column("breached_at", UtcDateTime),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("look_on", Date),
)
"""The clocks of cases, as `handlers.cases.clocks` reads them from the history, kept in step with it.

`warned_at`, `breached_at`, `reminders`: what was told of it. `look_on`: the day from which on the watch has something
to tell; null when nothing is to come.
"""

_TO_COME = text("look_on IS NOT NULL")
_RUNNING = text("ended_on IS NULL AND stopped_since IS NULL")

Index(
    "ix_case_clock_look_on",
    case_clock.c.look_on,
    case_clock.c.case_number,
    case_clock.c.code,
    case_clock.c.round,
    postgresql_where=_TO_COME,
    sqlite_where=_TO_COME,
)
Index(
    "ix_case_clock_due_on",
    case_clock.c.due_on,
    case_clock.c.case_number,
    case_clock.c.code,
    case_clock.c.round,
    postgresql_where=_RUNNING,
    sqlite_where=_RUNNING,
)

case_clock_firing = Table(
    "case_clock_firing",
    metadata,
    Column("case_number", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("due_on", Date, nullable=False),
    ForeignKeyConstraint(
        ["case_number", "code", "round"], ["case_clock.case_number", "case_clock.code", "case_clock.round"]
    ),
)
"""History of a clock: each time that it was told of. `due_on`: as it was then."""

staff_notice = Table(
    "staff_notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text),
    Column("role", Text),
    Column("kind", Text, nullable=False),
    Column("case_number", Text),
    Column("text_az", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("seen_by", Text),
)
"""What staff are told: a `person` by name, or everybody in a `role`, of whom one seeing it is enough."""

Index("ix_staff_notice_person", staff_notice.c.person, staff_notice.c.at)
Index("ix_staff_notice_role", staff_notice.c.role, staff_notice.c.at)
