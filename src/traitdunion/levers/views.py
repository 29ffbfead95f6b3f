"""Pages of the levers: propose one, answer by link, follow the proposals, keep costs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import (
    OrganisationRequest,
    by_link,
    person_of,
    public,
    requires,
    signed_in,
)
from traitdunion.accounts.forms import taken_out
from traitdunion.accounts.permissions import Permission, can, organisations_where
from traitdunion.accounts.site import site_address
from traitdunion.territory.home import home_departement
from traitdunion.territory.models import Departement

from . import operations, queries
from .enums import EtatProposition
from .forms import AnswerForm, CostForm, ProposalForm, RecipientForm
from .models import CoutSaisi, Destinataire, Proposition, RechercheTerritoire
from .profiles import PROFILES
from .recipients import recipient_of
from .territory.note import note_pdf
from .territory.page import page_context

OFFERED = "levier"


@public
@require_safe
def territory(request: HttpRequest) -> HttpResponse:
    """Show the levers of the territory by actor, the curve and the basket of a budget."""
    kept, others = _searches(request)
    context: dict[str, Any] = {}
    if kept is not None:
        if kept.is_readable:
            context = page_context(kept, request.GET, others)
        else:
            # Of another version of the product: what the page reads of it may be missing.
            context = {"kept": kept, "is_old": True, "relaunch": _relaunch(request)}
    known = {row.profil for row in (kept, *others) if row is not None}
    context["profiles"] = [(code, PROFILES[code].nom) for code in PROFILES if code in known]
    return render(request, "levers/territory.html", context)


def _relaunch(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the name of each organisation that may launch the search again, and the address."""
    rows = organisations_where(request.user, Permission.HANDLE_MESSAGES)
    return [(row.nom, reverse("scheduled-run", args=[row.slug])) for row in rows]


@public
@require_safe
def note(request: HttpRequest) -> HttpResponse:
    """Return the levers of the territory on one page to print, PDF."""
    kept, others = _searches(request)
    if kept is None or not kept.is_readable:
        raise Http404("Les leviers du territoire sont à chercher, ou à chercher de nouveau.")
    place = Departement.objects.filter(pk=home_departement()).first()
    pdf = note_pdf(
        kept, others, request.GET, territory=place.nom if place else "", on=timezone.localdate()
    )
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="leviers.pdf"'
    return response


def _searches(
    request: HttpRequest,
) -> tuple[RechercheTerritoire | None, list[RechercheTerritoire]]:
    """Return the search of the profile asked for, and those kept for other profiles."""
    searches = {row.profil: row for row in RechercheTerritoire.objects.all()}
    asked = request.GET.get("profil", "a_pied")
    kept = searches.get(asked) or next(iter(searches.values()), None)
    others = [searches[code] for code in PROFILES if searches.get(code) not in (None, kept)]
    return kept, [row for row in others if row.is_readable]


@signed_in
@require_safe
def propose_first(request: HttpRequest) -> HttpResponse:
    """Choose the organisation in whose name a lever is proposed; the only one at once."""
    token = request.GET.get(OFFERED, "")
    organisations = organisations_where(request.user, Permission.PROPOSE_LEVERS)
    if len(organisations) == 1:
        return redirect(_proposing(organisations[0].slug, token))
    context = {
        "organisations": [(row, _proposing(row.slug, token)) for row in organisations],
    }
    return render(request, "levers/choose.html", context)


def _proposing(slug: str, token: str) -> str:
    return f"{reverse('levers:propose', kwargs={'organisation': slug})}?{OFFERED}={token}"


@requires(Permission.PROPOSE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show the message ready to be sent, then send it."""
    lever = operations.offered(request.GET.get(OFFERED, ""))
    if lever is None:
        return render(request, "levers/propose.html", {"organisation": request.organisation})
    form = ProposalForm(request.POST or None, initial={"message": operations.first_message(lever)})
    if request.method == "POST" and form.is_valid():
        try:
            row, is_new = operations.propose(
                by=person_of(request), organisation=request.organisation, lever=lever,
                message=form.cleaned_data["message"], site=site_address(request),
                now=timezone.now(),
            )  # fmt: skip
        except operations.LeverError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _done(row, is_new))
            return redirect("levers:proposals", organisation=organisation)
    recipient = recipient_of(lever.acteur, lever.territoire, lever.nature)
    context = {
        "organisation": request.organisation, "lever": lever, "form": form,
        "recipient": recipient, "paused": recipient.is_paused(timezone.localdate()),
    }  # fmt: skip
    return render(request, "levers/propose.html", context)


def _done(row: Proposition, is_new: bool) -> str:
    if is_new:
        return f"La proposition est enregistrée pour {row.destinataire}."
    n = row.soutiens.count()
    return (
        f"Cette proposition attendait déjà une réponse de {row.destinataire} : la vôtre s'y "
        f"ajoute ({n} au total)."
    )


@requires(Permission.PROPOSE_LEVERS)
@require_safe
def proposals(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List what the organisation proposed, what was answered, and what waits for an answer."""
    context = {
        "organisation": request.organisation,
        "rows": queries.proposals_of(request.organisation, now=timezone.now()),
        "keeps": can(request.user, Permission.KEEP_LEVERS, request.organisation),
    }
    return render(request, "levers/proposals.html", context)


@requires(Permission.PROPOSE_LEVERS)
@require_POST
def withdraw(request: OrganisationRequest, organisation: str, pk: int) -> HttpResponse:
    """Withdraw a proposal of the organisation that waits."""
    row = get_object_or_404(Proposition, pk=pk, organisation=request.organisation)
    try:
        operations.withdraw(
            by=person_of(request), organisation=request.organisation, proposal=row,
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, "La proposition est retirée.")
    except operations.LeverError as refused:
        messages.error(request, str(refused))
    return redirect("levers:proposals", organisation=organisation)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a proposal to the mailbox that received it, and record its answer."""
    row = Proposition.by_token(token)
    if row is None:
        raise Http404("Ce lien n'ouvre aucune proposition.")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.reply(
                proposal=row, etat=EtatProposition(form.cleaned_data["etat"]),
                reponse=form.cleaned_data["reponse"], now=timezone.now(),
            )  # fmt: skip
        except operations.LeverError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("levers:answer", token=token)
    context: dict[str, Any] = {"proposal": row, "form": form, "n_support": row.soutiens.count()}
    return render(request, "levers/answer.html", context)


@requires(Permission.KEEP_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Keep the costs of the changes, with their source, and who receives proposals."""
    kind = request.POST.get("faire", "")
    costs = CostForm(request.POST if kind == "cout" else None, prefix="cout")
    recipients = RecipientForm(request.POST if kind == "destinataire" else None, prefix="dest")
    try:
        if kind == "cout" and costs.is_valid():
            given = dict(costs.cleaned_data)
            cost = taken_out(operations.ReadCost, given)
            operations.keep_cost(
                by=person_of(request), organisation=request.organisation, cost=cost,
                now=timezone.now(), **given,
            )  # fmt: skip
            messages.success(request, "Le coût est enregistré.")
            return redirect("levers:settings", organisation=organisation)
        if kind == "destinataire" and recipients.is_valid():
            operations.keep_recipient(
                by=person_of(request), organisation=request.organisation,
                row=recipients.save(commit=False),
            )  # fmt: skip
            messages.success(request, "Le destinataire est enregistré.")
            return redirect("levers:settings", organisation=organisation)
    except operations.LeverError as refused:
        messages.error(request, str(refused))
    context = {
        "organisation": request.organisation,
        "costs": costs,
        "recipients": recipients,
        "models": queries.cost_models(on=timezone.localdate()),
        "history": CoutSaisi.objects.select_related("organisation")[:50],
        "rows": Destinataire.objects.all(),
    }
    return render(request, "levers/settings.html", context)


@requires(Permission.KEEP_LEVERS)
@require_POST
def delete_recipient(request: OrganisationRequest, organisation: str, pk: int) -> HttpResponse:
    """Delete a recipient."""
    row = get_object_or_404(Destinataire, pk=pk)
    operations.delete_recipient(by=person_of(request), organisation=request.organisation, row=row)
    messages.success(request, f"{row.nom} ne reçoit plus de propositions.")
    return redirect("levers:settings", organisation=organisation)
