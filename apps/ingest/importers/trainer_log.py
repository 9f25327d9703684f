"""Logs that trainers write: MLPerf, modded-nanogpt, llm.c, Megatron, NeMo and Hugging Face's Trainer."""

import re
from collections.abc import Iterator
from pathlib import Path

from apps.ingest.errors import FileRejected
from apps.ingest.importers import _trainers as trainers
from apps.ingest.importers._mlperf import Mlperf
from apps.ingest.reading import Head, head_of, lines
from apps.ingest.record import Found

NAME = "trainer_log"
TITLE = "Log of a trainer"

LLMC_LINE = re.compile(rf"^{trainers.LLMC.pattern}\s*$", re.MULTILINE)


def score(head: Head) -> float:
    """Tell by lines that only trainers write."""
    return 0.0 if _reader(head) is None else 0.75


def read(path: Path) -> Iterator[Found]:
    """Stream refused lines and runs."""
    reader = _reader(head_of(path))
    if reader is None:
        raise FileRejected("It is no log of a trainer that can be read.")
    for number, text in lines(path):
        yield from reader.take(number, text)
    yield from reader.rest()


def _reader(head: Head) -> trainers.Reader | None:
    """Choose the reader of a log by its beginning."""
    text = head.text
    if ":::MLLOG" in text:
        return Mlperf()
    patterns = (trainers.STEP_TIME, LLMC_LINE, trainers.MEGATRON, trainers.HF_RUNTIME)
    if any(pattern.search(text) for pattern in patterns):
        return trainers.Steps()
    return trainers.Stamps() if any(map(trainers.NEMO.match, head.lines)) else None
