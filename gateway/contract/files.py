"""The elements that stand alone: applications as files, the receipt, the extract, the detail of a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from lxml import etree

from gateway.contract.answers import ExtractDocument, FaultDetail, ReceiptDocument
from gateway.contract.codec import compile_decoder, compile_encoder
from gateway.contract.explain import explain
from gateway.contract.model import TYPES_NAMESPACE
from gateway.contract.schema import schema_name
from gateway.contract.services import ROOTS
from gateway.contract.validation import ThreadSchema, Validation
from gateway.faults import FieldError
from handlers.cases.history import CaseHistory
from handlers.registration.model import (
    AppealApplication,
    Defect,
    DestructionProof,
    RegistrationApplication,
    Withdrawal,
)

Application = RegistrationApplication | AppealApplication | Withdrawal | DestructionProof
"""What a representative confirms as a file."""

_SCHEMA: Final = ThreadSchema(schema_name(TYPES_NAMESPACE))
_TYPES: Final[Mapping[str, type[Application]]] = MappingProxyType(
    {
        "registrationApplication": RegistrationApplication,
        "appealApplication": AppealApplication,
        "withdrawal": Withdrawal,
        "destructionProof": DestructionProof,
    }
)
_ELEMENTS: Final = {record: element for element, record in _TYPES.items()}
_DECODERS: Final = {
    f"{{{TYPES_NAMESPACE}}}{name}": (name, Validation(_SCHEMA, ROOTS[name]), compile_decoder(ROOTS[name]))
    for name in _TYPES
}
_RECEIPT_DECODER: Final = compile_decoder(ROOTS["receipt"])
_EXTRACT_DECODER: Final = compile_decoder(ROOTS["extract"])
_HISTORY_DECODER: Final = compile_decoder(ROOTS["caseHistory"])
_ENCODERS: Final[Mapping[str, Callable[[Any], bytes]]] = {name: compile_encoder(of, name) for name, of in ROOTS.items()}

_TEXTS_AZ: Final[Mapping[str, str]] = MappingProxyType(
    {
        "attribute": "Atributlara icazə verilmir.",
        "choice": "Variantlardan yalnız biri göstərilməlidir.",
        "enumeration": "Dəyər icazə verilən siyahıda yoxdur.",
        "length": "Mətnin uzunluğu icazə verilən həddə deyil.",
        "namespace": "Element başqa ad fəzasındadır.",
        "occurrences": "Element icazə veriləndən çox təkrarlanır.",
        "order": "Elementlərin ardıcıllığı düzgün deyil.",
        "pattern": "Dəyər tələb olunan formaya uyğun deyil.",
        "range": "Ədəd icazə verilən həddə deyil.",
        "required": "Məcburi element göstərilməyib.",
        "root": "Faylın kök elementi gözlənilən element deyil.",
        "text": "Elementin məzmunu düzgün deyil.",
        "type": "Dəyərin növü düzgün deyil.",
        "unexpected": "Burada belə element yoxdur.",
    }
)
_TEXT_AZ: Final = "Elan edilmiş sxemə uyğun deyil."


class ApplicationError(Exception):
    """The file is no application that follows the published schema."""

    def __init__(self, fields: tuple[FieldError, ...]) -> None:
        self.fields = fields
        super().__init__(f"{len(fields)} field errors")

    @property
    def defects(self) -> tuple[Defect, ...]:
        """The same for people, in both languages."""
        return as_defects(self.fields)


class ReceiptError(Exception):
    """The file is no receipt that follows the published schema."""


class ExtractError(Exception):
    """The file is no extract that follows the published schema."""


class HistoryError(Exception):
    """The file is no history of a case that follows the published schema."""


def decode_application(element: etree._Element) -> Application:
    """Read the root of an application file, its signature already taken out.

    Raises `ApplicationError` with every breach when it is another element or breaks the schema.
    """
    known = _DECODERS.get(str(element.tag))
    if known is None:
        text = f"Must be {' or '.join(_TYPES)} in the namespace {TYPES_NAMESPACE}."
        raise ApplicationError((FieldError("/", "root", text),))
    name, validation, decode = known
    fields = validation.breaches(element)
    if fields:
        raise ApplicationError(fields)
    return msgspec.convert(decode(element), _TYPES[name])


def encode_application(application: Application) -> bytes:
    """The file a representative signs: exclusive canonical XML without a declaration."""
    return _ENCODERS[_ELEMENTS[type(application)]](application)


def encode_receipt(receipt: ReceiptDocument) -> bytes:
    """The receipt before it is sealed; the enveloped signature is to be appended as the last child of the root."""
    return _ENCODERS["receipt"](receipt)


def decode_receipt(element: etree._Element) -> ReceiptDocument:
    """Read the root of a receipt, its signature inside or taken out; raises `ReceiptError` when it is none."""
    if element.tag != f"{{{TYPES_NAMESPACE}}}receipt" or not _SCHEMA.compiled.validate(element):
        raise ReceiptError("not a receipt that follows the published schema")
    return msgspec.convert(_RECEIPT_DECODER(element), ReceiptDocument)


def encode_extract(extract: ExtractDocument) -> bytes:
    """The extract before it is sealed; the enveloped XAdES signature is to be the last child of its root."""
    return _ENCODERS["extract"](extract)


def decode_extract(element: etree._Element) -> ExtractDocument:
    """Read the root of an extract, its signature inside or taken out; raises `ExtractError` when it is none."""
    if element.tag != f"{{{TYPES_NAMESPACE}}}extract":
        raise ExtractError("not an extract")
    if not _SCHEMA.compiled.validate(element):
        where = ", ".join(f"{each.path} ({each.rule})" for each in explain(ROOTS["extract"], element))
        raise ExtractError(f"not an extract that follows the published schema: {where}")
    return msgspec.convert(_EXTRACT_DECODER(element), ExtractDocument)


def encode_history(history: CaseHistory) -> bytes:
    """The history of a case before it is sealed, as `encode_receipt`."""
    return _ENCODERS["caseHistory"](history)


def decode_history(element: etree._Element) -> CaseHistory:
    """Read the root of a case's history, its signature inside or taken out; raises `HistoryError` when it is none."""
    if element.tag != f"{{{TYPES_NAMESPACE}}}caseHistory" or not _SCHEMA.compiled.validate(element):
        raise HistoryError("not the history of a case that follows the published schema")
    return msgspec.convert(_HISTORY_DECODER(element), CaseHistory)


def encode_fault(detail: FaultDetail) -> bytes:
    """The element that stands in the detail of a SOAP fault."""
    return _ENCODERS["fault"](detail)


def as_defects(fields: Iterable[FieldError]) -> tuple[Defect, ...]:
    """Field errors as defects of a document, in Azerbaijani and English."""
    return tuple(
        Defect(
            path=field.path,
            rule=f"contract.{field.rule}",
            text_az=_TEXTS_AZ.get(field.rule, _TEXT_AZ),
            text_en=field.text,
        )
        for field in fields
    )
