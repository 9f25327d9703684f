"""Where a measurement was made: software and hardware, and nothing that names a person or a machine."""

import platform
from importlib import metadata
from pathlib import Path

from lca.measure.meter import Device
from lca.measure.meters.modelled import cores_at_hand

PACKAGES = (
    "torch",
    "transformers",
    "bitsandbytes",
    "accelerate",
    "gguf",
    "nvidia-ml-py",
    "amdsmi",
    "numpy",
)


def processor_name() -> str:
    """Return the processor's marketing name, or an empty text if the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), ""
    )


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that matter, those installed."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def describe_environment(device: Device, threads: int) -> dict[str, object]:
    """Return the environment part of a measurement document."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": package_versions(),
        "processor": processor_name(),
        "cores": cores_at_hand(),
        "threads": threads,
        "device": {"kind": device.kind, "name": device.name},
    }
