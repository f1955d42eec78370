"""What integrators do wrong most often, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Mistake(StrEnum):
    """A mistake that can be recognised in a message."""

    REFORMATTED = "REFORMATTED"
    OTHER_C14N = "OTHER_C14N"
    WEAK_ALGORITHM = "WEAK_ALGORITHM"
    NOT_COVERED = "NOT_COVERED"
    ID_ATTRIBUTE = "ID_ATTRIBUTE"
    NO_SUCH_ID = "NO_SUCH_ID"
    CHANGED = "CHANGED"
    OTHER_KEY = "OTHER_KEY"
    DER_VALUE = "DER_VALUE"
    UNTRUSTED = "UNTRUSTED"
    NOT_ENROLLED = "NOT_ENROLLED"
    CLOCK_AHEAD = "CLOCK_AHEAD"
    CLOCK_BEHIND = "CLOCK_BEHIND"
    LIFETIME = "LIFETIME"


TEXTS: Final[Mapping[Mistake, tuple[str, str]]] = MappingProxyType(
    {
        Mistake.REFORMATTED: (
            (
                "White space between elements was added after signing (pretty-printing). Sign last, and send the "
                "very bytes that were signed."
            ),
            (
                "İmzalandıqdan sonra elementlər arasına boşluq əlavə edilib (formatlama). İmzalamanı ən son edin və"
                " imzalanmış baytların özünü göndərin."
            ),
        ),
        Mistake.OTHER_C14N: (
            (
                "Another canonicalisation was used. Use exclusive C14N without comments "
                "(http://www.w3.org/2001/10/xml-exc-c14n#), declare it as the only Transform, and compute with the "
                "same."
            ),
            (
                "Başqa kanonikləşdirmə işlədilib. Şərhsiz eksklüziv C14N (http://www.w3.org/2001/10/xml-exc-c14n#) "
                "işlədin, onu yeganə Transform kimi göstərin və hesablamanı da onunla aparın."
            ),
        ),
        Mistake.WEAK_ALGORITHM: (
            (
                "SHA-1 (or another algorithm that is not accepted). Sign with rsa-sha256 or ecdsa-sha256, digests "
                "with SHA-256."
            ),
            (
                "SHA-1 (və ya qəbul edilməyən başqa alqoritm). İmza rsa-sha256 və ya ecdsa-sha256, həş SHA-256 "
                "olmalıdır."
            ),
        ),
        Mistake.NOT_COVERED: (
            (
                "A part that must be signed has no Reference. Body and Timestamp always, UsernameToken and every "
                "wsa header when present."
            ),
            (
                "İmzalanmalı hissəyə Reference yoxdur. Body və Timestamp həmişə, UsernameToken və bütün wsa "
                "başlıqları isə mesajda olduqda imzalanmalıdır."
            ),
        ),
        Mistake.ID_ATTRIBUTE: (
            (
                "The id stands in another attribute than wsu:Id. Give Body, Timestamp and tokens the attribute Id "
                "of the wss-wssecurity-utility-1.0 namespace."
            ),
            (
                "Id wsu:Id-dən fərqli atributdadır. Body, Timestamp və nişanlara wss-wssecurity-utility-1.0 ad "
                "fəzasından Id atributu verin."
            ),
        ),
        Mistake.NO_SUCH_ID: (
            (
                "No element bears the id that the Reference names: it was renamed or dropped after signing, or the "
                "URI lacks its #."
            ),
            (
                "Reference-də göstərilən Id heç bir elementdə yoxdur: imzalandıqdan sonra dəyişib, silinib və ya "
                "URI # ilə başlamır."
            ),
        ),
        Mistake.CHANGED: (
            (
                "What is here is not what the digest was computed over, and not only by its white space or "
                "canonicalisation. Compare the canonical bytes written beside the file with what your program "
                "hashed."
            ),
            (
                "Buradakı məzmun həşi hesablanmış məzmun deyil; fərq yalnız boşluq və kanonikləşdirmədə deyil. "
                "Faylın yanına yazılmış kanonik baytları proqramınızın həşlədiyi baytlarla tutuşdurun."
            ),
        ),
        Mistake.OTHER_KEY: (
            (
                "The value was not made over this SignedInfo by the key of this certificate. Either the key is "
                "another one, or SignedInfo was changed after signing."
            ),
            (
                "İmza bu sertifikatın açarı ilə bu SignedInfo üzərində yaradılmayıb: ya açar başqadır, ya da "
                "SignedInfo imzalandıqdan sonra dəyişib."
            ),
        ),
        Mistake.DER_VALUE: (
            (
                "The ECDSA value is DER-encoded. XML Signature wants r and s side by side, each as long as the "
                "curve's order."
            ),
            "ECDSA imzası DER formasındadır. XML Signature r və s-i yan-yana, əyrinin uzunluğunda tələb edir.",
        ),
        Mistake.UNTRUSTED: (
            "The certificate does not lead to a root that is trusted here, or may not sign messages.",
            "Sertifikat burada etibar edilən kökə aparmır və ya mesaj imzalamaq üçün deyil.",
        ),
        Mistake.NOT_ENROLLED: (
            "The certificate is in order but not enrolled. Have the operator enrol it (`gateway system`).",
            (
                "Sertifikat qaydasındadır, lakin qeydiyyatda deyil. Operator onu qeydiyyata almalıdır (`gateway "
                "system`)."
            ),
        ),
        Mistake.CLOCK_AHEAD: (
            "The sender's clock is ahead. Set it by NTP: Created may lie one minute ahead at the most.",
            "Göndərənin saatı irəlidədir. Onu NTP ilə düzəldin: Created ən çoxu bir dəqiqə irəli ola bilər.",
        ),
        Mistake.CLOCK_BEHIND: (
            (
                "The message had expired when it was received: the sender's clock is behind, or the message waited "
                "too long."
            ),
            "Mesaj alınanda müddəti bitmişdi: göndərənin saatı geridədir və ya mesaj çox gözləyib.",
        ),
        Mistake.LIFETIME: (
            "Expires must lie after Created, five minutes at the most.",
            "Expires Created-dən sonra, ən çoxu beş dəqiqə ola bilər.",
        ),
    }
)
"""Every mistake in English and in Azerbaijani."""
