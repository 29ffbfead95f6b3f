"""Pages for employers: arrivals and immersions, which keep nothing; sites, seen from the homes."""

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public, signed_in
from traitdunion.observatory.presenting import hours_unknown
from traitdunion.observatory.running.gathering import NothingToCompute
from traitdunion.territory.models import Site

from ..forms import ImmersionForm, WelcomeForm
from ..immersion import Answer, check_immersion
from ..site_reach import seen_from_homes
from ..site_sheet import rows_of
from ..welcome import Who, checklist

PER_PAGE = 50
WHO = {Who.HR: "ressources humaines", Who.MANAGER: "responsable", Who.TUTOR: "tuteur"}
ANSWERS = {
    Answer.YES: ("yes", "Rien ne s'y oppose"),
    Answer.TO_CHECK: ("maybe", "À vérifier avant de proposer"),
    Answer.NO: ("no", "Cette immersion n'est pas possible"),
}


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what employers find here."""
    return render(request, "employers/home.html")


@public
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Show the checklist of an arrival, by date, each step with who does it and its article."""
    form = WelcomeForm(request.GET or None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        hire = form.hire()
        steps = checklist(hire)
        context |= {
            "hire": hire,
            "days": [
                (due_on, [(step, WHO[step.rule.who]) for step in group])
                for due_on, group in groupby(steps, key=lambda step: step.due_on)
            ],
            "n_steps": len(steps),
            "n_law": sum(step.is_law for step in steps),
            "n_to_check": sum(step.to_check for step in steps),
        }
    return render(request, "employers/welcome.html", context)


@public
@require_safe
def immersion(request: HttpRequest) -> HttpResponse:
    """Show whether an immersion may be proposed, and why."""
    form = ImmersionForm(request.GET or None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        findings = check_immersion(form.asked(), post=form.post(), before=form.before())
        tone, verdict = ANSWERS[findings[0].answer]
        lines = [(ANSWERS[finding.answer][0], finding) for finding in findings]
        context |= {"tone": tone, "verdict": verdict, "findings": lines}
    return render(request, "employers/immersion.html", context)


@signed_in
@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """List the sites of employers, by employer."""
    rows = Site.objects.select_related("commune").prefetch_related("equipes")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "employers/sites.html", {"page": page})


@signed_in
@require_safe
def site(request: HttpRequest, code: str) -> HttpResponse:
    """Show who can come to a site without a car, and what moved hours would change."""
    row = get_object_or_404(Site.objects.select_related("commune"), pk=code)
    now = timezone.localtime()
    context: dict[str, Any] = {"site": row, "today": timezone.localdate(now)}
    try:
        reached = seen_from_homes(row, now=now)
    except NothingToCompute as missing:
        return render(request, "employers/site.html", context | {"missing": str(missing)})
    context |= {
        "rows": rows_of(reached),
        "week": reached.week_on,
        "hours_unknown": hours_unknown(reached.feeds_unknown),
        "people": reached.ground.people_label,
        "n_communes": len(reached.ground.communes),
    }
    return render(request, "employers/site.html", context)
