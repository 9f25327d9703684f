"""What an installation without factors shows; apart, since the other modules load them once."""

from django.urls import reverse


def test_without_factors_the_page_says_what_to_do(page, editor):
    address = reverse("assessments:start", args=[editor.organisation.slug])
    response = page.get(address, follow=True)
    assert "manage.py factors load" in response.content.decode()
