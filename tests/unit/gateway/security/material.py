"""What the tests of the verification core are made of: a small PKI, and a signer that signs whatever it is told to.

`forge` knows nothing of the product's signer: it builds the message as text, canonicalises with lxml and computes every
value itself, so that a rule is tested with a signature that really holds.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.faults import RefusalError
from gateway.security.dev_pki import Authority, Issued
from gateway.security.model import VerifiedEnvelope
from gateway.security.policy import Policy
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.xml.namespaces import DS, EXC_C14N, SOAP11, SOAP12, WSA, WSSE, WSU, X509_V3

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA384 = f"{MORE}sha384"
SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
EXC = f'<ds:Transform Algorithm="{EXC_C14N}"/>'
PAYLOAD = '<q:CheckDocuments xmlns:q="urn:q"><q:number>AA1234567</q:number></q:CheckDocuments>'
EVIL = "EVIL0000000"

_HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


@dataclass(frozen=True)
class Pki:
    root: Authority
    issuing: Authority
    trust: TrustStore


@lru_cache(maxsize=1)
def pki() -> Pki:
    root = Authority.root(NOW - timedelta(days=30))
    issuing = root.authority(NOW - timedelta(days=30))
    return Pki(root, issuing, TrustStore([root.issued.certificate], [issuing.issued.certificate]))


def system(kind: str = "RSA-2048", name: str = "System A") -> Issued:
    return _system(kind, name)


@lru_cache(maxsize=32)
def _system(kind: str, name: str) -> Issued:
    return pki().issuing.issue(f"{name} {kind}", NOW - timedelta(days=1), kind=kind)


def der64(issued: Issued) -> str:
    return base64.b64encode(issued.certificate.public_bytes(Encoding.DER)).decode()


def timestamp(created: datetime = NOW, expires: datetime | None = None) -> str:
    expires = expires or created + timedelta(minutes=5)
    return (
        f'<wsu:Timestamp wsu:Id="TS"><wsu:Created>{created:%Y-%m-%dT%H:%M:%SZ}</wsu:Created>'
        f"<wsu:Expires>{expires:%Y-%m-%dT%H:%M:%SZ}</wsu:Expires></wsu:Timestamp>"
    )


def token(issued: Issued, attributes: str | None = None, text: str | None = None, ident: str = "X509") -> str:
    attributes = f'EncodingType="{BASE64}" ValueType="{X509_V3}"' if attributes is None else attributes
    return (
        f'<wsse:BinarySecurityToken wsu:Id="{ident}" {attributes}>{der64(issued) if text is None else text}'
        "</wsse:BinarySecurityToken>"
    )


def username(inner: str, ident: str = "UT") -> str:
    return f'<wsse:UsernameToken wsu:Id="{ident}">{inner}</wsse:UsernameToken>'


PASSWORD_TYPE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
LOGIN = f'<wsse:Username>leyla</wsse:Username><wsse:Password Type="{PASSWORD_TYPE}">parol-123</wsse:Password>'

STR = f'<wsse:SecurityTokenReference><wsse:Reference URI="#X509" ValueType="{X509_V3}"/></wsse:SecurityTokenReference>'


@dataclass(frozen=True)
class Ref:
    """How one part is referred to."""

    ident: str
    transforms: str = f"<ds:Transforms>{EXC}</ds:Transforms>"
    digest: str = SHA256
    prefixes: tuple[str, ...] = ()
    uri: str | None = None
    digest_of: bytes | None = None
    """What to hash in place of the element's canonical form."""


Change = Callable[[etree._Element], object]


def forge(
    *,
    issued: Issued | None = None,
    soap: str = SOAP11,
    payload: str = PAYLOAD,
    body: str | None = None,
    headers: str = "",
    security: Sequence[str] | None = None,
    security_attributes: str = "",
    envelope_attributes: str = "",
    refs: Sequence[Ref | str] = ("TS", "Body"),
    method: str | None = None,
    c14n: str = f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>',
    c14n_prefixes: tuple[str, ...] = (),
    method_xml: str | None = None,
    key_info: str = STR,
    before: Change | None = None,
    after: Change | None = None,
    sign: Callable[[bytes], bytes] | None = None,
    first: bool = False,
    prolog: str = "",
) -> bytes:
    """A signed message; `before` changes the tree before it is signed, `after` when it is too late."""
    issued = issued or system()
    security = [timestamp(), token(issued)] if security is None else security
    body = f'<soap:Body wsu:Id="Body">{payload}</soap:Body>' if body is None else body
    text = (
        f'{prolog}<soap:Envelope xmlns:soap="{soap}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" xmlns:ds="{DS}" '
        f'xmlns:wsa="{WSA}" {envelope_attributes}><soap:Header>{headers}<wsse:Security {security_attributes}>'
        f"{''.join(security)}</wsse:Security></soap:Header>{body}</soap:Envelope>"
    )
    root = etree.fromstring(text.encode(), etree.XMLParser(strip_cdata=False))
    if before is not None:
        before(root)
    add_signature(root, issued, refs, method, c14n, c14n_prefixes, method_xml, key_info, sign, first=first)
    if after is not None:
        after(root)
    return etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=False)


def add_signature(
    root: etree._Element,
    issued: Issued,
    refs: Sequence[Ref | str] = ("TS", "Body"),
    method: str | None = None,
    c14n: str = f'<ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>',
    c14n_prefixes: tuple[str, ...] = (),
    method_xml: str | None = None,
    key_info: str = STR,
    sign: Callable[[bytes], bytes] | None = None,
    *,
    first: bool = False,
) -> etree._Element:
    """Sign the parts of `root` as it stands and put the signature into its (first) Security header."""
    method = method or default_method(issued)
    references = "".join(reference(root, Ref(r) if isinstance(r, str) else r) for r in refs)
    method_xml = method_xml or f'<ds:SignatureMethod Algorithm="{method}"/>'
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}" xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"><ds:SignedInfo>{c14n}'
        f"{method_xml}{references}</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo>{key_info}</ds:KeyInfo></ds:Signature>"
    )
    security = next(root.iter(f"{{{WSSE}}}Security"))
    security.insert(0, signature) if first else security.append(signature)
    resign(signature, issued, c14n_prefixes, sign)
    return signature


def resign(
    signature: etree._Element,
    issued: Issued,
    prefixes: tuple[str, ...] = (),
    sign: Callable[[bytes], bytes] | None = None,
) -> None:
    info, value = signature[0], signature[1]
    uri = info.find(f"{{{DS}}}SignatureMethod").get("Algorithm")
    method = info.find(f"{{{DS}}}CanonicalizationMethod").get("Algorithm")
    form = c14n(info, prefixes, exclusive=method.startswith(EXC_C14N))
    value.text = base64.b64encode(sign(form) if sign else raw_signature(issued, uri, form)).decode()


def default_method(issued: Issued) -> str:
    if isinstance(issued.key, rsa.RSAPrivateKey):
        return f"{MORE}rsa-sha256"
    return f"{MORE}ecdsa-sha256"


def reference(root: etree._Element, ref: Ref) -> str:
    if ref.digest_of is None:
        target = next(e for e in root.iter(etree.Element) if ref.ident in (e.get(f"{{{WSU}}}Id"), e.get("Id")))
        form = c14n(target, ref.prefixes)
    else:
        form = ref.digest_of
    digest = hashlib.new(ref.digest.rpartition("#")[2], form).digest()
    uri = f"#{ref.ident}" if ref.uri is None else ref.uri
    return (
        f'<ds:Reference URI="{uri}">{ref.transforms}<ds:DigestMethod Algorithm="{ref.digest}"/>'
        f"<ds:DigestValue>{base64.b64encode(digest).decode()}</ds:DigestValue></ds:Reference>"
    )


def c14n(element: etree._Element, prefixes: Sequence[str] = (), *, exclusive: bool = True) -> bytes:
    # A parser that has read a word as a namespace name knows it; see gateway.xml.c14n.
    for prefix in prefixes:
        etree.fromstring('<x xmlns:p="#default"/>' if prefix == "#default" else f"<{prefix}/>")
    return etree.tostring(
        element, method="c14n", exclusive=exclusive, with_comments=False, inclusive_ns_prefixes=list(prefixes) or None
    )


def raw_signature(issued: Issued, method: str, data: bytes) -> bytes:
    """The signature value for a method of the usual names, in the form of XML Signature."""
    algorithm = _HASHES.get(method.rpartition("-")[2], hashes.SHA256)()
    if isinstance(issued.key, rsa.RSAPrivateKey):
        return issued.key.sign(data, padding.PKCS1v15(), algorithm)
    assert isinstance(issued.key, ec.EllipticCurvePrivateKey)
    half = (issued.key.curve.key_size + 7) // 8
    r, s = decode_dss_signature(issued.key.sign(data, ec.ECDSA(algorithm)))
    return r.to_bytes(half) + s.to_bytes(half)


def wsa(name: str, value: str, ident: str | None = None) -> str:
    return f'<wsa:{name} wsu:Id="{ident or name}">{value}</wsa:{name}>'


def accept(
    data: bytes, *, now: datetime = NOW, policy: Policy | None = None, trust: TrustStore | None = None
) -> VerifiedEnvelope:
    return verify(data, trust=trust or pki().trust, now=now, policy=policy or Policy())


def refusal(
    data: bytes, *, now: datetime = NOW, policy: Policy | None = None, trust: TrustStore | None = None
) -> RefusalError:
    """The refusal that `data` meets with; an acceptance fails the test."""
    try:
        accepted = accept(data, now=now, policy=policy, trust=trust)
    except RefusalError as error:
        return error
    raise AssertionError(f"accepted: {etree.tostring(accepted.payload)!r}")


ENROLLED = Policy(is_enrolled=lambda _fingerprint: True)
SOAPS = {"1.1": SOAP11, "1.2": SOAP12}
