"""Where the product's own tables are."""

from pathlib import Path

from django.conf import settings

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
FACTORS = FIXTURES / "factors"
SERVERS = FIXTURES / "profiles" / "serving.csv"
CPU_SWEEP = FIXTURES / "profiles" / "cpu-sweep.json"
