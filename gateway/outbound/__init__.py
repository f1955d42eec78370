"""Signed calls that this side makes: to owners of notices and to the source registers."""
