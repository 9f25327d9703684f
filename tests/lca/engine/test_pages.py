import functools
import importlib
import re
from pathlib import Path

import attrs
import pytest

from lca.engine import (
    Category,
    Component,
    Flow,
    Gap,
    Inventory,
    Parameter,
    Pedigree,
    Provenance,
    Stage,
    Stat,
)
from lca.engine.derived import FUNCTIONS
from lca.engine.distributions import KINDS

DOCS = Path(__file__).parents[3] / "docs"
METHOD = (DOCS / "methodology" / "engine.md").read_text(encoding="utf-8")
WORDS = (DOCS / "nomenclature.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`(lca\.engine\.\w+\.[\w.]+)`", METHOD)))


@pytest.mark.parametrize("name", NAMES)
def test_function_named_on_the_methodology_page_exists(name):
    module, attribute = re.fullmatch(r"(lca\.engine\.\w+)\.(.+)", name).groups()
    assert functools.reduce(getattr, attribute.split("."), importlib.import_module(module))


def test_methodology_page_names_functions():
    assert len(NAMES) > 15


@pytest.mark.parametrize(
    "word", [*Stage, *Component, *Category, *Provenance, *FUNCTIONS, *KINDS, *attrs.fields_dict(Stat)]
)  # fmt: skip
def test_word_of_the_engine_is_in_the_nomenclature(word):
    assert f"`{word}`" in WORDS or word == "unit"


@pytest.mark.parametrize(
    "noun", [Category, Component, Flow, Gap, Inventory, Parameter, Pedigree, Provenance, Stage]
)
def test_noun_of_the_engine_is_in_the_nomenclature(noun):
    assert f"`{noun.__name__}`" in WORDS


@pytest.mark.parametrize("category", Category)
def test_unit_of_a_category_is_in_the_nomenclature(category):
    assert re.search(rf"\| {category.label} \| `{category}` \| .* \| {category.unit} \|", WORDS)
