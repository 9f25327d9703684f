"""The page of an accelerator, with the release that ships."""

import re

import pytest
from django.urls import reverse

from apps.factors import selectors, services
from apps.factors.embodied.page import accelerator_page
from apps.factors.models import Release

pytestmark = pytest.mark.django_db
H100 = "nvidia-h100-sxm5-80gb"


@pytest.fixture(scope="module")
def release(django_db_setup, django_db_blocker):
    """Load the release once for the module, outside the tests' transactions."""
    from apps.factors.models import Entry, Factor, Source

    with django_db_blocker.unblock():
        services.load_release()
    yield
    with django_db_blocker.unblock():
        for model in (Factor, Entry, Source, Release):
            model._base_manager.all()._raw_delete("default")


def shown(client, key):
    response = client.get(reverse("factors:entry", args=["accelerator", key]))
    assert response.status_code == 200
    return response.content.decode()


def page_of(key):
    current = selectors.current_release()
    return accelerator_page(selectors.entry(current, "accelerator", key), current)


@pytest.mark.parametrize(
    "key",
    [
        H100,
        "nvidia-a100-sxm4-40gb",
        "amd-instinct-mi300x",
        "apple-m3-max",
        "groq-lpu-v1",
        "google-tpu-v5p",
    ],
)
def test_every_kind_of_device_has_a_page_without_inline_style_or_script(release, client, key):
    page = shown(client, key)
    assert "style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    for heading in ("Specification", "Embodied climate change", "How each figure is computed"):
        assert heading in page


def test_rivals_stand_on_one_axis_and_the_chosen_one_is_marked(release, client):
    page = page_of(H100)
    climate = page.sources[0]
    assert [mark.figure.source for mark in climate.marks if mark.is_chosen] == ["NV_PCF_H100"]
    assert len(climate.marks) == 6
    by_value = sorted(climate.marks, key=lambda mark: mark.figure.value)
    assert [mark.x for mark in by_value] == sorted(mark.x for mark in climate.marks)
    for mark in climate.marks:
        assert 0 < mark.x < 400
        if mark.low is not None:
            assert 0 < mark.low < mark.x < mark.high < 400
    text = shown(client, H100)
    assert text.count('rivals__row--chosen"') == 4
    assert "The manufacturer&#x27;s own footprint of the product comes before any model." in text


def test_parts_in_the_bars_are_those_of_the_figure(release):
    page = page_of(H100)
    assert [group.unit for group in page.by_part] == ["kg CO2e", "kg Sb eq", "MJ"]
    climate = page.by_part[0]
    assert [bar.title for bar in climate.bars] == [
        "Die-area model",
        "Bill of materials",
        "ACT bottom-up",
    ]
    for bar in (bar for group in page.by_part for bar in group.bars):
        assert sum(segment.share for segment in bar.segments) == pytest.approx(1)
        assert sum(segment.value for segment in bar.segments) == pytest.approx(bar.figure.value)
    longest = max(climate.bars, key=lambda bar: bar.figure.value)
    assert sum(segment.width for segment in longest.segments) == pytest.approx(400)


def test_every_sum_prints_a_formula_and_a_source_for_each_parameter(release):
    for total in page_of(H100).sums:
        assert sum(line.value for line in total.lines) == pytest.approx(total.figure.value)
        assert all(line.formula for line in total.lines)
        assert all(parameter.source for parameter in total.parameters)


def test_a_year_of_work_is_power_times_share_times_pue_times_hours(release):
    use = page_of(H100).use
    expected = 0.7 * 0.844 * 1.54 * 8766
    assert use.electricity.nominal == pytest.approx(expected)
    assert use.electricity.p05 < expected < use.electricity.p95
    sweden, *_, india = use.grids
    assert sweden.stat.nominal == pytest.approx(expected * sweden.intensity.value)
    assert sweden.stat.nominal < india.stat.nominal
    assert sweden.months == pytest.approx(164 / sweden.stat.nominal * 12)


def test_a_device_without_figures_says_why(release, client):
    text = shown(client, "apple-m3-max")
    assert "The die-area model needs what no citable source gives" in text
    assert "No citable source gives its power." in text
    assert "servers.csv" not in text


def test_a_figure_with_its_host_says_so(release, client):
    assert "server share included" in shown(client, "google-tpu-v5p")


def test_the_page_asks_for_a_fixed_number_of_queries(
    release, client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        shown(client, "nvidia-b200")


def test_a_release_without_parameters_of_making_hardware_has_the_plain_page(client, library):
    library.write(
        "entries.csv",
        "kind,key,name,attributes",
        "zone,FR,France,{}",
        "zone,SE,Sweden,{}",
        "accelerator,x,X,{}",
    )
    power = library.row(
        kind="accelerator",
        key="x",
        indicator="tdp_w",
        unit="W",
        value="70",
        high="",
        gsd="",
        distribution="none",
    )
    library.factors(library.row(), library.row(key="SE"), power)
    services.load_release(path=library.folder)
    text = client.get("/factors/accelerator/x/").content.decode()
    assert "Thermal design power" in text
    assert "A year of work" not in text
