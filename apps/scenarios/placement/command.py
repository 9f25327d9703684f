"""``manage.py whatif place``: prefill and decoding on the devices that suit them."""

from argparse import ArgumentParser
from typing import Any

from apps.scenarios.placement.costs import GOALS
from apps.scenarios.setting import Setting

WORD = "place"
HELP = "Compares devices for prefill and decoding, by energy, latency or their product, over prompt and answer lengths."


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--device",
        action="append",
        default=[],
        required=True,
        metavar="PROFILE",
        help="a shipped profile, a file.json, or documents.json#precision; two or more",
    )
    parser.add_argument("--goal", default=GOALS[0], help=", ".join(GOALS))
    parser.add_argument(
        "--prompt", type=int, default=1024, help="tokens of the request that is looked at"
    )
    parser.add_argument("--generated", type=int, default=256, help="tokens it generates")
    parser.add_argument("--batch", type=int, default=1, help="requests decoded at a time")
    parser.add_argument(
        "--kv-bytes", type=float, required=True, help="bytes of keys and values a token"
    )
    parser.add_argument("--link-gb-s", type=float, required=True, help="speed between the devices")
    parser.add_argument(
        "--link-j-per-gb",
        type=float,
        default=0.0,
        help="energy of the link itself; else it is not counted",
    )
    parser.add_argument(
        "--reserved", action="store_true", help="the device that waits draws idle power"
    )


def run(options: dict[str, Any], setting: Setting) -> dict[str, object]:
    """Place and return plain JSON."""
    from apps.scenarios.placement import study
    from apps.scenarios.placement.costs import Link

    devices = [setting.profile(name) for name in options["device"]]
    link = Link(
        bytes_per_token=options["kv_bytes"],
        gb_s=options["link_gb_s"],
        j_per_gb=options["link_j_per_gb"],
    )
    asked = study.Asked(
        goal=options["goal"],
        prompt=options["prompt"],
        generated=options["generated"],
        batch=options["batch"],
        reserved=options["reserved"],
    )
    return study.study(devices, link, setting.site, asked)


def table(found: dict[str, Any]) -> list[list[str]]:
    """Return the rows that a person reads."""
    rows = [["prefill", "decode", "J", "s", "gCO2e", "against the best single device"]]
    for each in found["pairs"]:
        carbon = each["footprint"]["gwp_location"]
        apart = carbon.get("difference")
        rows.append(
            [
                each["prefill"],
                each["decode"],
                f"{each['energy_j']:,.4g}",
                f"{each['seconds']:.3g}",
                f"{1e3 * carbon['nominal']:.3g}",
                f"{1e3 * apart['nominal']:+.3g} ({1e3 * apart['p05']:+.3g} to {1e3 * apart['p95']:+.3g})"
                if apart
                else "",
            ]
        )
    return rows


def words(found: dict[str, Any]) -> list[str]:
    """Return the map: a line for each length of prompt, an entry for each length of answer."""
    best = found["map"]
    letters = {each["name"]: chr(ord("A") + place) for place, each in enumerate(found["devices"])}
    lines = [f"{letter}: {name}" for name, letter in letters.items()]
    lines.append(
        f"Best by {found['goal']}, prefill > decode, saved against the best single device, share of draws in which it stays the best:"
    )
    lines.append(
        "  generated".ljust(12) + "".join(f"{many:>22}" for many in best["generated_tokens"])
    )
    for prompt, row in zip(best["prompt_tokens"], best["best"], strict=True):
        cells = [
            f"{letters[each['prefill']]} > {letters[each['decode']]} {each['saved_against_best_single']:.1%} {each['sureness']:.0%}"
            for each in row
        ]
        lines.append(f"  {prompt:>8}  " + "".join(f"{cell:>22}" for cell in cells))
    return lines
