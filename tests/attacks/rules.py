"""Signed files where the operator demands a policy, or looks at time stamps: B187 and B200."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lxml import etree

from gateway.security.stamps import StampAuthorities
from gateway.security.trust import TrustStore
from gateway.security.xades import DocumentRefusedError, sign_application, verify_application
from gateway.security.xades_rules import DocumentRules, Level, SignaturePolicy
from gateway.xml.parser import Limits
from tests.attacks.files import X, find, remove, set_text, sign_again
from tests.servers.tsa import SHA1_OID, StampPki, TimeStampAuthority, stamper

_POLICY = SignaturePolicy("1.3.6.1.4.1.99999.1", hashlib.sha256(b"the policy").digest())


class Files:
    """MOJ's application, signed by its representative, judged by the rules of one operator."""

    def __init__(self, world: Any, rules: DocumentRules) -> None:
        self.world, self.rules, self.now = world, rules, world.now
        self._trust = TrustStore.from_folder(world.home.path / "trust")

    def signed(self, **how: Any) -> bytes:
        card = self.world.representative
        return sign_application(self.world.application(), card.signing_key(), self.now, **how)

    def judged(self, data: bytes) -> str:
        """The sub-indication, or the level that is accepted."""
        try:
            document = verify_application(data, trust=self._trust, now=self.now, limits=Limits(), rules=self.rules)
        except DocumentRefusedError as error:
            return str(error.indication)
        return str(document.level)

    def again(self, change: Any, data: bytes) -> bytes:
        root = etree.fromstring(data)
        change(root)
        sign_again(root, self.world.representative)
        return etree.tostring(root)


def policies(world: Any) -> Iterator[tuple[str, str]]:
    """Without the policy that is demanded, stated as demanded, no file is accepted."""
    files = Files(world, DocumentRules(policy=_POLICY))
    stated = files.signed(policy=_POLICY)
    other = replace(_POLICY, identifier="1.3.6.1.4.1.99999.2")

    def implied(root: etree._Element) -> None:
        holder = find(root, "SignaturePolicyIdentifier")
        holder.remove(holder[0])
        etree.SubElement(holder, f"{X}SignaturePolicyImplied")

    error = "POLICY_PROCESSING_ERROR"
    for name, (data, expected) in {
        "as demanded": (stated, "B-B"),
        "absent": (files.signed(), error),
        "another": (files.signed(policy=other), error),
        "implied": (files.again(implied, stated), error),
        "another document of it": (files.signed(policy=replace(_POLICY, digest=bytes(32))), error),
        "identifier changed, signed": (files.again(set_text("Identifier", "urn:oid:1.2.3"), stated), error),
        "no hash": (files.again(remove("SigPolicyHash"), stated), error),
    }.items():
        found = files.judged(data)
        yield name, "" if found == expected else f"{found}, not {expected}"


def time_stamps(world: Any) -> Iterator[tuple[str, str]]:
    """A time stamp that does not hold spoils the file, and says why."""
    made, now = StampPki.make(world.now), world.now
    trusted = StampAuthorities([made.root.issued.certificate], [made.issuing.issued.certificate])
    files = Files(world, DocumentRules(authorities=trusted, level=Level.B_T))

    def stamped(authority: TimeStampAuthority = made.authority, **faults: Any) -> bytes:
        return files.signed(stamp=authority.with_faults(**faults).token)

    stranger = StampPki.make(now).authority
    signatories = TimeStampAuthority(stamper(world.issuing, now - timedelta(days=1)), now=now)
    ordinary = TimeStampAuthority(stamper(made.issuing, now - timedelta(days=1), critical=False), now=now)
    no_chain, disorder = "NO_CERTIFICATE_CHAIN_FOUND", "TIMESTAMP_ORDER_FAILURE"
    for name, (data, expected) in {
        "true": (stamped(), "B-T"),
        "none": (files.signed(), "SIG_CONSTRAINTS_FAILURE"),
        "of another signature": (stamped(digest=hashlib.sha256(b"other").digest()), "HASH_FAILURE"),
        "by an authority we do not know": (stamped(stranger), no_chain),
        "by the signatories' authority": (stamped(signatories), no_chain),
        "purpose not critical": (stamped(ordinary), no_chain),
        "before the signing time": (stamped(generated=now - timedelta(minutes=5)), disorder),
        "from the future": (stamped(generated=now + timedelta(minutes=5)), disorder),
        "imprint by SHA-1": (stamped(imprint_algorithm=SHA1_OID, digest=bytes(20)), "HASH_FAILURE"),
        "signature spoilt": (stamped(spoil_signature=True), "SIG_CRYPTO_FAILURE"),
    }.items():
        found = files.judged(data)
        yield name, "" if found == expected else f"{found}, not {expected}"
