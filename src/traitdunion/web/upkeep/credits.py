"""Page of licences and credits: the data in service, and the software of the lock."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.networks.feeds import listed as live_feeds
from traitdunion.observatory.models import InputFile
from traitdunion.sources import addresses
from traitdunion.sources.feed_list import FeedListError
from traitdunion.territory.addresses.searching import address_index
from traitdunion.territory.models import TerritoryEdition

COMPONENTS = Path(__file__).parents[2] / "data" / "licences" / "composants.cdx.json"


class Credit(NamedTuple):
    """Something that others made: what, by whom, under which licence."""

    what: str
    publisher: str
    licence: str


@cache
def components() -> tuple[Credit, ...]:
    """Return the packages of the lock, with their version and their licence (`scripts/sbom`)."""
    listed = json.loads(COMPONENTS.read_text("utf-8"))["components"]
    return tuple(
        Credit(row["name"], row["version"], row["licenses"][0]["license"]["name"]) for row in listed
    )


def data_in_service() -> Iterator[Credit]:
    """Yield the data that this site answers with, and who publishes it."""
    for edition in TerritoryEdition.objects.all():
        yield Credit("Communes, intercommunalités, codes postaux", edition.source, edition.licence)
    if address_index(settings.TRAITDUNION_DATA_DIR) is not None:
        yield Credit("Adresses", "Base Adresse Nationale", addresses.LICENCE)
    for name, what in (("streets", "Rues"), ("basemap", "Fond de carte")):
        if (settings.TRAITDUNION_DATA_DIR / name).exists():
            yield Credit(what, "© les contributeurs d'OpenStreetMap", "ODbL 1.0")
    try:
        feeds = live_feeds.listed().feeds
    except FeedListError:
        feeds = ()
    for feed in feeds:
        yield Credit(f"Horaires : {feed.title}", feed.publisher, feed.licence)
    for row in InputFile.objects.order_by("publisher").values("publisher", "licence").distinct():
        yield Credit("Observatoire", row["publisher"], row["licence"])


@public
@require_safe
def credits_page(request: HttpRequest) -> HttpResponse:
    """List the data in service and the software, each with its licence."""
    context = {"data": list(data_in_service()), "components": components()}
    return render(request, "web/public/credits.html", context)
