"""Documents sent from elsewhere: sweeps and servers under load, where runs are sent."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from apps.accounts.models import Membership, Scope
from apps.probes.models import Measurement, ServedMeasurement
from lca.measure.endpoint.results import summarise
from tests.apps.probes.test_probe_api import MEASUREMENTS, program

SERVED = "/api/v1/served-measurements/"
Document = dict[str, Any]


@pytest.fixture
def api(member: Membership) -> APIClient:
    return program(member, Scope.READ, Scope.PROBE)


@pytest.fixture
def sweep() -> Document:
    """A sweep that was really run, with its documents."""
    text = (settings.BASE_DIR / "fixtures" / "profiles" / "cpu-sweep.json").read_text()
    found = json.loads(text)
    return {**found["index"], "documents": found["documents"]}


@pytest.fixture
def served(make_document: Callable[..., Document]) -> Document:
    """A document about a server, from round windows: 2 J a request and 0.1 J a written token."""
    run = make_document(modelled=False)
    same: Document = {"duration_s": 2.0, "conditions": {}, "disturbed": []}
    asked = {"requests": 10, "errors": 0, "prompt_tokens": 300, "completion_tokens": 200}
    windows = [
        *({"phase": "idle", "repeat": n, "energy_j": 8.0, **same} for n in range(2)),
        *({"phase": "serve", "repeat": n, "energy_j": 20.0, **same, **asked} for n in range(2)),
    ]
    share = run["meter"]["uncertainty"]["share"]
    made: Document = {
        **{name: run[name] for name in ("probe_version", "created_at", "duration_s")},
        **{name: run[name] for name in ("environment", "meter", "sampling")},
        "schema": "cradle-endpoint/1.0",
        "request": {
            "model": "some-model",
            "trace": "synthetic",
            "trace_sha256": "0" * 64,
            "requests": 20,
            "warmup": 2,
            "concurrency": 2,
            "windows": 2,
        },
        "windows": windows,
        "answers": [],
        "errors": {},
        "latency": {},
        "results": summarise(windows, meter_share=share, is_modelled=False),
    }
    plain: Document = json.loads(json.dumps(made))
    return plain


def send(api: APIClient, document: object, **more: Any) -> Any:
    return api.post(MEASUREMENTS, {"document": document, **more}, format="json")


def test_each_run_of_a_sweep_is_stored_once(api: APIClient, sweep: Document) -> None:
    first, second = send(api, sweep), send(api, sweep)
    assert first.status_code == 201, first.content
    assert first.json() == second.json()
    assert len(first.json()["runs"]) == Measurement.objects.count() == 12
    assert first.json()["unmeasured"] == []
    assert not Measurement.objects.filter(is_modelled=False).exists()
    alone = send(api, sweep["documents"][3])
    assert alone.json()["uuid"] == first.json()["runs"][3]


def test_a_sweep_with_a_forged_run_is_stored_not_at_all(api: APIClient, sweep: Document) -> None:
    forged = copy.deepcopy(sweep)
    forged["documents"][7]["results"]["decode"]["joules_per_token"]["mean"] /= 2
    answer = send(api, forged)
    assert answer.status_code in {400, 422}
    assert "documents/7: results/decode does not follow" in answer.content.decode()
    assert not Measurement.objects.exists()


def test_an_index_without_its_documents_says_how_to_send_them(
    api: APIClient, sweep: Document
) -> None:
    del sweep["documents"]
    answer = send(api, sweep)
    assert answer.status_code in {400, 422}
    assert "--bundle" in answer.content.decode()


def test_a_served_measurement_is_stored_once_and_read_back(
    api: APIClient, served: Document, stranger: Membership
) -> None:
    first, second = send(api, served, label="night"), send(api, served)
    assert first.status_code == 201, first.content
    assert first.json()["uuid"] == second.json()["uuid"]
    stored = ServedMeasurement.objects.get()
    assert (stored.j_per_request, stored.j_per_output_token) == (2.0, 0.1)
    assert (stored.label, stored.provenance, stored.idle_w) == ("night", "measured", 4.0)
    assert api.get(f"{SERVED}{stored.uuid}/").json()["document"] == served
    other = program(stranger, Scope.READ)
    assert other.get(f"{SERVED}{stored.uuid}/").status_code == 404
    assert other.get(SERVED).json()["results"] == []


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("results", "joules_per_request", "mean"), 1.0, "does not follow"),
        (("windows", 2, "requests"), 0, "windows/2/requests: 0 is less"),
        (("request", "prompt"), "a secret", "Additional properties"),
        (("meter", "is_modelled"), True, "does not follow"),
    ],
)
def test_a_served_document_that_says_something_else_is_refused(
    api: APIClient, served: Document, place: tuple[Any, ...], value: object, said: str
) -> None:
    *above, last = place
    part: Any = served
    for name in above:
        part = part[name]
    part[last] = value
    answer = send(api, served)
    assert answer.status_code in {400, 422}, answer.content
    assert said in answer.content.decode()
    assert not ServedMeasurement.objects.exists()
