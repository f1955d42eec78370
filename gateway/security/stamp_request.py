"""Asking a time-stamping authority (RFC 3161 §2.4): the question, and what of its answer is believed."""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.hazmat import asn1

from gateway.security.errors import StampRefusedError
from gateway.security.stamp_asn1 import (
    SHA256_OID,
    Algorithm,
    Granted,
    MessageImprint,
    Refused,
    TimeStampRequest,
)
from gateway.security.stamp_token import read_token

_GRANTED: Final = frozenset({0, 1})
"""PKIStatus granted and grantedWithMods."""
_ONE_OCTET_LENGTH: Final = 0x80


class StampAnswerError(Exception):
    """The authority gave no time stamp, or not the one that was asked for."""


def stamp_request(digest: bytes, nonce: int) -> bytes:
    """DER of the question for a time stamp of `digest` (SHA-256), with the authority's certificate in the answer."""
    return asn1.encode_der(
        TimeStampRequest(
            version=1,
            imprint=MessageImprint(algorithm=Algorithm(algorithm=SHA256_OID, parameters=asn1.Null()), digest=digest),
            policy=None,
            nonce=nonce,
            certificate_wanted=True,
            extensions=None,
        )
    )


def token_of(answer: bytes, digest: bytes, nonce: int) -> bytes:
    """The token in an answer, byte for byte; raises `StampAnswerError` unless it holds together and is the answer.

    Whether the authority is one to trust is for whoever verifies the file.
    """
    try:
        granted = asn1.decode_der(Granted, answer)
    except ValueError as error:
        raise StampAnswerError(_refusal(answer)) from error
    if granted.status.status not in _GRANTED:
        raise StampAnswerError(f"status {granted.status.status}")
    size = len(granted.token.data)
    header = 2 if size < _ONE_OCTET_LENGTH else 2 + (size.bit_length() + 7) // 8
    der = answer[len(answer) - header - size :]  # the last element of a DER sequence
    try:
        token = read_token(der)
    except StampRefusedError as error:
        raise StampAnswerError(str(error)) from error
    if token.imprint_algorithm != SHA256_OID or not hmac.compare_digest(token.imprint, digest):
        raise StampAnswerError("the time stamp is one of other content")
    if token.nonce != nonce:
        raise StampAnswerError("the answer is one to another question")
    return der


def _refusal(answer: bytes) -> str:
    try:
        return f"status {asn1.decode_der(Refused, answer).status.status}"
    except ValueError:
        return "the answer is no TimeStampResp"
