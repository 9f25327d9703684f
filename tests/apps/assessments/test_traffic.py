"""Traffic of a deployment: a rate instead of a number, and a trace of requests with all its traps."""

from datetime import date

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.assessments import services
from apps.assessments.inventory.ladder import ladder
from apps.assessments.traffic import KEPT, MOST_BYTES, TraceRejected, read_trace
from tests.apps.assessments.conftest import address, deployed, signed_in
from tests.factories import bearer

SMALL = (
    b"time,input_tokens,output_tokens\n2026-03-01T00:00:00Z,100,10\n2026-03-01T00:00:10Z,300,30\n"
)


@pytest.fixture
def deployment(assessment, site, hardware):
    tokens = {"requests": 1_000, "tokens_in": 50, "tokens_out": 50}
    joules = {"joules_per_output_token": 3.6, "joules_per_input_token": 0.36}
    return deployed(assessment, site, hardware, **tokens, **joules)


def test_a_trace_gives_means_percentiles_and_rate():
    read = read_trace(SMALL)
    assert read.requests == 2
    assert read.per_second == pytest.approx(0.1)
    assert read.tokens_in == {"mean": 200.0, "p05": 110.0, "p50": 200.0, "p95": 290.0}
    assert read.tokens_out["mean"] == 20.0
    assert read.sample == [[100, 10], [300, 30]]


def test_the_names_of_a_public_trace_and_times_in_any_order_are_understood():
    read = read_trace(
        b"\xef\xbb\xbfTIMESTAMP,ContextTokens,GeneratedTokens\n"
        b"2023-11-16 18:15:50.9951690,396,109\n2023-11-16 18:15:46.6805900,374,44\n"
    )
    assert read.starts_at < read.ends_at
    assert read.per_second == pytest.approx(1 / 4.314579, rel=1e-4)


def test_requests_that_came_at_once_have_no_rate():
    line = b"2026-03-01T00:00:00Z,100,10\n"
    assert read_trace(b"time,tokens_in,tokens_out\n" + line * 3).per_second is None


def test_of_a_long_trace_the_kept_requests_have_its_percentiles():
    tokens = np.random.default_rng(5).lognormal(5, 1, 20_000).astype(int)
    lines = "\n".join(f"2026-03-01T00:00:00Z,{3 * n},{n}" for n in tokens)
    read = read_trace(f"time,tokens_in,tokens_out\n{lines}\n".encode())
    kept = np.array(read.sample)
    assert len(kept) == KEPT
    for share in (5, 50, 95):
        whole = np.percentile(tokens, share)
        assert np.percentile(kept[:, 1], share) == pytest.approx(whole, rel=0.03)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "not a CSV with a heading"),
        (b"\xff\xfe\x00a", "not UTF-8"),
        (b"time,tokens_in,tokens_out\n", "holds no request"),
        (b"when,tokens_in,tokens_out\n1,2,3\n", "one column for time"),
        (b"time,tokens_in,prompt_tokens,tokens_out\n1,2,3,4\n", "it has 2"),
        (b"time,tokens_in,tokens_out\nyesterday,2,3\n", "Line 2: “yesterday” is not a time"),
        (b"time,tokens_in,tokens_out\n2026-03-01,-2,3\n", "Line 2: “-2” is not a number of tokens"),
        (b"time,tokens_in,tokens_out\n2026-03-01,1.5,3\n", "“1.5” is not a number of tokens"),
        (b"time,tokens_in,tokens_out\n2026-03-01,2,NaN\n", "“NaN” is not a number of tokens"),
        (b"time,tokens_in,tokens_out\n2026-03-01,2,18446744073709551614\n", "is not a number of"),
        (b"time,tokens_in,tokens_out\n2026-03-01,2,\n", "“” is not a number of tokens"),
        (b"x" * (MOST_BYTES + 1), "larger than 50 MB"),
    ],
    ids=range(12),
)
def test_a_trace_with_a_fault_is_refused_whole_and_says_where(content, fault):
    with pytest.raises(TraceRejected, match=fault):
        read_trace(content)


def test_uploading_makes_the_means_the_deployment_s_and_shows_the_spread(page, deployment):
    where = address("boundaries", deployment.assessment, deployment.uuid)
    assert "No trace of requests" in page.get(where).content.decode()
    response = page.post(where, {"file": SimpleUploadedFile("t.csv", SMALL)}, follow=True)
    deployment.refresh_from_db()
    assert (deployment.tokens_in, deployment.tokens_out) == (200.0, 20.0)
    assert deployment.traffic["requests"] == 2
    text = response.content.decode()
    assert "2 requests from 2026-03-01" in text
    assert "longest tenth" in text


def test_the_spread_follows_both_kinds_of_token(deployment):
    services.upload_trace(
        deployment=deployment, content=SMALL, expected_version=deployment.version, actor=None
    )
    found = ladder(deployment.assessment, deployment)
    site = next(rung for rung in found.rungs if rung.key == "site")
    mean = site.figures["electricity"]["nominal"]
    assert found.spread["mean"] == pytest.approx(mean)
    assert found.spread["p50"] == pytest.approx(mean)
    assert found.spread["longest_tenth_share"] == pytest.approx(0.75)  # 1 of 2 takes three quarters
    deployment.tokens_out = 40  # whoever corrects the mean keeps the spread of the trace
    services.update(record=deployment, expected_version=deployment.version, actor=None)
    again = ladder(deployment.assessment, deployment)
    assert again.spread == pytest.approx(found.spread)


def test_a_faulty_trace_changes_nothing_and_viewers_may_not_upload(page, viewer, deployment):
    where = address("boundaries", deployment.assessment, deployment.uuid)
    response = page.post(where, {"file": SimpleUploadedFile("t.csv", b"a,b\n1,2\n")})
    assert response.status_code == 422
    assert "one column for time" in response.content.decode()
    trace = {"file": SimpleUploadedFile("t.csv", SMALL)}
    assert signed_in(viewer).post(where, trace).status_code == 403
    deployment.refresh_from_db()
    assert (deployment.tokens_in, deployment.traffic) == (50, {})


def test_the_api_takes_a_trace_of_its_own_organisation_alone(deployment, editor, stranger):
    where = f"/api/v1/deployments/{deployment.uuid}/traffic/"
    client = Client()
    theirs = client.post(
        where, {"file": SimpleUploadedFile("t.csv", SMALL)}, headers=bearer(stranger)
    )
    assert theirs.status_code == 404
    blind = client.post(where, {"file": SimpleUploadedFile("t.csv", SMALL)}, headers=bearer(editor))
    assert blind.status_code == 428
    headers = bearer(editor) | {"If-Match": '"1"'}
    mine = client.post(where, {"file": SimpleUploadedFile("t.csv", SMALL)}, headers=headers)
    assert mine.status_code == 200, mine.content
    assert mine.json()["tokens_out"] == 20.0
    assert mine.json()["traffic"]["requests_per_second"] == pytest.approx(0.1)
    headers |= {"If-Match": '"2"'}
    wrong = client.post(where, {"file": SimpleUploadedFile("t.csv", b"no")}, headers=headers)
    assert wrong.status_code == 422
    assert "one column for time" in wrong.content.decode()


def rated(deployment, **changes):
    values = {"requests": None, "request_rate": 2.0, "period_start": date(2026, 1, 1)}
    for name, value in (values | {"period_end": date(2026, 1, 10)} | changes).items():
        setattr(deployment, name, value)
    return deployment


def test_a_rate_counts_over_the_days_of_the_period(deployment):
    services.update(record=rated(deployment), expected_version=1, actor=None)
    inventory = services.build_inventory(deployment.assessment)
    requests = inventory.parameter("deployment.public-api.requests")
    assert requests.value == 2.0 * 10 * 86_400
    assert "2 a second from 2026-01-01 to 2026-01-10" in requests.label


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"requests": 5}, "request_rate"),
        ({"period_start": None}, "period_start"),
        ({"period_end": None}, "period_end"),
        ({"request_rate": 0.0}, "request_rate"),
    ],
)
def test_a_rate_that_says_no_number_is_refused_at_its_field(deployment, changes, field):
    with pytest.raises(ValidationError) as caught:
        services.check(record=rated(deployment, **changes))
    assert field in caught.value.message_dict
