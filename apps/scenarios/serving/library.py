"""Serving profiles: those made of published measurements, and those of a file of one's own.

Decoding is measured. Prompt lengths are not published, so prefill is the prediction of :mod:`lca.measure.profiles`, at design power.
"""

import csv
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import Origin
from apps.scenarios.serving.measured import documents_in, from_documents
from apps.scenarios.serving.profile import PowerCap, ServingProfile, by_batch
from lca.engine import Provenance
from lca.measure.profiles.accelerators import find
from lca.measure.profiles.fit import PREFILL_GSD
from lca.measure.profiles.profile import Request, predict

MLENERGY = "ML.ENERGY benchmark v3, Chung et al., arXiv 2601.22076"
MEASURED_GSD = 1.0247
"""Basic uncertainty of measured electricity in the factor library (pedigree, ecoinvent's expert factors)."""
IDLE_SHARE = 0.156
"""Idle power over design power: 72 W of an idle H100 without a model, plus 26 to 50 W for a loaded one, of 700 W."""
IDLE = Origin(
    provenance=Provenance.DEFAULT,
    source=(
        "eight idle H100s in a public power log (72 W each, no model loaded), plus 26 to 50 W of a loaded model "
        "(Vadari, arXiv 2605.23918), as a share of design power"
    ),
    gsd=1.08,
)
EXTRAPOLATED = "decoding below a batch of {smallest} is extrapolated: it was not measured"
CONTEXT = "steps were measured in conversations of about {tokens} generated tokens; longer contexts take longer steps"
HOST = "accelerators alone, without their host"

LARGEST_BATCH = 100_000

Row = Mapping[str, str]


def shipped(path: Path) -> dict[str, ServingProfile]:
    """Return the profiles of a table of published measurements, by name: model/accelerator x number."""
    with path.open(encoding="utf-8", newline="") as file:
        groups: defaultdict[str, list[Row]] = defaultdict(list)
        for row in csv.DictReader(file):
            groups[_name(row)].append(row)
    return {name: _published(name, rows) for name, rows in sorted(groups.items())}


def _name(row: Row) -> str:
    model = row["model_id"].rsplit("/", 1)[-1].lower()
    return f"{model}/{row['gpu_model'].lower()}x{row['num_gpus']}"


def _published(name: str, rows: Sequence[Row]) -> ServingProfile:
    device = find(rows[0]["gpu_model"])
    gpus = int(rows[0]["num_gpus"])
    batches = [float(row["avg_batch_size"]) for row in rows]
    steps = [float(row["median_itl_ms"]) / 1e3 for row in rows]
    watts = [float(row["avg_power_watts"]) for row in rows]
    tokens = sum(float(row["avg_output_len"]) for row in rows) / len(rows)
    design = gpus * device.tdp_w
    per_token = _prefill_j(rows[0], gpus)
    return ServingProfile(
        name=name,
        step_s=by_batch(batches, steps, floor=min(steps) / 2),
        step_w=by_batch(batches, watts, floor=IDLE_SHARE * design),
        prefill_s_per_token=per_token / design,
        prefill_w=design,
        idle_w=IDLE_SHARE * design,
        origins={
            "decode": Origin(provenance=Provenance.MEASURED, source=MLENERGY, gsd=MEASURED_GSD),
            "prefill": Origin(
                provenance=Provenance.MODELLED,
                source=f"profile fitted to {MLENERGY}; prompt tokens at design power",
                gsd=PREFILL_GSD,
            ),
            "idle": IDLE,
        },
        notes=(
            HOST,
            EXTRAPOLATED.format(smallest=round(min(batches))),
            CONTEXT.format(tokens=round(tokens, -1)),
        ),
    )


def _prefill_j(row: Row, gpus: int) -> float:
    request = Request(
        params_total=float(row["total_params_billions"]),
        params_active=float(row["activated_params_billions"]),
        gpu=row["gpu_model"],
        gpus=gpus,
        precision=row["weight_precision"],
        input_tokens=1000.0,
    )
    return predict(request).prefill[0] / request.input_tokens


def read(path: Path, precision: str = "") -> ServingProfile:
    """Read one's own profile from JSON: measurement documents, or the keys in docs/methodology/serving.md.

    Raises
    ------
    BadInput
        With the key that is missing or wrong.
    """
    content = _content(path)
    if (documents := documents_in(content)) is not None:
        return from_documents(documents, precision)
    if not isinstance(content, dict):
        msg = f"{path}: a profile is an object with keys."
        raise BadInput(msg, field="profile")
    return _stated(content)


def _stated(document: Mapping[str, Any]) -> ServingProfile:
    source = _text(document, "source")
    provenance = _provenance(document)
    decode = [_point(row, place) for place, row in enumerate(_list(document, "decode"))]
    batches, steps, watts = (list(column) for column in zip(*decode, strict=True))
    idle = _number(document, "idle_w")
    prefill = _object(document, "prefill")
    origin = Origin(
        provenance=provenance, source=source, gsd=_number(document, "gsd", MEASURED_GSD)
    )
    return ServingProfile(
        name=_text(document, "name"),
        step_s=by_batch(batches, steps, floor=min(steps) / 2),
        step_w=by_batch(batches, watts, floor=idle),
        prefill_s=_number(prefill, "fixed_ms", 0.0) / 1e3,
        prefill_s_per_token=_number(prefill, "ms_per_token") / 1e3,
        prefill_w=_number(prefill, "watts"),
        context_s=_number(document, "context_us_per_token", 0.0) / 1e6,
        memory_tokens=_number(document, "memory_tokens", math.inf),
        idle_w=idle,
        origins={"decode": origin, "prefill": origin, "idle": origin},
        notes=(EXTRAPOLATED.format(smallest=round(min(batches))),) if min(batches) > 1 else (),
        caps=_caps(document.get("power_caps", []), origin),
    )


def _content(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})."
        raise BadInput(msg, field="profile") from error
    except ValueError as error:
        msg = f"{path}: not JSON ({error})."
        raise BadInput(msg, field="profile") from error


def _point(row: Any, place: int) -> tuple[float, float, float]:
    if not isinstance(row, dict):
        msg = f"decode, entry {place}: an object with batch, step_ms and watts."
        raise BadInput(msg, field="decode")
    batch = _number(row, "batch")
    if batch < 1 or batch > LARGEST_BATCH:
        msg = f"decode, entry {place}: a batch from 1 to {LARGEST_BATCH}."
        raise BadInput(msg, field="batch")
    return batch, _number(row, "step_ms") / 1e3, _number(row, "watts")


def _caps(rows: Any, origin: Origin) -> tuple[PowerCap, ...]:
    if not isinstance(rows, list):
        msg = "power_caps: a list of objects with name, slower and power."
        raise BadInput(msg, field="power_caps")
    return tuple(_cap(row, origin) for row in rows)


def _cap(row: Any, origin: Origin) -> PowerCap:
    if not isinstance(row, dict):
        raise BadInput("power_caps: objects with name, slower and power.", field="power_caps")
    return PowerCap(
        name=_text(row, "name"),
        slower=_number(row, "slower"),
        power=_number(row, "power"),
        origin=origin,
    )


def _provenance(document: Mapping[str, Any]) -> Provenance:
    word = _text(document, "provenance")
    if word not in {each.value for each in Provenance}:
        known = ", ".join(each.value for each in Provenance)
        msg = f"provenance is {word!r}; it is one of {known}."
        raise BadInput(msg, field="provenance")
    return Provenance(word)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        msg = f"The profile lacks the text “{key}”."
        raise BadInput(msg, field=key)
    return value.strip()


def _number(row: Mapping[str, Any], key: str, default: float | None = None) -> float:
    value = row.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"The profile lacks the number “{key}”."
        raise BadInput(msg, field=key)
    return float(value)


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    if not isinstance(value, list) or not value:
        msg = f"The profile lacks the list “{key}”, with an entry for each measured batch."
        raise BadInput(msg, field=key)
    return value


def _object(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    if not isinstance(value, dict):
        msg = f"The profile lacks “{key}”, an object."
        raise BadInput(msg, field=key)
    return value


def chosen(name: str, table: Path) -> ServingProfile:
    """Return a shipped profile by name, or the one in a JSON file; for whoever may read files here.

    Raises
    ------
    BadInput
        For a name that fits none or several.
    """
    file, _, precision = name.partition("#")
    if file.endswith(".json"):
        return read(Path(file), precision)
    return named(name, table)


def named(name: str, table: Path) -> ServingProfile:
    """Return a shipped profile by its name, or by words that only it has.

    Raises
    ------
    BadInput
        For a name that fits none or several.
    """
    known = shipped(table)
    wanted = name.strip().lower()
    near = [wanted] if wanted in known else [key for key in known if wanted and wanted in key]
    if len(near) == 1:
        return known[near[0]]
    offered = ", ".join(near or known)
    word = "fits several" if near else "is not known"
    msg = f"The profile “{name}” {word}. There are: {offered}."
    raise BadInput(msg, field="profile")
