"""Pages of the conventions, and what each lets another organisation read."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import OrganisationRequest, person_of, requires
from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.forms import typed_key
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission

from ..conventions.access import convention_for, opened
from ..conventions.operations import ConventionForm, close_convention, open_convention
from ..enums import Acces, Usage
from ..errors import EmployersError
from ..models import Consentement, Convention, DemandeSite, EnvoiSite, Intervenant
from ..speakers.forms import DAYS

PER_PAGE = 50
DAY_NAMES = dict(DAYS)


@requires(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def conventions(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the conventions of an organisation, given and received; record one, close one."""
    is_closing = "clore" in request.POST
    form = ConventionForm(
        None if is_closing else request.POST or None, organisation=request.organisation
    )
    by, now = person_of(request), timezone.now()
    if is_closing:
        try:
            close_convention(
                by=by, organisation=request.organisation, key=typed_key(request.POST["clore"]),
                now=now,
            )  # fmt: skip
        except EmployersError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "La convention est close : elle n'ouvre plus rien.")
        return redirect(request.path)
    if request.method == "POST" and form.is_valid():
        try:
            open_convention(by=by, organisation=request.organisation, terms=form.terms(), now=now)
        except EmployersError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "La convention est inscrite.")
            return redirect(request.path)
    rows = Convention.objects.filter(Q(de=request.organisation) | Q(vers=request.organisation))
    context = {
        "organisation": request.organisation,
        "page": Paginator(rows.select_related("de", "vers"), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "today": timezone.localdate(),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "employers/conventions/conventions.html", context, status=status)


@requires(Permission.KEEP_SPEAKERS, or_if=opened(Acces.VIVIER))
@require_safe
def shared_pool(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show which speakers an intermediary may be asked for, without a name nor a place."""
    today = timezone.localdate()
    in_force = Consentement.objects.in_force(today)
    rows = Intervenant.objects.filter(organisation=request.organisation, retire_le=None)
    for usage in (Usage.CONTACT, Usage.PAROLE):
        rows = rows.filter(pk__in=in_force.filter(usage=usage).values("intervenant"))
    page = Paginator(rows.order_by("statut", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [
            (row.get_statut_display(), row.romes, row.themes, [DAY_NAMES[day] for day in row.jours])
            for row in page
        ],
    }
    return _logged_page(request, Acces.VIVIER, "employers/conventions/pool.html", context)


@requires(Permission.ASK_SITES, or_if=opened(Acces.DEMANDES))
@require_safe
def shared_requests(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show what sites were asked for and what they answered, without a word of the person."""
    turns = EnvoiSite.objects.select_related("contact__site").order_by("rang")
    rows = DemandeSite.objects.filter(organisation=request.organisation)
    rows = rows.defer("reference", "precision").prefetch_related(Prefetch("envois", turns))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return _logged_page(
        request, Acces.DEMANDES, "employers/conventions/requests.html", {"page": page}
    )


def _logged_page(
    request: OrganisationRequest, acces: Acces, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Show a page, and log the reading of who comes by a convention."""
    now = timezone.now()
    by, organisation = person_of(request), request.organisation
    row = convention_for(by, organisation, acces, on=timezone.localdate(now))
    if row is not None:
        record(by=by, organisation=organisation, action=Did.CONSULTER, target=row, at=now)
    return render(request, template, {**context, "organisation": organisation, "convention": row})
