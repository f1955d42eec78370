"""Which ways of delivery this installation offers, and the parts that its settings call for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from gateway.outbound.delivery import MailDelivery
from gateway.outbound.smtp import MailSender, MailServer
from gateway.settings import Settings, SettingsError
from handlers.clock import Clock
from handlers.notices.delivery import DeliveryMethod
from handlers.store.ports import Store

_MARGIN: Final = timedelta(minutes=1)
"""By how much a claim outlasts a mail: names are looked up before the time of a mail is counted."""


def offered(settings: Settings) -> tuple[DeliveryMethod, ...]:
    """The methods that agencies may choose here; pulling is always one."""
    return (DeliveryMethod.PULL, DeliveryMethod.MAIL) if settings.mail_server else (DeliveryMethod.PULL,)


def mail_delivery(settings: Settings, store: Store, clock: Clock) -> MailDelivery | None:
    """What sends notices by mail; None: the settings name no mail server.

    Raises `SettingsError` when the file of authorities cannot be used.
    """
    if not settings.mail_server:
        return None
    host, port = settings.mail_host_and_port
    server = MailServer(
        host=host,
        port=port,
        security=settings.mail_security,
        sender=settings.mail_sender,
        login=settings.mail_login,
        password=settings.mail_password,
        authorities=Path(settings.mail_authorities) if settings.mail_authorities else None,
        timeout=settings.mail_timeout,
    )
    lease = timedelta(seconds=settings.mail_timeout) + _MARGIN
    return MailDelivery(store, _sender(server), clock, sender_address=server.sender, lease=lease)


def _sender(server: MailServer) -> MailSender:
    try:
        return MailSender(server)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(
            f"mail_authorities: {server.authorities} cannot be used as a PEM file of certificates ({error}).",
            f"mail_authorities: {server.authorities} sertifikatların PEM faylı kimi istifadə oluna bilmir ({error}).",
        ) from error
