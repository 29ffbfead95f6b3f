"""Decorators that state who may open a view; every view of the site has one.

A test reads the gate of every address and tries it with each role.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from . import limits, second_factor
from .enums import Visibilite
from .models import Organisation, User
from .permissions import Permission, check, may_see

View = Callable[..., HttpResponse]


class OrganisationRequest(HttpRequest):
    """What a view behind `requires` gets: a person signed in, and the organisation of the page."""

    user: User
    organisation: Organisation


@dataclass(frozen=True)
class Gate:
    """`permission`: held in the organisation of the page; None where signing in is enough.

    `by_link`: anybody with the secret that the address carries. `by_visibility`: those who may see
    the object of the page in its state.
    """

    signed_in: bool = False
    by_link: bool = False
    by_visibility: bool = False
    permission: Permission | None = None


PUBLIC = Gate()
# A mail filter of a large office opens many old links at once; a guesser opens many more.
MISSES_ALLOWED = 60
MISSES_COUNTED_S = 300


def public(view: View) -> View:
    """Let everybody in."""
    return _wearing(PUBLIC, view)


def by_link(view: View) -> View:
    """Let in anybody with the secret of the address; no cache keeps the page.

    After too many links that lead nowhere, an address has to wait, even with a good link.
    """

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        stopped = f"links stopped: {limits.address_of(request)}"
        if cache.get(stopped):
            page = render(request, "accounts/too_many_links.html", status=429)
            page.headers["Retry-After"] = str(MISSES_COUNTED_S)
            return page
        try:
            response = view(request, **arguments)
        except Http404:
            _count_miss(request, stopped)
            raise
        if response.status_code == 410:
            _count_miss(request, stopped)
        return response

    return _wearing(Gate(by_link=True), guarded)


def _count_miss(request: HttpRequest, stopped: str) -> None:
    """Count a link that leads nowhere; the last one allowed closes links to its address.

    Two steps, so that a page whose link is good reads one row and writes none.
    """
    rate = f"{MISSES_ALLOWED - 1}/{MISSES_COUNTED_S}s/ip"
    if not limits.allow(request, "links missed", rate, now=timezone.now()):
        cache.set(stopped, True, MISSES_COUNTED_S)


def signed_in(view: View) -> View:
    """Let in people who are signed in; send the others to sign in, then back."""
    return _wearing(Gate(signed_in=True), never_cache(login_required(view)))


def requires(
    permission: Permission,
    organisation_of: Callable[..., Organisation] | None = None,
    *,
    or_if: Callable[..., bool] | None = None,
) -> Callable[[View], View]:
    """Let in those who hold `permission` in the organisation of the page.

    `organisation_of` takes the arguments of the address and gives the organisation, or raises
    Http404; without it, the argument `organisation` is its slug. The view gets the organisation
    as `request.organisation`. Where the permission shows the file of a person, a session that
    gave no second factor is sent to give it. `or_if`: opens too to a person responsible for what
    the page is about; it takes the person and the arguments of the address.
    """
    find = organisation_of or _by_slug

    def decorate(view: View) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
            organisation = find(**arguments)
            if or_if is None or not or_if(request.user, **arguments):
                check(request.user, permission, organisation)
            if second_factor.is_missing(request, permission, organisation):
                return second_factor.ask_for_it(request)
            request.organisation = organisation  # type: ignore[attr-defined]
            return view(request, **arguments)

        return _wearing(Gate(signed_in=True, permission=permission), guarded)

    return decorate


def seen_by(
    shown_of: Callable[..., tuple[str, Organisation]], *, runs: Permission
) -> Callable[[View], View]:
    """Let in those who may see the object of the page in the state it is in (`enums.Visibilite`).

    `shown_of` takes the arguments of the address and gives the state and the organisation, or
    raises Http404. Those who may see it once signed in are sent to sign in; the others get a 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
            visibility, organisation = shown_of(**arguments)
            if not may_see(request.user, visibility, organisation, runs):
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                raise PermissionDenied("Cette page n'est pas publiée pour vous.")
            response = view(request, **arguments)
            if visibility != Visibilite.PUBLIQUE:
                add_never_cache_headers(response)
            return response

        return _wearing(Gate(by_visibility=True, permission=runs), guarded)

    return decorate


def person_of(request: HttpRequest) -> User:
    """Return the person who signed in; call it behind `requires` or `signed_in`."""
    return cast(User, request.user)


def _by_slug(organisation: str, **_: Any) -> Organisation:
    return get_object_or_404(Organisation, slug=organisation)


def _wearing(gate: Gate, view: View) -> View:
    view.gate = gate  # type: ignore[attr-defined]
    return view
