"""Whatever is changed in a signed message, it is refused or means the same (security §6)."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.faults import RefusalError
from gateway.security.model import VerifiedEnvelope
from gateway.security.xades import DocumentRefusedError, sign_application, verify_application
from gateway.xml.parser import Limits
from tests.unit.gateway.security.material import (
    LOGIN,
    NOW,
    accept,
    c14n,
    forge,
    pki,
    refusal,
    system,
    timestamp,
    token,
    username,
    wsa,
)


@lru_cache(maxsize=1)
def message() -> bytes:
    return forge(
        issued=system("P-256"),
        headers=wsa("MessageID", "urn:uuid:1"),
        security=[timestamp(), token(system("P-256")), username(LOGIN)],
        refs=["TS", "Body", "UT", "MessageID"],
    )


def meaning(envelope: VerifiedEnvelope) -> tuple[object, ...]:
    """Everything that a later stage can learn from a message."""
    return (
        c14n(envelope.payload),
        envelope.digest,
        *(getattr(envelope, each) for each in envelope.__struct_fields__ if each not in {"payload", "compute_digest"}),
    )


def same_or_refused(data: bytes) -> None:
    try:
        found = accept(data)
    except RefusalError:
        return
    assert meaning(found) == meaning(accept(message()))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_changed_byte_is_refused_or_means_the_same(data: st.DataObject) -> None:
    original = message()
    index = data.draw(st.integers(0, len(original) - 1))
    same_or_refused(original[:index] + bytes([data.draw(st.integers(0, 255))]) + original[index + 1 :])


SIGNED = (
    (b"<soap:Body", b"</soap:Body>"),
    (b"<wsu:Timestamp", b"</wsu:Timestamp>"),
    (b"<wsse:UsernameToken", b"</wsse:UsernameToken>"),
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_changed_letter_inside_a_signed_part_is_refused(data: st.DataObject) -> None:
    original = message()
    begin, end = data.draw(st.sampled_from(SIGNED))
    start, stop = original.index(begin), original.index(end)
    places = [index for index in range(start, stop) if original[index : index + 1].isalnum()]
    index = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([b for b in b"abcXYZ0189" if b != original[index]]))
    changed = original[:index] + bytes([other]) + original[index + 1 :]
    try:
        found = accept(changed)
    except RefusalError:
        return
    raise AssertionError(f"accepted {changed[max(0, index - 20) : index + 20]!r} as {meaning(found)!r}")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_piece_cut_out_doubled_or_moved_is_refused_or_means_the_same(data: st.DataObject) -> None:
    original = message()
    one, two, three = sorted(data.draw(st.integers(0, len(original))) for _ in range(3))
    piece = original[one:two]
    kind = data.draw(st.sampled_from(["cut", "double", "move"]))
    if kind == "cut":
        same_or_refused(original[:one] + original[two:])
    elif kind == "double":
        same_or_refused(original[:two] + piece + original[two:])
    else:
        same_or_refused(original[:one] + original[two:three] + piece + original[three:])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_raises_nothing_else(data: bytes) -> None:
    for rubbish in (data, b"<" + data, b"<a>" + data + b"</a>"):
        assert refusal(rubbish).reason


@lru_cache(maxsize=1)
def file() -> bytes:
    document = '<r:a xmlns:r="urn:r"><r:b>əvvəl</r:b><r:c>1</r:c></r:a>'.encode()
    return sign_application(document, system("P-256").signing_key(), NOW)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_byte_of_a_signed_file_is_refused_or_means_the_same(data: st.DataObject) -> None:
    original = file()
    index = data.draw(st.integers(0, len(original) - 1))
    changed = original[:index] + bytes([data.draw(st.integers(0, 255))]) + original[index + 1 :]
    try:
        found = verify_application(changed, trust=pki().trust, now=NOW, limits=Limits())
    except DocumentRefusedError:
        return
    expected = verify_application(original, trust=pki().trust, now=NOW, limits=Limits())
    assert c14n(found.payload) == c14n(expected.payload)
    assert (found.signer, found.signing_time) == (expected.signer, expected.signing_time)
