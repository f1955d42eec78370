"""The records of the handlers and the declared types say the same, field by field."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.contract import answers
from gateway.contract.codec import snake_case
from gateway.contract.model import ComplexType, Field, SimpleType
from gateway.contract.registry import OPERATIONS, Operation
from gateway.contract.services import ROOTS
from handlers.cases.history import CaseHistory
from handlers.imports.model import ImportedEntries
from handlers.messages import RequestContext
from handlers.registration.model import AppealApplication, DestructionProof, RegistrationApplication, Withdrawal

OPERATION_LIST = list(OPERATIONS.values())
NAMES = [operation.qualified_name for operation in OPERATION_LIST]
BASES = {
    "string": msgspec.inspect.StrType,
    "int": msgspec.inspect.IntType,
    "long": msgspec.inspect.IntType,
    "date": msgspec.inspect.DateType,
    "dateTime": msgspec.inspect.DateTimeType,
    "boolean": msgspec.inspect.BoolType,
    "base64Binary": msgspec.inspect.BytesType,
}


def differences(declared: ComplexType, record: type, path: str = "") -> list[str]:
    info = msgspec.inspect.type_info(record)
    wire = {field.encode_name: field for field in info.fields}
    fields = {field.name: field for field in declared.fields}
    found = [f"{path}/{name}: only on one side" for name in wire.keys() ^ fields.keys()]
    for name in wire.keys() & fields.keys():
        found += field_differences(fields[name], wire[name], f"{path}/{name}")
    return found


def field_differences(declared: Field, wire: Any, path: str) -> list[str]:
    found = []
    if snake_case(declared.name) != wire.name:
        found.append(f"{path}: {wire.name} is not the snake case of the element")
    kind, may_be_none = without_none(wire.type)
    absent = (declared.least == 0 or declared.choice is not None) and not declared.repeated
    if absent and not (may_be_none and not wire.required):
        found.append(f"{path}: may be absent on the wire, not in the record")
    if not absent and may_be_none:
        found.append(f"{path}: may be None in the record, never absent on the wire")
    if declared.repeated != isinstance(kind, msgspec.inspect.VarTupleType):
        return [*found, f"{path}: a list on one side only"]
    if declared.repeated:
        kind = kind.item_type
    return [*found, *type_differences(declared.type, kind, path)]


def type_differences(declared: SimpleType | ComplexType, kind: Any, path: str) -> list[str]:
    if isinstance(declared, ComplexType):
        if not isinstance(kind, msgspec.inspect.StructType):
            return [f"{path}: a structure on the wire only"]
        return differences(declared, kind.cls, path)
    if declared.values:
        same = isinstance(kind, msgspec.inspect.EnumType) and [member.value for member in kind.cls] == [
            value for value, _ in declared.values
        ]
        return [] if same else [f"{path}: other values"]
    return [] if isinstance(kind, BASES[declared.base]) else [f"{path}: {declared.base} against {kind}"]


def without_none(kind: Any) -> tuple[Any, bool]:
    if not isinstance(kind, msgspec.inspect.UnionType):
        return kind, False
    others = [member for member in kind.types if not isinstance(member, msgspec.inspect.NoneType)]
    assert len(others) == 1
    return others[0], True


def without_context(operation: Operation) -> ComplexType:
    context, *others = operation.declared_request.fields
    assert context.name == "context"
    return ComplexType("", operation.name, "", tuple(others))


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
def test_a_request_record_has_exactly_the_fields_that_follow_the_context(operation: Operation):
    assert differences(without_context(operation), operation.request_type) == []


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
def test_an_answer_record_has_exactly_the_fields_of_the_response(operation: Operation):
    assert differences(operation.declared_response, operation.answer_type) == []


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
def test_every_request_begins_with_the_context(operation: Operation):
    context = operation.declared_request.fields[0]
    purpose = next(field for field in context.type.fields if field.name == "purpose")
    found = differences(context.type, RequestContext)

    assert purpose.least == (1 if operation.name == "CheckDocuments" else 0)
    expected = ["/purpose: may be None in the record, never absent on the wire"] if purpose.least else []
    assert found == expected


@pytest.mark.parametrize(
    ("root", "record"),
    [
        ("registrationApplication", RegistrationApplication),
        ("appealApplication", AppealApplication),
        ("withdrawal", Withdrawal),
        ("destructionProof", DestructionProof),
        ("entries", ImportedEntries),
        ("receipt", answers.ReceiptDocument),
        ("extract", answers.ExtractDocument),
        ("caseHistory", CaseHistory),
        ("fault", answers.FaultDetail),
    ],
)
def test_a_document_that_stands_alone_has_the_fields_of_its_record(root: str, record: type):
    assert differences(ROOTS[root], record) == []


def test_every_root_is_compared():
    assert set(ROOTS) == {
        "registrationApplication",
        "appealApplication",
        "withdrawal",
        "destructionProof",
        "entries",
        "receipt",
        "extract",
        "caseHistory",
        "fault",
    }


def test_the_comparison_can_fail():
    found = differences(ROOTS["fault"], answers.Refusal)

    assert "/faultId: only on one side" in found
    assert "/indication: only on one side" in found
