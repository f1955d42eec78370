"""An installation with two serving processes: what one has seen, the other must know."""

import json
import time
import urllib.request
from contextlib import suppress
from types import SimpleNamespace

from tests.acceptance.caller import Caller
from tests.acceptance.installation import Installation
from tests.servers.child import Child
from tests.servers.ports import LOOPBACK, free_port


class Pair(Installation):
    """As `Installation`, every role a process of its own, and a second endpoint on the same home."""

    def __init__(self, folder, **how):
        super().__init__(folder, **how)
        self.other_port = free_port()
        self.urls = (self.url, f"http://{LOOPBACK}:{self.other_port}")

    @property
    def roles(self):
        return ("serve", "work", "relay")

    def start(self, *, kill_at=""):
        command = [*self.command("serve"), "--bind", f"{LOOPBACK}:{self.other_port}"]
        self.running["serve 2"] = Child(command, env=self.env, cwd=self.folder, log=self.log_of("serve 2"))
        super().start(kill_at=kill_at)
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            with suppress(OSError, ValueError):
                if json.load(urllib.request.urlopen(f"{self.urls[1]}/health", timeout=5))["status"] == "ok":
                    return
            time.sleep(0.05)
        raise AssertionError(f"the second endpoint is not healthy\n{self.logs()[-3000:]}")

    def callers(self, system):
        """The same system, once for each endpoint."""
        return [Caller(SimpleNamespace(home=self.home, url=url), system) for url in self.urls]
