"""Deployments whose energy a profile predicts, idle capacity, and the ladder of boundaries."""

import math
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.assessments.inventory import evaluate
from apps.assessments.inventory.ladder import ladder
from apps.assessments.models import Deployment, Hardware, Site
from apps.probes.models import FittedProfile
from lca.measure.profiles.fit import shipped, to_document
from lca.measure.profiles.profile import Request, predict
from tests.apps.assessments.inventory.conftest import Study
from tests.factories import OrganisationFactory

JOULES_PER_KWH = 3.6e6
SERVED = {
    "requests": 1000,
    "tokens_in": 500,
    "tokens_out": 400,
    "energy_source": "profile",
    "batch_size": 64,
    "precision": "bf16",
    "accelerators": 4,
}


@pytest.fixture
def study(study: Study) -> Study:
    study.assessment.system.params_total_b = study.assessment.system.params_active_b = 70
    study.assessment.system.save()
    return study


@pytest.fixture
def paris(study: Study) -> Site:
    return study.site(name="Paris", zone="FR", pue=1.2, wue_l_per_kwh=0.5)


@pytest.fixture
def h100(study: Study) -> Hardware:
    return study.hardware(node_overhead=1.5)


def serve(study: Study, site: Site, hardware: Hardware | None, **fields: Any) -> Deployment:
    return study.deployment(site, hardware, **SERVED | fields)


def test_a_prediction_becomes_the_electricity_of_the_deployment(
    study: Study, paris: Site, h100: Hardware
) -> None:
    serve(study, paris, h100)
    expected = predict(
        Request(params_total=70, params_active=70, gpu="H100", gpus=4, batch=64, input_tokens=500)
    )
    kwh = 1000 * expected.energy[0] / JOULES_PER_KWH * 1.5 * 1.2
    assert study.nominal("electricity", "stage", "inference") == pytest.approx(kwh)
    names = {p.name: p for p in study.inventory().parameters}
    decode = next(p for name, p in names.items() if name.endswith("joules_decode"))
    assert decode.provenance == "modelled"
    assert "arXiv 2601.22076" in decode.source
    assert decode.distribution.spread(decode.value) > 0.1 * decode.value


def fitted(organisation: Organisation, **fields: Any) -> FittedProfile:
    """A profile that predicts twice what the shipped one does."""
    document = to_document(replace(shipped(), source="Ours"))
    document["all"]["log_coefficients"] = [
        value + math.log(2.0) for value in document["all"]["log_coefficients"]
    ]
    values = {"state": "ready", "rows": 1, "error": 0.1, "fitted_at": timezone.now(), **fields}
    return FittedProfile.objects.create(
        organisation=organisation, label="Ours", document=document, **values
    )


def test_a_deployment_may_choose_a_fit_of_its_organisation(
    study: Study, paris: Site, h100: Hardware
) -> None:
    row = serve(study, paris, h100, tokens_in=None)
    before = study.nominal("electricity", "stage", "inference")
    row.fitted = fitted(row.organisation)
    row.full_clean()
    row.save()
    assert study.nominal("electricity", "stage", "inference") == pytest.approx(2 * before, rel=1e-4)
    sources = [p.source for p in study.inventory().parameters if "joules_decode" in p.name]
    assert sources[0].startswith("Profile: Ours")


def test_a_fit_that_is_not_ready_or_not_ones_own_is_refused(
    study: Study, paris: Site, h100: Hardware
) -> None:
    row = serve(study, paris, h100)
    row.fitted = fitted(OrganisationFactory())
    with pytest.raises(ValidationError, match="another organisation"):
        row.full_clean()
    row.fitted = fitted(row.organisation, state="fitting")
    with pytest.raises(ValidationError, match="not ready"):
        row.full_clean()


def test_cached_prompt_tokens_take_less(study: Study, paris: Site, h100: Hardware) -> None:
    row = serve(study, paris, h100)
    before = study.nominal("electricity", "stage", "inference")
    row.cached_share = 1.0
    row.save()
    after = study.nominal("electricity", "stage", "inference")
    assert 0 < after < before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"batch_size": None}, "without: requests answered at once"),
        ({"precision": ""}, "precision of the weights"),
        ({"accelerators": None}, "accelerators of one replica"),
        ({"accelerators": 1}, "The weights need 140 GB"),
    ],
)
def test_what_cannot_be_predicted_is_a_gap_with_its_reason(
    study: Study, paris: Site, h100: Hardware, fields: dict[str, Any], said: str
) -> None:
    serve(study, paris, h100, **fields)
    assert study.result().stat("electricity", "stage", "inference") is None
    reasons = [gap.reason for gap in study.inventory().gaps]
    assert sum(said in reason for reason in reasons) == 1


def test_no_prompt_is_no_gap_and_no_energy(study: Study, paris: Site, h100: Hardware) -> None:
    serve(study, paris, h100, tokens_in=0)
    assert not [gap for gap in study.inventory().gaps if "input token" in gap.reason]
    assert study.nominal("electricity", "stage", "inference") > 0


def test_idle_capacity_adds_its_share(study: Study, paris: Site, h100: Hardware) -> None:
    row = serve(study, paris, h100)
    before = study.nominal("electricity", "stage", "inference")
    row.idle_share = 0.12
    row.save()
    assert study.nominal("electricity", "stage", "inference") == pytest.approx(1.12 * before)


def kwh(found: Any, key: str) -> float:
    rung = next(rung for rung in found.rungs if rung.key == key)
    return float(rung.figures["electricity"]["nominal"])


def test_each_rung_holds_those_below(study: Study, paris: Site, h100: Hardware) -> None:
    row = serve(study, paris, h100, idle_share=0.1)
    found = ladder(study.assessment, row)
    chip = kwh(found, "accelerators")
    assert kwh(found, "server") == pytest.approx(1.5 * chip)
    assert kwh(found, "idle") == pytest.approx(1.5 * 1.1 * chip)
    assert kwh(found, "site") == pytest.approx(1.5 * 1.1 * 1.2 * chip)
    assert kwh(found, "hardware") == pytest.approx(kwh(found, "site"))
    climate = {r.key: r.figures["gwp_location"]["nominal"] for r in found.rungs if r.figures}
    assert climate["hardware"] > climate["site"] > climate["idle"]
    life = found.rungs[-1]
    assert (life.key, life.figures) == ("life_cycle", {})
    assert "not declared" in life.reason


def test_phases_and_components_add_up_to_the_site(
    study: Study, paris: Site, h100: Hardware
) -> None:
    row = serve(study, paris, h100, idle_share=0.1)
    found = ladder(study.assessment, row)
    assert set(found.parts) == {"decode", "prefill"}
    assert set(found.parts["decode"]) == {"accelerator", "host", "idle", "overhead"}
    whole = sum(value for part in found.parts.values() for value in part.values())
    assert whole == pytest.approx(kwh(found, "site"))


def test_the_widest_rung_is_the_fully_loaded_figure(
    study: Study, paris: Site, h100: Hardware
) -> None:
    study.run(paris, h100, gpu_hours=1000, energy_kwh=500)
    study.assessment.lifetime_queries = 1e6
    study.assessment.functional_unit_output_tokens = 400
    study.assessment.save()
    row = serve(study, paris, h100)
    found = ladder(study.assessment, row)
    loaded = evaluate(study.assessment).per_use["fully_loaded"]
    for category in ("electricity", "gwp_location", "water"):
        assert found.rungs[-1].figures[category]["nominal"] == pytest.approx(
            loaded[category]["nominal"]
        )


def test_energy_of_the_server_has_no_rung_of_the_chip(study: Study, paris: Site) -> None:
    row = study.deployment(
        paris, requests=10, tokens_in=0, tokens_out=400, energy_source="supplied",
        energy_scope="node", joules_per_output_token=2.0, joules_per_input_token=1.0,
    )  # fmt: skip
    found = ladder(study.assessment, row)
    assert found.rungs[0].figures == {}
    assert "declared with the server" in found.rungs[0].reason
    assert set(found.parts["decode"]) == {"server", "overhead"}
    assert kwh(found, "server") == pytest.approx(800 / JOULES_PER_KWH)


def test_a_deployment_without_energy_has_one_rung_that_says_so(study: Study, paris: Site) -> None:
    row = study.deployment(paris, energy_source="profile")
    found = ladder(study.assessment, row)
    assert [rung.key for rung in found.rungs] == ["accelerators"]
    assert "No energy is known" in found.rungs[0].reason
