"""Handing a mail to the mail server of the installation, by SMTP (RFC 5321), over verified TLS, in bounded time."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from typing import Final

from gateway.deadlines import ended_at
from handlers.notices.delivery import DeliveryFailure

_PERMANENT: Final = 500
"""Replies from here on are refusals for good (RFC 5321 §4.2.1)."""
_TEMPORARY: Final = 400
"""Replies from here to there ask for another try; those before it are no refusals at all."""
_PATIENCE: Final = 30.0
"""Seconds to connect, and for each word until the mail begins: whoever is silent so long is not there."""
_READY: Final = 220
"""The greeting of a server that is there (RFC 5321 §4.2)."""
_LOGIN_NEEDED: Final = frozenset({530, 534, 535, 538})
"""Replies about the login (RFC 4954 §6): ours to mend, not the agency's."""


class MailError(Exception):
    """A mail was not taken by the server: `failure` says why, `reply` is the server's code, 0 when it gave none."""

    def __init__(self, failure: DeliveryFailure, reply: int = 0) -> None:
        super().__init__(f"{failure} {reply}" if reply else failure.value)
        self.failure = failure
        self.reply = reply


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail, and how it is spoken to."""

    host: str
    port: int
    security: str
    """`tls` from the first octet, `starttls`, or `none`."""
    sender: str
    """Our address: of the envelope, and what the mail is from."""
    login: str = ""
    password: str = field(default="", repr=False)
    authorities: Path | None = None
    """PEM file of the roots that its certificate is judged by; None: those of the operating system."""
    timeout: float = 600.0
    """Seconds that sending a mail may take altogether. A server may think for ten minutes before it says that it took
    a mail (RFC 5321 §4.5.3.2.6); whoever waits less sends copies."""


class MailSender:
    """Sends mails, each in a conversation of its own."""

    def __init__(self, server: MailServer) -> None:
        """Raises `OSError` or `ssl.SSLError` when the file of authorities cannot be used."""
        self._server = server
        self._tls = ssl.create_default_context(cafile=server.authorities)

    def send(self, mail: EmailMessage, addresses: tuple[str, ...]) -> Mapping[str, MailError]:
        """Send a mail; the addresses that were refused, each with why: `TRY_LATER` for now, or for good.

        Raises `MailError` when no address was taken, or the mail was not.

        When this returns the server has answered 250 and the mail is its own. A connection that breaks after the mail
        and before that answer leaves open what the server did; it counts as failed, and the mail is sent again.
        """
        deadline = monotonic() + self._server.timeout
        try:
            return self._converse(mail, addresses, deadline)
        except (OSError, smtplib.SMTPException) as error:
            failure, reply = _meaning(error)
            is_cut_off = reply == 0 and monotonic() >= deadline
            raise MailError(DeliveryFailure.TOO_SLOW if is_cut_off else failure, reply) from error
        except ValueError as error:  # what smtplib makes of a reply that is none
            raise MailError(DeliveryFailure.PROTOCOL) from error

    def _converse(self, mail: EmailMessage, addresses: tuple[str, ...], deadline: float) -> Mapping[str, MailError]:
        connection = self._connection()
        with ended_at(deadline, lambda: connection.sock):
            try:
                self._connect(connection)
                refused = connection.sendmail(self._server.sender, addresses, mail.as_bytes())
            finally:
                # The mail is the server's, or is not: how the parting goes changes neither.
                with suppress(OSError, smtplib.SMTPException):
                    connection.quit()
                connection.close()
        return {
            address: MailError(
                DeliveryFailure.TRY_LATER if _TEMPORARY <= code < _PERMANENT else DeliveryFailure.ADDRESS_REFUSED, code
            )
            for address, (code, _) in refused.items()
        }

    def _connection(self) -> smtplib.SMTP:
        """A conversation that has not begun: it must be possible to end it before the server says its first word."""
        server, name = self._server, self._server.sender.rpartition("@")[2]
        patience = min(_PATIENCE, server.timeout)
        connection = (
            smtplib.SMTP_SSL(local_hostname=name, timeout=patience, context=self._tls)
            if server.security == "tls"
            else smtplib.SMTP(local_hostname=name, timeout=patience)
        )
        # The name that the certificate must have; smtplib takes it from nowhere else.
        connection._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way
        return connection

    def _connect(self, connection: smtplib.SMTP) -> None:
        server = self._server
        code, said = connection.connect(server.host, server.port)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, said)
        if server.security == "starttls":
            self._secure(connection)
        connection.ehlo_or_helo_if_needed()
        if server.login:
            connection.login(server.login, server.password)
        assert connection.sock is not None, "connected"
        connection.sock.settimeout(server.timeout)

    def _secure(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        try:
            connection.starttls(context=self._tls)
        except smtplib.SMTPNotSupportedError as error:
            raise _TlsNotOfferedError from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= _PERMANENT:
                raise _TlsNotOfferedError from error
            raise


class _TlsNotOfferedError(smtplib.SMTPException):
    """The server would have the mail in the open."""


def _meaning(error: OSError | smtplib.SMTPException) -> tuple[DeliveryFailure, int]:
    """The class of a failure, and the server's code."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return _class_of(min(codes), DeliveryFailure.ADDRESS_REFUSED), min(codes)
    if isinstance(error, smtplib.SMTPResponseException):
        refused = next(failure for kind, failure in _OF_REPLIES if isinstance(error, kind))
        return _class_of(error.smtp_code, refused), error.smtp_code
    for kind, failure in _WITHOUT_REPLY:
        if isinstance(error, kind):
            return failure, 0
    return DeliveryFailure.PROTOCOL, 0


_OF_REPLIES: Final[tuple[tuple[type[Exception], DeliveryFailure], ...]] = (
    (smtplib.SMTPAuthenticationError, DeliveryFailure.LOGIN_FAILED),
    (smtplib.SMTPSenderRefused, DeliveryFailure.SENDER_REFUSED),
    (smtplib.SMTPDataError, DeliveryFailure.MESSAGE_REFUSED),
    (smtplib.SMTPConnectError, DeliveryFailure.UNREACHABLE),
    (smtplib.SMTPResponseException, DeliveryFailure.PROTOCOL),
)
"""What a refusal for good means; a refusal for now is the same in each place."""
_WITHOUT_REPLY: Final[tuple[tuple[type[Exception], DeliveryFailure], ...]] = (
    (_TlsNotOfferedError, DeliveryFailure.TLS_NOT_OFFERED),
    (smtplib.SMTPServerDisconnected, DeliveryFailure.UNREACHABLE),
    (smtplib.SMTPException, DeliveryFailure.LOGIN_FAILED),  # no way of logging in that both know
    (ssl.SSLError, DeliveryFailure.TLS_FAILED),
    (TimeoutError, DeliveryFailure.TOO_SLOW),
    (OSError, DeliveryFailure.UNREACHABLE),
)
"""First match counts."""


def _class_of(code: int, refused: DeliveryFailure) -> DeliveryFailure:
    if code in _LOGIN_NEEDED:
        return DeliveryFailure.LOGIN_FAILED
    if code < _TEMPORARY:
        return DeliveryFailure.PROTOCOL
    return refused if code >= _PERMANENT else DeliveryFailure.TRY_LATER
