"""Verifying one signed message: all our guards beside what signxml, xmlsec, WSS4J and the bare cryptography take.

The others get less to do: the certificate is handed to them as trusted, and little but the signature is judged.
Parsing is in all the figures. WSS4J runs in a warm JVM of its own, before the others; where it is missing, a line says
so and its rows are left out. The bare cryptography is one RSA (or ECDSA) check and the SHA-256 of as many
bytes as the message has.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import xmlsec
from lxml import etree
from signxml import InvalidDigest, SignatureConfiguration, XMLVerifier

from gateway.faults import RefusalError
from gateway.security.verify import verify as verify_envelope
from gateway.xml.apart import apart
from gateway.xml.namespaces import WSSE
from gateway.xml.separate import read_here
from tests.bench.figures import (
    Figure,
    cpu_milliseconds,
    figure,
    openssl_key_milliseconds,
    openssl_sha256_milliseconds,
)
from tests.bench.messages import Signer
from tests.bench.wss4j import Message, Spent, ToolkitMissingError, wss4j_milliseconds

PARTS = 2
"""Timestamp and Body: what the messages sign."""
ALLOWED_BEYOND_RSA = 0.40 / 1.5
"""0.40 ms on a machine on which signxml takes 1.5 ms for 4.8 KB."""
LEVEL = 1.05
"""A ratio up to which two figures count as level."""
_AT_SIGNXML = SignatureConfiguration(location=f".//{{{WSSE}}}Security/", expect_references=PARTS)

Verify = Callable[[bytes], object]


@dataclass(frozen=True)
class Sample:
    """A message to verify, and the most our time may be of signxml's (None: no target)."""

    name: str
    signer: Signer
    data: bytes
    seconds: float
    """How long each verifier is measured."""
    most_of_signxml: float | None = None
    most_of_wss4j: float | None = None

    @property
    def forged(self) -> bytes:
        """The message with one bit of the signed Body flipped."""
        place = self.data.index(b"<number>C0") + len(b"<number>C")
        return self.data[:place] + bytes([self.data[place] ^ 1]) + self.data[place + 1 :]


def measure() -> list[Figure]:
    """Verification of 4.8 KB, 25 KB and 1 MB signed by RSA-2048, and of 4.8 KB signed by EC P-256."""
    return apart(_measure)


def _measure() -> list[Figure]:
    read_here()  # as the threads do in which requests are answered
    logging.getLogger("signxml").setLevel(logging.ERROR)  # at DEBUG it would format every payload
    bare = {"RSA-2048": openssl_key_milliseconds("rsa2048")[1], "P-256": openssl_key_milliseconds("ecdsap256")[1]}
    hashing = openssl_sha256_milliseconds(1_000_000) / 1_000_000
    figures = []
    samples = _samples()
    beside = _wss4j(samples)
    for sample in samples:
        kind = "RSA-2048" if sample.signer.issued.signing_key().method.kind == "RSA" else "P-256"
        figures += _figures(sample, bare[kind], hashing * len(sample.data), kind, beside.get(sample.name))
    return figures


def _samples() -> list[Sample]:
    rsa, ec = Signer.of_kind("RSA-2048"), Signer.of_kind("P-256")
    return [
        Sample("4.8 KB", rsa, rsa.check_of(4_800), 1.2, 0.35, 1.0),
        Sample("25 KB", rsa, rsa.check_of(25_000), 1.2, 0.25, 1.0),
        Sample("1 MB", rsa, rsa.report_of(1_000_000), 3.0, 0.20, LEVEL),
        Sample("4.8 KB, EC P-256", ec, ec.check_of(4_800), 0.8),
    ]


def _wss4j(samples: list[Sample]) -> dict[str, Spent]:
    """What WSS4J takes, by the name of the sample; empty where there is no WSS4J."""
    messages = [Message(each.data, each.forged, each.signer.issued.certificate_pem) for each in samples]
    try:
        spent = wss4j_milliseconds(messages)
    except ToolkitMissingError as missing:
        print(f"bench verify: without WSS4J: {missing}")
        return {}
    return {sample.name: each for sample, each in zip(samples, spent, strict=True)}


def _figures(sample: Sample, signature: float, digest: float, kind: str, wss4j: Spent | None) -> list[Figure]:
    verifiers = {"ours": _ours(sample.signer), "signxml": _signxml(sample.signer), "xmlsec": _xmlsec(sample.signer)}
    for name, verifier in verifiers.items():
        require_a_true_verifier(name, verifier, sample)
    spent = cpu_milliseconds(
        {name: lambda verifier=verifier: verifier(sample.data) for name, verifier in verifiers.items()},  # type: ignore[misc]
        seconds=sample.seconds,
    )
    what = f"CPU to verify a message of {sample.name} with every guard, certificate chain known"
    crypto = f"bare crypto (openssl speed): one {kind} check and SHA-256 of as many bytes"
    figures = [
        figure(
            what, spent["ours"], "ms", spent["signxml"], "signxml's bare verify", ratio_at_most=sample.most_of_signxml
        ),
        figure(what, spent["ours"], "ms", spent["xmlsec"], "xmlsec's bare verify"),
        figure(what, spent["ours"], "ms", signature + digest, crypto),
    ]
    if wss4j is not None:
        words = "Apache WSS4J's verify, warm JVM, "
        figures[2:2] = [
            figure(
                what,
                spent["ours"],
                "ms",
                wss4j.thread,
                f"{words}its thread alone",
                ratio_at_most=sample.most_of_wss4j,
            ),
            figure(what, spent["ours"], "ms", wss4j.process, f"{words}collecting garbage included"),
        ]
    if sample.name == "4.8 KB":
        figures.append(
            figure(
                "CPU to verify a message of 4.8 KB beyond the bare RSA check",
                spent["ours"] - signature,
                "ms",
                ALLOWED_BEYOND_RSA * spent["signxml"],
                "0.40 ms where signxml takes 1.5 ms, in that proportion to signxml here",
                ratio_at_most=1,
            )
        )
    return figures


def require_a_true_verifier(name: str, verifier: Verify, sample: Sample) -> None:
    """Raise `AssertionError` unless `verifier` takes the sample and refuses it with one bit of the Body flipped."""
    verifier(sample.data)
    try:
        verifier(sample.forged)
    except (RefusalError, InvalidDigest, xmlsec.Error):
        return
    raise AssertionError(f"{name} took a message that was changed after it was signed")


def _ours(signer: Signer) -> Verify:
    def verify(data: bytes) -> None:
        envelope = verify_envelope(data, trust=signer.trust, now=signer.now, policy=signer.policy)
        assert len(envelope.covered) == PARTS

    return verify


def _signxml(signer: Signer) -> Verify:
    def verify(data: bytes) -> None:
        results = XMLVerifier().verify(data, x509_cert=signer.issued.certificate, expect_config=_AT_SIGNXML)
        assert isinstance(results, list)
        assert len(results) == PARTS

    return verify


def _xmlsec(signer: Signer) -> Verify:
    key = xmlsec.Key.from_memory(signer.issued.certificate_pem, xmlsec.constants.KeyDataFormatCertPem)

    def verify(data: bytes) -> None:
        root = etree.fromstring(data)
        xmlsec.tree.add_ids(root, ["Id"])
        context = xmlsec.SignatureContext()
        context.key = key
        signature = xmlsec.tree.find_node(root, xmlsec.constants.NodeSignature)
        assert signature is not None
        context.verify(signature)

    return verify
