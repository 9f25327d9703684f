"""Forms of people, organisations and tokens."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.accounts import throttle
from apps.accounts.models import Organisation, Role, Scope, User

EMAIL_INPUT = {"autocomplete": "username", "inputmode": "email"}
NEW_PASSWORD = {"autocomplete": "new-password"}


class LoginForm(AuthenticationForm):
    """Sign in with e-mail address and password; guessing is slowed down."""

    username = forms.EmailField(label="E-mail address", widget=forms.EmailInput(EMAIL_INPUT))
    error_messages = {
        "invalid_login": "E-mail address and password do not match. Both are needed exactly; the password minds capital letters.",
        "inactive": "This account is closed. Ask the people who run this installation.",
        "throttled": "Too many attempts. Wait 15 minutes, or set a new password by e-mail.",
    }

    @property
    def is_throttled(self) -> bool:
        return self.has_error("__all__", "throttled")

    def clean(self) -> dict[str, Any]:
        email = str(self.cleaned_data.get("username", ""))
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if throttle.is_blocked(email, address):
            raise ValidationError(self.error_messages["throttled"], code="throttled")
        try:
            cleaned = super().clean()
        except ValidationError:
            throttle.note_failure(email, address)
            raise
        throttle.forget(email)
        return cleaned


class SignUpForm(forms.Form):
    """What an invited person adds to the address that the invitation names."""

    name = forms.CharField(
        label="Your name", max_length=150, widget=forms.TextInput({"autocomplete": "name"})
    )
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(NEW_PASSWORD),
        help_text="At least 12 characters; a few unrelated words are easy to remember.",
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password


class OrganisationForm(forms.ModelForm[Organisation]):
    class Meta:
        model = Organisation
        fields = ["name"]
        help_texts = {
            "name": "The name that reports carry. The address of its pages is made from it."
        }


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "inputmode": "email"}),
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.EDITOR)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class TokenForm(forms.Form):
    """A new token."""

    LIVES = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year")]

    name = forms.CharField(
        max_length=80, help_text="Where it will be used, such as “training cluster”."
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.READ]
    )
    days = forms.TypedChoiceField(label="Valid for", choices=LIVES, coerce=int, initial=90)
