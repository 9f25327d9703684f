"""Tables of a report, from plain documents."""

import re

import attrs
import pytest
from django.conf import settings

from apps.disclosures.report.tables import spread, uncertainty
from lca.engine import Empirical, Fixed, Lognormal, Normal, Parameter, Pert, Triangular, Uniform
from lca.engine.distributions import KINDS, to_dict

WORDS = {
    Fixed(): "fixed",
    Lognormal(gsd=1.2): "log-normal, GSD 1.2",
    Normal(sd=0.5): "normal, SD 0.5",
    Triangular(low=0.9, high=1.1): "triangular 0.9–1.1",
    Uniform(low=0.9, high=1.1): "uniform 0.9–1.1",
    Pert(low=0.9, high=1.1): "PERT 0.9–1.1",
    Empirical(values=[4, 3, 9.5]): "3 observed, 3–9.5",
}


@pytest.mark.parametrize("distribution", WORDS)
def test_a_distribution_is_written_in_words(distribution):
    assert spread(to_dict(distribution)) == WORDS[distribution]


def test_a_spread_from_scores_says_so():
    scored = Parameter(name="x", value=2, pedigree={"reliability": 5})
    assert uncertainty(scored) == "log-normal, GSD 1.22, from scores"
    assert (
        uncertainty(attrs.evolve(scored, distribution=Lognormal(gsd=1.1))) == "log-normal, GSD 1.1"
    )


def test_every_distribution_has_words():
    assert {type(item) for item in WORDS} == set(KINDS.values())


def test_every_width_of_a_printed_column_is_one_that_the_style_knows():
    style = (settings.BASE_DIR / "static" / "css" / "report_pdf.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.w(\d+) \{", style))
    templates = (settings.BASE_DIR / "templates" / "reports").rglob("*.html")
    asked = [re.findall(r'cols="([\d ]+)', path.read_text(encoding="utf-8")) for path in templates]
    widths = {width for rows in asked for row in rows for width in row.split()}
    assert len(widths) > 10
    assert widths <= known
