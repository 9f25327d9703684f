"""The page on profiles prints what the shipped fit gives."""

from pathlib import Path
from typing import Any

from lca.measure.profiles import evaluate, fit, table

PAGE = Path("docs/methodology/profiles.md")


def line(name: str, row: dict[str, Any]) -> str:
    errors = [f"{100 * row[f'{key}_absolute_error']:.1f} %" for key in ("median", "p75", "p90")]
    peer = 100 * row["ecologits"]["median_absolute_error"]
    inside = f"{100 * row['coverage_90']:.0f} %"
    return f"| {name} | {row['rows']} | {' | '.join(errors)} | {inside} | {peer:.1f} % |"


def figures() -> dict[str, str]:
    result = evaluate.evaluate(table.read(Path("fixtures/profiles/text.csv"))).to_dict()
    head = "| Base model | Configurations | Median error | 75 % | 90 % | Inside the 90 % interval | EcoLogits, median |"
    rows = [line("**all**", result)]
    rows += [line(name, row) for name, row in result["by_base_model"].items()]
    return {
        "table": "\n".join([head, "|---|---|---|---|---|---|---|", *rows]),
        "ratio": f"{result['median_p95_over_p05']:.2f}",
        "ecologits_at_batch": f"{100 * result['ecologits_at_batch']['median_absolute_error']:.0f} %",
        "accelerator_sd": f"{fit.shipped().accelerator_sd:.2f}",
        "precision_sd": f"{fit.shipped().precision_sd:.2f}",
    }


def test_the_page_prints_the_figures_of_the_shipped_fit() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = figures()
    assert shown["table"] in text
    for words in (
        f"its median error is {shown['ecologits_at_batch']}",
        f"95 % bound is {shown['ratio']} times the 5 % bound",
        f"a logarithmic deviation of {shown['accelerator_sd']},",
        f"not measured adds {shown['precision_sd']}.",
    ):
        assert words in text
