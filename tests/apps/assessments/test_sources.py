"""Choosing another source: what it changes is shown before, and holds after."""

import pytest
from django.test import Client

from apps.assessments import services
from apps.assessments.models import FactorChoice
from apps.assessments.services.records import UnknownSource
from apps.factors.models import OwnFactor
from apps.factors.services.own import InUse, remove
from lca.engine import Category, Empirical, Pert, Uniform
from tests.apps.assessments.conftest import address, signed_in
from tests.factories import bearer

PLACE = ("accelerator", "nvidia-h100-sxm5-80gb", "embodied_gwp")
RIVAL = "LEES2026"


def total(assessment):
    return services.evaluate(assessment).result["totals"]["gwp_location"]["nominal"]


def choose(assessment, editor, source=RIVAL, reason="It covers several categories."):
    return services.choose_factor(
        assessment=assessment, place=PLACE, source=source, reason=reason, actor=editor.user
    )


def test_the_announced_difference_is_what_choosing_makes(assessment, editor):
    item = next(i for i in services.used_factors(assessment) if i.place == PLACE)
    rival = next(row for row in item.rivals if row.source.key == RIVAL)
    stat = services.effects(assessment, PLACE, [rival])[RIVAL][Category.GWP_LOCATION]
    before = total(assessment)
    choose(assessment, editor)
    assert total(assessment) - before == pytest.approx(stat.nominal)
    assert stat.nominal > 0


def test_the_difference_is_paired(assessment):
    """The noise of everything else cancels: with a rival that has no spread it is far narrower than the total's."""
    item = next(i for i in services.used_factors(assessment) if i.place == PLACE)
    stat = services.effects(assessment, PLACE, item.rivals)[RIVAL][Category.GWP_LOCATION]
    whole = services.evaluate(assessment).result["totals"]["gwp_location"]
    assert stat.p95 - stat.p05 < (whole["p95"] - whole["p05"]) / 2


def test_the_inventory_names_the_chosen_source_and_the_reason(assessment, editor):
    choose(assessment, editor)
    parameter = services.build_inventory(assessment).parameter(".".join(PLACE))
    assert "It covers several categories." in parameter.evidence
    assert parameter.value == 273


def test_the_library_s_own_choice_undoes_it(assessment, editor):
    before = total(assessment)
    choose(assessment, editor)
    library = next(i for i in services.used_factors(assessment) if i.place == PLACE).library
    assert choose(assessment, editor, library.source.key, "") is None
    assert total(assessment) == before
    assert not FactorChoice.objects.exists()


def test_choosing_again_changes_the_choice_that_is_there(assessment, editor):
    choose(assessment, editor)
    choose(assessment, editor, reason="A better reason.")
    assert FactorChoice.objects.get().reason == "A better reason."


def test_a_source_without_a_figure_is_refused_with_those_that_have_one(assessment, editor):
    with pytest.raises(UnknownSource, match=f"Its sources: .*{RIVAL}"):
        choose(assessment, editor, "NOWHERE")


def test_the_page_shows_rivals_with_what_they_change(page, assessment):
    text = page.get(address("sources", assessment)).content.decode()
    assert "Factors with more than one source" in text
    response = page.get(address("source", assessment, *PLACE))
    shown = {row["factor"].source.key: row for row in response.context["rivals"]}
    assert shown[RIVAL]["effects"][Category.GWP_LOCATION]["nominal"] > 0
    text = response.content.decode()
    assert "273" in text
    assert "not declared" not in text


def test_the_page_wants_a_reason_and_keeps_it(page, assessment):
    url = address("source", assessment, *PLACE)
    refused = page.post(url, {"source": RIVAL, "reason": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.context["form"].errors["reason"][0]
    assert page.post(url, {"source": RIVAL, "reason": "Wider scope."}).status_code == 302
    assert page.get(url).context["form"].initial["reason"] == "Wider scope."
    assert "own choice" in page.get(address("sources", assessment)).content.decode()


def test_a_factor_that_is_not_in_use_has_no_page(page, assessment):
    place = ("zone", "FR", "gwp_location")
    assert page.get(address("source", assessment, *place)).status_code == 404


def test_a_viewer_sees_and_does_not_choose(assessment, viewer):
    url = address("source", assessment, *PLACE)
    client = signed_in(viewer)
    assert client.get(url).status_code == 200
    assert client.post(url, {"source": RIVAL, "reason": "x"}).status_code == 403


def test_the_api_chooses_and_refuses(assessment, editor):
    data = {
        "assessment": str(assessment.uuid),
        **dict(zip(("kind", "key", "indicator"), PLACE, strict=True)),
        "reason": "Because.",
    }
    client = Client(headers=bearer(editor))

    def post(source):
        return client.post(
            "/api/v1/factor-choices/", data | {"source": source}, content_type="application/json"
        )

    assert "Its sources" in post("NOWHERE").json()["errors"][0]["message"]
    assert post(RIVAL).status_code == 201
    assert post(RIVAL).status_code == 409


@pytest.fixture
def own(editor):
    return OwnFactor.objects.create(
        organisation=editor.organisation,
        kind=PLACE[0],
        key=PLACE[1],
        indicator=PLACE[2],
        name="H100, our supplier",
        value=300.0,
        gsd=1.2,
        distribution="lognormal",
        unit="kg CO2e",
        year=2025,
        source_text="Supplier's declaration 7",
        licence="internal",
    )


def test_an_own_factor_is_a_rival_and_can_be_chosen(page, assessment, editor, own):
    shown = page.get(address("source", assessment, *PLACE)).context["rivals"]
    assert own.source.key in {row["factor"].source.key for row in shown}
    choose(assessment, editor, own.source.key)
    parameter = services.build_inventory(assessment).parameter(".".join(PLACE))
    assert parameter.value == 300
    assert "Supplier's declaration 7" in parameter.source


@pytest.mark.parametrize(
    ("values", "distribution"),
    [
        ({"distribution": "beta_pert", "low": 250.0, "high": 400.0}, Pert(low=250, high=400)),
        ({"distribution": "uniform", "low": 250.0, "high": 400.0}, Uniform(low=250, high=400)),
        ({"distribution": "empirical", "observed": [310.0, 290.0]}, Empirical(values=[290, 310])),
    ],
)
def test_an_own_factor_is_drawn_from_what_it_states(assessment, editor, own, values, distribution):
    OwnFactor.objects.filter(pk=own.pk).update(gsd=None, **values)
    choose(assessment, editor, own.source.key)
    parameter = services.build_inventory(assessment).parameter(".".join(PLACE))
    assert parameter.distribution == distribution


def test_an_own_factor_in_use_is_not_deleted(assessment, editor, own):
    choose(assessment, editor, own.source.key)
    with pytest.raises(InUse):
        remove(factor=own, actor=editor.user)


def test_a_neighbour_s_own_factor_is_no_source_here(theirs, stranger, own):
    with pytest.raises(UnknownSource):
        choose(theirs, stranger, own.source.key)


def test_what_stands_in_at_a_form_is_the_chosen_figure(page, assessment, editor, hardware):
    choose(assessment, editor)
    form = page.get(address("edit", assessment, "hardware", hardware.uuid)).context["form"]
    assert form.stand_ins["embodied_kg_co2e"].value == 273
