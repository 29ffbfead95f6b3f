"""Commitments of an organisation, which it alone confirms, withdraws and reports on.

An organisation with an account does it from its own page; the others commit in the room, and
answer by the link sent to their mailbox.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from traitdunion.accounts import limits
from traitdunion.accounts.access_decorators import by_link, person_of, public, requires
from traitdunion.accounts.forms import taken_out, typed_key
from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address

from .. import operations
from ..enums import EtatEngagement
from ..models import Action, Engagement, Seance
from ..roadmap import operations as roadmap_operations
from ..roadmap import reminders
from ..roadmap.forms import CommitForm, ReportForm
from ..roadmap.operations import Pledge
from ..sessions import on_the_spot

COMMITMENTS_OF_AN_ADDRESS = "300/h/ip"


@requires(Permission.COMMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def commitments(request: HttpRequest, organisation: str) -> HttpResponse:
    """List what is proposed to the organisation, what it promised, what became of it."""
    if request.method == "POST":
        row = get_object_or_404(
            Engagement,
            pk=typed_key(request.POST.get("engagement")),
            organisation=request.organisation,
        )
        try:
            messages.success(request, _done(request, row, person_of(request)))
        except operations.CooperationError as refused:
            messages.error(request, str(refused))
        return redirect("cooperation:commitments", organisation=organisation)
    today = timezone.localdate()
    rows = request.organisation.engagements.select_related("action__axe__seance")
    context = {
        "organisation": request.organisation,
        "proposed": [row for row in rows if row.etat == EtatEngagement.PROPOSE],
        "confirmed": [
            (row, row.is_late(today), ReportForm(auto_id=f"id_{row.pk}_%s"))
            for row in rows
            if row.etat == EtatEngagement.CONFIRME
        ],
        "answered": [
            row for row in rows if row.etat not in (EtatEngagement.PROPOSE, EtatEngagement.CONFIRME)
        ],
    }
    return render(request, "cooperation/commitments.html", context)


def _done(request: HttpRequest, row: Engagement, by: User | str) -> str:
    """Do what the button asks; return it in French."""
    now = timezone.now()
    what = request.POST.get("faire")
    if what == "confirmer":
        roadmap_operations.confirm(by=by, commitment=row, now=now)
        return "L'engagement est confirmé : il est maintenant en vigueur."
    if what == "retirer":
        roadmap_operations.withdraw(by=by, commitment=row, now=now)
        return "L'engagement est retiré ; il reste dans l'historique."
    form = ReportForm(request.POST)
    if not form.is_valid():
        raise operations.CooperationError("Dites s'il est tenu, tenu en partie ou non tenu.")
    fields = form.cleaned_data
    roadmap_operations.report_on(
        by=by,
        commitment=row,
        etat=EtatEngagement(fields["etat"]),
        preuve=fields["preuve"],
        commentaire=fields["commentaire"],
        now=now,
    )
    return "Merci : la feuille de route le dit maintenant."


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commit(request: HttpRequest, code: str) -> HttpResponse:
    """Commit on the spot, by the code of the room: the mailbox confirms."""
    seance = get_object_or_404(Seance, code=code)
    actions = Action.objects.filter(axe__seance=seance, parent=None)
    form = CommitForm(request.POST or None, actions=actions)
    is_open = seance.is_open_at(timezone.now())
    status = 200 if is_open else 410
    if request.method == "POST" and form.is_valid() and is_open:
        try:
            _propose(request, form)
        except operations.CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            context = {"session": seance, "address": form.cleaned_data["courriel"]}
            return render(request, "cooperation/commit_sent.html", context)
    context = {"session": seance, "form": form, "has_actions": actions.exists()}
    return render(
        request, "cooperation/commit.html", context, status=422 if form.errors else status
    )


def _propose(request: HttpRequest, form: CommitForm) -> None:
    if not limits.allow(request, "commit", COMMITMENTS_OF_AN_ADDRESS, now=timezone.now()):
        raise operations.CooperationError("Beaucoup d'engagements viennent d'ici : attendez.")
    given = dict(form.cleaned_data)
    pledge = taken_out(Pledge, given)
    on_the_spot.propose(pledge=pledge, site=site_address(request), now=timezone.now(), **given)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def own_commitments(request: HttpRequest, token: str) -> HttpResponse:
    """Show the commitments of a mailbox, by its link: confirm, withdraw, report."""
    # The link of a reminder opens them too: one mailbox, one link.
    asked = reminders.asked_by(token, now=timezone.now())
    rows = on_the_spot.of_address(asked[0].adresse) if asked else on_the_spot.by_token(token)
    if not rows:
        return render(request, "cooperation/own_commitments.html", {"rows": []}, status=410)
    if request.method == "POST":
        row = next(
            (row for row in rows if row.pk == typed_key(request.POST.get("engagement"))), None
        )
        try:
            messages.success(request, _answered(request, row))
        except operations.CooperationError as refused:
            messages.error(request, str(refused))
        return redirect("cooperation:news", token=token) if asked else redirect(request.path)
    today = timezone.localdate()
    context = {
        "organisation": rows[-1].organisation_nom,
        "rows": [(row, row.is_late(today), ReportForm(auto_id=f"id_{row.pk}_%s")) for row in rows],
    }
    return render(request, "cooperation/own_commitments.html", context)


def _answered(request: HttpRequest, row: Engagement | None) -> str:
    """Do what the page of a mailbox asks; return it in French."""
    if row is None:
        raise operations.CooperationError("Cet engagement n'est plus là : rechargez la page.")
    if request.POST.get("faire") == "confirmer":
        if on_the_spot.confirm_by_mailbox(commitment=row, now=timezone.now()):
            return "L'engagement est confirmé : il est maintenant en vigueur."
        return "L'engagement est confirmé. L'animation le relit, puis il sera en vigueur."
    return _done(request, row, row.courriel)
