"""A CodeCarbon file of 100 000 runs read into the ledger, against pandas reading it and one bulk insert of the same rows.

Then a file ten times as long: peak memory must hardly grow. Each runs in a process of its own, on a database of its own.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _world import database, medians_s, report

RUNS = 100_000
LONGER = 10
REPEATS = 3
TARGET = 3.0
MOST_GROWTH = 1.3
HEADING = (
    "timestamp,project_name,run_id,experiment_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_power,cpu_energy,"
    "gpu_energy,ram_energy,energy_consumed,country_name,country_iso_code,region,cloud_provider,cloud_region,os,"
    "python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_model,longitude,latitude,ram_total_size,"
    "tracking_mode,on_cloud,pue"
)


def write_old(path: Path, runs: int) -> None:
    """Write a file of the few columns of an early version, of which a million rows are below 100 MB."""
    with path.open("w") as file:
        file.write(
            "timestamp,project_name,run_id,duration,emissions,energy_consumed,country_iso_code\n"
        )
        for n in range(runs):
            file.write(
                f"2026-03-01T12:00:00,demo,r{n:07},{3600 + n % 977},0.3,{1 + n % 31:.3f},DEU\n"
            )


def write(path: Path, runs: int) -> None:
    """Write a file of so many runs, each of one row, with the columns of the newest version."""
    with path.open("w") as file:
        file.write(HEADING + "\n")
        for n in range(runs):
            file.write(
                f"2026-03-{n % 28 + 1:02}T12:{n % 60:02}:00,demo,run-{n:07},5b0fa12a-3dd7-45bb-9766-cc326314d9f1,{3600 + n % 977},"
                f"{0.3 + n % 13:.4f},0.0001,10,300,5,0.01,{1 + n % 31:.4f},0.005,{1.015 + n % 31:.4f},Germany,DEU,berlin,,,"
                "Linux-6.1,3.11.7,3.3.2,8,Some CPU @ 2.5 GHz,2,2 x NVIDIA H100,13.4,52.5,64,machine,N,1.2\n"
            )


def system() -> Any:
    """A system of an organisation of its own."""
    from apps.accounts.models import Role
    from apps.assessments.models import AISystem
    from tests.factories import MembershipFactory

    member = MembershipFactory(role=Role.EDITOR)
    return AISystem.objects.create(organisation=member.organisation, name="Bench", slug="bench")


def ours(path: Path) -> int:
    """Keep the file and read it into an empty ledger; return how many runs it holds."""
    from apps.ingest import services
    from apps.ingest.models import RecordedRun

    RecordedRun.objects.all()._raw_delete("default")
    with path.open("rb") as file:
        upload = services.receive(
            system=system(), file=file, name="emissions.csv", actor=None, by_hand=True
        )
    services.read_upload(upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.state == "done", upload.message
    return int(upload.runs_added)


def plain(path: Path) -> int:
    """Read the file with pandas and insert its rows in one go, with the values that the ledger keeps."""
    import pandas as pd
    from django.db import transaction
    from django.utils.timezone import make_aware

    from apps.ingest.models import RecordedRun

    RecordedRun.objects.all()._raw_delete("default")
    table, owner = pd.read_csv(path, parse_dates=["timestamp"]), system()
    rows = [
        RecordedRun(
            organisation_id=owner.organisation_id,
            system=owner,
            key=row.run_id,
            line=row.Index,
            external_id=row.run_id,
            name=row.project_name,
            ended_at=make_aware(row.timestamp.to_pydatetime()),
            duration_s=row.duration,
            energy_kwh=row.energy_consumed,
            pue_inside=row.pue,
            claimed_kg_co2e=row.emissions,
            gpu_model=row.gpu_model,
            gpu_count=row.gpu_count,
            gpu_hours=row.gpu_count * row.duration / 3600,
            country=row.country_iso_code,
            region=row.region,
            outcome="finished",
            boundary="node",
            provenance="supplied",
            tool=row.codecarbon_version,
        )
        for row in table.itertuples()
    ]
    with transaction.atomic():
        return len(RecordedRun.objects.bulk_create(rows))


def peak_mib(path: Path) -> float:
    """Peak memory of a process that reads one file."""
    command = [sys.executable, __file__, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return float(done.stdout.split()[-1])


def read_one(path: Path) -> None:
    """Read one file and print the peak memory, in MiB."""
    with database():
        ours(path)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(
        int(status["VmHWM"].split()[0]) / 1024
    )  # ru_maxrss would hold the peak of the process that started this one


def main() -> int:
    """Measure both, then the memory of both lengths."""
    with TemporaryDirectory() as folder:
        short, long = Path(folder, "short.csv"), Path(folder, "long.csv")
        write(short, RUNS)
        with database():
            assert ours(short) == plain(short) == RUNS
            mine, peers = medians_s(lambda: ours(short), lambda: plain(short), repeats=REPEATS)
        rows = {f"{RUNS} runs into the ledger": mine, "pandas and one bulk insert": peers}
        missed = report("A CodeCarbon file into the ledger", rows, mine / peers, TARGET)
        write_old(short, RUNS)
        write_old(long, RUNS * LONGER)
        before, after = peak_mib(short), peak_mib(long)
    grown = after / before
    print(f"  peak memory {before:.0f} MiB, of {LONGER} times as many {after:.0f} MiB")
    print(
        f"  grown to {grown:.2f}    target {MOST_GROWTH:g}: {'met' if grown <= MOST_GROWTH else 'MISSED'}"
    )
    return int(missed or grown > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(read_one(Path(sys.argv[1])) or 0 if len(sys.argv) > 1 else main())
