"""One running gateway for all foreign clients, and the clients."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.contract.files import encode_application
from gateway.demo.cards import POPULATION_REGISTER
from gateway.demo.parties import PEOPLE
from gateway.home import Home
from gateway.security.xades import sign_application
from handlers.registration.model import Register, RegistrationApplication, Trigger
from tests.acceptance.caller import key_from
from tests.acceptance.installation import Installation
from tests.interop.toolkits import TOOLKITS, Toolkit, ToolkitMissingError, environment


@dataclass(frozen=True)
class Product:
    """The running gateway, and what its callers are given."""

    url: str
    home: Home
    certificate: Path
    """The gateway's certificate, without its key."""
    application: Path
    """A signed application file."""


@dataclass(frozen=True)
class Outcome:
    """How a client ended, and what it said."""

    code: int
    said: dict[str, str]
    refused: str


Call = Callable[..., Outcome]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An embedded gateway with the sample agencies."""
    folder = tmp_path_factory.mktemp("interop")
    with Installation(folder) as installation:
        installation.init()
        installation.start()
        home = Home(installation.home)
        certificate, application = folder / "gateway.pem", folder / "application.xml"
        pem = x509.load_pem_x509_certificate(home.key_file.read_bytes()).public_bytes(Encoding.PEM)
        certificate.write_bytes(pem)
        application.write_bytes(_signed_application(home))
        yield Product(installation.url, home, certificate, application)


@pytest.fixture(scope="session", params=TOOLKITS, ids=lambda toolkit: toolkit.name)
def toolkit(request: pytest.FixtureRequest) -> Toolkit:
    """Each of the foreign toolkits."""
    made: Toolkit = request.param
    command_of(made)
    return made


@pytest.fixture
def call(product: Product, toolkit: Toolkit) -> Call:
    """Calls the gateway with the toolkit: `call(system, operation, version=…, url=…, options=…)`."""
    return caller(product, toolkit)


def caller(product: Product, toolkit: Toolkit) -> Call:
    def made(
        system: str, operation: str, *, version: str = "1.1", url: str = "", options: tuple[str, ...] = ()
    ) -> Outcome:
        command = command_of(toolkit)
        file = [product.application] if operation == "register" else []
        done = subprocess.run(
            [*command[:1], *options, *command[1:], url or product.url, product.home.system_key(system),
             product.certificate, version, operation, *file],
            env=environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode in {0, 3, 4}, done.stdout + done.stderr
        lines = [line.partition("=") for line in done.stdout.splitlines()]
        refused = [line for line in done.stderr.splitlines() if line.startswith("refused: ")]
        return Outcome(done.returncode, {name: value for name, _, value in lines}, "".join(refused))

    return made


def command_of(toolkit: Toolkit) -> list[str]:
    """The toolkit's command; a missing toolkit fails under CI and is skipped, loudly, elsewhere."""
    try:
        return toolkit.command()
    except ToolkitMissingError as missing:
        reason = f"NOT TESTED WITH {toolkit.name.upper()}: {missing}"
        # Not every machine has five toolkits; where every test must run (CI), a missing one fails.
        verdict = pytest.fail.Exception if os.environ.get("CI") == "true" else pytest.skip.Exception
        raise verdict(reason, pytrace=False) from None


def _signed_application(home: Home) -> bytes:
    fin = next(each.fin for each in PEOPLE if each.agency == "MOJ")
    application = RegistrationApplication(
        register=Register.INFORMATION_RESOURCES,
        trigger=Trigger.CREATED,
        event_date=date(2006, 4, 21),
        applicant="MOJ",
        representative=fin,
        resource_card=POPULATION_REGISTER,
    )
    return sign_application(encode_application(application), key_from(home.representative_key(fin)), datetime.now(UTC))
