"""Deployments that make images or videos: declared or predicted, and what is missing said."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.assessments.inventory.ladder import ladder
from apps.assessments.services import check
from lca.measure.profiles.diffusion import Picture, predict
from tests.factories import MembershipFactory

MADE = {"requests": 100, "pieces": 2.0, "batch_size": 1.0, "accelerators": 1}
PREDICTED = {"energy_source": "profile", "pixels_wide": 1024, "pixels_high": 1024, "steps": 28}


@pytest.fixture
def gpu(study):
    return study.hardware(node_overhead=1.25)


def electricity(study):
    return study.nominal("electricity", "component", "electricity")


def reasons(study):
    return [gap.reason for gap in study.inventory().gaps]


def test_declared_energy_counts_for_each_piece(study, augusta, gpu):
    study.deployment(
        augusta, gpu, **MADE, energy_source="supplied", joules_per_piece=3.6e6, energy_scope="node"
    )
    assert electricity(study) == pytest.approx(200.0)
    assert not any("token" in reason for reason in reasons(study))


def test_tokens_that_are_declared_come_on_top(study, augusta, gpu):
    study.deployment(
        augusta, gpu, **MADE, energy_source="supplied", joules_per_piece=3.6e6,
        tokens_out=1000, joules_per_output_token=3600, energy_scope="node",
    )  # fmt: skip
    assert electricity(study) == pytest.approx(200.0 + 100.0)


@pytest.mark.parametrize(("frames", "kind"), [(None, "image"), (49, "video")])
def test_a_profile_predicts_an_image_or_a_video(study, augusta, gpu, frames, kind):
    study.assessment.system.params_total_b = 12.0
    study.assessment.system.save()
    study.deployment(augusta, gpu, **MADE, **PREDICTED, frames=frames)
    picture = Picture(params=12, gpu="nvidia-h100-sxm5-80gb", steps=28, frames=frames or 1)
    joules = predict(picture)[f"energy_per_{kind}_j"]["value"]
    assert electricity(study) == pytest.approx(200 * joules * 1.25 / 3.6e6)
    parameter = study.inventory().parameter("deployment.chat.joules_piece")
    assert parameter.provenance == "modelled"
    assert "were measured" in parameter.source


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": None}, "without: the system's parameters, inference steps"),
        ({"energy_source": "modelled"}, "energy per image or video of Chat is not declared"),
        ({"pieces": None, "joules_per_piece": 5.0}, "images or videos per request of Chat"),
    ],
)
def test_what_is_missing_is_a_gap_with_its_name(study, augusta, gpu, changes, said):
    study.deployment(augusta, gpu, **{**MADE, **PREDICTED, **changes})
    assert any(said in reason for reason in reasons(study))


def test_supplied_energy_needs_one_of_both_kinds(study, augusta):
    row = study.deployment(augusta, **MADE, energy_source="supplied", joules_per_piece=1.0)
    check(record=row)
    row.joules_per_piece = None
    with pytest.raises(ValidationError, match="joules per output token"):
        check(record=row)


def test_the_page_gives_an_image_and_a_second_of_video(study, augusta, gpu):
    row = study.deployment(
        augusta, gpu, **MADE, energy_source="supplied", joules_per_piece=3600.0,
        energy_scope="facility", frames=48, frame_rate=24,
    )  # fmt: skip
    member = MembershipFactory(organisation=study.assessment.organisation, role=Role.VIEWER)
    client = Client()
    client.force_login(member.user)
    where = [study.assessment.organisation.slug, study.assessment.slug, row.uuid]
    response = client.get(reverse("assessments:boundaries", args=where))
    assert response.context["per_piece"] == {
        "each": pytest.approx(1.0),
        "second": pytest.approx(0.5),
    }
    assert set(ladder(study.assessment, row).parts) == {"pieces"}
