"""Run the tests: ``test.py all|quick|golden|bench``, each part with what it needs and pytest's own report."""

import os
import sys
import time
from pathlib import Path

import system
from console import IN_CI, PYTHON, ROOT, run, say, stop

PARALLEL = ["-n", "2", "--dist", "loadscope"]
SLOW_PARTS = ("tests/browser", "tests/contract")


def pytest(title: str, *arguments: str, **env: str) -> bool:
    """Run pytest on some part; tell whether it passed."""
    say(title)
    began = time.monotonic()
    status = run([PYTHON, "-m", "pytest", *arguments], env=env)
    say(
        f"{title}: {'passed' if status == 0 else f'FAILED (status {status})'} in {time.monotonic() - began:.0f} s"
    )
    return status == 0


def everything() -> bool:
    """Run the whole suite, then the application tests again on PostgreSQL."""
    system.need_test_programs()
    chromium = {"CHROMIUM": found} if (found := system.chromium()) else {}
    passed = [
        pytest(
            "Everything but the browser, on SQLite",
            *PARALLEL,
            "--ignore=tests/browser",
            BOTH_DATABASES="yes",
        ),
        pytest("Journeys in a real browser", "tests/browser", **chromium),
        pytest(
            "The application again, on PostgreSQL",
            *PARALLEL,
            "tests/apps",
            TEST_DATABASE="postgres",
        ),
    ]
    return all(passed)


def quick() -> bool:
    """Run what answers fast."""
    return pytest("Quick tests", *PARALLEL, *(f"--ignore={part}" for part in SLOW_PARTS))


def golden() -> bool:
    """Reproduce published studies."""
    return run([PYTHON, "manage.py", "validate"]) == 0


def bench() -> bool:
    """Run every benchmark and print its table."""
    files = sorted(Path(ROOT / "benchmarks").glob("[a-z]*.py"))
    env = {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    statuses = [run([PYTHON, file], env=env) for file in files]
    return not any(statuses)


GOALS = {"all": everything, "quick": quick, "golden": golden, "bench": bench}


def main() -> None:
    """Run the part named on the command line."""
    goals = sys.argv[1:]
    if len(goals) != 1 or goals[0] not in GOALS:
        stop(f"usage: test.py {'|'.join(GOALS)}")
    if IN_CI:
        os.environ["CI"] = "true"
    try:
        sys.exit(0 if GOALS[goals[0]]() else 1)
    except KeyboardInterrupt:
        stop("the tests were interrupted.")


if __name__ == "__main__":
    main()
