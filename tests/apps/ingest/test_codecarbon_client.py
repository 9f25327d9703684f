"""An unmodified CodeCarbon client against a running server: runs, records, restarts, its wizard's calls."""

import configparser
import contextlib
import csv
import getpass
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path

import pexpect
import pytest
import requests
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from requests.exceptions import HTTPError

from apps.accounts.models import ApiToken
from apps.assessments.models import AISystem
from apps.ingest.models import Delta, Experiment, RecordedRun, TrackedRun
from tests.apps.ingest.conftest import send
from tests.apps.ingest.test_codecarbon_protocol import begin

pytestmark = pytest.mark.django_db(transaction=True)
# Three seconds, because the client measures anew while it still looks for a cloud, and would begin its run twice.
SCRIPT = """
import json, sys, time
from codecarbon import EmissionsTracker
given = json.loads(sys.argv[1])
tracker = EmissionsTracker(measure_power_secs=3, log_level="error", pue=1.2, **given)
tracker.start()
end = time.time() + float(sys.argv[2])
while time.time() < end:
    sum(range(100_000))
tracker.stop()
"""


@pytest.fixture(autouse=True)
def awake(live_server, token):
    """Answer once before the client asks: it gives up after two seconds, and a first answer loads the application."""
    asked, key = f"{live_server.url}/codecarbon/organizations", {"x-api-token": token}
    assert requests.get(asked, headers=key, timeout=60).ok


def client(folder: Path, seconds: float, options) -> subprocess.Popen:
    """The client in a process of its own, as people have it, in a zone half an hour off the full hour."""
    given = json.dumps({"output_dir": str(folder), **options})
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, given, str(seconds)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "TZ": "Asia/Kolkata"},
    )


def track(folder: Path, **options):
    """Run it to its end; give back what it complained of."""
    process = client(folder, 7.2, options)
    _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said
    return said


class Relay(socketserver.BaseRequestHandler):
    """Passes one request on to the server behind, and its answer back."""

    def handle(self):
        with socket.create_connection(self.server.behind, timeout=10) as there:
            threading.Thread(target=self._answers, args=(there,), daemon=True).start()
            self._pass(self.request, there)

    def _answers(self, there):
        self._pass(there, self.request)

    def _pass(self, here, there):
        with contextlib.suppress(OSError):
            while part := here.recv(65536):
                there.sendall(part)
            there.shutdown(socket.SHUT_WR)


class Gate(socketserver.ThreadingTCPServer):
    """An address before the server that can be gone for a while, as in a restart."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, behind, port=0):
        self.behind = behind
        super().__init__(("127.0.0.1", port), Relay)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}).start()

    def close(self):
        self.shutdown()
        self.server_close()


def rows_of(folder: Path):
    with (folder / "emissions.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_tracked_run_arrives_and_its_own_file_sets_it_right(live_server, system, token, tmp_path):
    said = track(
        tmp_path,
        save_to_api=True,
        api_endpoint=f"{live_server.url}/codecarbon",
        api_key=token,
        experiment_id=str(system.uuid),
        api_call_interval=1,
    )
    assert "ApiClient Error" not in said
    row = RecordedRun.objects.get()
    assert Delta.objects.count() >= 2
    assert row.energy_kwh == pytest.approx(sum(Delta.objects.values_list("energy_kwh", flat=True)))
    assert (row.pue_inside, row.tool) == (None, "CodeCarbon 3.3.2")
    assert {"pue-not-said", "quebec-fallback"} <= {note["code"] for note in row.notes}
    [written] = rows_of(tmp_path)

    upload = send(system, (tmp_path / "emissions.csv").read_bytes())
    assert (upload.state, upload.runs_added, upload.runs_duplicate) == ("done", 0, 1)
    after = RecordedRun.objects.get()
    assert after.energy_kwh == pytest.approx(float(written["energy_consumed"]))
    assert (after.pue_inside, after.country) == (1.2, "CAN")
    assert after.energy_kwh >= row.energy_kwh
    assert "lacked" in next(note["text"] for note in after.notes if note["code"] == "reconciled")
    assert TrackedRun.objects.get().deltas_kwh == pytest.approx(row.energy_kwh)


def test_the_record_endpoint_takes_whole_records_and_drops_who_was_logged_in(
    live_server, system, token, tmp_path
):
    track(
        tmp_path,
        emissions_endpoint=f"{live_server.url}/codecarbon/record/{system.slug}?token={token}",
    )
    row = RecordedRun.objects.get()
    [written] = rows_of(tmp_path)
    assert row.energy_kwh == pytest.approx(float(written["energy_consumed"]))
    assert row.pue_inside == 1.2
    assert abs((timezone.now() - row.ended_at).total_seconds()) < 60
    call_command("dumpdata", "ingest", output=str(tmp_path / "kept.json"))
    kept = json.loads((tmp_path / "kept.json").read_text())
    assert not any(value == getpass.getuser() for item in kept for value in item["fields"].values())
    again = send(system, (tmp_path / "emissions.csv").read_bytes())
    assert (again.runs_added, RecordedRun.objects.count()) == (0, 1)


def test_both_outputs_of_one_run_are_one_run(live_server, system, token, tmp_path):
    track(
        tmp_path,
        save_to_api=True,
        api_endpoint=f"{live_server.url}/codecarbon",
        api_key=token,
        experiment_id=str(system.uuid),
        api_call_interval=1,
        emissions_endpoint=f"{live_server.url}/codecarbon/record/{system.slug}?token={token}",
    )
    row = RecordedRun.objects.get()
    assert row.energy_kwh == pytest.approx(float(rows_of(tmp_path)[0]["energy_consumed"]))


def test_a_restart_of_the_server_loses_nothing_once_the_file_arrives(
    live_server, system, token, tmp_path
):
    gate = Gate((live_server.thread.host, live_server.thread.port))
    port = gate.server_address[1]
    options = {
        "save_to_api": True,
        "api_endpoint": f"http://127.0.0.1:{port}/codecarbon",
        "api_key": token,
        "experiment_id": str(system.uuid),
        "api_call_interval": 1,
    }
    process = client(tmp_path, 14.0, options)
    wait_for(Delta.objects.exists)
    gate.close()
    time.sleep(5)  # the client tries and fails meanwhile
    before = Delta.objects.count()
    gate = Gate(gate.behind, port)
    _, said = process.communicate(timeout=90)
    gate.close()
    assert process.returncode == 0
    assert "Failed" in said or "refused" in said
    assert Delta.objects.count() > before
    row = RecordedRun.objects.get()
    [written] = rows_of(tmp_path)
    whole = float(written["energy_consumed"])
    assert row.energy_kwh < 0.95 * whole
    send(system, (tmp_path / "emissions.csv").read_bytes())
    assert RecordedRun.objects.get().energy_kwh == pytest.approx(whole)


def wait_for(happened, seconds=60.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_the_wizards_calls_lead_from_a_token_to_an_experiment(live_server, member, system, token):
    from codecarbon.core.api_client import ApiClient
    from codecarbon.core.schemas import ExperimentCreate, OrganizationCreate, ProjectCreate

    api = ApiClient(endpoint_url=f"{live_server.url}/codecarbon")
    api.set_access_token(token)
    [organisation] = api.get_list_organizations()
    assert api.get_organization(organisation["id"])["name"] == member.organisation.name
    assert [p["name"] for p in api.list_projects_from_organization(organisation["id"])] == [
        system.name
    ]
    made = api.create_project(ProjectCreate("Borealis", "d", organisation["id"]))
    assert api.get_project(made["id"])["name"] == "Borealis"
    same = api.create_project(ProjectCreate("Borealis", "d", organisation["id"]))
    assert same["id"] == made["id"]
    experiment = api.add_experiment(
        ExperimentCreate(
            "2026-11-01T00:00:00+00:00", "sweep", "", on_cloud=False, project_id=made["id"]
        )
    )
    assert [e["id"] for e in api.list_experiments_from_project(made["id"])] == [experiment["id"]]
    assert api.get_experiment(experiment["id"])["name"] == "sweep"
    assert "organizations" in api.check_auth()["user"]
    with pytest.raises(HTTPError):
        api.create_organization(OrganizationCreate("Mine", "d"))
    answer = Client().post(
        f"/codecarbon/projects/{made['id']}/api-tokens",
        {"project_id": made["id"], "name": "api token", "x_token": "???"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    narrower = ApiToken.objects.get(uuid=answer.json()["id"])
    assert narrower.scopes == ["write"]
    assert narrower.expires_at <= ApiToken.objects.get(name="ci").expires_at
    assert begin(answer.json()["token"], experiment["id"]).status_code == 201
    assert RecordedRun.objects.get().system == AISystem.objects.get(name="Borealis")


def test_the_command_line_works_with_a_token_in_place_of_a_login(
    live_server, system, token, tmp_path
):
    (tmp_path / "credentials.json").write_text(json.dumps({"access_token": token}))
    endpoint = f"{live_server.url}/codecarbon"
    (tmp_path / ".codecarbon.config").write_text(f"[codecarbon]\napi_endpoint = {endpoint}\n")
    env = {**os.environ, "AUTH_SERVER_WELL_KNOWN": f"{endpoint}/none", "HOME": str(tmp_path)}

    def call(*words):
        command = [Path(sys.executable).with_name("codecarbon"), *words]
        options = {"capture_output": True, "text": True, "cwd": tmp_path, "env": env}
        done = subprocess.run(command, check=False, timeout=60, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert system.organisation.name in call("test-api")
    key = call("get-token", str(system.uuid)).split("Your token: ")[1].split()[0]
    assert begin(key, system.uuid).status_code == 201


def test_the_wizard_at_a_terminal_writes_a_configuration_that_works(
    live_server, system, token, tmp_path
):
    (tmp_path / "credentials.json").write_text(json.dumps({"access_token": token}))
    endpoint = f"{live_server.url}/codecarbon"
    env = {
        **os.environ,
        "AUTH_SERVER_WELL_KNOWN": f"{endpoint}/none",
        "HOME": str(tmp_path),
        "TERM": "xterm",
    }
    command = str(Path(sys.executable).with_name("codecarbon"))
    wizard = pexpect.spawn(
        command,
        ["config"],
        cwd=tmp_path,
        env=env,
        timeout=60,
        encoding="utf-8",
        dimensions=(40, 200),
    )
    up = "\x1b[A"
    for question, answer in (
        ("put your config file", ".codecarbon.config\r"),
        ("Current API endpoint", f"{endpoint}\r"),
        ("Pick existing organization", f"{up}\r"),
        ("Pick existing project", f"{up}\r"),
        ("Pick existing experiment", "\r"),
        ("Experiment name", "sweep\r"),
        ("Experiment description", "by hand\r"),
        ("running on the cloud", "n\r"),
        ("Country name", "\r"),
        ("Country ISO code", "\r"),
        ("Region", "\r"),
    ):
        wizard.expect(question)
        time.sleep(0.3)  # the list takes keys only once it is drawn
        wizard.send(answer)
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 0
    made = configparser.ConfigParser()
    made.read(tmp_path / ".codecarbon.config")
    found = made["codecarbon"]
    assert Experiment.objects.get(name="sweep").system == system
    assert found["project_id"] == str(system.uuid)
    assert begin(found["api_key"], found["experiment_id"]).status_code == 201
