"""The program that measures WSS4J measures a verification: a message that was changed ends it."""

import os
import subprocess

import pytest

from tests.bench.messages import Signer, check
from tests.bench.wss4j import Message, ToolkitMissingError, wss4j_milliseconds

pytestmark = pytest.mark.xdist_group("interop")


def test_wss4j_is_measured_verifying_and_not_when_it_takes_what_is_bad():
    signer = Signer.of_kind("RSA-2048")
    good, certificate = signer.signed(check(range(1))), signer.issued.certificate_pem
    try:
        (spent,) = wss4j_milliseconds([Message(good, good.replace(b"AZE", b"AZF"), certificate)], 0.1, 2)
    except ToolkitMissingError as missing:
        # Java is not on every machine; where every test must run (CI), its absence fails.
        verdict = pytest.fail.Exception if os.environ.get("CI") == "true" else pytest.skip.Exception
        raise verdict(f"NOT TESTED WITH WSS4J: {missing}") from None
    assert spent.thread > 0
    assert spent.process > 0
    for wrong in (Message(good, good, certificate), Message(good.replace(b"AZE", b"AZF"), b"<x/>", certificate)):
        with pytest.raises(subprocess.CalledProcessError):
            wss4j_milliseconds([wrong], 0.1, 1)
