"""Numbers of legal acts as they are really given, and addresses where acts are really published."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.registration.model import LegalAct, LegalActType
from handlers.rules.legal_acts import forms_of, is_officially_published, needs_date

LAW, DECREE, DECISION, ORDER, OTHER = LegalActType


def act(rank: LegalActType, reference: str, adopted_on: date | None = None) -> LegalAct:
    return LegalAct(type=rank, reference=reference, title="Akt", adopted_on=adopted_on)


@pytest.mark.parametrize(
    ("rank", "reference", "adopted_on"),
    [
        (LAW, "998-IIIQ", date(2010, 5, 11)),
        (LAW, "№ 94-IIIQ", None),
        (LAW, "224-IQ", date(1996, 12, 27)),
        (LAW, "618-IIQD", None),
        (LAW, "21-IVKQ", None),
        (LAW, "919", date(1994, 11, 8)),
        (DECREE, "134", date(2004, 10, 14)),
        (DECISION, "149", date(2010, 8, 17)),
        (DECISION, "1007-VQR", date(2019, 12, 24)),
        (ORDER, "107s", date(2012, 5, 15)),
        (ORDER, "12-3/45-Q", date(2020, 1, 9)),
        (OTHER, "Baş Assambleya, A/RES/45/95", None),
    ],
)
def test_a_number_as_the_act_itself_gives_it_passes(
    rank: LegalActType, reference: str, adopted_on: date | None
) -> None:
    assert forms_of(act(rank, reference, adopted_on))


@pytest.mark.parametrize(
    ("rank", "reference", "adopted_on"),
    [
        (LAW, "998", date(2010, 5, 11)),
        (LAW, "998-IIIQ", date(1993, 5, 11)),
        (LAW, "IIIQ", None),
        (DECREE, "998-IIIQ", None),
        (DECREE, "134/2004", None),
        (DECISION, "yoxdur", None),
        (ORDER, "Nazirin əmri", None),
    ],
)
def test_a_number_of_another_rank_or_another_time_does_not(
    rank: LegalActType, reference: str, adopted_on: date | None
) -> None:
    assert not forms_of(act(rank, reference, adopted_on))


@pytest.mark.parametrize(
    ("rank", "reference", "needed"),
    [
        (LAW, "998-IIIQ", False),
        (LAW, "919", True),
        (DECREE, "134", True),
        (DECISION, "149", True),
        (DECISION, "1007-VQR", False),
        (ORDER, "107s", True),
        (OTHER, "1", False),
        (DECREE, "none", False),
    ],
)
def test_the_date_is_needed_where_numbers_come_again(rank: LegalActType, reference: str, needed: bool) -> None:
    assert needs_date(act(rank, reference)) is needed


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://e-qanun.az/framework/19675", True),
        ("http://www.e-qanun.az/framework/19675", True),
        ("http://e-qanun.az/alpidata/framework/data/19/f_19675.htm", True),
        ("https://nk.gov.az/az/senedler", True),
        ("https://president.az/articles/832", True),
        ("https://e-qanun.az/", False),
        ("https://e-qanun.az.example/framework/19675", False),
        ("https://example.az/framework/19675", False),
        ("https://[::1", False),
    ],
)
def test_addresses_of_official_publication(url: str, official: bool) -> None:
    assert is_officially_published(url) is official
