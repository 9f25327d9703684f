"""Each command against a real server."""

import json
import signal
import stat
import subprocess
import sys
import time

import pikepdf
import pytest
from django.conf import settings

from apps.accounts.models import Role
from apps.assessments.models import ComputeRun
from apps.budgets.models import Budget
from apps.disclosures.models import Snapshot
from apps.ingest.models import RecordedRun
from lca.client import labels
from tests.factories import MembershipFactory
from tests.lca.client.conftest import Command

pytestmark = pytest.mark.django_db(transaction=True)


def test_login_tries_the_token_and_keeps_it_for_its_owner_alone(
    live_server, token, tmp_path, system
):
    bare = Command(tmp_path)
    refused = bare("login", "--server", live_server.url, "--token-stdin", input="no\n", status=3)
    assert "token is not known" in refused.stderr
    assert "cradle login" in bare("status", status=2).stderr
    done = bare(
        "login",
        "--server",
        live_server.url,
        "--system",
        "aurora",
        "--token-stdin",
        input=f"{token}\n",
    )
    assert system.organisation.name in done.stderr
    path = tmp_path / ".config/cradle/config.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert bare.json("status")["system"] == "aurora"


def test_a_token_never_travels_in_the_clear(tmp_path):
    said = Command(tmp_path)(
        "login", "--server", "http://example.org", "--token-stdin", input="x", status=2
    )
    assert "unencrypted" in said.stderr


def test_a_run_is_measured_and_recorded_with_its_labels(cradle, system):
    code = "sum(i * i for i in range(3_000_000)); print('said')"
    done = cradle("run", "--team", "Speech", "--branch", "topic", "--", sys.executable, "-c", code)
    assert done.stdout == "said\n"
    run = RecordedRun.objects.get()
    assert (run.outcome, run.team, run.branch, run.tool) == (
        "finished",
        "Speech",
        "topic",
        "cradle run",
    )
    assert run.energy_kwh > 0
    assert run.provenance in {"measured", "modelled"}


def test_a_command_that_fails_is_recorded_and_its_status_handed_on(cradle, system):
    cradle("run", "--", sys.executable, "-c", "raise SystemExit(7)", status=7)
    cradle("run", "--", "no-such-command", status=127)
    assert set(RecordedRun.objects.values_list("outcome", flat=True)) == {"failed"}
    assert RecordedRun.objects.count() == 2


def test_a_run_that_is_stopped_is_recorded(cradle, system):
    code = "import time; print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-m", "lca.client", "run", "--", sys.executable, "-c", code],
        env={**cradle.env, "PYTHONPATH": str(settings.BASE_DIR)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert RecordedRun.objects.get().outcome == "failed"


def test_files_are_sent_and_told_row_by_row(cradle, worker, tmp_path):
    (tmp_path / "runs.csv").write_text("name,kwh\na,1\nb,much\n")
    done = cradle("upload", "runs.csv", "--category", "ablation")
    assert "1 runs added" in done.stderr
    assert "line 3" in done.stderr
    assert "much" in done.stderr
    assert RecordedRun.objects.get().category == "ablation"
    again = cradle.json("upload", "runs.csv")
    assert (again["runs_added"], again["runs_duplicate"]) == (0, 1)
    (tmp_path / "notes.txt").write_text("hello")
    assert "refused" in cradle("upload", "notes.txt", status=1).stderr


def test_a_system_that_is_not_there_is_refused(cradle, tmp_path):
    (tmp_path / "runs.csv").write_text("name,kwh\na,1\n")
    said = cradle("upload", "runs.csv", "--system", "nobodys", status=3)
    assert "no system" in said.stderr


def test_a_budget_fails_a_build_and_writes_the_comment(cradle, system, site, tmp_path):
    Budget.objects.create(
        organisation=system.organisation, system=system, name="Run", metric="gwp_location", per="run", fail_at=1e-9
    )  # fmt: skip
    quick = (sys.executable, "-c", "sum(range(2_000_000))")
    cradle("run", "--branch", "main", "--commit", "one", "--name", "train", "--", *quick)
    cradle("run", "--branch", "topic", "--commit", "two", "--name", "train", "--", *quick)
    asked = ("check", "--branch", "topic", "--commit", "two", "--base", "main")
    steps = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    done = cradle(*asked, "--markdown", "comment.md", status=1, env=steps)
    assert "exceeded" in done.stderr
    comment = (tmp_path / "comment.md").read_text()
    assert "90 % interval" in comment
    assert comment in (tmp_path / "summary.md").read_text()
    assert cradle.json(*asked, status=1)["comparison"]["difference"]["unit"] == "kg CO2e"
    Budget.objects.update(fail_at=1e9, warn_at=1e-9)
    assert "near its limit" in cradle(*asked).stderr
    cradle(*asked, "--strict", status=1)


def test_report_shows_the_newest_assessment(cradle, site, tmp_path):
    found = cradle.json("report", "--out", "result.json")
    assert found["title"] == "Aurora 2026"
    assert json.loads((tmp_path / "result.json").read_text()) == found
    assert "Aurora 2026" in cradle("report").stderr
    assert "no system" in cradle("report", "--system", "nobodys", status=3).stderr


def test_report_writes_the_pdf_of_a_snapshot(cradle, site, tmp_path):
    assert "Nothing is declared" in cradle("report", "--pdf", "a.pdf", status=3).stderr
    ComputeRun.objects.create(
        organisation=site.organisation,
        assessment=site.assessment,
        site=site,
        name="pretraining",
        category="final_training",
        energy_kwh=1000.0,
    )
    found = cradle.json("report", "--pdf", "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-1.7")
    again = cradle.json("report", "--pdf", "b.pdf")
    assert again["snapshot"] == found["snapshot"]
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    snapshot = Snapshot.objects.get()
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        [name] = [key for key in pdf.attachments if key.endswith(".json")]
        assert pdf.attachments[name].get_file().read_bytes() == snapshot.content


def test_what_could_not_be_sent_waits_and_is_sent_once(
    live_server, cradle, worker, system, tmp_path
):
    away = {"CRADLE_SERVER": "http://127.0.0.1:9"}
    quick = (sys.executable, "-c", "pass")
    said = cradle("run", "--name", "first", "--", *quick, env=away)
    assert "is kept" in said.stderr
    (tmp_path / "runs.csv").write_text("name,kwh\na,1\n")
    cradle("upload", "runs.csv", env=away)
    assert not RecordedRun.objects.exists()
    spool = tmp_path / ".local/state/cradle/spool"
    assert len(list(spool.iterdir())) == 2
    assert stat.S_IMODE(spool.stat().st_mode) == 0o700
    cradle("run", "--name", "second", "--", *quick)
    end = time.monotonic() + 20
    while RecordedRun.objects.count() < 3 and time.monotonic() < end:
        time.sleep(0.1)
    names = set(RecordedRun.objects.values_list("name", flat=True))
    assert names == {"first", "second", "a"}
    assert not list(spool.iterdir())
    assert cradle.json("status", "--send")["sent"] == 0


def test_what_the_server_refuses_later_is_moved_aside(cradle, system, tmp_path):
    away = {"CRADLE_SERVER": "http://127.0.0.1:9"}
    cradle("run", "--system", "gone", "--", sys.executable, "-c", "pass", env=away)
    found = cradle.json("status", "--send")
    assert (found["sent"], found["waiting"]) == (0, 0)
    assert "no system" in found["refused"][0]
    assert len(list((tmp_path / ".local/state/cradle/refused").iterdir())) == 1


def test_a_viewer_may_not_send(live_server, cradle, member):
    from apps.accounts import services as accounts

    viewer = MembershipFactory(role=Role.VIEWER, organisation=member.organisation)
    secret = accounts.issue_token(actor=viewer, name="v", scopes=["read", "write"], days=1)[1]
    said = cradle("run", "--", sys.executable, "-c", "pass", status=3, env={"CRADLE_TOKEN": secret})
    assert "role" in said.stderr


def test_an_address_that_is_no_server_of_ours_is_told(cradle, live_server):
    said = cradle("status", status=2, env={"CRADLE_SERVER": f"{live_server.url}/factors"})
    assert "is that a server of Cradle" in said.stderr


def test_branch_and_commit_come_from_the_ci_system_or_git(monkeypatch, tmp_path):
    for name in (*labels.BRANCH, *labels.COMMIT, *labels.BASE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert (labels.branch(), labels.commit()) == ("", "")
    monkeypatch.setenv("GITHUB_REF_NAME", "12/merge")
    monkeypatch.setenv("GITHUB_HEAD_REF", "topic")
    monkeypatch.setenv("GITHUB_SHA", "abc")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert (labels.branch(), labels.commit(), labels.base()) == ("topic", "abc", "main")
