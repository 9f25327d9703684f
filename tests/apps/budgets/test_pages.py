"""Pages of budgets: declaring, changing, checking, removing; who may."""

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.budgets.models import Budget
from tests.apps.budgets.conftest import add_run, budget
from tests.factories import MembershipFactory


@pytest.fixture
def page(member):
    client = Client()
    client.force_login(member.user)
    return client


def base(member):
    return f"/o/{member.organisation.slug}/budgets/"


FORM = {
    "system": "aurora",
    "name": "Month",
    "metric": "gwp_location",
    "covers": "all",
    "per": "month",
    "warn_at": "1",
    "fail_at": "2",
    "judged_on": "value",
    "is_active": "on",
}


def test_a_budget_is_declared_checked_changed_and_deleted(member, system, site, page):
    assert "No budget yet" in page.get(base(member)).content.decode()
    assert page.post(f"{base(member)}new/", FORM).status_code == 302
    made = Budget.objects.get()
    add_run(system, 10.0)
    page.post(f"{base(member)}aurora/check/")
    shown = page.get(base(member)).content.decode()
    assert "exceeded" in shown
    assert "above the limit of 2" in page.get(f"{base(member)}{made.uuid}/").content.decode()
    changed = {**FORM, "fail_at": "20", "version": "1"}
    assert page.post(f"{base(member)}{made.uuid}/edit/", changed).status_code == 302
    stale = page.post(f"{base(member)}{made.uuid}/edit/", {**FORM, "fail_at": "30", "version": "1"})
    assert stale.status_code == 422
    assert Budget.objects.get().fail_at == 20.0
    page.post(f"{base(member)}{made.uuid}/delete/")
    assert not Budget.objects.exists()


def test_what_cannot_be_is_said_at_its_field(member, system, page):
    answer = page.post(f"{base(member)}new/", {**FORM, "warn_at": "3"})
    assert answer.status_code == 422
    assert "not above the limit" in answer.content.decode()


def test_viewers_look_and_others_do_not(member, system, page):
    made = budget(system)
    viewer = MembershipFactory(role=Role.VIEWER, organisation=member.organisation)
    client = Client()
    client.force_login(viewer.user)
    assert client.get(base(member)).status_code == 200
    assert client.post(f"{base(member)}{made.uuid}/delete/").status_code == 403
    stranger = Client()
    stranger.force_login(MembershipFactory(role=Role.OWNER).user)
    assert stranger.get(f"{base(member)}{made.uuid}/").status_code == 404


def test_queries_do_not_grow_with_budgets(member, system, page, django_assert_max_num_queries):
    for n in range(20):
        budget(system, name=str(n))
    with django_assert_max_num_queries(14):
        page.get(base(member))
