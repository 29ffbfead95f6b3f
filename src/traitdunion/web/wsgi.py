"""WSGI entry point, whose statements are limited in time."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

from traitdunion.web.database import limit_web_statements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
application = get_wsgi_application()
limit_web_statements(connections.databases)
