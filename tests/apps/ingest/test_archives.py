"""Workbooks and archives: what is in them is read part by part, and bombs and traps are refused with their reason."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from apps.ingest import services
from apps.ingest.errors import FileRejected
from tests.apps.ingest.conftest import csv, line, send


def workbook(rows, **sheets) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive(members) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


TABLE = [["name", "energy_kwh", "gpu_hours"], ["a", 1.5, 2], ["b", 2.5, None]]


def test_a_workbook_is_read_sheet_by_sheet(system):
    upload = send(system, workbook(TABLE, More=[["run", "kwh"], ["c", 3]]), name="runs.xlsx")
    assert (upload.state, upload.format, upload.runs_added) == ("done", "plain_csv", 3)
    assert sum(system.recorded_runs.values_list("energy_kwh", flat=True)) == 7.0
    notes = system.recorded_runs.get(name="c").notes
    assert any("2 More" in note["text"] for note in notes)
    again = send(system, workbook(TABLE), name="same.xlsx")
    assert (again.runs_added, again.runs_duplicate) == (0, 2)


def test_a_formula_without_a_value_is_refused_by_its_row(system):
    upload = send(system, workbook([*TABLE, ["d", "=B2*2", 1]]))
    assert (upload.runs_added, upload.rows_refused) == (2, 1)
    refused = upload.refused.get()
    assert "formula without a stored value" in refused.why
    assert refused.line == 4


def test_an_archive_is_read_file_by_file_and_what_is_unknown_is_said(system):
    packed = archive({"a/emissions.csv": csv([line("x"), line("y")]), "a/notes.txt": "hello"})
    upload = send(system, packed, name="runs.zip")
    assert (upload.state, upload.runs_added, upload.rows_refused) == ("done", 2, 1)
    assert "a/notes.txt" in upload.refused.get().why
    plain = send(system, csv([line("x")]))
    assert (plain.runs_added, plain.runs_duplicate) == (0, 1)


def test_the_folder_of_one_mlflow_run_goes_as_an_archive(system):
    members = {
        "run/meta.yaml": "run_id: 0123456789abcdef0123456789abcdef\nstatus: 3\nstart_time: 1767225600000\n"
        "end_time: 1767229200000\nrun_name: pretrain\n",
        "run/params/lr": "0.1",
        "run/metrics/loss": "1767225600000 1.0 0\n",
        "run/tags/mlflow.user": "somebody",
    }
    upload = send(system, archive(members), name="run.zip")
    assert (upload.state, upload.format, upload.runs_added) == ("done", "mlflow", 1), upload.message


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"../../etc/passwd": "x"}, "outside"),
        ({"/etc/passwd": "x"}, "outside"),
        ({"C:\\evil.csv": "x"}, "outside"),
        ({"/".join("abcdefghijklmn"): "x"}, "too deep"),
        ({f"{n}.csv": "x" for n in range(2_001)}, "at most"),
        ({"a.txt": "hello"}, "known"),
        ({"inner.zip": archive({"a.csv": csv([line("x")])})}, "known"),
        ({}, "known"),
    ],
)
def test_archives_that_are_traps_are_refused(system, members, says):
    upload = send(system, archive(members), name="x.zip")
    assert upload.state == "refused"
    assert says in upload.message
    assert not system.recorded_runs.exists()


def test_a_bomb_is_refused_by_what_comes_out_of_it(system, monkeypatch):
    bomb = archive({"a.csv": b"0" * 20_000_000})
    assert len(bomb) < 100_000
    monkeypatch.setattr("apps.ingest.unpacking.MOST_UNPACKED", 10_000_000)
    assert "larger than 10 MB" in send(system, bomb).message
    book = workbook([["name", "kwh"], *([["x" * 1000, 1]] * 20_000)])
    assert "larger than 10 MB" in send(system, book).message


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_entities_that_multiply_are_refused(system, part):
    lol = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    good = io.BytesIO(workbook(TABLE))
    bad = io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for item in source.infolist():
            content = lol if item.filename == part else source.read(item)
            target.writestr(item.filename, content)
    upload = send(system, bad.getvalue())
    assert upload.state == "refused"
    assert not system.recorded_runs.exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500])
def test_a_torn_archive_is_refused(system, content):
    upload = send(system, content)
    assert upload.state == "refused"
    assert "cannot be opened" in upload.message


def test_a_preview_of_a_workbook_keeps_nothing(system, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(workbook(TABLE))
    name, summary = services.preview(tmp_path / "a.xlsx")
    assert (name, summary.runs, summary.energy_kwh) == ("plain_csv", 2, 4.0)
    assert not system.recorded_runs.exists()


def test_an_archive_of_a_named_format_is_read_as_that(tmp_path):
    (tmp_path / "a.zip").write_bytes(archive({"x.csv": "name,kwh\na,1\n"}))
    with pytest.raises(FileRejected):
        services.preview(tmp_path / "a.zip", "slurm_sacct")
