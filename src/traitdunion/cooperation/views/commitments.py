"""Commitments of an organisation, which it alone confirms, withdraws and reports on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.gates import requires
from traitdunion.accounts.permissions import Permission

from .. import operations
from ..enums import EtatEngagement
from ..forms import ReportForm
from ..models import Engagement


@requires(Permission.COMMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def commitments(request: HttpRequest, organisation: str) -> HttpResponse:
    """What is proposed to the organisation, what it promised, what became of it."""
    if request.method == "POST":
        row = get_object_or_404(Engagement, pk=_number(request), organisation=request.organisation)
        try:
            messages.success(request, _done(request, row))
        except operations.CooperationError as refused:
            messages.error(request, str(refused))
        return redirect("cooperation:commitments", organisation=organisation)
    today = timezone.localdate()
    rows = request.organisation.engagements.select_related("action__axe__seance")
    context = {
        "organisation": request.organisation,
        "proposed": [one for one in rows if one.etat == EtatEngagement.PROPOSE],
        "confirmed": [
            (one, one.is_late(today), ReportForm(auto_id=f"id_{one.pk}_%s"))
            for one in rows
            if one.etat == EtatEngagement.CONFIRME
        ],
        "answered": [
            one for one in rows if one.etat not in (EtatEngagement.PROPOSE, EtatEngagement.CONFIRME)
        ],
    }
    return render(request, "cooperation/commitments.html", context)


def _number(request: HttpRequest) -> int:
    told = request.POST.get("engagement", "")
    return int(told) if told.isdecimal() and len(told) < 18 else 0


def _done(request: HttpRequest, row: Engagement) -> str:
    """Do what the button says; tells it in French."""
    now, by = timezone.now(), request.user
    what = request.POST.get("faire")
    if what == "confirmer":
        operations.confirm(by=by, commitment=row, now=now)
        return "L'engagement est confirmé : il est maintenant en vigueur."
    if what == "retirer":
        operations.withdraw(by=by, commitment=row, now=now)
        return "L'engagement est retiré ; il reste dans l'historique."
    form = ReportForm(request.POST)
    if not form.is_valid():
        raise operations.CooperationError("Dites s'il est tenu, tenu en partie ou non tenu.")
    told = form.cleaned_data
    operations.report_on(
        by=by,
        commitment=row,
        etat=EtatEngagement(told["etat"]),
        preuve=told["preuve"],
        commentaire=told["commentaire"],
        now=now,
    )
    return "Merci : la feuille de route le dit maintenant."
