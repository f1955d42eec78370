"""The directory: all enrolled parties as one snapshot, found by whatever a message names them with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network

from handlers.parties.model import Agency, Certificate, Mandate, Representative, System

Networks = tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True)
class Directory:
    """Everything the edge must know to recognise and authorise a caller, as one consistent snapshot.

    The edge keeps the last one it could read, so that commands go on being accepted while the
    register store is away (reliability §0). The indexes are made once per snapshot, when first asked for.
    """

    version: int
    agencies: Mapping[str, Agency]
    """By code."""
    systems: Mapping[str, System]
    """By code."""
    representatives: Mapping[str, Representative]
    """By FIN."""
    mandates: Mapping[str, Mandate] = field(default_factory=dict)
    """By code."""

    @cached_property
    def system_by_certificate(self) -> Mapping[str, tuple[System, Certificate]]:
        """Systems with the certificate in question, by its fingerprint; withdrawn ones too."""
        return {each.fingerprint: (system, each) for system in self.systems.values() for each in system.certificates}

    @cached_property
    def system_by_login(self) -> Mapping[str, System]:
        """Password-only systems by login."""
        return {system.login: system for system in self.systems.values() if system.login is not None}

    @cached_property
    def representative_by_login(self) -> Mapping[str, Representative]:
        """Representatives by login."""
        return {person.login: person for person in self.representatives.values() if person.login is not None}

    @cached_property
    def representative_by_certificate(self) -> Mapping[str, tuple[Representative, Certificate]]:
        """Representatives with the certificate in question, by its fingerprint; withdrawn ones too."""
        return {
            each.fingerprint: (person, each) for person in self.representatives.values() for each in person.certificates
        }

    @cached_property
    def networks(self) -> Mapping[str, Networks]:
        """The networks from which a system may call, by its code, for systems that are bound to some."""
        return {
            system.code: tuple(ip_network(each) for each in system.addresses)
            for system in self.systems.values()
            if system.addresses
        }

    @cached_property
    def _between(self) -> Mapping[tuple[str, str], tuple[Mandate, ...]]:
        found: defaultdict[tuple[str, str], list[Mandate]] = defaultdict(list)
        for mandate in self.mandates.values():
            found[mandate.agent, mandate.principal].append(mandate)
        return {key: tuple(mandates) for key, mandates in found.items()}

    def mandates_between(self, agent: str, principal: str) -> tuple[Mandate, ...]:
        """The mandates of `agent` to act for `principal`, also those that do not hold (any more)."""
        return self._between.get((agent, principal), ())
