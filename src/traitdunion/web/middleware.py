"""What every request goes through: HTTPS alone, waits that end, headers of pages."""

import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string

from traitdunion.french.pages import without_breaks_in_page

from .error_pages import unreadable
from .logs import ACCESS

logger = logging.getLogger(__name__)
access_logger = logging.getLogger(ACCESS)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        # MapLibre starts its workers from a blob; Safari before 15.5 reads child-src.
        "worker-src blob:",
        "child-src blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
MAP_PAGE = "desk:reach-map"
"""The page that may show a ground of elsewhere (TRAITDUNION_MAP_STYLE)."""
OFFLINE_PAGE = "desk:seeker"
"""The page that starts a worker of the site, to be read again without a network."""

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

RETRY_AFTER_S = 10
PARTIAL = 206
TEXTS = ("text/", "application/json", "application/geo+json", "application/javascript", "image/svg")
# SQLSTATE of PostgreSQL: a statement or a lock that lasted longer than the web allows.
TOO_LONG = ("57014", "55P03")
OUT_OF_RANGE = "22003"
NO_SCHEME = (
    "Le serveur placé devant le site ne transmet pas l'en-tête X-Forwarded-Proto : le site ne sait "
    "pas si la page est demandée en HTTPS. Voir le guide « Mettre le site en ligne »."
)


class OnlyOverHttps:
    """Send plain requests to the HTTPS address of a site that has one.

    Where the proxy forwards no scheme, a redirection would lead back here: a line explains instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SESSION_COOKIE_SECURE or request.is_secure():
            return self.get_response(request)
        if "X-Forwarded-Proto" in request.headers:
            return HttpResponsePermanentRedirect(
                f"{settings.TRAITDUNION_SITE}{request.get_full_path()}"
            )
        logger.error(NO_SCHEME)
        return HttpResponse(NO_SCHEME, "text/plain; charset=utf-8", 502)


class AccessLog:
    """Write one line a request: its route, never its address, where the settings ask for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.TRAITDUNION_ACCESS_LOG:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        fields = {
            "method": request.method,
            "route": f"/{match.route}" if match else "",
            "status": response.status_code,
            "ms": round((time.perf_counter() - began) * 1000),
        }
        line = "%(method)s %(route)s %(status)s %(ms)s ms"
        access_logger.info(line, fields, extra={"fields": fields})
        return response


class Compression(GZipMiddleware):
    """Compress text alone, of whole answers: a part of a file keeps its length.

    The length of a page reveals nothing: Django adds random bytes to it and masks its tokens at
    every request (BREACH; decision 40).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Return the answer, compressed where it is text and whole."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.status_code == PARTIAL or not kind.startswith(TEXTS):
            return response
        return super().process_response(request, response)


class Typography:
    """Send each page with its punctuation kept beside its words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind == "text/html" and not response.streaming:
            response.content = without_breaks_in_page(response.content.decode(response.charset))
        return response


class DatabaseRefusals:
    """Turn what a database refuses of a request into a page: too long, or beyond its numbers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, wrong: Exception) -> HttpResponse | None:
        if _is_out_of_range(wrong):
            # A key or a number that no column holds, in an address or in a list of choices.
            return unreadable(request, wrong)
        if not isinstance(wrong, OperationalError) or not _is_a_wait(wrong):
            return None
        logger.warning("page abandoned, the database took too long: %s", request.path)
        # Without its request: the page asks nothing more of the database.
        page = HttpResponse(render_to_string("503.html"), status=503)
        page.headers["Retry-After"] = str(RETRY_AFTER_S)
        return page


def _is_out_of_range(wrong: Exception) -> bool:
    if isinstance(wrong, OverflowError):
        return "SQLite INTEGER" in str(wrong)
    return getattr(wrong.__cause__, "sqlstate", "") == OUT_OF_RANGE


def _is_a_wait(wrong: OperationalError) -> bool:
    state = getattr(wrong.__cause__, "sqlstate", "")
    return state in TOO_LONG or "database is locked" in str(wrong)


class PageHeaders:
    """Add the security headers Django has no setting for, where a view did not set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy_of(request))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


def _policy_of(request: HttpRequest) -> str:
    """Return the policy of a page: the site alone, and the host of the map's ground on its page."""
    style, match = settings.TRAITDUNION_MAP_STYLE, request.resolver_match
    if match is not None and match.view_name == OFFLINE_PAGE:
        return CONTENT_SECURITY_POLICY.replace("worker-src blob:", "worker-src 'self'")
    if not style or match is None or match.view_name != MAP_PAGE:
        return CONTENT_SECURITY_POLICY
    parts = urlsplit(style)
    host = f"{parts.scheme}://{parts.netloc}"
    policy = CONTENT_SECURITY_POLICY.replace("connect-src 'self'", f"connect-src 'self' {host}")
    return policy.replace("img-src 'self'", f"img-src 'self' {host}")
