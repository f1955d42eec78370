"""What our own verifier says of a golden vector, at the moment it was made for."""

from __future__ import annotations

from cryptography import x509
from lxml import etree

from gateway.client import WsSecurity
from gateway.contract.files import decode_receipt
from gateway.faults import RefusalError
from gateway.security.certificates import read_identity
from gateway.security.model import VerifiedEnvelope
from gateway.security.policy import Policy
from gateway.security.seal import verify_seal
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.xml.namespaces import SOAP_VERSIONS
from tests.vectors.golden import MOMENT, Vector
from tests.vectors.keys import identity

_ENROLLED = Policy(is_enrolled=lambda _fingerprint: True)
"""Failed signatures are explained to every sender."""


def judged(vector: Vector, certificates: dict[str, bytes]) -> dict[str, object]:
    """The verdict as `expected.json` has it."""
    verdict: dict[str, object] = {
        "file": vector.path,
        "signer": vector.signer,
        "signatureHolds": vector.signature_holds,
    }
    try:
        verdict |= {"valid": True} | _taken(vector, certificates)
    except RefusalError as refusal:
        verdict |= {"valid": False, "reason": refusal.reason, "explanation": dict(refusal.explanation)}
    return verdict


def _taken(vector: Vector, certificates: dict[str, bytes]) -> dict[str, object]:
    trust = TrustStore([x509.load_pem_x509_certificate(certificates["certificates/root.pem"])], [])
    fingerprint = read_identity(certificates[f"certificates/{vector.signer}"]).fingerprint
    if etree.QName(etree.fromstring(vector.data)).namespace not in SOAP_VERSIONS:
        sealed = verify_seal(vector.data, trust=trust, now=MOMENT)
        assert sealed.signer.fingerprint == fingerprint
        return {"covered": ["whole document"], "says": decode_receipt(sealed.payload).tracking_id}
    envelope = _verified(vector, trust, fingerprint)
    return {
        "covered": [each.part for each in envelope.covered],
        "algorithm": envelope.signature_algorithm,
        "digest": envelope.digest.hex(),
    }


def _verified(vector: Vector, trust: TrustStore, fingerprint: str) -> VerifiedEnvelope:
    if vector.signer.startswith("gateway"):
        key = identity("System", "rsa").signing_key
        client = WsSecurity(key, trust, gateway=fingerprint, clock=lambda: MOMENT, policy=_ENROLLED)
        return client.verify_bytes(vector.data)
    envelope = verify(vector.data, trust=trust, now=MOMENT, policy=_ENROLLED)
    assert envelope.signer.fingerprint == fingerprint
    return envelope
