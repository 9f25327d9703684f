"""Tables of measurements: read whole or refused with every fault."""

from pathlib import Path

import pytest

from lca.measure.errors import InvalidRequest
from lca.measure.profiles.table import COLUMNS, base_model, read

GOOD = dict(
    zip(
        COLUMNS,
        [
            "lm-arena-chat",
            "maker/Model-7B-it",
            "7",
            "7",
            "Dense",
            "bfloat16",
            "H100",
            "1",
            "1",
            "8",
            "300",
            "0.5",
        ],
        strict=True,
    )
)


def write(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_good_row_is_read_in_base_units(tmp_path: Path) -> None:
    table = read(write(tmp_path / "t.csv", GOOD))
    assert table.rows.total[0] == 7e9
    assert table.rows.tdp[0] == 700
    assert table.rows.precision[0] == "bf16"
    assert table.base.tolist() == ["model-7b"]
    assert not table.rows.experts[0]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("energy_per_token_joules", "0", "line 2, energy_per_token_joules: '0'"),
        ("energy_per_token_joules", "nan", "not a number above 0"),
        ("max_num_seqs", "", "line 2, max_num_seqs: ''"),
        ("num_gpus", "-1", "line 2, num_gpus"),
        ("avg_output_len", "1e999", "line 2, avg_output_len"),
        ("activated_params_billions", "8", "more than total_params_billions"),
        ("weight_precision", "int3", "'int3' is not one of"),
        ("task", "poetry", "'poetry' is not one of"),
        ("gpu_model", "H1000", "No accelerator is called"),
    ],
)
def test_a_fault_is_named_by_line_and_column(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    with pytest.raises(InvalidRequest, match="nothing was read") as refusal:
        read(write(tmp_path / "t.csv", GOOD | {column: value}))
    assert said in str(refusal.value)


def test_every_fault_is_listed(tmp_path: Path) -> None:
    rows = [GOOD | {"max_num_seqs": "x"}] * 25
    with pytest.raises(InvalidRequest, match="and 5 more"):
        read(write(tmp_path / "t.csv", *rows))


def test_a_short_line_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(",".join(COLUMNS) + "\nlm-arena-chat,m\n", encoding="utf-8")
    with pytest.raises(InvalidRequest, match="line 2, total_params_billions"):
        read(path)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read(tmp_path / "absent.csv")
    with pytest.raises(InvalidRequest, match="lacks the column task"):
        read(write(tmp_path / "t.csv", columns=COLUMNS[1:]))
    with pytest.raises(InvalidRequest, match="no row"):
        read(write(tmp_path / "t.csv"))
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        read(tmp_path / "t.csv")
    (tmp_path / "t.csv").write_bytes(b"task\n" + b"x" * 4_100_000)
    with pytest.raises(InvalidRequest, match="not a table in CSV"):
        read(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("model", "base"),
    [
        ("Qwen/Qwen3-30B-A3B-Thinking-2507", "qwen3-30b-a3b"),
        ("Qwen/Qwen3-VL-30B-A3B-Instruct", "qwen3-30b-a3b"),
        ("Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", "qwen3-480b-a35b"),
        ("nvidia/NVIDIA-Nemotron-Nano-12B-v2-VL-BF16", "nemotron-nano-12b"),
        ("nvidia/NVIDIA-Nemotron-Nano-9B-v2", "nemotron-nano-12b"),
        ("meta-llama/Llama-3.1-405B-Instruct-FP8", "llama-3.1-405b"),
    ],
)
def test_variants_share_their_base(model: str, base: str) -> None:
    assert base_model(model) == base
