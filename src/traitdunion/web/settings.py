"""Settings of the site; everything a host may change is read from the environment.

`traitdunion.toml` gives what the environment does not (`configuration`).
"""

import os
from importlib.util import find_spec
from pathlib import Path

from traitdunion.accounts.openid.settings import provider_from
from traitdunion.accounts.sealing import phrases_from
from traitdunion.web.database import database_settings
from traitdunion.web.deployment import HSTS_S, map_style, number, secret_key, site_from
from traitdunion.web.logs import logging_settings
from traitdunion.web.upkeep import configuration

configuration.load(os.environ)
TRAITDUNION_DATA_DIR = DATA_DIR = Path(os.environ.get("TRAITDUNION_DATA_DIR", "var")).absolute()
DEBUG = os.environ.get("TRAITDUNION_DEBUG", "0") == "1"
SECRET_KEY = secret_key(os.environ, DATA_DIR)

# The address people type decides of hosts, origins, links, cookies, redirections and proxies.
SITE = site_from(os.environ)
TRAITDUNION_SITE = SITE.address
TRAITDUNION_PROXIES = SITE.n_proxies
ALLOWED_HOSTS = SITE.allowed_hosts
CSRF_TRUSTED_ORIGINS = SITE.trusted_origins
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE.secure
SESSION_COOKIE_NAME = SITE.cookie("sessionid")
CSRF_COOKIE_NAME = SITE.cookie("csrftoken")
TRAITDUNION_DEVICE_COOKIE = SITE.cookie("appareil")
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = HSTS_S if SITE.secure else 0
# The server reads the headers of proxies, so that REMOTE_ADDR is who asks.
ALLAUTH_TRUSTED_PROXY_COUNT = 0

# The département that the site serves: its communes and its neighbours' come first.
TRAITDUNION_DEPARTEMENT = os.environ.get("TRAITDUNION_DEPARTEMENT", "43").upper()
# Feeds that `traitdunion sync` downloads, days compiled, versions kept, days of warning. The list
# that comes with the product is that of one département: another writes its own.
TRAITDUNION_FEEDS = Path(
    os.environ.get("TRAITDUNION_FEEDS")
    or Path(__file__).parents[1] / "data" / "feeds" / f"{TRAITDUNION_DEPARTEMENT}.yaml"
)
# A MapLibre style of elsewhere (Plan IGN…) under the enlarged map, in place of our own tiles.
TRAITDUNION_MAP_STYLE = map_style(os.environ.get("TRAITDUNION_MAP_STYLE", ""))
# "0" where a host's own scheduler runs the daily commands.
TRAITDUNION_SCHEDULED = os.environ.get("TRAITDUNION_SCHEDULED", "1") == "1"
TRAITDUNION_NETWORK_DAYS = number(os.environ, "TRAITDUNION_NETWORK_DAYS", 60, 1, 400)
TRAITDUNION_KEPT_VERSIONS = number(os.environ, "TRAITDUNION_KEPT_VERSIONS", 5, 1, 100)
TRAITDUNION_RULES_FRESH_DAYS = number(os.environ, "TRAITDUNION_RULES_FRESH_DAYS", 90, 1, 36_500)
TRAITDUNION_FEED_ALERT_DAYS = number(os.environ, "TRAITDUNION_FEED_ALERT_DAYS", 14, 0, 365)
# Margins of an answer, unless the question sets its own: minutes before and after work, minutes
# between two vehicles, share of an estimated way to the first stop.
TRAITDUNION_BEFORE_WORK_MIN = number(os.environ, "TRAITDUNION_BEFORE_WORK_MIN", 10, 0, 120)
TRAITDUNION_AFTER_WORK_MIN = number(os.environ, "TRAITDUNION_AFTER_WORK_MIN", 5, 0, 120)
TRAITDUNION_TRANSFER_MIN = number(os.environ, "TRAITDUNION_TRANSFER_MIN", 2, 0, 60)
TRAITDUNION_ACCESS_PERCENT = number(os.environ, "TRAITDUNION_ACCESS_PERCENT", 40, 0, 200)
# Days after the last contact when the file of a person is anonymised (CNIL: two years).
TRAITDUNION_FILES_KEPT_DAYS = number(os.environ, "TRAITDUNION_FILES_KEPT_DAYS", 730, 1, 36500)
# Who publishes and hosts the site, whom to write to: shown on its legal pages, empty if not given.
TRAITDUNION_LEGAL = {
    key: os.environ.get(f"TRAITDUNION_{key.upper()}", "").strip()
    for key in ("publisher", "director", "hosting", "contact", "dpo")
}

INSTALLED_APPS = [
    "traitdunion.web",
    "traitdunion.employers",
    "traitdunion.housing",
    "traitdunion.cooperation",
    "traitdunion.observatory",
    "traitdunion.desk",
    "traitdunion.levers",
    "traitdunion.catalogue",
    "traitdunion.accounts",
    "traitdunion.territory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_typer",
]
MIDDLEWARE = [
    "traitdunion.web.middleware.AccessLog",
    "traitdunion.web.middleware.OnlyOverHttps",
    "traitdunion.web.middleware.Compression",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the length of the page is written.
    "traitdunion.web.middleware.Typography",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "traitdunion.accounts.devices.RememberDevices",
    "traitdunion.web.middleware.PageHeaders",
    "traitdunion.web.middleware.DatabaseRefusals",
]
ROOT_URLCONF = "traitdunion.web.urls"
WSGI_APPLICATION = "traitdunion.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "traitdunion.web.context.demonstration",
                "traitdunion.accounts.context.openid_provider",
                "traitdunion.desk.context.follows_people",
            ]
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "compiled",
        "DIRS": [Path(__file__).resolve().parents[1] / "desk" / "jinja2"],
        "OPTIONS": {"environment": "traitdunion.web.templatetags.compiled_templates.environment"},
    },
]
FORM_RENDERER = "traitdunion.web.form_rendering.Renderer"
# The embedded SQLite file, unless the address of a PostgreSQL is given.
DATABASES = {
    "default": database_settings(os.environ.get("TRAITDUNION_DATABASE_URL", ""), data_dir=DATA_DIR)
}
# Limits against guessing are counted in the database, shared by processes, and no search
# empties them; what may be lost without harm stays in the memory of each process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_counter",
        "KEY_FUNCTION": "traitdunion.accounts.limits.hidden_key",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
# "json": one object a line, for a collector. The access log names routes, without who asks.
TRAITDUNION_ACCESS_LOG = os.environ.get("TRAITDUNION_ACCESS_LOG", "0") == "1"
LOGGING = logging_settings(
    as_json=os.environ.get("TRAITDUNION_LOG_FORMAT", "") == "json", access=TRAITDUNION_ACCESS_LOG
)
# The secret by which Prometheus reads /metriques/; without one there is no such page.
TRAITDUNION_METRICS_TOKEN = os.environ.get("TRAITDUNION_METRICS_TOKEN", "")
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
STATIC_URL = "static/"
# MapLibre's script and style sheet are served from its wheel, found without importing it.
STATICFILES_DIRS = [
    ("maplibre", Path(folder) / "srcjs")
    for folder in find_spec("maplibre").submodule_search_locations
]
WHITENOISE_USE_FINDERS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Signing in: an e-mail address and a password; an account is created by an invitation only.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "nom")}),
    )
]
ACCOUNT_ADAPTER = "traitdunion.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# The adapter takes back what would be written to an address without an account.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
# An office of sixty people signs in from one address at nine o'clock.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip"}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# A second factor, asked of those who read the file of a person; "0" leaves it to each.
TRAITDUNION_MFA_REQUIRED = os.environ.get("TRAITDUNION_MFA_REQUIRED", "1") == "1"
# Phrases that seal the secrets of second factors: the first seals, all of them open.
TRAITDUNION_MFA_KEYS = phrases_from(os.environ.get("TRAITDUNION_MFA_KEYS", ""))
MFA_ADAPTER = "traitdunion.accounts.second_factor.SealingAdapter"
MFA_FORMS = {
    "authenticate": "traitdunion.accounts.forms.AuthenticateForm",
    "reauthenticate": "traitdunion.accounts.forms.ReauthenticateForm",
    "add_webauthn": "traitdunion.accounts.forms.AddKeyForm",
    "edit_webauthn": "traitdunion.accounts.forms.RenameKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Trait d'union"
# A clock half a minute late or early still signs in.
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
# Sign-in by OpenID Connect (ProConnect): nowhere to be seen where it is not set.
TRAITDUNION_OIDC = provider_from(os.environ)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "followup:first"
SESSION_ENGINE = "traitdunion.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600

# Without a mail server, messages are written where the site runs.
EMAIL_HOST = os.environ.get("TRAITDUNION_SMTP_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = number(os.environ, "TRAITDUNION_SMTP_PORT", 587, 1, 65_535)
EMAIL_HOST_USER = os.environ.get("TRAITDUNION_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TRAITDUNION_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("TRAITDUNION_SMTP_TLS", "1") == "1"
# Seconds the worker waits for each answer of the mail server: a wait cut short leaves a doubt.
EMAIL_TIMEOUT = 90
DEFAULT_FROM_EMAIL = os.environ.get("TRAITDUNION_MAIL_FROM", SITE.mail_from)
# Whom to warn of a vulnerability, an address of mail or of a page: /.well-known/security.txt.
TRAITDUNION_SECURITY_CONTACT = os.environ.get(
    "TRAITDUNION_SECURITY_CONTACT", f"mailto:{DEFAULT_FROM_EMAIL}"
)
