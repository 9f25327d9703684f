"""Addresses of people: signing in, passwords, invitations."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import people, sessions

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", people.home, name="home"),
    path("login/", sessions.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", sessions.PasswordChange.as_view(), name="password_change"),
    path("password/reset/", sessions.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", sessions.PasswordResetDone.as_view(), name="password_reset_done"),
    path(
        "password/reset/<str:uidb64>/<str:token>/",
        sessions.PasswordResetConfirm.as_view(),
        name="password_reset_confirm",
    ),
    path("organisations/new/", people.new_organisation, name="new_organisation"),
    path("invitations/<str:secret>/", people.invitation, name="invitation"),
]
