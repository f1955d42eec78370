"""Keys, enrolment and the first entry of the sample agencies. Everything is made once and kept."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.demo.cards import ENTRY_EXIT_SYSTEM
from gateway.demo.parties import AGENCIES, PEOPLE, SYSTEMS, VALID_FROM, VALID_TO, SamplePerson
from gateway.home import Home, HomeError, write_secret
from gateway.security.certificates import certificate_of, read_identity
from gateway.security.dev_pki import Authority, Issued, write_trust
from gateway.security.passwords import hash_password
from handlers.parties.commands import add_agency, add_representative, add_system
from handlers.parties.model import Representative, System
from handlers.parties.queries import load_directory
from handlers.parties.rights import right_to
from handlers.registration.entries import enter
from handlers.work import Work

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DAYS: Final = 3 * 365
"""How long the sample certificates are good."""
_PASSWORD_BYTES: Final = 15


@dataclass(frozen=True, slots=True)
class Login:
    """Login and password of a sample person."""

    login: str
    password: str


def make_keys(home: Home, now: datetime) -> bool:
    """Make the test authority and every sample key unless they are there; tells whether it made them.

    They are made beside the home's `dev` folder and moved there last, so that an interrupted run leaves no half.
    """
    if home.dev.is_dir():
        return False
    staging = home.path / "dev.unfinished"
    shutil.rmtree(staging, ignore_errors=True)
    staged = Home(staging)
    root = Authority.root(now)
    issuing = root.authority(now)
    write_secret(staging / "authority" / "issuing.pem", _pem(issuing.issued))
    for system in SYSTEMS:
        kind = "P-256" if system.elliptic else "RSA-2048"
        key = issuing.issue(system.code, now, kind=kind, organisation=f"{system.agency} (sample)", days=_DAYS)
        write_secret(staging / "systems" / f"{system.code}.pem", _pem(key))
    for person in PEOPLE:
        key = issuing.issue(person.full_name, now, organisation=f"{person.agency} (sample)", days=_DAYS)
        write_secret(staging / "representatives" / f"{person.fin}.pem", _pem(key))
    passwords = {person.login: secrets.token_urlsafe(_PASSWORD_BYTES) for person in PEOPLE}
    write_secret(_logins(staged.path), json.dumps(passwords, indent=2).encode() + b"\n")
    write_trust(home.path / "trust", root, issuing)
    if not home.key_file.exists():
        gateway = issuing.issue("Sample gateway", now, organisation="Development only", days=_DAYS)
        write_secret(home.key_file, _pem(gateway))
    staging.rename(home.dev)
    return True


def enrol_samples(connection: Connection, home: Home, now: datetime) -> bool:
    """Enrol the sample agencies and enter the entry-exit system, unless they are enrolled; tells whether it did."""
    known = load_directory(connection)
    if all(agency.code in known.agencies for agency in AGENCIES):
        return False
    for agency in AGENCIES:
        add_agency(connection, agency)
    for system in SYSTEMS:
        identity = read_identity(home.system_key(system.code).read_bytes())
        add_system(
            connection,
            System(
                code=system.code,
                agency=system.agency,
                name=system.name,
                certificates=(certificate_of(identity),),
                rights=tuple(right_to(operation) for operation in system.operations),
            ),
        )
    for person in PEOPLE:
        add_representative(connection, _representative(home, person))
    entry = enter(Work(connection, now), ENTRY_EXIT_SYSTEM)
    write_secret(_entry_file(home), f"{entry.number}\n".encode())
    return True


def login_of(home: Home, person: SamplePerson) -> Login:
    """Login and password of a sample person; raises `HomeError` when `init --dev` did not make them."""
    try:
        passwords = json.loads(_logins(home.dev).read_bytes())
        return Login(person.login, passwords[person.login])
    except (OSError, ValueError, KeyError) as error:
        raise _incomplete(_logins(home.dev)) from error


def sample_entry(home: Home) -> str:
    """Registration number of the entry that `init --dev` made; raises `HomeError` when there is none."""
    try:
        return _entry_file(home).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise _incomplete(_entry_file(home)) from error


def _incomplete(path: Path) -> HomeError:
    return HomeError(
        f"{path} is missing or not whole. Run `gateway init --dev` on a fresh home.",
        f"{path} yoxdur və ya natamamdır. Yeni qovluqda `gateway init --dev` icra edin.",
    )


def _representative(home: Home, person: SamplePerson) -> Representative:
    return Representative(
        fin=person.fin,
        agency=person.agency,
        identity_card=person.identity_card,
        surname=person.surname,
        name=person.name,
        patronymic=person.patronymic,
        valid_from=VALID_FROM,
        valid_to=VALID_TO,
        certificates=(certificate_of(read_identity(home.representative_key(person.fin).read_bytes())),),
        login=person.login,
        password_hash=hash_password(login_of(home, person).password),
    )


def _pem(issued: Issued) -> bytes:
    return issued.key_pem + issued.certificate_pem


def _logins(dev: Path) -> Path:
    return dev / "representatives" / "passwords.json"


def _entry_file(home: Home) -> Path:
    return home.dev / "entry.txt"
