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
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from gateway.cli.failures import CommandError
from gateway.cli.play import _elsewhere
from gateway.demo import desk_steps, registration_steps
from gateway.demo.transcript import Step, Transcript
from gateway.home import Home

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


class Desk:
    """A play in which the register has one case, and the operator's staff make its steps."""

    after: ClassVar = {"take": "COMPLETENESS_CHECK", "complete": "REVIEW", "approve": "ENTERED"}

    def __init__(self, state, *, fresh=False, refused=None):
        self.state, self.fresh, self.refused, self.made = state, fresh, refused, []
        self.transcript = Transcript()

    def call(self, agency, service, operation, **values):
        assert (agency, service) == ("MOJ", "registration")
        if operation == "ListCases":
            newest = {"number": "2026/IR-000009", "state": "RECEIVED"}
            return {"cases": [newest, {"number": "2026/IR-000007", "state": self.state}]}
        assert (operation, values) == ("GetCase", {"trackingId": "t-1"})
        return {"case": {"number": "2026/IR-000007", "state": self.state}}

    def desk(self, *arguments):
        if self.refused:
            raise CommandError(self.refused)
        self.made.append(arguments[1:3])
        self.state = self.after[arguments[1]]
        return self.state


def test_the_staff_decide_the_case_that_the_demonstration_submitted():
    desk = Desk("RECEIVED", fresh=True)
    desk_steps.decide(desk, "t-1")
    assert desk.made == [(command, "2026/IR-000007") for command in ("take", "complete", "approve")]
    assert desk.transcript.failed == 0


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("ENTERED", "done in an earlier run"),
        ("OWNER_INFORMED", "done in an earlier run"),
        ("ARCHIVED", "done in an earlier run"),
        ("RETURNED", "left as it is"),
        ("WITHDRAWN", "left as it is"),
    ],
)
def test_in_a_kept_home_a_case_that_moved_on_is_left_as_it_is(capsys, state, words):
    desk = Desk(state)
    desk_steps.decide(desk, "t-1")
    assert (desk.made, desk.transcript.failed) == ([], 0)
    assert capsys.readouterr().out.count(words) == 3
    if words == "left as it is":
        desk_steps.extract(desk, "t-1")
        assert desk.transcript.failed == 0
        assert words in capsys.readouterr().out


def test_a_case_in_other_hands_is_no_failure_of_a_kept_home_but_one_of_a_fresh_home():
    for fresh, failed in ((False, 0), (True, 3)):
        desk = Desk("REVIEW", fresh=fresh, refused="IN_OTHER_HANDS: The case is in other hands.")
        desk_steps.decide(desk, "t-1")
        assert desk.transcript.failed == failed


def test_another_agency_verifies_in_a_home_that_has_nothing_of_the_operators(sample_home):
    environment = {**os.environ, "GATEWAY_HOME": str(sample_home)}
    with pytest.raises(CommandError, match="gateway-demo-agency-"):
        _elsewhere(environment, "queues")
    given = []
    play = SimpleNamespace(home=Home(sample_home), verifier=lambda *arguments: given.append(arguments) or "f\n  VALID")
    assert desk_steps._verified(play, sample_home / "extract.xml") == "VALID"
    command, _file, trust, folder, gateway, certificate = given[0]
    assert (command, trust, gateway) == ("verify", "--trust", "--gateway")
    assert str(sample_home) not in folder + certificate
