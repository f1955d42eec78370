"""How legal acts are numbered and where they are published, as effective-dated data.

An act is found again by its rank, its number and, where numbering begins anew, its date: laws are numbered through a
convocation of the Milli Məclis and bear its number (`998-IIIQ`), decrees and orders of the President through a term of
office, decisions of the Cabinet of Ministers through a year (`149`, orders with an s: `107s`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from handlers.registration.model import LegalAct, LegalActType
from handlers.rules.effective import ALWAYS

_CONVOCATIONS = date(1995, 11, 24)
"""First session of the first convocation; laws before it were numbered without one."""
_SIGN = re.compile(r"^(№|No\.?|N)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActForm:
    """How acts of a rank adopted from `valid_from` to `valid_to` are numbered."""

    type: LegalActType
    pattern: str
    """Regular expression the whole number matches, without a number sign before it."""
    needs_date: bool
    """True: the same number is given again, so the date tells which act is meant."""
    valid_from: date = ALWAYS
    valid_to: date | None = None

    def fits(self, act: LegalAct) -> bool:
        """Whether `act` may be of this form: by its rank, its date as far as it is given, and its number."""
        day = act.adopted_on
        in_time = day is None or (self.valid_from <= day and (self.valid_to is None or day <= self.valid_to))
        number = _SIGN.sub("", act.reference.strip())
        return act.type is self.type and in_time and re.fullmatch(self.pattern, number) is not None


ACT_FORMS: tuple[ActForm, ...] = (
    ActForm(type=LegalActType.LAW, pattern=r"\d{1,4}", needs_date=True, valid_to=_CONVOCATIONS),
    ActForm(type=LegalActType.LAW, pattern=r"\d{1,4}-[IVX1]{1,4}K?QD?", needs_date=False, valid_from=_CONVOCATIONS),
    ActForm(type=LegalActType.DECREE, pattern=r"\d{1,4}", needs_date=True),
    ActForm(type=LegalActType.DECISION, pattern=r"\d{1,4}q?", needs_date=True),
    ActForm(type=LegalActType.DECISION, pattern=r"\d{1,4}-[IVX1]{1,4}QR", needs_date=False, valid_from=_CONVOCATIONS),
    ActForm(type=LegalActType.ORDER, pattern=r"(?=.*\d)[\w/.-]{1,30}", needs_date=True),
    ActForm(type=LegalActType.OTHER, pattern=r".+", needs_date=False),
)
"""Every form in use. A rank may have several at a time; ministries number their orders as they like."""

OFFICIAL_SITES: tuple[tuple[str, str], ...] = (
    ("e-qanun.az", r"/(?:alpidata/)?framework/(?:data/\d+/)?(?:[a-z]_)?\d+.*"),
    ("huquqiaktlar.gov.az", r"/.+"),
    ("gov.az", r"/.*"),
    ("president.az", r"/.+"),
    ("meclis.gov.az", r"/.+"),
)
"""Sites of official publication, sub-domains included, and the path that an act has there."""


def forms_of(act: LegalAct) -> list[ActForm]:
    """The forms that the number of `act` has; none: it cannot be the number of such an act."""
    return [form for form in ACT_FORMS if form.fits(act)]


def needs_date(act: LegalAct) -> bool:
    """Whether the number of `act` alone does not tell which act is meant."""
    forms = forms_of(act)
    return bool(forms) and all(form.needs_date for form in forms)


def is_officially_published(url: str, sites: Iterable[tuple[str, str]] = OFFICIAL_SITES) -> bool:
    """Whether `url` has the form of an act's address on a site of official publication."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    known = [path for site, path in sites if host == site or host.endswith(f".{site}")]
    return bool(known) and re.fullmatch(known[0], parts.path) is not None
