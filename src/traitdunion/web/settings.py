"""Settings of the site; everything a host may change is read from the environment."""

import os
from importlib.util import find_spec
from pathlib import Path

from django.core.management.utils import get_random_secret_key

from traitdunion.accounts.openid_settings import provider_from
from traitdunion.accounts.sealing import phrases_from
from traitdunion.web.database import database_settings
from traitdunion.web.logs import LOGGING as DISCREET_LOGGING

TRAITDUNION_DATA_DIR = DATA_DIR = Path(os.environ.get("TRAITDUNION_DATA_DIR", "var")).absolute()
DEBUG = os.environ.get("TRAITDUNION_DEBUG", "0") == "1"
ALLOWED_HOSTS = os.environ.get("TRAITDUNION_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# A key drawn at each start is safe by default; a host with several processes sets its own.
SECRET_KEY = os.environ.get("TRAITDUNION_SECRET_KEY") or get_random_secret_key()

# Feeds that `traitdunion sync` downloads, days compiled, versions kept, days of warning.
TRAITDUNION_FEEDS = Path(
    os.environ.get("TRAITDUNION_FEEDS")
    or Path(__file__).parents[1] / "data" / "feeds" / "haute-loire.yaml"
)
TRAITDUNION_NETWORK_DAYS = int(os.environ.get("TRAITDUNION_NETWORK_DAYS", "60"))
TRAITDUNION_KEPT_VERSIONS = int(os.environ.get("TRAITDUNION_KEPT_VERSIONS", "5"))
TRAITDUNION_FEED_ALERT_DAYS = int(os.environ.get("TRAITDUNION_FEED_ALERT_DAYS", "14"))
# Days after the last contact when the file of a person is anonymised (CNIL: two years).
TRAITDUNION_FILES_KEPT_DAYS = int(os.environ.get("TRAITDUNION_FILES_KEPT_DAYS", "730"))

INSTALLED_APPS = [
    "traitdunion.web",
    "traitdunion.cooperation",
    "traitdunion.desk",
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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "traitdunion.web.middleware.PageHeaders",
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
            ]
        },
    }
]
# The embedded SQLite file, unless the address of a PostgreSQL is given.
DATABASES = {
    "default": database_settings(os.environ.get("TRAITDUNION_DATABASE_URL", ""), data_dir=DATA_DIR)
}
LOGGING = DISCREET_LOGGING
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
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# How many proxies stand before the site, whose word on who asks is taken; none unless told.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRAITDUNION_PROXIES", "0"))
# A second factor, asked of whoever reads the file of a person; "0" leaves it to each.
TRAITDUNION_MFA_REQUIRED = os.environ.get("TRAITDUNION_MFA_REQUIRED", "1") == "1"
# Phrases that seal the secrets of second factors: the first seals, all of them open.
TRAITDUNION_MFA_KEYS = phrases_from(os.environ.get("TRAITDUNION_MFA_KEYS", ""))
MFA_ADAPTER = "traitdunion.accounts.second_factor.SealingAdapter"
MFA_FORMS = {
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
SESSION_COOKIE_AGE = 12 * 3600
# A host behind HTTPS says so; its cookies then never travel in clear.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("TRAITDUNION_HTTPS", "0") == "1"

# Without a mail server, messages are written where the site runs.
EMAIL_HOST = os.environ.get("TRAITDUNION_SMTP_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(os.environ.get("TRAITDUNION_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("TRAITDUNION_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TRAITDUNION_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("TRAITDUNION_SMTP_TLS", "1") == "1"
# A mail server that does not answer holds nobody for longer, nor the transaction of a reminder.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TRAITDUNION_MAIL_FROM", "trait-d-union@localhost")
