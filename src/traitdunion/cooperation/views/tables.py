"""Pages of the tables: composing them, what was mixed, constraints, and everything printed."""

import numpy as np
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.forms import typed_key
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address

from ..enums import Voisinage
from ..models import Contrainte, Seance
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..sessions import printed_sheets, seating
from ..sessions.composition import CompositionError
from ..sessions.forms import ComposeForm, PairForm


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(["GET", "HEAD", "POST"])
def tables(request: HttpRequest, slug: str) -> HttpResponse:
    """Compose, keep people apart or together, see the plan and how well it mixes."""
    seance = get_object_or_404(Seance, pk=slug)
    what = request.POST.get("faire", "")
    compose = ComposeForm(request.POST if what == "composer" else None)
    pair = PairForm(request.POST if what == "contraindre" else None, seance=seance)
    form = pair if what == "contraindre" else compose
    if request.method == "POST":
        try:
            if _did(request, seance, what, compose, pair):
                return redirect(request.path)
        except (CooperationError, CompositionError) as refused:
            form.add_error(None, str(refused))
    constraints = Contrainte.objects.filter(un__seance=seance)
    context = {
        "session": seance,
        "compose": compose,
        "pair": pair,
        "form": form,
        "quality": seating.quality_kept(seance),
        "rounds": seating.plan(seance),
        "unseated": seating.unseated(seance),
        "n_expected": seance.invites.expected().count(),
        "n_present": seance.invites.present().count(),
        "constraints": constraints.select_related("un", "autre"),
        "kinds": [(kind, label) for kind, (label, _) in printed_sheets.KINDS.items()],
    }
    return render(request, "cooperation/tables.html", context, status=422 if form.errors else 200)


def _did(
    request: HttpRequest, seance: Seance, what: str, compose: ComposeForm, pair: PairForm
) -> bool:
    if what == "composer" and compose.is_valid():
        seating.compose_session(
            by=person_of(request),
            seance=seance,
            rng=np.random.default_rng(),
            now=timezone.now(),
            **compose.cleaned_data,
        )
        messages.success(request, "Les tables sont composées.")
        return True
    if what == "contraindre" and pair.is_valid():
        fields = pair.cleaned_data
        sorte = Voisinage(fields["sorte"])
        seating.constrain(
            by=person_of(request), un=fields["un"], autre=fields["autre"], sorte=sorte
        )
        messages.success(request, "C'est retenu : composez de nouveau.")
        return True
    if what == "oublier":
        told_pk = request.POST.get("contrainte", "")
        key = typed_key(told_pk)
        Contrainte.objects.filter(pk=key, un__seance=seance).delete()
        return True
    return False


@requires(Permission.STEER, organisation_of_session)
@require_safe
def printed(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Return what is printed, as PDF."""
    seance = get_object_or_404(Seance, pk=slug)
    if kind not in printed_sheets.KINDS:
        raise Http404("Rien ne s'imprime sous ce nom.")
    _, make = printed_sheets.KINDS[kind]
    answer = HttpResponse(make(seance, site_address(request)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{kind}-{slug}.pdf"'
    return answer
