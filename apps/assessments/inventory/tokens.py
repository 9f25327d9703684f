"""One request of a deployment by itself: what a token takes at work, apart from how many there were."""

import copy

from apps.assessments.inventory.deployment import deployment_flows
from apps.assessments.inventory.draft import Draft
from apps.assessments.inventory.machine import machine_parameters
from apps.assessments.inventory.records import read
from apps.assessments.inventory.site import site_parameters
from apps.assessments.inventory.water import whole_or_gap
from apps.assessments.models import Deployment, EnergySource
from lca.engine import Inventory

PER_TOKEN = {EnergySource.SUPPLIED, EnergySource.PROBE}  # the same joules however long a request is


def request_inventory(deployment: Deployment) -> tuple[Inventory, dict[str, float]]:
    """Inventory of a single request with the site's electricity of the year, and the tokens that it has.

    Where the energy is told per token, and the length of requests is not declared, a request of one token stands for it.
    Flows are named ``deployment.<key>.<part>.<component>``; parts are ``prefill``, ``decode``, ``accelerators``, ``hosts``.

    Returns
    -------
    Inventory, dict of str to float
        ``tokens_in`` and ``tokens_out`` of the request; one that is not known is absent.

    Raises
    ------
    EngineError
        If the records contradict each other.
    """
    row = copy.copy(deployment)
    row.requests, row.request_rate = 1, None
    row.period_start = row.period_end = None
    if row.energy_source in PER_TOKEN:
        row.tokens_in, row.tokens_out = row.tokens_in or 1.0, row.tokens_out or 1.0
    draft = Draft(read(row.assessment))
    records = draft.records
    place = site_parameters(draft, records.sites[row.site_id])
    hardware = records.hardware.get(row.hardware_id or 0)
    machine = machine_parameters(draft, hardware) if hardware else None
    deployment_flows(draft, row, place, machine)
    whole_or_gap(draft)
    tokens = {name: getattr(row, name) for name in ("tokens_in", "tokens_out")}
    return draft.inventory(), {name: value for name, value in tokens.items() if value}
