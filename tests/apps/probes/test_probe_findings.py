"""Findings: ratios of published and own measurements, and the page that shows them."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership
from apps.probes import findings, services
from apps.probes.findings import Cell, HeatMap
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def cell(heat: HeatMap, label: str, column: str) -> Cell:
    cells = next(cells for name, cells in heat.rows if name.startswith(label))
    found = cells[heat.columns.index(column)]
    assert found is not None
    return found


def test_published_low_precision_costs_in_small_batches_and_saves_in_large_ones() -> None:
    """Qwen3-VL 235B FP8 on B200, images: both regimes are in the published table."""
    precisions, _ = findings.published()
    small = cell(precisions, "qwen3-235b-a22b, fp8 · NVIDIA B200 · images", "8")
    large = cell(precisions, "qwen3-235b-a22b, fp8 · NVIDIA B200 · images", "1024")
    assert small.ratio > large.ratio
    assert small.tone.startswith("costs")


def test_published_batches_share_the_reading_of_weights() -> None:
    """Llama 3.1 8B on one H100: 0.4548 J at a batch of 8, 0.0766 J at 256."""
    _, batches = findings.published()
    found = cell(batches, "llama-3.1-8b, bf16 · NVIDIA H100 SXM5 80GB · chat", "256")
    assert found.joules == pytest.approx(0.0766, abs=5e-5)
    assert found.ratio == pytest.approx(0.0766 / 0.4548, rel=1e-3)
    assert found.tone == "saves-3"


@pytest.fixture
def document(make_document: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return make_document()


def record(member: Membership, document: dict[str, Any], **request: Any) -> None:
    own = copy.deepcopy(document)
    own["request"] |= request
    services.record_measurement(organisation=member.organisation, actor=member.user, document=own)


def test_own_measurements_are_compared_within_their_organisation(
    member: Membership, document: dict[str, Any]
) -> None:
    record(member, document)
    assert findings.own(member.organisation) == ()
    record(member, document, batch_size=8)
    (found,) = findings.own(member.organisation)
    assert [heat.columns for heat in found.maps] == [("1", "8"), ("1", "8")]
    assert cell(found.maps[0], document["request"]["precision"], "1").ratio == 1
    assert findings.own(MembershipFactory().organisation) == ()


def test_the_page_shows_both_and_says_what_to_do(
    page: Client, member: Membership, document: dict[str, Any]
) -> None:
    address = reverse("probes:findings", args=[member.organisation.slug])
    html = page.get(address).content.decode()
    assert "Nothing to compare yet" in html
    assert "arXiv 2601.22076" in html
    record(member, document)
    record(member, document, batch_size=8)
    html = page.get(address).content.decode()
    assert "Nothing to compare yet" not in html
    assert "against" in html
