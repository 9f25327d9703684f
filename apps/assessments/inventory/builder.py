"""From the records of an assessment to its inventory."""

from apps.assessments.inventory import boundary
from apps.assessments.inventory.compute import run_flows
from apps.assessments.inventory.deployment import deployment_flows
from apps.assessments.inventory.draft import Draft
from apps.assessments.inventory.machine import machine_parameters
from apps.assessments.inventory.records import Records, read
from apps.assessments.inventory.site import site_parameters
from apps.assessments.inventory.upstream import upstream_flow
from apps.assessments.inventory.water import whole_or_gap
from apps.assessments.models import Assessment
from lca.engine import Inventory, Stage


def build_inventory(assessment: Assessment) -> Inventory:
    """Inventory of an assessment as it stands.

    Raises
    ------
    EngineError
        If the records contradict each other in a way that no form can see.
    """
    return from_records(read(assessment))


def from_records(records: Records) -> Inventory:
    """Inventory of records that have been read."""
    draft = Draft(records)
    places = {pk: site_parameters(draft, site) for pk, site in records.sites.items()}
    machines = {pk: machine_parameters(draft, item) for pk, item in records.hardware.items()}
    for run in records.runs:
        run_flows(draft, run, places[run.site_id], machines.get(run.hardware_id or 0))
    if records.status(Stage.TRAINING) != "excluded":
        for row in records.upstream:
            upstream_flow(draft, row)
    for deployment in records.deployments:
        machine = machines.get(deployment.hardware_id or 0)
        deployment_flows(draft, deployment, places[deployment.site_id], machine)
    whole_or_gap(draft)
    boundary.note_gaps(draft)
    return draft.inventory()
