"""Page of the scheduled work of the site, for those who handle its messages."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from traitdunion.accounts.access_decorators import OrganisationRequest, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.scheduled import operations, queries

from .scheduled_work import WORKS


@requires(Permission.HANDLE_MESSAGES)
@never_cache
@require_safe
def scheduled(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show each scheduled work: when it comes next, when it ran last, how it went."""
    now = timezone.now()
    context = {
        "organisation": request.organisation,
        "lines": [(line, line.state(now)) for line in queries.lines(WORKS)],
        "late": settings.TRAITDUNION_SCHEDULED and queries.late(now),
        "is_off": not settings.TRAITDUNION_SCHEDULED,
    }
    return render(request, "web/scheduled.html", context)


@requires(Permission.HANDLE_MESSAGES)
@require_POST
def run(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Ask the worker for one work now."""
    work = next((work for work in WORKS if work.name == request.POST.get("travail")), None)
    if work is None or not operations.ask_for(work.name, timezone.now()):
        messages.error(request, "Ce travail tourne déjà, ou aucun envoi ne l'a encore vu.")
    else:
        messages.success(request, f"« {work.label} » : demandé, dans la minute.")
    return redirect("scheduled", organisation=organisation)
