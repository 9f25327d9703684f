"""The command as people have it: a process of its own, with a home of its own, before a real server."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from apps.accounts import services as accounts
from apps.accounts.models import Membership, Role, Scope
from apps.assessments.models import AISystem, Assessment, Site
from apps.ingest import services as ingest
from apps.ingest.models import Upload
from tests.factories import MembershipFactory

CI = ("GITHUB_", "CI_", "CRADLE_", "XDG_")


class Command:
    """Calls ``cradle`` and gives back what it said."""

    def __init__(self, home: Path, **env: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(CI)}
        self.env = {**kept, "HOME": str(home), "NO_COLOR": "1", **env}
        self.home = home

    def __call__(self, *words, status=0, **options):
        done = subprocess.run(
            [sys.executable, "-m", "lca.client", *map(str, words)],
            check=False,
            capture_output=True,
            text=True,
            cwd=options.pop("cwd", self.home),
            env={**self.env, "PYTHONPATH": str(settings.BASE_DIR), **options.pop("env", {})},
            timeout=60,
            **options,
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *words, **options):
        return json.loads(self(*words, "--json", **options).stdout)


@pytest.fixture
def member(transactional_db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def system(member: Membership) -> AISystem:
    return AISystem.objects.create(organisation=member.organisation, name="Aurora", slug="aurora")


@pytest.fixture
def site(system) -> Site:
    from apps.factors.services import load_release

    assessment = Assessment.objects.create(
        organisation=system.organisation,
        system=system,
        title="Aurora 2026",
        slug="a",
        release=load_release(),
    )
    return Site.objects.create(
        organisation=system.organisation,
        assessment=assessment,
        name="Hall",
        zone="DE",
        pue=1.25,
        grid_kg_co2e_per_kwh=0.4,
    )


@pytest.fixture
def token(member):
    scopes = [Scope.READ, Scope.WRITE]
    return accounts.issue_token(actor=member, name="ci", scopes=scopes, days=30)[1]


@pytest.fixture
def cradle(live_server, token, system, tmp_path) -> Command:
    env = {"CRADLE_SERVER": live_server.url, "CRADLE_TOKEN": token, "CRADLE_SYSTEM": "aurora"}
    return Command(tmp_path, **env)


@pytest.fixture
def worker(transactional_db):
    """Reads uploads as they come, as the worker would."""
    stop = threading.Event()

    def work():
        while not stop.is_set():
            for key in Upload.objects.filter(state="waiting").values_list("pk", flat=True):
                ingest.read_upload(upload_id=key)
            time.sleep(0.1)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()
