"""What the fields of an extract and the values of its classifiers are called, in Azerbaijani and English.

The fields and values of a card have the names of `handlers.rules.labels`; here is what only an extract has, by the
names on the wire. A test holds the tables complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from handlers.rules import labels
from handlers.rules.clocks import BAKU
from handlers.rules.labels import Label

TITLE: Final = Label("REYESTRDƏN ÇIXARIŞ", "EXTRACT FROM THE REGISTER")
NUMBER: Final = Label("Çıxarışın nömrəsi", "Extract number")
CODE: Final = Label("Yoxlama kodu", "Verification code")
PAGE: Final = Label("səhifə", "page")
NOTHING: Final = Label("göstərilməyib", "not stated")
ABOUT_EXTRACT: Final = Label("Çıxarış", "Extract")
ABOUT_ENTRY: Final = Label("Reyestr qeydi", "Entry in the register")
BAKU_TIME: Final = Label("Bakı vaxtı", "Baku time")
ZONE: Final = BAKU
HOW_TO_CHECK: Final = Label(
    "Yoxlamaq üçün kodu reyestrin operatoruna bildirin, yaxud bu faylı və ya ona əlavə edilmiş extract.xml faylını "
    "«gateway verify» ilə yoxlayın: hər ikisində operatorun elektron möhürü var.",
    "To check it, give the code to the operator of the register, or run “gateway verify” on this file or on "
    "extract.xml, which is attached to it: both bear the electronic seal of the operator.",
)

FIELDS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        # The extract
        "number": NUMBER,
        "verificationCode": CODE,
        "reason": Label("Verilmə səbəbi", "Reason of issuing"),
        "reissues": Label("Əvəz etdiyi çıxarış", "Issued in place of extract"),
        "issuedAt": Label("Verilmə vaxtı", "Issued at"),
        "issuer": Label("Verən qurum", "Issued by"),
        "checkUrl": Label("Yoxlama ünvanı", "Address for checking"),
        # The entry
        "register": Label("Reyestr", "Register"),
        "entryNumber": Label("Qeydiyyat nömrəsi", "Registration number"),
        "version": Label("Qeydin versiyası", "Version of the entry"),
        "status": Label("Vəziyyəti", "Status"),
        "owner": Label("Sahibi (kodu)", "Owner (code)"),
        "ownerNameAz": Label("Sahibinin adı", "Name of the owner (in Azerbaijani)"),
        "ownerNameEn": Label("Sahibinin adı (ingiliscə)", "Name of the owner"),
        "validFrom": Label("Qüvvəyə minib", "Valid from"),
        "recordedAt": Label("Reyestrə daxil edilib", "Recorded at"),
        "caseNumber": Label("İşin nömrəsi", "Case number"),
        "resourceCard": Label("İnformasiya ehtiyatının vərəqəsi", "Card of the information resource"),
        "personalDataSystemCard": Label(
            "Fərdi məlumatların informasiya sisteminin vərəqəsi", "Card of the personal-data information system"
        ),
    }
)

_REASONS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "ENTERED": Label("qeyd reyestrə daxil edilib", "the version was entered"),
        "REQUESTED": Label("müraciət əsasında", "on request"),
        "REISSUED": Label("təkrar verilib", "issued again"),
    }
)
_OF_TYPES: Final = {record.__name__: table for record, table in labels.FIELDS.items()}
VALUES: Final[Mapping[str, Mapping[str, Label]]] = MappingProxyType(
    {each.__name__: table for each, table in labels.VALUES.items()} | {"ExtractReason": _REASONS}
)
"""By the type's name in the contract."""


def field_label(type_name: str, field: str) -> Label:
    """What a field is called, in a card or its parts as everywhere; raises `KeyError` for one that has no label."""
    return (_OF_TYPES.get(type_name) or FIELDS)[field]
