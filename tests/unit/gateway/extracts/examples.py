"""Extracts to look at and to spoil: made once, by an operator of the tests' small PKI."""

from __future__ import annotations

from datetime import date
from functools import cache

from msgspec.structs import replace

from gateway.contract.files import decode_extract, decode_receipt
from gateway.extracts.maker import extract_maker
from gateway.security.inspection import Known
from handlers.extracts.model import ExtractDraft, ExtractReason
from handlers.registration.entries import register_of_card
from handlers.registration.model import Contact, Entry, EntryStatus, ProtectionMeans, SpecialCategory
from tests.unit.gateway.security.material import NOW, system
from tests.unit.handlers.registration.examples import OWNER, PERSONAL, RESOURCE

ISSUER = "Məlumat Hesablama Mərkəzi"
CODE = "7KQ2M-XH4RT-9WD6C-PN3VA"
NUMBER = "2026/PD-E-000045"
LONG = "Məlumatlar avtomatlaşdırılmış qaydada emal olunur: əğıİşŞçÇöÖüÜƏĞ. " * 55
CARD = replace(
    PERSONAL,
    contacts=(Contact(name="Aygün Məmmədova", phone="+994 12 000 00 00"), Contact(name="Növbətçi")),
    special_categories=tuple(SpecialCategory),
    protection=(ProtectionMeans(standard="ISO/IEC 27001:2022", last_audit=date(2025, 11, 2), audit_result=LONG),),
    manner=LONG.strip(),
)


def operator():
    return system("RSA-2048", "Operator").signing_key()


def agency():
    return system("RSA-2048", "An agency").signing_key()


KNOWN_READERS = {"read_receipt": decode_receipt, "read_extract": decode_extract}


def known(*keys):
    return Known(frozenset(each.certificate.fingerprint for each in keys or (operator(),)), **KNOWN_READERS)


def draft(card=CARD, **changes):
    entry = Entry(
        number="PD-000001",
        register=register_of_card(card),
        version=2,
        status=EntryStatus.REGISTERED,
        owner=OWNER,
        valid_from=NOW,
        recorded_at=NOW,
        resource_card=card if type(card) is type(RESOURCE) else None,
        personal_data_system_card=card if type(card) is type(PERSONAL) else None,
    )
    values = {
        "number": NUMBER,
        "verification_code": CODE,
        "entry": entry,
        "owner_name_az": "Ədliyyə Nazirliyi",
        "owner_name_en": "Ministry of Justice",
        "case_number": "2026/PD-000007",
        "reason": ExtractReason.ENTERED,
        "issued_at": NOW,
        "reissues": None,
    }
    return ExtractDraft(**(values | changes))


@cache
def files(who="operator"):
    key = operator() if who == "operator" else agency()
    return extract_maker(key, issuer=ISSUER, check_url="https://registers.example/check/")(draft())
