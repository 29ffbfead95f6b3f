"""Pages of the requests to sites: the organisation that asks, the link of a site."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import (
    OrganisationRequest,
    by_link,
    person_of,
    requires,
)
from traitdunion.accounts.forms import taken_out, typed_key
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address

from ..enums import REPONSES, EtatEnvoi
from ..errors import EmployersError
from ..models import ContactSite, DemandeSite
from ..models.site_requests import FRESH
from ..site_requests import operations, queries
from ..site_requests.forms import AskForm, ContactForm, LimitsForm

PAGE = ["GET", "HEAD", "POST"]
PER_PAGE = 20


@requires(Permission.ASK_SITES)
@require_http_methods(PAGE)
def site_requests(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the requests of an organisation with their turns; ask, close, record a contact."""
    now = timezone.now()
    what = request.POST.get("faire", "")
    asking = AskForm(request.POST if what == "demander" else None, on=timezone.localdate(now))
    contact = ContactForm(request.POST if what == "contact" else None)
    sent = {"demander": asking, "contact": contact}.get(what)
    if what == "clore" or (sent is not None and sent.is_valid()):
        try:
            messages.success(request, _asked(request, sent))
        except EmployersError as refused:
            if sent is None:
                messages.error(request, str(refused))
                return redirect(request.path)
            sent.add_error(None, str(refused))
        else:
            return redirect(request.path)
    rows = queries.requests_of(request.organisation)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    contacts = ContactSite.objects.filter(organisation=request.organisation)
    contacts = contacts.select_related("site__commune")
    held = Paginator(contacts, PER_PAGE).get_page(request.GET.get("sites"))
    rates = queries.rates(held.object_list, now=now)
    context = {
        "organisation": request.organisation,
        "page": page,
        "held": held,
        "contacts": [
            (contact_site, rates.get(contact_site.pk)) for contact_site in held.object_list
        ],
        "asking": asking,
        "can_ask": queries.may_be_asked(timezone.localdate(now)).exists(),
        "form": contact,
        "wrong": sent,
        "stale_before": timezone.localdate(now) - FRESH,
        "today": timezone.localdate(now),
    }
    status = 422 if sent is not None and sent.errors else 200
    return render(request, "employers/site_requests/requests.html", context, status=status)


def _asked(request: OrganisationRequest, form: Any) -> str:
    """Do what the organisation asks; return it in French."""
    by, now = person_of(request), timezone.now()
    if isinstance(form, AskForm):
        given = form.values()
        wish = taken_out(operations.Wish, given)
        operations.ask(
            by=by, organisation=request.organisation, wish=wish, site=site_address(request),
            now=now, **given,
        )  # fmt: skip
        return "La demande est partie. Sans réponse sous dix jours, elle passe au site suivant."
    if isinstance(form, ContactForm):
        cleaned = form.cleaned_data
        operations.keep_contact(
            by=by, organisation=request.organisation, site=cleaned["site"],
            courriel=cleaned["courriel"], now=now,
        )  # fmt: skip
        return "Le site peut être sollicité."
    rows = DemandeSite.objects.filter(organisation=request.organisation)
    row = get_object_or_404(rows, pk=typed_key(request.POST.get("demande")))
    operations.close(by=by, demande=row, now=now)
    return "La demande est close : aucun autre site ne la reçoit."


@by_link
@require_http_methods(PAGE)
def site_answers(request: HttpRequest, token: str) -> HttpResponse:
    """Show a site the requests it got, by its link: answer in one press, pause, cap, leave."""
    row = ContactSite.by_token(token)
    if row is None:
        raise Http404("Ce lien n'ouvre rien.")
    if row.retire_le is not None:
        return render(request, "employers/site_requests/left.html", status=410)
    what = request.POST.get("faire", "")
    initial = {"plafond": row.plafond, "pause_jusqu_au": row.pause_jusqu_au}
    form = LimitsForm(request.POST if what == "regler" else None, initial=initial)
    if request.method == "POST" and (what != "regler" or form.is_valid()):
        try:
            messages.success(request, _answered(request, row, form))
        except EmployersError as refused:
            messages.error(request, str(refused))
        return redirect(request.path)
    now = timezone.now()
    context = {
        "contact": row,
        "requests": queries.received(row, now=now),
        "rate": queries.rates([row], now=now).get(row.pk, queries.Rate(0, 0)),
        "answers": REPONSES,
        "open": [state.value for state in operations.STILL_ANSWERED],
        "form": form,
        "until": row.rafraichi_le + FRESH,
        "today": timezone.localdate(now),
    }
    status = 422 if form.errors else 200
    return render(request, "employers/site_requests/answers.html", context, status=status)


def _answered(request: HttpRequest, row: ContactSite, form: LimitsForm) -> str:
    """Do what the site presses; return it in French."""
    now, site, what = timezone.now(), site_address(request), request.POST.get("faire", "")
    if what == "partir":
        operations.leave(contact=row, now=now, site=site)
        return "C'est fait : plus aucune demande ne vous parvient."
    if what in ("regler", "confirmer"):
        limits = form.cleaned_data if what == "regler" else form.initial
        operations.set_limits(
            contact=row, plafond=limits["plafond"], pause_jusqu_au=limits["pause_jusqu_au"], now=now
        )
        return "C'est enregistré."
    if what not in EtatEnvoi.values:
        raise EmployersError("Répondez oui, pas maintenant ou plus tard.")
    operations.answer(
        contact=row,
        envoi=typed_key(request.POST.get("envoi")),
        reponse=EtatEnvoi(what),
        site=site,
        now=now,
    )
    return "C'est noté, merci : l'organisme qui demande voit votre réponse."
