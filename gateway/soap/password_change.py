"""The operation bus.ChangePassword: the password in the message's UsernameToken gives way to another, at once.

Authenticators read credentials from the store at every try, so no process takes the old password after the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from gateway.contract.answers import ChangePasswordAnswer, Refusal
from gateway.contract.requests import ChangePasswordRequest
from gateway.faults import RefusalError
from gateway.security.authentication import Authenticator
from gateway.security.identity import AUTHENTICATION, permit
from gateway.security.password_rules import Choice, objection
from gateway.soap.endpoint import Exchange, Perform
from gateway.soap.extents import NOWHERE
from handlers.parties.credentials import CredentialChangedError, change_password
from handlers.parties.password_only import CHANGE
from handlers.record import Record
from handlers.store.ports import Store

_log = structlog.get_logger(__name__)

_PARTS: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """Changes passwords; shared by all request threads."""

    store: Store
    authenticator: Authenticator

    def table(self) -> Mapping[str, Perform]:
        """The operation by its `service.Operation`."""
        return {CHANGE: self._change_password}

    def _change_password(self, exchange: Exchange) -> Record:
        body, proof = exchange.request.body, exchange.proof
        assert isinstance(body, ChangePasswordRequest)
        permit(exchange.acting, NOWHERE)
        if proof is None:
            raise RefusalError(AUTHENTICATION, "PASSWORD.ABSENT")
        refused = objection(Choice(body.new_password, proof.password, tuple(_own_names(exchange))))
        if refused is not None:
            _log.info("password.not-changed", code=refused.code, agency=exchange.caller.agency)
            return ChangePasswordAnswer(
                refusal=Refusal(code=refused.code, text_az=refused.text_az, text_en=refused.text_en)
            )
        password_hash = self.authenticator.hash(body.new_password)
        try:
            with self.store.writing() as connection:
                change_password(connection, proof.credential, password_hash, exchange.now)
        except CredentialChangedError as error:
            raise RefusalError(AUTHENTICATION, "PASSWORD.CHANGED_MEANWHILE") from error
        _log.info("password.changed", kind=proof.credential.kind.value, agency=exchange.caller.agency)
        return ChangePasswordAnswer(changed_at=exchange.now)


def _own_names(exchange: Exchange) -> Iterator[str]:
    """What others know of whoever's password it is, whole and in its parts."""
    assert exchange.proof is not None
    names = [exchange.proof.credential.login, exchange.proof.credential.party, exchange.caller.agency]
    if exchange.person is not None:
        person = exchange.person
        names += [person.fin, person.identity_card, person.surname, person.name, person.patronymic or ""]
    for name in names:
        yield name
        yield from _PARTS.findall(name)
