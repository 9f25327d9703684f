"""An organisation that deploys a small open model, with the energy per token from a probe.

The organisation and its traffic are made up to show the product; the probe's document is a real one.
"""

import json
from datetime import date
from typing import Any

from apps.accounts.models import Organisation, User
from apps.assessments.demo.people import FOLDER
from apps.assessments.demo.writing import Study
from apps.assessments.models import ComputeRun, Deployment, Hardware, Site, UpstreamModel
from apps.probes import services as probes
from lca.engine import Stage

SLUG = "helpdesk-assistant"
MADE_UP = "Made up for this example"
BUSY_HOURS = 3_750
CORES, SERVER_CORES = 2, 80


def declare(organisation: Organisation, actor: User) -> None:
    """Declare the study."""
    study = Study(organisation, actor)
    _open(study)
    site = study.add(
        Site,
        name="Rented rack, Sweden",
        operator="a colocation operator",
        zone="SE",
        pue=1.25,
        pue_low=1.2,
        pue_high=1.3,
        source=f"{MADE_UP}: operator's invoice.",
    )
    _adapt(study, site)
    _deploy(study, site)


def _open(study: Study) -> None:
    study.open(
        slug=SLUG,
        title="A helpdesk assistant on a small open model",
        system={
            "name": "Fjordlight helpdesk assistant",
            "provider": "Fjordlight (made up)",
            "description": "Drafts answers to support mail overnight with an open decoder model of half a billion parameters, fine-tuned once"
            " and served on two rented processor cores. The organisation and its traffic are made up; the energy per"
            " token comes from a real run of the probe.",
            "params_total_b": 0.5,
            "params_active_b": 0.5,
        },
        scope={
            "goal": "Show customers what one answer costs, and find what is worth measuring next.",
            "functional_unit": "one answer of 120 output tokens",
            "functional_unit_output_tokens": 120,
            "functional_unit_input_tokens": 350,
            "period_start": date(2026, 1, 1),
            "period_end": date(2026, 12, 31),
            "lifetime_queries": 90_000,
        },
    )
    study.exclude(Stage.END_OF_LIFE, "The servers go back to their lessor; no figure is available.")


def _adapt(study: Study, site: Site) -> None:
    """Declare the base model and the fine-tuning, known by GPU-hours alone."""
    study.add(
        UpstreamModel, name="Open base model, 0.5 B", source="Its publisher states no footprint."
    )
    rented = study.add(Hardware, name="Rented H100", accelerator="nvidia-h100-sxm5-80gb")
    for name, category, hours in (
        ("Trying prompts and data mixes", "exploration", 40.0),
        ("Comparing checkpoints", "evaluation", 6.0),
        ("Fine-tuning", "fine_tuning", 18.0),
    ):
        study.add(
            ComputeRun,
            name=name,
            site=site,
            hardware=rented,
            category=category,
            outcome="completed",
            team="Assistant",
            gpu_hours=hours,
            source=f"{MADE_UP}: job log.",
        )


def _deploy(study: Study, site: Site) -> None:
    """Declare a year of answers, on processors alone, with the probe's energy per token."""
    measurement = probes.record_measurement(
        organisation=study.organisation,
        actor=study.actor,
        document=probe_document(),
        label="Reference model of 0.5 B on a server's processor",
    )
    server = study.add(
        Hardware,
        name="Two cores of a rented server",
        embodied_kg_co2e=900 * CORES / SERVER_CORES,
        embodied_kg_sb_eq=0.14 * CORES / SERVER_CORES,
        embodied_mj=13_000 * CORES / SERVER_CORES,
        embodied_includes_host=True,
        source="2 of 80 cores, as in the probe's power model, of a generic compute server: BoaviztAPI 2.5.0"
        " archetype, medium (900 kg CO2e, 0.14 kg Sb eq, 13,000 MJ).",
    )
    study.add(
        Deployment,
        name="Helpdesk, 2026",
        site=site,
        hardware=server,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 12, 31),
        requests=30_000,
        tokens_in=350,
        tokens_out=120,
        energy_source="probe",
        measurement=measurement,
        accelerator_hours=BUSY_HOURS,
        source=f"{MADE_UP}: access log.",
    )


def probe_document() -> dict[str, Any]:
    """The document of ``python -m lca.measure run`` that ships with the demo."""
    document: dict[str, Any] = json.loads((FOLDER / "probe.json").read_text("utf-8"))
    return document
