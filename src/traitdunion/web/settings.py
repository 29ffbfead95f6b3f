"""Settings of the site; everything a host may change is read from the environment."""

import os
from importlib.util import find_spec
from pathlib import Path

from django.core.management.utils import get_random_secret_key

TRAITDUNION_DATA_DIR = DATA_DIR = Path(os.environ.get("TRAITDUNION_DATA_DIR", "var")).absolute()
DEBUG = os.environ.get("TRAITDUNION_DEBUG", "0") == "1"
ALLOWED_HOSTS = os.environ.get("TRAITDUNION_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# A key drawn at each start is safe by default; a host with several processes sets its own.
SECRET_KEY = os.environ.get("TRAITDUNION_SECRET_KEY") or get_random_secret_key()

INSTALLED_APPS = [
    "traitdunion.web",
    "traitdunion.desk",
    "traitdunion.catalogue",
    "traitdunion.territory",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_typer",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
                "traitdunion.web.context.demonstration",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "traitdunion.sqlite3",
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "transaction_mode": "IMMEDIATE",
        },
    }
}
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
