"""Hosts, their probes and fits, the ladder and the findings, on a desk and on a phone."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import Membership, Role, User
from apps.assessments.models import Deployment
from apps.probes import services
from apps.probes.models import ProbeHost
from tests.apps.probes.conftest import make_document
from tests.browser.test_indices import demo
from tests.factories import PASSWORD, MembershipFactory

__all__ = ["demo", "make_document"]  # fixtures of other tests
LogIn = Callable[[Page, str, str], None]
Check = Callable[[Page], None]
Document = dict[str, Any]
DEVICES = [
    {
        "kind": "cuda",
        "index": index,
        "name": "NVIDIA H100 80GB HBM3",
        "uuid": f"GPU-{index}",
        "meters": {"nvml_energy": "available", "rapl": "The powercap files are not readable."},
        "address": f"cuda:{index}",
        "key": f"GPU-{index}",
    }
    for index in range(2)
]


@pytest.fixture
def member(transactional_db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR, organisation__slug="lab")


@pytest.fixture
def host(member: Membership, make_document: Callable[..., Document]) -> ProbeHost:
    """A host with two series of measurements, one modelled, a drift alarm, a schedule, and a sweep under way."""
    made, _ = services.add_host(organisation=member.organisation, actor=member.user, name="Rack 7")
    now = timezone.now()
    ProbeHost.objects.filter(pk=made.pk).update(devices=DEVICES, joined_at=now, last_seen_at=now)
    made.refresh_from_db()
    figures = [(250.0, False), (255.0, False), (500.0, False), (240.0, True), (260.0, True)]
    for day, (decode_j, modelled) in enumerate(figures):
        for batch in (1, 8):
            document = copy.deepcopy(make_document(modelled=modelled, decode_j=decode_j / batch))
            document["duration_s"] += day
            document["request"]["batch_size"] = batch
            made_of = services.record_measurement(
                organisation=member.organisation,
                actor=member.user,
                document=document,
                origin={
                    "host": made,
                    "host_device": "GPU-0",
                    "load": f"100 in, 10 out, batch of {batch}",
                    "measured_at": now - timedelta(days=9 - day),
                },
            )
            services.watch_drift(made_of)
    load: dict[str, Any] = {"preset": "ref-8b", "precision": "fp16"}
    who: dict[str, Any] = {"organisation": member.organisation, "actor": member.user, "host": made}
    services.add_schedule(**who, **load, device="cuda:1", every_h=24)
    sweep = {"batches": [1, 8, 64], "prompts": [128, 1024], "budget_s": 3600}
    probe = services.request_probe(**who, **load, sweep=sweep)
    type(probe).objects.filter(pk=probe.pk).update(
        state="running", phase="run 3 of 6, decode", progress=0.4, started_at=now, heartbeat_at=now
    )
    return made


def test_hosts_and_what_they_do_are_readable_everywhere(
    page: Page, phone: Page, host: ProbeHost, log_in: LogIn, assert_accessible: Check, no_sideways_scroll: Check
) -> None:  # fmt: skip
    user = MembershipFactory(role=Role.EDITOR, organisation=host.organisation).user
    for opened in (page, phone):
        log_in(opened, user.email, PASSWORD)
        opened.goto("/o/lab/probes/hosts/")
        expect(opened.get_by_role("heading", name="GPU hosts")).to_be_visible()
        assert_accessible(opened)
        no_sideways_scroll(opened)
        opened.get_by_role("link", name="Rack 7").first.click()
        expect(opened.get_by_role("heading", name="Rack 7")).to_be_visible()
        expect(opened.get_by_text("No drift is watched here").first).to_be_visible()
        opened.get_by_text("A sweep: several values at once").click()
        opened.get_by_label("Batch sizes").fill("1, 4")
        assert_accessible(opened)
        no_sideways_scroll(opened)
        opened.get_by_role("link", name="Sweep of ref-8b").first.click()
        expect(opened.get_by_text("run 3 of 6, decode")).to_be_visible()
        assert_accessible(opened)
        no_sideways_scroll(opened)


def test_findings_and_fits_are_readable_everywhere(
    page: Page, phone: Page, host: ProbeHost, log_in: LogIn, assert_accessible: Check, no_sideways_scroll: Check
) -> None:  # fmt: skip
    user = MembershipFactory(role=Role.EDITOR, organisation=host.organisation).user
    for opened in (page, phone):
        log_in(opened, user.email, PASSWORD)
        for address, heading in (
            ("findings/", "What precision and batch do to energy"),
            ("fits/", "Fitted profiles"),
            ("", "Probes"),
        ):
            opened.goto(f"/o/lab/probes/{address}")
            expect(opened.get_by_role("heading", name=heading, exact=True)).to_be_visible()
            assert_accessible(opened)
            no_sideways_scroll(opened)


def test_the_ladder_of_boundaries_is_readable_everywhere(
    page: Page, phone: Page, demo: User, log_in: LogIn, assert_accessible: Check, no_sideways_scroll: Check
) -> None:  # fmt: skip
    row = Deployment.objects.select_related("assessment__organisation").first()
    assert row is not None
    where = (row.assessment.organisation.slug, row.assessment.slug, row.uuid)
    for opened in (page, phone):
        log_in(opened, demo.email, PASSWORD)
        opened.goto(reverse("assessments:boundaries", args=where))
        expect(opened.get_by_role("table", name="Per request, at widening")).to_be_visible()
        assert_accessible(opened)
        no_sideways_scroll(opened)
