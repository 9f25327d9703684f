"""Set everything up, doing only what has not been done: ``setup.py run|test|probe``, called by the Makefile."""

import os
import secrets
import shutil
import sys
from pathlib import Path

import instance
import packages
import system
from console import (
    IN_CI,
    PYTHON,
    ROOT,
    Stamp,
    data_folder,
    digest,
    must,
    say,
    stop,
)


def ensure_data_folder() -> Path:
    """Make the data folder and its secret key; stop when it cannot be written to."""
    data = data_folder()
    try:
        for part in ("media", "redis"):
            (data / part).mkdir(parents=True, exist_ok=True)
        key = data / "secret_key"
        if not key.exists():
            descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(50))
        probe = data / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        stop(
            f"the data folder {data} cannot be written to ({error.strerror}).",
            "CRADLE_DATA=/some/folder make run",
        )
    return data


def django_step(data: Path, name: str, inputs: str, what: str, *command: str) -> None:
    """Run a management command unless its inputs are the same as last time for this data folder."""
    stamp = Stamp(data, name, inputs)
    if stamp.fresh():
        return
    must(what, [PYTHON, "manage.py", *command])
    stamp.set()


def ensure_database(data: Path) -> None:
    """Bring the database, the factor release and (once for each database) the demo data up to date."""
    database = os.environ.get("DATABASE_URL", "")
    if not database and not (data / "db.sqlite3").exists():
        shutil.rmtree(data / ".done", ignore_errors=True)
    schema = digest([*ROOT.glob("apps/*/migrations"), packages.LOCK], database)
    django_step(data, "migrate", schema, "Bringing the database up to date", "migrate", "--noinput")
    factors = digest([ROOT / "fixtures" / "factors"], database)
    django_step(data, "factors", factors, "Loading the factor release", "factors", "load")
    if os.environ.get("CRADLE_DEMO", "1") != "0":
        django_step(data, "demo", digest([], database), "Loading the demo data", "demo", "load")


def ensure_static(data: Path) -> None:
    """Collect the static files, hashed and compressed."""
    inputs = digest([ROOT / "static", ROOT / "lca" / "settings.py", packages.LOCK])
    if not (data / "static").is_dir():
        (data / ".done" / "static").unlink(missing_ok=True)
    options = ("--noinput", "--clear", "-v0", "--ignore", "redoc")  # the API page is Swagger's
    django_step(data, "static", inputs, "Collecting static files", "collectstatic", *options)


def for_run() -> None:
    """Set up what the running product needs."""
    data = ensure_data_folder()
    instance.refuse_second(data)
    instance.refuse_busy_port()
    packages.ensure_venv()
    packages.ensure_locked(packages.LOCK)
    system.need_pango()
    packages.ensure_probe(wanted=False)
    os.environ.setdefault("SITE_URL", instance.address())  # printed in the demo's published reports
    ensure_database(data)
    ensure_static(data)


def for_test() -> None:
    """Set up what the tests and checks need: nothing outside the environment and the system packages."""
    packages.ensure_venv()
    packages.ensure_locked(packages.LOCK, packages.DEV_LOCK)
    system.need_pango()
    packages.ensure_probe(wanted=IN_CI)


def for_probe() -> None:
    """Add torch and its companions, whatever they weigh."""
    packages.ensure_venv()
    packages.ensure_locked(packages.LOCK)
    packages.ensure_probe(wanted=True)
    say(
        "torch is in place. Probes run from the pages, or by: .venv/bin/python -m lca.measure --help"
    )


GOALS = {"run": for_run, "test": for_test, "probe": for_probe}


def main() -> None:
    """Set up for the goal named on the command line."""
    goals = sys.argv[1:]
    if len(goals) != 1 or goals[0] not in GOALS:
        stop("usage: setup.py run|test|probe")
    try:
        GOALS[goals[0]]()
    except KeyboardInterrupt:
        stop("stopped while setting up; the same command goes on from here.")


if __name__ == "__main__":
    main()
