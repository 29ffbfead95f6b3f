"""The first page after signing in: what waits, or one's own space."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import requires, signed_in
from traitdunion.accounts.permissions import Permission, can, organisations_where

from . import queries
from .mornings import morning_of


@signed_in
@never_cache
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """Send to the morning of the one organisation where one follows people, else to one's space."""
    followed = organisations_where(request.user, Permission.FOLLOW)
    if len(followed) == 1:
        return redirect("followup:morning", organisation=followed[0].slug)
    return redirect("accounts:home")


@requires(Permission.FOLLOW)
@never_cache
@require_safe
def morning(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show what waits for an adviser in an organisation."""
    here = request.organisation
    moderates = can(request.user, Permission.MODERATE_ORIENTATIONS, here)
    answers = can(request.user, Permission.ANSWER_ORIENTATIONS, here)
    context = {
        "organisation": here,
        "morning": morning_of(request.user, here, now=timezone.now()),
        "to_moderate": len(queries.to_moderate(here)) if moderates else 0,
        "received": queries.to_answer(here) if answers else [],
    }
    return render(request, "desk/followup/morning.html", context)
