"""A Timestamp read where it stands says what its parts say, and its octets are its canonical form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gateway.faults import RefusalError
from gateway.security.freshness import Stamp, read_stamp, read_times
from gateway.security.references import scan_ids
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import EXC_C14N, WSU
from gateway.xml.parser import Document, Limits, read
from tests.unit.gateway.security.material import NOW, Ref, accept, forge, refusal, system, token

COMMON = (
    f'<wsu:Timestamp xmlns:wsu="{WSU}" wsu:Id="TS"><wsu:Created>2026-03-01T12:00:00Z</wsu:Created>'
    "<wsu:Expires>2026-03-01T12:05:00Z</wsu:Expires></wsu:Timestamp>"
)
CHANGES = (
    (f' xmlns:wsu="{WSU}"', ""),
    (f' xmlns:wsu="{WSU}"', ' xmlns:wsu="urn:other"'),
    (f' xmlns:wsu="{WSU}"', f' xmlns:wsu="{WSU}" xmlns:a="urn:a"'),
    (f'xmlns:wsu="{WSU}" wsu:Id="TS"', f'wsu:Id="TS" xmlns:wsu="{WSU}"'),
    (' wsu:Id="TS"', ' Id="TS"'),
    (' wsu:Id="TS"', ""),
    (' wsu:Id="TS"', ' wsu:Id=" TS"'),
    (' wsu:Id="TS"', ' wsu:Id="TS" Id="b"'),
    (' wsu:Id="TS"', ' wsu:Id="&#84;S"'),
    ("12:00:00Z", "12:00:00.5+04:00"),
    ("12:00:00Z", "12:00"),
    ("12:00:00Z", ""),
    ("12:00:00Z", "12:00:0<!-- -->0Z"),
    ("12:00:00Z", "12:00:0&#48;Z"),
    ("<wsu:Expires>", "\n <wsu:Expires>"),
    ("<wsu:Expires>", "\r\n<wsu:Expires>"),
    ("<wsu:Expires>", "text<wsu:Expires>"),
    ("<wsu:Expires>", "<wsu:Expires >"),
    ("<wsu:Expires>", '<wsu:Expires xmlns:wsu="urn:other">'),
    ("</wsu:Timestamp>", "<wsu:Created/></wsu:Timestamp>"),
)
STAMPS = st.lists(st.sampled_from(CHANGES), max_size=2).map(lambda changes: _changed(COMMON, changes))
DECOYS = st.sampled_from(
    [
        "",
        COMMON.replace('"TS"', '"Other"').replace("12:00", "12:01"),
        COMMON.replace("12:00", "12:01"),
        f"<!-- {COMMON} -->",
        f"<a><![CDATA[{COMMON.replace('12:00', '12:01')}]]></a>",
    ]
)


def _changed(text: str, changes: list[tuple[str, str]]) -> str:
    for before, after in changes:
        text = text.replace(before, after, 1)
    return text


def written(stamp: str, decoy: str = "") -> Document:
    return read(f'<e xmlns:wsu="{WSU}"><h>{decoy}</h>{stamp}</e>'.encode(), Limits())


def outcome(reading: Callable[[], Stamp]) -> Stamp | str:
    try:
        return reading()
    except RefusalError as error:
        return error.reason


@given(STAMPS, DECOYS)
def test_what_is_read_from_the_octets_is_what_the_parts_say(stamp: str, decoy: str) -> None:
    try:
        document = written(stamp, decoy)
        ids = scan_ids(document.root)
    except RefusalError:
        return
    timestamp = document.root[1]
    found = outcome(lambda: read_stamp(timestamp, document, ids))
    said = outcome(lambda: Stamp(*read_times(timestamp)))
    if isinstance(found, str) or isinstance(said, str):
        assert found == said
        return
    assert (found.created, found.expires) == (said.created, said.expires)
    assert found.octets in (None, canonical(timestamp))


def test_the_common_way_is_read_from_the_octets() -> None:
    document = written(COMMON)
    found = read_stamp(document.root[1], document, scan_ids(document.root))
    assert found.octets == COMMON.encode()
    assert found.created == datetime(2026, 3, 1, 12, tzinfo=UTC)


def listed(digest_of: bytes | None = None) -> bytes:
    """A message whose Timestamp is signed with the PrefixList `soap`, which is in force around it."""
    words = f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="soap"/>'
    transforms = f'<ds:Transforms><ds:Transform Algorithm="{EXC_C14N}">{words}</ds:Transform></ds:Transforms>'
    stamp = Ref("TS", transforms, prefixes=("soap",), digest_of=digest_of)
    return forge(security=[COMMON, token(system())], refs=[stamp, "Body"])


def test_octets_without_what_a_prefix_list_adds_are_not_what_was_to_be_signed() -> None:
    assert COMMON.encode() in listed()
    assert accept(listed()).created == NOW
    assert refusal(listed(COMMON.encode())).reason == "SIG.REF.DIGEST"
