"""What an importer makes of a file: runs, and rows it had to refuse, each with its line and its reason."""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import attrs

from lca.engine import Provenance


class Outcome(StrEnum):
    """How a run ended, as far as the file says."""

    FINISHED = "finished"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Boundary(StrEnum):
    """What the energy of a run counts."""

    ACCELERATOR = "accelerator"
    PROCESS = "process"
    NODE = "node"
    FACILITY = "facility"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Note:
    """A trap that was met in a row: a stable code, and a sentence for readers that says what was done."""

    code: str
    text: str


@attrs.frozen(kw_only=True)
class Run:
    """One run as its file tells it; ``None`` and empty texts are what the file does not say.

    Parameters
    ----------
    line : int
        First line of the file that it comes from, from 1; 0 for a document without lines.
    rows : int
        Lines, samples or records of the file that it is made of.
    external_id : str
        The tool's own identifier; the same run in another file has the same.
    experiment : str
        Identifier of the experiment that the tool counts it to.
    energy_kwh : float, optional
        As the file gives it, with ``pue_inside`` still in it.
    energy_parts_kwh : dict
        The same by part: ``cpu``, ``gpu``, ``ram``.
    pue_inside : float, optional
        PUE that the energy has been multiplied by; 1 where it is certain that none was.
    emissions_kg : float, optional
        What the tool claims [kg CO2e]; shown beside our figure, never summed with it.
    gpu_hours : float, optional
        GPUs times hours; ``None`` where either is not known.
    country : str
        ISO 3166-1 alpha-3.
    provenance : Provenance
        Of the energy.
    facts : dict
        Further figures for readers, each with its unit in its name, such as ``joules_per_output_token``.
    notes : tuple of Note
        Traps met in this row.
    is_impossible : bool
        Whether its figures contradict themselves; it is shown and never added up.
    is_alternative : bool
        Whether its rows are alternatives or averages, such as points of a benchmark, which must not be added up.
    """

    line: int
    rows: int = 1
    external_id: str = ""
    experiment: str = ""
    name: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_s: float | None = None
    energy_kwh: float | None = None
    energy_parts_kwh: dict[str, float] = attrs.field(factory=dict)
    pue_inside: float | None = None
    emissions_kg: float | None = None
    gpu_model: str = ""
    gpu_count: float | None = None
    gpu_hours: float | None = None
    country: str = ""
    region: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    boundary: Boundary = Boundary.UNKNOWN
    provenance: Provenance = Provenance.SUPPLIED
    tool: str = ""
    facts: dict[str, float] = attrs.field(factory=dict)
    notes: tuple[Note, ...] = ()
    is_impossible: bool = False
    is_alternative: bool = False


@attrs.frozen(kw_only=True)
class Rejected:
    """A row that cannot be used: where it stands, why, and what to do about it."""

    line: int
    why: str
    remedy: str = ""
    rows: int = 1


Found: TypeAlias = Run | Rejected
