"""A table of runs kept by hand: units in the names, decimal commas, and every cell that cannot be used."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.errors import FileRejected
from apps.ingest.importers import detect, plain_csv
from apps.ingest.record import Rejected
from apps.ingest.summary import summarise


@pytest.fixture
def found(tmp_path):
    def read(text):
        path = tmp_path / "runs.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert detect(path) is plain_csv
        return list(plain_csv.read(path))

    return read


def test_units_stand_in_the_names_of_columns(found):
    (run,) = found("name,energy_wh,co2_g,duration_min,gpus,state\na,1500,300,30,8,COMPLETED\n")
    assert (run.energy_kwh, run.emissions_kg, run.duration_s) == (1.5, pytest.approx(0.3), 1800)
    assert run.outcome == "finished"
    assert [note.code for note in run.notes] == ["pue-not-stated"]


def test_gpu_hours_follow_from_count_and_duration_where_no_energy_is_given(found):
    (run,) = found("job_id,energy_kwh,gpus,duration_h\n7,,8,2\n")
    assert (run.energy_kwh, run.gpu_hours) == (None, 16)


def test_semicolons_go_with_decimal_commas_and_german_dates(found):
    (run,) = found("name;start;kwh\nLauf;1.3.2026 12:00;1,5\n")
    assert run.energy_kwh == 1.5
    assert run.started_at.isoformat() == "2026-03-01T12:00:00"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,x,", "“x” in column energy_kwh is not a number"),
        ("a,-1,", "not a number from 0"),
        ("a,nan,", "not a number from 0"),
        ("a,,", "neither energy nor GPU-hours"),
        ("a,1,yesterday", "is not a time"),
        ("a,1,2026-03-01,more", "more cells than the heading"),
        ("=cmd(),=1+1,", "“=1+1” in column energy_kwh is not a number"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_the_others_stay(found, row, why):
    good, bad = found(f"name,energy_kwh,start\ngood,1,\n{row}\n")
    assert good.energy_kwh == 1
    assert isinstance(bad, Rejected)
    assert bad.line == 3
    assert why in bad.why


def test_a_run_that_ends_before_it_starts_is_refused(found):
    (row,) = found("name,kwh,start,end\na,1,2026-03-02,2026-03-01\n")
    assert row.why == "It ends before it starts."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_are_told_by_content(found, encoding):
    (run,) = found("name,kwh\nLäufe,1\n".encode(encoding))
    assert run.name == "Läufe"


def test_a_quotation_mark_that_is_never_closed_is_refused(found):
    text = 'name,energy_kwh\n"a,1\n' + ("x" * 2_100_000 + ",1\n") * 2
    with pytest.raises(FileRejected, match="row of line 2 has a cell longer than") as refusal:
        found(text)
    assert "not closed" in str(refusal.value)


def test_what_is_no_table_of_runs_is_not_taken_for_one(tmp_path):
    path = tmp_path / "x"
    for content in (b"a,b\n1,2\n", b"\0\1\2", b"PK\x03\x04rest", b"", b"name,name,kwh\n1,2,3\n"):
        path.write_bytes(content)
        with pytest.raises(FileRejected):
            list(detect(path).read(path))


@given(st.binary(max_size=400))
def test_no_content_raises_anything_but_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "x"
    path.write_bytes(b"name,kwh,start\n" + content)
    with contextlib.suppress(FileRejected):
        summarise(plain_csv.read(path))
