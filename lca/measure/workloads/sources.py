"""Where a model comes from: its configuration, its public name, and the licence it states. Code of its own is never run."""

import re
from pathlib import Path

from transformers import AutoConfig, LlamaConfig, MixtralConfig, PretrainedConfig

from lca.measure.errors import InvalidRequest, MissingPackage, ModelUnavailable
from lca.measure.spec import ProbeSpec
from lca.measure.workloads.gguf_header import file_type, statements
from lca.measure.workloads.presets import PRESETS

NOT_DECLARED = "not declared"
COMMIT = re.compile(r"[0-9a-f]{40}")
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---", re.DOTALL)
LICENCE_LINE = re.compile(r"^(license|license_name):\s*['\"]?([\w.+ -]+)", re.MULTILINE)
LONGEST = 100


def is_folder(spec: ProbeSpec) -> bool:
    """Tell whether the model is a local folder."""
    return Path(spec.model or "").is_dir()


def label(spec: ProbeSpec) -> str:
    """Return the model's public name: of a folder its last part alone, since paths may name people."""
    if spec.preset is not None:
        return spec.preset
    if spec.gguf is not None:
        return spec.gguf
    return Path(spec.model or "").resolve().name if is_folder(spec) else str(spec.model)


def unavailable(spec: ProbeSpec, error: Exception) -> ModelUnavailable:
    """Return the error that tells why a model cannot be loaded, and what can."""
    lines = str(error).strip().splitlines()
    reason = lines[0] if lines else type(error).__name__
    return ModelUnavailable(
        f"The model {label(spec)!r} cannot be loaded: {reason} "
        "Give a folder with config.json and safetensors weights, or the name and revision of a public model; "
        "code that comes with a model is never run."
    )


def preset_config(name: str, positions: int) -> PretrainedConfig:
    """Return the configuration of a reference model."""
    shape = PRESETS[name]
    common = {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.key_value_heads,
        "tie_word_embeddings": shape.tied,
        "max_position_embeddings": max(4_096, positions),
    }
    if not shape.experts:
        return LlamaConfig(**common)
    return MixtralConfig(
        **common,
        num_local_experts=shape.experts,
        num_experts_per_tok=shape.experts_per_token,
        sliding_window=None,
    )


def _require_pinned(spec: ProbeSpec) -> None:
    """Refuse a hub model whose weights could be others tomorrow."""
    if not is_folder(spec) and not COMMIT.fullmatch(spec.revision or ""):
        msg = (
            f"{spec.model} is no folder here, so it is taken for a model on a hub: name its commit with --revision, 40 "
            "hexadecimal digits. A branch or tag can move, and then nobody could measure the same model again."
        )
        raise InvalidRequest(msg, "revision")


def loading_options(spec: ProbeSpec) -> dict[str, object]:
    """Return what ``from_pretrained`` is told of the model's place, and that no code may come with it."""
    options: dict[str, object] = {
        "revision": spec.revision,
        "trust_remote_code": False,
        "local_files_only": is_folder(spec),
    }
    if spec.gguf is not None:
        options["gguf_file"] = spec.gguf
    return options


def config_of(spec: ProbeSpec) -> PretrainedConfig:
    """Return the model's configuration.

    Raises
    ------
    InvalidRequest
        If it lies on a hub and no commit is named.
    ModelUnavailable
        If there is no such model.
    MissingPackage
        If it is a GGUF file and the package that reads them is missing.
    """
    if spec.preset is not None:
        return preset_config(spec.preset, spec.prompt_tokens + spec.output_tokens)
    _require_pinned(spec)
    try:
        return AutoConfig.from_pretrained(spec.model, **loading_options(spec))
    except ImportError as error:
        msg = 'A GGUF file needs gguf: python -m pip install "gguf>=0.17".'
        raise MissingPackage(msg) from error
    except (OSError, ValueError) as error:
        raise unavailable(spec, error) from error


def origin(spec: ProbeSpec) -> dict[str, object]:
    """Return licence, revision and file format for the document; nothing for a reference model."""
    if spec.preset is not None:
        return {}
    said: dict[str, object] = {"licence": NOT_DECLARED, "format": "safetensors"}
    if spec.gguf is not None:
        said |= _of_gguf(_gguf_path(spec))
    elif found := _licence_of_card(_card(spec)):
        said["licence"] = found
    if not is_folder(spec):
        said["revision"] = str(spec.revision)
    return said


def _gguf_path(spec: ProbeSpec) -> Path:
    if is_folder(spec):
        return Path(str(spec.model)) / str(spec.gguf)
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(str(spec.model), str(spec.gguf), revision=spec.revision))


def _of_gguf(path: Path) -> dict[str, object]:
    """Return a GGUF file's own word on its licence, and how its weights are stored."""
    stated = statements(path)
    return {
        "licence": str(stated.get("general.license", NOT_DECLARED))[:LONGEST],
        "format": f"GGUF, file type {file_type(stated)}, unpacked on loading",
    }


def _card(spec: ProbeSpec) -> str:
    """Return the model card's text, or nothing."""
    if is_folder(spec):
        path = Path(str(spec.model)) / "README.md"
    else:
        from huggingface_hub import hf_hub_download

        try:
            path = Path(hf_hub_download(str(spec.model), "README.md", revision=spec.revision))
        except (OSError, ValueError):
            return ""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _licence_of_card(card: str) -> str:
    r"""Return the licence in a model card's front matter.

    Examples
    --------
    >>> _licence_of_card("---\ntags: [x]\nlicense: apache-2.0\n---\n# A model")
    'apache-2.0'
    """
    front = FRONT_MATTER.match(card)
    stated = dict(LICENCE_LINE.findall(front[1])) if front else {}
    return str(stated.get("license_name") or stated.get("license") or "").strip()[:LONGEST]
