"""The guards of the verification core by number, and which of them gives which reason.

For people: the code that guards is `gateway.security.verify`, whose own table a test compares with this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Guard:
    """One of the checks that a message passes in turn."""

    number: int
    name: str
    clause: str
    """The standard, or our specification, that it implements."""
    text_en: str
    """What it asks for."""
    text_az: str


GUARDS: Final = (
    Guard(1, "parse", "XML 1.0, security §8 rule 2", "well-formed XML within limits", "hədlər daxilində düzgün XML"),
    Guard(
        2, "shape", "SOAP 1.1 §4, SOAP 1.2 part 1 §5",
        "an Envelope of one Header and one Body with one child",
        "bir Header və bir alt elementli bir Body-dən ibarət zərf",
    ),
    Guard(
        3, "header", "WSS 1.1 §5, BSP 1.1 §5",
        "one Security header with Signature, Timestamp and tokens only",
        "yalnız Signature, Timestamp və nişanlardan ibarət bir Security başlığı",
    ),
    Guard(
        4, "form", "XML Signature 1.1 §4",
        "algorithms, transforms and references as the published policy has them",
        "alqoritm, çevirmə və istinadlar elan edilmiş qaydalara uyğun",
    ),
    Guard(5, "ids", "WSS 1.1 §4", "no id twice, in whatever spelling", "heç bir Id təkrarlanmır"),
    Guard(
        6, "places", "McIntosh and Austel 2005",
        "every reference leads to Body, Timestamp, a token or a wsa header",
        "hər istinad Body, Timestamp, nişan və ya wsa başlığına aparır",
    ),
    Guard(
        7, "token", "WSS X.509 profile 1.1 §3.2",
        "KeyInfo refers to the BinarySecurityToken of this header",
        "KeyInfo bu başlıqdakı BinarySecurityToken-ə istinad edir",
    ),
    Guard(8, "trust", "RFC 5280 §6", "the certificate chains to a trusted root", "sertifikat etibarlı kökə aparır"),
    Guard(
        9, "value", "XML Signature 1.1 §3.2.2",
        "SignedInfo was signed by the certificate's key", "SignedInfo sertifikatın açarı ilə imzalanıb",
    ),
    Guard(10, "digests", "XML Signature 1.1 §3.2.1", "every part is what was signed", "hər hissə imzalandığı kimidir"),
    Guard(
        11, "coverage", "BSP 1.1, security §0",
        "Body, Timestamp, UsernameToken and every wsa header are signed",
        "Body, Timestamp, UsernameToken və bütün wsa başlıqları imzalanıb",
    ),
    Guard(
        12, "time", "WSS 1.1 §10", "now lies between Created and Expires", "indiki vaxt Created və Expires arasındadır"
    ),
    Guard(
        13, "meaning", "exclusive C14N §1.3",
        "names in the payload are bound by what was signed", "məzmundakı adlar imzalanmış ad fəzalarına bağlıdır",
    ),
)  # fmt: skip
"""In their order."""

_BY_REASON: Final = {
    "XML": 1,
    "XML.C14N": 10,
    "SOAP": 2,
    "SOAP.BODY.TYPE_UNBOUND": 13,
    "WSA": 2,
    "SEC": 3,
    "USER": 3,
    "SIG.TWO_SIGNATURES": 3,
    "SIG": 4,
    "SIG.ID": 5,
    "SIG.REF.URI": 6,
    "SIG.REF.NOT_FOUND": 6,
    "SIG.REF.POSITION": 6,
    "SIG.REF.TWICE": 6,
    "KEYINFO": 7,
    "STR": 7,
    "TOK": 7,
    "CERT": 8,
    "SIG.REF.DIGEST": 10,
    "SIG.COVERAGE": 11,
    "TIME": 12,
}
"""Numbers by the beginning of a reason; the longest that fits counts."""


def guard_of(reason: str) -> Guard | None:
    """The guard that gives `reason`; None for what is judged after the core (who may do what)."""
    if reason == "SIG.VALUE":  # longer reasons under this name are of its form
        return GUARDS[8]
    fitting = [start for start in _BY_REASON if f"{reason}.".startswith(f"{start}.")]
    return GUARDS[_BY_REASON[max(fitting, key=len)] - 1] if fitting else None
