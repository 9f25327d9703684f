"""Whose burden idle hardware is: hours at work or reserved hours, and never both."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.assessments.models import Hardware, Site
from lca.engine import Triangular
from tests.apps.assessments.inventory.conftest import Study

HOURS = 8766.0  # of a year
KNOWN = {"lifetime_years": 1, "embodied_kg_co2e": 100, "embodied_includes_host": True}


def embodied(study: Study) -> float:
    return study.nominal("gwp_location", "stage", "hardware")


def test_hours_at_work_carry_the_idle_time_by_utilisation(study: Study, augusta: Site) -> None:
    study.run(augusta, study.hardware(utilisation=0.5, **KNOWN), gpu_hours=HOURS, energy_kwh=1)
    assert embodied(study) == pytest.approx(200)


def test_reserved_servers_hold_their_idle_time_already(study: Study, augusta: Site) -> None:
    hardware = study.hardware(allocation="exclusive_node", **KNOWN)
    study.run(augusta, hardware, gpu_hours=HOURS, energy_kwh=1)
    assert embodied(study) == pytest.approx(100)
    assert not [p.name for p in study.inventory().parameters if "utilisation" in p.name]


def test_a_shared_cluster_shares_out_what_nobody_reserved(study: Study, augusta: Site) -> None:
    hardware = study.hardware(allocation="shared_cluster", utilisation=0.8, **KNOWN)
    study.run(augusta, hardware, gpu_hours=HOURS, energy_kwh=1)
    assert embodied(study) == pytest.approx(125)
    label = study.inventory().parameter("hardware.h100.utilisation").label
    assert label == "Occupancy of the cluster, H100"


def test_a_shared_cluster_without_occupancy_takes_the_default(study: Study, augusta: Site) -> None:
    hardware = study.hardware(allocation="shared_cluster", **KNOWN)
    study.run(augusta, hardware, gpu_hours=HOURS, energy_kwh=1)
    default = study.inventory().parameter("hardware.h100.utilisation")
    assert default.provenance == "default"
    assert embodied(study) == pytest.approx(100 / default.value)


@pytest.mark.parametrize("allocation", ["exclusive_node", "shared_cluster"])
def test_reserved_hours_are_never_modelled_from_energy(
    study: Study, augusta: Site, allocation: str
) -> None:
    hardware = study.hardware(allocation=allocation, power_w=500, **KNOWN)
    study.run(augusta, hardware, energy_kwh=1000)
    study.deployment(
        augusta,
        hardware,
        requests=10,
        tokens_in=1,
        tokens_out=1,
        joules_per_output_token=1,
        joules_per_input_token=1,
    )
    assert study.result().stat("gwp_location", "stage", "hardware") is None
    reasons = [gap.reason for gap in study.inventory().gaps]
    assert "The GPU-hours of Run are not declared." in reasons
    assert "The accelerator-hours of Chat are not declared." in reasons


def test_hours_at_work_are_modelled_from_energy_as_before(study: Study, augusta: Site) -> None:
    hardware = study.hardware(power_w=500, node_overhead=1, utilisation=1, **KNOWN)
    study.run(augusta, hardware, energy_kwh=HOURS / 2)
    assert embodied(study) == pytest.approx(100)


def test_a_declared_range_becomes_a_distribution(study: Study, augusta: Site) -> None:
    hardware = study.hardware(
        lifetime_years=5,
        lifetime_years_low=3,
        lifetime_years_high=6,
        utilisation=0.7,
        utilisation_low=0.5,
        utilisation_high=0.9,
    )
    study.run(augusta, hardware, gpu_hours=1, energy_kwh=1)
    inventory = study.inventory()
    life = inventory.parameter("hardware.h100.lifetime_years")
    assert life.distribution == Triangular(low=3, high=6)
    use = inventory.parameter("hardware.h100.utilisation")
    assert use.distribution == Triangular(low=0.5, high=0.9)


@pytest.mark.parametrize(
    ("fields", "at", "message"),
    [
        ({"allocation": "exclusive_node", "utilisation": 0.5}, "utilisation", "count it twice"),
        ({"lifetime_years_low": 3}, "lifetime_years_low", "Give the lifetime"),
        ({"utilisation_high": 0.5}, "utilisation_high", "Give the utilisation"),
        (
            {"lifetime_years": 4, "lifetime_years_low": 5},
            "lifetime_years_low",
            "above the lifetime of 4",
        ),
        (
            {"utilisation": 0.5, "utilisation_high": 0.4},
            "utilisation_high",
            "below the utilisation of 0.5",
        ),
        ({"allocation": "whatever"}, "allocation", "not a valid choice"),
    ],
)
def test_what_contradicts_itself_is_refused_by_the_record_and_the_database(
    study: Study, fields: dict[str, object], at: str, message: str
) -> None:
    row = Hardware(name="X", assessment=study.assessment, **study.common, **fields)
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    assert message in " ".join(caught.value.message_dict[at])
    needs_a_value = "Give the" in message
    if not needs_a_value:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_reserved_servers_with_full_use_declared_are_accepted(study: Study) -> None:
    row = Hardware(
        name="X",
        assessment=study.assessment,
        allocation="exclusive_node",
        utilisation=1,
        **study.common,
    )
    row.full_clean()
    row.save()


def test_a_catalogue_figure_that_holds_its_server_gets_no_second_share(
    study: Study, augusta: Site
) -> None:
    hardware = study.hardware(name="TPU", accelerator="google-tpu-v5p", lifetime_years=1)
    study.run(augusta, hardware, gpu_hours=HOURS, energy_kwh=1)
    use = study.inventory().parameter("hardware.tpu.utilisation").value
    assert embodied(study) == pytest.approx(569.25 / use)
    minerals = study.nominal("adpe", "stage", "hardware")
    share = study.inventory().parameter("default.host_share_embodied_adpe").value
    assert minerals == pytest.approx(share / use)
