"""Pages where a session is prepared: aims, programme, axes with question and findings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST

from traitdunion import french
from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address
from traitdunion.desk.sharing.qr_codes import qr_svg

from .. import rehearsal
from ..enums import RoleSalle, Visibilite
from ..models import Axe, Seance
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..sessions import lifecycle, preparing, room_links
from ..sessions.forms import AxeForm, FindingFormSet, SessionForm, VisibilityForm

METHODS = ["GET", "HEAD", "POST"]


def organisation_of_axe(pk: int) -> Organisation:
    row = get_object_or_404(Axe.objects.select_related("seance__organisation"), pk=pk)
    return row.seance.organisation


@requires(Permission.STEER)
@require_http_methods(METHODS)
def new_session(request: HttpRequest, organisation: str) -> HttpResponse:
    """Create a session."""
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seance = preparing.create_session(
            by=person_of(request),
            organisation=get_object_or_404(Organisation, pk=organisation),
            now=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, "La séance est créée. Ajoutez ses axes, puis ses invités.")
        return redirect("cooperation:prepare", slug=seance.pk)
    return render(
        request, "cooperation/prepare.html", {"form": form}, status=422 if form.errors else 200
    )


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Prepare a session before the day."""
    seance = get_object_or_404(Seance, pk=slug)
    form = SessionForm(request.POST or None, initial=SessionForm.of(seance))
    if request.method == "POST" and form.is_valid():
        try:
            n_told = preparing.change_session(
                by=person_of(request), seance=seance, now=timezone.now(),
                site=site_address(request), **form.cleaned_data,
            )  # fmt: skip
        except CooperationError as refused:
            form.add_error("motifs_refus", str(refused))
        else:
            messages.success(request, f"C'est enregistré.{_in_words(n_told)}")
            return redirect(request.path)
    context = {
        "form": form,
        "session": seance,
        "visibility": VisibilityForm(
            initial={
                "visibilite": seance.visibilite,
                "visibilite_feuille": seance.visibilite_feuille,
            }
        ),
        "roles": RoleSalle,
        "n_invited": seance.invites.exclude(invite_le=None).exclude(courriel="").count(),
        "axes": seance.axes.prefetch_related("constats"),
        "n_guests": seance.invites.count(),
    }
    return render(request, "cooperation/prepare.html", context, status=422 if form.errors else 200)


def _in_words(n: int) -> str:
    return f" {french.counted(n, 'message')} aux invités." if n else ""


@requires(Permission.STEER, organisation_of_session)
@require_POST
def manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a session, cancel it, delete it, rehearse it, draw a link of the room."""
    seance = get_object_or_404(Seance, pk=slug)
    what, now = request.POST.get("faire"), timezone.now()
    try:
        if what == "publier":
            _publish(request, seance)
        elif what == "annuler":
            n_told = lifecycle.cancel(
                by=person_of(request), seance=seance, site=site_address(request), now=now,
                motif=request.POST.get("motif", "").strip()[:500],
            )  # fmt: skip
            messages.success(request, f"La séance est annulée.{_in_words(n_told)}")
        elif what == "supprimer":
            lifecycle.delete(by=person_of(request), seance=seance, now=now)
            messages.success(request, f"« {seance.titre} » est supprimée.")
            return redirect("cooperation:sessions")
        elif what == "repeter":
            copy = rehearsal.rehearse(by=person_of(request), seance=seance, now=now)
            messages.success(
                request, "La répétition est ouverte : votre organisation seule la voit."
            )
            return redirect("cooperation:steer", slug=copy.pk)
        elif what == "lien" and request.POST.get("role") in RoleSalle.values:
            return _link(request, seance)
    except CooperationError as refused:
        messages.error(request, str(refused))
    return redirect("cooperation:prepare", slug=slug)


def _publish(request: HttpRequest, seance: Seance) -> None:
    form = VisibilityForm(request.POST)
    if not form.is_valid():
        raise CooperationError("Choisissez qui voit la séance, et qui voit la feuille de route.")
    states = {name: Visibilite(value) for name, value in form.cleaned_data.items()}
    lifecycle.publish(by=person_of(request), seance=seance, now=timezone.now(), **states)
    messages.success(request, "C'est enregistré.")


def _link(request: HttpRequest, seance: Seance) -> HttpResponse:
    """Show a new link of the room, this once."""
    role = RoleSalle(request.POST["role"])
    token = room_links.draw_link(
        by=person_of(request), seance=seance, role=role, now=timezone.now()
    )
    name = "cooperation:scribe-link" if role == RoleSalle.SCRIBE else "cooperation:door-link"
    address = site_address(request) + reverse(name, kwargs={"token": token})
    context = {"session": seance, "role": role, "address": address, "qr": qr_svg(address)}
    answer = render(request, "cooperation/room_link.html", context)
    add_never_cache_headers(answer)
    return answer


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def new_axe(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an axe."""
    return _axe(request, get_object_or_404(Seance, pk=slug), None)


@requires(Permission.STEER, organisation_of_axe)
@require_http_methods(METHODS)
def axe(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an axe, its question, its findings; delete it as long as it is empty."""
    row = get_object_or_404(Axe.objects.select_related("seance"), pk=pk)
    if request.POST.get("faire") == "retirer":
        try:
            preparing.remove_axe(by=person_of(request), axe=row, now=timezone.now())
        except CooperationError as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        messages.success(request, "L'axe est retiré.")
        return redirect("cooperation:prepare", slug=row.seance_id)
    return _axe(request, row.seance, row)


def _axe(request: HttpRequest, seance: Seance, row: Axe | None) -> HttpResponse:
    initial = {"titre": row.titre, "question": row.question} if row else None
    columns = ("texte", "source", "source_url", "constate_le")
    rows = list(row.constats.values(*columns)) if row else []
    form = AxeForm(request.POST or None, initial=initial)
    findings = FindingFormSet(request.POST or None, initial=rows, prefix="constats")
    if request.method == "POST" and form.is_valid() and findings.is_valid():
        preparing.write_axe(
            by=person_of(request),
            seance=seance,
            axe=row,
            constats=[data for data in findings.cleaned_data if data.get("texte")],
            now=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, "L'axe est enregistré.")
        return redirect("cooperation:prepare", slug=seance.pk)
    wrong = bool(form.errors or any(findings.errors)) and request.method == "POST"
    context = {"session": seance, "axe": row, "form": form, "findings": findings}
    return render(request, "cooperation/axe.html", context, status=422 if wrong else 200)
