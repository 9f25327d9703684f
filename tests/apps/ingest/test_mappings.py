"""Tables with names of their own: columns that somebody names, shown before anything is taken in."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from apps.accounts.errors import Conflict
from apps.ingest import services
from apps.ingest.mapping import MappedTable, MappingWrong, checked, sample
from apps.ingest.models import ColumnMapping, RecordedRun, Upload, UploadState
from apps.ingest.record import Rejected
from apps.ingest.tables import plain
from tests.apps.ingest.conftest import send

GERMAN = (
    b"Lauf;Anfang;Schluss;Verbrauch [Wh];Status\n"
    b"Versuch 1;1.3.2026 9:30;1.3.2026 11:30;1.500,5;FAILED\n"
    b"Versuch 2;02.03.2026;03.03.2026;2.000;COMPLETED\n"
    b"Versuch 3;02.03.2026;;1.5;COMPLETED\n"
)
COLUMNS = {
    "columns": {
        "name": "Lauf",
        "started_at": "Anfang",
        "ended_at": "Schluss",
        "energy_kwh": {"column": "Verbrauch [Wh]", "unit": "Wh"},
        "outcome": "Status",
    },
    "decimal": ",",
    "dates": "dmy",
    "zone": "Europe/Berlin",
}


@pytest.fixture
def read(tmp_path):
    def read(content, document):
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        return list(MappedTable(document=checked(document)).read(path))

    return read


def test_units_decimal_commas_dates_and_clock_are_as_named(read):
    one, two, three = read(GERMAN, COLUMNS)
    assert one.energy_kwh == pytest.approx(1.5005)
    assert one.started_at.isoformat() == "2026-03-01T08:30:00+00:00"
    assert (one.name, one.outcome, two.outcome) == ("Versuch 1", "failed", "finished")
    assert two.energy_kwh == pytest.approx(2.0)  # two thousand, not two
    assert isinstance(three, Rejected)  # 1.5 is no number where the comma is the mark
    assert "1.5" in three.why


@pytest.mark.parametrize(
    ("dates", "cell", "at"),
    [
        ("dmy", "3/4/2026 7:05", "2026-04-03T07:05:00+00:00"),
        ("mdy", "3/4/2026 7:05", "2026-03-04T07:05:00+00:00"),
        ("dmy", "3-4-26", "2026-04-03T00:00:00+00:00"),
        ("dmy", "2026-04-03", "2026-04-03T00:00:00+00:00"),
        ("ymd", "2026-04-03T07:05+02:00", "2026-04-03T07:05:00+02:00"),
        ("epoch", "1775199900", "2026-04-03T07:05:00+00:00"),
    ],
)
def test_dates_have_the_order_that_is_said(read, dates, cell, at):
    document = {"columns": {"energy_kwh": "e", "started_at": "t"}, "dates": dates}
    [run] = read(f"t,e\n{cell},1\n".encode(), document)
    assert run.started_at.isoformat() == at


@pytest.mark.parametrize(("dates", "cell"), [("mdy", "13/4/2026"), ("epoch", "soon"), ("ymd", "1.3.2026"), ("dmy", "99/99/9999")])  # fmt: skip
def test_a_date_of_another_order_is_refused_with_an_example(read, dates, cell):
    document = {"columns": {"energy_kwh": "e", "started_at": "t"}, "dates": dates}
    [row] = read(f"t,e\n{cell},1\n".encode(), document)
    assert isinstance(row, Rejected)
    assert "such as" in row.why


@given(value=st.floats(0, 1e9, allow_nan=False).map(lambda x: round(x, 3)))
def test_figures_are_read_back_in_either_dialect(value):
    english = f"{value:,.3f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert float(plain(english, ".")) == value
    assert float(plain(german, ",")) == value
    assert float(plain(english.replace(",", "\u202f"), ".")) == value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": {}}, "columns"),
        ({"columns": {"name": "a"}}, "columns"),
        ({"columns": {"energy_kwh": {"column": "a", "unit": "calories"}}}, "columns"),
        ({"columns": {"energy_kwh": {"column": ""}}}, "columns"),
        ({"columns": {"nonsense": "a", "energy_kwh": "b"}}, "columns"),
        ({"columns": {"energy_kwh": 7}}, "columns"),
        ({"columns": {"energy_kwh": "a"}, "decimal": ";"}, "decimal"),
        ({"columns": {"energy_kwh": "a"}, "dates": "iso"}, "dates"),
        ({"columns": {"energy_kwh": "a"}, "zone": "../etc/passwd"}, "zone"),
        ({"columns": {"energy_kwh": "a"}, "zone": 7}, "zone"),
        ([], "columns"),
    ],
)
def test_a_mapping_that_says_nothing_usable_is_refused_at_its_field(change, field):
    with pytest.raises(MappingWrong) as error:
        checked(change)
    assert error.value.field == field


def test_a_file_is_looked_at_and_taken_in_once(system):
    upload = send(system, GERMAN, mapping=checked(COLUMNS), is_preview=True)
    assert (upload.state, upload.runs_added, upload.rows_refused) == (UploadState.HELD, 2, 1)
    assert upload.preview["sums"]["energy_kwh"] == pytest.approx(3.5005)
    assert [run["name"] for run in upload.preview["runs"]] == ["Versuch 1", "Versuch 2"]
    assert not RecordedRun.objects.exists()
    services.take_in(upload=upload, actor=None)
    services.read_upload(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.runs_added) == (UploadState.DONE, 2)
    assert upload.refused.count() == 1
    with pytest.raises(Conflict):
        services.take_in(upload=upload, actor=None)
    again = send(system, GERMAN, mapping=checked(COLUMNS), is_preview=True)
    assert (again.runs_added, again.runs_duplicate) == (0, 2)


def test_what_is_put_aside_stays_as_a_file_and_nothing_else(system):
    upload = send(system, GERMAN, mapping=checked(COLUMNS), is_preview=True)
    services.discard(upload=upload, actor=None)
    assert not RecordedRun.objects.exists()
    other = send(system, GERMAN, mapping=checked(COLUMNS))
    assert other.runs_added == 2  # nothing of the first was in the way


def test_a_sheet_that_lacks_the_columns_is_told_and_the_others_are_read(system):
    book = Workbook()
    book.active.append(["run", "kWh used"])
    book.active.append(["a", 1.5])
    notes = book.create_sheet("Notes")
    notes.append(["nothing", "here"])
    file = io.BytesIO()
    book.save(file)
    document = checked({"columns": {"name": "run", "energy_kwh": "kWh used"}})
    upload = send(system, file.getvalue(), name="runs.xlsx", mapping=document)
    assert (upload.state, upload.runs_added, upload.rows_refused) == (UploadState.DONE, 1, 1)
    assert "kWh used" in upload.refused.get().why


def test_a_table_of_two_columns_is_shown_and_text_is_none(tmp_path):
    path = tmp_path / "x"
    path.write_text("a,b\n1,2\n")
    assert sample(path) == (["a", "b"], [["1", "2"]])


def read_queued(upload):
    services.read_upload(upload_id=upload.pk)
    upload.refresh_from_db()


def test_from_a_refused_table_to_kept_columns_by_the_pages(page, system):
    base = f"/o/{system.organisation.slug}/runs"
    upload = send(system, GERMAN, name="läufe.csv")
    assert upload.state == UploadState.REFUSED
    shown = page.get(upload.get_absolute_url()).content.decode()
    url = f"{base}/uploads/{upload.uuid}/columns/"
    assert url in shown
    assert "1.500,5" in page.get(url).content.decode()
    wrong = page.post(url, {"name": "Lauf", "decimal": ",", "dates": "dmy", "zone": "UTC"})
    assert wrong.status_code == 422
    assert "Name the column of the energy" in wrong.content.decode()
    form = {field: item if isinstance(item, str) else item["column"] for field, item in COLUMNS["columns"].items()}  # fmt: skip
    units = {"energy_kwh_unit": "Wh", "emissions_kg_unit": "kg CO2e", "gpu_hours_unit": "h", "duration_s_unit": "s"}  # fmt: skip
    form |= {
        **units,
        "decimal": ",",
        "dates": "dmy",
        "zone": "Europe/Berlin",
        "keep_as": "Lab data",
    }
    assert page.post(url, form).status_code == 302
    read_queued(upload)
    assert upload.state == UploadState.HELD
    shown = page.get(upload.get_absolute_url()).content.decode()
    assert "Take it in" in shown
    assert "Versuch 1" in shown
    assert page.post(f"{base}/uploads/{upload.uuid}/decide/", {"what": "take"}).status_code == 302
    read_queued(upload)
    assert upload.state == UploadState.DONE
    kept = ColumnMapping.objects.get()
    assert "Lab data" in page.get(f"{base}/columns/").content.decode()
    ledger = page.get(f"{base}/").content.decode()
    assert str(kept.uuid) in ledger
    assert page.post(f"{base}/columns/{kept.uuid}/delete/").status_code == 302
    upload.refresh_from_db()
    assert upload.mapping["decimal"] == ","


def test_columns_are_guessed_from_plain_names(page, system):
    content = b"run_id,energy_wh,unknown\n1,500,x\n"
    upload = send(system, content, is_preview=True)
    shown = page.get(f"/o/{system.organisation.slug}/runs/uploads/{upload.uuid}/columns/")
    text = shown.content.decode()
    assert '<option value="energy_wh" selected>' in text
    assert '<option value="Wh" selected>' in text


def test_a_preview_over_rest(client, token, system):
    headers = {"Authorization": f"Bearer {token}"}
    given = {"name": "Lab data", "document": COLUMNS}
    made = client.post("/api/v1/column-mappings/", given, "application/json", headers=headers)
    assert made.status_code == 201
    bad = client.post(
        "/api/v1/column-mappings/",
        {"name": "x", "document": {"columns": {}}},
        "application/json",
        headers=headers,
    )
    assert bad.status_code == 422
    file = io.BytesIO(GERMAN)
    file.name = "runs.csv"
    sent = client.post(
        "/api/v1/uploads/",
        {"system": system.slug, "file": file, "mapping": made.json()["uuid"], "preview": "true"},
        headers=headers,
    )
    assert sent.status_code == 202
    upload = Upload.objects.get()
    read_queued(upload)
    url = f"/api/v1/uploads/{upload.uuid}/"
    assert client.get(url, headers=headers).json()["preview"]["sums"]["runs"] == 2
    assert client.post(f"{url}take-in/", headers=headers).status_code == 200
    read_queued(upload)
    assert RecordedRun.objects.count() == 2
    assert client.post(f"{url}discard/", headers=headers).status_code == 409
