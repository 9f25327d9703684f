"""What may be loaded where, and that the installation is safe to expose."""

import os
import subprocess
import sys

import pytest

WEIGHT = ("django", "celery", "rest_framework", "pandas", "torch")


@pytest.mark.parametrize("module", ["lca", "lca.engine", "lca.measure"])
def test_the_parts_that_run_alone_load_no_framework(module: str) -> None:
    code = f"import {module}, sys; print([name for name in {WEIGHT!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "lca.settings", **environment}
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_the_deployment_check_is_clean_behind_https() -> None:
    key = "an-unguessable-key-of-more-than-fifty-characters-0123456789"
    done = manage("check", "--deploy", "--fail-level", "WARNING", CRADLE_HTTPS="1", SECRET_KEY=key)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_migrations_say_what_the_models_say() -> None:
    done = manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CRADLE_HTTPS", "perhaps"),
        ("CRADLE_LOG", "verse"),
        ("CRADLE_LOG_LEVEL", "loud"),
        ("SECRET_KEY", ""),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(
    variable: str, value: str, tmp_path: object
) -> None:
    done = manage("check", **{variable: value, "CRADLE_DATA": str(tmp_path)})
    assert done.returncode != 0
    assert variable in done.stderr


def test_logs_are_one_json_document_a_line_where_asked() -> None:
    code = "import django, structlog; django.setup(); structlog.get_logger('x').warning('thing.happened', count=2)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "lca.settings", "CRADLE_LOG": "json"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    assert '"event": "thing.happened"' in done.stderr
    assert '"count": 2' in done.stderr
