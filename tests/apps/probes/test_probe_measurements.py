"""Recording measurements: what is taken, what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.errors import InvalidMeasurement
from apps.probes.models import Measurement

pytestmark = pytest.mark.django_db
MakeDocument = Callable[..., dict[str, Any]]


def record(member: Membership, document: dict[str, Any], label: str = "") -> Measurement:
    return services.record_measurement(
        organisation=member.organisation, actor=member.user, document=document, label=label
    )


def test_the_headline_figures_are_those_of_the_document(
    member: Membership, make_document: MakeDocument
) -> None:
    row = record(member, make_document())
    assert row.decode_j_per_token == pytest.approx(25.0)
    assert row.decode_j_per_token_p05 == pytest.approx(12.5)
    assert row.decode_j_per_token_p95 == pytest.approx(37.5)
    assert row.prefill_j_per_token == pytest.approx(3.0)
    assert row.idle_w == pytest.approx(10.0)
    assert (row.meter, row.boundary, row.precision) == ("modelled", "accelerator", "fp4")
    assert row.label == "tiny fp4 on a processor"


@pytest.mark.parametrize(
    ("meter", "stored"),
    [
        ("chip", "accelerator"),
        ("board", "accelerator"),
        ("accelerator", "accelerator"),  # of the schema's first version, as is package
        ("package", "accelerator"),
        ("node", "node"),
        ("rack", "node"),
    ],
)
def test_what_a_meter_covers_decides_the_scope(
    member: Membership, make_document: MakeDocument, meter: str, stored: str
) -> None:
    document = make_document()
    document["meter"]["boundary"] = meter
    assert record(member, document).boundary == stored


@pytest.mark.parametrize(("modelled", "provenance"), [(True, "modelled"), (False, "measured")])
def test_provenance_follows_the_meter(
    member: Membership, make_document: MakeDocument, modelled: bool, provenance: str
) -> None:
    row = record(member, make_document(modelled=modelled))
    assert row.is_modelled is modelled
    assert row.provenance == provenance


def test_the_database_refuses_a_modelled_figure_called_measured(
    member: Membership, make_document: MakeDocument
) -> None:
    row = record(member, make_document())
    with pytest.raises(IntegrityError), transaction.atomic():
        Measurement.objects.filter(pk=row.pk).update(provenance="measured")


def test_a_document_is_stored_once_whatever_the_order_of_its_names(
    member: Membership, stranger: Membership, make_document: MakeDocument
) -> None:
    document = make_document()
    shuffled = dict(reversed(document.items()))
    assert record(member, document) == record(member, shuffled)
    assert record(stranger, document) != record(member, document)
    assert Measurement.objects.count() == 2


def broken(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *parents, leaf = path.split("/")
    place: Any = document
    for key in parents:
        place = place[int(key)] if isinstance(place, list) else place[key]
    if value is KeyError:
        del place[leaf]
    else:
        place[int(leaf) if isinstance(place, list) else leaf] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("meter/boundary", "planet", "meter/boundary"),
        ("meter", KeyError, "'meter' is a required property"),
        ("windows/0/energy_j", 0, "windows/0/energy_j"),
        ("windows/0/energy_j", -1.0, "windows/0/energy_j"),
        ("windows/0/energy_j", "much", "windows/0/energy_j"),
        ("windows/0/energy_j", 1e308, "windows/0/energy_j"),
        ("windows/0/energy_j", float("nan"), "finite"),
        ("windows/4/tokens", 20, "results/decode does not follow"),
        ("windows", [], "windows"),
        ("results/decode/joules_per_token/mean", 1.0, "results/decode does not follow"),
        ("results/provenance", "measured", "results/provenance does not follow"),
        ("created_at", "yesterday", "created_at"),
        ("created_at", "2026-01-01T00:00:00", "created_at"),
        ("created_at", "9999-12-31T23:59:59-12:00", "created_at"),
        ("created_at", "0001-01-01T00:00:00+12:00", "created_at"),
        ("model/name", "a\0b", "NUL"),
        ("surplus", 1, "surplus"),
        ("schema", "another/2.0", "schema"),
    ],
)
def test_a_document_that_is_not_the_probes_is_refused_where_it_is_wrong(
    member: Membership, make_document: MakeDocument, path: str, value: Any, says: str
) -> None:
    with pytest.raises(InvalidMeasurement, match=says) as caught:
        record(member, broken(make_document(), path, value))
    assert caught.value.field == "document"
    assert not Measurement.objects.exists()
