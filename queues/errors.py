"""Errors by which a handler tells the worker what is to become of its message."""

from __future__ import annotations


class UndecodableError(Exception):
    """The body is not what its type and schema say; no later attempt can succeed."""


class HoldError(Exception):
    """What the handler needs is away for everybody; the message waits without using up an attempt."""
