"""Pages for employers: arrivals and immersions, which keep nothing; sites, seen from the homes."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public, signed_in
from traitdunion.accounts.site import site_address
from traitdunion.observatory.presenting import hours_unknown
from traitdunion.observatory.running.gathering import NothingToCompute
from traitdunion.territory.models import Site

from ..forms import ImmersionForm, WelcomeForm
from ..immersion import Answer, check_immersion
from ..occupations.needs import reviewed_on, survey_file
from ..occupations.posts import post_lines
from ..site_map import LEGEND, communes_csv, map_of
from ..site_paper import paper_pdf
from ..site_reach import SiteReach, seen_from_homes
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
    row, reached, missing = _seen(code)
    context: dict[str, Any] = {
        "site": row,
        "today": timezone.localdate(),
        "posts": post_lines(row, reached),
        "reviewed_on": reviewed_on(),
        "survey": survey_file(),
    }
    if reached is None:
        return render(request, "employers/site.html", context | {"missing": missing})
    context |= {
        "rows": rows_of(reached),
        "drawn": map_of(reached),
        "legend": LEGEND,
        "week": reached.week_on,
        "hours_unknown": hours_unknown(reached.feeds_unknown),
        "people": reached.ground.people_label,
        "n_communes": len(reached.ground.communes),
    }
    return render(request, "employers/site.html", context)


@signed_in
@require_safe
def site_paper(request: HttpRequest, code: str) -> HttpResponse:
    """Return the page of a site as PDF, to print and bring to a meeting."""
    row, reached, missing = _seen(code)
    if reached is None or not reached.teams:
        raise Http404(missing or "Ce site n'a pas d'équipe.")
    query = urlencode({"travail": str(row)})
    address = f"{site_address(request)}{reverse('desk:seeker')}?{query}"
    pdf = paper_pdf(reached, map_of(reached), address=address, on=timezone.localdate())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="qui-peut-venir-{row.pk}.pdf"'
    return response


@signed_in
@require_safe
def site_communes(request: HttpRequest, code: str) -> HttpResponse:
    """Return the communes of a site and their answers as CSV."""
    row, reached, missing = _seen(code)
    if reached is None:
        raise Http404(missing)
    text = communes_csv(reached, map_of(reached))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="communes-{row.pk}.csv"'
    return response


def _seen(code: str) -> tuple[Site, SiteReach | None, str]:
    """Return a site and who can come to it; without them, what is to be loaded."""
    row = get_object_or_404(Site.objects.select_related("commune"), pk=code)
    try:
        return row, seen_from_homes(row, now=timezone.localtime()), ""
    except NothingToCompute as missing:
        return row, None, str(missing)
