"""What a view asks of whoever opens it; every view of the site wears one of these.

A test reads the gate of every address and tries it with each role.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from . import second_factor
from .models import Organisation
from .permissions import Permission, check

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Gate:
    """`permission`: held in the organisation of the page; None where signing in is enough.

    `by_link`: whoever holds the secret that the address carries.
    """

    signed_in: bool = False
    by_link: bool = False
    permission: Permission | None = None


PUBLIC = Gate()
# A mail filter of a large office opens many old links at once; a guesser opens many more.
MISSES_ALLOWED = 60
MISSES_COUNTED_S = 300


def public(view: View) -> View:
    """Open to everybody."""
    return _wearing(PUBLIC, view)


def by_link(view: View) -> View:
    """Open to whoever holds the secret of the address, and kept by no cache.

    Somebody who opens too many links that lead nowhere is asked to wait, right or wrong.
    """

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        place = _count_of(request)
        if cache.get(place, 0) >= MISSES_ALLOWED:
            page = render(request, "accounts/too_many_links.html", status=429)
            page.headers["Retry-After"] = str(MISSES_COUNTED_S)
            return page
        try:
            response = view(request, **arguments)
        except Http404:
            _count(place)
            raise
        if response.status_code == 410:
            _count(place)
        return response

    return _wearing(Gate(by_link=True), guarded)


def _count_of(request: HttpRequest) -> str:
    """Where the misses of a machine are counted, which does not tell which."""
    machine = get_adapter(request).get_client_ip(request)
    return salted_hmac("traitdunion.links missed", machine, algorithm="sha256").hexdigest()


def _count(place: str) -> None:
    cache.add(place, 0, MISSES_COUNTED_S)
    with suppress(ValueError):  # forgotten in between
        cache.incr(place)


def signed_in(view: View) -> View:
    """Open to whoever signed in; the others are sent to sign in, then back."""
    return _wearing(Gate(signed_in=True), login_required(view))


def requires(
    permission: Permission, organisation_of: Callable[..., Organisation] | None = None
) -> Callable[[View], View]:
    """Open to those who hold `permission` in the organisation of the page.

    `organisation_of` takes the arguments of the address and gives the organisation, or raises
    Http404; without it, the argument `organisation` is its slug. The view gets the organisation
    as `request.organisation`. Where the permission shows the file of a person, a session that
    gave no second factor is sent to give it.
    """
    find = organisation_of or _by_slug

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
            organisation = find(**arguments)
            check(request.user, permission, organisation)
            if second_factor.is_missing(request, permission, organisation):
                return second_factor.ask_for_it(request)
            request.organisation = organisation  # type: ignore[attr-defined]
            return view(request, **arguments)

        return _wearing(Gate(signed_in=True, permission=permission), guarded)

    return decorate


def _by_slug(organisation: str, **_: Any) -> Organisation:
    return get_object_or_404(Organisation, slug=organisation)


def _wearing(gate: Gate, view: View) -> View:
    view.gate = gate  # type: ignore[attr-defined]
    return view
