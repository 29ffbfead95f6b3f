"""Pages of the speakers: the intermediary's pool and requests, and the person's own link."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import (
    OrganisationRequest,
    by_link,
    person_of,
    requires,
)
from traitdunion.accounts.forms import typed_key
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address

from ..enums import Categorie, EtatIntervention, EtatTemoignage, Paiement, Payeur, Usage
from ..errors import EmployersError
from ..models import DemandeIntervenant, Intervenant, Intervention, Temoignage
from ..speakers import operations, queries, testimonies
from ..speakers.consents import texts
from ..speakers.forms import ConsentForm, NoteForm, PayForm, SpeakerForm
from ..speakers.testimonies import TestimonyForm, may_publish
from ..speakers.trips import trip_of

PAGE = ["GET", "HEAD", "POST"]
PER_PAGE = 50


def organisation_of_speaker(pk: int) -> Organisation:
    rows = Intervenant.objects.select_related("organisation")
    return get_object_or_404(rows, pk=pk).organisation


def organisation_of_request(pk: int) -> Organisation:
    rows = DemandeIntervenant.objects.select_related("intermediaire")
    return get_object_or_404(rows, pk=pk).intermediaire


@requires(Permission.KEEP_SPEAKERS)
@require_http_methods(PAGE)
def speakers(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the pool of an intermediary and the requests it has, and register a volunteer."""
    form = SpeakerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.register(
                by=person_of(request), organisation=request.organisation, now=timezone.now(),
                **form.values(),
            )  # fmt: skip
        except EmployersError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "C'est inscrit : lisez les accords avec la personne.")
            return redirect("employers:speaker", pk=made.pk)
    pool = Intervenant.objects.filter(
        organisation=request.organisation, retire_le=None
    ).select_related("commune")
    waiting = DemandeIntervenant.objects.filter(
        intermediaire=request.organisation,
        rencontre__tenue_le__gte=timezone.localdate(),
        rencontre__annulee_le=None,
    ).select_related("rencontre__club")
    context = {
        "organisation": request.organisation,
        "page": Paginator(pool, PER_PAGE).get_page(request.GET.get("page")),
        "requests": waiting[:PER_PAGE],
        "n_waiting": Temoignage.objects.filter(
            intervenant__organisation=request.organisation, etat=EtatTemoignage.ATTENTE
        ).count(),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "employers/speakers/speakers.html", context, status=status)


@requires(Permission.KEEP_SPEAKERS, organisation_of_speaker)
@require_http_methods(PAGE)
def speaker(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Show a volunteer to their intermediary: consents, link, interventions."""
    row = get_object_or_404(Intervenant.objects.select_related("commune", "organisation"), pk=pk)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.consent(
                by=person_of(request), speaker=row, given=form.given(),
                expire_le=form.cleaned_data["expire_le"], now=timezone.now(),
            )  # fmt: skip
        except EmployersError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Les accords sont enregistrés, avec la version du texte.")
            return redirect("employers:speaker", pk=pk)
    context = {
        "speaker": row,
        "form": form,
        "consents": row.consentements.all()[:PER_PAGE],
        "interventions": row.interventions.select_related("demande__rencontre")[:PER_PAGE],
        "today": timezone.localdate(),
        "link": site_address(request) + reverse("employers:own-word", kwargs={"token": row.token}),
    }
    status = 422 if form.errors else 200
    return render(request, "employers/speakers/speaker.html", context, status=status)


@requires(Permission.KEEP_SPEAKERS, organisation_of_request)
@require_http_methods(PAGE)
def speaker_request(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Show who may be asked for a request, in order and why; ask, confirm, pay."""
    rows = DemandeIntervenant.objects.select_related(
        "rencontre__club", "rencontre__commune", "intermediaire"
    )
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        try:
            messages.success(request, _acted(request, row))
        except EmployersError as refused:
            messages.error(request, str(refused))
        return redirect("employers:request", pk=pk)
    matched = queries.matched(row, now=timezone.localtime())
    held = row.interventions.select_related("intervenant")
    context = {
        "asked": row,
        "choices": matched.choices,
        "refusals": matched.refusals,
        "interventions": [
            (row, PayForm(initial={"payeur": row.payeur, "paiement": row.paiement},
                          auto_id=f"id_{row.pk}_%s"))
            for row in held
        ],
        "seeker": Categorie.DEMANDEURS.value,
    }  # fmt: skip
    return render(request, "employers/speakers/request.html", context)


def _acted(request: OrganisationRequest, row: DemandeIntervenant) -> str:
    """Do what the intermediary asks; return it in French."""
    by, now, what = person_of(request), timezone.now(), request.POST.get("faire", "")
    if what == "solliciter":
        rows = Intervenant.objects.select_related("commune")
        chosen = get_object_or_404(rows, pk=typed_key(request.POST.get("intervenant")))
        operations.propose(
            by=by, request=row, speaker=chosen, trip=trip_of(chosen, row, now=now),
            checked_employer=request.POST.get("verifie") == "oui", now=now,
        )  # fmt: skip
        return "C'est noté : appelez la personne, puis notez sa réponse."
    held = row.interventions.select_related("demande__intermediaire")
    intervention: Intervention = get_object_or_404(
        held, pk=typed_key(request.POST.get("intervention"))
    )
    if what == "payer":
        form = PayForm(request.POST)
        if not form.is_valid():
            raise EmployersError("Choisissez qui paie et où en est le paiement.")
        operations.pay(
            by=by, intervention=intervention, now=now, payeur=Payeur(form.cleaned_data["payeur"]),
            paiement=Paiement(form.cleaned_data["paiement"]),
        )  # fmt: skip
        return "Le paiement est noté."
    if what not in EtatIntervention.values:
        raise EmployersError("Choisissez la réponse de la personne.")
    operations.move(by=by, intervention=intervention, etat=EtatIntervention(what), now=now)
    return "C'est noté."


@by_link
@require_http_methods(PAGE)
def own_word(request: HttpRequest, token: str) -> HttpResponse:
    """Show a speaker their consents and meetings, by their link: withdraw in one press."""
    row = Intervenant.by_token(token)
    if row is None:
        raise Http404("Ce lien n'ouvre rien.")
    if row.retire_le is not None:
        return render(request, "employers/speakers/withdrawn.html", status=410)
    if "temoigner" in request.POST:
        return _write_testimony(request, row)
    if request.method == "POST":
        try:
            messages.success(request, _own(request, row))
        except EmployersError as refused:
            messages.error(request, str(refused))
        return redirect(request.path)
    return _own_page(request, row, TestimonyForm())


def _own_page(
    request: HttpRequest, row: Intervenant, form: TestimonyForm, *, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    context: dict[str, Any] = {
        "speaker": row,
        "testimonies": row.temoignages.all(),
        "may_publish": may_publish(row, today) is not None,
        "form": form,
        "consents": [
            (consent, texts().of[Usage(consent.usage)])
            for consent in row.consentements.in_force(today)
        ],
        "interventions": [
            (
                intervention,
                NoteForm(initial={"note": intervention.note}, auto_id=f"id_{intervention.pk}_%s"),
            )
            for intervention in row.interventions.select_related("demande__rencontre")
        ],
    }
    return render(request, "employers/speakers/own.html", context, status=status)


def _write_testimony(request: HttpRequest, row: Intervenant) -> HttpResponse:
    """Keep a testimony of a speaker, for a moderator to read first."""
    form = TestimonyForm(request.POST)
    if form.is_valid():
        try:
            testimonies.write(speaker=row, words=form.words(), now=timezone.now())
        except EmployersError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Merci. Votre intermédiaire le relit avant tout le monde.")
            return redirect(request.path)
    return _own_page(request, row, form, status=422)


def _own(request: HttpRequest, row: Intervenant) -> str:
    if key := request.POST.get("retirer_temoignage"):
        testimonies.withdraw_one(speaker=row, key=typed_key(key), now=timezone.now())
        return "C'est retiré, tout de suite et partout."
    what = request.POST.get("retirer", "")
    if what:
        usage = Usage(what) if what in Usage.values else None
        operations.withdraw(speaker=row, usage=usage, now=timezone.now())
        return "C'est retiré, tout de suite et partout."
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise EmployersError("Choisissez une note de 1 à 5.")
    operations.score(
        speaker=row,
        intervention=typed_key(request.POST.get("intervention")),
        note=form.cleaned_data["note"],
    )
    return "Merci, votre avis compte autant que celui de l'employeur."
