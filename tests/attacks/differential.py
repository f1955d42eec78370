"""Other verifiers beside ours: whatever we accept, xmlsec, xmlsec1 and signxml accept too.

They know nothing of WS-Security: the key is handed to them, and what must be covered is judged here. Where they accept
what we refuse is listed by our reason: those are the rules of this profile.
"""

from __future__ import annotations

import base64
import copy
import itertools
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier

from gateway.faults import RefusalError
from gateway.xml.namespaces import DS, SOAP11, SOAP12, WSA, WSSE, WSU
from tests.attacks.model import ENTRIES, GOOD
from tests.attacks.sweep import Verifier
from tests.attacks.targets import Target

_IDS = [
    argument
    for name in (
        f"{WSU}:Timestamp", f"{SOAP11}:Body", f"{SOAP12}:Body", f"{WSSE}:UsernameToken", f"{WSSE}:BinarySecurityToken",
        *(f"{WSA}:{each}" for each in ("To", "Action", "MessageID", "ReplyTo", "From", "RelatesTo", "FaultTo")),
    )
    for argument in ("--id-attr:Id", name)
]  # fmt: skip


KNOWN = {
    "signxml: P14 of SignedInfo": "its schema knows no InclusiveNamespaces in a CanonicalizationMethod",
    "signxml: B238 Kelvin sign in the operation": "it writes names in ASCII and cannot read them back",
    "xmlsec: B229 the poison": "it refuses a relative namespace name also where nothing is signed",
    "xmlsec1: B229 the poison": "it refuses a relative namespace name also where nothing is signed",
}
"""Where another verifier cannot do what the standard allows; each with the reason that was found."""


@dataclass
class Compared:
    """What the comparison came to."""

    messages: int = 0
    accepted: int = 0
    commands: int = 0
    """Messages that the xmlsec1 command verified too."""
    alone: list[str] = field(default_factory=list)
    """What only we accept: must be empty."""
    reverse: dict[str, Counter[str]] = field(default_factory=dict)
    """By the other verifier, our reasons for refusing what it accepts."""


def bodies(world: Any, most: int | None = None) -> Iterator[tuple[str, bytes]]:
    """Every message of the corpus, or `most` of every entry at the most."""
    for entry in [*GOOD.values(), *ENTRIES.values()]:
        if entry.generate is None:
            continue
        for case in itertools.islice(entry.cases(world), most):
            # Thousands of namespaces cost the others many seconds: that is B027.
            if 0 < len(case.sent.body) < 2_000_000 and case.sent.body.count(b"xmlns") < 1_000:
                yield f"{entry.id} {case.name}", case.sent.body


def compare(world: Any, *, commands: bool, most: int | None = None) -> Compared:
    """Verify messages by everybody; with `commands` also by starting xmlsec1 for what we accept."""
    ours, found = Verifier(world), Compared()
    for name, data in bodies(world, most):
        root = _tree(data)
        if root is None:
            continue
        found.messages += 1
        certificate = certificate_of(root)
        try:
            ours(data)
        except RefusalError as error:
            for other, verifier in _OTHERS.items():
                if certificate is not None and verifier(root, certificate):
                    found.reverse.setdefault(other, Counter())[error.reason] += 1
            continue
        found.accepted += 1
        found.commands += commands
        assert certificate is not None, "we accepted a message without a token"
        found.alone += [f"{other}: {name}" for other, verifier in _OTHERS.items() if not verifier(root, certificate)]
        if not _covered(root):
            found.alone.append(f"coverage: {name}")
        if commands and not _by_command(data, certificate):
            found.alone.append(f"xmlsec1: {name}")
    return found


def _tree(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return None


def certificate_of(root: etree._Element) -> x509.Certificate | None:
    """The certificate in the first BinarySecurityToken."""
    tokens = list(root.iter(f"{{{WSSE}}}BinarySecurityToken"))
    try:
        return x509.load_der_x509_certificate(base64.b64decode(tokens[0].text or ""))
    except (ValueError, IndexError):
        return None


def by_xmlsec(root: etree._Element, certificate: x509.Certificate) -> bool:
    """Whether xmlsec verifies the first signature with the certificate's key."""
    root = copy.deepcopy(root)
    signature = next(root.iter(f"{{{DS}}}Signature"), None)
    if signature is None:
        return False
    context = xmlsec.SignatureContext()
    try:
        pem = certificate.public_bytes(Encoding.PEM)
        context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
        for element in root.iter(etree.Element):
            for name in ("Id", f"{{{WSU}}}Id"):
                if element.get(name):
                    context.register_id(element, "Id", WSU if name != "Id" else None)
        # The key is given; a KeyInfo it cannot follow must not stop it.
        for key_info in signature.findall(f"{{{DS}}}KeyInfo"):
            signature.remove(key_info)
        context.verify(signature)
    except (xmlsec.Error, ValueError, TypeError):
        return False
    return True


def _by_signxml(root: etree._Element, certificate: x509.Certificate) -> bool:
    references = sum(1 for _ in root.iter(f"{{{DS}}}Reference"))
    config = SignatureConfiguration(location=".//", expect_references=references, require_x509=True)
    try:
        XMLVerifier().verify(etree.tostring(root), x509_cert=certificate, expect_config=config)
    except Exception:  # noqa: BLE001 - whatever it says, it does not accept
        return False
    return True


_OTHERS = {"xmlsec": by_xmlsec, "signxml": _by_signxml}


def _covered(root: etree._Element) -> bool:
    """Body and Timestamp are among the references, by an id that nobody else bears."""
    uris = {each.get("URI") for each in root.iter(f"{{{DS}}}Reference")}
    wanted = [next(root.iterchildren("{*}Body")), next(root.iter(f"{{{WSU}}}Timestamp"))]
    wanted += list(root.iter(f"{{{WSSE}}}UsernameToken"))
    wanted += [each for each in root[0] if str(each.tag).startswith(f"{{{WSA}}}")]
    return all(f"#{each.get(f'{{{WSU}}}Id') or each.get('Id')}" in uris for each in wanted)


def _by_command(data: bytes, certificate: x509.Certificate) -> bool:
    program = shutil.which("xmlsec1")
    assert program is not None, "xmlsec1 is not installed (deploy/install-services.sh installs it)"
    with tempfile.TemporaryDirectory() as folder:
        pem, message = Path(folder, "certificate.pem"), Path(folder, "message.xml")
        pem.write_bytes(certificate.public_bytes(Encoding.PEM))
        message.write_bytes(data)
        common = (program, "--verify", "--pubkey-cert-pem", str(pem), "--enabled-key-data", "key-name", *_IDS)
        return subprocess.run([*common, str(message)], capture_output=True, check=False, timeout=60).returncode == 0


def tell(target: Target) -> bool:
    """Print what the comparison came to; whether we accept nothing alone."""
    found = compare(target.world, commands=shutil.which("xmlsec1") is not None)
    print(
        f"differential: {found.messages} messages, {found.accepted} accepted by us and by xmlsec and signxml "
        f"({found.commands} by xmlsec1), only by us {len(found.alone)}"
    )
    for each in found.alone:
        print(f"only by us: {each} ({KNOWN.get(each, 'NOT EXPLAINED')})")
    for other, reasons in found.reverse.items():
        shown = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(12))
        print(f"only by {other}: {reasons.total()} ({shown})")
    return set(found.alone) <= set(KNOWN)
