import pytest

from lca.measure.errors import DoesNotFit
from lca.measure.workloads.memory import host_bytes_free, refuse_if_too_large, required_bytes


def need(precision: str, positions: int = 1) -> int:
    return required_bytes(
        linear_parameters=1_000_000,
        other_parameters=100_000,
        layers=10,
        key_value_width=64,
        widest=1_000,
        positions=positions,
        precision=precision,
    )


def test_required_memory_is_the_hand_computed_one() -> None:
    weights = 1_000_000 * 2 + 100_000 * 2
    cache = 2 * 10 * 64 * 50 * 2
    activations = 3 * 1_000 * 50 * 2
    assert need("bf16", 50) == int(1.2 * (weights + cache + activations))


def test_lower_precision_needs_less_and_more_tokens_need_more() -> None:
    assert need("fp32") > need("bf16") > need("int8") > need("fp4")
    assert need("bf16", 1_000) > need("bf16")


def test_this_machine_has_memory() -> None:
    assert 10**8 < host_bytes_free() < 10**14


def test_a_model_that_does_not_fit_is_told_what_helps() -> None:
    with pytest.raises(
        DoesNotFit, match=r"3\.00 GiB of device memory and 1\.00 GiB are free.*lower precision"
    ):
        refuse_if_too_large(3 * 2**30, 2**30, "device")
