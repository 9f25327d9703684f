"""``fit`` makes a profile from a table, ``predict`` gives a request's energy, ``evaluate`` says how far a profile is off."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.measure.cli.output import print_document, say, target_of, write
from lca.measure.errors import InvalidRequest

if TYPE_CHECKING:
    from lca.measure.cli.measuring import Commands
    from lca.measure.profiles.fit import Fit


def add_commands(commands: "Commands") -> None:
    """Add ``predict``, ``evaluate`` and ``fit``."""
    _add_predict(commands.add_parser("predict", help="predict the energy of a request"))
    evaluate = commands.add_parser(
        "evaluate", help="compare predictions with a table of measurements, model by model"
    )
    evaluate.set_defaults(execute=_evaluate)
    evaluate.add_argument("table", type=Path, metavar="FILE.csv")
    evaluate.add_argument("--fit", type=Path, metavar="FILE", help="by default the shipped one")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    fit = commands.add_parser("fit", help="fit the model to a table of measurements")
    fit.set_defaults(execute=_fit)
    fit.add_argument("table", type=Path, metavar="FILE.csv")
    fit.add_argument("--source", required=True, help="citation of the table, printed with figures")
    fit.add_argument(
        "--measurement",
        action="append",
        type=Path,
        default=[],
        metavar="DOC.json",
        help="a document of a measured run, which tells what prompts take; may be repeated",
    )
    fit.add_argument(
        "--measured-on",
        metavar="NAME",
        help="accelerator of the documents, if not by their own name",
    )
    fit.add_argument("--out", required=True, metavar="FILE", help="- prints it")


def _add_predict(predict: argparse.ArgumentParser) -> None:
    predict.set_defaults(execute=_predict)
    predict.add_argument("--list-gpus", action="store_true", help="list accelerators and stop")
    predict.add_argument("--params-total", type=float, metavar="B", help="parameters, billions")
    predict.add_argument(
        "--params-active", type=float, metavar="B", help="active a token; by default all"
    )
    predict.add_argument("--gpu", metavar="NAME", help="accelerator, e.g. H100 or nvidia-l40s")
    predict.add_argument("--gpus", type=int, default=1, metavar="N", help="accelerators a replica")
    predict.add_argument("--precision", default="bf16", metavar="P", help="of the weights")
    predict.add_argument("--batch", type=int, metavar="N", help="requests served at a time")
    predict.add_argument(
        "--in", dest="input_tokens", type=float, metavar="N", help="prompt tokens a request"
    )
    predict.add_argument(
        "--out", dest="output_tokens", type=float, metavar="N", help="answer tokens a request"
    )
    predict.add_argument(
        "--cached", type=float, default=0.0, metavar="N", help="prompt tokens found in a cache"
    )
    predict.add_argument(
        "--reasoning", type=float, default=0.0, metavar="N", help="tokens generated and not shown"
    )
    predict.add_argument(
        "--replicas", type=int, default=1, metavar="N", help="data-parallel replicas of attention"
    )
    predict.add_argument(
        "--hybrid", action="store_true", help="half of the layers or fewer have attention"
    )
    predict.add_argument("--fit", type=Path, metavar="FILE", help="by default the shipped one")
    predict.add_argument("--json", action="store_true", help="print JSON")
    made = predict.add_argument_group("images and videos of diffusion transformers")
    made.add_argument("--image", metavar="WxH", help="pixels of an image, e.g. 1024x1024")
    made.add_argument("--video", metavar="WxHxFRAMES", help="pixels and frames of a video")
    made.add_argument("--steps", type=int, metavar="N", help="denoising steps")
    made.add_argument("--fps", type=float, metavar="N", help="frames a second, for joules a second")


REQUIRED = {
    "params_total": "--params-total",
    "gpu": "--gpu",
    "batch": "--batch",
    "input_tokens": "--in",
    "output_tokens": "--out",
}


def _predict(options: argparse.Namespace) -> None:
    from lca.measure.profiles.accelerators import accelerators
    from lca.measure.profiles.profile import Request, predict

    if options.list_gpus:
        print_document(
            [{"key": row.key, "name": row.name, "tdp_w": row.tdp_w, "memory_gb": row.memory_gb} for row in accelerators().values()]
        )  # fmt: skip
        return
    if options.image or options.video:
        _predict_picture(options)
        return
    _demand(options, REQUIRED)
    total = options.params_total
    request = Request(
        params_total=total,
        params_active=total if options.params_active is None else options.params_active,
        gpu=options.gpu,
        gpus=options.gpus,
        precision=options.precision,
        batch=options.batch,
        input_tokens=options.input_tokens,
        output_tokens=options.output_tokens,
        cached_tokens=options.cached,
        reasoning_tokens=options.reasoning,
        replicas=options.replicas,
        hybrid=options.hybrid,
    )
    result = predict(request, _read_fit(options.fit)).to_dict()
    if options.json:
        print_document(result)
    else:
        _describe(result)


def _demand(options: argparse.Namespace, flags: Mapping[str, str]) -> None:
    missing = [flag for name, flag in flags.items() if getattr(options, name) is None]
    if missing:
        msg = f"Declare {', '.join(missing)}; a prediction cannot do without."
        raise InvalidRequest(msg)


PICTURE = {"params_total": "--params-total", "gpu": "--gpu", "batch": "--batch", "steps": "--steps"}


def _predict_picture(options: argparse.Namespace) -> None:
    from lca.measure.profiles.diffusion import Picture, predict

    _demand(options, PICTURE)
    flag, text, count = (
        ("--image", options.image, 2) if options.image else ("--video", options.video, 3)
    )
    sizes = text.lower().split("x")
    if len(sizes) != count or not all(size.isdecimal() for size in sizes):
        msg = f"{flag} is {text}; write {'x'.join(['1024', '1024', '81'][:count])}."
        raise InvalidRequest(msg)
    width, height, frames = (int(size) for size in (*sizes, "1")[:3])
    result = predict(
        Picture(
            params=options.params_total,
            gpu=options.gpu,
            gpus=options.gpus,
            batch=options.batch,
            steps=options.steps,
            width=width,
            height=height,
            frames=frames,
        )
    )
    if options.fps and options.video:
        each = result["energy_per_video_j"]
        result["energy_per_second_j"] = {k: v * options.fps / frames for k, v in each.items()}
    if options.json:
        print_document(result)
        return
    energies = [(key, value) for key, value in result.items() if key.endswith("_j")]
    lines = [f"{key[:-2].replace('_', ' ')}  {_range(value, 'J')}" for key, value in energies]
    lines += [f"Extrapolates: {text}." for text in result["extrapolates"]]
    print("\n".join(lines))  # noqa: T201  the command line speaks here


def _describe(result: dict[str, Any]) -> None:
    lines = [
        f"energy a request          {_range(result['energy_per_request_j'], 'J')}",
        f"  prompt                  {_range(result['phases_j']['prefill'], 'J')}",
        f"  answer                  {_range(result['phases_j']['decode'], 'J')}",
        f"an answer of 400 tokens   {_range(result['per_400_output_tokens_wh'], 'Wh')}",
        f"a million answer tokens   {_range(result['per_million_output_tokens_kwh'], 'kWh')}",
        "Accelerators alone, modelled; the range holds 90 %.",
        *(f"Extrapolates: {text}." for text in result["extrapolates"]),
    ]
    print("\n".join(lines))  # noqa: T201  the command line speaks here


def _range(bounds: dict[str, float], unit: str) -> str:
    return f"{bounds['value']:.3g} {unit} ({bounds['p05']:.3g} to {bounds['p95']:.3g})"


def _evaluate(options: argparse.Namespace) -> None:
    from lca.measure.profiles.evaluate import evaluate
    from lca.measure.profiles.table import read

    result = evaluate(read(options.table), _read_fit(options.fit)).to_dict()
    if options.json:
        print_document(result)
    else:
        _tabulate(result)


def _tabulate(result: dict[str, Any]) -> None:
    rows = {"all": result, **result["by_base_model"]}
    lines = [f"{'base model':28} rows  median error   75 %   90 %  inside  EcoLogits"]
    for name, row in rows.items():
        errors = (row[f"{key}_absolute_error"] for key in ("median", "p75", "p90"))
        each = "  ".join(f"{error:6.1%}" for error in errors)
        other = row["ecologits"]["median_absolute_error"]
        lines.append(
            f"{name:28} {row['rows']:4}        {each}  {row['coverage_90']:6.1%}  {other:8.1%}"
        )
    lines.append(f"Median of 95 % bound over 5 % bound: {result['median_p95_over_p05']:.2f}")
    print("\n".join(lines))  # noqa: T201  the command line speaks here


def _fit(options: argparse.Namespace) -> None:
    from lca.measure.profiles.documents import read_documents
    from lca.measure.profiles.fit import to_document
    from lca.measure.profiles.fitting import digest_of, fit
    from lca.measure.profiles.table import read

    target = target_of(options.out)
    table = read(options.table)
    measured = (
        read_documents(options.measurement, options.measured_on) if options.measurement else None
    )
    result = fit(
        table, measured, source=options.source, digest=digest_of(options.table), progress=say
    )
    write(to_document(result), target)


def _read_fit(path: Path | None) -> "Fit | None":
    if path is None:
        return None
    from lca.measure.profiles.fit import from_document

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"--fit is {path}; it cannot be read ({error})."
        raise InvalidRequest(msg) from error
    if not isinstance(document, dict):
        msg = f"--fit is {path}; it holds no JSON object."
        raise InvalidRequest(msg)
    return from_document(document)
