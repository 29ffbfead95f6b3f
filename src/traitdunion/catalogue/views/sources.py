"""The page of the pages that entries and rules cite, and how they have changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.gates import requires
from traitdunion.accounts.permissions import Permission

from ..models import PageCitee
from ..watching import pages_of, read_again


@requires(Permission.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def pages(request: HttpRequest, organisation: str) -> HttpResponse:
    """Pages cited, those that changed first; note that one was read again."""
    now = timezone.now()
    if request.method == "POST":
        given = request.POST.get("page", "")
        page = get_object_or_404(PageCitee, pk=given if given.isdecimal() else None)
        noted = read_again(
            by=request.user, organisation=request.organisation, page=page,
            empreinte=request.POST.get("empreinte", ""), now=now,
        )  # fmt: skip
        if noted:
            messages.success(request, "C'est noté : la page est relue.")
        else:
            messages.error(request, "La page a encore changé depuis : relisez-la.")
        return redirect("catalogue:cited-pages", organisation=organisation)
    found = pages_of(request.organisation, on=timezone.localdate())
    context = {
        "organisation": request.organisation,
        "waiting": [one for one in found if one.waits],
        "unread": [one for one in found if one.page.reason and not one.waits],
        "steady": [one for one in found if not one.page.reason and not one.waits],
    }
    return render(request, "catalogue/cited_pages.html", context)
