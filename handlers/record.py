"""The base of every record that the register floor speaks in.

Records are frozen, take keyword arguments only, and carry the camelCase names of the published contract on the
wire: one definition serves the SOAP codec, the queue and the history. (msgspec does not hand `kw_only` down, and
mypy wants `frozen` said again, so each class repeats both.)
"""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A value that never changes after it was made; equal when all its fields are equal."""
