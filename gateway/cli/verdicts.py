"""What a reader must know of a verdict beside its code and its facts, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.cli.language import t

if TYPE_CHECKING:
    from gateway.security.inspection import Report

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "RECEIPT.GATEWAY.NONE_KNOWN": (
            "No gateway is known here, so nobody can say whose receipt this is: give --gateway CERT.pem.",
            "Burada heç bir şlüz tanınmır, qəbzin kimə məxsus olduğunu demək olmur: --gateway CERT.pem verin.",
        ),
        "RECEIPT.GATEWAY.UNKNOWN": (
            "The seal is not a known gateway's: anybody with a trusted certificate can make such a file.",
            "Möhür tanınan şlüzün deyil: etibar edilən sertifikatı olan hər kəs belə fayl düzəldə bilər.",
        ),
        "HISTORY.GATEWAY.NONE_KNOWN": (
            "No gateway is known here, so nobody can say whose seal this is: give --gateway CERT.pem.",
            "Burada heç bir şlüz tanınmır, möhürün kimə məxsus olduğunu demək olmur: --gateway CERT.pem verin.",
        ),
        "HISTORY.GATEWAY.UNKNOWN": (
            "The seal is not a known gateway's: anybody with a trusted certificate can make such a history.",
            "Möhür tanınan şlüzün deyil: etibar edilən sertifikatı olan hər kəs belə tarixçə düzəldə bilər.",
        ),
        "HISTORY.SCHEMA": (
            "The seal holds, but what it is on does not have the form of the history of a case.",
            "Möhür düzgündür, lakin möhürlənən sənəd işin tarixçəsi formasında deyil.",
        ),
        "HISTORY.FILE.DIGEST": (
            "The file in the history is not the one whose digest was noted on receipt.",
            "Tarixçədəki fayl qəbul edilərkən həşi qeydə alınmış fayl deyil.",
        ),
        "EXTRACT.SEAL": (
            "An extract bears the XAdES seal of the operator: this is a file that somebody signed in another way.",
            "Çıxarışda operatorun XAdES möhürü olur: bu, kiminsə başqa cür imzaladığı fayldır.",
        ),
        "EXTRACT.OPERATOR.NONE_KNOWN": (
            "No operator is known here, so nobody can say who issued this extract: give --gateway CERT.pem.",
            "Burada heç bir operator tanınmır, çıxarışı kimin verdiyini demək olmur: --gateway CERT.pem verin.",
        ),
        "EXTRACT.OPERATOR.UNKNOWN": (
            "The seal is not the operator's: anybody with a trusted certificate can make such an extract.",
            "Möhür operatorun deyil: etibar edilən sertifikatı olan hər kəs belə çıxarış düzəldə bilər.",
        ),
        "EXTRACT.SCHEMA": (
            "The seal holds, but what it is on does not have the form of an extract.",
            "Möhür düzgündür, lakin möhürlənən sənəd çıxarış formasında deyil.",
        ),
        "EXTRACT.TIME": (
            "The seal was not made when the extract says that it was issued.",
            "Möhür çıxarışda göstərilən verilmə vaxtında qoyulmayıb.",
        ),
        "DOC.REF.DIGEST": (
            "The content of the file was changed after it was signed.",
            "Faylın məzmunu imzalandıqdan sonra dəyişdirilib.",
        ),
        "PDF.UNREADABLE": ("The file is no PDF that can be read whole.", "Fayl tam oxuna bilən PDF deyil."),
        "PDF.SEAL.MISSING": ("The PDF bears no seal.", "PDF faylında möhür yoxdur."),
        "PDF.SEAL.TWICE": (
            "The PDF bears more than one signature; an extract bears the operator's seal alone.",
            "PDF faylında birdən çox imza var; çıxarışda yalnız operatorun möhürü olur.",
        ),
        "PDF.SEAL.DIGEST": (
            "The PDF was changed after it was sealed.",
            "PDF faylı möhürləndikdən sonra dəyişdirilib.",
        ),
        "PDF.SEAL.VALUE": (
            "The seal was not made with the key of the certificate it names.",
            "Möhür göstərilən sertifikatın açarı ilə yaradılmayıb.",
        ),
        "PDF.SEAL.RANGE": (
            "The seal does not cover the whole file: something was added to it or cut from it.",
            "Möhür bütün faylı əhatə etmir: fayla nə isə əlavə edilib və ya ondan nə isə çıxarılıb.",
        ),
        "PDF.SEAL.GAP": (
            "Something stands in the file where nothing but the seal may stand.",
            "Faylda yalnız möhürün olmalı olduğu yerdə başqa məlumat var.",
        ),
        "PDF.SEAL.FORM": (
            "The seal does not have the one form that the operator writes: something may have been put into it.",
            "Möhür operatorun yazdığı yeganə formada deyil: ona nə isə əlavə edilmiş ola bilər.",
        ),
        "PDF.UPDATED": (
            "The PDF was added to after it was sealed.",
            "PDF faylına möhürləndikdən sonra əlavə edilib.",
        ),
        "PDF.ATTACHMENT": (
            "The attached extract.xml is missing, or its own seal does not hold.",
            "Əlavə edilmiş extract.xml yoxdur və ya onun öz möhürü düzgün deyil.",
        ),
        "PDF.CONTENT": (
            "What the PDF shows is not what the sealed extract.xml says.",
            "PDF faylında göstərilənlər möhürlənmiş extract.xml faylında deyilənlər deyil.",
        ),
        "PDF.CONTENT.ADDED": (
            "The PDF shows or does something that is no part of an extract.",
            "PDF faylında çıxarışa aid olmayan hissə var.",
        ),
        "PDF.LAYOUT.OTHER": (
            "The seals hold. Another release laid the PDF out: read its pages beside what extract.xml says.",
            "Möhürlər düzgündür. PDF başqa buraxılışla tərtib edilib: səhifələri extract.xml ilə tutuşdurun.",
        ),
    }
)
"""By the code of a reason, English first."""
_CODE: Final = re.compile(r"\b[A-Z]+(?:\.[A-Z_0-9]+)+\b")


def notes(report: Report) -> Iterator[str]:
    """Each note on a report, in the reader's language."""
    for told in (report.reason, report.unchecked):
        for code in _CODE.findall(told or ""):
            if code in _WORDS:
                yield t(*_WORDS[code])
    if report.expired_since is not None and report.stamped_at is None:
        day = report.expired_since.date()
        yield t(
            f"The certificate expired on {day}. That this was signed before, only the file itself says: it bears no "
            "time stamp of a third party.",
            f"Sertifikatın müddəti {day} tarixində bitib. Daha əvvəl imzalandığını yalnız faylın özü bildirir: üçüncü "
            "tərəfin vaxt möhürü yoxdur.",
        )


def what_an_extract_proves(report: Report) -> str:
    """What a valid extract says, and what only the register can."""
    at = report.judged_at.isoformat(timespec="seconds")
    return t(
        f"So the register stood at {at}. Whether it still does, the operator tells by the verification code.",
        f"Reyestrin vəziyyəti {at} anında belə olub. İndi necə olduğunu operator yoxlama koduna görə bildirir.",
    )
