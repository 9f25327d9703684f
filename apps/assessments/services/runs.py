"""Many runs at once: validated row by row in memory, written in one statement."""

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.errors import DomainError
from apps.accounts.models import User
from apps.assessments.models import Assessment, ComputeRun
from apps.assessments.services import records

MOST_RUNS = 5_000
BATCH = 500


class InvalidRows(DomainError):
    """Some rows of a list cannot be saved; none was. ``rows`` maps their place to messages by field."""

    code = "invalid_rows"

    def __init__(self, rows: Mapping[int, Mapping[str, list[str]]]) -> None:
        first = next(iter(rows.items()))
        field, messages = next(iter(first[1].items()))
        super().__init__(
            f"{len(rows)} of the rows cannot be saved, so none was. Row {first[0] + 1}, "
            f"{field.replace('_', ' ')}: {messages[0]}",
            field=f"{first[0]}/{field}",
        )
        self.rows = rows


@transaction.atomic
def declare_runs(
    *, assessment: Assessment, actor: User | None, runs: Sequence[ComputeRun]
) -> list[ComputeRun]:
    """Add many runs of one assessment in one transaction: all of them or, with ``InvalidRows``, none."""
    if len(runs) > MOST_RUNS:
        msg = f"{len(runs):,} runs at once; send at most {MOST_RUNS:,}."
        raise DomainError(msg, code="too_many")
    for run in runs:
        run.assessment, run.organisation = assessment, assessment.organisation
    _check(runs)
    created = ComputeRun.objects.bulk_create(runs, batch_size=BATCH)
    records.include_stages(assessment, {run.stage for run in created})
    accounts.record_event(
        assessment.organisation, actor, "declared runs", assessment, {"count": len(created)}
    )
    records.touch(assessment)
    return created


def _check(runs: Iterable[ComputeRun]) -> None:
    problems: dict[int, dict[str, list[str]]] = {}
    for number, run in enumerate(runs):
        try:
            _check_one(run)
        except ValidationError as error:
            problems[number] = error.message_dict
    if problems:
        raise InvalidRows(problems)


def _check_one(run: ComputeRun) -> None:
    """Validate without a query: sites and hardware are instances that the caller has looked up."""
    run.clean_fields(exclude={"organisation", "assessment", "site", "hardware"})
    run.clean()
