"""Pages where a session is prepared: aims, programme, axes with question and findings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.gates import requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from .. import preparing
from ..models import Axe, Seance
from ..operations import CooperationError
from ..session_forms import AxeForm, FindingFormSet, SessionForm
from .steering import organisation_of_session

METHODS = ["GET", "HEAD", "POST"]


def organisation_of_axe(pk: int) -> Organisation:
    row = get_object_or_404(Axe.objects.select_related("seance__organisation"), pk=pk)
    return row.seance.organisation


@requires(Permission.STEER)
@require_http_methods(METHODS)
def new_session(request: HttpRequest, organisation: str) -> HttpResponse:
    """A session from nothing."""
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seance = preparing.create_session(
            by=request.user,
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
    """Everything of a session before the day."""
    seance = get_object_or_404(Seance, pk=slug)
    form = SessionForm(request.POST or None, initial=SessionForm.of(seance))
    if request.method == "POST" and form.is_valid():
        preparing.change_session(
            by=request.user, seance=seance, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "C'est enregistré.")
        return redirect(request.path)
    context = {
        "form": form,
        "session": seance,
        "axes": seance.axes.prefetch_related("constats"),
        "n_guests": seance.invites.count(),
    }
    return render(request, "cooperation/prepare.html", context, status=422 if form.errors else 200)


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def new_axe(request: HttpRequest, slug: str) -> HttpResponse:
    """An axe more."""
    return _axe(request, get_object_or_404(Seance, pk=slug), None)


@requires(Permission.STEER, organisation_of_axe)
@require_http_methods(METHODS)
def axe(request: HttpRequest, pk: int) -> HttpResponse:
    """An axe, its question, its findings; taken away as long as nobody spoke of it."""
    row = get_object_or_404(Axe.objects.select_related("seance"), pk=pk)
    if request.POST.get("faire") == "retirer":
        try:
            preparing.remove_axe(by=request.user, axe=row, now=timezone.now())
        except CooperationError as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        messages.success(request, "L'axe est retiré.")
        return redirect("cooperation:prepare", slug=row.seance_id)
    return _axe(request, row.seance, row)


def _axe(request: HttpRequest, seance: Seance, row: Axe | None) -> HttpResponse:
    told = {"titre": row.titre, "question": row.question} if row else None
    columns = ("texte", "source", "source_url", "constate_le")
    rows = list(row.constats.values(*columns)) if row else []
    form = AxeForm(request.POST or None, initial=told)
    findings = FindingFormSet(request.POST or None, initial=rows, prefix="constats")
    if request.method == "POST" and form.is_valid() and findings.is_valid():
        preparing.write_axe(
            by=request.user,
            seance=seance,
            axe=row,
            constats=[one for one in findings.cleaned_data if one.get("texte")],
            now=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, "L'axe est enregistré.")
        return redirect("cooperation:prepare", slug=seance.pk)
    wrong = bool(form.errors or any(findings.errors)) and request.method == "POST"
    context = {"session": seance, "axe": row, "form": form, "findings": findings}
    return render(request, "cooperation/axe.html", context, status=422 if wrong else 200)
