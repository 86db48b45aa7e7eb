"""Every setting, from the environment. .env.example explains each.

Wrong ones are refused here, as a whole by checks.py.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from openletters import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = BASE_DIR / "var"

# DEMO serves the app on this machine with invented staff and a mailbox page anyone can read.
DEMO = environment.flag("DEMO")
DEBUG = environment.flag("DEBUG")

# Where readers reach the app. Links in mail are built from it, never from a request.
SITE_URL = environment.site("SITE_URL", "http://127.0.0.1:8000")
SITE_NAME = environment.text("SITE_NAME") or "Open Letters"
_host = urlsplit(SITE_URL).hostname or ""
_loopback = ["127.0.0.1", "localhost", "[::1]"]
IS_PUBLIC = SITE_URL.startswith("https://")
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", [_host] if IS_PUBLIC else [_host, *_loopback])

if DEMO and _host not in {"127.0.0.1", "localhost", "::1"}:
    environment.refuse(
        "DEMO", "shows everybody's mail to everybody, so SITE_URL must be an address on 127.0.0.1."
    )
if DEBUG and IS_PUBLIC:
    environment.refuse("DEBUG", "shows the inside of the site to everybody: take it away.")

# Whose word about where a request came from is taken: see openletters/clients.py.
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES", ["127.0.0.0/8", "::1"])

SECRET_KEY = environment.text("SECRET_KEY")
if IS_PUBLIC and len(SECRET_KEY) < 50:
    environment.refuse("SECRET_KEY", "must be 50 or more random characters. Make it once; keep it.")
# On this machine sessions and mailed links may end with the process.
SECRET_KEY = SECRET_KEY or secrets.token_urlsafe(50)
SECRET_KEY_FALLBACKS = environment.names("SECRET_KEY_FALLBACKS", [])

# What seals contact data in the database: signatures/vault.py. The first seals, every one opens.
CONTACT_KEYS = environment.names("CONTACT_KEYS", [])
if (IS_PUBLIC and not CONTACT_KEYS) or any(len(key) < 43 for key in CONTACT_KEYS):
    environment.refuse(
        "CONTACT_KEYS",
        "must be 43 or more random characters, and older keys behind a comma. Make it once, keep"
        " it apart from the database and its backups: without it no contact data can be read.",
    )

INSTALLED_APPS = [
    "openletters.admin.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_countries",
    "import_export",
    "parler",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_otp_webauthn",
    "openletters",
    "signatures",
    "openletters.staff",
]

MIDDLEWARE = [
    "openletters.hardening.HardeningMiddleware",
    "openletters.health.HealthMiddleware",
    "openletters.scraping.ScrapeMiddleware",
    "openletters.watching.WatchMiddleware",
    "openletters.caching.CachePolicyMiddleware",
    "openletters.crossing.CrossOriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "openletters.middleware.LanguageMiddleware",
    "openletters.staff.languages.BrowserLanguageMiddleware",
    "openletters.middleware.RefuseNulMiddleware",
    "openletters.middleware.RefuseGarbledQueryMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "openletters.staff.languages.AccountLanguageMiddleware",
    "openletters.staff.sessions.SessionLimitsMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "openletters.problems.MethodMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "openletters.urls"
WSGI_APPLICATION = "openletters.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openletters.context.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"


def _prepared(database: dict[str, Any]) -> dict[str, Any]:
    """Return a database with what each kind needs."""
    if database["ENGINE"].endswith("sqlite3"):
        # WAL lets readers read while somebody signs. IMMEDIATE takes the write lock at the start
        # of a transaction, so that two writers wait for each other instead of failing half-way.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # What is deleted is overwritten: nobody reads it out of the file of a seized disk.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
            ),
        }
        file = Path(database["NAME"])
        database["TEST"] = {"NAME": str(file.with_name(f"test-{file.name}"))}
    else:
        # Each thread keeps its connection, and replaces one that the database has ended. A pool
        # would try again at ever longer intervals while the database is away, and so come back
        # late. Nobody waits longer than two seconds for a host that does not answer, nor ten for
        # one that has vanished; how long for a statement is told in openletters/postgresql/.
        database["ENGINE"] = "openletters.postgresql"
        database["CONN_MAX_AGE"] = 600
        database["CONN_HEALTH_CHECKS"] = True
        database["OPTIONS"] = {
            "connect_timeout": 2,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 10_000,
        } | database.get("OPTIONS", {})
    return database


_password = environment.text("DATABASE_PASSWORD")
_sqlite = f"sqlite:///{STATE_DIR / 'openletters.sqlite3'}"
DATABASES = {"default": _prepared(environment.database("DATABASE_URL", _password, _sqlite) or {})}
# A copy of it, for what the public reads.
if _replica := environment.database("DATABASE_REPLICA_URL", _password):
    # In tests it is the database itself.
    DATABASES["replica"] = _prepared(_replica) | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["openletters.replicas.ReplicaRouter"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("es", _("Spanish")),
    ("fr", _("French")),
]
# Those, and more in which letters can be written and read: see openletters/languages.py.
LETTER_LANGUAGES = LANGUAGES + [
    (code, _(name))
    for code, name in environment.languages("LETTER_LANGUAGES")
    if code not in dict(LANGUAGES)
]
LOCALE_PATHS = [BASE_DIR / "signatures" / "locale"]
FORMAT_MODULE_PATH = ["openletters.formats"]
TIME_ZONE = environment.time_zone("TIME_ZONE", "UTC")
USE_TZ = True
# In what people read; what machines read in a template is unlocalized, see tests/languages/.
USE_THOUSAND_SEPARATOR = True

# Parler's own cache knows nothing of other processes; letters are cached by their revision.
PARLER_ENABLE_CACHING = False
PARLER_LANGUAGES = {
    None: tuple({"code": code} for code, _name in LANGUAGES),
    "default": {"fallbacks": [LANGUAGE_CODE], "hide_untranslated": False},
}
# Names in everyday use that take no side, where ISO 3166 or its translations have others.
COUNTRIES_OVERRIDE = {
    "AD": _("Andorra"),
    "BS": _("Bahamas"),
    "CF": _("Central African Republic"),
    "CY": _("Cyprus"),
    "DJ": _("Djibouti"),
    "ES": _("Spain"),
    "FK": _("Falkland Islands (Malvinas)"),
    "FM": _("Micronesia"),
    "NR": _("Nauru"),
    "PS": _("Palestine"),
    "RE": _("Réunion"),
    "SA": _("Saudi Arabia"),
    "SZ": _("Eswatini"),
    "TD": _("Chad"),
    "TT": _("Trinidad and Tobago"),
    "TW": _("Taiwan"),
    "XK": _("Kosovo"),
    "ZA": _("South Africa"),
}
COUNTRIES_FIRST_BREAK = None

STATIC_URL = "static/"
STATIC_ROOT: Path | None = STATE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEMO or DEBUG:
    # No collecting step between an edit and its effect.
    STATIC_ROOT = None
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Within how many hours staff mean to decide about a sign-on. What waits longer is marked, and
# moderators are reminded of it once a day.
MODERATION_SERVICE_LEVEL = environment.number(
    "MODERATION_SERVICE_LEVEL", 24, least=0.1, most=10_000, unit="hours"
)

# Within how many days an addressee is expected to answer. Of those who have not, staff are reminded
# once; anew only after another step of ours.
ANSWER_EXPECTED_WITHIN = int(
    environment.number("ANSWER_EXPECTED_WITHIN", 30, least=1, most=3650, unit="days")
)

# How many months after the last of its letters has closed the contact data of a sign-on is erased.
CONTACTS_KEPT = int(environment.number("CONTACTS_KEPT", 6, least=1, most=120, unit="months"))

# How many updates to signatories go out within a minute; every other mail goes first anyway.
UPDATES_PER_MINUTE = int(environment.number("UPDATES_PER_MINUTE", 300, least=1, most=100_000))

# Who answers for what is kept about people, as the privacy page names them.
PRIVACY_CONTACT = environment.text("PRIVACY_CONTACT")

# Where the worker keeps a copy of the list of erasures, which must outlive the database.
ERASURES_FILE = environment.text("ERASURES_FILE")

# How many nightly backups there are, for the privacy page to tell.
BACKUPS_KEPT = int(environment.number("BACKUPS_KEPT", 30, least=1, most=10_000))

# How many bytes of ready pages each process may keep; with 0 every page is made for every reader.
PAGE_CACHE_BYTES = int(
    environment.number("PAGE_CACHE_BYTES", 32_000_000, least=0, most=1e12, unit="bytes")
)

# Mail
vars().update(
    environment.mail("EMAIL_URL", environment.text("EMAIL_PASSWORD"), default="consolemail://")
)
EMAIL_TIMEOUT = 20  # seconds; Django's default lets a silent server hang the sender for ever
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "letters@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
PRIVACY_CONTACT = PRIVACY_CONTACT or f"{SITE_NAME}, {DEFAULT_FROM_EMAIL}"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
# Staff: openletters/staff/
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_REDIRECT_URL = "admin:index"
MFA_REQUIRED = not DEMO
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
OTP_TOTP_ISSUER = SITE_NAME
OTP_WEBAUTHN_HELPER_CLASS = "openletters.staff.passkeys.Helper"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
OTP_WEBAUTHN_RP_NAME = SITE_NAME
# Browsers make passkeys for names only, and by http only for this one.
OTP_WEBAUTHN_RP_ID = _host if IS_PUBLIC else "localhost"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [
    SITE_URL if IS_PUBLIC else f"http://localhost:{urlsplit(SITE_URL).port or 80}"
]
AXES_HANDLER = "openletters.staff.guessing.Guard"
AXES_CLIENT_IP_CALLABLE = "openletters.staff.guessing.pseudonymous_address"
AXES_USERNAME_CALLABLE = "openletters.staff.guessing.pseudonymous_account"
AXES_LOCKOUT_CALLABLE = "openletters.staff.guessing.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], ["ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # it ends with the browser
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "signatures.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
if IS_PUBLIC:
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

LOGIN_URL = "admin:login"

# A line for people, or an object for machines.
LOGGING = logs.configuration(
    environment.choice("LOG_FORMAT", "json" if IS_PUBLIC else "plain", logs.FORMATS)
)

# Who sends it with a request for /metrics may read the figures; without it there are none.
METRICS_TOKEN = environment.text("METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    environment.refuse("METRICS_TOKEN", "must be 20 or more random characters.")

# Whom to tell about a vulnerability, in /.well-known/security.txt; without it there is none.
SECURITY_CONTACT = environment.contact("SECURITY_CONTACT")
