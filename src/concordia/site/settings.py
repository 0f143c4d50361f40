"""Settings of an installation, read from the environment; site/checks refuses unsafe combinations."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.utils.csp import CSP

PACKAGE = Path(__file__).resolve().parents[1]


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


def _kept_secret(path: Path) -> str:
    """A key made once for this installation and kept beside its data, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def _database(url: str) -> dict[str, object]:
    """Django's description of the database a URL names. Raises ValueError for a scheme we do not serve."""
    if not url:
        return {
            "ENGINE": "concordia.kernel.sqlite",
            "NAME": str(DATA / "concordia.sqlite3"),
            "CONN_MAX_AGE": None,
        }
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(
            "CONCORDIA_DATABASE_URL: only postgresql://user:password@host:port/name is understood"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Nobody waits without end for who holds a row, and a transaction nobody goes on with is taken back.
        "OPTIONS": {"options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"},
    }


def _scanner(url: str) -> str:
    """Where a virus scanner listens. Raises ValueError for what is no such place."""
    parts = urlparse(url)
    reachable = (parts.scheme == "tcp" and parts.hostname) or (parts.scheme == "unix" and parts.path)
    if url and not reachable:
        raise ValueError(
            "CONCORDIA_SCANNER: write it as unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310"
        )
    return url


def _mailers(url: str) -> dict[str, object]:
    """Django's description of the mail server a URL names: smtps (TLS), smtp+tls (STARTTLS) or smtp."""
    if not url:
        return {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    parts = urlparse(url)
    if parts.scheme not in {"smtps", "smtp+tls", "smtp"}:
        raise ValueError("CONCORDIA_EMAIL_URL: write it as smtps://user:password@host")
    options = {
        "host": parts.hostname or "localhost",
        "port": parts.port or {"smtps": 465, "smtp+tls": 587}.get(parts.scheme, 25),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp+tls",
        "timeout": 10,
    }
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


DATA = Path(os.environ.get("CONCORDIA_DATA", "data")).resolve()
EXAMPLE = _flag("CONCORDIA_EXAMPLE")  # the example alliance and its bar of hats; never on a real installation
DEBUG = False
PUBLIC_URL = os.environ.get("CONCORDIA_URL", "http://127.0.0.1:8000").rstrip("/")
HOST = urlparse(PUBLIC_URL).netloc  # names the logs; links are built from PUBLIC_URL, never from a request
LOG_HOST = os.environ.get("CONCORDIA_LOG_HOST", urlparse(PUBLIC_URL).hostname or "localhost")
HTTPS = PUBLIC_URL.startswith("https://")
SECRET_KEY = os.environ.get("CONCORDIA_SECRET_KEY") or _kept_secret(DATA / "secret-key")
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("CONCORDIA_OLD_SECRET_KEYS", "").split(",") if key]
ALLOWED_HOSTS = [
    urlparse(PUBLIC_URL).hostname or "localhost",
    *filter(None, os.environ.get("CONCORDIA_HOSTS", "").split(",")),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "concordia.capabilities.accounts",
    "concordia.capabilities.ledger",
    "concordia.capabilities.alliances",
    "concordia.capabilities.decisions",
    "concordia.web.shared",
    "concordia.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "concordia.web.shared.middleware.Guard",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "concordia.web.shared.middleware.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "concordia.web.accounts.middleware.Sessions",
    "django_htmx.middleware.HtmxMiddleware",
    "concordia.web.shared.middleware.Answer",
]

ROOT_URLCONF = "concordia.site.urls"
WSGI_APPLICATION = "concordia.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(PACKAGE.glob("web/*/templates")),
        "OPTIONS": {
            "environment": "concordia.web.shared.environment.environment",
            "context_processors": ["concordia.web.shared.context.page"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

DATABASES = {"default": _database(os.environ.get("CONCORDIA_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Limits and the guard against a code used twice live here: shared by all workers, so never in a process.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "concordia_cache"}
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = []  # accounts.commands.passwords says what is weak
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# allauth keeps keys and sessions; the pages and ceremonies are ours. Its open defaults are closed here.
# Its limits do not count atomically, so they are off: ours are in accounts.commands.attempts.
ACCOUNT_ADAPTER = "concordia.web.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE says, and no longer
ACCOUNT_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _flag("CONCORDIA_BEHIND_PROXY") else 0
MFA_ADAPTER = "concordia.web.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nothing may wait for mail
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = False

SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "concordia_session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_USE_SESSIONS = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "concordia.web.shared.failures.csrf"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("CONCORDIA_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["default"],
    "report-uri": ["/csp-report"],
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = sorted(PACKAGE.glob("web/*/locale"))
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "web/accounts/static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_URL = os.environ.get("CONCORDIA_EMAIL_URL", "")
MAILERS = _mailers(EMAIL_URL)
DEFAULT_FROM_EMAIL = os.environ.get("CONCORDIA_EMAIL_FROM", f"concordia@{LOG_HOST}")

SCANNER = _scanner(os.environ.get("CONCORDIA_SCANNER", ""))  # a virus scanner every paper passes first

KEYS = Path(os.environ.get("CONCORDIA_KEYS", DATA / "keys")).resolve()  # per-subject keys, backed up apart
SIGNER = Path(os.environ.get("CONCORDIA_SIGNER", DATA / "signer")).resolve()
SIGNER_COMMAND = os.environ.get("CONCORDIA_SIGNER_COMMAND", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "concordia.site.logs.JsonLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "concordia.security": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},  # an address that is not there is no failure of ours
    },
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Mail is optional, and the nonce reaches our pages through web.shared.context.
SILENCED_SYSTEM_CHECKS = ["mail.W001", "security.W027"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"
