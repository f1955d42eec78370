"""A mail server on loopback that speaks real SMTP, with a switch for each fault."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509

from gateway.security.dev_pki import Authority
from tests.servers.ports import LOOPBACK, free_port


@dataclass
class Taken:
    """A mail that the server took."""

    sender: str
    recipients: list[str]
    content: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        return self.message.get_content()


@dataclass
class MailHost:
    """What the server is to answer, and what it took."""

    port: int
    taken: list[Taken] = field(default_factory=list)
    to_sender: str | None = None
    """Answer to MAIL; None: it is taken."""
    to_recipients: dict[str, str] = field(default_factory=dict)
    """Answer to RCPT by address."""
    to_content: str | None = None
    """Answer to the end of DATA, in place of taking it."""
    cut_after_content: int = 0
    """So many mails are taken and the connection cut before that is said."""
    silent: bool = False
    """Not even a greeting."""
    tls: ssl.SSLContext | None = None
    """For STARTTLS, or (`from_the_start`) for all."""
    from_the_start: bool = False
    login: tuple[str, str] | None = None
    without_login: bool = False
    connects: int = 0
    logins: int = 0

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # noqa: N802 - the name that aiosmtpd looks for
        if self.to_sender is not None:
            return self.to_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - the name that aiosmtpd looks for
        if address in self.to_recipients:
            return self.to_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name that aiosmtpd looks for
        if self.to_content is not None:
            return self.to_content
        encrypted = session.ssl is not None or self.from_the_start
        self.taken.append(Taken(envelope.mail_from, list(envelope.rcpt_tos), envelope.content, encrypted))
        if self.cut_after_content:
            self.cut_after_content -= 1
            server.transport.abort()
        return "250 OK"

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        self.logins += 1
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, handled=False)


class _Silent(asyncio.Protocol):
    pass


@contextmanager
def mail_host(port: int | None = None, **switches) -> Iterator[MailHost]:
    """A server on a free port of loopback, or on the one given; gone when the block ends."""
    host = MailHost(port or free_port(), **switches)
    loop = asyncio.new_event_loop()

    def protocol():
        host.connects += 1
        if host.silent:
            return _Silent()
        return SMTP(
            host,
            hostname="mail.example",
            loop=loop,
            tls_context=None if host.from_the_start else host.tls,
            auth_require_tls=False,
            authenticator=host.authenticate if host.login else None,
            auth_exclude_mechanism=["LOGIN", "PLAIN"] if host.without_login else None,
        )

    opened = loop.create_server(protocol, LOOPBACK, host.port, ssl=host.tls if host.from_the_start else None)
    server = loop.run_until_complete(opened)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _ended(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.05)  # transports that were closed say so in the next rounds of the loop


def tls_for(folder: Path, name: str = LOOPBACK) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for `name`, and the file of the root that it is judged by."""
    now = datetime.now(UTC)
    root = Authority.root(now)
    alternative = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    extensions = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName([alternative]), False),
    ]
    issued = root.issue("Mail", now, extensions=extensions)
    (folder / "mail.pem").write_bytes(issued.key_pem + issued.certificate_pem)
    (folder / "root.pem").write_bytes(root.issued.certificate_pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "mail.pem")
    return context, folder / "root.pem"
