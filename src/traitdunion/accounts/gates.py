"""What a view asks of whoever opens it; every view of the site wears one of these.

A test reads the gate of every address and tries it with each role.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from . import second_factor
from .models import Organisation
from .permissions import Permission, check

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Gate:
    """`permission`: held in the organisation of the page; None where signing in is enough."""

    signed_in: bool = False
    permission: Permission | None = None


PUBLIC = Gate()


def public(view: View) -> View:
    """Open to everybody."""
    return _wearing(PUBLIC, view)


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

        return _wearing(Gate(True, permission), guarded)

    return decorate


def _by_slug(organisation: str, **_: Any) -> Organisation:
    return get_object_or_404(Organisation, slug=organisation)


def _wearing(gate: Gate, view: View) -> View:
    view.gate = gate  # type: ignore[attr-defined]
    return view
