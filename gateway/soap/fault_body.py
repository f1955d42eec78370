"""A fault as the child of soap:Body, in canonical form as it stands there (so the signer hashes it as written)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from gateway.contract.model import TYPES_NAMESPACE
from gateway.faults import FaultKind, RefusalError
from gateway.soap.http import SOAP_11

_SOAP_12_CODES: Final = {
    "Client": "Sender",
    "Server": "Receiver",
    "VersionMismatch": "VersionMismatch",
    "MustUnderstand": "MustUnderstand",
}


def fault_payload(refusal: RefusalError, *, fault_id: str, soap_version: str, explain: bool) -> bytes:
    """Canonical bytes of soap:Fault for a Body that declares the prefixes `soap` and `wsse` above it.

    `explain`: the caller is enrolled, so the explanation and the precise security code may be told (security §0).
    """
    kind = refusal.kind
    detail = _detail(refusal, kind, fault_id, explain=explain)
    subcode = f"wsse:{kind.subcode}" if kind.subcode else None
    if soap_version == SOAP_11:
        text = (
            f"<soap:Fault><faultcode>{subcode or f'soap:{kind.soap}'}</faultcode>"
            f"<faultstring>{escape(kind.text_en)}</faultstring><detail>{detail}</detail></soap:Fault>"
        )
    else:
        inner = f"<soap:Subcode><soap:Value>{subcode}</soap:Value></soap:Subcode>" if subcode else ""
        text = (
            f"<soap:Fault><soap:Code><soap:Value>soap:{_SOAP_12_CODES[kind.soap]}</soap:Value>{inner}</soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{escape(kind.text_en)}</soap:Text>'
            f'<soap:Text xml:lang="az">{escape(kind.text_az)}</soap:Text></soap:Reason>'
            f"<soap:Detail>{detail}</soap:Detail></soap:Fault>"
        )
    return text.encode()


def http_status(kind: FaultKind, soap_version: str) -> int:
    """Status of the HTTP answer: 500 for SOAP 1.1 (Basic Profile R1126); SOAP 1.2 says 400 where the sender erred."""
    if soap_version != SOAP_11 and kind.soap == "Client":
        return 400
    return kind.http


def _detail(refusal: RefusalError, kind: FaultKind, fault_id: str, *, explain: bool) -> str:
    parts = "".join(_parts(refusal, kind, fault_id, explain=explain))
    return f'<t:fault xmlns:t="{TYPES_NAMESPACE}">{parts}</t:fault>'


def _parts(refusal: RefusalError, kind: FaultKind, fault_id: str, *, explain: bool) -> Iterator[str]:
    yield _leaf("code", kind.code)
    yield _leaf("faultId", fault_id)
    yield _leaf("textAz", kind.text_az)
    yield _leaf("textEn", kind.text_en)
    if kind.retry_after is not None:
        yield _leaf("retryAfter", str(kind.retry_after))
    for each in refusal.fields:
        body = _leaf("path", each.path) + _leaf("rule", each.rule) + _leaf("text", each.text)
        yield f"<t:fieldErrors>{body}</t:fieldErrors>"
    if explain:
        for name, value in refusal.explanation.items():
            yield f"<t:explanation>{_leaf('name', name)}{_leaf('value', value)}</t:explanation>"


def _leaf(name: str, text: str) -> str:
    return f"<t:{name}>{escape(text)}</t:{name}>"
