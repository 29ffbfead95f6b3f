"""The tiles of the ground of maps, served from one file of the site: no request leaves it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe
from django.views.decorators.vary import vary_on_headers

from traitdunion.accounts.access_decorators import public
from traitdunion.networks import basemap

VECTOR_TILE = "application/vnd.mapbox-vector-tile"


def _etag(request: HttpRequest, zoom: int, x: int, y: int) -> str | None:
    stamp = basemap.stamp(settings.TRAITDUNION_DATA_DIR / "basemap")
    return f'"{stamp}-{zoom}-{x}-{y}"' if stamp else None


@public
@require_safe
@cache_control(public=True, max_age=86_400)
@vary_on_headers("Accept-Encoding")
@condition(etag_func=_etag)
def tile(request: HttpRequest, zoom: int, x: int, y: int) -> HttpResponse:
    """Return a vector tile as it was built, gzipped; no content where nothing is drawn."""
    data = basemap.tile(settings.TRAITDUNION_DATA_DIR / "basemap", zoom, x, y)
    if data is None:
        return HttpResponse(status=204)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(basemap.unzipped(data), content_type=VECTOR_TILE)
    response = HttpResponse(data, content_type=VECTOR_TILE)
    response["Content-Encoding"] = "gzip"
    return response
