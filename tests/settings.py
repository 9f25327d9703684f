"""The settings the tests run under: the product's own, on a temporary data folder and real servers.

``TEST_DATABASE=postgres`` runs the same tests on PostgreSQL.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import servers

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if not WORKER:
    FOLDER = Path(tempfile.mkdtemp(prefix="cradle-test-"))
    atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
    os.environ |= {
        "CRADLE_TEST_FOLDER": str(FOLDER),
        "SECRET_KEY": "a key for tests alone, long enough that no check complains",
        "REDIS_URL": servers.start_redis(FOLDER),
        "CACHE_URL": "locmemcache://",
        "EMAIL_URL": "memorymail://",
        "CRADLE_LOG_LEVEL": "WARNING",
        "OMP_NUM_THREADS": "1",  # two test processes share two cores; torch's threads would wait for each other
    }
    os.environ.pop("DATABASE_URL", None)
    if os.environ.get("TEST_DATABASE") == "postgres":
        os.environ["DATABASE_URL"] = servers.start_postgres()
os.environ["CRADLE_DATA"] = str(Path(os.environ["CRADLE_TEST_FOLDER"]) / (WORKER or "main"))

from lca.settings import *  # noqa: E402, F403 - the settings under test, once their environment stands
from lca.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402 - the same

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # fast; the real one is tested once
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {
        "NAME": str(DATA_DIR / "test.sqlite3")
    }  # a file: other processes see it
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
for folder in ("static", "media", "redis"):
    (DATA_DIR / folder).mkdir(parents=True, exist_ok=True)
