"""Hosts over HTTP: joining, pages, the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.probes import services
from apps.probes.models import DriftAlarm, Measurement, ProbeHost, ProbeRequest, ProbeSchedule
from tests.apps.probes.fleet.conftest import TOLD
from tests.factories import MembershipFactory, bearer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis")]
JOIN = "/api/v1/probe-hosts/join/"
HOSTS = "/api/v1/probe-hosts/"


def join(token: str, told: object = TOLD) -> Any:
    return Client().post(JOIN, told, "application/json", headers={"Authorization": f"Host {token}"})


def test_a_token_is_exchanged_for_credentials(added: tuple[ProbeHost, str]) -> None:
    host, token = added
    answer = join(token)
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["key_prefix"] == host.key_prefix
    assert "@" not in answer.json()["broker_url"]
    host.refresh_from_db()
    assert (host.state, host.devices[0]["address"]) == ("online", "cpu")


@pytest.mark.parametrize("kind", ["removed", "renewed", "unknown", "member"])
def test_no_other_token_joins(added: tuple[ProbeHost, str], member: Membership, kind: str) -> None:
    host, token = added
    if kind == "removed":
        services.remove_host(host=host, actor=None)
    if kind == "renewed":
        services.renew_token(host=host, actor=None)
    if kind == "member":
        token = bearer(member)["Authorization"].removeprefix("Bearer ")
    answer = join(token if kind != "unknown" else "cradle_nobody")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Host")


def test_a_hosts_token_opens_nothing_else(added: tuple[ProbeHost, str]) -> None:
    for scheme in ("Host", "Bearer"):
        answer = Client().get(HOSTS, headers={"Authorization": f"{scheme} {added[1]}"})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [("devices", []), ("devices", [{"kind": "cpu"}]), ("devices", 1), ("python", None), ("x", 1)],
)
def test_an_announcement_of_another_form_is_refused(
    added: tuple[ProbeHost, str], field: str, value: object
) -> None:
    answer = join(added[1], {**TOLD, field: value})
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{field}")


def test_a_program_adds_schedules_measures_and_removes(member: Membership) -> None:
    api = Client(headers=bearer(member))
    made = api.post(HOSTS, {"name": "Rack 9"}, "application/json").json()
    assert join(made["token"]).status_code == 200
    address = f"{HOSTS}{made['uuid']}/"
    shown = api.get(address).json()
    assert (shown["token"], shown["state"]) == (None, "online")
    load = {"host": made["uuid"], "device": "cpu", "preset": "tiny", "precision": "fp4"}
    probe = api.post("/api/v1/probes/", load, "application/json")
    assert probe.status_code == 201, probe.content
    assert (probe.json()["host"], probe.json()["device"]) == (made["uuid"], "cpu")
    schedule = api.post("/api/v1/probe-schedules/", {**load, "every_h": 6}, "application/json")
    assert schedule.status_code == 201, schedule.content
    assert api.delete(f"/api/v1/probe-schedules/{schedule.json()['uuid']}/").status_code == 204
    again = api.post(HOSTS, {"name": "Rack 9"}, "application/json")
    assert again.status_code == 409
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_a_probe_needs_a_host_and_a_device_of_ones_own(member: Membership, host: ProbeHost) -> None:
    other = MembershipFactory(role=Role.EDITOR)
    load = {"host": str(host.uuid), "preset": "tiny", "precision": "fp4"}
    theirs = Client(headers=bearer(other)).post("/api/v1/probes/", load, "application/json")
    assert theirs.status_code == 422
    api = Client(headers=bearer(member))
    missing = api.post("/api/v1/probes/", {**load, "device": "cuda:3"}, "application/json")
    assert missing.status_code == 422
    assert "has announced: cpu" in missing.json()["detail"]


def test_the_token_is_shown_once_with_the_command_to_type(page: Client, member: Membership) -> None:
    slug = member.organisation.slug
    first = page.post(f"/o/{slug}/probes/hosts/", {"name": "Rack 3"}, follow=True)
    text = first.content.decode()
    assert "python -m lca.measure worker --url" in text
    token = text.split("--token ")[1].split("<")[0]
    assert join(token).status_code == 200
    host = ProbeHost.objects.get()
    again = page.get(f"/o/{slug}/probes/hosts/{host.uuid}/")
    assert token not in again.content.decode()


def test_a_name_that_is_taken_is_told_at_the_field(
    page: Client, member: Membership, added: tuple[ProbeHost, str]
) -> None:
    answer = page.post(f"/o/{member.organisation.slug}/probes/hosts/", {"name": "Rack 1"})
    assert answer.status_code == 422
    assert "There is a host “Rack 1” already" in answer.content.decode()


LOAD = {
    "device": "cpu",
    "preset": "tiny",
    "precision": "fp4",
    "prompt_tokens": 100,
    "output_tokens": 10,
    "batch_size": 1,
    "time_limit_s": 60,
}


def test_the_page_starts_a_probe_once_or_again_and_again(
    page: Client, member: Membership, host: ProbeHost
) -> None:
    address = f"/o/{member.organisation.slug}/probes/hosts/{host.uuid}/"
    assert page.post(address, LOAD).status_code == 302
    assert ProbeRequest.objects.get().host == host
    assert page.post(address, {**LOAD, "every_h": 24}).status_code == 302
    schedule = ProbeSchedule.objects.get()
    assert "tiny fp4 every 24 h" in page.get(address).content.decode()
    stop = f"/o/{member.organisation.slug}/probes/schedules/{schedule.uuid}/stop/"
    assert page.post(stop).status_code == 302
    assert not ProbeSchedule.objects.exists()
    assert page.post(address, {**LOAD, "device": "cuda:1"}).status_code == 422


def test_htmx_gets_the_changing_part_alone(
    page: Client, member: Membership, host: ProbeHost
) -> None:
    address = f"/o/{member.organisation.slug}/probes/hosts/{host.uuid}/"
    text = page.get(address, headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div id="host-live"')
    assert "online" in text


def test_history_alarms_and_comparison_show_what_was_measured(
    page: Client,
    member: Membership,
    host: ProbeHost,
    make_document: Callable[..., dict[str, Any]],
) -> None:
    for number, (joules, device) in enumerate([(250.0, "cpu"), (500.0, "cpu"), (125.0, "GPU-1")]):
        document = make_document(modelled=False, decode_j=joules)
        document["duration_s"] += number
        services.watch_drift(
            services.record_measurement(
                organisation=member.organisation,
                actor=None,
                document=document,
                origin={"host": host, "host_device": device, "load": "100 in"},
            )
        )
    base = f"/o/{member.organisation.slug}/probes"
    text = page.get(f"{base}/hosts/{host.uuid}/").content.decode()
    assert text.count("history__point") == 6
    assert "moved by +100" in text
    both = page.get(f"{base}/compare/", {"a": f"{host.uuid}/cpu", "b": f"{host.uuid}/GPU-1"})
    rows = both.context["rows"]
    assert [round(ratio, 6) for _, ratio in rows[0].ratios] == [1.0, 0.25]
    alarm = DriftAlarm.objects.get()
    assert page.post(f"{base}/alarms/{alarm.uuid}/accept/").status_code == 302
    assert "moved by" not in page.get(f"{base}/hosts/{host.uuid}/").content.decode()
    unknown = page.get(f"{base}/compare/", {"a": "nothing", "b": f"{host.uuid}/cpu"})
    assert "No such device" in unknown.content.decode()
    assert Measurement.objects.count() == 3
