"""Page of the messages of an organisation: what fails, what waits, what became of the latest."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..access_decorators import OrganisationRequest, requires
from ..permissions import Permission
from . import operations, queries
from .models import NO_SERVER, is_configured


@requires(Permission.HANDLE_MESSAGES)
@never_cache
@require_safe
def outbox(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show the messages to retry or abandon, then the latest."""
    now = timezone.now()
    context = {
        "organisation": request.organisation,
        "needing_care": queries.needing_care(request.organisation, now=now),
        "latest": queries.latest(request.organisation),
        "missing": "" if is_configured() else NO_SERVER,
    }
    return render(request, "accounts/outbox.html", context)


@requires(Permission.HANDLE_MESSAGES)
@require_POST
def act(request: OrganisationRequest, organisation: str, pk: int) -> HttpResponse:
    """Try a failed message again, or abandon one that failed or waits."""
    message = get_object_or_404(queries.of(request.organisation), pk=pk)
    again = request.POST.get("faire") == "renvoyer"
    do = operations.retry if again else operations.abandon
    try:
        do(by=request.user, organisation=request.organisation, message=message, now=timezone.now())
    except operations.OutboxError as refused:
        messages.error(request, str(refused))
    else:
        done = message.promise if again else f"Le message à {message.recipient} est abandonné."
        messages.success(request, done)
    return redirect("accounts:outbox", organisation=organisation)
