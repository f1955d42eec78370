"""Trust as the settings have it: the trust folder of the home with the operator's rules applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from gateway.home import Home, HomeError
from gateway.security.installation import InstalledTrust, TrustRules, TrustRulesError, open_trust
from gateway.settings import Settings, words
from handlers.parties.directory import Directory
from handlers.parties.model import Representative, System
from handlers.store.ports import StoreUnavailableError


def rules_of(settings: Settings) -> TrustRules:
    """The rules on trust that the settings state."""
    return TrustRules(
        revocation=settings.revocation,
        list_sources=words(settings.crl_sources),
        responders=words(settings.ocsp_sources),
        hosts=words(settings.revocation_hosts),
        refresh=timedelta(seconds=settings.revocation_refresh),
        ask_seen=settings.ocsp_asks == "seen",
        nonce=settings.ocsp_nonce == "yes",
        required_policies=words(settings.required_policies),
        purposes=words(settings.signer_purposes),
    )


def installed_trust(
    settings: Settings,
    *,
    directory: Callable[[], Directory] | None = None,
    fetched: Callable[[str], None] = lambda _outcome: None,
) -> InstalledTrust:
    """The trust of an installation; `directory` tells whose certificates are enrolled.

    Raises `HomeError` when the trust folder or a rule about it cannot be used.
    """
    home = Home(settings.home_path)

    def enrolled() -> Iterable[tuple[str, str]]:
        try:
            return () if directory is None else _enrolled(directory())
        except StoreUnavailableError:
            return ()  # not read yet: what was seen or configured is asked about all the same

    try:
        return open_trust(
            home.path / "trust", home.revocation_cache, rules_of(settings), enrolled=enrolled, fetched=fetched
        )
    except TrustRulesError as error:
        raise HomeError(
            f"A setting on trust cannot be used: {error}. A source is NAME=URL, and NAME must be that of a file in "
            f"{home.roots} or {home.intermediates}, without .pem; policies and purposes are dotted identifiers.",
            f"Etibar haqqında parametr yararsızdır: {error}. Mənbə NAME=URL kimi yazılır, NAME isə {home.roots} və ya "
            f"{home.intermediates} qovluğundakı faylın .pem olmadan adıdır; siyasət və təyinatlar nöqtəli "
            "identifikatorlardır.",
        ) from error
    except ValueError as error:
        raise HomeError(
            f"The trust folder cannot be used: {error}.", f"Etibar qovluğu yararsızdır (texniki səbəb: {error})."
        ) from error


def _enrolled(directory: Directory) -> Iterable[tuple[str, str]]:
    """Issuer and serial number of every certificate that counts, of systems and of persons."""
    parties: list[System | Representative] = [*directory.systems.values(), *directory.representatives.values()]
    return [
        (certificate.issuer, certificate.serial)
        for party in parties
        if party.active
        for certificate in party.certificates
        if certificate.serial and certificate.is_taken()
    ]
