"""Page where the indicators of employers become readings of an action of the roadmap."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion import french
from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.cooperation.requested import organisation_of_action, pilots_action, the_action
from traitdunion.disclosure import K

from ..errors import EmployersError
from ..indicators import report
from ..roadmap_readings import feed, readable


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def readings(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what would be read today, and keep it by one press."""
    action, now = the_action(pk), timezone.now()
    on = timezone.localdate(now)
    if request.method == "POST":
        try:
            fed = feed(by=person_of(request), action=action, on=on, now=now)
        except EmployersError as refused:
            messages.error(request, str(refused))
            return redirect("employers:readings", pk=pk)
        kept = french.counted(fed.kept, "relevé inscrit", "relevés inscrits")
        same = f", {french.counted(fed.same, 'inchangé')}" if fed.same else ""
        messages.success(request, f"{kept}{same}.")
        return redirect("cooperation:sheet", pk=pk)
    shown = report(on=on)
    context = {
        "action": action,
        "report": shown,
        "rows": readable(shown.whole),
        "k": K,
    }
    return render(request, "employers/readings.html", context)
