"""``manage.py whatif serve``: what policies of serving do to the energy of a request."""

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from apps.scenarios.errors import BadInput
from apps.scenarios.quantity import Origin
from apps.scenarios.serving import study, trace
from apps.scenarios.serving.policy import Policy, usual
from apps.scenarios.serving.profile import PowerCap
from apps.scenarios.setting import Setting
from lca.engine import Provenance

WORD = "serve"
HELP = "Simulates batched generation on a trace: energy, footprint and waiting of each policy."
DEFAULT_PROFILE = "llama-3.3-70b-instruct/h100x4"


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--trace", type=Path, help="CSV of time, prompt tokens, generated tokens")
    parser.add_argument("--process", help="draw one instead: " + ", ".join(trace.PROCESSES))
    parser.add_argument("--rate", type=float, default=1.0, help="drawn requests a second")
    parser.add_argument("--requests", type=int, default=10_000, help="how many are drawn")
    parser.add_argument("--profile", default=DEFAULT_PROFILE, help="a shipped name or a file.json")
    parser.add_argument(
        "--memory-tokens", type=float,
        help="tokens of context that have room for keys and values at a time; else the profile's, or no limit",
    )  # fmt: skip
    parser.add_argument(
        "--replicas", type=int, help="for each policy; else the fewest that keep up"
    )
    parser.add_argument(
        "--cap", action="append", default=[], metavar="NAME:SLOWER:POWER",
        help="a power limit: steps take SLOWER times as long at POWER times the power",
    )  # fmt: skip
    parser.add_argument("--sweep", action="store_true", help="energy against waiting, too")


def run(options: dict[str, Any], setting: Setting) -> dict[str, object]:
    """Simulate and return plain JSON."""
    profile = setting.profile(options["profile"])
    if options["memory_tokens"] is not None:
        profile = replace(profile, memory_tokens=options["memory_tokens"])
    requests = _trace(options)
    policies = [*usual(profile, requests), *(_cap(text) for text in options["cap"])]
    found = study.study(
        requests, profile, setting.site, policies, replicas=options["replicas"]
    ).to_dict()
    if options["sweep"]:
        found["sweep"] = study.sweep(requests, profile, options["replicas"])
    return found


def _trace(options: dict[str, Any]) -> trace.Trace:
    if options["trace"] is not None:
        return trace.read(options["trace"])
    if not options["process"]:
        raise BadInput(
            "Give a trace (--trace FILE.csv) or a process to draw (--process poisson).",
            field="trace",
        )
    shape = trace.Shape(
        process=options["process"], rate=options["rate"], requests=options["requests"]
    )
    return trace.draw(shape)


def _cap(text: str) -> Policy:
    try:
        name, slower, power = text.rsplit(":", 2)
        factors = float(slower), float(power)
    except ValueError:
        msg = f"--cap {text}: write it as NAME:SLOWER:POWER, for instance 500W:1.08:0.75."
        raise BadInput(msg, field="cap") from None
    origin = Origin(provenance=Provenance.SUPPLIED, source="given for this what-if")
    cap = PowerCap(name=name, slower=factors[0], power=factors[1], origin=origin)
    return Policy(name=name, cap=cap, says="at a lower power limit")


def table(found: dict[str, Any]) -> list[list[str]]:
    """Return the rows that a person reads."""
    rows = [
        [
            "policy",
            "replicas",
            "J/request",
            "gCO2e/request",
            "against baseline",
            "batch",
            "in use",
            "P95 wait, s",
        ]
    ]
    for each in found["policies"]:
        carbon = each["footprint"]["gwp_location"]
        apart = carbon.get("difference")
        rows.append(
            [
                each["policy"] + (" (falls behind)" if each["falls_behind"] else ""),
                str(each["replicas"]),
                f"{each['energy_per_request_j']:,.4g}",
                f"{1e3 * carbon['nominal']:.3g} ({1e3 * carbon['p05']:.3g} to {1e3 * carbon['p95']:.3g})",
                f"{1e3 * apart['nominal']:+.3g} ({1e3 * apart['p05']:+.3g} to {1e3 * apart['p95']:+.3g})"
                if apart
                else "",
                f"{each['mean_batch']:.3g}",
                f"{each['utilisation']:.0%}",
                f"{each['latency']['last_token_s']['p95']:.3g}",
            ]
        )
    return rows


def words(found: dict[str, Any]) -> list[str]:
    """Return what is said below the table."""
    return [
        *(f"{each['source']}: {each['claim']}. Here {each['reads']}." for each in found["claims"]),
        *(f"Valid for: {note}." for note in found["profile"]["validity"]),
    ]
