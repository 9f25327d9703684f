"""From the windows of a driven server to joules per request and per token. Needs nothing but the windows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lca.measure.document import Document
from lca.measure.errors import InvalidDocument
from lca.measure.results import agree
from lca.measure.statistics import mean_with_interval


def summarise(
    windows: Sequence[Mapping[str, Any]], *, meter_share: float, is_modelled: bool
) -> Document:
    """Figures of a driven server, from its windows alone.

    Energy of requests that failed is in the windows and so in the figures: somebody paid for it.

    Parameters
    ----------
    windows : sequence
        Idle and serving windows, at least two of each.
    meter_share : float
        Half-width of the meter's 90 % interval as a share of its reading. [1]
    is_modelled : bool
        True if the energies were calculated, not counted.

    Returns
    -------
    dict
        Idle power [W], joules per request, per output token and per token of prompt and output, speed, and errors.
    """
    serving = [window for window in windows if window["phase"] == "serve"]

    def per(amount: Callable[[Mapping[str, Any]], float], unit: str) -> object:
        values = [window["energy_j"] / amount(window) for window in serving]
        return mean_with_interval(values, meter_share=meter_share, unit=unit)

    idle = [w["energy_j"] / w["duration_s"] for w in windows if w["phase"] == "idle"]
    speed = [window["completion_tokens"] / window["duration_s"] for window in serving]
    requests = sum(window["requests"] for window in serving)
    errors = sum(window["errors"] for window in serving)
    return {
        "provenance": "modelled" if is_modelled else "measured",
        "idle_power": mean_with_interval(idle, meter_share=meter_share, unit="W"),
        "power": per(lambda w: w["duration_s"], "W"),
        "joules_per_request": per(lambda w: w["requests"], "J/request"),
        "joules_per_output_token": per(lambda w: w["completion_tokens"], "J/token"),
        "joules_per_token": per(lambda w: w["prompt_tokens"] + w["completion_tokens"], "J/token"),
        "output_tokens_per_second": mean_with_interval(speed, meter_share=0.0, unit="token/s"),
        "requests": requests,
        "errors": errors,
        "error_share": errors / (requests + errors),
    }


def check_results(document: Mapping[str, Any]) -> None:
    """Refuse a document whose results do not follow from its own windows; it must satisfy the schema already.

    Raises
    ------
    InvalidDocument
        If a figure differs from what the windows give, or cannot be told from them.
    """
    meter = document["meter"]
    try:
        computed = summarise(
            document["windows"],
            meter_share=meter["uncertainty"]["share"],
            is_modelled=meter["is_modelled"],
        )
    except (ArithmeticError, KeyError) as error:
        raise InvalidDocument("The windows give no results.") from error
    wrong = [key for key, value in computed.items() if not agree(document["results"][key], value)]
    if wrong:
        msg = f"results/{wrong[0]} does not follow from the windows. Send the document as `python -m lca.measure` wrote it."
        raise InvalidDocument(msg)
