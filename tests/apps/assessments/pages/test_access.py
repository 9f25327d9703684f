"""Who sees the pages of an assessment, and what an organisation without one is offered."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.assessments.models import Site
from tests.apps.assessments.conftest import address, signed_in, started
from tests.apps.assessments.pages.conftest import text
from tests.factories import MembershipFactory

PAGES = ["workbench", "panel"]


@pytest.mark.parametrize("name", PAGES)
def test_a_neighbour_finds_nothing(theirs, page, editor, name):
    assert page.get(address(name, theirs)).status_code == 404
    own = reverse(f"assessments:{name}", args=[editor.organisation.slug, theirs.slug])
    assert page.get(own).status_code == 404


def test_a_neighbours_rows_do_not_exist_here(theirs, assessment, page):
    foreign = theirs.sites.get()
    assert page.get(address("edit", assessment, "sites", foreign.uuid)).status_code == 404
    assert page.post(address("edit", assessment, "sites", foreign.uuid)).status_code == 404
    assert page.post(address("delete", assessment, "sites", foreign.uuid)).status_code == 404
    assert Site.objects.filter(pk=foreign.pk).exists()


def test_strangers_are_asked_to_sign_in(assessment):
    response = Client().get(address("workbench", assessment))
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_viewers_look_and_do_not_touch(viewer, assessment, site):
    client = signed_in(viewer)
    assert client.get(address("workbench", assessment)).status_code == 200
    looked = client.get(address("edit", assessment, "sites", site.uuid))
    assert looked.status_code == 200
    assert "disabled" in looked.content.decode()
    assert client.post(address("edit", assessment, "sites", site.uuid)).status_code == 403
    assert client.post(address("delete", assessment, "sites", site.uuid)).status_code == 403
    assert client.get(address("new", assessment, "sites")).status_code == 403


def test_reviewers_do_not_edit_either(assessment, site, editor):
    reviewer = MembershipFactory(organisation=editor.organisation, role=Role.REVIEWER)
    client = signed_in(reviewer)
    assert client.post(address("edit", assessment, "sites", site.uuid)).status_code == 403


def test_an_empty_organisation_is_offered_the_start_and_the_example(editor, release, page):
    home = reverse("assessments:dashboard", args=[editor.organisation.slug])
    assert "Start with three answers" in text(page.get(home))
    other = MembershipFactory(user=editor.user, role=Role.VIEWER)
    demo = started(MembershipFactory(organisation=other.organisation), "Example")
    demo.slug = "olmo-2025"
    demo.save()
    assert "A finished example" in text(page.get(home))


def test_the_dashboard_shows_headlines(page, assessment, theirs):
    home = reverse("assessments:dashboard", args=[assessment.organisation.slug])
    shown = text(page.get(home))
    assert "Aurora 7B" in shown
    assert "Rival 9B" not in shown
    assert "Minerals and metals" in shown
