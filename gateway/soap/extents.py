"""What a request reaches into: the registers and the document types that it names. Rights are judged by this.

Where a request may touch more than it names, it reaches into every one.
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.documents.model import DocumentQuestion, InvalidDocumentReport
from handlers.parties.rights import EVERY, Extent
from handlers.registration.model import AppealApplication, Register, RegistrationApplication
from handlers.rules.numbering import register_of_number

NOWHERE = Extent()
"""Of requests that are about no register and no document."""


def of_application(application: RegistrationApplication | AppealApplication) -> Extent:
    """The register that is applied to; of an appeal, the one whose entry it is about."""
    if isinstance(application, AppealApplication):
        return of_number(application.entry_number)
    return of_register(application.register)


def of_number(number: str) -> Extent:
    """The register of a registration number or an incoming number; every one when it has the form of none."""
    return of_register(register_of_number(number))


def of_register(register: Register | None) -> Extent:
    """That register; every one when none is named."""
    if register is None:
        return Extent(registers=frozenset({EVERY}))
    return Extent(registers=frozenset({register.value}))


def of_reports(reports: Iterable[InvalidDocumentReport]) -> Extent:
    """The types of the reported documents."""
    return Extent(document_types=frozenset(each.document_type for each in reports))


def of_questions(questions: Iterable[DocumentQuestion]) -> Extent:
    """The types of the documents asked about.

    A question by machine-readable zone alone is answered from records of any type, so it reaches into every one. One
    that names neither zone nor type is not answered at all.
    """
    return Extent(
        document_types=frozenset(
            EVERY if each.document_type is None else each.document_type
            for each in questions
            if each.document_type is not None or each.mrz is not None
        )
    )
