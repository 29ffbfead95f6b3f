"""The page of the pages that entries and rules cite, and how they have changed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import OrganisationRequest, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.rules.readings import due

from ..models import PageCitee
from ..rules.operations import rules_in_force
from ..upkeep.watching import pages_of, read_again


@requires(Permission.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def pages(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show pages cited, those that changed first; note that one was read again."""
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
    today, book = timezone.localdate(), rules_in_force()
    read_pages = pages_of(request.organisation, on=today)
    context = {
        "organisation": request.organisation,
        "due": due(book, on=today),
        "fresh_days": book.fresh_days,
        "waiting": [page for page in read_pages if page.waits],
        "unread": [page for page in read_pages if page.page.reason and not page.waits],
        "steady": [page for page in read_pages if not page.page.reason and not page.waits],
    }
    return render(request, "catalogue/cited_pages.html", context)
