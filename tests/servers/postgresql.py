"""A private PostgreSQL cluster."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Literal

import psycopg

from tests.servers.child import Child, remove, remove_at_the_end
from tests.servers.ports import LOOPBACK, free_port, wait_until_closed
from tests.servers.rabbitmq import ServerMissingError, ServerStartError

USER = "gateway"
START_TIMEOUT = 30
"""Seconds. A start takes one or two."""
_STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


def programs() -> Path:
    """The folder with the newest PostgreSQL's programs, 15 at the least. Raises `ServerMissingError`."""
    found = {int(path.parent.parent.name): path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")}
    if found and max(found) >= 15:
        return found[max(found)]
    on_path = shutil.which("postgres")
    if on_path is not None:
        return Path(on_path).resolve().parent
    raise ServerMissingError("postgresql is not installed (deploy/install-services.sh installs it)")


class PostgresCluster:
    """One cluster with its own data folder, listening on 127.0.0.1 and on a socket in that folder.

    `stop` and `start` keep port and data, so that clients see an outage and not another server. Writes are flushed
    to the disk (fsync) unless told otherwise, so that `kill` proves something.
    """

    def __init__(self, *, fsync: bool = True) -> None:
        self._bin = programs()
        self._fsync = fsync
        self.folder = Path(tempfile.mkdtemp(prefix="gateway-postgres-"))
        remove_at_the_end(self.folder)
        self.port = free_port()
        self.log = self.folder / "cluster.log"
        self._data = self.folder / "data"
        self._server: Child | None = None
        self._as_owner: list[str] = []
        if os.geteuid() == 0:
            self._give_to_unprivileged_user()

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start and return when clients may connect. Raises `ServerStartError`. Does nothing when it runs already."""
        if self.is_running:
            return
        first = not self._data.exists()
        if first:
            self._initialise()
        for attempt in range(3):
            try:
                self._start_server()
            except ServerStartError:
                # Only the first start may look for another port: later ones must be found where they were.
                if not first or attempt == 2 or "in use" not in self.log.read_text():
                    raise
                self.port = free_port()
            else:
                return

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """Shut down: wait for clients, break their connections off, or do not even write a checkpoint."""
        if self._server is not None:
            self._server.signal(_STOP_SIGNALS[mode])
            self._server.wait(START_TIMEOUT)
            self._server = None
            wait_until_closed(self.port, 10)

    def kill(self) -> None:
        """Kill server and sessions at once (SIGKILL), as a failing machine would."""
        if self._server is not None:
            self._server.kill()
            self._server = None
            wait_until_closed(self.port, 10)

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End everything that this object started and remove its data."""
        self.kill()
        remove(self.folder)

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.exit_code is None

    def listens_on(self) -> set[str]:
        """The addresses on which it accepts connections."""
        return set() if self._server is None else self._server.listens_on()

    # -- use -------------------------------------------------------------------------------------------------------

    def url(self, database: str) -> str:
        """Where SQLAlchemy connects to `database`."""
        return f"postgresql+psycopg://{USER}@{LOOPBACK}:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    # -- parts -----------------------------------------------------------------------------------------------------

    @property
    def _conninfo(self) -> str:
        return f"host={LOOPBACK} port={self.port} user={USER} dbname=postgres connect_timeout=5"

    def _give_to_unprivileged_user(self) -> None:
        # PostgreSQL refuses to run as root.
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            owner = pwd.getpwnam("nobody")
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise ServerMissingError("setpriv (util-linux) is needed to run PostgreSQL as another user than root")
        self._as_owner = [setpriv, f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                *self._as_owner,
                self._bin / "initdb",
                f"--pgdata={self._data}",
                f"--username={USER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            env=self._environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=60,
        )
        if done.returncode != 0:
            raise ServerStartError("initdb failed:\n" + done.stdout)

    def _start_server(self) -> None:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "on" if self._fsync else "off",
            "max_connections": "200",
            "timezone": "UTC",
        }
        self._server = Child(
            [
                *self._as_owner,
                self._bin / "postgres",
                "-D",
                self._data,
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            env=self._environment(),
            cwd=self.folder,
            log=self.log,
        )
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if self._server.exit_code is not None or time.monotonic() > deadline:
                self._server.kill()
                self._server = None
                lines = self.log.read_text(errors="replace").splitlines()
                raise ServerStartError("PostgreSQL did not start:\n" + "\n".join(lines[-40:]))
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo).close()
        except psycopg.OperationalError:
            return False
        return True
