"""Every setting, read from the environment. The README's table documents each with its default."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from plm.config.env import env_bool, env_int, env_list, env_str

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env_str("PLM_DATA_DIR", str(BASE_DIR / "var")))
TESTING = "pytest" in sys.modules
# Read when numpy is first loaded. Processes share the cores already: threads inside a product of matrices wait for one
# another on a busy machine, and what takes 50 ms takes seconds.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# --- What kind of installation this is -----------------------------------------------------------
PRODUCTION = env_bool("PLM_PRODUCTION")
DEBUG = env_bool("PLM_DEBUG")
SHIPPED_SECRET_KEY = "shipped-key-for-trying-the-product-never-for-production"  # noqa: S105 - refused in production


def _secret_key() -> str:
    key_file = DATA_DIR / "secret_key"
    if value := env_str("PLM_SECRET_KEY"):
        return value
    if not PRODUCTION and key_file.is_file():
        return key_file.read_text(encoding="utf-8").strip()
    return SHIPPED_SECRET_KEY


SECRET_KEY = _secret_key()
if PRODUCTION and SECRET_KEY == SHIPPED_SECRET_KEY:
    raise ImproperlyConfigured(
        "Set PLM_SECRET_KEY: production does not start with the shipped key."
    )
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("Unset PLM_DEBUG: production does not start in debug mode.")

BASE_URL = env_str("PLM_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env_list("PLM_HOSTS", "127.0.0.1,localhost,[::1]")
# Where links lead; empty for this machine's own address, which `make run` sets: links then follow the call.
PUBLIC_URL = (
    "" if any(f"//{name}" in BASE_URL for name in ("127.", "localhost", "[::1]")) else BASE_URL
)
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []
SECURE_COOKIES = BASE_URL.startswith("https://")

# --- What `manage.py start` starts ------------------------------------------------------------------
HOST = env_str("PLM_HOST", "127.0.0.1")
PORT = env_int("PLM_PORT", 8000)
WEB_PROCESSES = env_int("PLM_WEB_PROCESSES", 1)
WEB_THREADS = env_int("PLM_WEB_THREADS", 8)

# --- Apps ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "plm",
    "ideas",
    "backlog",
    "roadmap",
    "feedback",
    "analytics",
]

MIDDLEWARE = [
    "plm.web.proxies.TrustedProxies",
    "plm.web.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "plm.web.middleware.TokenCallMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "plm.web.middleware.CleanInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ideas.views.languages.PortalLanguageMiddleware",
    "plm.web.middleware.ActorMiddleware",
    "plm.web.middleware.ErrorPageMiddleware",
    "plm.web.middleware.DoorMiddleware",
]

ROOT_URLCONF = "plm.config.urls"
WSGI_APPLICATION = "plm.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plm.web.shell.shell",
            ],
            "builtins": [
                "plm.templatetags.ui",
                "plm.templatetags.dates",
                "plm.templatetags.fields",
                "plm.templatetags.rows",
                "plm.templatetags.charts",
                "plm.templatetags.texts",
                "django.templatetags.static",
            ],
        },
    },
]

FORM_RENDERER = "plm.web.widgets.Renderer"

# --- Database, cache, queue ----------------------------------------------------------------------
env = environ.Env()
DATABASE_URL = env_str("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'plm.sqlite3'}"
REDIS_URL = env_str("REDIS_URL")
DATABASES: dict[str, dict[str, Any]] = {"default": dict(env.db_url_config(DATABASE_URL))}
_database = DATABASES["default"]
if "sqlite" in _database["ENGINE"]:
    _database["ENGINE"] = "plm.sqlite"
    # A connection that is closed after each request is opened and prepared for each, and the last one to close writes
    # the whole log back: most of the time of a short answer.
    _database["CONN_MAX_AGE"] = 600
    # IMMEDIATE: a read-then-write transaction that upgrades its lock late fails at once, whatever the timeout.
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-20000;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
        ),
    }
    if TESTING:
        # The power may fail: the database of a test has nothing to lose. What a killed process wrote is there all the same.
        _database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
        _database["TEST"] = {"NAME": env_str("PLM_TEST_SQLITE") or ":memory:"}
else:
    _database["ENGINE"] = "plm.postgresql"
    _database["CONN_MAX_AGE"] = 600
    _database["CONN_HEALTH_CHECKS"] = True
    # A page read out of order costs what the next one does, in memory and on a solid-state disk. PostgreSQL's own figure
    # is four times that, and has it read through the tables of a product of 100,000 items rather than use their indexes.
    _database["OPTIONS"] = {
        "options": (
            f"-c statement_timeout={env_int('PLM_STATEMENT_TIMEOUT_MS', 30000)} -c lock_timeout=10000 -c jit=off"
            " -c random_page_cost=1.1"
        )
    }
# Off behind a pooler that gives each transaction another connection (PgBouncer's transaction mode).
PREPARED_STATEMENTS = env_bool("PLM_PREPARED_STATEMENTS", default=True)

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "plm",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "plm_cache"}
}

QUEUE_PREFIX = env_str("PLM_QUEUE_PREFIX", "plm:")
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 600,
        "socket_timeout": 5,
        "socket_connect_timeout": 0.2,
        "health_check_interval": 25,
        "unacked_restore_throttle": 1,
        "global_keyprefix": QUEUE_PREFIX,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "queue"),
        "data_folder_out": str(DATA_DIR / "queue"),
        "control_folder": str(DATA_DIR / "control"),
        "polling_interval": 0.1,
    }
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = (
    False  # Mail to the console is read by a person, not logged line by line.
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# The clock only says that time has passed: which slot is due, and who takes it, the database decides.
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "plm.tick", "schedule": float(env_int("PLM_TICK_SECONDS", 5))}
}
JOB_LEASE_SECONDS = env_int("PLM_JOB_LEASE_SECONDS", 60)
JOB_ATTEMPTS = 5
# Tests run jobs themselves, in order.
JOB_WAKE_UP = not TESTING

# --- Accounts ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "plm.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "plm.web.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = env_str("PLM_EMAIL_VERIFICATION", "optional")
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "plm.web.accounts.AccountAdapter"
OPEN_SIGNUP = env_bool("PLM_OPEN_SIGNUP", default=True)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
if TESTING:
    ACCOUNT_RATE_LIMITS = False

CSRF_FAILURE_VIEW = "plm.web.errors.csrf_failure"
SESSION_ENGINE = "plm.web.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE_COOKIES else 0
SECURE_SSL_REDIRECT = False
if env_bool("PLM_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXIES = env_int("PLM_TRUSTED_PROXIES", 0)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Mail ----------------------------------------------------------------------------------------
_mail = environ.Env.email_url_config(env_str("EMAIL_URL", "consolemail://"))
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env_str("PLM_FROM_EMAIL", "Product lifecycle <plm@localhost>")

# --- Files ---------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env_str("PLM_STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "plm.web.styles.OneSheetStorage"
    },
}
# With the second, files are looked for when they are asked for; without it each client of a test lists them all first.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG
WHITENOISE_MAX_AGE = 3600
# Compressed already, or (source maps) asked for by nobody but a developer's browser.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map"),
]
ATTACHMENT_MAX_BYTES = env_int("PLM_ATTACHMENT_MAX_MB", 20) * 1024 * 1024
IMPORT_MAX_BYTES = env_int("PLM_IMPORT_MAX_MB", 20) * 1024 * 1024
# Ideas by mail: the largest message, the mailbox that is polled, and the address people write to.
MAIL_MAX_BYTES = env_int("PLM_MAIL_MAX_MB", 25) * 1024 * 1024
IMAP_URL = env_str("PLM_IMAP_URL")
INBOUND_ADDRESS = env_str("PLM_INBOUND_ADDRESS")
# Whether webhooks may be called in private networks; names and addresses that people typed in lead to public ones else.
WEBHOOK_PRIVATE = env_bool("PLM_WEBHOOK_PRIVATE")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- API -----------------------------------------------------------------------------------------
API_RATE_PER_MINUTE = env_int("PLM_API_RATE_PER_MINUTE", 600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "plm.api.auth.TokenAuthentication",
        "plm.api.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["plm.api.auth.HasActor"],
    "DEFAULT_THROTTLE_CLASSES": ["plm.api.throttles.ActorThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["plm.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["plm.api.renderers.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "plm.api.schema.Schema",
    "EXCEPTION_HANDLER": "plm.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Product lifecycle API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Records of all seven lifecycle stages. Tokens are made under Settings, API tokens.",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["plm.api.components.finish"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# --- Language, time, logs ------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# The portal speaks these (`ideas/views/languages.py`, words in `ideas/locale/`); pages of the team are English.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # Other names below the domain, and browsers' built-in lists, are the operator's to decide.
    "security.W021",
    "security.W004",  # HSTS follows PLM_BASE_URL: it is set as soon as that is https.
    "security.W008",  # The proxy in front redirects to https.
    "security.W012",  # Cookie flags follow PLM_BASE_URL.
    "security.W016",
]
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "plm.logs.LineFormatter"},
        "json": {"()": "plm.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env_str("PLM_LOG_FORMAT", "json" if PRODUCTION else "line"),
        }
    },
    "root": {"handlers": ["console"], "level": env_str("PLM_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
