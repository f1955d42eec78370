"""Trust as an installation has it: the trust folder, the policy on revocation, and what keeps revocation known.

Policies: `none` asks nothing (enrolment is the control); `listed` wants fresh knowledge of every issuer that has a list
in the folder or a source; `required` wants it of every issuer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from gateway.security.fetching import Fetcher
from gateway.security.inquiries import Enrolled, Inquiries
from gateway.security.ocsp import Standing, authority_key
from gateway.security.refresher import Refresher, RefreshPolicy
from gateway.security.revocation import Unchecked
from gateway.security.revocation_files import RevocationFolder
from gateway.security.sources import AllowedHosts, Sources
from gateway.security.trust import TrustStore, read_certificates

NONE: Final = "none"
LISTED: Final = "listed"
REQUIRED: Final = "required"


@dataclass(frozen=True, slots=True)
class TrustRules:
    """What the operator decided about trust, as words of the settings."""

    revocation: str = LISTED
    list_sources: tuple[str, ...] = ()
    """`NAME=URL`; NAME is that of the issuer's file in the trust folder, without `.pem`."""
    responders: tuple[str, ...] = ()
    """The same of OCSP responders."""
    hosts: tuple[str, ...] = ()
    """Hosts that addresses in certificates may have."""
    refresh: timedelta = timedelta(hours=1)
    ask_seen: bool = True
    nonce: bool = False
    required_policies: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


class TrustRulesError(ValueError):
    """A rule cannot be applied; the text is the word of the rule that is wrong."""


@dataclass(frozen=True, slots=True)
class IssuerState:
    """What is known of the certificates that one of our authorities issued."""

    issuer: str
    """RFC 4514 text."""
    state: str
    """`fresh`, `in doubt` or `not asked`."""
    until: datetime | None = None
    """The first moment at which something that is known goes out of date."""
    failures: tuple[tuple[str, str], ...] = ()
    """Address and cause of each source that failed when it was asked last."""

    @property
    def in_doubt(self) -> bool:
        """Whether its certificates are refused because nothing fresh is known of them."""
        return self.state == "in doubt"


@dataclass(frozen=True, slots=True)
class InstalledTrust:
    """The trust store of an installation with what keeps it current."""

    store: TrustStore
    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    rules: TrustRules
    sources: Sources = field(default_factory=Sources)
    files: RevocationFolder | None = None
    refresher: Refresher | None = None

    def start(self) -> None:
        """Begin to keep revocation known, if there is anything to ask."""
        if self.refresher is not None:
            self.refresher.start()

    def stop(self) -> None:
        """End that."""
        if self.refresher is not None:
            self.refresher.stop()

    def issuers(self, now: datetime) -> list[IssuerState]:
        """What is known of each authority's certificates."""
        return [self._state_of(each, now) for each in (*self.roots, *self.intermediates)]

    def _state_of(self, issuer: x509.Certificate, now: datetime) -> IssuerState:
        name = issuer.subject.rfc4514_string()
        if self.files is None:
            return IssuerState(name, "not asked")
        knowledge = self.files.knowledge
        key = authority_key(issuer)
        states = [] if self.refresher is None else [each for each in self.refresher.states() if key in each.issuers]
        failures = tuple((each.url, each.cause) for each in states if each.cause)
        lists, answers = knowledge.lists_of(issuer), knowledge.answers_of(issuer)
        fresh = [each.until for each in lists if each.until is not None and each.is_fresh(now)]
        if fresh:
            return IssuerState(name, "fresh", max(fresh), failures)
        live = [each for each in answers if each.standing in (Standing.GOOD, Standing.REVOKED, Standing.ON_HOLD)]
        if answers and len(live) == len(answers) and all(each.until >= now for each in live):
            return IssuerState(name, "fresh", min(each.until for each in live), failures)
        configured = key in self.sources.lists or key in self.sources.responders
        known_of = bool(states) or bool(answers) or knowledge.was_listed(issuer)
        if not (self.rules.revocation == REQUIRED or configured or known_of):
            return IssuerState(name, "not asked")
        past = [*(each.until for each in lists if each.until is not None), *(each.until for each in answers)]
        return IssuerState(name, "in doubt", max(past, default=None), failures)


def open_trust(
    folder: Path,
    cache: Path,
    rules: TrustRules,
    *,
    enrolled: Enrolled = tuple,
    fetched: Callable[[str], None] = lambda _outcome: None,
) -> InstalledTrust:
    """Read the trust folder and make what the rules ask for; nothing is fetched yet.

    Raises `TrustRulesError` for a rule that cannot be applied, `ValueError` for a folder without roots or with a file
    that is none of a certificate or list.
    """
    roots = tuple(read_certificates(folder / "roots"))
    intermediates = tuple(read_certificates(folder / "intermediates"))
    if not roots:
        raise ValueError(f"No root certificate in {folder / 'roots'}")
    authorities = (*roots, *intermediates)
    sources = _sources(folder, rules)
    files = None
    if rules.revocation != NONE:
        files = RevocationFolder(
            folder / "crls",
            cache=cache,
            authorities=authorities,
            required=rules.revocation == REQUIRED,
            speaks_for=sources.speak_for,
        )
    try:
        store = TrustStore(
            roots,
            intermediates,
            revocation=files or Unchecked(),
            required_policies=rules.required_policies,
            purposes=rules.purposes,
        )
    except ValueError as error:
        raise TrustRulesError(" ".join((*rules.required_policies, *rules.purposes))) from error
    refresher = None
    if files is not None and (rules.list_sources or rules.responders or rules.hosts):
        urls = [url for group in (sources.lists, sources.responders) for each in group.values() for url in each]
        refresher = Refresher(
            files,
            Inquiries(sources, authorities, enrolled=enrolled, seen=rules.ask_seen),
            Fetcher(AllowedHosts(rules.hosts, urls)),
            policy=RefreshPolicy(rules.refresh, nonce=rules.nonce),
            fetched=fetched,
        )
    return InstalledTrust(store, roots, intermediates, rules, sources, files, refresher)


def _sources(folder: Path, rules: TrustRules) -> Sources:
    named = {
        path.stem: x509.load_pem_x509_certificate(path.read_bytes())
        for place in ("roots", "intermediates")
        for path in sorted((folder / place).glob("*.pem"))
    }
    try:
        hosts = AllowedHosts(rules.hosts)
    except ValueError as error:
        raise TrustRulesError(str(error)) from error
    return Sources(_by_issuer(rules.list_sources, named), _by_issuer(rules.responders, named), hosts)


def _by_issuer(words: Iterable[str], named: Mapping[str, x509.Certificate]) -> dict[bytes, tuple[str, ...]]:
    found: dict[bytes, tuple[str, ...]] = {}
    for word in words:
        name, _, url = word.partition("=")
        try:
            AllowedHosts(urls=[url])
            key = authority_key(named[name])
        except (KeyError, ValueError) as error:
            raise TrustRulesError(word) from error
        found[key] = (*found.get(key, ()), url)
    return found
