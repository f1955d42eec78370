"""What is read of XML files, clean ones and hostile ones."""

from __future__ import annotations

import tracemalloc
from datetime import date

import pytest

from gateway.importing.errors import ImportFileError
from gateway.importing.source import identify, read_rows
from handlers.imports.model import ImportFile
from handlers.registration.model import EntryStatus, Register
from tests.unit.gateway.importing.examples import CARD, document, entry, rows_of


def test_entries_are_read_with_what_the_older_register_said(tmp_path):
    before = "<oldNumber>7</oldNumber><registeredOn>1999-12-31</registeredOn><entryStatus>SUSPENDED</entryStatus>"
    rows = rows_of(tmp_path, document(entry("A", before), "<!-- to be seen again -->", entry("B", "")))
    assert [(row.position, row.line, row.malformed) for row in rows] == [(1, 3, ()), (2, 5, ())]
    first = rows[0].entry
    assert (first.old_number, first.registered_on) == ("7", date(1999, 12, 31))
    assert (first.entry_status, first.register) == (EntryStatus.SUSPENDED, Register.INFORMATION_RESOURCES)
    assert rows[1].entry.card.short_name == "B"
    assert rows[1].entry.status is EntryStatus.REGISTERED


def test_a_mark_of_utf8_and_prefixes_change_nothing(tmp_path):
    text = document().replace("<", "<t:").replace("<t:/", "</t:").replace("<t:?", "<?").replace("xmlns=", "xmlns:t=")
    assert rows_of(tmp_path, "\ufeff" + text)[0].malformed == ()


@pytest.mark.parametrize(
    ("content", "path", "rule"),
    [
        (entry("Ə" * 101), "/resourceCard/shortName", "contract.length"),
        ("<entry/>", "/", "contract.choice"),
        (f"<entry>{CARD.format(name='a')}{CARD.format(name='b')}</entry>", "/resourceCard", "contract.occurrences"),
        (entry("a", "<invented>1</invented>"), "/invented", "contract.unexpected"),
        (entry("a").replace("<entry>", '<entry kind="1">'), "/", "contract.attribute"),
        (entry("a", "<entry/>"), "/entry", "contract.unexpected"),
    ],
)
def test_what_breaks_the_contract_is_a_defect_of_its_entry(tmp_path, content, path, rule):
    rows = rows_of(tmp_path, document(content, entry("B")))
    assert (path, rule) in [(defect.path, defect.rule) for defect in rows[0].malformed]
    assert rows[1].malformed == ()


BOMB = '<!DOCTYPE entries [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE = [
    (document().replace("<entries", f"{BOMB}<entries"), "document type declaration"),
    (document().replace("<entries", '<!DOCTYPE entries SYSTEM "http://127.0.0.1/x.dtd"><entries'), "document type"),
    (document().replace("<entries", "<!--" + "x" * 70_000 + f"-->{BOMB}<entries"), "document type declaration"),
    (document(entry("&xxe;")), "well-formed"),
    (document(entry("a"), "<?php echo 1 ?>"), "processing instructions"),
    (document(entry("<?php echo 1 ?>")), "processing instructions"),
    (document(entry("a<!-- b -->c")), "limit|XML.COMMENT"),
    (document(entry("a" * 5_000_000)), "XML.LIMIT.SIZE"),
    (document("<entry>" + "<a>" * 100 + "</a>" * 100 + "</entry>"), "XML.LIMIT.DEPTH"),
    (document("<entry>" + "<a/>" * 20_000 + "</entry>"), "XML.LIMIT.ELEMENTS"),
    (document("<other/>"), "nothing but entry"),
    (document(root="records"), "the root must be entries"),
    (document().replace("types:v1", "types:v9"), "the root must be entries"),
    (document(entry("a"), "text"), "text stands between"),
    (document().replace(">\n<entry", ">text<entry"), "text stands between"),
    (document()[:-5], "well-formed"),
    (document(entry("a"), "<entry><oldNumber></entry>"), "line 4: it is not well-formed"),
    (document() + document()[39:], "well-formed"),
    (document().encode("utf-16"), "not UTF-8"),
    (document(entry("ş")).encode("cp1254", "replace"), "well-formed XML in UTF-8"),
    (document().replace("UTF-8", "windows-1254"), "not UTF-8"),
    ('<entries xmlns="urn:state-register:types:v1"/>', "no entry"),
]


@pytest.mark.parametrize(("content", "says"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_or_broken_file_is_refused(tmp_path, content, says):
    with pytest.raises(ImportFileError, match=says) as refused:
        rows_of(tmp_path, content)
    assert refused.value.text_az


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(number):
        path = tmp_path / f"{number}.xml"
        path.write_text(document(*(entry(f"E{each}") for each in range(number))))
        known = identify(path)
        tracemalloc.start()
        assert sum(row.entry is not None for row in read_rows(path, known, progress=lambda _: None)) == number
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(4_000) < peak(400) + 1_000_000


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "file"
    path.write_text(document())
    with pytest.raises(ImportFileError, match="changed while it was read"):
        list(read_rows(path, ImportFile(name="file", sha256="0" * 64, size=1), progress=lambda _: None))
