"""The WS-SecurityPolicy of every service, as told in its WSDL: what signature is expected, and what answers bear."""

from __future__ import annotations

from typing import Final

from lxml import etree
from lxml.builder import ElementMaker

WSP: Final = "http://www.w3.org/ns/ws-policy"
SP: Final = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"

POLICY_ID: Final = "SignedMessages"
PREFIXES: Final = {"wsp": WSP, "sp": SP, "wsu": WSU}

_wsp = ElementMaker(namespace=WSP, nsmap=PREFIXES)
_sp = ElementMaker(namespace=SP, nsmap=PREFIXES)


def signed_messages() -> etree._Element:
    """Asymmetric binding: X.509 v3 certificates on both sides, Timestamp required, the whole Body signed.

    `Basic256Sha256` (WS-SecurityPolicy 1.3, §6.1) names SHA-256 digests; for the signature itself the suite predates
    SHA-256, which this gateway demands as well. The documentation of each service says so.
    """
    return _wsp.Policy(
        {f"{{{WSU}}}Id": POLICY_ID},
        _wsp.ExactlyOne(
            _wsp.All(
                _sp.AsymmetricBinding(
                    _wsp.Policy(
                        _sp.InitiatorToken(_wsp.Policy(_certificate("AlwaysToRecipient"))),
                        _sp.RecipientToken(_wsp.Policy(_certificate("AlwaysToInitiator"))),
                        _sp.AlgorithmSuite(_wsp.Policy(_sp.Basic256Sha256())),
                        _sp.Layout(_wsp.Policy(_sp.Lax())),
                        _sp.IncludeTimestamp(),
                        _sp.OnlySignEntireHeadersAndBody(),
                    )
                ),
                _sp.SignedParts(_sp.Body(), _sp.Header({"Namespace": _ADDRESSING})),
                _sp.SignedSupportingTokens(
                    {f"{{{WSP}}}Optional": "true"},
                    _wsp.Policy(
                        _sp.UsernameToken(_include("AlwaysToRecipient"), _wsp.Policy(_sp.WssUsernameToken10())),
                    ),
                ),
            )
        ),
    )


def _certificate(when: str) -> etree._Element:
    return _sp.X509Token(_include(when), _wsp.Policy(_sp.WssX509V3Token10()))


def _include(when: str) -> dict[str, str]:
    return {f"{{{SP}}}IncludeToken": f"{SP}/IncludeToken/{when}"}
