"""Pages as people see them."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.probes import services
from apps.probes.models import ProbeRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("extra_installed")]
FORM = {
    "preset": "tiny",
    "precision": "int8",
    "prompt_tokens": "64",
    "output_tokens": "16",
    "batch_size": "1",
    "time_limit_s": "60",
}
MakeProbe = Callable[..., ProbeRequest]
HTMX = {"HX-Request": "true"}


def address(name: str, member: Membership, **kwargs: Any) -> str:
    return reverse(f"probes:{name}", kwargs={"org": member.organisation.slug, **kwargs})


def recorded(member: Membership, document: dict[str, Any], probe: ProbeRequest) -> ProbeRequest:
    probe.measurement = services.record_measurement(
        organisation=member.organisation, actor=member.user, document=document
    )
    probe.state, probe.finished_at = "succeeded", timezone.now()
    probe.save()
    return probe


def test_without_probes_the_page_says_how_to_start(page: Client, member: Membership) -> None:
    html = page.get(address("list", member)).content.decode()
    assert "No probe has run yet" in html
    assert "Start the probe" in html


def test_the_form_starts_a_probe_and_shows_it(page: Client, member: Membership) -> None:
    response = page.post(address("list", member), FORM)
    probe = ProbeRequest.objects.get()
    assert response.status_code == 302
    assert response["Location"] == address("detail", member, uuid=probe.uuid)
    assert (probe.precision, probe.prompt_tokens, probe.time_limit_s) == ("int8", 64, 60)
    assert probe.requested_by == member.user


def test_a_form_sent_twice_starts_one_probe(page: Client, member: Membership) -> None:
    form = {**FORM, "submission": str(uuid.uuid4())}
    first, second = (page.post(address("list", member), form)["Location"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("batch_size", "0"),
        ("prompt_tokens", "many"),
        ("output_tokens", "1e308"),
        ("preset", "huge"),
        ("time_limit_s", "NaN"),
        ("submission", "x"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_starts(
    page: Client, member: Membership, field: str, value: str
) -> None:
    response = page.post(address("list", member), {**FORM, field: value})
    assert response.status_code == 422
    assert "The probe cannot start yet" in response.content.decode()
    assert not ProbeRequest.objects.exists()


def test_without_the_packages_the_page_gives_the_one_command(
    page: Client, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.probes.selectors.missing_packages", lambda: ["torch"])
    html = page.get(address("list", member)).content.decode()
    assert "make probe" in html
    assert "Start the probe" not in html
    assert page.post(address("list", member), FORM).status_code == 422


def test_a_running_probe_is_polled_and_an_ended_one_is_not(
    page: Client, member: Membership, make_probe: MakeProbe
) -> None:
    probe = make_probe(
        state="running", phase="decode", progress=0.5, started_at=timezone.now(), attempts=1
    )
    place = address("detail", member, uuid=probe.uuid)
    whole = page.get(place).content.decode()
    part = page.get(place, headers=HTMX).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    for html in (whole, part):
        assert 'hx-trigger="every 1s"' in html
        assert "decode" in html
        assert "Cancel the probe" in html
        assert "Refresh" in html
    probe.state = "failed"
    probe.message = "The model needs about 9 GiB."
    probe.save()
    ended = page.get(place, headers=HTMX).content.decode()
    assert "hx-trigger" not in ended
    assert "The model needs about 9 GiB." in ended


def test_a_result_is_shown_with_interval_mark_windows_and_download(
    page: Client, member: Membership, make_probe: MakeProbe, make_document: Callable[..., Any]
) -> None:
    document = make_document()
    probe = recorded(member, document, make_probe(state="running"))
    html = page.get(address("detail", member, uuid=probe.uuid)).content.decode()
    assert "Modelled, not measured" in html
    assert "mark--modelled" in html
    assert "mark--measured" not in html.replace(
        "mark--measured", "", 2
    )  # speed alone is measured: two phases
    assert "12.5–37.5" in html
    assert html.count('<th scope="row">decode</th>') == 2
    assert "GreenSKU" not in html
    assert "given with the request" in html
    assert probe.measurement is not None
    download = page.get(address("document", member, uuid=probe.measurement.uuid))
    assert json.loads(download.content) == document
    assert "attachment" in download["Content-Disposition"]
    assert page.get(address("measurement", member, uuid=probe.measurement.uuid)).status_code == 200


def test_a_measured_result_is_not_flagged_as_modelled(
    page: Client, member: Membership, make_probe: MakeProbe, make_document: Callable[..., Any]
) -> None:
    probe = recorded(member, make_document(modelled=False), make_probe(state="running"))
    html = page.get(address("detail", member, uuid=probe.uuid)).content.decode()
    assert "Modelled, not measured" not in html
    assert "mark--modelled" not in html
    assert "mark--measured" in html


def test_cancelling_answers_with_the_new_state(
    page: Client, member: Membership, make_probe: MakeProbe
) -> None:
    probe = make_probe()
    html = page.post(address("cancel", member, uuid=probe.uuid), headers=HTMX).content.decode()
    assert "Cancelled; nothing was recorded." in html
    again = page.post(address("cancel", member, uuid=probe.uuid))
    assert again.status_code == 409
    assert "already ended" in again.content.decode()


def test_a_viewer_sees_but_does_not_start_or_cancel(
    page: Client, member: Membership, make_probe: MakeProbe
) -> None:
    probe = make_probe()
    Membership.objects.filter(pk=member.pk).update(role=Role.VIEWER)
    assert "Start the probe<" not in page.get(address("list", member)).content.decode()
    assert page.get(address("detail", member, uuid=probe.uuid)).status_code == 200
    assert page.post(address("list", member), FORM).status_code == 403
    assert page.post(address("cancel", member, uuid=probe.uuid)).status_code == 403


def test_neighbours_do_not_exist(
    member: Membership,
    stranger: Membership,
    make_probe: MakeProbe,
    make_document: Callable[..., Any],
) -> None:
    probe = recorded(member, make_document(), make_probe(state="running"))
    assert probe.measurement is not None
    client = Client()
    client.force_login(stranger.user)
    for owner in (member, stranger):
        for name, key in (
            ("detail", probe.uuid),
            ("measurement", probe.measurement.uuid),
            ("document", probe.measurement.uuid),
        ):
            assert client.get(address(name, owner, uuid=key)).status_code == 404
        assert client.post(address("cancel", owner, uuid=probe.uuid)).status_code == 404
    assert client.get(address("list", member)).status_code == 404
    assert "tiny fp4" not in client.get(address("list", stranger)).content.decode()


def test_the_unknown_visitor_is_sent_to_sign_in(member: Membership) -> None:
    response = Client().get(address("list", member))
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_the_list_needs_as_many_queries_for_many_probes_as_for_few(
    page: Client,
    member: Membership,
    make_probe: MakeProbe,
    make_document: Callable[..., Any],
    django_assert_max_num_queries: Any,
) -> None:
    for decode_j in range(100, 112):
        recorded(member, make_document(decode_j=float(decode_j)), make_probe(state="running"))
    with django_assert_max_num_queries(8):
        page.get(address("list", member))
