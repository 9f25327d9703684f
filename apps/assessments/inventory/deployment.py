"""Deployments: the electricity, water and hardware of answering requests."""

from collections.abc import Iterator

import attrs

from apps.assessments.inventory import ecologits
from apps.assessments.inventory.compute import energy_parameter, to_plug
from apps.assessments.inventory.draft import Draft, Terms, from_interval, inverse, supplied, times
from apps.assessments.inventory.hourly import in_its_hours
from apps.assessments.inventory.machine import Machine, Use, embodied_flows
from apps.assessments.inventory.pieces import pieces
from apps.assessments.inventory.predicted import Missing, prediction, token_energy
from apps.assessments.inventory.site import Load, SiteParameters, electricity_flows
from apps.assessments.models import Deployment
from lca.engine import Component, Parameter, Stage


@attrs.frozen(kw_only=True)
class Phase:
    """Prefill or decode: the fields that describe it."""

    name: str
    word: str
    tokens: str
    joules: str
    symbol: str


DECODE = Phase(
    name="decode",
    word="output",
    tokens="tokens_out",
    joules="joules_per_output_token",
    symbol="n_out",
)
PREFILL = Phase(
    name="prefill", word="input", tokens="tokens_in", joules="joules_per_input_token", symbol="n_in"
)


@attrs.frozen(kw_only=True)
class Serving:
    """One deployment with what its flows need."""

    row: Deployment
    name: str
    requests: str
    place: SiteParameters
    machine: Machine | None


def deployment_flows(
    draft: Draft, row: Deployment, place: SiteParameters, machine: Machine | None
) -> None:
    """Add the flows of one deployment, prefill and decode apart."""
    if draft.records.status(Stage.INFERENCE) == "excluded":
        return
    answered = row.answered
    if answered is None:
        reason = f"The number of requests of {row.name} is not declared."
        _gap(draft, row, reason, "Give the requests answered in the period, or their rate.")
        return
    name = f"deployment.{draft.records.key(row)}"
    requests = supplied(
        f"{name}.requests",
        answered,
        "request",
        label=f"Requests, {row.name}{_rate(row)}",
        symbol="N",
        source=row.source,
    )
    serving = Serving(
        row=row, name=name, requests=draft.add(requests), place=place, machine=machine
    )
    loads = list(_loads(draft, serving))
    if loads:
        place = in_its_hours(draft, row, place)
    for load in (*loads, *_idle(draft, serving, loads)):
        electricity_flows(draft, place, load)
    if draft.records.status(Stage.HARDWARE) != "excluded":
        _hardware(draft, serving, loads)


def _rate(row: Deployment) -> str:
    if row.requests is not None:
        return ""
    return f" ({row.request_rate:g} a second from {row.period_start} to {row.period_end})"


def _loads(draft: Draft, serving: Serving) -> Iterator[Load]:
    """Yield each part of the energy: images or videos, two phases, or accelerators and hosts where it is modelled."""
    row = serving.row
    if row.makes_pieces:
        yield from _pieces(draft, serving)
    if row.energy_source != "modelled":
        for phase in (DECODE, PREFILL):
            yield from _phase(draft, serving, phase)
    elif not row.makes_pieces:
        yield from _modelled(draft, serving)


def _phase(draft: Draft, serving: Serving, phase: Phase) -> Iterator[Load]:
    row = serving.row
    if row.makes_pieces and getattr(row, phase.tokens) is None:
        return
    count = _tokens(draft, serving, phase)
    if row.energy_source == "profile" and not getattr(row, phase.tokens):
        return
    joules = _joules(draft, serving, phase)
    if isinstance(joules, Missing):
        _gap(draft, row, joules.reason, joules.remedy)
    elif joules is None:
        reason = f"The energy per {phase.word} token of {row.name} is not declared."
        _gap(draft, row, reason, f"Give it, or choose a probe that measured {phase.name}.")
    elif count:
        plug = to_plug(_scope(row), serving.place, serving.machine)
        yield _load(serving, phase.name, times(count, {draft.add(joules): 1}, plug))


def _pieces(draft: Draft, serving: Serving) -> Iterator[Load]:
    """Yield the energy of images or videos."""
    made = pieces(draft, serving.row, serving.name)
    if isinstance(made, Missing):
        _gap(draft, serving.row, made.reason, made.remedy)
        return
    plug = to_plug(_scope(serving.row), serving.place, serving.machine)
    yield _load(serving, "pieces", times({serving.requests: 1}, made, plug))


def _load(serving: Serving, part: str, energy: Terms) -> Load:
    return Load(
        name=f"{serving.name}.{part}",
        label=f"{serving.row.name}, {part}",
        stage=Stage.INFERENCE,
        process=serving.row.name,
        energy=energy,
    )


def _tokens(draft: Draft, serving: Serving, phase: Phase) -> Terms | None:
    value = getattr(serving.row, phase.tokens)
    if value is None:
        reason = f"The {phase.word} tokens per request of {serving.row.name} are not declared."
        _gap(draft, serving.row, reason, f"Give the mean {phase.word} tokens per request.")
        return None
    parameter = supplied(
        f"{serving.name}.{phase.tokens}",
        value,
        "token/request",
        label=f"{phase.word.capitalize()} tokens per request, {serving.row.name}",
        symbol=phase.symbol,
        source=serving.row.source,
    )
    return {serving.requests: 1, draft.add(parameter): 1}


def _idle(draft: Draft, serving: Serving, loads: list[Load]) -> Iterator[Load]:
    """Yield what capacity held ready draws beside each load, where it is declared."""
    row = serving.row
    if row.idle_share:
        share = supplied(
            f"{serving.name}.idle_share",
            row.idle_share,
            "1",
            label=f"Energy of idle capacity per energy at work, {row.name}",
            symbol="s_idle",
            source=row.source,
        )
        idle = {draft.add(share): 1}
        for load in loads:
            part = f"idle.{load.name.rsplit('.', 1)[-1]}"
            yield _load(serving, part, times(load.energy, idle))


def _scope(row: Deployment) -> str:
    if row.energy_source == "profile":
        return "accelerator"
    if row.energy_source == "probe" and row.measurement:
        return row.measurement.boundary
    return row.energy_scope


def _joules(draft: Draft, serving: Serving, phase: Phase) -> Parameter | Missing | None:
    """Energy per token as declared, predicted or as a probe found it; ``None`` if it is not known."""
    row, name = serving.row, f"{serving.name}.joules_{phase.name}"
    label = f"Energy per {phase.word} token, {row.name}"
    if row.energy_source == "probe":
        return _probed(row, phase, name, label)
    if row.energy_source == "profile":
        found = prediction(draft.records, row)
        tokens = getattr(row, phase.tokens)
        if isinstance(found, Missing) or not tokens:
            return found if isinstance(found, Missing) else None
        return token_energy(found, phase.name, tokens, name, label)
    value = getattr(row, phase.joules)
    if value is None:
        return None
    return energy_parameter(
        draft.records,
        name,
        value,
        label=label,
        provenance=row.energy_provenance,
        source=row.source,
        unit="J/token",
    )


def _probed(row: Deployment, phase: Phase, name: str, label: str) -> Parameter | None:
    probe = row.measurement
    value = getattr(probe, f"{phase.name}_j_per_token", None)
    if probe is None or value is None:
        return None
    low = getattr(probe, f"{phase.name}_j_per_token_p05")
    high = getattr(probe, f"{phase.name}_j_per_token_p95")
    return supplied(
        name,
        value,
        "J/token",
        label=label,
        symbol="e_token",
        provenance=probe.provenance,
        distribution=from_interval(low, high),
        source=f"Probe: {probe.model_name}, {probe.precision}, {probe.device}, meter {probe.meter}",
    )


def _modelled(draft: Draft, serving: Serving) -> Iterator[Load]:
    system, row = draft.records.assessment.system, serving.row
    active = system.params_active_b or system.params_total_b
    total = system.params_total_b or system.params_active_b
    if active is None or total is None:
        reason = f"The energy of {row.name} cannot be modelled: the system's parameters are not declared."
        _gap(draft, row, reason, "Give the system's parameters, or the energy per token.")
        return
    reason = f"The modelled energy of {row.name} leaves out the reading of prompts."
    _gap(draft, row, reason, "Give the energy per token, or choose a probe.")
    count = _tokens(draft, serving, DECODE)
    if count:
        model = ecologits.token_energy(draft, serving.name, row.batch_size, active, total)
        yield _load(serving, "accelerators", times(count, model.accelerators))
        yield _load(serving, "hosts", times(count, model.hosts))


def _hardware(draft: Draft, serving: Serving, loads: list[Load]) -> None:
    row, machine = serving.row, serving.machine
    if machine is None:
        reason = f"The hardware of {row.name} is not declared."
        _gap(draft, row, reason, "Choose the hardware.", Stage.HARDWARE)
        return
    for part, hours in _busy(draft, serving, machine, loads):
        use = Use(
            name=f"{serving.name}.{part}",
            label=row.name,
            process=row.name,
            activity=Stage.INFERENCE,
            hours=hours,
        )
        embodied_flows(draft, machine, use)


def _busy(
    draft: Draft, serving: Serving, machine: Machine, loads: list[Load]
) -> Iterator[tuple[str, Terms]]:
    """Accelerator-hours as declared, else modelled from the energy of each part."""
    row = serving.row
    if row.accelerator_hours is not None:
        declared = supplied(
            f"{serving.name}.accelerator_hours",
            row.accelerator_hours,
            "GPU h",
            label=f"Accelerator-hours, {row.name}",
            symbol="h_GPU",
            source=row.source,
        )
        yield "hardware", {draft.add(declared): 1}
        return
    if machine.serving_power is None or machine.hardware.hours_are_reserved:
        reason = f"The accelerator-hours of {row.name} are not declared."
        _gap(draft, row, reason, "Give them, or name the accelerator.", Stage.HARDWARE)
        return
    modelled = row.energy_source == "modelled"
    overhead: Terms = {} if modelled else {machine.overhead: -1}
    for load in loads:
        if not load.name.endswith(".hosts"):
            part = load.name.rsplit(".", 1)[-1]
            yield f"{part}.hardware", times(load.energy, overhead, inverse(machine.serving_power))


def _gap(
    draft: Draft, row: Deployment, reason: str, remedy: str, stage: Stage = Stage.INFERENCE
) -> None:
    component = Component.EMBODIED if stage is Stage.HARDWARE else Component.ELECTRICITY
    draft.gap(stage, reason, remedy=remedy, process=row.name, component=component)
