"""An installation of the product in a folder of its own: real processes, started and ended by their ids."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.servers.child import Child
from tests.servers.ports import LOOPBACK, free_port

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """Embedded (one process) when no URLs are given, otherwise with PostgreSQL and RabbitMQ (three processes)."""

    def __init__(self, folder: Path, *, database: str = "", broker: str = "", **settings: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.real = bool(broker)
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")},
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "GATEWAY_HOME": str(self.home),
            "GATEWAY_BIND": f"{LOOPBACK}:{self.port}",
            **{f"GATEWAY_{name.upper()}": value for name, value in settings.items()},
        }
        if database:
            self.env["GATEWAY_DATABASE"] = database
        if broker:
            self.env["GATEWAY_BROKER"] = broker
        self.running: dict[str, Child] = {}

    @property
    def roles(self) -> tuple[str, ...]:
        return ("serve", "work", "relay") if self.real else ("up",)

    def gateway(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command of the command line to its end."""
        return subprocess.run(
            [sys.executable, "-m", "gateway.cli", *arguments],
            env=self.env, cwd=self.folder, input=stdin, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def init(self) -> None:
        done = self.gateway("init", "--dev")
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, *, kill_at: str = "") -> None:
        """Start every process; the one that passes the step `kill_at` (`A3`, or `A3:2`) will die there."""
        for role in self.roles:
            self.start_role(role, kill_at=kill_at)
        self.wait_until_healthy()

    def start_role(self, role: str, *, kill_at: str = "", **env: str) -> None:
        command = self.command(role, kill_at)
        self.running[role] = Child(command, env={**self.env, **env}, cwd=self.folder, log=self.log_of(role))

    def command(self, role: str, kill_at: str = "") -> list[str]:
        return [sys.executable, "-m", "tests.acceptance.stopping", kill_at, role]

    def log_of(self, role: str) -> Path:
        return self.folder / f"{role}.log"

    def logs(self) -> str:
        return "\n".join(each.read_text(errors="replace") for each in sorted(self.folder.glob("*.log")))

    def wait_until_healthy(self, timeout: float = 40) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with suppress(OSError, ValueError):
                if json.load(urllib.request.urlopen(f"{self.url}/health", timeout=5))["status"] == "ok":
                    return
            dead = {role: child.exit_code for role, child in self.running.items() if child.exit_code is not None}
            assert not dead, f"ended while starting: {dead}\n{self.logs()[-3000:]}"
            time.sleep(0.05)
        raise AssertionError(f"not healthy within {timeout} s\n{self.logs()[-3000:]}")

    def wait_until_dead(self, timeout: float = 20) -> str:
        """Return the role of the process that died."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for role, child in self.running.items():
                if child.exit_code is not None:
                    child.wait(1)
                    del self.running[role]
                    return role
            time.sleep(0.01)
        raise AssertionError(f"no process died within {timeout} s\n{self.logs()[-3000:]}")

    def stop(self) -> None:
        """End every process at once, as a test that is over may."""
        for child in self.running.values():
            child.kill()
        self.running.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
