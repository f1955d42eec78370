"""Names of the standards that a message is made of, each written once."""

from __future__ import annotations

from typing import Final

SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"
SOAP_VERSIONS: Final = {SOAP11: "1.1", SOAP12: "1.2"}
SOAP11_ENCODING: Final = "http://schemas.xmlsoap.org/soap/encoding/"

_OASIS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
WSSE: Final = f"{_OASIS}-wssecurity-secext-1.0.xsd"
WSU: Final = f"{_OASIS}-wssecurity-utility-1.0.xsd"
WSSE11: Final = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
X509_V3: Final = f"{_OASIS}-x509-token-profile-1.0#X509v3"
BASE64_BINARY: Final = f"{_OASIS}-soap-message-security-1.0#Base64Binary"
PASSWORD_TEXT: Final = f"{_OASIS}-username-token-profile-1.0#PasswordText"

WSA: Final = "http://www.w3.org/2005/08/addressing"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
DSIG11: Final = "http://www.w3.org/2009/xmldsig11#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
XML: Final = "http://www.w3.org/XML/1998/namespace"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XMLENC: Final = "http://www.w3.org/2001/04/xmlenc#"
