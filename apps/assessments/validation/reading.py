"""Case files to studies. Every scalar is text, so that a number keeps the digits it was printed with."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from apps.assessments.validation.errors import MalformedCase
from apps.assessments.validation.printed import Printed
from apps.assessments.validation.study import (
    Explanation,
    Figure,
    Input,
    Loose,
    Row,
    Source,
    Study,
    Tolerance,
)
from apps.assessments.validation.table import read_table
from lca.engine import Category

FOLDER = Path(settings.BASE_DIR) / "tests" / "golden"
SCHEMA = Path(settings.BASE_DIR) / "docs" / "schemas" / "golden-case-1.0.json"
LARGEST_BYTES = 1_000_000
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
HELP = "The format is described in tests/golden/README.md."


class _Loader(yaml.BaseLoader):
    """YAML whose scalars stay text, and in which a key stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = [key.value for key, _ in node.value]
        for number, (key, _) in enumerate(node.value):
            if keys[number] in keys[:number]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key.value}” stands twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def case_files(folder: Path = FOLDER) -> list[Path]:
    """Every case file of a folder, by name."""
    return sorted(folder.glob("*.yaml"))


def read_study(path: Path) -> Study:
    """Read one case file.

    Raises
    ------
    MalformedCase
        With the file, the place in it, what is wrong and what to do.
    """
    document = _document(path)
    problem = best_match(_validator().iter_errors(document))
    if problem is not None:
        raise _malformed(path, problem)
    try:
        return _study(path.stem, document)
    except ValueError as error:
        msg = f"{path.name}: {error}. {HELP}"
        raise MalformedCase(msg) from error


def _document(path: Path) -> Any:
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_BYTES:
            msg = f"{path.name}: {len(content)} bytes are more than a case may have ({LARGEST_BYTES})."
            raise MalformedCase(msg)
        return yaml.load(content.decode("utf-8-sig"), _Loader)  # noqa: S506 - builds text, lists and mappings alone
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}). Name an existing YAML file."
        raise MalformedCase(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path.name}: byte {error.start} is not UTF-8. Save the file as UTF-8 text."
        raise MalformedCase(msg) from error
    except (yaml.YAMLError, RecursionError) as error:
        msg = f"{path.name}: not YAML: {_said(error)}. Correct the file there."
        raise MalformedCase(msg) from error


def _said(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return (
        f"{where}{getattr(error, 'problem', None) or 'it is nested too deeply or refers to itself'}"
    )


def _malformed(path: Path, problem: ValidationError) -> MalformedCase:
    place = " / ".join(map(str, problem.absolute_path)) or "the top of the file"
    wanted = problem.schema.get("description", "") if isinstance(problem.schema, dict) else ""
    return MalformedCase(f"{path.name}, {place}: {problem.message[:300]}. {wanted} {HELP}")


def _number(text: str, place: str) -> Printed:
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        message = f"{place}: “{text}” is not a number as printed, such as 1.20 or 3.14e23"
        raise ValueError(message)
    return Printed(text)


def _study(slug: str, document: Mapping[str, Any]) -> Study:
    inputs = {key: _input(key, item) for key, item in document.get("parameters", {}).items()}
    figures = {key: _figure(key, item) for key, item in document.get("figures", {}).items()}
    rows = tuple(_rows(document, inputs, figures))
    study = Study(
        slug=slug,
        name=document["name"],
        source=Source(**document["source"]),
        boundary=tuple(document["boundary"]),
        notes=document.get("notes", ""),
        functional_unit=document.get("functional_unit", ""),
        inputs=inputs,
        derived=document.get("derived", {}),
        flows=document.get("flows", {}),
        figures=figures,
        rows=rows,
        explanations={(e.row, e.figure): e for e in _explanations(document)},
        not_reproducible_because=document.get("not_reproducible_because", ""),
        loose=tuple(_loose(document)),
        checked_against=document.get("checked_against", ""),
    )
    _refuse_loose_ends(study)
    return study


def _input(name: str, item: Mapping[str, str]) -> Input:
    text = item.get("value")
    return Input(
        name=name,
        unit=item["unit"],
        label=item.get("label", ""),
        value=None if text is None else _number(text, f"parameters / {name}"),
        exact=item.get("exact") == "yes",
        because=item.get("because", ""),
    )


def _figure(name: str, item: Mapping[str, Any]) -> Figure:
    text, tolerance = item.get("published"), item.get("tolerance")
    return Figure(
        name=name,
        unit=item["unit"],
        label=item.get("label", name.replace("_", " ")),
        category=Category(item["category"]) if "category" in item else None,
        flows=tuple(item.get("flows", ())),
        published=None if text is None else _number(text, f"figures / {name}"),
        tolerance=tolerance
        and Tolerance(
            relative=_number(tolerance["relative"], f"figures / {name} / tolerance").value,
            because=tolerance["because"],
        ),
    )


def _rows(
    document: Mapping[str, Any], inputs: Mapping[str, Input], figures: Mapping[str, Figure]
) -> Iterator[Row]:
    if "table" not in document:
        yield Row(name="", inputs={}, published={})
        return
    for name, cells in read_table(document["table"]):
        if unknown := sorted(cells.keys() - inputs.keys() - figures.keys()):
            message = (
                f"table / {name}: the column “{unknown[0]}” is neither a parameter nor a figure"
            )
            raise ValueError(message)
        numbers = {key: _number(cell, f"table / {name} / {key}") for key, cell in cells.items()}
        yield Row(
            name=name,
            inputs={key: number for key, number in numbers.items() if key in inputs},
            published={key: number for key, number in numbers.items() if key in figures},
        )


def _explanations(document: Mapping[str, Any]) -> Iterator[Explanation]:
    for item in document.get("explained", ()):
        yield Explanation(
            row=item.get("row", ""),
            figure=item["figure"],
            ours=_number(item["ours"], f"explained / {item['figure']}"),
            because=item["differs_because"],
        )


def _loose(document: Mapping[str, Any]) -> Iterator[Loose]:
    for name, item in document.get("published", {}).items():
        value = _number(item["value"], f"published / {name}")
        yield Loose(name=name, unit=item["unit"], value=value)


def _refuse_loose_ends(study: Study) -> None:
    """A case whose parts do not refer to each other would test less than it says."""
    published = {(row, figure.name) for row, figure, _ in study.published()}
    if study.is_reproducible and not published:
        message = "figures: nothing is published, so there is nothing to compare"
        raise ValueError(message)
    for row, name in study.explanations.keys() - published:
        message = f"explained: nothing is published as “{name}” of “{row or study.name}”"
        raise ValueError(message)
    for figure in study.figures.values():
        if unknown := sorted(set(figure.flows) - study.flows.keys()):
            message = f"figures / {figure.name}: there is no flow “{unknown[0]}”"
            raise ValueError(message)
    _refuse_missing_inputs(study)


def _refuse_missing_inputs(study: Study) -> None:
    given, own = {(cell.row, cell.input.name) for cell in study.cells()}, study.columns()
    wanted = [
        (row.name if name in own else "", name) for row in study.rows for name in study.inputs
    ]
    for row, name in wanted:
        if (row, name) not in given:
            place = f"neither there nor in row “{row}”" if row else "and no column of the table"
            message = f"parameters / {name}: no value, {place}"
            raise ValueError(message)
