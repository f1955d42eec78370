"""A fault as the child of soap:Body, in exclusive canonical form (so the signer hashes it as written)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from gateway.contract.answers import ExplanationDetail, FaultDetail, FieldErrorDetail
from gateway.contract.files import encode_fault
from gateway.faults import FaultKind, RefusalError
from gateway.soap.http import SOAP_11
from gateway.xml.namespaces import SOAP11, SOAP12, WSSE

VALUE_PREFIXES: Final = MappingProxyType({"wsse": WSSE})
"""Prefixes that stand in values (of fault codes) only, where canonicalisation does not see them by itself."""

SOAP_12_CODES: Final = {
    "Client": "Sender",
    "Server": "Receiver",
    "VersionMismatch": "VersionMismatch",
    "MustUnderstand": "MustUnderstand",
}
"""What SOAP 1.2 calls the codes of SOAP 1.1."""


_SOAP_11_FAULT: Final = 500


def fault_payload(refusal: RefusalError, *, fault_id: str, soap_version: str, explain: bool) -> bytes:
    """Canonical bytes of soap:Fault. Its values use the prefixes of `VALUE_PREFIXES`, which the Body must declare.

    `explain`: the caller is enrolled, so the explanation and the precise security code may be told (security §0).
    """
    kind = refusal.kind
    detail = _detail(refusal, kind, fault_id, explain=explain)
    subcode = f"wsse:{kind.subcode}" if kind.subcode else None
    code_11 = subcode or f"soap:{kind.soap}"
    if soap_version == SOAP_11:
        text = (
            f'<soap:Fault xmlns:soap="{SOAP11}"><faultcode>{code_11}</faultcode>'
            f"<faultstring>{escape(kind.text_en)}</faultstring><detail>{detail}</detail></soap:Fault>"
        )
    else:
        inner = f"<soap:Subcode><soap:Value>{subcode}</soap:Value></soap:Subcode>" if subcode else ""
        text = (
            f'<soap:Fault xmlns:soap="{SOAP12}"><soap:Code><soap:Value>soap:{SOAP_12_CODES[kind.soap]}</soap:Value>'
            f"{inner}</soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{escape(kind.text_en)}</soap:Text>'
            f'<soap:Text xml:lang="az">{escape(kind.text_az)}</soap:Text></soap:Reason>'
            f"<soap:Detail>{detail}</soap:Detail></soap:Fault>"
        )
    return text.encode()


def http_status(kind: FaultKind, soap_version: str) -> int:
    """Status of the HTTP answer: 500 for SOAP 1.1 (Basic Profile R1126); SOAP 1.2 says 400 where the sender erred.

    A status of its own in the table (429, for example) stands in both.
    """
    if soap_version != SOAP_11 and kind.soap == "Client" and kind.http == _SOAP_11_FAULT:
        return 400
    return kind.http


def _detail(refusal: RefusalError, kind: FaultKind, fault_id: str, *, explain: bool) -> str:
    explanation = refusal.explanation if explain else {}
    detail = FaultDetail(
        code=kind.code,
        fault_id=fault_id,
        text_az=kind.text_az,
        text_en=kind.text_en,
        retry_after=refusal.retry_after,
        field_errors=tuple(FieldErrorDetail(path=e.path, rule=e.rule, text=e.text) for e in refusal.fields),
        explanation=tuple(ExplanationDetail(name=name, value=value) for name, value in explanation.items()),
    )
    return encode_fault(detail).decode()
