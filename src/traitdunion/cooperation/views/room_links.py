"""Pages of who helps on the day: ideas of the tables, arrivals; by role, or by a link.

A link is drawn for the session, and needs no account.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion import french
from traitdunion.accounts.access_decorators import by_link, person_of, requires
from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission

from ..enums import RoleSalle
from ..models import AccesSalle, Idee, Invite, Seance
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..sessions import guests
from ..sessions import ideas as idea_operations
from ..sessions.forms import ScribeForm, WalkInForm
from ..sessions.room_links import access_of

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def scribe(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the ideas of a table: axe and table stay as they were, the field waits for more."""
    return scribe_page(request, get_object_or_404(Seance, pk=slug), by=person_of(request))


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def arrivals(request: HttpRequest, slug: str) -> HttpResponse:
    """Tick who is there, as on the paper list; add those who came without an invitation."""
    return arrivals_page(request, get_object_or_404(Seance, pk=slug), by=person_of(request))


@by_link
@require_http_methods(METHODS)
def scribe_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the ideas of the tables."""
    access = _open_access(token, RoleSalle.SCRIBE)
    if access is None:
        return render(request, "cooperation/room_link_dead.html", status=410)
    return scribe_page(request, access.seance, by=access, token=token)


@by_link
@require_http_methods(METHODS)
def door_link(request: HttpRequest, token: str) -> HttpResponse:
    """Note arrivals."""
    access = _open_access(token, RoleSalle.PORTE)
    if access is None:
        return render(request, "cooperation/room_link_dead.html", status=410)
    return arrivals_page(request, access.seance, by=access, token=token)


def _open_access(token: str, role: RoleSalle) -> AccesSalle | None:
    access = access_of(token, role)
    return access if access and access.seance.may_still_run(timezone.now()) else None


def scribe_page(
    request: HttpRequest, seance: Seance, *, by: User | AccesSalle, token: str = ""
) -> HttpResponse:
    """Answer for the page of the scribe; `token`: that of the link of a helper, if any."""
    kept = {"axe": request.GET.get("axe"), "table": request.GET.get("table")}
    form = ScribeForm(request.POST or None, request.FILES or None, seance=seance, initial=kept)
    if request.method == "POST" and form.is_valid():
        axe, table = form.cleaned_data["axe"], form.cleaned_data["table"]
        try:
            noted = idea_operations.note_table(
                by=by, axe=axe, table=table, lines=form.lines(), now=timezone.now()
            )
        except CooperationError as refused:
            form.add_error("idees", str(refused))
        else:
            messages.success(request, f"Table {table} : {_counted(len(noted))}.")
            return redirect(f"{request.path}?axe={axe.pk}&table={table}")
    ideas = Idee.objects.shown().filter(axe__seance=seance).exclude(table=None)
    context = {
        "session": seance,
        "form": form,
        "token": token,
        "latest": ideas.select_related("axe").order_by("-pk")[:10],
    }
    return render(request, "cooperation/scribe.html", context, status=422 if form.errors else 200)


def _counted(n: int) -> str:
    if n == 0:
        return "rien de nouveau"
    return "une idée enregistrée" if n == 1 else f"{n} idées enregistrées"


def arrivals_page(
    request: HttpRequest, seance: Seance, *, by: User | AccesSalle, token: str = ""
) -> HttpResponse:
    """Answer for the page of arrivals; `token`: that of the link, for a helper without account."""
    form = WalkInForm(request.POST if request.POST.get("faire") == "ajouter" else None)
    rows = list(seance.invites.order_by("nom", "pk"))
    if request.method == "POST":
        try:
            if _noted(request, seance, rows, form, by):
                return redirect(request.path)
        except CooperationError as refused:
            messages.error(request, str(refused))
            if not form.is_bound:
                return redirect(request.path)
    context = {
        "session": seance,
        "guests": rows,
        "n_present": sum(row.arrive_le is not None for row in rows),
        "form": form,
        "token": token,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cooperation/arrivals.html", context, status=status)


def _noted(
    request: HttpRequest,
    seance: Seance,
    rows: list[Invite],
    form: WalkInForm,
    by: User | AccesSalle,
) -> bool:
    """Note what the page of arrivals asks; return whether it is done."""
    now = timezone.now()
    if form.is_bound:
        if not form.is_valid():
            return False
        row = guests.walk_in(by=by, seance=seance, now=now, **form.cleaned_data)
        messages.success(request, f"{row.nom} est dans la liste, et présent.")
        return True
    ticked = set(request.POST.getlist("present"))
    here = [row for row in rows if str(row.pk) in ticked]
    guests.arrive(by=by, guests=here, now=now)
    for guest in rows:
        if guest.arrive_le is not None and str(guest.pk) not in ticked:
            guests.take_back_arrival(by=by, guest=guest, now=now)
    messages.success(request, f"{french.counted(len(here), 'présent')}.")
    return True
