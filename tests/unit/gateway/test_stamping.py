"""Getting a time stamp over HTTP: what of an authority's answer is believed."""

from __future__ import annotations

import hashlib
import socket
import threading
from datetime import UTC, datetime
from functools import lru_cache

import pytest

from gateway.security.stamp_token import read_token
from gateway.stamping import StampingError, stamped_by
from tests.servers.tsa import SHA1_OID, StampPki

DIGEST = hashlib.sha256(b"signature value").digest()


@lru_cache(maxsize=1)
def tsa() -> StampPki:
    return StampPki.make(datetime.now(UTC).replace(microsecond=0))


def test_a_token_is_the_very_one_that_the_authority_gave() -> None:
    with tsa().authority.serving() as url:
        token = read_token(stamped_by(url)(DIGEST))
    assert (token.imprint, token.policy) == (DIGEST, "1.2.3.4.5")
    assert token.nonce is not None


def test_every_question_has_a_nonce_of_its_own() -> None:
    with tsa().authority.serving() as url:
        stamp = stamped_by(url)
        nonces = {read_token(stamp(DIGEST)).nonce for _ in range(3)}
    assert len(nonces) == 3


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        ({"nonce": 1}, "another question"),
        ({"digest": bytes(32)}, "other content"),
        ({"imprint_algorithm": SHA1_OID}, "other content"),
        ({"spoil_signature": True}, "SIG_CRYPTO_FAILURE"),
        ({"without_certificate": True}, "NO_SIGNING_CERTIFICATE_FOUND"),
        ({"status": 2}, "status 2"),
        ({"status": 3, "token_all_the_same": True}, "status 3"),
        ({"answer": b"<html/>"}, "no TimeStampResp"),
        ({"answer": bytes(100_000)}, "no TimeStampResp"),
        ({"answer": b""}, "no TimeStampResp"),
        ({"http_status": 503}, "HTTP status 503"),
        ({"http_status": 302}, "HTTP status 302"),
        ({"media_type": "text/html"}, "no TimeStampResp"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_answer_that_is_not_the_one_asked_for_is_refused(faults: dict[str, object], says: str) -> None:
    with tsa().authority.with_faults(**faults).serving() as url, pytest.raises(StampingError) as caught:
        stamped_by(url)(DIGEST)
    assert says in str(caught.value)
    assert caught.value.text_az != str(caught.value)


def test_an_authority_that_is_not_there_or_says_nothing_is_waited_for_no_longer_than_told() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(StampingError):
            stamped_by(f"http://127.0.0.1:{port}/")(DIGEST)
        silent.listen()
        with pytest.raises(StampingError, match="timed out"):
            stamped_by(f"http://127.0.0.1:{port}/", timeout=0.2)(DIGEST)
    assert threading.active_count() < 20
