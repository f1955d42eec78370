"""B154 to B178: certificates, each as signer of a message and as signer of a document."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import AuthorityInformationAccessOID
from lxml import etree

from gateway.security.dev_pki import Authority, make_key
from gateway.security.errors import UntrustedCertificateError
from gateway.security.trust import TrustStore
from tests.attacks.files import D, find, sign_again
from tests.attacks.hostile_pki import CA, ISSUES, LEAF, SERVER, SIGNS, UNKNOWN, common_name, usage, weak_rsa
from tests.attacks.model import Expect, Sent, bad, judged
from tests.attacks.world import der, token_text
from tests.unit.gateway.security.material import timestamp, token

CHK, DOC, TOK, DENY = Expect.CHK, Expect.DOC, Expect.TOK, Expect.DENY
NO_CHAIN, CHAIN, CRYPTO = "NO_CERTIFICATE_CHAIN_FOUND", "CHAIN_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE"
FIXTURE = Path(__file__).parents[2] / "unit/gateway/security/sha1_certificate.pem"


def document_signed_by(w, issued, *, certificates=()) -> bytes:
    """MOJ's application signed with any certificate, with others beside it."""

    def exchange(root: etree._Element) -> None:
        from gateway.security.algorithms import DIGESTS, SHA256_URI

        find(root, "X509Certificate").text = token_text(der(issued))
        digest = find(root, "CertDigest")
        digest[0].set("Algorithm", SHA256_URI)
        digest[1].text = base64.b64encode(DIGESTS[SHA256_URI](der(issued))).decode()
        kind = (
            "rsa" if hasattr(issued.key, "private_numbers") and hasattr(issued.key.private_numbers(), "d") else "ecdsa"
        )
        find(root, "SignatureMethod").set("Algorithm", f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha256")
        for other in certificates:
            etree.SubElement(find(root, "X509Data"), f"{D}X509Certificate").text = token_text(other)
        sign_again(root, issued)

    return w.signed_file(exchange)


def both(w, name, issued, reason, indication, expect=CHK):
    """The certificate as a message's signer and as a document's."""
    yield f"{name}: message", w.plain(issued=issued), reason, expect
    yield f"{name}: document", w.submit(document_signed_by(w, issued)), f"{indication}:{reason}", DOC


@bad("B154", "unknown authority", "certificate", CHK, "", "security §4 F")
def unknown_authority(w):
    stranger = Authority.root(w.now, common_name="Nobody's Root", kind="P-256")
    yield from both(w, "own root", stranger.issue("MIA-DOCUMENTS", w.now, kind="P-256"), "CERT.NO_CHAIN", NO_CHAIN)


@bad("B155", "look-alike authority", "certificate", CHK, "", "security §4 F")
def look_alike(w):
    yield from both(w, "same name and key id", w.pki.look_alike(), "CERT.NO_CHAIN", NO_CHAIN)


@bad("B156", "expired", "certificate", CHK, "", "security §4 F")
def expired(w):
    old = w.pki.leaf(LEAF, SIGNS, start=w.now - timedelta(days=10), days=9)
    yield from both(w, "leaf", old, "CERT.EXPIRED", "EXPIRED")
    yield from both(w, "authority", w.pki.under("expired"), "CERT.EXPIRED", "EXPIRED")


@bad("B157", "not yet valid", "certificate", CHK, "", "security §4 F")
def early(w):
    later = w.pki.leaf(LEAF, SIGNS, start=w.now + timedelta(days=2))
    yield from both(w, "leaf", later, "CERT.NOT_YET_VALID", "NOT_YET_VALID")


@bad("B158", "authority without the right to issue", "certificate", CHK, "", "RFC 5280 §4.2.1.3")
def no_right(w):
    yield from both(w, "no keyCertSign", w.pki.under("no-usage"), "CERT.CA.KEY_USAGE", CHAIN)
    yield from both(w, "no CA", w.pki.under("not-ca"), "CERT.CA.NOT_CA", NO_CHAIN)


@bad("B159", "key usage without signing", "certificate", CHK, "CERT.KEY_USAGE", "security §4 F")
def key_usage(w):
    for name, given in {
        "encipherment": {"key_encipherment": True},
        "agreement": {"key_agreement": True},
        "none": {},
    }.items():
        extensions = (LEAF, (usage(**given), True)) if given else (LEAF,)
        yield from both(w, name, w.pki.leaf(*extensions), "CERT.KEY_USAGE", CHAIN)
    issues_too = (usage(digital_signature=True, key_cert_sign=True), True)
    yield from both(w, "issuing too", w.pki.leaf(LEAF, issues_too), "CERT.KEY_USAGE", CHAIN)


@bad("B160", "certificate of a server", "certificate", CHK, "CERT.EKU", "signxml T8 [M]")
def server(w):
    yield from both(w, "serverAuth", w.pki.leaf(LEAF, SIGNS, SERVER), "CERT.EKU", CHAIN)
    for name, oid in {
        "OCSP": "1.3.6.1.5.5.7.3.9",
        "time stamping": "1.3.6.1.5.5.7.3.8",
        "code": "1.3.6.1.5.5.7.3.3",
    }.items():
        purposes = (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid)]), True)
        yield from both(w, name, w.pki.leaf(LEAF, SIGNS, purposes), "CERT.EKU", CHAIN)


@bad("B161", "authority as signer", "certificate", CHK, "", "signxml T8 [M]")
def authority_signs(w):
    yield from both(w, "intermediate", w.issuing.issued, "CERT.IS_CA", CHAIN)
    both_uses = (usage(digital_signature=True, key_cert_sign=True), True)
    yield from both(w, "CA that may sign", w.pki.leaf(CA, both_uses), "CERT.IS_CA", CHAIN)


@bad("B162", "ordinary leaf as authority", "certificate", CHK, "", "security §4 F")
def leaf_issues(w):
    leaf = Authority(w.mia).issue("Issued by a leaf", w.now, kind="P-256")
    yield from both(w, "leaf's leaf", leaf, "CERT.NO_CHAIN", NO_CHAIN)


@bad("B163", "path longer than allowed", "certificate", CHK, "CERT.CA.PATH_LENGTH", "RFC 5280 §4.2.1.9")
def path_length(w):
    yield from both(w, "below pathLen 0", w.pki.under("below-short"), "CERT.CA.PATH_LENGTH", CHAIN)


@bad("B164", "name constraints broken", "certificate", CHK, "", "security §4 F")
def constraints(w):
    names = (x509.SubjectAlternativeName([x509.DNSName("system.gov.az")]), False)
    for kind, reason in {"names": "NOT_PERMITTED", "excluded": "EXCLUDED", "directory": "NOT_PERMITTED"}.items():
        yield from both(w, kind, w.pki.under(kind, (LEAF, SIGNS, names)), f"CERT.NAMES.{reason}", CHAIN)


@bad("B165", "unknown critical extension", "certificate", CHK, "CERT.CRITICAL", "RFC 5280 §4.2")
def critical(w):
    yield from both(w, "leaf", w.pki.leaf(LEAF, SIGNS, UNKNOWN), "CERT.CRITICAL", CHAIN)
    yield from both(w, "authority", w.pki.under("critical"), "CERT.CRITICAL", CHAIN)


@bad("B166", "revoked", "certificate", CHK, "CERT.REVOKED", "security §4 F")
def revoked(w):
    yield from both(w, "leaf", w.pki.revoked_leaf, "CERT.REVOKED", "REVOKED")
    yield from both(w, "authority", w.pki.under("revoked"), "CERT.REVOKED", "REVOKED")


@bad("B167", "revocation list out of date", "certificate", CHK, "CERT.CRL.STALE", "security §4 F")
def stale(w):
    yield from both(w, "leaf", w.pki.under("stale"), "CERT.CRL.STALE", "TRY_LATER")


@bad(
    "B168", "not enrolled", "certificate", CHK, "ID.SYSTEM.UNKNOWN", "security §0: identity is the enrolled certificate"
)
def not_enrolled(w):
    yield "same authority", w.plain(issued=w.stranger)
    yield "representative's card", w.plain(issued=w.representative)
    same_name = w.issuing.issue("MIA-DOCUMENTS", w.now, kind="P-256", organisation="MIA (sample)")
    yield "same name, other certificate", w.plain(issued=same_name)
    renewed = w.issuing.issue("MIA-DOCUMENTS", w.now, key=w.mia.key, organisation="MIA (sample)")
    yield "same key, certificate not enrolled", w.plain(issued=renewed)


def _store(w, **how) -> TrustStore:
    return TrustStore([w.pki.root.issued.certificate], [w.pki["revoking"].issued.certificate], **how)


def _verdict(store: TrustStore, issued, now) -> str:
    try:
        store.trusted(der(issued), now)
    except UntrustedCertificateError as error:
        return f"{error.indication}"
    return "trusted"


@judged("B169", "OCSP answers that must not count", "certificate", CHK, "", "RFC 6960")
def ocsp(target):
    from tests.attacks.ocsp import attempts

    yield from attempts(target.world)


@judged("B170", "revocation unknown", "certificate", CHK, "", "security §4 F; §8 rule 7")
def unreachable(target):
    """Where revocation is required, an authority without any list makes no certificate acceptable."""
    from gateway.security.revocation import Knowledge

    w = target.world
    store = _store(w, revocation=Knowledge(required=True))
    found = _verdict(store, w.pki.under("revoking"), w.now)
    yield "no list at all", "" if found == "TRY_LATER" else found


@judged("B171", "required policy missing", "certificate", CHK, "", "security §4 F")
def policy(target):
    w = target.world
    store = _store(w, required_policies=["1.2.3.5"])
    other = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.3.6"), None)])
    for name, leaf in {
        "none stated": w.pki.under("revoking"),
        "another stated": w.pki.under("revoking", (LEAF, SIGNS, (other, False))),
    }.items():  # fmt: skip
        found = _verdict(store, leaf, w.now)
        yield name, "" if found == CHAIN else found


@bad("B172", "certificate of a public authority", "certificate", CHK, "CERT.NO_CHAIN", "signxml T7 [M]")
def public_authority(w):
    public = Authority.root(w.now, common_name="ISRG Root X1", kind="P-256")
    leaf = public.issue("gateway.gov.az", w.now, kind="P-256", extensions=(LEAF, SIGNS))
    yield from both(w, "as from a public authority", leaf, "CERT.NO_CHAIN", NO_CHAIN)


@bad("B173", "certificate and key that do not belong together", "certificate", CHK, "SIG.VALUE", "security §4 F")
def other_key(w):
    from gateway.security.dev_pki import Issued

    mixed = Issued(w.mia.certificate, make_key("RSA-2048"))
    yield "message", w.plain(issued=mixed)
    card = Issued(w.representative.certificate, make_key("RSA-2048"))
    yield "document", w.submit(document_signed_by(w, card)), "SIG_CRYPTO_FAILURE:DOC.INVALIDSIGNATURE", DOC


@bad("B174", "weak certificate", "certificate", CHK, "", "security §4 F",
     note="a leaf whose own key is too weak is an unusable token (TOK)")  # fmt: skip
def weak(w):
    sha1 = x509.load_pem_x509_certificate(FIXTURE.read_bytes())
    text = token_text(sha1.public_bytes(Encoding.DER))
    yield "signed with SHA-1", w.plain(security=[timestamp(w.now), token(w.mia, text=text)]), "CERT.HASH"
    yield from both(w, "RSA-1024 authority", w.pki.under("weak"), "CERT.CA.CRYPTO", CRYPTO)
    weak_leaf = w.pki.leaf(LEAF, SIGNS, key=weak_rsa(1024, 65537))
    yield from both(w, "RSA-1024 leaf", weak_leaf, "CERT.KEY", CRYPTO, TOK)


@bad("B175", "many certificates", "certificate", DOC, "", "security §4 F", cpu=0.2)
def many(w):
    other = der(w.stranger)
    yield (
        "100 in KeyInfo",
        w.submit(document_signed_by(w, w.representative, certificates=[other] * 100)),
        (f"{CHAIN}:DOC.KEYINFO.FLOOD"),
    )
    yield (
        "attacker's first",
        w.submit(document_signed_by(w, w.stranger, certificates=[der(w.representative)])),
        ("confirmation.signatory"),
        Expect.BUSINESS,
    )
    yield (
        "duplicates",
        w.submit(document_signed_by(w, w.representative, certificates=[der(w.representative)] * 3)),
        f"{CHAIN}:DOC.KEYINFO.ORDER",
    )
    one, two = _loop(w)
    yield (
        "two that issued each other",
        w.submit(document_signed_by(w, one, certificates=[der(two)])),
        f"{NO_CHAIN}:CERT.NO_CHAIN",
    )


def _loop(w):
    first = Authority.root(w.now, common_name="Loop A", kind="P-256")
    second = Authority(first.issue("Loop B", w.now, kind="P-256", extensions=(CA, ISSUES)))
    leaf = second.issue("In a loop", w.now, kind="P-256")
    back = second.issue("Loop A", w.now, kind="P-256", extensions=(CA, ISSUES), key=first.issued.key)
    return leaf, back


@bad(
    "B176",
    "addresses in the certificate",
    "certificate",
    CHK,
    "ID.SYSTEM.UNKNOWN",
    "security §4 F; CVE-2022-46364 class",
)
def addresses(w):
    for name, url in {
        "canary": w.canary.url,
        "file": w.canary.file_url,
        "ldap": "ldap://canary.invalid/x",
        "name": "http://canary.invalid/",
    }.items():
        where = x509.UniformResourceIdentifier(url)
        issuers = x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where),
                x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where),
            ]
        )
        lists = x509.CRLDistributionPoints([x509.DistributionPoint([where], None, None, None)])
        leaf = w.pki.leaf(LEAF, SIGNS, (issuers, False), (lists, False))
        yield f"{name}: message", w.plain(issued=leaf)
        yield f"{name}: document", w.submit(document_signed_by(w, leaf)), "confirmation.signatory", Expect.BUSINESS
    stranger = Authority.root(w.now, kind="P-256")
    aia = x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(w.canary.url))]
    )
    yield (
        "issuer to be fetched",
        w.plain(issued=stranger.issue("x", w.now, kind="P-256", extensions=(LEAF, SIGNS, (aia, False)))),
        "CERT.NO_CHAIN",
    )


@bad("B177", "odd subjects", "certificate", CHK, "ID.SYSTEM.UNKNOWN", "security §4 F",
     note="never matched by name; refused as any unknown system (CHK), as §0 has identity")  # fmt: skip
def subjects(w):
    for name, attributes in {
        "NUL": [common_name("MIA-DOCUMENTS\x00.evil", _ASN1Type.UTF8String)],
        "BMPString": [common_name("MIA-DOCUMENTS", _ASN1Type.BMPString)],
        "two names": [common_name("MIA-DOCUMENTS"), common_name("Evil")],
        "Cyrillic": [common_name("\u041cIA-DOCUMENTS")],
        "10 KB": [(x509.ObjectIdentifier("2.5.4.13"), "x" * 10_000, None)],
        "escapes": [common_name("x, CN=MIA-DOCUMENTS")],
        "line feed": [common_name("x\nlevel=error event=forged")],
        "right to left": [common_name("\u202eSTNEMUCOD-AIM")],
    }.items():
        yield name, Sent(w.plain(issued=w.pki.named(*attributes)))


@bad("B178", "right that was not given", "certificate", DENY, "ACCESS.OPERATION", "security §0: deny by default")
def rights(w):
    yield "report by the border's system", w.plain(issued=w.sbs)
    yield "report by the justice's system", w.plain(issued=w.moj)
    yield "submission by the border's system", w.submit(w.signed_file(), issued=w.sbs)
    yield "question about documents by MOJ", w.check_call(issued=w.moj)
