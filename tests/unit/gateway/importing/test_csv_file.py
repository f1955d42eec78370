"""What is read of CSV files, clean ones and dirty ones."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.importing.errors import ImportFileError
from gateway.importing.template import template
from handlers.registration.model import (
    Confidentiality,
    EntryStatus,
    LegalActType,
    LifeCycleStatus,
    Register,
    SystemKind,
)
from tests.unit.gateway.importing.examples import COLUMNS, PERSONAL, rows_of, table


def one(folder, content, register=None):
    rows = rows_of(folder, content, register)
    assert len(rows) == 1
    return rows[0]


def wrong(row):
    return [(defect.path, defect.rule) for defect in row.malformed]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_each_separator_is_found_with_a_mark_of_utf8_or_without(tmp_path, delimiter, mark):
    row = one(tmp_path, mark + table(delimiter=delimiter, name="a;b,c"))
    assert row.malformed == ()
    assert (row.position, row.line) == (1, 2)
    assert (row.entry.old_number, row.entry.registered_on) == ("12/1999", date(1999, 12, 31))
    assert row.entry.status is EntryStatus.REGISTERED
    card = row.entry.resource_card
    assert (card.short_name, card.name, card.status) == ("ƏDR", "a;b,c", LifeCycleStatus.IN_USE)
    assert card.legal_acts[0].type is LegalActType.LAW


def test_cells_are_read_as_spreadsheets_write_them(tmp_path):
    card = one(tmp_path, table(columns=PERSONAL)).entry.personal_data_system_card
    assert card.subject_categories == ("müraciət edənlər", "vərəsələr")
    assert (card.subject_count, card.biometrics, card.uses_fin) == (250_000, False, True)
    assert (card.start_date, card.kind) == (date(2012, 2, 1), SystemKind.NEW)
    assert card.confidentiality is Confidentiality.CONFIDENTIAL


def test_numbered_columns_may_leave_places_empty_and_stand_in_any_order(tmp_path):
    columns = {"topics[2]": "b|c", "topics[1]": "a", "legalActs[3].title": "Qərar", "legalActs[3].type": "DECISION",
               "legalActs[3].reference": "89", **COLUMNS}  # fmt: skip
    card = one(tmp_path, table(columns=columns)).entry.resource_card
    assert card.topics == ("a", "b|c"), "a numbered column holds one text, whatever is in it"
    assert [act.reference for act in card.legal_acts] == ["998-IIIQ", "89"]


def test_rows_that_are_empty_and_comments_above_the_header_do_not_count(tmp_path):
    text = table({}, dict.fromkeys(COLUMNS, ""), {"shortName": "B"})
    rows = rows_of(tmp_path, '# qeyd;;;\r\n"# comment; more"\r\nsep=;\r\n' + text)
    assert [(row.position, row.line) for row in rows] == [(1, 5), (2, 7)]


def test_a_text_over_several_lines_counts_as_one_row(tmp_path):
    rows = rows_of(tmp_path, table({"note": "bir\r\niki"}, {"shortName": "B"}))
    assert [row.line for row in rows] == [2, 4]
    assert "iki" in rows[0].entry.note


def test_every_malformed_field_of_a_row_is_told_at_once_and_the_row_can_be_found(tmp_path):
    row = one(
        tmp_path,
        table(
            shortName="Ə" * 101, owner="no such code", statusDate="31.02.2001", status="GONE", name="",
            **{"legalActs[1].type": "RUMOUR"},
        ),
    )  # fmt: skip
    assert row.entry is None
    assert sorted(wrong(row)) == [
        ("/resourceCard/legalActs[1]/type", "contract.enumeration"),
        ("/resourceCard/name", "contract.required"),
        ("/resourceCard/owner", "contract.pattern"),
        ("/resourceCard/shortName", "contract.length"),
        ("/resourceCard/status", "contract.enumeration"),
        ("/resourceCard/statusDate", "contract.type"),
    ]
    assert all(defect.text_az and defect.text_en for defect in row.malformed)
    assert (row.old_number, row.owner) == ("12/1999", "no such code")
    assert row.register is Register.INFORMATION_RESOURCES


def test_a_field_of_a_megabyte_is_a_defect_of_its_row_only(tmp_path):
    rows = rows_of(tmp_path, table({"purpose": "x" * 1_000_000}, {"shortName": "B"}))
    assert wrong(rows[0]) == [("/resourceCard/purpose", "contract.length")]
    assert rows[1].malformed == ()


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK("http://a.az")', "@SUM(A1)", " =cmd|' /C calc'!A0"])
def test_a_formula_stops_its_row(tmp_path, cell):
    assert wrong(one(tmp_path, table(purpose=cell))) == [("/resourceCard/purpose", "import.formula")]


def test_a_telephone_number_is_no_formula(tmp_path):
    columns = {**COLUMNS, "contacts[1].name": "Aygün", "contacts[1].phone": "+994 12 555-55-55"}
    assert one(tmp_path, table(columns=columns)).malformed == ()


def test_control_characters_are_a_defect_of_their_row(tmp_path):
    assert ("/resourceCard/purpose", "import.characters") in wrong(one(tmp_path, table(purpose="a\x00b\x1bc")))


def test_more_cells_than_columns_are_a_defect(tmp_path):
    assert wrong(one(tmp_path, table().rstrip() + ";;artıq;\r\n")) == [("/", "import.cells")]
    assert one(tmp_path, table().rstrip() + ";;;\r\n").malformed == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n;;;\r\n", "empty"),
        (table().splitlines()[0], "no row"),
        (table(purpose="ş").encode("cp1254", "replace"), "not UTF-8"),
        (table().encode("utf-16"), "not UTF-8"),
        (table().encode() + b"\xff\xfe", "not UTF-8"),
        (table() + '"not closed;a;b\r\nc;d\r\n', "begins on line 3.*quote"),
        (table() + 'a;"b"c;d\r\n', "begins on line 3.*quote"),
        ("a" * 2_000_001, "longer than 2000000"),
        (table().replace("purpose", "porpose"), "'porpose' .did you mean purpose"),
        (table().replace("purpose", "note"), "twice: note"),
        (table(columns={**COLUMNS, "topics": "a", "topics[1]": "b"}), "twice: topics"),
        (table(columns={k: v for k, v in COLUMNS.items() if k not in {"owner", "legalActs[1].title"}}),
         r"missing: owner, legalActs\[1\]\.title"),
        (table().replace("legalActs[1].title", "legalActs[51].title"), "unknown"),
        (table().replace("shortName", "shortName[1]"), "unknown"),
        ("shortName;name;purpose;owner\r\na;b;c;d\r\n", "give --register"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_as_a_whole_with_what_to_change(tmp_path, content, says):
    with pytest.raises(ImportFileError, match=says) as refused:
        rows_of(tmp_path, content)
    assert refused.value.text_az
    assert refused.value.text_az != str(refused.value)


def test_the_register_that_is_named_counts(tmp_path):
    with pytest.raises(ImportFileError, match="PERSONAL_DATA_SYSTEMS"):
        rows_of(tmp_path, table(), Register.PERSONAL_DATA_SYSTEMS)


@pytest.mark.parametrize(
    ("register", "sound"), [(Register.INFORMATION_RESOURCES, COLUMNS), (Register.PERSONAL_DATA_SYSTEMS, PERSONAL)]
)
def test_the_template_can_be_filled_in_and_read(tmp_path, register, sound):
    empty = template(register).decode()
    names = empty.splitlines()[2].split(";")
    assert empty.startswith("\ufeff")
    assert set(sound) <= set(names)
    row = one(tmp_path, empty + ";".join(f'"{sound.get(name, "")}"' for name in names) + "\r\n")
    assert row.malformed == ()
    assert row.entry.register is register
