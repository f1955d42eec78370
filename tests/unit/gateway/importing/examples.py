"""Files of entries, sound ones, for the tests to spoil one thing of."""

from __future__ import annotations

from gateway.importing.source import identify, read_rows

COLUMNS = {
    "oldNumber": "12/1999",
    "registeredOn": "31.12.1999",
    "entryStatus": "",
    "note": "",
    "shortName": "ƏDR",
    "name": "Əhalinin Dövlət Reyestri",
    "purpose": "Əhalinin vahid uçotu",
    "owner": "JUSTICE",
    "legalActs[1].type": "LAW",
    "legalActs[1].reference": "998-IIIQ",
    "legalActs[1].title": "Fərdi məlumatlar haqqında",
    "status": "IN_USE",
    "statusDate": "2001-02-03",
}
PERSONAL = {
    "shortName": "NOTARİAT",
    "name": "Notariat informasiya sistemi",
    "purpose": "Notariat hərəkətlərinin uçotu",
    "owner": "JUSTICE",
    "legalActs[1].type": "law",
    "legalActs[1].reference": "998-IIIQ",
    "legalActs[1].title": "Fərdi məlumatlar haqqında",
    "subjectCategories": "müraciət edənlər | vərəsələr",
    "dataCategories": "soyad, ad",
    "confidentiality": "confidential",
    "subjectCount": "250 000",
    "manner": "avtomatlaşdırılmış",
    "databasePlace": "Bakı",
    "retention": "75 il",
    "biometrics": "xeyr",
    "usesFin": "Bəli",
    "responsiblePerson": "Aygün Məmmədova",
    "startDate": "1.2.2012",
    "stopCondition": "qanunla",
    "kind": "new",
}
CARD = (
    "<resourceCard><shortName>{name}</shortName><name>n</name><purpose>p</purpose><owner>JUSTICE</owner>"
    "<legalActs><type>LAW</type><reference>1</reference><title>t</title></legalActs>"
    "<status>IN_USE</status><statusDate>2001-01-01</statusDate></resourceCard>"
)


def table(*rows, delimiter=";", columns=COLUMNS, **cells) -> str:
    """A CSV text with `columns` and, for each of `rows`, their cells with changes; one sound row when none is given."""
    lines = [delimiter.join(columns)]
    for row in rows or ({},):
        values = {**columns, **cells, **row}
        lines.append(delimiter.join(f'"{values[name].replace(chr(34), chr(34) * 2)}"' for name in columns))
    return "\r\n".join(lines) + "\r\n"


def document(*entries: str, root="entries") -> str:
    """An XML text of `entries`; one sound one when none is given."""
    inside = "\n".join(entries or (entry(),))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="urn:state-register:types:v1">\n{inside}\n</{root}>'


def entry(name="ƏDR", before="<oldNumber>12/1999</oldNumber>") -> str:
    return f"<entry>{before}{CARD.format(name=name)}</entry>"


def rows_of(folder, content, register=None):
    """The rows of a file with `content`, text or bytes."""
    path = folder / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path, identify(path), register=register, progress=lambda _: None))
