"""The portal's settings, all from environment variables; .env.example explains each."""

from __future__ import annotations

import logging
from pathlib import Path

import environ  # type: ignore[import-untyped]
import pghistory
from django.core.exceptions import ImproperlyConfigured

from . import variables
from .embedded.folder import DEFAULT_DATA_DIR, PROJECT_ROOT, DataFolder
from .logs import logging_config
from .navigation import UNFOLD as UNFOLD
from .schedule import beat_schedule

BASE_DIR = PROJECT_ROOT

variables.read_env_file()
env = environ.Env()

DEBUG = variables.switch(env, "DEBUG", default=False)
DATA_FOLDER = DataFolder.at(env.str("LEADS_DATA_DIR", default="") or DEFAULT_DATA_DIR)
LEADS_DATA_DIR: Path = DATA_FOLDER.path
if DEBUG:
    variables.fill_in(env, DATA_FOLDER)
variables.require(env)

# --- Secrets ------------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = variables.words(env, "SECRET_KEY_FALLBACKS")
DIALER_PASSWORD_KEY = variables.fernet_keys(env)

# --- The portal's own switches ------------------------------------------------------------

FOUR_EYES = variables.switch(env, "FOUR_EYES", default=False)
SETTLE_GRACE_SECONDS = variables.whole_number(env, "SETTLE_GRACE_SECONDS", 120)
UPLOAD_MAX_BYTES = variables.whole_number(env, "UPLOAD_MAX_MB", 200, least=1) * 1024 * 1024

# --- Application --------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "portal.apps.PortalConfig",
    "leads.apps.LeadsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "portal.zone.ZoneMiddleware",
    "portal.session_end.SessionEndMiddleware",
]
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
            ],
            "libraries": {
                "may": "leads.admin.may",
                "rows": "leads.admin.rows",
                "said": "leads.admin.said",
                "when": "leads.admin.when",
            },
        },
    },
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# A selection of leads is posted by its ids when it is not "select all".
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- Database and history -----------------------------------------------------------------

# Not ATOMIC_REQUESTS: a push must commit its attempt before the call leaves the machine.
DATABASES = {"default": variables.database(env.str("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The history is read by lead and by context; four more indexes would slow every update.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# --- Celery -------------------------------------------------------------------------------

CELERY_BROKER_URL = variables.broker(env.str("CELERY_BROKER_URL"))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Redis gives an unacknowledged task to another worker after this many seconds; a long push
# must not be doubled (it would find nothing to claim, but why start it).
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 12 * 3600, "socket_connect_timeout": 5, "socket_keepalive": True}
    if CELERY_BROKER_URL.startswith("redis")
    else {}
)
# A kick is a hint: a page does not wait long for a broker that is down, the beat sweeps.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = None  # a short hard limit would end a push between send and record
CELERY_BEAT_SCHEDULE = beat_schedule(variables.whole_number(env, "SWEEP_SECONDS", 5, least=1))
CELERY_BEAT_SCHEDULE_FILENAME = str(LEADS_DATA_DIR / "celerybeat-schedule")

# --- Files --------------------------------------------------------------------------------

# Uploads have no URL: whoever may see an import downloads it through a page that asks.
MEDIA_ROOT = LEADS_DATA_DIR / "uploads"
MEDIA_URL = "/no-such-address/"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or BASE_DIR / "staticfiles")
COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
# Before `collectstatic` (demo, tests, development) the files come from where they are.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Security -----------------------------------------------------------------------------

ALLOWED_HOSTS = variables.words(env, "ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = variables.words(env, "CSRF_TRUSTED_ORIGINS")
HTTPS = variables.switch(env, "HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # load balancers ask in plain HTTP
SECURE_HSTS_SECONDS = variables.whole_number(env, "HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
if variables.switch(env, "BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = variables.whole_number(env, "SESSION_HOURS", 12, least=1) * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# The browsers' preload list takes whole domains, which is not for one application to decide.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Language, time, logs -----------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en-us")
# Of these the reader's browser chooses (LocaleMiddleware); one catalogue for all that pages say.
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "leads" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
CELERY_TIMEZONE = TIME_ZONE

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}; set DEBUG, INFO, WARNING or ERROR.")
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(
    LOG_LEVEL, as_json=env.str("LOG_FORMAT", default="plain").lower() == "json"
)
