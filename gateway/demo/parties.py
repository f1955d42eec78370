"""The sample agencies of `gateway init --dev`: true state bodies, invented systems, persons and tax ids.

What each may call shows the rule: everything that is not granted is denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from handlers.parties.model import Agency, DisclosureTier

_ASK_THE_BUS: Final = (
    "bus.ListServices",
    "bus.AllowedOperations",
    "bus.GetReceipt",
    "bus.GetStatus",
    "bus.ChangePassword",
)
_READ_NOTICES: Final = (
    "notices.PullNotices",
    "notices.AcknowledgeNotices",
    "notices.GetDelivery",
    "notices.SetDelivery",
)
_REGISTER: Final = (
    "registration.ValidateCard",
    "registration.SubmitRegistration",
    "registration.SubmitAppeal",
    "registration.Resubmit",
    "registration.WithdrawCase",
    "registration.FileDestructionProof",
    "registration.GetCase",
    "registration.GetEntry",
    "registration.GetExtract",
    "registration.VerifyExtract",
    "registration.SearchEntries",
    "registration.ListCases",
    "registration.GetStatistics",
)

AGENCIES: Final = (
    Agency(
        code="MOJ",
        name_az="Azərbaycan Respublikasının Ədliyyə Nazirliyi",
        name_en="Ministry of Justice of the Republic of Azerbaijan",
        tax_id="0000000001",
        email="registers@moj.example",
        tier=DisclosureTier.STATUS,
    ),
    Agency(
        code="MIA",
        name_az="Azərbaycan Respublikasının Daxili İşlər Nazirliyi",
        name_en="Ministry of Internal Affairs of the Republic of Azerbaijan",
        tax_id="0000000002",
        email="passports@mia.example",
        tier=DisclosureTier.FULL,
        provides_document_types=("IDENTITY_CARD", "PASSPORT"),
    ),
    Agency(
        code="SBS",
        name_az="Azərbaycan Respublikasının Dövlət Sərhəd Xidməti",
        name_en="State Border Service of the Republic of Azerbaijan",
        tax_id="0000000003",
        email="checkpoints@sbs.example",
        tier=DisclosureTier.REASON,
    ),
)


@dataclass(frozen=True, slots=True)
class SampleSystem:
    """A computer of a sample agency; its key and certificate are made for it."""

    code: str
    agency: str
    name: str
    operations: tuple[str, ...]
    elliptic: bool = False
    """EC P-256 instead of RSA."""


SYSTEMS: Final = (
    SampleSystem(
        "MOJ-REGISTERS", "MOJ", "Sample system of the population register", _ASK_THE_BUS + _REGISTER + _READ_NOTICES
    ),
    SampleSystem(
        "MIA-DOCUMENTS",
        "MIA",
        "Sample system that issues passports and identity cards",
        (
            *_ASK_THE_BUS,
            *_REGISTER,
            *_READ_NOTICES,
            "documents.ReportInvalidDocuments",
            "documents.GetBatch",
            "documents.CheckDocuments",
        ),
    ),
    SampleSystem(
        "SBS-BORDER",
        "SBS",
        "Sample system of a border checkpoint",
        (*_ASK_THE_BUS, "documents.CheckDocuments"),
        elliptic=True,
    ),
)


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """An invented representative; signature key and password are made for each installation."""

    fin: str
    agency: str
    identity_card: str
    surname: str
    name: str
    patronymic: str
    login: str

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return f"{self.surname} {self.name} {self.patronymic}"


VALID_FROM: Final = date(2024, 1, 1)
VALID_TO: Final = date(2035, 12, 31)
"""Period of the sample persons' authority."""

PEOPLE: Final = (
    SamplePerson("5TESTM1", "MOJ", "AZE00000001", "Nümunəyeva", "Aygün", "Sınaq qızı", "aygun.moj"),
    SamplePerson("5TESTD2", "MIA", "AZE00000002", "Nümunəyev", "Elçin", "Sınaq oğlu", "elchin.mia"),
    SamplePerson("5TESTS3", "SBS", "AZE00000003", "Nümunəyev", "Şahin", "Sınaq oğlu", "shahin.sbs"),
)
