"""Alembic's environment and the revisions of the schema, one file each under `versions`."""
