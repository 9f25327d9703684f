"""Compute runs of development and training: their electricity, water and hardware."""

from apps.assessments.inventory.draft import Draft, Terms, inverse, supplied, times
from apps.assessments.inventory.hourly import in_its_hours
from apps.assessments.inventory.machine import Machine, Use, embodied_flows
from apps.assessments.inventory.records import Records
from apps.assessments.inventory.site import Load, SiteParameters, electricity_flows
from apps.assessments.models import ComputeRun
from lca.engine import Component, Lognormal, Parameter, Stage


def run_flows(
    draft: Draft, run: ComputeRun, place: SiteParameters, machine: Machine | None
) -> None:
    """Add the flows of one run, or of several runs alike."""
    if draft.records.status(run.stage) == "excluded":
        return
    name = f"run.{draft.records.key(run)}"
    hours = _hours(draft, run, name)
    energy = _energy(draft, run, place, machine, hours)
    if energy is None:
        draft.gap(
            run.stage,
            f"The energy of {run.name} is not declared and cannot be modelled without an accelerator.",
            remedy="Give the energy, or choose hardware with a known power.",
            process=run.name,
            component=Component.ELECTRICITY,
        )
    else:
        load = Load(name=name, label=run.name, stage=run.stage, process=run.name, energy=energy)
        electricity_flows(draft, in_its_hours(draft, run, place), load)
    if draft.records.status(Stage.HARDWARE) != "excluded":
        _hardware(draft, run, machine, hours or busy_hours(energy, machine))


def energy_parameter(
    records: Records,
    name: str,
    value: float,
    *,
    label: str,
    provenance: str,
    source: str,
    unit: str = "kWh",
) -> Parameter:
    """Declared energy with the spread that its provenance calls for."""
    kind = "measured_energy_gsd" if provenance == "measured" else "supplied_energy_gsd"
    return supplied(
        name,
        value,
        unit,
        label=label,
        symbol="E",
        source=source,
        provenance=provenance,
        distribution=Lognormal(gsd=records.default(kind).value),
    )


def to_plug(scope: str, place: SiteParameters, machine: Machine | None) -> Terms:
    """Factor from energy as it was metered to energy at the server plug."""
    if scope == "facility":
        return {place.pue: -1}
    if scope == "accelerator" and machine:
        return {machine.overhead: 1}
    return {}


def busy_hours(energy: Terms | None, machine: Machine | None) -> Terms | None:
    """Hours modelled from energy at the plug: divided by node overhead and mean power; never reserved hours."""
    if (
        energy is None
        or machine is None
        or not machine.power
        or machine.hardware.hours_are_reserved
    ):
        return None
    return times(energy, {machine.overhead: -1}, inverse(machine.power))


def _hours(draft: Draft, run: ComputeRun, name: str) -> Terms | None:
    if run.gpu_hours is None:
        return None
    hours = supplied(
        f"{name}.gpu_hours",
        run.gpu_hours,
        "GPU h",
        label=f"GPU-hours, {run.name}",
        symbol="h_GPU",
        source=run.source,
    )
    return {draft.add(hours): 1}


def _energy(
    draft: Draft,
    run: ComputeRun,
    place: SiteParameters,
    machine: Machine | None,
    hours: Terms | None,
) -> Terms | None:
    if run.energy_kwh is None:
        return _modelled(hours, machine)
    if run.energy_scope == "accelerator" and machine is None:
        draft.gap(
            run.stage,
            f"The energy of {run.name} covers accelerators only; its servers are not declared.",
            remedy="Choose the hardware of the run.",
            process=run.name,
            component=Component.ELECTRICITY,
        )
    declared = energy_parameter(
        draft.records,
        f"run.{draft.records.key(run)}.energy",
        run.energy_kwh,
        label=f"Energy, {run.name}",
        provenance=run.energy_provenance,
        source=run.source,
    )
    return times({draft.add(declared): 1}, to_plug(run.energy_scope, place, machine))


def _modelled(hours: Terms | None, machine: Machine | None) -> Terms | None:
    if hours is None or machine is None or machine.power is None:
        return None
    return times(hours, machine.power, {machine.overhead: 1})


def _hardware(draft: Draft, run: ComputeRun, machine: Machine | None, hours: Terms | None) -> None:
    if machine is None or hours is None:
        what = "hardware of {} is" if machine is None else "GPU-hours of {} are"
        draft.gap(
            Stage.HARDWARE,
            f"The {what.format(run.name)} not declared.",
            remedy="Choose the hardware of the run and give its GPU-hours.",
            process=run.name,
            component=Component.EMBODIED,
        )
        return
    use = Use(
        name=f"run.{draft.records.key(run)}.hardware",
        label=run.name,
        process=run.name,
        activity=run.stage,
        hours=hours,
    )
    embodied_flows(draft, machine, use)
