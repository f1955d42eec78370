"""`gateway registers import`, `import-undo` and `batches`, as a clerk uses them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from gateway.cli.import_report import plain
from handlers.registration.entries import amend, enter
from handlers.registration.model import EntryStatus
from handlers.store.engine import open_store
from handlers.work import Work
from tests.unit.gateway.importing.examples import COLUMNS, document, entry, table
from tests.unit.handlers.registration.examples import RESOURCE


@pytest.fixture
def file(tmp_path):
    """A file of four rows: sound, of an unknown owner, malformed, and a duplicate of the first."""
    path = tmp_path / "paper.csv"
    path.write_text(
        table(
            {"owner": "MOJ", "shortName": "A", "oldNumber": "1/99"},
            {"owner": "GONE", "shortName": "B", "oldNumber": "2/99"},
            {"owner": "MOJ", "shortName": "C", "oldNumber": "3/99", "note": "=3", "status": "LOST"},
            {"owner": "MOJ", "shortName": "a", "oldNumber": "4/99"},
            columns=COLUMNS | {"contacts[1].name": "Növbətçi", "contacts[1].phone": "+994 12 555 01 00"},
        )
    )
    return path


def work(home, step, *arguments, **options):
    store = open_store(f"sqlite:///{home / 'registers.db'}")
    with store.writing() as connection:
        done = step(Work(connection=connection, now=datetime.now(UTC)), *arguments, **options)
    store.close()
    return done


def lines(result):
    return [" ".join(line.replace("│", " ").split()) for line in result.stdout.splitlines()]


def test_a_clerk_previews_looks_at_rejects_applies_and_finds_the_new_number(sample_home, run, file, tmp_path):
    rejects, report = tmp_path / "rejects.csv", tmp_path / "rows.csv"
    seen = run("registers", "import", str(file), "--rejects", str(rejects), "--by", "Aydan")
    assert seen.exit_code == 0, seen.output
    assert "Nothing was changed. To enter 2 rows:" in seen.stderr
    for line in ("in the file 4", "fit to be entered 2", "stopped 1", "duplicates 1", "entered 0"):
        assert line in lines(seen)
    assert any(line.startswith("2 3 2/99 ready /resourceCard/owner owner.enrolled") for line in lines(seen))
    with rejects.open(encoding="utf-8-sig", newline="") as written:
        told = [(row["row"], row["rule"], bool(row["az"])) for row in csv.DictReader(written, delimiter=";")]
    assert told == [
        ("3", "import.formula", True),
        ("3", "contract.enumeration", True),
        ("4", "import.duplicate.short-name", True),
    ]
    applied = run("registers", "import", str(file), "--apply", "--by", "Rəşad")
    assert applied.exit_code == 0, applied.output
    assert "entered 2" in lines(applied)
    assert "entered by Rəşad" in applied.stdout
    again = run("registers", "import", str(file), "--apply")
    assert (again.exit_code, "entered 2" in lines(again)) == (0, True), "once more changes nothing"
    assert run("registers", "batches", "IMP-000001", "--rows", str(report)).exit_code == 0
    with report.open(encoding="utf-8-sig", newline="") as written:
        given = {row["oldNumber"]: row["entryNumber"] for row in csv.DictReader(written, delimiter=";")}
    assert given["1/99"].startswith("IR-")
    assert given["4/99"] == ""
    found = run("registers", "batches", "--old-number", "1/99")
    assert given["1/99"] in found.stdout
    assert "stopped" in run("registers", "batches", "--old-number", "3/99").stdout
    assert "No batch has" in run("registers", "batches", "--old-number", "77").stderr
    assert "IMP-000001" in run("registers", "batches").stdout


def test_a_file_that_was_changed_since_its_preview_is_not_applied(sample_home, run, file):
    assert run("registers", "import", str(file)).exit_code == 0
    file.write_text(file.read_text().replace("uçotu", "hesabı"))
    refused = run("registers", "import", str(file), "--apply")
    assert refused.exit_code == 1
    assert "no preview of this file as it is now" in refused.stderr
    assert "being looked at" not in run("registers", "batches").stdout


def test_strict_stops_defects_and_belongs_to_the_preview(sample_home, run, file):
    assert "stopped 2" in lines(run("registers", "import", str(file), "--strict"))
    assert run("registers", "import", str(file), "--apply", "--strict").exit_code == 2
    assert "entered 1" in lines(run("registers", "import", str(file), "--apply"))


def test_a_batch_is_undone_as_a_whole_or_not_at_all(sample_home, run, file):
    run("registers", "import", str(file))
    run("registers", "import", str(file), "--apply")
    found = lines(run("registers", "batches", "--old-number", "1/99"))[-1].split()
    number = found[-1]
    work(sample_home, amend, number, status=EntryStatus.SUSPENDED)
    refused = run("registers", "import-undo", "IMP-000001", "--reason", "wrong file")
    assert refused.exit_code == 1
    assert f"{number}  is at version 2 by now" in refused.stdout
    assert "nothing was changed: 1 entries" in refused.stderr
    assert run("registers", "import-undo", "IMP-000001").exit_code == 2, "a reason must be given"
    assert run("registers", "import-undo", "IMP-000007", "--reason", "x").exit_code == 1

    second = file.with_name("second.csv")
    second.write_text(table({"owner": "MOJ", "shortName": "Z", "oldNumber": "9/99"}))
    run("registers", "import", str(second))
    run("registers", "import", str(second), "--apply")
    undone = run("registers", "import-undo", "IMP-000002", "--reason", "wrong file", "--by", "Rəşad")
    assert "IMP-000002 is undone: 1 entries" in undone.stdout
    shown = run("registers", "batches", "IMP-000002").stdout
    assert "undone by Rəşad" in shown
    assert "because: wrong file" in shown
    work(sample_home, enter, replace(RESOURCE, owner="MOJ", short_name="Z"))


def test_a_file_of_xml_is_known_by_what_it_begins_with(sample_home, run, tmp_path):
    path = tmp_path / "entries.txt"
    path.write_text(document(entry("A"), entry("B", "<oldNumber>13</oldNumber>")))
    assert "fit to be entered 2" in lines(run("registers", "import", str(path)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "The file is empty"),
        (table().replace("purpose", "porpose"), "did you mean purpose"),
        (document(entry("&x;")), "cannot be read at line 3"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_line_and_makes_no_batch(sample_home, run, tmp_path, content, says):
    path = tmp_path / "file"
    path.write_text(content)
    refused = run("registers", "import", str(path))
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert "IMP-" not in run("registers", "batches").stdout


def test_a_file_that_breaks_off_behind_the_first_rows_leaves_a_batch_that_says_so(sample_home, run, tmp_path):
    path = tmp_path / "long.csv"
    rows = [{"owner": "MOJ", "shortName": f"A{each}", "oldNumber": str(each)} for each in range(600)]
    path.write_text(table(*rows) + '"not closed')
    refused = run("registers", "import", str(path))
    assert "begins on line 602" in refused.stderr
    assert "cannot be read" in run("registers", "batches").stdout
    assert "begins on line 602" in run("registers", "batches", "IMP-000001").stdout
    assert run("registers", "import", str(path), "--apply").exit_code == 1


def test_the_template_is_printed_and_wrong_usage_is_explained(sample_home, run):
    empty = run("registers", "import", "--template", "PERSONAL_DATA_SYSTEMS")
    assert empty.exit_code == 0
    assert "oldNumber;registeredOn;entryStatus;note;shortName" in empty.stdout
    assert run("registers", "import").exit_code == 2
    assert run("registers", "import", "/does/not/exist.csv").exit_code == 1
    assert run("registers", "import", "a.csv", "--rejects", "./a.csv").exit_code == 2
    assert run("registers", "batches", "--rows", "x.csv").exit_code == 2
    assert run("registers", "batches", "IMP-000001").exit_code == 1


def test_all_of_it_is_said_in_azerbaijani_too(sample_home, run, file, monkeypatch):
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    seen = run("registers", "import", str(file))
    assert "daxil edilə bilən 2" in lines(seen)
    assert "Heç nə dəyişmədi" in seen.stderr
    assert "Sahib qeydiyyatda olan dövlət qurumu deyil" in seen.stdout
    assert "səhv" not in run("registers", "import", str(file), "--apply").stderr
    assert "geri alındı: 2 qeyd" in run("registers", "import-undo", "IMP-000001", "--reason", "səhv").stdout


def test_what_is_written_for_spreadsheets_computes_nothing():
    assert plain(["=1+1", "+994", "-1", "@A", None, 7, "a=b"]) == ["'=1+1", "'+994", "'-1", "'@A", "", "7", "a=b"]


def test_what_is_there_is_not_replaced_and_then_nothing_is_entered(sample_home, run, file, tmp_path):
    rejects = tmp_path / "keys.pem"
    rejects.write_text("kept")
    assert run("registers", "import", str(file)).exit_code == 0
    apply = ("registers", "import", str(file), "--apply", "--rejects", str(rejects))
    refused = run(*apply)
    assert (refused.exit_code, "--force" in refused.stderr, rejects.read_text()) == (1, True, "kept")
    assert "entered 0" in lines(run("registers", "batches", "IMP-000001"))
    assert run(*apply, "--force").exit_code == 0
    assert "entered 2" in lines(run("registers", "batches", "IMP-000001"))
    report = ("registers", "batches", "IMP-000001", "--rows", str(rejects))
    assert run(*report).exit_code == 1
    assert run(*report, "--force").exit_code == 0
    assert "entryNumber" in rejects.read_text(encoding="utf-8-sig")
