"""The gateway of the demonstration ends with whoever started it, and nothing is told of files that do not stay."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from gateway.demo import registration_steps
from gateway.demo.transcript import Step

_PATIENCE = 30.0
_PARENT = """
import os, sys
from pathlib import Path
from gateway.demo.child import ChildGateway

home = Path(sys.argv[1])
child = ChildGateway(home, "127.0.0.1:0", os.environ, home / "log")
print(child._process.pid, child.url, flush=True)
sys.stdin.read()
"""


def test_a_killed_demonstration_leaves_no_gateway_behind(sample_home):
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(sample_home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid, url = parent.stdout.readline().split()
        address = (urlsplit(url).hostname, urlsplit(url).port)
        try:
            socket.create_connection(address, 5).close()
            parent.kill()
            parent.wait()
            deadline = time.monotonic() + _PATIENCE
            while answers(address) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not answers(address)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


def answers(address):
    try:
        socket.create_connection(address, 1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("kept", [True, False])
def test_a_receipt_is_said_to_be_kept_only_where_the_home_stays(tmp_path, monkeypatch, kept):
    path = tmp_path / "receipts" / "t-1.xml"
    path.parent.mkdir()
    path.write_bytes(b"<r/>")
    monkeypatch.setattr(registration_steps, "inspect", lambda *_, **__: SimpleNamespace(valid=True, kind="", reason=""))
    monkeypatch.setattr(registration_steps, "read_identity", lambda _pem: SimpleNamespace(fingerprint="f"))
    (tmp_path / "gateway.pem").touch()
    play = SimpleNamespace(
        keep_receipt=lambda *_: path,
        clients={"MOJ": SimpleNamespace(trust=None)},
        clock=lambda: datetime.now(UTC),
        home=SimpleNamespace(path=tmp_path, key_file=tmp_path / "gateway.pem"),
        kept=kept,
    )
    step = Step("MOJ", "verify the receipt")
    registration_steps._verify_receipt(play, step, {"trackingId": "t-1", "signedReceipt": b"<r/>"})
    assert ("receipts/t-1.xml" in step.came_back) is kept
