"""Snapshots: canonical, hashed, written once, and enough to recompute every figure."""

import hashlib
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import RestrictedError

from apps.assessments.models import Assessment, ComputeRun
from apps.disclosures import canonical, services
from apps.disclosures.errors import NothingToFreeze, WrongStatus
from apps.disclosures.models import Snapshot, Status
from lca.engine import assess, from_document
from tests.disclosing import released
from tests.factories import OrganisationFactory

WITHIN = 1e-9


def test_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    one = canonical.canonical({"b": 1, "a": [1.0, None, "CO₂"]})
    other = canonical.canonical({"a": [1.0, None, "CO₂"], "b": 1})
    assert one == other == '{"a":[1,null,"CO₂"],"b":1}'.encode()


def test_a_whole_number_beyond_two_to_the_53_is_kept_as_a_float() -> None:
    assert canonical.canonical({"requests": 10**18}) == b'{"requests":1000000000000000000}'


def test_the_hash_is_of_the_kept_bytes(study: Assessment) -> None:
    snapshot = services.freeze(assessment=study, actor=None)
    snapshot.refresh_from_db()
    assert snapshot.sha256 == hashlib.sha256(snapshot.content).hexdigest()
    assert canonical.canonical(json.loads(snapshot.content)) == snapshot.content


def test_freezing_twice_gives_the_same_snapshot(study: Assessment) -> None:
    first = services.freeze(assessment=study, actor=None)
    assert services.freeze(assessment=study, actor=None) == first
    assert study.snapshots.count() == 1


def test_an_edit_makes_the_next_snapshot_and_leaves_the_last(study: Assessment) -> None:
    first = services.freeze(assessment=study, actor=None)
    before = first.content
    ComputeRun.objects.filter(assessment=study, name="OLMo 2 7B").update(energy_kwh=314_000)
    second = services.freeze(assessment=study, actor=None)
    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.content == before != second.content


def test_an_empty_assessment_cannot_be_frozen(study: Assessment) -> None:
    study.published_figures.all().delete()
    study.runs.all().delete()
    with pytest.raises(NothingToFreeze, match="Declare a run"):
        services.freeze(assessment=study, actor=None)


@pytest.mark.parametrize("field", ["document", "sha256", "number", "uuid"])
def test_the_database_refuses_to_change_what_was_written(study: Assessment, field: str) -> None:
    snapshot = services.freeze(assessment=study, actor=None)
    other = {"document": b"{}", "sha256": "0" * 64, "number": 9, "uuid": OrganisationFactory().uuid}
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(**{field: other[field]})


def test_a_published_snapshot_cannot_become_a_draft_again(study: Assessment) -> None:
    snapshot = released(study)
    with (
        pytest.raises(IntegrityError, match="only be superseded or withdrawn"),
        transaction.atomic(),
    ):
        Snapshot.objects.filter(pk=snapshot.pk).update(status=Status.DRAFT)


def test_a_published_snapshot_cannot_be_deleted_even_by_plain_sql(study: Assessment) -> None:
    snapshot = released(study)
    with pytest.raises(IntegrityError, match="withdraw it first"), transaction.atomic():
        snapshot.delete()
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM disclosures_snapshot WHERE id = %s", [snapshot.pk])


def test_an_assessment_with_a_report_is_not_deleted(study: Assessment) -> None:
    services.freeze(assessment=study, actor=None)
    with pytest.raises(RestrictedError):
        study.delete()


def test_publishing_twice_keeps_the_first_date(study: Assessment) -> None:
    snapshot = released(study)
    assert services.publish(snapshot=snapshot, actor=None).published_at == snapshot.published_at


def test_a_withdrawn_report_says_why_and_cannot_be_published_again(study: Assessment) -> None:
    snapshot = released(study)
    withdrawn = services.withdraw(snapshot=snapshot, actor=None, reason="Wrong grid factor.")
    assert withdrawn.withdrawn_because == "Wrong grid factor."
    with pytest.raises(WrongStatus):
        services.publish(snapshot=withdrawn, actor=None)
    with pytest.raises(WrongStatus):
        services.withdraw(snapshot=withdrawn, actor=None, reason="Again.")


def test_after_a_withdrawal_the_same_study_can_be_published_anew(study: Assessment) -> None:
    first = released(study)
    services.withdraw(snapshot=first, actor=None, reason="Published too early.")
    second = released(study)
    assert (second.number, second.status) == (2, Status.PUBLISHED)


def test_the_document_recomputes_with_the_engine_alone(served: Assessment) -> None:
    document = services.freeze(assessment=served, actor=None).read()
    engine = document["result"]["engine"]
    again = assess(from_document(document), draws=engine["draws"], seed=engine["seed"])
    for category, stat in document["result"]["totals"].items():
        found = again.stat(category)
        assert found is not None
        assert found.to_dict() == pytest.approx(stat, rel=WITHIN)


def test_per_use_figures_recompute_from_their_own_inventories(served: Assessment) -> None:
    per_use = services.freeze(assessment=served, actor=None).read()["per_use"]
    for kind in ("marginal", "fully_loaded"):
        found = assess(from_document(per_use["inventories"][kind]), draws=2).stat("gwp_location")
        assert found is not None
        assert found.nominal == pytest.approx(per_use[kind]["gwp_location"]["nominal"], rel=WITHIN)


def test_every_parameter_has_a_numbered_source(served: Assessment) -> None:
    document = services.freeze(assessment=served, actor=None).read()
    named = {name for source in document["sources"] for name in source["parameters"]}
    assert named == {row["name"] for row in document["inventory"]["parameters"]}
    assert [row["number"] for row in document["sources"]] == list(
        range(1, len(document["sources"]) + 1)
    )


def test_a_published_figure_stands_beside_the_computed_one(study: Assessment) -> None:
    [row] = services.freeze(assessment=study, actor=None).read()["published_figures"]
    assert row["computed"] == pytest.approx(157_000 * 0.332, rel=1e-3)
    assert row["is_within"] is True


def test_what_is_not_declared_stays_null_in_the_document(study: Assessment) -> None:
    document = services.freeze(assessment=study, actor=None).read()
    assert document["goal_and_scope"]["lifetime_queries"] is None
    assert document["sites"][0]["market_kg_co2e_per_kwh"] is None
    assert "gwp_market" not in document["result"]["totals"]


def test_a_document_of_engine_1_0_0_is_still_shown_and_recomputed(served: Assessment) -> None:
    """It knew neither ratings nor scores."""
    document = services.freeze(assessment=served, actor=None).read()
    document["meta"]["engine"]["version"] = document["result"]["engine"]["version"] = "1.0.0"
    del document["result"]["data_quality"]
    inventories = [document["inventory"], *document["per_use"]["inventories"].values()]
    for row in (row for inventory in inventories for row in inventory["parameters"]):
        row.pop("pedigree", None)
    content = canonical.canonical(document)
    page = services.render_html(content)
    assert "lca.engine 1.0.0" in page
    assert "Data quality of each result" not in page
    assert canonical.sha256(content) in page
    assert from_document(json.loads(content)).flows
