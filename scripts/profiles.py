"""Write what profiles ship beside the fit of text models: accelerators of the factor library, fits of images and videos."""

import csv
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FACTORS = ROOT / "fixtures" / "factors"
TABLES = ROOT / "fixtures" / "profiles"
TARGET = ROOT / "lca" / "measure" / "profiles" / "accelerators.json"
FIELDS = {
    "tdp_w": "tdp_w",
    "bandwidth_gb_s": "bandwidth_gb_s",
    "peak_bf16_tflops": "bf16_tflops",
    "memory_gb": "memory_gb",
}


def rows() -> list[dict[str, object]]:
    """Return the accelerators with power, bandwidth and arithmetic, in the order of the library."""
    with (FACTORS / "entries.csv").open(encoding="utf-8", newline="") as file:
        names = {
            row["key"]: row["name"] for row in csv.DictReader(file) if row["kind"] == "accelerator"
        }
    found: dict[str, dict[str, object]] = {}
    with (FACTORS / "accelerators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["key"] in names and row["indicator"] in FIELDS and row["chosen"] == "yes":
                entry = found.setdefault(row["key"], {"key": row["key"], "name": names[row["key"]]})
                entry[FIELDS[row["indicator"]]] = float(row["value"])
    needed = {"tdp_w", "bandwidth_gb_s", "bf16_tflops"}
    return [entry for entry in found.values() if needed <= entry.keys()]


def text() -> str:
    """Return the file's contents."""
    document = {"source": "fixtures/factors/accelerators.csv", "accelerators": rows()}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def diffusion_text() -> str:
    """Return the fits of images and videos."""
    from lca.measure.profiles import diffusion

    source = "ML.ENERGY benchmark v3, Chung et al., arXiv 2601.22076"
    fits = {kind: diffusion.fit(TABLES / f"{kind}.csv", kind, source) for kind in diffusion.TERMS}
    return json.dumps(diffusion.document(fits), indent=1) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    TARGET.write_text(text(), encoding="utf-8")
    TARGET.with_name("diffusion.json").write_text(diffusion_text(), encoding="utf-8")
