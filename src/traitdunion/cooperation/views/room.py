"""Pages of the room: screen for all, consent and dots for who facilitates, papers, situations."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.gates import public, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from .. import queries, workshop
from ..enums import SorteAnnonce
from ..models import Annonce, FeuilleDeTable, Idee, Objection, Regard, Seance
from ..operations import CooperationError
from ..pairing import pairings
from ..printing import qr_svg
from ..session_forms import LeverForm, PhotoForm, SituationForm
from .guests import site_of
from .steering import organisation_of_session

METHODS = ["GET", "HEAD", "POST"]
MOST_PAIRS = 20


@requires(Permission.STEER, organisation_of_session)
@never_cache
@require_safe
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """What is projected: how to join, then ideas as they come, then dots; it renews itself."""
    seance = get_object_or_404(Seance, pk=slug)
    found = workshop.progress(seance)
    context = {
        "session": seance,
        "axes": [
            (axe, axe.n_ideas, [one.idea for one in found if one.idea.axe_id == axe.pk][-6:])
            for axe in seance.axes.annotate(n_ideas=Count("idees"))
        ],
        "votes": sorted((one for one in found if one.ready), key=lambda one: -one.dots),
        "decisions": seance.decisions.filter(remplacee_par=None),
        "join": f"{site_of(request)}/participer/",
        "qr": qr_svg(f"{site_of(request)}/participer/{seance.code}/"),
    }
    return render(request, "cooperation/screen.html", context)


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def consent(request: HttpRequest, slug: str) -> HttpResponse:
    """Gates, consent round with its objections, dots: how far each idea is."""
    seance = get_object_or_404(Seance, pk=slug)
    if request.method == "POST":
        try:
            _consent(request, seance)
        except CooperationError as refused:
            messages.error(request, str(refused))
        return redirect(f"{request.path}#{request.POST.get('retour', 'contenu')}")
    found = workshop.progress(seance)
    context = {
        "session": seance,
        "found": sorted(found, key=lambda one: -one.dots) if seance.vote_ouvert else found,
        "n_ready": sum(one.ready for one in found),
    }
    return render(request, "cooperation/consent.html", context)


def _consent(request: HttpRequest, seance: Seance) -> None:
    told, now = request.POST, timezone.now()
    if "vote" in told:
        workshop.open_vote(by=request.user, seance=seance, opened=told["vote"] == "1", now=now)
    elif "idee" in told:
        idea = get_object_or_404(Idee, pk=_key(told["idee"]), axe__seance=seance)
        workshop.object_to(by=request.user, idea=idea, texte=told.get("texte", ""), now=now)
    else:
        row = get_object_or_404(
            Objection, pk=_key(told.get("objection", "")), idee__axe__seance=seance
        )
        workshop.answer_objection(
            by=request.user,
            objection=row,
            reponse=told.get("reponse", "")[:500],
            levee="levee" in told,
        )


def _key(told: str) -> int:
    return int(told) if told.isdecimal() and len(told) < 18 else 0


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def papers(request: HttpRequest, slug: str) -> HttpResponse:
    """Photographs of the papers of tables."""
    seance = get_object_or_404(Seance, pk=slug)
    form = PhotoForm(request.POST or None, request.FILES or None, seance=seance)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            workshop.keep_sheet(
                by=request.user, axe=told["axe"], table=told["table"],
                content=told["photo"].read(), now=timezone.now(),
            )  # fmt: skip
        except CooperationError as refused:
            form.add_error("photo", str(refused))
        else:
            messages.success(request, f"La feuille de la table {told['table']} est gardée.")
            return redirect(request.path)
    rows = FeuilleDeTable.objects.filter(axe__seance=seance).defer("contenu").select_related("axe")
    context = {"session": seance, "form": form, "papers": rows}
    return render(request, "cooperation/papers.html", context, status=422 if form.errors else 200)


def organisation_of_paper(pk: int) -> Organisation:
    row = get_object_or_404(
        FeuilleDeTable.objects.defer("contenu").select_related("axe__seance__organisation"), pk=pk
    )
    return row.axe.seance.organisation


@requires(Permission.STEER, organisation_of_paper)
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One photograph."""
    row = get_object_or_404(FeuilleDeTable, pk=pk)
    answer = HttpResponse(bytes(row.contenu), content_type=row.nature)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def situations(request: HttpRequest, slug: str) -> HttpResponse:
    """Situations seen from each side; a lever somebody holds becomes a proposed commitment."""
    seance = get_object_or_404(Seance, pk=slug)
    regard_pk = _key(request.POST.get("regard", ""))
    form = SituationForm(request.POST if request.POST and not regard_pk else None)
    lever = LeverForm(request.POST if regard_pk else None, seance=seance)
    asked = lever if regard_pk else form
    if request.method == "POST" and asked.is_valid():
        told, now = asked.cleaned_data, timezone.now()
        try:
            if regard_pk:
                row = get_object_or_404(Regard, pk=regard_pk, situation__seance=seance)
                workshop.pledge_from(by=request.user, regard=row, now=now, **told)
                messages.success(request, "L'engagement est proposé : son organisation confirme.")
            else:
                workshop.tell_situation(by=request.user, seance=seance, now=now, **told)
                messages.success(request, "La situation est à l'écran des téléphones.")
        except CooperationError as refused:
            asked.add_error(None, str(refused))
        else:
            return redirect(request.path)
    context = {
        "session": seance,
        "situations": [
            (one, sides, [college for college, seen in sides if not seen])
            for one in seance.situations.all()
            for sides in (workshop.by_side(one),)
        ],
        "form": form,
        "lever": lever,
        "lever_of": regard_pk,
        "has_actions": lever.fields["action"].queryset.exists(),
    }
    status = 422 if asked.errors else 200
    return render(request, "cooperation/situations.html", context, status=status)


@public
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Who does what where: what organisations said of themselves, searched, without a person."""
    asked, sorte = request.GET.get("q", "").strip(), request.GET.get("sorte", "")
    rows = queries.announced(asked, sorte if sorte in SorteAnnonce.values else "")
    everything = list(Annonce.objects.select_related("invite"))
    context = {
        "asked": asked,
        "sorte": sorte,
        "kinds": SorteAnnonce,
        "found": rows,
        "pairs": pairings(everything)[:MOST_PAIRS],
        "is_empty": not everything,
    }
    return render(request, "cooperation/directory.html", context)
