import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.test import Client

from apps.accounts import throttle
from apps.accounts.models import Membership, User
from tests.factories import PASSWORD, UserFactory

LOGIN = "/accounts/login/"


def attempt(client: Client, email: str, password: str, **more: str) -> int:
    data = {"username": email, "password": password, **more}
    return client.post(LOGIN, data).status_code


def test_a_person_signs_in_with_any_spelling_of_their_address(owner: Membership) -> None:
    client = Client()
    assert attempt(client, f" {owner.user.email.upper()} ", PASSWORD) == 302
    assert client.get("/accounts/").status_code == 200


def test_a_wrong_password_says_so_without_naming_the_part_that_is_wrong(owner: Membership) -> None:
    known = Client().post(LOGIN, {"username": owner.user.email, "password": "wrong"})
    unknown = Client().post(LOGIN, {"username": "nobody@example.org", "password": "wrong"})
    assert known.status_code == unknown.status_code == 422
    assert "do not match" in known.content.decode()
    assert "do not match" in unknown.content.decode()


def test_guessing_a_password_is_stopped_even_when_the_last_guess_is_right(
    owner: Membership,
) -> None:
    for _ in range(throttle.PER_ACCOUNT):
        assert attempt(Client(), owner.user.email, "wrong") == 422
    assert attempt(Client(), owner.user.email, PASSWORD) == 429
    assert attempt(Client(), UserFactory().email, PASSWORD) == 302


def test_guessing_many_accounts_from_one_address_is_stopped(owner: Membership) -> None:
    for number in range(throttle.PER_ADDRESS):
        throttle.note_failure(f"guess{number}@example.org", "127.0.0.1")
    assert attempt(Client(), owner.user.email, PASSWORD) == 429


def test_signing_in_forgets_earlier_failures(owner: Membership) -> None:
    for _ in range(throttle.PER_ACCOUNT - 1):
        attempt(Client(), owner.user.email, "wrong")
    assert attempt(Client(), owner.user.email, PASSWORD) == 302
    assert attempt(Client(), owner.user.email, "wrong") == 422


def test_signing_in_does_not_lead_to_another_site(owner: Membership) -> None:
    data = {"username": owner.user.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post(LOGIN, data)["Location"] == "/"


def test_a_closed_account_cannot_sign_in(db: None) -> None:
    assert attempt(Client(), UserFactory(is_active=False).email, PASSWORD) == 422


def test_signing_out_needs_a_form_and_works(page: Client) -> None:
    assert page.get("/accounts/logout/").status_code == 405
    assert page.post("/accounts/logout/").status_code == 302
    assert page.get("/accounts/")["Location"].startswith(LOGIN)


def test_a_form_without_its_token_is_refused_with_a_page_that_says_what_to_do(
    owner: Membership,
) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(LOGIN, {"username": owner.user.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "Load the page again" in response.content.decode()


def test_a_new_password_is_set_through_the_link_in_the_letter(
    owner: Membership, mailoutbox: list[object]
) -> None:
    client = Client()
    assert client.post("/accounts/password/reset/", {"email": owner.user.email}).status_code == 302
    letter = str(mailoutbox[0].body)  # type: ignore[attr-defined]  # a letter
    link = re.search(r"https?://[^/]+(/\S+)", letter)
    assert link is not None
    form = client.get(link[1], follow=True)
    new = "an entirely different phrase"
    data = {"new_password1": new, "new_password2": new}
    assert client.post(form.request["PATH_INFO"], data).status_code == 302
    assert attempt(Client(), owner.user.email, new) == 302
    assert "no longer works" in Client().get(link[1], follow=True).content.decode()


def test_asking_for_a_letter_does_not_tell_who_has_an_account(
    owner: Membership, mailoutbox: list[object]
) -> None:
    known = Client().post("/accounts/password/reset/", {"email": owner.user.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mailoutbox) == 1


def test_changing_the_password_needs_the_old_one_and_a_long_new_one(
    page: Client, owner: Membership
) -> None:
    new = "an entirely different phrase"
    wrong = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert page.post("/accounts/password/", wrong).status_code == 422
    short = {"old_password": PASSWORD, "new_password1": "x7!k", "new_password2": "x7!k"}
    assert page.post("/accounts/password/", short).status_code == 422
    right = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert page.post("/accounts/password/", right).status_code == 302
    assert attempt(Client(), owner.user.email, new) == 302


@pytest.mark.django_db
def test_createsuperuser_works_with_an_address_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", "--email", "First@Example.org", verbosity=0)
    user = User.objects.get()
    assert (user.email, user.is_superuser) == ("first@example.org", True)
    client = Client()
    assert attempt(client, "first@example.org", PASSWORD) == 302
    for address in (
        "",
        "accounts/user/",
        "accounts/user/add/",
        "accounts/organisation/add/",
        "accounts/auditevent/",
    ):
        assert client.get(f"/admin/{address}").status_code == 200


def test_passwords_are_stored_with_the_real_hasher(db: None) -> None:
    hasher = PBKDF2PasswordHasher()
    stored = hasher.encode(PASSWORD, "salt")
    assert stored.startswith("pbkdf2_sha256$")
    assert hasher.verify(PASSWORD, stored)
    assert not hasher.verify("wrong", stored)
