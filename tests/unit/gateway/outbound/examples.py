"""A notice, a choice and a store that the tests of mail begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from handlers.notices.delivery import DeliveryChoice, DeliveryMethod
from handlers.notices.model import Notice, NoticeKind

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
SENDER = "registers@dpc.example"
CHOICE = DeliveryChoice(method=DeliveryMethod.MAIL, addresses=("office@mia.example", "second@mia.example"))


def notice(**changes) -> Notice:
    values = {
        "sequence": 7,
        "notice_id": "0198f2b4-7c3a-7e21-9d55-3a0c5c1be001",
        "kind": NoticeKind.CASE_RETURNED,
        "created_at": NOW,
        "tracking_id": "t-1",
        "subject": "2026/IR-000001",
        "title_az": "Müraciət düzəliş üçün qaytarıldı: 2026/IR-000001",
        "title_en": "Application returned for correction: 2026/IR-000001",
        "text_az": "Müraciətiniz qaytarıldı. Qüsurları aradan qaldırın.",
        "text_en": "Your application was returned. Correct the defects.",
        "asked_az": "Qüsurları aradan qaldırın.",
        "asked_en": "Correct the defects.",
        "due_on": date(2026, 3, 11),
        "case_number": "2026/IR-000001",
        "link": "https://registers.example/cases/2026/IR-000001",
    }
    return Notice(**(values | changes))
