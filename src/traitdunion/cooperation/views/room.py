"""Pages of the room: screen for all, consent and dots for the facilitator, papers, situations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import person_of, public, requires
from traitdunion.accounts.forms import taken_out, typed_key
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address
from traitdunion.desk.sharing.qr_codes import qr_svg

from ..enums import ENGAGEMENT_CONFIRMED, EtatPropos, SorteAnnonce
from ..models import Annonce, Engagement, FeuilleDeTable, Idee, Objection, Regard, Seance
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..sessions import deliberation, workshop
from ..sessions import queries as session_queries
from ..sessions.forms import LeverForm, PhotoForm, SituationForm
from ..sessions.pairing import pairings
from ..situation_levers import levers_shown
from ..visibility import sessions_seen_by

METHODS = ["GET", "HEAD", "POST"]
MAX_PAIRS = 20
IDEAS_ON_A_PAGE = 60
IDEAS_ON_SCREEN = 4


@requires(Permission.STEER, organisation_of_session)
@never_cache
@require_safe
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is projected, one thing at a time: the step of the room decides; renews itself.

    While the vote runs, only the number of voices is shown: a running score would sway it.
    """
    seance = get_object_or_404(Seance, pk=slug)
    rows = deliberation.progress(seance)
    commit = reverse("cooperation:commit", kwargs={"code": seance.code})
    votes = [row for row in rows if row.ready or row.dots]
    if seance.vote_revele:
        votes.sort(key=lambda row: -row.dots)
    context = {
        "session": seance,
        "axes": seance.axes.annotate(n_ideas=Count("idees")),
        "votes": votes,
        "turnout": session_queries.turnout(seance),
        "shown_idea": session_queries.shown_idea(seance),
        "latest": sorted((row.idea for row in rows), key=lambda idea: -idea.pk)[:IDEAS_ON_SCREEN],
        "situations": seance.situations.filter(propos=EtatPropos.MONTRE).order_by("-pk")[:1],
        "decision": seance.decisions.filter(remplacee_par=None).order_by("pk").last(),
        "join": f"{site_address(request)}/participer/",
        "qr": qr_svg(f"{site_address(request)}/participer/{seance.code}/"),
        "commit": f"{site_address(request)}{commit}",
        "qr_commit": qr_svg(f"{site_address(request)}{commit}"),
        "n_commitments": Engagement.objects.filter(
            action__axe__seance=seance, etat__in=ENGAGEMENT_CONFIRMED
        ).count(),
    }
    return render(request, "cooperation/screen.html", context)


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def consent(request: HttpRequest, slug: str) -> HttpResponse:
    """Run the consent round and the vote: gates, objections, dots of each idea."""
    seance = get_object_or_404(Seance, pk=slug)
    if request.method == "POST":
        try:
            _consent(request, seance)
        except CooperationError as refused:
            messages.error(request, str(refused))
        return redirect(f"{request.get_full_path()}#{request.POST.get('retour', 'contenu')}")
    rows = deliberation.progress(seance)
    ranked = sorted(rows, key=lambda row: -row.dots) if seance.vote_revele else rows
    context = {
        "session": seance,
        "page": Paginator(ranked, IDEAS_ON_A_PAGE).get_page(request.GET.get("page")),
        "n_ready": sum(row.ready for row in rows),
        "turnout": session_queries.turnout(seance),
    }
    return render(request, "cooperation/consent.html", context)


def _consent(request: HttpRequest, seance: Seance) -> None:
    typed, now = request.POST, timezone.now()
    if typed.get("vote") == "montrer":
        workshop.reveal_vote(by=person_of(request), seance=seance, now=now)
    elif "vote" in typed:
        workshop.open_vote(
            by=person_of(request), seance=seance, opened=typed["vote"] == "1", now=now
        )
    elif "idee" in typed:
        idea = get_object_or_404(Idee, pk=typed_key(typed["idee"]), axe__seance=seance)
        workshop.object_to(by=person_of(request), idea=idea, texte=typed.get("texte", ""), now=now)
    else:
        row = get_object_or_404(
            Objection, pk=typed_key(typed.get("objection", "")), idee__axe__seance=seance
        )
        workshop.answer_objection(
            by=person_of(request),
            objection=row,
            reponse=typed.get("reponse", "")[:500],
            levee="levee" in typed,
        )


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def papers(request: HttpRequest, slug: str) -> HttpResponse:
    """List the photographs of the papers of tables, and add one."""
    seance = get_object_or_404(Seance, pk=slug)
    form = PhotoForm(request.POST or None, request.FILES or None, seance=seance)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        try:
            workshop.keep_sheet(
                by=person_of(request), axe=fields["axe"], table=fields["table"],
                content=fields["photo"].read(), now=timezone.now(),
            )  # fmt: skip
        except CooperationError as refused:
            form.add_error("photo", str(refused))
        else:
            messages.success(request, f"La feuille de la table {fields['table']} est gardée.")
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
    """Return one photograph."""
    row = get_object_or_404(FeuilleDeTable, pk=pk)
    answer = HttpResponse(bytes(row.contenu), content_type=row.nature)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def situations(request: HttpRequest, slug: str) -> HttpResponse:
    """Show situations from each side; a lever becomes a proposed commitment."""
    seance = get_object_or_404(Seance, pk=slug)
    regard_pk = typed_key(request.POST.get("regard", ""))
    form = SituationForm(request.POST if request.POST and not regard_pk else None)
    lever = LeverForm(request.POST if regard_pk else None, seance=seance)
    asked = lever if regard_pk else form
    if request.method == "POST" and asked.is_valid():
        fields, now = asked.cleaned_data, timezone.now()
        try:
            if regard_pk:
                row = get_object_or_404(Regard, pk=regard_pk, situation__seance=seance)
                workshop.pledge_from(by=person_of(request), regard=row, now=now, **fields)
                messages.success(request, "L'engagement est proposé : son organisation confirme.")
            else:
                post = taken_out(workshop.Post, fields)
                workshop.add_situation(
                    by=person_of(request), seance=seance, post=post, now=now, **fields
                )
                messages.success(request, "La situation est à l'écran des téléphones.")
        except CooperationError as refused:
            asked.add_error(None, str(refused))
        else:
            return redirect(request.path)
    shown = typed_key(request.GET.get("leviers", ""))
    of_levers = seance.situations.filter(pk=shown).first() if shown else None
    context = {
        "session": seance,
        "levers_of": of_levers and of_levers.has_a_job and of_levers.pk,
        "levers": levers_shown(of_levers, now=timezone.localtime())
        if of_levers is not None and of_levers.has_a_job
        else None,
        "situations": [
            (situation, sides, [college for college, seen in sides if not seen])
            for situation in seance.situations.prefetch_related("regards__engagement")
            for sides in (workshop.by_side(situation),)
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
    """Search who does what where: what organisations announce, without a person."""
    asked, sorte = request.GET.get("q", "").strip(), request.GET.get("sorte", "")
    everything = list(
        Annonce.objects.filter(
            propos=EtatPropos.MONTRE, invite__seance__in=sessions_seen_by(request.user)
        ).select_related("invite")
    )
    wanted = sorte if sorte in SorteAnnonce.values else ""
    rows = session_queries.announced(everything, asked, wanted)
    context = {
        "asked": asked,
        "sorte": sorte,
        "kinds": SorteAnnonce,
        "found": rows,
        "pairs": pairings(everything)[:MAX_PAIRS],
        "is_empty": not everything,
    }
    return render(request, "cooperation/directory.html", context)
