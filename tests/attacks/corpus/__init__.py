"""Every entry, one generator function each, a module for each class of attack."""

from tests.attacks.corpus import (
    certificates,
    documents,
    further,
    good,
    later,
    parser,
    persons,
    queues,
    security,
    signatures,
    soap,
    transport,
    wrapping,
)

__all__ = [
    "certificates", "documents", "further", "good", "later", "parser", "persons", "queues", "security", "signatures",
    "soap", "transport", "wrapping",
]  # fmt: skip
