import os
import subprocess
import sys

CODE = """
import django, sys
django.setup()
import apps.probes.api, apps.probes.urls, apps.probes.tasks, apps.probes.admin
print([name for name in ("torch", "transformers", "bitsandbytes", "pynvml") if name in sys.modules])
"""


def test_the_web_process_never_loads_what_runs_models() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lca.settings"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"
