"""A web server and a worker killed a thousand times, half on SQLite and half on PostgreSQL, while files are sent.

Prints what was killed and what was kept; exit status 1 if an acknowledged upload did not end in exactly one set of runs.
"""

import os
import subprocess
import sys

KILLS = 500  # on each database
TEST = "tests/apps/ingest/test_kills.py"


def main() -> int:
    """Run the test of the suite with many kills, once for each database."""
    status = 0
    for database in ("sqlite", "postgres"):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", TEST],
            check=False,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "CRADLE_KILLS": str(KILLS),
                "TEST_DATABASE": "" if database == "sqlite" else database,
            },
        )
        told = [line for line in done.stdout.splitlines() if " kills (" in line]
        print(f"{database}: {told[0] if told else 'FAILED'}", flush=True)
        status = status or done.returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
