"""Every step of ``docs/ci.md``, run as the shell of the CI system runs it, against a real server."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from apps.budgets.models import Budget
from apps.ingest.models import RecordedRun

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = Path(settings.BASE_DIR, "docs", "ci.md").read_text()
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
GITHUB, GITLAB = BLOCKS
TRAIN = "sum(i * i for i in range(1_000_000))\n"
EMISSIONS = (
    "timestamp,run_id,duration,emissions,energy_consumed\n2026-03-01T12:00:00,cc-1,60,0.1,0.5\n"
)


def steps(job):
    return {step["name"]: step["run"] for step in job["steps"] if "run" in step}


@pytest.fixture
def shell(cradle, tmp_path):
    """Run one step; ``pip`` and ``gh`` only note what they were asked, ``cradle`` is the real one."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("pip", "gh"):
        path = programs / name
        path.write_text(f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/asked\n')
        path.chmod(0o755)
    (programs / "cradle").write_text(f'#!/bin/sh\nexec {sys.executable} -m lca.client "$@"\n')
    (programs / "cradle").chmod(0o755)
    (programs / "python").symlink_to(sys.executable)
    (tmp_path / "train.py").write_text(TRAIN)

    def run(script, **env):
        bash = shutil.which("bash")
        return subprocess.run(
            [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={
                **cradle.env,
                "PATH": f"{programs}:{cradle.env['PATH']}",
                "PYTHONPATH": str(settings.BASE_DIR),
                **env,
            },
            timeout=60,
        )

    return run


def limit(system, fail_at):
    Budget.objects.create(
        organisation=system.organisation, system=system, name="Run", metric="it_energy", per="run", fail_at=fail_at
    )  # fmt: skip


def test_the_steps_of_github_count_compare_and_comment(shell, system, site, worker, tmp_path):
    job = steps(GITHUB["jobs"]["train"])
    limit(system, 1000.0)
    on_main = {"GITHUB_REF_NAME": "main", "GITHUB_SHA": "one"}
    on_topic = {"GITHUB_HEAD_REF": "topic", "GITHUB_BASE_REF": "main", "GITHUB_SHA": "two"}
    assert shell(job["Train, and count it"], **on_main).returncode == 0
    for name in ("Install", "Train, and count it"):
        done = shell(job[name], **on_topic)
        assert done.returncode == 0, done.stderr
    (tmp_path / "emissions.csv").write_text(EMISSIONS)
    assert shell(job["Send what CodeCarbon wrote"], **on_topic).returncode == 0
    done = shell(job["Hold it against the budgets"], **on_topic)
    assert done.returncode == 0, done.stderr
    comment = (tmp_path / "footprint.md").read_text()
    assert "against" in comment
    assert "90 % interval" in comment
    script = re.sub(r"\$\{\{ github.event.number \}\}", "7", job["Comment on the change"])
    assert shell(script, **on_topic).returncode == 0
    asked = (tmp_path / "asked").read_text()
    assert "pip install cradle-lca[meters]" in asked
    assert "gh pr comment 7 --body-file footprint.md" in asked
    assert RecordedRun.objects.filter(branch="topic").count() == 2


def test_an_exceeded_budget_fails_the_step_and_still_writes_the_comment(shell, system, tmp_path):
    job = steps(GITHUB["jobs"]["train"])
    limit(system, 1e-12)
    assert shell(job["Train, and count it"], GITHUB_SHA="x", GITHUB_REF_NAME="main").returncode == 0
    done = shell(job["Hold it against the budgets"], GITHUB_SHA="x", GITHUB_REF_NAME="main")
    assert done.returncode == 1
    assert "exceeded" in done.stderr
    assert "**exceeded**" in (tmp_path / "footprint.md").read_text()


def test_a_training_that_fails_fails_its_step_and_counts(shell, system, tmp_path):
    (tmp_path / "train.py").write_text("raise SystemExit(3)\n")
    job = steps(GITHUB["jobs"]["train"])
    assert shell(job["Train, and count it"], GITHUB_SHA="x").returncode == 3
    assert RecordedRun.objects.get().outcome == "failed"
    assert shell(job["Send what CodeCarbon wrote"]).returncode == 0  # no file, no fault


def test_the_script_of_gitlab_runs_to_its_end(shell, system, tmp_path):
    limit(system, 1000.0)
    script = "\n".join(GITLAB["footprint"]["script"])
    done = shell(script, CI_COMMIT_BRANCH="main", CI_COMMIT_SHA="one")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "footprint.md").exists()
    assert RecordedRun.objects.get().branch == "main"
