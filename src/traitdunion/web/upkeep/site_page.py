"""Page of the site itself, for administrators: settings in service, what takes room on the disk."""

import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from traitdunion import french
from traitdunion.accounts.access_decorators import OrganisationRequest, requires
from traitdunion.accounts.outbox.models import is_configured
from traitdunion.accounts.permissions import Permission
from traitdunion.networks.feeds import listed as live_feeds
from traitdunion.sources.feed_list import FeedListError
from traitdunion.territory.models import Departement

from ..database import SQLITE_FILE
from ..health import check_all, free_bytes

KEPT = {
    "networks": "Horaires en service et versions gardées",
    "feeds": "Flux reçus",
    "streets": "Rues",
    "addresses": "Adresses",
    "basemap": "Fond de carte",
    "observatory": "Calculs de l'observatoire",
}
LEGAL = {
    "publisher": "Éditeur", "director": "Directeur de la publication", "hosting": "Hébergeur",
    "contact": "Contact", "dpo": "Délégué à la protection des données",
}  # fmt: skip
UNKNOWN = "non renseigné"
BYTES_IN_A_MB = 1e6


@requires(Permission.HANDLE_MESSAGES)
@never_cache
@require_safe
def site_page(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show how the site stands, with which settings, and the room that each kind of data takes."""
    free = free_bytes(settings.TRAITDUNION_DATA_DIR)
    context = {
        "organisation": request.organisation,
        "checks": check_all(timezone.localtime()),
        "values": list(values_in_service()),
        "sizes": [(label, megabytes(n_bytes)) for label, n_bytes in sizes()],
        "free": UNKNOWN if free is None else f"{megabytes(free)} libres",
    }
    return render(request, "web/site.html", context)


def values_in_service() -> Iterator[tuple[str, str]]:
    """Yield the settings that answers, messages and erasures depend on; never a secret."""
    code = settings.TRAITDUNION_DEPARTEMENT
    known = Departement.objects.filter(code=code).first()
    yield "Version", version("traitdunion")
    yield "Adresse du site", settings.TRAITDUNION_SITE or "cette machine seulement"
    yield "Département servi", f"{known.nom} ({code})" if known else code
    yield "Base de données", "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    yield "Flux d'horaires", _feeds()
    yield "Jours d'horaires compilés", str(settings.TRAITDUNION_NETWORK_DAYS)
    yield "Serveur de courriel", settings.EMAIL_HOST if is_configured() else UNKNOWN
    yield "Expéditeur des messages", settings.DEFAULT_FROM_EMAIL
    yield (
        "Parcours effacés sans contact depuis",
        french.counted(settings.TRAITDUNION_FILES_KEPT_DAYS, "jour"),
    )
    yield "Avance au travail", f"{settings.TRAITDUNION_BEFORE_WORK_MIN} min"
    yield "Sortie du travail", f"{settings.TRAITDUNION_AFTER_WORK_MIN} min"
    yield "Correspondance", f"{settings.TRAITDUNION_TRANSFER_MIN} min"
    for key, label in LEGAL.items():
        yield label, settings.TRAITDUNION_LEGAL[key] or UNKNOWN


def _feeds() -> str:
    try:
        feeds = live_feeds.listed()
    except FeedListError:
        return "aucune liste lisible"
    return f"{feeds.title} ({french.counted(len(feeds.feeds), 'flux', 'flux')})"


def sizes() -> Iterator[tuple[str, int]]:
    """Yield the bytes of the database and of each kind of data of the folder."""
    folder = settings.TRAITDUNION_DATA_DIR
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            yield "Base de données", int(cursor.fetchone()[0])
    else:
        files = folder.glob(f"{SQLITE_FILE}*")
        yield "Base de données", sum(path.stat().st_size for path in files)
    for name, label in KEPT.items():
        yield label, _size_of(folder / name)


def _size_of(folder: Path) -> int:
    n_bytes = 0
    for place, _, names in os.walk(folder):
        for name in names:
            # Timetables may leave while they are counted.
            path = Path(place) / name
            n_bytes += path.lstat().st_size if path.exists() else 0
    return n_bytes


def megabytes(n_bytes: int) -> str:
    """Return a size in words, in megabytes."""
    digits = 1 if n_bytes < 10 * BYTES_IN_A_MB else 0
    return f"{french.number(n_bytes / BYTES_IN_A_MB, digits)} Mo"
