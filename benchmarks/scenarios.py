"""Six scenarios of the OLMo study compared on shared draws, against as many assessments one by one."""

import sys

from _world import database, medians_s, report

REPEATS = 7
TARGET = 1.2
PLANS = {
    "region": ["region:to=SE"],
    "cooling": ["cooling:kind=arch_liquid_dry_waterless"],
    "lifetime": ["lifetime:years=7"],
    "utilisation": ["utilisation:share=0.9"],
    "development": ["development:share=0.2,source=ledger"],
    "all": ["region:to=SE", "cooling:kind=arch_liquid_dry_waterless", "lifetime:years=7"],
}


def main() -> int:
    """Load the demo, then compare and assess in turn."""
    with database():
        from apps.assessments.demo import load
        from apps.assessments.inventory import build_inventory
        from apps.assessments.models import Assessment
        from apps.scenarios.site import shipped
        from apps.scenarios.stacking.command import chosen
        from apps.scenarios.stacking.stack import compare
        from lca.engine import assess

        load()
        assessment = Assessment.objects.get(system__slug="olmo-2025")
        inventory = build_inventory(assessment)
        plans = {name: [chosen(text) for text in plan] for name, plan in PLANS.items()}
        setting = shipped({})
        ours, theirs = medians_s(
            lambda: compare(inventory, plans, setting),
            lambda: [assess(inventory, by=()) for _ in PLANS],
            repeats=REPEATS,
        )
    rows = {"compare a baseline and six scenarios": ours, "six assessments": theirs}
    return report("Scenarios", rows, ours / theirs, TARGET)


if __name__ == "__main__":
    sys.exit(main())
