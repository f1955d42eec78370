"""Several certificates of a system, the extent of rights, standing, mandates, history of the parties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json, UtcDateTime
from handlers.store.ports import UnfitDataError

revision = "0003"
down_revision: str | None = "0002"

_BY_REGISTER = (
    "registration.ValidateCard",
    "registration.SubmitRegistration",
    "registration.SubmitAppeal",
    "registration.GetCase",
    "registration.GetEntry",
)
_BY_DOCUMENT_TYPE = ("documents.CheckDocuments", "documents.ReportInvalidDocuments")
"""What rights were measured in when this migration was written; never to follow the code."""


def upgrade() -> None:
    """Add; what processes of the version before read stays where it is."""
    _require_one_holder_each()
    _columns()
    _certificates()
    _rights()
    _mandates()
    _history()
    _checks()


def _require_one_holder_each() -> None:
    """A certificate is one holder's from here on; of which of two, is not for a migration to say."""
    twice = sa.text(
        "SELECT fingerprint FROM representative WHERE fingerprint IN (SELECT fingerprint FROM system) "
        "UNION SELECT fingerprint FROM representative WHERE fingerprint IS NOT NULL "
        "GROUP BY fingerprint HAVING count(*) > 1 ORDER BY 1"
    )
    found = ", ".join(op.get_bind().scalars(twice))
    if found:
        raise UnfitDataError(
            f"A certificate can have one holder only, and these are enrolled for two: {found}. Nothing was changed. "
            "With the release before, enrol another certificate for one of the two, then run `gateway init` again.",
            f"Sertifikatın yalnız bir sahibi ola bilər, bunlar isə iki sahib üçün qeydiyyatdadır: {found}. Heç nə "
            "dəyişdirilmədi. Əvvəlki buraxılışla ikisindən biri üçün başqa sertifikatı qeydiyyata alın, sonra "
            "`gateway init` əmrini təkrarlayın.",
        )


def _columns() -> None:
    for table in ("agency", "system", "representative"):
        op.add_column(table, sa.Column("standing", sa.Text, nullable=False, server_default="ACTIVE"))
    for table in ("system", "representative"):
        op.add_column(table, sa.Column("password_must_change", sa.Boolean, nullable=False, server_default=sa.false()))
        op.add_column(table, sa.Column("password_changed_at", UtcDateTime))
        op.execute(f"UPDATE {table} SET standing = 'SUSPENDED' WHERE NOT active")  # noqa: S608 - names from above
    op.add_column("system", sa.Column("addresses", Json, nullable=False, server_default="[]"))
    op.add_column("system", sa.Column("tier", sa.Text))
    op.add_column("system", sa.Column("login", sa.Text))
    op.add_column("system", sa.Column("password_hash", sa.Text))
    op.create_index("uq_system_login", "system", ["login"], unique=True)


def _certificates() -> None:
    op.create_table(
        "certificate",
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("system", sa.Text),
        sa.Column("representative", sa.Text),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("valid_from", UtcDateTime),
        sa.Column("valid_until", UtcDateTime),
        sa.Column("withdrawn_at", UtcDateTime),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_certificate"),
        sa.ForeignKeyConstraint(["system"], ["system.code"], name="fk_certificate_system"),
        sa.ForeignKeyConstraint(["representative"], ["representative.fin"], name="fk_certificate_representative"),
        sa.UniqueConstraint("system", "position", name="uq_certificate_system_position"),
        sa.UniqueConstraint("representative", "position", name="uq_certificate_representative_position"),
        sa.CheckConstraint("(system IS NULL) <> (representative IS NULL)", name="ck_certificate_one_holder"),
    )
    op.create_index("ix_certificate_system", "certificate", ["system"])
    op.create_index("ix_certificate_representative", "certificate", ["representative"])
    op.execute(
        "INSERT INTO certificate (fingerprint, system, position, issuer, serial, subject) "
        "SELECT fingerprint, code, 1, issuer, serial, '' FROM system"
    )
    op.execute(
        "INSERT INTO certificate (fingerprint, representative, position, issuer, serial, subject) "
        "SELECT fingerprint, fin, 1, '', '', '' FROM representative WHERE fingerprint IS NOT NULL"
    )


def _rights() -> None:
    op.add_column("system_operation", sa.Column("registers", Json, nullable=False, server_default="[]"))
    op.add_column("system_operation", sa.Column("document_types", Json, nullable=False, server_default="[]"))
    granted = sa.table(
        "system_operation",
        sa.column("operation", sa.Text),
        sa.column("registers", Json),
        sa.column("document_types", Json),
    )
    every = ["*"]
    op.execute(granted.update().where(granted.c.operation.in_(_BY_REGISTER)).values(registers=every))
    op.execute(granted.update().where(granted.c.operation.in_(_BY_DOCUMENT_TYPE)).values(document_types=every))


def _mandates() -> None:
    op.create_table(
        "mandate",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("system", sa.Text),
        sa.Column("rights", Json, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_mandate"),
        sa.ForeignKeyConstraint(["principal"], ["agency.code"], name="fk_mandate_principal"),
        sa.ForeignKeyConstraint(["agent"], ["agency.code"], name="fk_mandate_agent"),
        sa.ForeignKeyConstraint(["system"], ["system.code"], name="fk_mandate_system"),
    )
    op.create_index("ix_mandate_principal", "mandate", ["principal"])
    op.create_index("ix_mandate_agent", "mandate", ["agent"])


def _checks() -> None:
    """Who asked: also for whom, and how surely the caller was known; null in rows from before."""
    op.add_column("document_check", sa.Column("on_behalf_of", sa.Text))
    op.add_column("document_check", sa.Column("assurance", sa.Text))


def _history() -> None:
    op.create_table(
        "party_change",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_party_change"),
    )
    op.create_index("ix_party_change_party", "party_change", ["kind", "party", "number"])
