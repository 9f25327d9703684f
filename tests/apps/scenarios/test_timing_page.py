"""The page of where and when: a file or text is planned, a fault is told at its field, and nothing is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.assessments.models import Assessment
from apps.scenarios.forms.shifting import EXAMPLE
from tests.apps.scenarios.test_scenarios_pages import address, assessment, browser, editor

__all__ = ["assessment", "browser", "editor"]  # fixtures

pytestmark = pytest.mark.django_db
DAYS = 5
CLEAN_AT_NIGHT = "time,DE,FR\r\n" + "".join(
    f"2026-11-{day:02}T{hour:02}:00Z,{200 if hour < 6 else 400},{300 if hour < 6 else 350}\r\n"
    for day in range(1, DAYS + 1)
    for hour in range(24)
)
WIDE = f"time,{','.join(f's{site}' for site in range(20))}\n" + "".join(
    f"2026-11-{1 + hour // 24:02}T{hour % 24:02}:00Z{',100' * 20}\n" for hour in range(14 * 24)
)
ASKED = {**EXAMPLE, "hours": 6, "deadline": 24, "start": 30, "pause": 0, "move": 0}


def answer(browser: Client, assessment: Assessment, **more: object) -> tuple[int, str]:
    response = browser.post(address(assessment, "timing"), {**ASKED, **more})
    return response.status_code, response.content.decode()


def test_a_file_is_planned_and_stays_to_be_asked_again(
    browser: Client, assessment: Assessment
) -> None:
    empty = browser.get(address(assessment, "timing")).content.decode()
    assert "No hours yet" in empty
    assert "Where and when" in browser.get(address(assessment)).content.decode()
    file = SimpleUploadedFile("hours.csv", b"\xef\xbb\xbf" + CLEAN_AT_NIGHT.encode())
    status, page = answer(browser, assessment, file=file)
    assert status == 200
    assert "2026-11-05T23:00Z,400,350" in page  # the text, to change the job without the file
    assert "DE, hours 18 to 24" in page  # six hours of the night, from six in the morning on
    assert "0.500 from this one" in page  # 200 over 400, as the day before said
    assert "By marginal" not in page
    status, again = answer(browser, assessment, series=CLEAN_AT_NIGHT, home="FR")
    assert status == 200
    assert "filled at home (FR)" in again


def test_marginal_hours_are_planned_beside(browser: Client, assessment: Assessment) -> None:
    lines = CLEAN_AT_NIGHT.splitlines()
    both = "\n".join(["time,DE,DE_marginal", *lines[1:]])
    status, page = answer(browser, assessment, series=both)
    assert status == 200
    assert "By marginal intensity" in page


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"series": ""}, "Give hourly intensities"),
        ({"series": CLEAN_AT_NIGHT.replace("400", "many", 1)}, "many” is not an intensity"),
        ({"series": CLEAN_AT_NIGHT, "unit": "kg CO2e/kWh"}, "Is the unit right?"),
        ({"series": CLEAN_AT_NIGHT, "home": "SE"}, "There is no site “SE”"),
        ({"series": CLEAN_AT_NIGHT, "hours": 25}, "do not fit before a deadline"),
        ({"series": CLEAN_AT_NIGHT, "limit": 0.1}, "do not fit before a deadline"),
        ({"series": CLEAN_AT_NIGHT, "start": 110}, "The series has 120 hours"),
        ({"series": CLEAN_AT_NIGHT, "deadline": 900}, "less than or equal to 336"),
        ({"series": WIDE, "hours": 300, "deadline": 320}, "This is too much for a page"),
        ({"file": SimpleUploadedFile("x.png", b"\x89PNG\xff\xfe,1\n2,3")}, "not a time such as"),
    ],
    ids=[
        "nothing",
        "word",
        "unit",
        "home",
        "too long",
        "too slow",
        "too short",
        "too late",
        "too much",
        "picture",
    ],
)
def test_what_cannot_be_planned_says_why(
    browser: Client, assessment: Assessment, more: dict[str, object], says: str
) -> None:
    status, page = answer(browser, assessment, **more)
    assert status == 422
    assert says in page
