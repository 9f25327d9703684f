"""A system to record runs for, the people around it, and a small file of its tool."""

import io
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import Membership, Role, Scope
from apps.assessments.models import AISystem
from apps.ingest import services
from apps.ingest.models import Upload
from tests.factories import MembershipFactory

HEADING = (
    "timestamp,project_name,run_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_power,cpu_energy,"
    "gpu_energy,ram_energy,energy_consumed,country_name,country_iso_code,region,cloud_provider,cloud_region,os,"
    "python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_model,longitude,latitude,ram_total_size,"
    "tracking_mode,on_cloud,pue"
)


def line(run: str, energy: float = 1.0, duration: float = 3600.0) -> str:
    return (
        f"2026-03-01T12:00:00,demo,{run},{duration},{energy * 0.3},0.0001,10,300,5,0,{energy},0,{energy},Germany,DEU,"
        "berlin,,,Linux,3.11,2.8.4,8,Some CPU,1,NVIDIA A100,13.4,52.5,64,machine,N,1.0"
    )


def csv(lines: Iterable[str]) -> bytes:
    return "\n".join([HEADING, *lines, ""]).encode()


@pytest.fixture
def member(db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def system(member: Membership) -> AISystem:
    return AISystem.objects.create(
        organisation=member.organisation, name="Aurora 7B", slug="aurora-7b"
    )


@pytest.fixture
def page(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def send(system: AISystem, content: bytes, **changes: Any) -> Upload:
    """Receive a file and read it here."""
    file = {"file": io.BytesIO(content), "name": "emissions.csv", "actor": None}
    upload = services.receive(system=system, **{**file, **changes}, by_hand=True)
    services.read_upload(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


@pytest.fixture
def token(member):
    _, secret = accounts.issue_token(
        actor=member, name="ci", scopes=[Scope.READ, Scope.WRITE], days=30
    )
    return secret
