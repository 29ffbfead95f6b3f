"""Pages of the phone desk."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from traitdunion.accounts.access_decorators import requires
from traitdunion.accounts.permissions import Permission

from ..enums import Appelant, IssueAppel
from . import operations
from .lines import attach_line, hang_up, line_context, line_of

CALL_BACK = (
    "Appel noté. Pour rappeler, il faut un numéro : ouvrez un parcours, puis notez l'accord de la "
    "personne."
)


@requires(Permission.FOLLOW)
@never_cache
@require_safe
def phone(request: HttpRequest, organisation: str) -> HttpResponse:
    """Take a call: who calls is all that is asked."""
    context = {"organisation": request.organisation, "callers": Appelant.choices}
    return render(request, "desk/phone/phone.html", context | line_context(line_of(request)))


@requires(Permission.FOLLOW)
@require_POST
def take(request: HttpRequest, organisation: str) -> HttpResponse:
    """Begin a call and go to the question."""
    try:
        line = operations.take(
            by=request.user,
            organisation=request.organisation,
            appelant=request.POST.get("appelant", ""),
        )
    except ValidationError as wrong:
        messages.error(request, wrong.message)
        return redirect("phone:phone", organisation=organisation)
    attach_line(request, line)
    return redirect("desk:question")


@requires(Permission.FOLLOW)
@require_POST
def end(request: HttpRequest, organisation: str) -> HttpResponse:
    """End the call with its outcome."""
    line, issue = line_of(request), request.POST.get("issue", "")
    if line is None:
        messages.error(request, "Aucun appel n'est en cours.")
        return redirect("phone:phone", organisation=organisation)
    try:
        operations.end(
            by=request.user,
            line=line,
            organisation=request.organisation,
            issue=issue,
            now=timezone.now(),
        )
    except ValidationError as wrong:
        messages.error(request, wrong.message)
    else:
        hang_up(request)
        sentence = CALL_BACK if issue == IssueAppel.RAPPELER else "Appel noté."
        messages.success(request, sentence)
    return redirect("phone:phone", organisation=organisation)
