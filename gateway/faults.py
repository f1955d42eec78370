"""Every fault this gateway can give, in one table: code, HTTP status, SOAP mapping and text (security §3).

A code is `side.place.reason` and never changes its meaning. The outward text is fixed; the precise reason of a
refusal (for example `SIG.REF.DIGEST`) goes to the log under the fault id and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

WSSE: Final = "wsse"
"""Marks a SOAP 1.1 fault code, or a SOAP 1.2 subcode, of the WS-Security namespace."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One row of the table."""

    code: str
    http: int
    """HTTP status of the SOAP 1.1 answer (Basic Profile R1126: 500), or of the bare answer before SOAP."""
    soap: str
    """`Client`, `Server`, `VersionMismatch` or `MustUnderstand`; SOAP 1.2 says `Sender` and `Receiver`."""
    subcode: str | None
    """Local name in the WS-Security namespace, where that standard has one."""
    text_en: str
    text_az: str
    retry_after: int | None = None
    """Seconds after which trying again makes sense."""


def _table(*rows: FaultKind) -> Mapping[str, FaultKind]:
    return MappingProxyType({row.code: row for row in rows})


_CHECK_EN = "The message could not be verified. Ask the operator with the fault id."
_CHECK_AZ = "Mesajın həqiqiliyi təsdiqlənmədi. Nasazlıq nömrəsi ilə operatora müraciət edin."

FAULTS: Final = _table(
    # Before SOAP: nothing was parsed, the answer is one line of plain text.
    FaultKind(
        "client.http.not-found", 404, "Client", None,
        "No service is offered at this path. ListServices of the bus service names them all.",
        "Bu ünvanda xidmət yoxdur. Xidmətlərin siyahısını bus xidmətinin ListServices əməliyyatı verir.",
    ),
    FaultKind(
        "client.http.method-not-allowed", 405, "Client", None,
        "Send the SOAP message with POST; GET serves the contract at ?wsdl only.",
        "SOAP mesajını POST ilə göndərin; GET yalnız ?wsdl müqaviləsini verir.",
    ),
    FaultKind(
        "client.http.bad-request", 400, "Client", None,
        "The HTTP request is not well formed.",
        "HTTP sorğusu düzgün tərtib edilməyib.",
    ),
    FaultKind(
        "client.http.too-large", 413, "Client", None,
        "The message is larger than this operation allows.",
        "Mesajın həcmi bu əməliyyat üçün icazə verilən həddən böyükdür.",
    ),
    FaultKind(
        "client.http.media-type", 415, "Client", None,
        "Send text/xml (SOAP 1.1) or application/soap+xml (SOAP 1.2) in UTF-8 or UTF-16, "
        "without content encoding and without attachments.",
        "text/xml (SOAP 1.1) və ya application/soap+xml (SOAP 1.2) göndərin: UTF-8 və ya UTF-16, "
        "sıxılmadan və qoşmasız.",
    ),
    FaultKind(
        "client.http.timeout", 408, "Client", None,
        "The request did not arrive in time. Send it again, faster.",
        "Sorğu vaxtında tam gəlmədi. Onu daha sürətlə yenidən göndərin.",
    ),
    FaultKind(
        "client.http.target-too-long", 414, "Client", None,
        "The request target is longer than any address offered here.",
        "Sorğunun ünvanı burada təklif olunan bütün ünvanlardan uzundur.",
    ),
    FaultKind(
        "client.http.expectation", 417, "Client", None,
        "The only expectation known here is 100-continue.",
        "Burada yalnız 100-continue gözləntisi tanınır.",
    ),
    FaultKind(
        "client.http.too-many-connections", 429, "Client", None,
        "Too many connections are open from this address. Use those you have, or close some.",
        "Bu ünvandan həddən çox qoşulma açıqdır. Mövcud qoşulmalardan istifadə edin və ya bəzilərini bağlayın.",
        retry_after=5,
    ),
    FaultKind(
        "client.http.header-too-large", 431, "Client", None,
        "The header of the request is larger than 32 KB or has more than 100 fields.",
        "Sorğunun başlığı 32 KB-dan böyükdür və ya onda 100-dən çox sahə var.",
    ),
    FaultKind(
        "client.http.transfer-coding", 501, "Client", None,
        "The only transfer coding known here is chunked.",
        "Burada yalnız chunked ötürmə kodlaşdırması tanınır.",
    ),
    FaultKind(
        "client.http.version", 505, "Client", None,
        "Use HTTP/1.1.",
        "HTTP/1.1 istifadə edin.",
    ),
    # The XML itself.
    FaultKind(
        "client.xml.malformed", 400, "Client", None,
        "The message is not well-formed XML.",
        "Mesaj düzgün tərtib edilmiş XML deyil.",
    ),
    FaultKind(
        "client.xml.forbidden", 400, "Client", None,
        "A document type declaration, entity, processing instruction, or a comment within a value is not allowed.",
        "Sənəd tipi təyininə, obyekt istinadına, emal təlimatına və qiymət daxilində şərhə icazə verilmir.",
    ),
    FaultKind(
        "client.xml.encoding", 400, "Client", None,
        "Only UTF-8, and UTF-16 with a byte order mark, are accepted.",
        "Yalnız UTF-8 və bayt sırası işarəli UTF-16 qəbul edilir.",
    ),
    FaultKind(
        "client.xml.limit", 400, "Client", None,
        "The message exceeds a structural limit (depth, elements, attributes, namespaces or text length).",
        "Mesaj struktur həddini aşır (dərinlik, element, atribut, ad fəzası və ya mətn uzunluğu).",
    ),
    # SOAP and addressing.
    FaultKind(
        "client.soap.structure", 500, "Client", None,
        "The envelope does not follow SOAP: one Header and one Body with exactly one child element, no other parts, "
        "attributes as the standard has them.",
        "Zərf SOAP standartına uyğun deyil: bir Header və yalnız bir alt elementi olan bir Body olmalı, başqa hissə "
        "olmamalı, atributlar standarta uyğun olmalıdır.",
    ),
    FaultKind(
        "client.soap.version-mismatch", 500, "VersionMismatch", None,
        "Use the SOAP 1.1 envelope with text/xml or the SOAP 1.2 envelope with application/soap+xml.",
        "text/xml ilə SOAP 1.1, application/soap+xml ilə SOAP 1.2 zərfindən istifadə edin.",
    ),
    FaultKind(
        "client.soap.must-understand", 500, "MustUnderstand", None,
        "A header marked mustUnderstand is not known here.",
        "mustUnderstand ilə işarələnmiş başlıq burada tanınmır.",
    ),
    FaultKind(
        "client.soap.action-mismatch", 500, "Client", None,
        "SOAP 1.1 needs the header SOAPAction, in quotes. It, the action parameter of SOAP 1.2 and wsa:Action must "
        'name the operation of the Body, for example "urn:state-register:documents:v1/CheckDocuments".',
        "SOAP 1.1 üçün dırnaq içində SOAPAction başlığı lazımdır. O, SOAP 1.2-nin action parametri və wsa:Action "
        'Body-dəki əməliyyatı göstərməlidir, məsələn "urn:state-register:documents:v1/CheckDocuments".',
    ),
    FaultKind(
        "client.addressing.invalid", 500, "Client", None,
        "A WS-Addressing header is malformed, repeated, or addressed elsewhere.",
        "WS-Addressing başlığı düzgün deyil, təkrarlanır və ya başqa ünvana yönəlib.",
    ),
    # WS-Security. One text for every cause that an outsider could learn from.
    FaultKind(
        "client.security.missing", 500, "Client", "InvalidSecurity",
        "The message carries no WS-Security header. Sign Body and Timestamp with the enrolled certificate.",
        "Mesajda WS-Security başlığı yoxdur. Body və Timestamp qeydiyyatdan keçmiş sertifikatla imzalanmalıdır.",
    ),
    FaultKind(
        "client.security.header-invalid", 500, "Client", "InvalidSecurity",
        "The WS-Security header does not follow the published policy.",
        "WS-Security başlığı elan edilmiş qaydalara uyğun deyil.",
    ),
    FaultKind(
        "client.security.algorithm", 500, "Client", "UnsupportedAlgorithm",
        "Use RSA or ECDSA with SHA-256 or stronger and exclusive canonicalisation only.",
        "Yalnız SHA-256 və ya daha güclü RSA/ECDSA və eksklüziv kanonikləşdirmədən istifadə edin.",
    ),
    FaultKind(
        "client.security.token-invalid", 500, "Client", "InvalidSecurityToken",
        "The security token cannot be used.",
        "Təhlükəsizlik nişanından istifadə etmək mümkün deyil.",
    ),
    FaultKind(
        "client.security.token-unsupported", 500, "Client", "UnsupportedSecurityToken",
        "Send the certificate as a BinarySecurityToken (X509v3) and refer to it directly.",
        "Sertifikatı BinarySecurityToken (X509v3) kimi göndərin və ona birbaşa istinad edin.",
    ),
    FaultKind(
        "client.security.token-unavailable", 500, "Client", "SecurityTokenUnavailable",
        "The security token that is referred to is not in this header. Send the certificate as a BinarySecurityToken "
        "(X509v3) and refer to it directly.",
        "İstinad edilən təhlükəsizlik nişanı bu başlıqda yoxdur. Sertifikatı BinarySecurityToken (X509v3) kimi "
        "göndərin və ona birbaşa istinad edin.",
    ),
    FaultKind("client.security.failed-check", 500, "Client", "FailedCheck", _CHECK_EN, _CHECK_AZ),
    FaultKind(
        "client.security.signature-mismatch", 500, "Client", "FailedCheck",
        "The signature does not match what was sent; the explanation names the part.",
        "İmza göndərilən məlumata uyğun gəlmir; izahda hissə göstərilib.",
    ),
    FaultKind(
        "client.security.not-covered", 500, "Client", "FailedCheck",
        "A part that must be signed is not covered by the signature; the explanation names it.",
        "İmzalanmalı olan hissə imza ilə əhatə olunmayıb; izahda göstərilib.",
    ),
    FaultKind(
        "client.security.expired", 500, "Client", "MessageExpired",
        "The message is outside its time window, or the window is longer than 5 minutes or ends before it begins. "
        "Check the clock and the Timestamp, and sign anew.",
        "Mesajın vaxt pəncərəsi keçib, 5 dəqiqədən uzundur və ya əvvəlindən tez bitir. Saatı və Timestamp hissəsini "
        "yoxlayın, yenidən imzalayın.",
    ),
    FaultKind(
        "client.security.replayed", 500, "Client", "MessageExpired",
        "This very message was answered before, and a question is answered once. Send it anew with a Timestamp of its "
        "own (and sign that, where messages are signed).",
        "Məhz bu mesaj artıq cavablandırılıb; sorğu bir dəfə cavablandırılır. Sorğunu yeni Timestamp ilə yenidən "
        "(imzalı mesajlarda yenidən imzalayıb) göndərin.",
    ),
    FaultKind(
        "client.security.password-refused", 500, "Client", "FailedAuthentication",
        "Passwords are not accepted on this connection. Send the signed file, or call the operator's TLS address.",
        "Bu bağlantıda parol qəbul edilmir. İmzalanmış fayl göndərin və ya operatorun TLS ünvanına müraciət edin.",
    ),
    FaultKind(
        "client.security.authentication-failed", 500, "Client", "FailedAuthentication",
        "The person could not be authenticated.",
        "Şəxsin kimliyi təsdiqlənmədi.",
    ),
    FaultKind(
        "client.security.throttled", 429, "Client", "FailedAuthentication",
        "Too many wrong passwords came for this login or from this place. Try again after the time told in Retry-After "
        "and in the detail; until then no password is looked at.",
        "Bu login üçün və ya bu yerdən həddən çox yanlış parol gəlib. Retry-After başlığında və nasazlığın "
        "təfərrüatında göstərilən müddətdən sonra yenidən cəhd edin; o vaxta qədər heç bir parol yoxlanılmır.",
        retry_after=1,  # the least; a refusal tells its own
    ),
    FaultKind(
        "client.security.password-change-required", 500, "Client", "FailedAuthentication",
        "The password is the one that the operator issued, and can only be changed: call ChangePassword of the bus "
        "service with this login and password in the UsernameToken and the new password in the Body, then repeat "
        "the request with the new one.",
        "Bu, operatorun verdiyi paroldur və yalnız dəyişdirilə bilər: bus xidmətinin ChangePassword əməliyyatını "
        "çağırın (UsernameToken-də bu login və parol, Body-də yeni parol), sonra sorğunu yeni parolla təkrarlayın.",
    ),
    # After the caller is known.
    FaultKind(
        "client.access.denied", 500, "Client", None,
        "The calling system has no right to this operation, or to a register or document type that the request is "
        "about (AllowedOperations tells its rights), or names a person or an agency that it may not act for.",
        "Çağıran sistemin bu əməliyyata və ya sorğudakı reyestrə, sənəd növünə hüququ yoxdur (icazələri "
        "AllowedOperations göstərir) və ya o, adından çıxış edə bilmədiyi şəxsi və ya qurumu göstərib.",
    ),
    FaultKind(
        "client.contract.unknown-operation", 500, "Client", None,
        "The service has no such operation. See its contract at ?wsdl.",
        "Xidmətdə belə əməliyyat yoxdur. Müqavilə ?wsdl ünvanındadır.",
    ),
    FaultKind(
        "client.contract.invalid", 500, "Client", None,
        "The request does not follow the published schema; the field errors name the places.",
        "Sorğu elan edilmiş sxemə uyğun deyil; yerləri sahə xətaları göstərir.",
    ),
    FaultKind(
        "client.request.conflict", 500, "Client", None,
        "This request id was used before for another content. Give a new request a new id.",
        "Bu sorğu nömrəsi əvvəllər başqa məzmun üçün istifadə olunub. Yeni sorğuya yeni nömrə verin.",
    ),
    # Our side. Without a receipt nothing is promised; the same request id keeps the effect single all the same.
    FaultKind(
        "server.broker.unavailable", 503, "Server", None,
        "No receipt: the queue did not confirm the request in time. Send the same request again with the same "
        "request id; it takes effect once, whether or not the queue has it already.",
        "Qəbz yoxdur: növbə sorğunu vaxtında təsdiqləmədi. Eyni sorğunu eyni sorğu nömrəsi ilə yenidən göndərin; "
        "növbəyə düşüb-düşməməsindən asılı olmayaraq, o, bir dəfə icra ediləcək.",
        retry_after=5,
    ),
    FaultKind(
        "server.store.unavailable", 503, "Server", None,
        "The register cannot be asked now. Nothing may be concluded about what was asked; try again later.",
        "Reyestrə hazırda sorğu vermək mümkün deyil. Soruşulan barədə nəticə çıxarmayın; sonra yenidən cəhd edin.",
        retry_after=5,
    ),
    FaultKind(
        "server.overloaded", 503, "Server", None,
        "Too many requests are under way. Send the same request again later.",
        "Eyni vaxtda həddən çox sorğu var. Eyni sorğunu sonra yenidən göndərin.",
        retry_after=2,
    ),
    FaultKind(
        "server.internal", 500, "Server", None,
        "An unexpected error occurred; it is on record under the fault id. Only a receipt means accepted.",
        "Gözlənilməz xəta baş verdi; nasazlıq nömrəsi ilə qeydə alınıb. Yalnız qəbz qəbul edildiyini bildirir.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldError:
    """One place in a request that breaks the contract; its text never repeats the value."""

    path: str
    """Element names from the operation element, for example `/CheckDocuments/documents[3]/country`."""
    rule: str
    """Facet or rule that is broken, for example `pattern`, `required`, `enumeration`."""
    text: str
    """English; what to change."""


class RefusalError(Exception):
    """A message is refused: `code` is told to the caller, `reason` to the log only."""

    def __init__(
        self,
        code: str,
        reason: str = "",
        explanation: Mapping[str, str] | None = None,
        fields: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        """`reason` is the precise cause for the audit, for example `SIG.REF.DUP_ID`; it never holds content.

        `explanation` is told only to an enrolled caller (security §0): names and values of the failed check.
        `retry_after`: seconds after which trying again makes sense, where the table does not say it. Raises `KeyError`
        for a code that is not in the table.
        """
        self.kind = FAULTS[code]
        self.code = code
        self.reason = reason
        self.explanation: Mapping[str, str] = explanation or {}
        self.fields = fields
        self.retry_after = self.kind.retry_after if retry_after is None else retry_after
        super().__init__(f"{code} ({reason})" if reason else code)
