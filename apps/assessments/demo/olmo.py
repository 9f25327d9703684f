"""The OLMo study (Morrison et al. 2025): each published row declared, and published beside computed.

GPU power only, as in the study: the servers around the GPUs are not counted, so the node overhead is declared as 1.
"""

import csv
from collections.abc import Iterable

from apps.accounts.models import Organisation, User
from apps.assessments.demo.people import FOLDER
from apps.assessments.demo.writing import Study
from apps.assessments.models import ComputeRun, Hardware, PublishedFigure, Site
from lca.engine import Category, Stage

SLUG = "olmo-2025"
SOURCE = "Morrison et al. (2025), Holistically Evaluating the Environmental Impact of Creating Language Models, arXiv 2503.05804"
ALL_GPU_HOURS = 1_650_000
KWH_PER_MWH = 1000
Row = dict[str, str]

SITES: dict[str, dict[str, object]] = {
    "jupiter": {
        "name": "Jupiter (Texas)",
        "operator": "Ai2",
        "zone": "US-EGRID-ERCT",
        "datacentre": "jupiter_ai2",
        "pue": 1.2,
        "wue_l_per_kwh": 0.0,
        "ewif_l_per_kwh": 1.29,
        "ewif_hydropower": "included",
        "grid_kg_co2e_per_kwh": 0.332,
        "grid_source": SOURCE,
        "source": SOURCE,
    },
    "augusta": {
        "name": "Augusta (Iowa)",
        "operator": "Ai2, Google Cloud",
        "zone": "US-EGRID-MROW",
        "datacentre": "augusta_ai2",
        "pue": 1.12,
        "wue_l_per_kwh": 0.0,
        "ewif_l_per_kwh": 3.10,
        "ewif_hydropower": "included",
        "grid_kg_co2e_per_kwh": 0.351,
        "grid_source": f"{SOURCE}, section 4.1 (section 3.1 prints 0.352)",
        "source": SOURCE,
    },
    "lumi": {
        "name": "LUMI (Finland)",
        "operator": "LUMI",
        "zone": "FI",
        "wue_l_per_kwh": 0.0,
        "ewif_l_per_kwh": 0.0,
        "grid_kg_co2e_per_kwh": 0.0,
        "grid_source": f"{SOURCE}: hydropower, reported as zero. Supplied, not a location-based grid average.",
        "source": f"{SOURCE}: water reported as zero.",
    },
    "twin": {
        "name": "OLMo 7B Twin (Australia)",
        "zone": "AU",
        "wue_l_per_kwh": 0.0,
        "ewif_l_per_kwh": 4.27,
        "grid_kg_co2e_per_kwh": 0.614,
        "grid_source": "Implied by the published row: 70 t / 114 MWh. An input, not evidence.",
        "source": "Implied by the published row: 487 kL / 114 MWh. An input, not evidence.",
    },
}
TOTALS: tuple[tuple[str, str, float, float, float, str], ...] = (
    (
        "Development, total",
        Stage.DEVELOPMENT.value,
        159,
        843,
        0.01,
        "Published rows are rounded to the tonne.",
    ),
    (
        "Final training, total",
        Stage.TRAINING.value,
        312,
        1921,
        0.02,
        (
            "The published total holds the 13B row with PUE applied twice: 10.6 t and 93 kL more than here. The"
            " other rows differ by less than their rounding, 1.4 t in all."
        ),
    ),
    (
        "Embodied hardware",
        Stage.HARDWARE.value,
        22,
        4.8,
        0.015,
        "463 kg and 102.6 L per GPU over 4 years of full use, for 1.65 million GPU-hours.",
    ),
    (
        "Development, training and hardware",
        "",
        493,
        2769,
        0.02,
        (
            "With PUE applied once: 481 t and 2.68 million litres. The difference is the 13B row (10.6 t, 93 kL)"
            " and rounding."
        ),
    ),
)


def declare(organisation: Organisation, actor: User) -> None:
    """Declare the study."""
    study = Study(organisation, actor)
    _open(study)
    sites = {key: study.add(Site, **fields) for key, fields in SITES.items()}
    hardware = study.add(
        Hardware,
        name="H100, 8 per node",
        accelerator="nvidia-h100-sxm5-80gb",
        accelerators_per_node=8,
        lifetime_years=4,
        utilisation=1,
        node_overhead=1,
        embodied_kg_co2e=463,
        embodied_water_l=102.6,
        embodied_includes_host=True,
        source=f"{SOURCE}: 3,700 kg per node of eight; 100.4 L of the die and 2.2 L of rare earths per GPU. GPU"
        " power only, so the node overhead is 1; full use is assumed.",
    )
    rows = read_rows()
    hours = gpu_hours(rows)
    runs = {row["key"]: _run(study, row, sites, hardware, hours) for row in rows}
    for row in rows:
        _publish_row(study, row, runs[row["key"]])
    for label, stage, tonnes, kilolitres, tolerance, note in TOTALS:
        _publish(study, label, (tonnes, kilolitres), (tolerance, tolerance), stage=stage, note=note)


def read_rows() -> list[Row]:
    """The published rows of development and final training."""
    with (FOLDER / f"{SLUG}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gpu_hours(rows: Iterable[Row]) -> dict[str, float]:
    """GPU-hours by row; those of training, which the study prints only in sum, shared out by energy.

    LUMI and Twin are not among them: without them the shared hours give 598 W per GPU, as the study
    says of its H100; with them they could not.
    """
    rows = list(rows)
    hours = {row["key"]: float(row["gpu_hours"]) for row in rows if row["gpu_hours"]}
    energy = {
        row["key"]: _it_energy_mwh(row)
        for row in rows
        if not row["gpu_hours"] and row["site"] in {"jupiter", "augusta"}
    }
    left = ALL_GPU_HOURS - sum(hours.values())
    whole = sum(energy.values())
    return hours | {key: round(left * share / whole) for key, share in energy.items()}


def _it_energy_mwh(row: Row) -> float:
    pue = SITES[row["site"]]["pue"] if row["energy_scope"] == "facility" else 1.0
    return float(row["energy_mwh"]) / float(str(pue))


def _open(study: Study) -> None:
    study.open(
        slug=SLUG,
        title="OLMo: development and training of a family of language models",
        system={
            "name": "OLMo, OLMo 2 and OLMoE",
            "provider": "Allen Institute for AI (Ai2)",
            "description": "Open language models from 20 million to 13 billion parameters.",
            "website": "https://allenai.org/olmo",
        },
        scope={
            "goal": "Reproduce, row by row, the published footprint of developing and training the OLMo models, and show where"
            " computed and published figures differ.",
            "functional_unit": "the whole family of models, developed and trained",
        },
    )
    study.exclude(Stage.INFERENCE, "The study ends with the trained models.")
    study.exclude(Stage.END_OF_LIFE, "Not part of the study.")


def _run(
    study: Study,
    row: Row,
    sites: dict[str, Site],
    hardware: Hardware,
    hours: dict[str, float],
) -> ComputeRun:
    shared = (
        ""
        if row["gpu_hours"] or row["key"] not in hours
        else (" GPU-hours: share of the 970,000 of all training, by energy.")
    )
    return study.add(
        ComputeRun,
        name=row["name"],
        site=sites[row["site"]],
        hardware=hardware if row["key"] in hours else None,
        category=row["category"],
        component=row["component"],
        runs_count=int(row["runs"]),
        gpu_hours=hours.get(row["key"]),
        energy_kwh=float(row["energy_mwh"]) * KWH_PER_MWH,
        energy_scope=row["energy_scope"],
        energy_provenance="supplied",
        source=f"{SOURCE}. {row['input_note']}{shared}".strip(),
    )


def _publish_row(study: Study, row: Row, run: ComputeRun) -> None:
    values = float(row["published_t"]), float(row["published_kl"])
    tolerances = tuple(
        float(row[key]) if row[key] else None for key in ("tolerance_t", "tolerance_kl")
    )
    note = " ".join(filter(None, (row["input_note"], row["published_note"])))
    _publish(study, row["name"], values, tolerances, stage=run.stage.value, run=run, note=note)


def _publish(
    study: Study,
    label: str,
    values: tuple[float, float],
    tolerances: tuple[float | None, ...],
    *,
    stage: str,
    note: str,
    run: ComputeRun | None = None,
) -> None:
    kinds = ((Category.GWP_LOCATION, "t CO2e"), (Category.WATER, "kL"))
    for (category, unit), value, tolerance in zip(kinds, values, tolerances, strict=True):
        study.add(
            PublishedFigure,
            label=label,
            stage=stage,
            category=category.value,
            value=value,
            unit=unit,
            tolerance_share=tolerance,
            run=run,
            where=SOURCE,
            note=note,
        )
