"""A private RabbitMQ node."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.servers.child import Child, remove, remove_at_the_end
from tests.servers.ports import LOOPBACK, free_port, is_open, wait_until_closed

USER = "gateway"
PASSWORD = "gateway"
START_TIMEOUT = 60
"""Seconds. A start takes about five; two cores with a full test run on them take longer."""
_VHOSTS_AT_A_TIME = 16
_READY = b"Server startup complete"


class ServerMissingError(Exception):
    """The server's programs are not installed on this machine."""


class ServerStartError(Exception):
    """The server did not come up; the message ends with what it printed last."""


def programs() -> Path:
    """The folder with RabbitMQ's own scripts. Raises `ServerMissingError`.

    Not those in /usr/sbin: as root they change to the package's user, who may not read our folder.
    """
    for base in ("/usr/lib/rabbitmq/lib", "/usr/local/lib/rabbitmq/lib", "/opt/rabbitmq"):
        for server in sorted(Path(base).glob("rabbitmq_server-*/sbin/rabbitmq-server"), reverse=True):
            return server.parent
    raise ServerMissingError("rabbitmq-server is not installed (deploy/install-services.sh installs it)")


class RabbitNode:
    """One node with its own name, cookie, port mapper and data, listening on 127.0.0.1 only.

    `stop` and `start` keep ports and data, so that clients see an outage and not another server.
    """

    def __init__(self) -> None:
        self._sbin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="gateway-rabbit-"))
        remove_at_the_end(self.folder)
        self.name = f"gateway-{secrets.token_hex(4)}@localhost"
        self.log = self.folder / "node.log"
        self._epmd: Child | None = None
        self._node: Child | None = None
        self._spare_vhosts: list[str] = []
        self._choose_ports()

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start and return when clients may connect. Raises `ServerStartError`. Does nothing when it runs already."""
        if self.is_running:
            return
        first = not (self.folder / "data").exists()
        for attempt in range(3):
            self._start_port_mapper()
            try:
                self._start_node()
            except ServerStartError:
                # Only the first start may look for other ports: later ones must be found where they were.
                if not first or attempt == 2 or b"eaddrinuse" not in self.log.read_bytes():
                    raise
                self.close(keep_folder=True)
                remove(self.folder / "data")
                self._choose_ports()
            else:
                return

    def stop(self) -> None:
        """Shut down in an orderly way, as an operator would."""
        if self._node is not None:
            self._node.signal(signal.SIGTERM)
            self._node.wait(START_TIMEOUT)
            self._node = None
            wait_until_closed(self.port, 10)

    def kill(self, *, after: float = 1.0) -> None:
        """Kill (SIGKILL), as a failing machine would, `after` seconds from now.

        RabbitMQ 3.10 writes down that a quorum queue lives on this node up to half a second after it has confirmed the
        declaration. A node killed within that time comes back and does not find the queue; what such a test would show
        is not what it is after.
        """
        if self._node is not None:
            time.sleep(after)
            self._node.kill()
            self._node = None
            wait_until_closed(self.port, 10)

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def close(self, *, keep_folder: bool = False) -> None:
        """End everything that this object started and remove its data."""
        self.kill(after=0)
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd = None
        if not keep_folder:
            remove(self.folder)

    @property
    def is_running(self) -> bool:
        return self._node is not None and self._node.exit_code is None

    def listens_on(self) -> set[str]:
        """The addresses on which it accepts connections."""
        return set() if self._node is None else self._node.listens_on()

    # -- use -------------------------------------------------------------------------------------------------------

    def url(self, vhost: str) -> str:
        """Where clients connect to `vhost`."""
        return f"amqp://{USER}:{PASSWORD}@{LOOPBACK}:{self.port}/{vhost}"

    def new_vhost(self) -> str:
        """The URL of a virtual host that nobody has used yet."""
        if not self._spare_vhosts:
            self._make_vhosts()
        return self.url(self._spare_vhosts.pop(0))

    def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl <arguments>` prints. Raises `CalledProcessError`. Takes a second or two."""
        port = str(free_port())
        environment = self._environment() | {"RABBITMQ_CTL_DIST_PORT_MIN": port, "RABBITMQ_CTL_DIST_PORT_MAX": port}
        return subprocess.run(
            [self._sbin / "rabbitmqctl", "--quiet", "--node", self.name, *arguments],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=True,
            text=True,
            timeout=60,
        ).stdout

    # -- parts -----------------------------------------------------------------------------------------------------

    def _choose_ports(self) -> None:
        self.port = free_port()
        self._dist_port = free_port()
        self._epmd_port = free_port()
        self._spare_vhosts = [f"test-{number}" for number in range(_VHOSTS_AT_A_TIME)]
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(secrets.token_hex(20))
            cookie.chmod(0o400)
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "definitions.json").write_text(json.dumps(_definitions(self._spare_vhosts)))
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.local = {LOOPBACK}:{self.port}\n"
            f"load_definitions = {self.folder / 'definitions.json'}\n"
            "log.console = true\n"
            "log.console.level = info\n"
            "log.file = false\n"
            "disk_free_limit.absolute = 50MB\n"
            "raft.wal_max_size_bytes = 33554432\n"
        )

    def _environment(self) -> dict[str, str]:
        interface = "-kernel inet_dist_use_interface {127,0,0,1}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        return kept | {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "no-such-environment-file"),
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "no-advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_PID_FILE": str(self.folder / "node.pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": interface,
            "RABBITMQ_CTL_ERL_ARGS": interface,
            # Loading code is thousands of hand-overs between threads. Where waking a thread is slow (a virtual machine
            # with two cores) waiting awake for a moment starts the node three times as fast.
            "RABBITMQ_SCHEDULER_BUSY_WAIT_THRESHOLD": "short",
            # The start script then becomes the Erlang machine instead of waiting for it, so that our child's id
            # is the node's. It has no other effect without a notification socket.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _start_port_mapper(self) -> None:
        # Started by us, in the foreground: the one that Erlang would start by itself has no parent that could end it.
        if self._epmd is not None and self._epmd.exit_code is None:
            return
        epmd = shutil.which("epmd")
        if epmd is None:
            raise ServerMissingError("epmd (part of Erlang) is not installed")
        self._epmd = Child(
            [epmd, "-port", str(self._epmd_port), "-address", LOOPBACK],
            env=self._environment(),
            cwd=self.folder,
            log=self.folder / "epmd.log",
        )
        deadline = time.monotonic() + 10
        while not is_open(self._epmd_port):
            if self._epmd.exit_code is not None or time.monotonic() > deadline:
                raise ServerStartError("epmd did not start: " + _tail(self.folder / "epmd.log"))
            time.sleep(0.02)

    def _start_node(self) -> None:
        seen = self.log.stat().st_size if self.log.exists() else 0
        self._node = Child([self._sbin / "rabbitmq-server"], env=self._environment(), cwd=self.folder, log=self.log)
        deadline = time.monotonic() + START_TIMEOUT
        while not (_READY in self.log.read_bytes()[seen:] and is_open(self.port)):
            if self._node.exit_code is not None or time.monotonic() > deadline:
                self._node.kill()
                self._node = None
                raise ServerStartError("RabbitMQ did not start:\n" + _tail(self.log))
            time.sleep(0.05)

    def _make_vhosts(self) -> None:
        names = [f"test-{secrets.token_hex(4)}" for _ in range(_VHOSTS_AT_A_TIME)]
        # One call for many: every rabbitmqctl starts an Erlang machine of its own.
        listed = ", ".join(f'<<"{name}">>' for name in names)
        everything = '<<".*">>, <<".*">>, <<".*">>'
        self.ctl(
            "eval",
            f'[begin rabbit_vhost:add(V, <<"{USER}">>), rabbit_auth_backend_internal:set_permissions('
            f'<<"{USER}">>, V, {everything}, <<"{USER}">>) end || V <- [{listed}]].',
        )
        self._spare_vhosts += names


def _definitions(vhosts: list[str]) -> dict[str, list[dict[str, str | list[str]]]]:
    everything = {"user": USER, "configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [{"name": USER, "password": PASSWORD, "tags": ["administrator"]}],
        "vhosts": [{"name": name} for name in vhosts],
        "permissions": [everything | {"vhost": name} for name in vhosts],
    }


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-40:])
