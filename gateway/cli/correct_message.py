"""A message as it should be, with a word on each part: what `explain` shows beside one that is refused."""

from __future__ import annotations

from typing import Final

from gateway.cli.language import t
from gateway.xml.namespaces import BASE64_BINARY, DS, EXC_C14N, SOAP11, SOAP12, WSSE, WSU, X509_V3

_SOAP: Final = {"1.1": SOAP11, "1.2": SOAP12}
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"


def correct_message(version: str) -> str:
    """An annotated message of SOAP `version` (`1.1` or `1.2`), in the language that is set."""
    action = "urn:state-register:documents:v1/CheckDocuments"
    http = (
        f'Content-Type: text/xml; charset=utf-8, SOAPAction: "{action}"'
        if version == "1.1"
        else f'Content-Type: application/soap+xml; charset=utf-8; action="{action}"'
    )
    return f"""\
<!-- POST, {http} -->
<s:Envelope xmlns:s="{_SOAP[version]}"
            xmlns:wsse="{WSSE}"
            xmlns:wsu="{WSU}">
 <s:Header>
  <wsse:Security s:mustUnderstand="1">
   <!-- {t("now, in UTC; five minutes at the most", "indiki vaxt, UTC; ən çoxu beş dəqiqə")} -->
   <wsu:Timestamp wsu:Id="time">
    <wsu:Created>2026-11-24T09:00:00Z</wsu:Created>
    <wsu:Expires>2026-11-24T09:05:00Z</wsu:Expires>
   </wsu:Timestamp>
   <!-- {t("the enrolled certificate, DER in base64", "qeydiyyatdakı sertifikat, DER, base64")} -->
   <wsse:BinarySecurityToken wsu:Id="token"
     ValueType="{X509_V3}"
     EncodingType="{BASE64_BINARY}">MII…</wsse:BinarySecurityToken>
   <ds:Signature xmlns:ds="{DS}">
    <ds:SignedInfo>
     <!-- {t("exclusive C14N everywhere", "hər yerdə eksklüziv C14N")} -->
     <ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>
     <!-- {t("or ecdsa-sha256; never SHA-1", "və ya ecdsa-sha256; SHA-1 olmaz")} -->
     <ds:SignatureMethod Algorithm="{_MORE}rsa-sha256"/>
     <!-- {t("one Reference each: Body, Timestamp, UsernameToken and wsa headers if there", "hərəsinə bir Reference: Body, Timestamp, varsa UsernameToken və wsa başlıqları")} -->
{_reference("body")}
{_reference("time")}
    </ds:SignedInfo>
    <ds:SignatureValue>…</ds:SignatureValue>
    <ds:KeyInfo>
     <wsse:SecurityTokenReference>
      <wsse:Reference URI="#token" ValueType="{X509_V3}"/>
     </wsse:SecurityTokenReference>
    </ds:KeyInfo>
   </ds:Signature>
  </wsse:Security>
 </s:Header>
 <!-- {t("after signing nothing may change, not even white space", "imzalandıqdan sonra heç nə, boşluq belə dəyişməməlidir")} -->
 <s:Body wsu:Id="body">…</s:Body>
</s:Envelope>
"""  # noqa: E501 - lines of the message


def _reference(ident: str) -> str:
    return f"""\
     <ds:Reference URI="#{ident}">
      <ds:Transforms><ds:Transform Algorithm="{EXC_C14N}"/></ds:Transforms>
      <ds:DigestMethod Algorithm="{_SHA256}"/>
      <ds:DigestValue>…</ds:DigestValue>
     </ds:Reference>"""
