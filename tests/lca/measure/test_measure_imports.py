import subprocess
import sys

HEAVY = (
    "torch",
    "transformers",
    "bitsandbytes",
    "pynvml",
    "amdsmi",
    "zeus",
    "gguf",
    "django",
    "celery",
    "scipy",
    "jsonschema",
)
LIGHT = (
    "import lca.measure.document, lca.measure.meters, lca.measure.spec, lca.measure.cli, lca.measure.conditions, "
    "lca.measure.stopping, lca.measure.crosscheck, lca.measure.endpoint.drive"
)


def test_what_the_web_process_uses_loads_no_heavy_library() -> None:
    code = f"{LIGHT}, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
