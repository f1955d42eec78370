"""What `call` is to ask: fields, a JSON or XML file, or an application that a representative confirms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import uuid4

from lxml import etree

from gateway.cli.elements import element
from gateway.cli.failures import UsageError, told
from gateway.cli.fields import Tree, read_fields
from gateway.cli.language import t
from gateway.cli.operations import find
from gateway.contract.codec import compile_decoder
from gateway.contract.model import TYPES_NAMESPACE, ComplexType
from gateway.contract.services import ROOTS
from gateway.faults import RefusalError
from gateway.security.sign import SigningKey
from gateway.security.xades import sign_application
from gateway.security.xades_rules import SignaturePolicy
from gateway.security.xades_sign import Stamp
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import DS
from gateway.xml.parser import BULK, parse

_REGISTRATION: Final = "registrationApplication"
_APPEAL: Final = "appealApplication"
_CONFIRMED: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        "SubmitRegistration": {_REGISTRATION: ("application", "signedApplication")},
        "SubmitAppeal": {_APPEAL: ("application", "signedApplication")},
        "Resubmit": {_REGISTRATION: ("application", "signedApplication"), _APPEAL: ("appeal", "signedApplication")},
        "WithdrawCase": {"withdrawal": ("withdrawal", "signedWithdrawal")},
        "FileDestructionProof": {"destructionProof": ("proof", "signedProof")},
    }
)
"""What a representative confirms for each of these operations: the element of the file, and the fields of the request
that take it as structure and as signed file."""
_TOLD_BY: Final = {
    "register": _REGISTRATION,
    "entryNumber": _APPEAL,
    "destroyedOn": "destructionProof",
    "reason": "withdrawal",
}
"""The field by which JSON shows what it is, the first that it has."""

_VALIDATED: Final = {"registrationApplication": "application", "appealApplication": "appealApplication"}
"""Where ValidateCard takes an application that nobody signed, by the element of its file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request as it was put on the command line."""

    service: str
    operation: str
    fields: list[str] = field(default_factory=list)
    file: Path | None = None
    person: str | None = None
    purpose: str | None = None
    structure: bool = False
    """Send an application as structure, confirmed by password, instead of as signed file."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs an application file, and how."""

    key: SigningKey
    stamp: Stamp | None = None
    """Obtains a time stamp; None: the signature is not time-stamped."""
    policy: SignaturePolicy | None = None
    """The signature policy to state."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The operation's element, ready to be signed."""

    element: bytes
    needs_password: bool
    """An application stands in it as structure."""


def payload_of(wanted: Wanted, signatory: Signatory | None, now: datetime) -> Payload:
    """Make the element; raises `UsageError` for what the contract does not know.

    `signatory` signs an application file that is not signed yet.
    """
    _, declared = find(wanted.service, wanted.operation)
    values: Tree = {}
    if wanted.file is not None:
        content = wanted.file.read_bytes()
        if content.lstrip()[:1] in (b"{", b"["):
            values = _from_json(content, wanted, signatory, now)
        else:
            root = _parse(content, wanted.file)
            if etree.QName(root).localname == declared.name:
                return _as_it_is(root, wanted)
            values = _from_application(root, content, wanted, signatory, now)
    _refuse_twice(wanted, declared.request)
    values = read_fields(wanted.fields, values)
    context = {"requestId": str(uuid4()), "representative": wanted.person, "purpose": wanted.purpose}
    values["context"] = {name: value for name, value in context.items() if value is not None} | _context(
        declared.request, values
    )
    _require_purpose(declared.request, values)
    return Payload(element(declared.name, declared.request, values), bool(_structures_of(declared.name) & set(values)))


def _structures_of(operation: str) -> set[str]:
    return {structure for structure, _ in _CONFIRMED.get(operation, {}).values()}


def _parse(content: bytes, file: Path) -> etree._Element:
    try:
        return parse(content, BULK)
    except RefusalError as error:
        raise UsageError(
            t(f"{file} is no XML that can be sent: {told(error)}", f"{file} göndərilə bilən XML deyil: {told(error)}")
        ) from error


def _context(of: ComplexType, values: Tree) -> Tree:
    """The fields of the context, those too that were given without its name, as in `purpose=BORDER_CONTROL`."""
    own = {each.name for each in of.fields}
    context_type = _context_type(of)
    short = {each.name for each in context_type.fields} - own
    moved = {name: values.pop(name) for name in list(values) if name in short}
    given = values.get("context", {})
    if not isinstance(given, dict):
        raise UsageError(
            t(
                "context has parts: context.purpose=… for example.",
                "context hissələrdən ibarətdir: məsələn context.purpose=….",
            )
        )
    return moved | given


def _refuse_twice(wanted: Wanted, of: ComplexType) -> None:
    """A field of the context can be given by option, by its name alone, and by its path; only once, all the same."""
    known = {each.name for each in _context_type(of).fields}
    short = known - {each.name for each in of.fields}
    given = [name for name, value in (("representative", wanted.person), ("purpose", wanted.purpose)) if value]
    for assignment in wanted.fields:
        path = assignment.partition("=")[0]
        name = path.removeprefix("context.")
        if name in (short if name == path else known):
            given.append(name)
    for name in given:
        if given.count(name) > 1:
            raise UsageError(t(f"{name} of the context is given twice.", f"Kontekstin {name} sahəsi iki dəfə verilib."))


def _context_type(of: ComplexType) -> ComplexType:
    context = next(each.type for each in of.fields if each.name == "context")
    assert isinstance(context, ComplexType)
    return context


def _as_it_is(root: etree._Element, wanted: Wanted) -> Payload:
    if wanted.fields:
        raise UsageError(
            t(
                "The file holds the whole request: change it there, or leave the fields away.",
                "Faylda bütün sorğu var: dəyişikliyi orada edin və ya sahələri verməyin.",
            )
        )
    name = etree.QName(root)
    found = (root.find(f"{{{name.namespace}}}{field}") for field in _structures_of(name.localname))
    return Payload(canonical(root), any(each is not None for each in found))


def _from_json(content: bytes, wanted: Wanted, signatory: Signatory | None, now: datetime) -> Tree:
    try:
        tree = json.loads(content)
    except ValueError as error:
        raise UsageError(t(f"{wanted.file} is not JSON: {error}.", f"{wanted.file} JSON deyil: {error}.")) from error
    if not isinstance(tree, dict):
        raise UsageError(
            t(f"{wanted.file} must hold a JSON object.", f"{wanted.file} faylında JSON obyekti olmalıdır.")
        )
    name = next((root for field, root in _TOLD_BY.items() if field in tree), None)
    if wanted.operation == "ValidateCard" and name in _VALIDATED:
        return {_VALIDATED[name]: tree}
    if name is None or name not in _CONFIRMED.get(wanted.operation, {}):
        return tree
    structure, signed = _CONFIRMED[wanted.operation][name]
    if wanted.structure:
        return {structure: tree}
    return {signed: _signed(element(name, ROOTS[name], tree), signatory, now)}


def _from_application(
    root: etree._Element, content: bytes, wanted: Wanted, signatory: Signatory | None, now: datetime
) -> Tree:
    name = etree.QName(root).localname
    if wanted.operation == "ValidateCard" and name in _VALIDATED:
        return _to_validate(root, content)
    forms = _CONFIRMED.get(wanted.operation, {})
    if name not in forms or root.tag != f"{{{TYPES_NAMESPACE}}}{name}":
        expected, found = ", ".join((wanted.operation, *forms)), etree.QName(root).text
        raise UsageError(
            t(
                f"The file's root is {found}; this operation takes {expected}.",
                f"Faylın kök elementi {found}; bu əməliyyat üçün gərəkli: {expected}.",
            )
        )
    structure, signed = forms[name]
    if next(root.iter(f"{{{DS}}}Signature"), None) is not None:
        return {signed: content}
    if wanted.structure:
        return {structure: compile_decoder(ROOTS[name])(root)}
    return {signed: _signed(canonical(root), signatory, now)}


def _to_validate(root: etree._Element, content: bytes) -> Tree:
    """A file that is signed is validated as file, one that is not as what it holds; nobody signs for that."""
    if next(root.iter(f"{{{DS}}}Signature"), None) is not None:
        return {"signedApplication": content}
    name = etree.QName(root).localname
    return {_VALIDATED[name]: compile_decoder(ROOTS[name])(root)}


def _signed(document: bytes, signatory: Signatory | None, now: datetime) -> bytes:
    if signatory is None:
        raise UsageError(
            t(
                "Say who signs the application with --person FIN (or send it with --structure and a password).",
                "Müraciəti kimin imzaladığını --person FIN ilə göstərin (və ya --structure və parolla göndərin).",
            )
        )
    return sign_application(document, signatory.key, now, stamp=signatory.stamp, policy=signatory.policy)


def _require_purpose(of: ComplexType, values: Tree) -> None:
    """A purpose is never made up: it goes to the log of checks."""
    from handlers.rules.classifiers import PURPOSES

    required = any(each.name == "purpose" and each.least for each in _context_type(of).fields)
    if required and not values["context"].get("purpose"):
        codes = " | ".join(row.code for row in PURPOSES)
        raise UsageError(
            t(f"Say for which legal purpose: --purpose {codes}.", f"Hüquqi məqsədi göstərin: --purpose {codes}.")
        )
