"""The log names the addresses that were asked for, without the secrets in them."""

import logging
import logging.config

import pytest
import structlog
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def formatter() -> logging.Formatter:
    event = dict(settings.LOGGING["formatters"]["event"])  # the configurator takes it apart
    handler = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(event)
    assert isinstance(handler, logging.Formatter)
    return handler


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/invitations/{}/",
        "/accounts/password/reset/MQ/{}/",
        "/codecarbon/record/x?token={}",
    ],
)
def test_a_secret_in_an_address_is_not_logged(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    formatter: logging.Formatter,
    address: str,
) -> None:
    secret = "an-abcdef0123456789"  # stands for one
    with caplog.at_level(logging.INFO):
        client.get(address.format(secret))
    lines = [formatter.format(record) for record in caplog.records]
    assert any(address.partition("{")[0] in line for line in lines)
    assert [line for line in lines if secret in line] == []


def test_the_rest_of_a_line_stays_as_it_was() -> None:
    from lca.logs import hide_secrets

    event: structlog.typing.EventDict = {"request": "GET /o/lab/?page=2", "code": 200}
    assert hide_secrets(None, "info", dict(event)) == event
