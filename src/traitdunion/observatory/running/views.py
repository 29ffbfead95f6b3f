"""Page of the runs: start one, see how far it is, stop it, take it up again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import OrganisationRequest, person_of, requires
from traitdunion.accounts.permissions import Permission

from ..enums import EtatCalcul
from ..models import Run
from ..setting_up import readiness
from .background import RunRefused, launch, stop

LISTED = 30


@requires(Permission.RUN_OBSERVATORY)
@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the runs with their progress; start, stop or resume one."""
    now = timezone.now()
    if request.method == "POST":
        act, by = request.POST.get("faire", ""), person_of(request)
        code = request.POST.get("calcul", "")
        run = get_object_or_404(Run, pk=code) if code else None
        try:
            if act == "arreter" and run is not None:
                stop(by=by, organisation=request.organisation, run=run)
                messages.success(request, f"Le calcul {run.code} s'arrête ; il pourra reprendre.")
            elif act == "lancer" or (act == "reprendre" and run is not None):
                resumed = run if act == "reprendre" else None
                launch(by=by, organisation=request.organisation, now=now, resumed=resumed)
                messages.success(request, "Le calcul commence : il paraît ici dans un instant.")
            else:
                messages.error(request, "Choisissez : lancer, arrêter ou reprendre un calcul.")
        except RunRefused as refused:
            messages.error(request, str(refused))
        return redirect("observatory:runs", organisation=organisation)
    rows = [
        (run, round(100 * run.progress), run.is_silent(now), run.can_resume(now))
        for run in Run.objects.all()[:LISTED]
    ]
    going = any(run.etat == EtatCalcul.EN_COURS and not silent for run, _, silent, _ in rows)
    missing = [row for row in readiness() if row.definition.code == "W1" and not row.is_ready]
    context = {
        "organisation": request.organisation, "rows": rows, "going": going,
        "missing": missing[0].missing if missing else (),
    }  # fmt: skip
    return render(request, "observatory/runs.html", context)
