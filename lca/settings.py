"""Every setting of the server, read from environment variables alone.

Each variable is listed in ``docs/operations.md``. A wrong value stops the start with the variable's name.
"""

from pathlib import Path

import django_stubs_ext
import environ
import fontpkg_inter
import fontpkg_source_serif_4
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lca import logs

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def one_of(name: str, *allowed: str) -> str:
    """Read a variable that has few values, the first by default; any other stops the start."""
    value: str = env.str(name, default="") or allowed[0]
    if value.lower() not in {word.lower() for word in allowed}:
        msg = f"{name} is “{value}”; it must be one of {', '.join(allowed)}."
        raise ImproperlyConfigured(msg)
    return value


def flag(name: str) -> bool:
    """Read a switch, off by default."""
    return one_of(name, "0", "1", "false", "true", "no", "yes").lower() in {"1", "true", "yes"}


DEBUG = flag("CRADLE_DEBUG")
DATA_DIR = Path(env.str("CRADLE_DATA", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    """Return ``SECRET_KEY``, or the key kept in the data folder by ``make run``."""
    key: str = env.str("SECRET_KEY", default="")
    path = DATA_DIR / "secret_key"
    if not key and path.is_file():
        key = path.read_text().strip()
    if not key:
        msg = f"Set SECRET_KEY, or let `make run` write {path}."
        raise ImproperlyConfigured(msg)
    return key


def cache() -> dict[str, str]:
    """Return the cache: ``CACHE_URL``, else the Redis of ``REDIS_URL``, else this process's memory."""
    redis = env.str("REDIS_URL", default="").replace("redis+socket://", "unix://")
    if redis and not env.str("CACHE_URL", default=""):
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis}
    return dict(env.cache_url("CACHE_URL", default="locmemcache://"))


def fleet_broker(own: str) -> str:
    """Return where GPU hosts find the broker: ``FLEET_BROKER_URL``, else our own address without user and password."""
    given: str = env.str("FLEET_BROKER_URL", default="")
    scheme, _, rest = (given or own).partition("://")
    if scheme not in {"redis", "rediss", "redis+socket"}:
        msg = f"FLEET_BROKER_URL is “{given or own}”; write redis://, rediss:// or redis+socket://."
        raise ImproperlyConfigured(msg)
    where, slash, path = rest.partition("/")
    return f"{scheme}://{where.rpartition('@')[2]}{slash}{path}"


SECRET_KEY = secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_htmx",
    "django_filters",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "apps.accounts",
    "apps.factors",
    "apps.probes",
    "apps.assessments",
    "apps.ingest",
    "apps.live",
    "apps.budgets",
    "apps.scenarios",
    "apps.disclosures",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "lca.middleware.limit_body",
]
ROOT_URLCONF = "lca.urls"
WSGI_APPLICATION = "lca.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.accounts.context.workspace",
            ],
        },
    },
]
COTTON_DIR = "cotton"

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "lca.bundles.BundleFinder",
]
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("fonts/inter", fontpkg_inter.ROOT / "files"),
    ("fonts/source-serif-4", fontpkg_source_serif_4.ROOT / "files"),
]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lca.static.StaticStorage"},
}

CACHES = {"default": cache()}
LOGGING = logs.configure(
    one_of("CRADLE_LOG", "console", "json"),
    one_of("CRADLE_LOG_LEVEL", "INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL").upper(),
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

REDIS_URL = env.str("REDIS_URL", default=f"redis+socket://{DATA_DIR / 'redis' / 'redis.sock'}")
CELERY_BROKER_URL = REDIS_URL
FLEET_BROKER_URL = fleet_broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ALWAYS_EAGER = flag("CELERY_TASK_ALWAYS_EAGER")
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 7200}
CELERY_BEAT_SCHEDULE = {
    "probes-reap": {"task": "probes.reap", "schedule": 30.0},
    "probes-schedule": {"task": "probes.schedule", "schedule": 60.0},
    "ingest-resume": {"task": "ingest.resume", "schedule": 60.0},
    "ingest-refresh": {"task": "ingest.refresh", "schedule": 15.0},
    "scenarios-resume": {"task": "scenarios.resume", "schedule": 60.0},
    "live-poll": {"task": "live.poll_all", "schedule": 15.0},
    "live-prune": {"task": "live.prune", "schedule": 86_400.0},
    "budgets-sweep": {"task": "budgets.sweep", "schedule": 30.0},
    "budgets-watch": {"task": "budgets.watch", "schedule": 3_600.0},
    "accounts-prune": {"task": "accounts.prune", "schedule": 86_400.0},
}

WEBHOOKS_ALLOW_PRIVATE = flag("CRADLE_WEBHOOKS_ALLOW_PRIVATE")
METRICS_ALLOW_PRIVATE = flag("CRADLE_METRICS_ALLOW_PRIVATE")
WEBHOOKS_AUTHORITY = env.str("CRADLE_WEBHOOKS_AUTHORITY", default="")

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="cradle@localhost")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS_ONLY = flag("CRADLE_HTTPS")
SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
if HTTPS_ONLY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
CSRF_FAILURE_VIEW = "lca.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "apps.accounts.rest.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "lca.errors.problem_response",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.rest.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.rest.permissions.MemberPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.accounts.rest.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["apps.accounts.rest.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "apps.accounts.rest.pagination.StrictPagination",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cradle",
    "DESCRIPTION": "Life-cycle assessment of AI models, from the mine to the last answer.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "GridScopeEnum": "apps.assessments.models.vocabulary.GridScope",
        "WeightPrecisionEnum": "apps.assessments.models.vocabulary.WEIGHT_PRECISION_CHOICES",
        "PrecisionEnum": "apps.probes.models.workload.PRECISION_CHOICES",
        "KindEnum": "apps.factors.indicators.Kind",
        "DistributionEnum": "apps.factors.models.library.Factor.Distribution",
        "OwnDistributionEnum": "apps.factors.models.own.OwnFactor.Distribution",
        "BoundaryEnum": "apps.probes.models.probes.Boundary",
        "ProvenanceEnum": "apps.probes.models.probes.Provenance",
        "RecordedBoundaryEnum": "apps.ingest.api.shapes.BOUNDARIES",
        "RecordedProvenanceEnum": "apps.ingest.api.shapes.PROVENANCES",
        "BudgetStatusEnum": "apps.budgets.models.budget.Status",
        "ReportKindEnum": "apps.disclosures.models.snapshot.ChangeKind",
        "ContractKindEnum": "apps.assessments.models.vocabulary.ContractKind",
        "DeclaredProvenanceEnum": "apps.assessments.models.vocabulary.DECLARED_PROVENANCE_CHOICES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.accounts.rest.schema.document_problems",
    ],
}
