"""What an installation without factors shows; apart, since the other modules load them once."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse


def test_without_factors_the_page_says_what_to_do(page, editor):
    address = reverse("assessments:start", args=[editor.organisation.slug])
    response = page.get(address, follow=True)
    assert "manage.py factors load" in response.content.decode()


@pytest.mark.django_db
def test_without_factors_the_demo_says_what_to_do():
    with pytest.raises(CommandError, match="factors load"):
        call_command("demo", "load")
