"""Deployments that make images or videos: the energy of one, declared or predicted."""

from apps.assessments.inventory.compute import energy_parameter
from apps.assessments.inventory.draft import Draft, Terms, from_interval, supplied
from apps.assessments.inventory.predicted import Missing
from apps.assessments.inventory.records import Records
from apps.assessments.models import Deployment
from lca.engine import Parameter
from lca.measure.errors import DoesNotFit, InvalidRequest
from lca.measure.profiles.diffusion import Picture, predict

UNIT = "J/piece"
OTHER = "Give the energy per image or video, or let a profile predict it."


def pieces(draft: Draft, row: Deployment, name: str) -> Terms | Missing:
    """Images or videos per request times the energy of one, or which of the two is not known."""
    if row.pieces is None:
        return Missing(
            reason=f"The images or videos per request of {row.name} are not declared.",
            remedy="Give their mean number.",
        )
    energy = _energy(draft.records, row, f"{name}.joules_piece")
    if isinstance(energy, Missing):
        return energy
    count = supplied(
        f"{name}.pieces",
        row.pieces,
        "piece/request",
        label=f"Images or videos per request, {row.name}",
        symbol="n_piece",
        source=row.source,
    )
    return {draft.add(count): 1, draft.add(energy): 1}


def _energy(records: Records, row: Deployment, name: str) -> Parameter | Missing:
    """Energy of the accelerators, or of what was declared, for one image or video."""
    label = f"Energy per image or video, {row.name}"
    if row.energy_source == "profile":
        return _predicted(records, row, name, label)
    if row.joules_per_piece is None or row.energy_source != "supplied":
        return Missing(
            reason=f"The energy per image or video of {row.name} is not declared.", remedy=OTHER
        )
    return energy_parameter(
        records,
        name,
        row.joules_per_piece,
        label=label,
        provenance=row.energy_provenance,
        source=row.source,
        unit=UNIT,
    )


def _predicted(records: Records, row: Deployment, name: str, label: str) -> Parameter | Missing:
    system, hardware = records.assessment.system, row.hardware
    needed = {
        "the system's parameters": system.params_total_b or system.params_active_b,
        "hardware with an accelerator": hardware.accelerator if hardware else "",
        "width in pixels": row.pixels_wide,
        "height in pixels": row.pixels_high,
        "inference steps": row.steps,
        "accelerators of one replica": row.accelerators,
        "requests answered at once": row.batch_size,
    }
    if missing := [what for what, value in needed.items() if not value]:
        return Missing(
            reason=f"The energy of {row.name} cannot be predicted without: {', '.join(missing)}.",
            remedy="Declare them, or give the energy per image or video.",
        )
    try:
        found = predict(
            Picture(
                params=float(needed["the system's parameters"]),
                gpu=str(needed["hardware with an accelerator"]),
                gpus=int(row.accelerators or 1),
                batch=max(1, round(row.batch_size or 1)),
                steps=int(row.steps or 1),
                width=int(row.pixels_wide or 1),
                height=int(row.pixels_high or 1),
                frames=int(row.frames or 1),
            )
        )
    except (InvalidRequest, DoesNotFit) as error:
        return Missing(
            reason=f"The energy of {row.name} cannot be predicted: {error}", remedy=OTHER
        )
    kind = "video" if (row.frames or 1) > 1 else "image"
    energy = found[f"energy_per_{kind}_j"]
    return supplied(
        name,
        energy["value"],
        UNIT,
        label=label,
        symbol="e_piece",
        provenance="modelled",
        distribution=from_interval(energy["p05"], energy["p95"]),
        source=f"Profile: {found['fit']}. Extrapolates: {'; '.join(found['extrapolates'])}",
    )
