"""Uploads: each run once in the ledger, whatever is sent twice, overlaps, breaks off or is taken back."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.accounts.errors import Conflict
from apps.accounts.models import AuditEvent, Role
from apps.ingest import selectors, services
from apps.ingest.errors import FileRejected
from apps.ingest.models import RecordedRun, Upload, UploadState
from tests.apps.ingest.conftest import HEADING, csv, line, send
from tests.factories import MembershipFactory, bearer


def read_to_its_end(response):
    """A file that is sent is closed when it is read."""
    if response.streaming:
        response.content_read = b"".join(response.streaming_content)
    return response


THREE = csv([line("a"), line("b", energy=2.0), line("c")])


def energies(system):
    return dict(system.recorded_runs.values_list("external_id", "energy_kwh"))


def test_a_file_is_kept_read_and_logged(system):
    upload = send(system, THREE)
    assert (upload.state, upload.runs_added, upload.rows_refused) == ("done", 3, 0)
    assert Path(upload.file.path).read_bytes() == THREE
    assert energies(system) == {"a": 1.0, "b": 2.0, "c": 1.0}
    assert AuditEvent.objects.filter(verb="uploaded").exists()


def test_the_same_file_twice_adds_nothing(system):
    send(system, THREE)
    again = send(system, THREE)
    assert (again.state, again.runs_added, again.runs_duplicate) == ("done", 0, 3)
    assert system.recorded_runs.count() == 3


def test_a_file_that_overlaps_an_earlier_one_adds_what_is_new(system):
    send(system, THREE)
    more = send(system, csv([line("c"), line("d")]))
    assert (more.runs_added, more.runs_duplicate) == (1, 1)
    assert set(energies(system)) == {"a", "b", "c", "d"}


def test_a_run_that_went_on_takes_its_later_state_and_undo_gives_the_earlier_back(system):
    send(system, THREE)
    later = send(system, csv([line("a", energy=5.0, duration=7200.0)]))
    assert later.runs_duplicate == 1
    assert energies(system)["a"] == 5.0
    services.undo(upload=later, actor=None)
    assert energies(system)["a"] == 1.0


def test_an_earlier_state_never_replaces_a_later_one(system):
    send(system, csv([line("a", energy=5.0, duration=7200.0)]))
    send(system, csv([line("a")]))
    assert energies(system) == {"a": 5.0}


def test_undo_takes_the_runs_out_and_keeps_the_file(system):
    upload = send(system, THREE)
    services.undo(upload=upload, actor=None)
    upload.refresh_from_db()
    assert upload.state == UploadState.UNDONE
    assert not system.recorded_runs.exists()
    assert Path(upload.file.path).read_bytes() == THREE
    assert send(system, THREE).runs_added == 3


def test_what_is_being_read_cannot_be_undone(system):
    upload = services.receive(
        system=system, file=io.BytesIO(THREE), name="x.csv", actor=None, by_hand=True
    )
    with pytest.raises(Conflict):
        services.undo(upload=upload, actor=None)


def test_a_file_of_no_known_format_is_refused_and_nothing_is_half_taken(system):
    upload = send(system, b"a poem about\nthe sea\n")
    assert upload.state == UploadState.REFUSED
    assert "no format that is known" in upload.message
    assert not system.recorded_runs.exists()


@pytest.mark.parametrize("content", [b"", b"   \n"])
def test_an_empty_file_is_refused(system, content):
    try:
        upload = send(system, content)
    except FileRejected as error:
        assert "empty" in error.message  # noqa: PT017  either answer is right
    else:
        assert upload.state == UploadState.REFUSED


def test_runs_of_a_file_that_is_still_read_do_not_exist_yet(system):
    upload = send(system, THREE)
    assert selectors.runs(system.organisation).count() == 3
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.READING)
    assert selectors.runs(system.organisation).count() == 0


def test_a_reader_that_died_is_replaced_and_starts_again(system):
    upload = services.receive(
        system=system, file=io.BytesIO(THREE), name="x.csv", actor=None, by_hand=True
    )
    long_ago = timezone.now() - timedelta(minutes=10)
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.READING, heartbeat_at=long_ago, attempt=1
    )
    half = {"system": system, "organisation": system.organisation, "line": 2}
    RecordedRun.objects.create(**half, upload=upload, key="half", outcome="", boundary="")
    services.read_upload(upload_id=upload.pk)  # not given up yet: nobody else takes it
    assert set(energies(system)) == {""}
    assert services.resume() == 1
    assert services.resume() == 0
    services.read_upload(upload_id=upload.pk)
    assert set(energies(system)) == {"a", "b", "c"}


def test_one_file_of_a_system_is_read_after_the_other(system):
    first, second = (
        services.receive(
            system=system, file=io.BytesIO(THREE), name="x.csv", actor=None, by_hand=True
        )
        for _ in range(2)
    )
    Upload.objects.filter(pk=first.pk).update(
        state=UploadState.READING, heartbeat_at=timezone.now()
    )
    services.read_upload(upload_id=second.pk)
    second.refresh_from_db()
    assert second.state == UploadState.WAITING


def test_sums_leave_out_what_must_not_be_added_up(system):
    send(system, THREE)
    system.recorded_runs.filter(external_id="b").update(counts=False)
    assert selectors.sums_are_stale(system.organisation)
    services.refresh_all()
    (row,) = selectors.totals(system.organisation)
    assert (row["n"], row["energy_kwh"]) == (2, 2.0)
    assert not selectors.sums_are_stale(system.organisation)


def test_the_page_takes_a_file_and_shows_what_became_of_it(page, system):
    where = f"/o/{system.organisation.slug}/runs/"
    assert "No file has been sent yet" in page.get(where).content.decode()
    file = SimpleUploadedFile("../<b>emissions.csv", THREE)
    response = page.post(where, {"system": system.slug, "file": file}, follow=True)
    assert response.status_code == 200
    upload = Upload.objects.get()
    assert "/" not in upload.file_name
    assert "<b>" not in upload.file_name
    assert 'hx-trigger="every 1s"' in response.content.decode()
    services.read_upload(upload_id=upload.pk)
    shown = page.get(upload.get_absolute_url()).content.decode()
    assert "Runs of this file" in shown
    assert "hx-trigger" not in shown
    assert "Aurora 7B" in page.get(where).content.decode()
    page.post(f"{where}uploads/{upload.uuid}/undo/")
    assert not system.recorded_runs.exists()


def test_the_file_comes_back_as_an_attachment_that_no_browser_runs(page, system):
    upload = send(system, THREE)
    response = page.get(f"{upload.get_absolute_url()}file")
    assert read_to_its_end(response).content_read == THREE
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"


def test_strangers_and_viewers_are_kept_out(system):
    upload = send(system, THREE)
    stranger, viewer = Client(), Client()
    stranger.force_login(MembershipFactory(role=Role.OWNER).user)
    viewer.force_login(MembershipFactory(organisation=system.organisation, role=Role.VIEWER).user)
    for where in (upload.get_absolute_url(), f"{upload.get_absolute_url()}file"):
        assert stranger.get(where).status_code == 404
        assert read_to_its_end(viewer.get(where)).status_code == 200
    assert viewer.post(f"{upload.get_absolute_url()}undo/").status_code == 403
    assert system.recorded_runs.count() == 3


def test_the_api_takes_a_file_and_tells_its_fate(system, member):
    client, headers = Client(), bearer(member)
    data = {"system": system.slug, "file": SimpleUploadedFile("e.csv", THREE)}
    sent = client.post("/api/v1/uploads/", data, headers=headers)
    assert sent.status_code == 202, sent.content
    services.read_upload(upload_id=Upload.objects.get().pk)
    told = client.get(sent["Location"], headers=headers).json()
    assert (told["state"], told["runs_added"], told["system"]) == ("done", 3, "aurora-7b")
    runs = client.get("/api/v1/recorded-runs/", headers=headers).json()
    assert {run["external_id"] for run in runs["results"]} == {"a", "b", "c"}
    other = bearer(MembershipFactory(role=Role.OWNER))
    assert client.get(sent["Location"], headers=other).status_code == 404
    assert client.get("/api/v1/recorded-runs/", headers=other).json()["results"] == []
    undone = client.post(f"{sent['Location']}undo/", headers=headers)
    assert undone.json()["state"] == "undone"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"system": "nobody-s"}, "no system"),
        ({"format": "no-such"}, "no format that is known"),
        ({"file": ""}, "file"),
    ],
)
def test_the_api_says_what_is_wrong_with_what_was_sent(system, member, changes, says):
    data = {"system": system.slug, "file": SimpleUploadedFile("e.csv", THREE)}
    answer = Client().post("/api/v1/uploads/", data | changes, headers=bearer(member))
    assert 400 <= answer.status_code < 500
    assert says in answer.content.decode()
    assert not Upload.objects.exists()


def test_the_command_keeps_a_file_or_says_what_it_holds(system, tmp_path, capsys):
    path = tmp_path / "emissions.csv"
    path.write_bytes(THREE + b"torn,\n")
    call_command("import", path, "--dry-run", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["runs"], told["energy_kwh"], told["rows_rejected"]) == (3, 4.0, 1)
    assert not system.recorded_runs.exists()
    where = ["--org", system.organisation.slug, "--system", system.slug, "--json"]
    call_command("import", path, *where)
    told = json.loads(capsys.readouterr().out)
    assert (told["runs_added"], told["rows_duplicate"]) == (3, 0)
    call_command("import", path, *where)
    assert json.loads(capsys.readouterr().out)["rows_duplicate"] == 3
    with pytest.raises(CommandError, match="no system"):
        call_command("import", path, "--org", "x", "--system", "y")
    with pytest.raises(CommandError, match="no file"):
        call_command("import", tmp_path / "missing.csv")


def test_many_runs_are_written_in_parts(system):
    upload = send(system, csv(line(f"run-{n}") for n in range(4_500)))
    assert (upload.state, upload.runs_added) == ("done", 4_500)
    assert HEADING
