"""Pages of the working groups, for who keeps the club."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import (
    OrganisationRequest,
    person_of,
    public,
    requires,
)
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from ..clubs.groups import GroupForm, groups_csv, keep_group, lines_of
from ..clubs.queries import actions_for, organisation_of_club
from ..errors import EmployersError
from ..models import Club, GroupeTravail

PAGE = ["GET", "HEAD", "POST"]
PER_PAGE = 50


def organisation_of_group(pk: int) -> Organisation:
    rows = GroupeTravail.objects.select_related("club__organisation")
    return get_object_or_404(rows, pk=pk).club.organisation


@public
@require_safe
def groups_table(request: HttpRequest) -> HttpResponse:
    """Return the working groups shown to everybody, as CSV."""
    rows = GroupeTravail.objects.filter(publique=True).order_by("club__nom", "pour_le", "pk")
    lines = lines_of(rows, request.user, on=timezone.localdate())
    response = HttpResponse(groups_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="groupes-de-travail.csv"'
    return response


@requires(Permission.KEEP_CLUBS, organisation_of_club)
@require_http_methods(PAGE)
def new_group(request: OrganisationRequest, slug: str) -> HttpResponse:
    """Open a working group of a club."""
    club = get_object_or_404(Club.objects.select_related("organisation"), pk=slug)
    return _kept(request, club, None)


@requires(Permission.KEEP_CLUBS, organisation_of_group)
@require_http_methods(PAGE)
def group(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Show a working group, its sessions and its step to a committee; correct it."""
    row = get_object_or_404(GroupeTravail.objects.select_related("club__organisation"), pk=pk)
    return _kept(request, row.club, row)


def _kept(request: HttpRequest, club: Club, row: GroupeTravail | None) -> HttpResponse:
    actions = actions_for(request.user)
    form = GroupForm(request.POST or None, instance=row, actions=actions)
    if request.method == "POST" and form.is_valid():
        kept = GroupeTravail.objects.get(pk=row.pk) if row else None
        try:
            made = keep_group(
                by=person_of(request), club=club, group=kept, values=form.cleaned_data,
                now=timezone.now(),
            )  # fmt: skip
        except EmployersError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Le groupe est enregistré.")
            return redirect("employers:group", pk=made.pk)
    context: dict[str, Any] = {"club": club, "group": row, "form": form}
    if row is not None:
        sessions = row.rencontres.order_by("-tenue_le", "-pk")
        kept_rows = GroupeTravail.objects.filter(pk=row.pk)
        context |= {
            "line": lines_of(kept_rows, request.user, on=timezone.localdate())[0],
            "page": Paginator(sessions, PER_PAGE).get_page(request.GET.get("page")),
        }
    status = 422 if form.errors else 200
    return render(request, "employers/clubs/group.html", context, status=status)
