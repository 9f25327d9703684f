"""Golden cases: published studies, recomputed by the engine and judged in the open.

A case is one file of ``tests/golden``, read by ``reading``, turned into an inventory by ``compiling``
and judged by ``judging``. Nothing here knows a formula: the engine computes every figure.
"""

import hashlib
from functools import lru_cache

from apps.assessments.validation.errors import MalformedCase
from apps.assessments.validation.judging import Finding, Judgement, Verdict, judge
from apps.assessments.validation.reading import case_files, read_study
from apps.assessments.validation.study import Study

__all__ = [
    "Finding",
    "Judgement",
    "MalformedCase",
    "Study",
    "Verdict",
    "case_files",
    "judge",
    "judge_all",
    "read_study",
]


def judge_all() -> tuple[Judgement, ...]:
    """Judge every case of the product; evaluated once for what the files hold."""
    digest = hashlib.sha256()
    for path in case_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return _judge_all(digest.hexdigest())


@lru_cache(maxsize=1)
def _judge_all(_digest: str) -> tuple[Judgement, ...]:
    return tuple(judge(read_study(path)) for path in case_files())
