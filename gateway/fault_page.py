"""The page of all faults for those who write clients (`gateway/FAULTS.md`), made from the one table of faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from gateway.faults import FAULTS, FaultKind
from gateway.soap.fault_body import SOAP_12_CODES, http_status

_INTRODUCTION: Final = """\
# Faults

Made from `gateway/faults.py` by `gateway contract faults`; do not edit. A code is `side.place.reason`: it never
changes its meaning and is never used again, so programs decide by it. It stands in the detail of the fault
(`fault/code`) beside a fault id, both texts, and where they apply `retryAfter`, `fieldErrors` and `explanation`. What
is refused before anything is parsed (`client.http`) is answered in one line of plain text; so is a message that is
too large for any operation of its service.

Every SOAP answer is signed, faults too. A fault says that nothing was accepted; only a receipt says that something
was.

Bu səhifə `gateway/faults.py` cədvəlindən yaradılır. Kod `tərəf.yer.səbəb` formasındadır, mənası dəyişmir və
proqramlar ona görə qərar verir. Nasazlıq heç nəyin qəbul edilmədiyini bildirir; qəbulu yalnız qəbz təsdiqləyir.
"""

_PLACES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "client.http": ("HTTP", "HTTP"),
        "client.xml": ("XML", "XML"),
        "client.soap": ("SOAP", "SOAP"),
        "client.addressing": ("WS-Addressing", "WS-Addressing"),
        "client.security": ("Security", "Təhlükəsizlik"),
        "client.access": ("Rights", "Hüquqlar"),
        "client.contract": ("Contract", "Müqavilə"),
        "client.request": ("Request", "Sorğu"),
        "server": ("Our side", "Bizim tərəf"),
    }
)
"""Heading of each group of codes."""

PLAIN: Final = frozenset(code for code in FAULTS if code.startswith("client.http.")) - {"client.http.too-large"}
"""Answered before SOAP. A message that is too large for its operation only is answered by a SOAP fault."""

_CHANGE: Final = (
    "Change the message: sent again as it is, it is refused again.",
    "Mesajı düzəldin: olduğu kimi göndərilsə, yenə rədd ediləcək.",
)
_AGAIN: Final = (
    "Nothing was read: send the same request again, over a connection that is free.",
    "Heç nə oxunmayıb: həmin sorğunu boş qoşulma ilə yenidən göndərin.",
)
_ANEW: Final = (
    "Sign the same request anew, with a Timestamp of now, and send that.",
    "Həmin sorğunu indiki vaxtla yenidən imzalayıb göndərin.",
)
_OPERATOR: Final = (
    "Look at the file with `gateway explain`; if that does not help, ask the operator with the fault id.",
    "Faylı `gateway explain` ilə yoxlayın; kömək etməsə, nasazlıq nömrəsi ilə operatora müraciət edin.",
)
_LATER: Final = (
    "Wait for Retry-After, then sign the same request anew, with the same request id, and send that.",
    "Retry-After müddətini gözləyin, sonra həmin sorğunu eyni sorğu nömrəsi ilə yenidən imzalayıb göndərin.",
)

ADVICE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "client": _CHANGE,
        "client.http.timeout": _AGAIN,
        "client.http.too-many-connections": _AGAIN,
        "client.security": _OPERATOR,
        "client.security.throttled": _LATER,
        "client.security.password-change-required": (
            "Call ChangePassword of the bus service, then sign the request anew and send that.",
            "bus xidmətinin ChangePassword əməliyyatını çağırın, sonra sorğunu yenidən imzalayıb göndərin.",
        ),
        "client.security.missing": _CHANGE,
        "client.security.algorithm": _CHANGE,
        "client.security.token-unsupported": _CHANGE,
        "client.security.expired": _ANEW,
        "client.security.replayed": _ANEW,
        "client.security.password-refused": _CHANGE,
        "client.security.authentication-failed": (
            "Ask the person for the right login and password; repeated guesses are slowed down.",
            "Şəxsdən düzgün login və parolu soruşun; təkrar cəhdlər yavaşıdılır.",
        ),
        "client.access": (
            "Ask the operator for the right, or leave it: no other wording of the request helps.",
            "Hüququ operatordan istəyin: sorğunu başqa cür yazmaq kömək etmir.",
        ),
        "server": _LATER,
        "server.internal": (
            "Ask the operator with the fault id. A command may be sent again under its id: it takes effect once.",
            "Nasazlıq nömrəsini operatora bildirin. Əmri həmin nömrə ilə təkrarlamaq olar: bir dəfə icra edilir.",
        ),
    }
)
"""What a caller does, in English and Azerbaijani, by the longest beginning of a code."""


def page() -> str:
    """The page in Markdown, in English and Azerbaijani; the same for the same table."""
    return "\n".join(_lines())


def cells(kind: FaultKind) -> tuple[str, ...]:
    """One row: HTTP status and code with SOAP 1.1, both and the subcode with SOAP 1.2, Retry-After."""
    if kind.code in PLAIN:
        return (str(kind.http), "", str(kind.http), "", "", "")
    subcode = f"wsse:{kind.subcode}" if kind.subcode else ""
    return (
        str(http_status(kind, "1.1")),
        subcode or f"soap:{kind.soap}",
        str(http_status(kind, "1.2")),
        f"soap:{SOAP_12_CODES[kind.soap]}",
        subcode,
        "" if kind.retry_after is None else f"{kind.retry_after} s",
    )


def advice(code: str) -> tuple[str, str]:
    """What a caller does about `code`, in English and in Azerbaijani."""
    longest = max((start for start in ADVICE if f"{code}.".startswith(f"{start}.")), key=len)
    return ADVICE[longest]


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    groups = {start: [kind for kind in FAULTS.values() if f"{kind.code}.".startswith(f"{start}.")] for start in _PLACES}
    left_out = set(FAULTS) - {kind.code for kinds in groups.values() for kind in kinds}
    if left_out:
        raise ValueError(f"faults that no group takes: {sorted(left_out)}")
    yield "| code | HTTP, SOAP 1.1 | faultcode | HTTP, SOAP 1.2 | Code | Subcode | Retry-After |"
    yield "|---|---|---|---|---|---|---|"
    for kinds in groups.values():
        for kind in kinds:
            yield f"| [`{kind.code}`](#{kind.code.replace('.', '')}) | {' | '.join(cells(kind))} |"
    for start, kinds in groups.items():
        heading_en, heading_az = _PLACES[start]
        yield f"\n## {heading_en}" + ("" if heading_en == heading_az else f" · {heading_az}")
        for kind in kinds:
            todo_en, todo_az = advice(kind.code)
            yield f"\n### {kind.code}\n\n{kind.text_en}\n*{todo_en}*\n\n{kind.text_az}\n*{todo_az}*"
    yield ""
