"""Alembic runs this to upgrade on the connection that `handlers.store.schema.migrate` hands over.

No metadata here: a revision names its constraints in full, and a test compares the outcome with the tables.
"""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,  # on SQLite too: we begin transactions ourselves
)
with context.begin_transaction():
    context.run_migrations()
