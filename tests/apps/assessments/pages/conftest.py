"""What tests of the pages share."""

import re

import pytest

from tests.apps.assessments.conftest import deployed


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def declare(model, assessment, **fields):
    return model.objects.create(
        assessment=assessment, organisation=assessment.organisation, **fields
    )


@pytest.fixture
def deployment(assessment, site, hardware):
    tokens = {"name": "Chat", "tokens_in": 500.0, "tokens_out": 300.0}
    joules = {"joules_per_output_token": 0.8, "joules_per_input_token": 0.1}
    return deployed(assessment, site, hardware, **tokens, **joules)
