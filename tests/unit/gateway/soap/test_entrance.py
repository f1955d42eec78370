"""Passwords are taken by what is known of them now, or was a moment ago; signatures through a whole outage."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from gateway.faults import RefusalError
from gateway.security.authentication import Authenticator, Seen
from gateway.security.model import CertificateIdentity, UsernameCredentials, VerifiedEnvelope
from gateway.security.passwords import PasswordWork
from gateway.security.policy import Policy
from gateway.security.structure import NotSignedError
from gateway.soap.entrance import Entrance
from gateway.soap.http import Call
from handlers.parties.directory import Directory
from handlers.parties.model import Agency, Caller, DisclosureTier, System
from handlers.parties.throttling import Tally
from handlers.store.ports import StoreUnavailableError

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CALLER = Caller(agency="MIA", system="MIA-1", tier=DisclosureTier.FULL)
CALL = Call("notices", "1.1", None, "", "192.0.2.1", secure=True, body=b"<not-soap/>")
NOBODY_KNOWN = Directory(
    version=1,
    agencies={"MIA": Agency(code="MIA", name_az="DİN", name_en="MIA", tax_id="1400000001")},
    systems={"MIA-2": System(code="MIA-2", agency="MIA", name="MIA-2", login="mia-2")},
    representatives={},
)


class NothingCounted:
    """Tallies that are always empty."""

    def look(self, marks, _kind, _login):
        return Seen(dict.fromkeys(marks, Tally()), None, current=False)

    def failed(self, _marks, _now):
        """Count nothing."""

    def succeeded(self, _marks, _now):
        """Count nothing."""


def entrance(age):
    people = Authenticator(NothingCounted(), PasswordWork(computing=1, places=1, patience=0.1))
    return Entrance(
        verify=not_signed,
        policy=lambda _: Policy(),
        people=people,
        systems=people,
        passwords=lambda _: True,
        directory_age=lambda: age,
    )


def not_signed(*_):
    raise NotSignedError


def envelope(user):
    return VerifiedEnvelope(
        payload=None,
        compute_digest=bytes,
        signer=CertificateIdentity("ab" * 32, "CN=CA", "1", "CN=MIA-1", b""),
        soap_version="1.1",
        created=NOW,
        expires=NOW + timedelta(minutes=5),
        signature_algorithm="",
        covered=(),
        user=user,
    )


def doors(age):
    """Both ways that a password can come."""
    user = UsernameCredentials("somebody", "a password")
    return (
        partial(entrance(age).person, envelope(user), CALLER, CALL, NOW, NOBODY_KNOWN),
        partial(entrance(age).verified, CALL, NOW, NOBODY_KNOWN),
    )


@pytest.mark.parametrize("door", [0, 1])
def test_a_password_that_may_have_been_changed_since_is_not_looked_at(door):
    with pytest.raises(StoreUnavailableError, match="passwords"):
        doors(301)[door]()


@pytest.mark.parametrize("door", [0, 1])
def test_within_five_minutes_a_password_is_judged_by_what_is_known(door):
    with pytest.raises(RefusalError):  # nobody has that login, and that is no message: it was looked at
        doors(299)[door]()


def test_who_sends_no_password_is_not_held_up_by_the_age_of_those_that_are_known():
    assert entrance(40_000).person(envelope(None), CALLER, CALL, NOW, NOBODY_KNOWN) == (None, None)
