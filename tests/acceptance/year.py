"""An installation whose time a test moves: the serving parts, workers and relay in this process, on real stores.

Agencies speak to it in signed SOAP over its WSGI application; the operator's staff work on cases by the functions that
the command line and the console call.
"""

from __future__ import annotations

import io
import threading
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from gateway import background
from gateway.cli.elements import element
from gateway.contract.services import ROOTS
from gateway.demo.enrolment import Login, enrol_samples, login_of, make_keys
from gateway.demo.parties import PEOPLE
from gateway.home import Home
from gateway.metrics import Metrics
from gateway.security.certificates import certificate_of
from gateway.security.dev_pki import Authority, Issued
from gateway.security.model import UsernameCredentials
from gateway.security.policy import Policy
from gateway.security.verify import verify
from gateway.security.xades_sign import sign_application
from gateway.settings_sources import load
from gateway.wsgi import build_gateway
from handlers.cases.authority_watch import tell_of_ended_authority
from handlers.parties.commands import add_representative
from handlers.parties.model import Representative
from handlers.queue_names import TOPOLOGY
from handlers.rules.clocks import BAKU
from handlers.store.schema import migrate
from handlers.work import Work
from tests.acceptance.caller import Caller, FaultError, Raw, key_from, text

START = datetime(2027, 1, 11, 6, 0, tzinfo=UTC)
"""A Monday morning in Baku."""


class Year:
    """The installation, and what the passing of time does to it."""

    url = "http://127.0.0.1"

    def __init__(self, folder, *, database: str = "", broker: str = "") -> None:
        self.now_is = START
        self.home = folder / "home"
        given = {"GATEWAY_HOME": str(self.home), "GATEWAY_PASSWORDS": "plain-http", "GATEWAY_BIND": "127.0.0.1:0"}
        given |= {"GATEWAY_DATABASE": database} if database else {}
        given |= {"GATEWAY_BROKER": broker} if broker else {}
        home = Home(self.home)
        home.path.mkdir()
        home.trying_out.write_text("a year played by a test\n", encoding="utf-8")
        make_keys(home, START)
        home.make_tracking_key()
        self.settings = load(given)
        migrate(self.settings.database_url)
        self._closing = ExitStack()
        self.store = background.store_of(self.settings)
        self._closing.callback(self.store.close)
        with self.store.writing() as connection:
            enrol_samples(connection, home, START)
        self.broker = background.broker_of(self.settings)
        self._closing.callback(self.broker.close)
        self.broker.declare(TOPOLOGY)
        gateway = build_gateway(self.settings, self.store, self.broker, self.now)
        self._closing.callback(gateway.close)
        self.application = gateway.application
        relay, close_publisher = background.relay(self.settings, self.store, self.broker, self.now)
        self._closing.callback(close_publisher)
        parts = [*background.workers(self.settings, self.store, self.broker, Metrics(), self.now), relay]
        stopped = threading.Event()
        running = threading.Thread(target=background.run_until, args=(stopped, parts, 10.0, ExitStack()))
        running.start()
        self._closing.callback(running.join)
        self._closing.callback(stopped.set)

    def now(self) -> datetime:
        return self.now_is

    def close(self) -> None:
        self._closing.close()

    def until(self, month: int, day: int, hour: int = 10) -> None:
        """Move on to that day of 2027, at that hour in Baku."""
        moment = datetime(START.year, month, day, hour, tzinfo=BAKU)
        assert moment > self.now_is, "time moves on"
        self.now_is = moment.astimezone(UTC)

    def look_at_clocks(self) -> list[tuple[str, str]]:
        """What the watch over clocks does as time passes; what it told, of which clock."""
        watch = background.clock_watch(self.settings, self.store, self.now)
        return [(each.kind.value, each.code.value) for each in watch.look()]

    def staff(self, step, number: str, actor, *args, **details):
        """What a member of staff does, in a unit of work of its own."""
        self.now_is += timedelta(minutes=1)
        with self.store.writing() as connection:
            return step(Work(connection=connection, now=self.now_is), number, actor, *args, **details)

    def colleague(self, agency: str, fin: str, until: date):
        """Enrol another representative with authority until that day; the key of the e-signature card."""
        pem = (self.home / "dev" / "authority" / "issuing.pem").read_bytes()
        authority = Authority(Issued(x509.load_pem_x509_certificate(pem), load_pem_private_key(pem, None)))
        key = authority.issue(fin, self.now_is, organisation=f"{agency} (sample)", days=300).signing_key()
        person = Representative(
            fin=fin,
            agency=agency,
            identity_card="AZE00000009",
            surname="Nümunəyeva",
            name="Nigar",
            valid_from=self.now_is.date(),
            valid_to=until,
            certificates=(certificate_of(key.certificate),),
        )
        with self.store.writing() as connection:
            add_representative(connection, person)
        time.sleep(self.settings.directory_refresh + 0.02)  # as the operator's command does, until it is in force
        return key

    def authorities_ended(self) -> list[str]:
        """What the watch over authorities tells now: the numbers of the cases."""
        return [each.subject for each in tell_of_ended_authority(self.store, self.now_is)]

    def login(self, agency: str) -> Login:
        return login_of(Home(self.home), next(each for each in PEOPLE if each.agency == agency))


class Agency(Caller):
    """A sample agency: its system and its representatives."""

    def __init__(self, year: Year, system: str, agency: str) -> None:
        super().__init__(year, system)
        self.year, self.agency = year, agency
        self.fin = next(each.fin for each in PEOPLE if each.agency == agency)
        self.person_key = key_from(year.home / "dev" / "representatives" / f"{self.fin}.pem")
        self.seen = 0

    def post(self, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Raw:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": headers["Content-Type"],
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_SOAPACTION": headers.get("SOAPAction", ""),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        seen: list[Any] = []
        parts = self.year.application(environ, lambda *head: seen.append(head))
        status, answered = seen[0]
        return Raw(int(status.split()[0]), {name.lower(): value for name, value in answered}, b"".join(parts))

    def read(self, raw: Raw) -> etree._Element:
        payload = verify(raw.body, trust=self.trust, now=self.year.now(), policy=Policy()).payload
        if etree.QName(payload).localname == "Fault":
            raise FaultError(raw.status, payload)
        return payload

    def signed(self, payload: bytes, version: str = "1.1", **how: Any) -> bytes:
        return super().signed(payload, version, now=self.year.now(), **how)

    def file(self, root: str, content: object, key=None) -> bytes:
        """The content as a file signed by the representative (XAdES), or by the holder of another `key`."""
        document = element(root, ROOTS[root], msgspec.to_builtins(content))
        return sign_application(document, key or self.person_key, self.year.now())

    def command(self, operation: str, *, password: bool = False, **values: Any) -> str:
        """Send a command of the registration service and wait for its effect; its subject, or `code of the refusal`."""
        user = None
        if password:
            login = self.year.login(self.agency)
            user = UsernameCredentials(login.login, login.password)
        answer = self.call("registration", operation, values, user=user)
        tracking_id = text(answer, "receipt", "trackingId")
        return self.effect(tracking_id) if tracking_id else text(answer, "refusal", "code")

    def effect(self, tracking_id: str) -> str:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = self.call("bus", "GetStatus", {"trackingId": tracking_id})
            if text(status, "state") in ("APPLIED", "REFUSED"):
                return text(status, "subject") if text(status, "state") == "APPLIED" else text(status, "ground", "code")
            time.sleep(0.02)
        raise AssertionError("not applied within 30 s")

    def case(self, number: str) -> etree._Element:
        return self.call("registration", "GetCase", {"number": number})

    def state(self, number: str) -> str:
        return text(self.case(number), "state")

    def entry(self, number: str, **at: Any) -> etree._Element:
        return self.call("registration", "GetEntry", {"number": number, **at})

    def news(self, expected: list[str]) -> etree._Element:
        """Pull the notices after those seen, until the `expected` kinds have come; acknowledge them."""
        deadline = time.monotonic() + 30
        while True:
            page = self.call("notices", "PullNotices", {"afterSequence": self.seen, "limit": 500})
            kinds = [each.text for each in page.iter("{*}kind")]
            if len(kinds) >= len(expected) or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        assert kinds == expected
        self.seen = max(int(each.text) for each in page.iter("{*}sequence"))
        return page

    def acknowledge(self) -> None:
        receipt = self.call("notices", "AcknowledgeNotices", {"upToSequence": self.seen})
        self.effect(text(receipt, "receipt", "trackingId"))


def day(month: int, number: int) -> date:
    """A day of the year that is played."""
    return date(START.year, month, number)
