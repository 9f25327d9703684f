"""Profiles fitted on an organisation's own measurements."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Membership, Scope
from apps.probes import services
from apps.probes.errors import NothingToFit, TooManyProbes
from apps.probes.models import FittedProfile
from lca.measure.profiles.fit import from_document, shipped
from lca.measure.profiles.profile import Request, predict
from tests.apps.probes.test_probe_api import program

FITS = "/api/v1/fitted-profiles/"
Document = dict[str, Any]
Record = Callable[..., None]
REQUEST = Request(
    params_total=8, params_active=8, gpu="H100", batch=8, input_tokens=0, output_tokens=300
)


@pytest.fixture
def record(member: Membership, make_document: Callable[..., Document]) -> Record:
    """Record a run of eight billion parameters on an accelerator."""

    def made(device: str = "nvidia-h100-sxm5-80gb", *, modelled: bool = False, **j: float) -> None:
        document = copy.deepcopy(make_document(modelled=modelled, **j))
        document["environment"]["device"] = {"kind": "cuda", "name": device}
        document["model"] |= {"name": "ref-8b", "parameters": 8_000_000_000, "precision": "bf16"}
        document["request"] |= {"precision": "bf16", "batch_size": 8, "output_tokens": 300}
        if modelled:
            document["meter"]["boundary"] = "board"
        services.record_measurement(
            organisation=member.organisation, actor=member.user, document=document
        )

    return made


def ask(member: Membership, **options: Any) -> FittedProfile:
    return services.request_fit(organisation=member.organisation, actor=member.user, **options)


def test_a_fit_on_own_measurements_moves_towards_them(member: Membership, record: Record) -> None:
    for decode_j in (9.0, 9.5, 10.0):
        record(decode_j=decode_j)  # 10 tokens a window
    record("A strange board", decode_j=9.0)
    record(modelled=True, decode_j=500.0)
    made = ask(member, label="Ours")
    assert made.own_rows == 3
    reasons = {one["reason"] for one in made.left_out}
    assert len(made.left_out) == 2
    assert any("its energy is modelled" in reason for reason in reasons)
    assert any("A strange board" in reason for reason in reasons)
    services.run_fit(fit_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.message) == ("ready", "")
    assert made.rows == shipped().rows + 3
    assert made.error is not None
    assert made.error_before is not None
    assert 0 < made.error < 2
    assert shipped().table in made.starts_from
    fit = from_document(made.document)
    assert "3 measurements of" in fit.source
    assert "modelled" not in fit.source
    before, after = predict(REQUEST), predict(REQUEST, fit)
    measured = 300 * 0.95
    assert abs(after.decode[0] - measured) < abs(before.decode[0] - measured)
    services.run_fit(fit_id=made.pk)  # delivered twice: nothing changes
    again = FittedProfile.objects.get()
    assert again.fitted_at == made.fitted_at


def test_modelled_measurements_are_taken_only_when_told_and_said(
    member: Membership, record: Record
) -> None:
    record(modelled=True)
    with pytest.raises(NothingToFit, match="modelled"):
        ask(member)
    made = ask(member, with_modelled=True)
    assert (made.own_rows, made.with_modelled) == (1, True)
    with pytest.raises(TooManyProbes, match="being made"):
        ask(member, with_modelled=True)


def test_a_fit_whose_worker_was_lost_fails(member: Membership, record: Record) -> None:
    record()
    made = ask(member)
    services.reap(now=timezone.now() + timedelta(hours=1))
    made.refresh_from_db()
    assert (made.state, "Start it again" in made.message) == ("failed", True)
    ask(member)


def test_without_measurements_there_is_nothing_to_fit(page: Client, member: Membership) -> None:
    address = f"/o/{member.organisation.slug}/probes/fits/"
    answer = page.post(address, {"label": "x"})
    assert answer.status_code == 422
    assert "No measurement can be fitted. There is none." in answer.content.decode()
    assert not FittedProfile.objects.exists()


def test_a_page_starts_a_fit_and_shows_what_was_left_out(
    page: Client, member: Membership, record: Record
) -> None:
    record()
    record("A strange board")
    address = f"/o/{member.organisation.slug}/probes/fits/"
    assert page.post(address, {"label": "Ours"}).status_code == 302
    text = page.get(address).content.decode()
    assert "Ours" in text
    assert "being fitted" in text
    assert "1 measurement left out" in text


def test_fits_over_rest_belong_to_their_organisation(
    member: Membership, stranger: Membership, record: Record
) -> None:
    record()
    mine, other = (program(each, Scope.READ, Scope.PROBE) for each in (member, stranger))
    answer = mine.post(FITS, {"label": "Ours"}, format="json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "fitting"
    assert other.get(answer["Location"]).status_code == 404
    assert other.get(FITS).json()["results"] == []
    assert other.post(FITS, {}, format="json").json()["title"]
    assert FittedProfile.objects.count() == 1
    only_reads = program(member, Scope.READ)
    assert only_reads.post(FITS, {}, format="json").status_code == 403
