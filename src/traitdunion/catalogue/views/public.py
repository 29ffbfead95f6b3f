"""The catalogue as everybody reads it: list, map, page of a solution, feed, reports of errors."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.gates import public

from .. import operations, queries, wording
from ..entries import changes_between
from ..enums import Fraicheur, NatureCumul, Statut, TypeSolution
from ..forms import ReportForm
from ..hours import coming_closures, service_on
from ..models import DETAIL_OF, Revision, Solution
from ..pricing import Use, price_for
from ..public import contacts, drawn, points
from ..quality import quality_of
from ..search import find, rows_of
from ..search_form import PriceForm, SearchForm
from ..zone_lines import labels_of

A_PAGE = 20
MOST_POINTS = 2_000
FEED_LINES = 50
REPORTS_AN_HOUR = 5


@public
@require_safe
def solutions(request: HttpRequest) -> HttpResponse:
    """Published solutions: search, filters, a page at a time."""
    form = SearchForm(request.GET)
    found = find(form.search(), on=timezone.localdate())
    page = Paginator(found.keys, A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.freshness(today)) for one in rows_of(page)],
        "mended": found.mended,
        "query": urlencode(form.told()),
        "is_filtered": bool(form.told()),
    }
    return render(request, "catalogue/solutions.html", context)


@public
@require_safe
@gzip_page
@cache_control(public=True, max_age=300)
def map_points(request: HttpRequest) -> JsonResponse:
    """Where the solutions of a search are found, as GeoJSON."""
    found = find(SearchForm(request.GET).search(), on=timezone.localdate())
    return JsonResponse(points(found.solutions.select_related("structure")[:MOST_POINTS]))


@public
@require_safe
def solution(request: HttpRequest, key: str) -> HttpResponse:
    """Everything that an entry says, at an address that lasts."""
    row = get_object_or_404(queries.with_parts().select_related("parent"), pk=key)
    if row.statut == Statut.ARCHIVE and not operations.may_see(request.user, row):
        return render(request, "catalogue/archived.html", {"solution": row}, status=410)
    if not operations.may_see(request.user, row):
        raise Http404("Cette fiche n'est pas publiée.")
    today = timezone.localdate()
    price_form = PriceForm(request.GET if PriceForm.asked_in(request.GET) else None)
    area = drawn(row)
    context = {
        "solution": row,
        "fraicheur": row.freshness(today),
        "is_stale": row.freshness(today) in (Fraicheur.A_REVERIFIER, Fraicheur.PERIME),
        "quality": quality_of(row, on=today),
        "zone_labels": labels_of([{"nature": z.nature, "code": z.code} for z in row.zones.all()]),
        "contacts": contacts(row),
        "prices": wording.prices(row),
        "booking": wording.booking(row),
        "conditions": wording.conditions(row, today),
        "closures": list(wording.closures(coming_closures(row, today))),
        "today": service_on(row, today),
        "waiting": queries.waiting(row, today),
        "detail": _detail_lines(row),
        "codes": _codes(row),
        "cumuls": _cumuls(row),
        "children": row.enfants.published().valid(today)
        if row.type_solution == "plateforme"
        else (),
        "price_form": price_form,
        "price": _price(row, price_form),
        "area": area if area["features"] else None,
    }
    return render(request, "catalogue/solution.html", context)


def _detail_lines(row: Solution) -> list[tuple[str, Any]]:
    """What the type has of its own, told: label and value."""
    model = DETAIL_OF[TypeSolution(row.type_solution)]
    name = model._meta.get_field("solution").remote_field.related_name
    detail = getattr(row, name, None)
    if detail is None:
        return []
    lines = []
    for column in model.columns():
        value = getattr(detail, column.attname)
        if value in (None, ""):
            continue
        if column.choices:
            value = dict(column.flatchoices)[value]
        lines.append((str(column.verbose_name), value))
    return lines


def _codes(row: Solution) -> dict[str, list[str]]:
    """Labels of the codes, by list."""
    found: dict[str, list[str]] = {}
    for code in row.codes.all():
        found.setdefault(code.liste, []).append(code.label)
    return found


def _cumuls(row: Solution) -> list[tuple[str, Solution]]:
    """How it goes with other published solutions."""
    return [
        (NatureCumul(one.nature).label, one.autre)
        for one in row.cumuls.all()
        if one.autre.statut == Statut.PUBLIE
    ]


def _price(row: Solution, form: PriceForm) -> Any:
    """A month's price for the use and the quotient given; None where nothing was asked."""
    if not (form.is_bound and form.is_valid()):
        return None
    days = form.cleaned_data["jours"] or 0
    use = Use(
        days=days,
        trips=2 * days,
        km=Decimal(form.cleaned_data["km"] or 0) * 2 * days,
        hours=Decimal(form.cleaned_data["heures"] or 0),
    )
    return price_for(row, use, form.cleaned_data["qf"])


@public
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, key: str) -> HttpResponse:
    """« Signaler une erreur », without an account."""
    row = get_object_or_404(Solution.objects.published(), pk=key)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if not form.cleaned_data["site"] and _few_enough(request):
            operations.report(
                solution=row,
                nature=form.cleaned_data["nature"],
                message=form.cleaned_data["message"],
                now=timezone.now(),
            )
        messages.success(request, "Merci : ceux qui tiennent cette fiche vont vérifier.")
        return redirect("catalogue:solution", key=key)
    context = {"solution": row, "form": form}
    return render(request, "catalogue/report.html", context, status=422 if form.errors else 200)


def _few_enough(request: HttpRequest) -> bool:
    """A few reports an hour from one address, which is held in memory only."""
    key = f"report:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 3600)
    return cache.incr(key) <= REPORTS_AN_HOUR


@public
@require_safe
@cache_control(public=True, max_age=300)
def changes(request: HttpRequest) -> HttpResponse:
    """Atom feed of what changed in the published catalogue."""
    feed = Atom1Feed(
        title="Catalogue des solutions de mobilité",
        link=request.build_absolute_uri(reverse("catalogue:solutions")),
        description="Fiches publiées, modifiées ou retirées",
        language="fr",
        feed_url=request.build_absolute_uri(reverse("catalogue:changes")),
    )
    for revision in shown_revisions():
        address = reverse("catalogue:solution", kwargs={"key": revision.solution_id})
        feed.add_item(
            title=f"{revision.content['nom']} : {_what(revision)}",
            link=request.build_absolute_uri(address),
            description=_told(revision),
            unique_id=f"tag:{request.get_host()},{revision.at:%Y-%m-%d}:{revision.pk}",
            updateddate=revision.at,
            pubdate=revision.at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def shown_revisions() -> list[Revision]:
    """The latest versions of what is or was published, dated ones only."""
    rows = Revision.objects.exclude(at=None).exclude(statut=Statut.BROUILLON)
    return list(rows.order_by("-at", "-pk")[:FEED_LINES])


def _what(revision: Revision) -> str:
    if revision.statut != Statut.PUBLIE:
        return Statut(revision.statut).label.lower()
    return "publiée" if revision.action in ("publier", "creer") else "modifiée"


def _told(revision: Revision) -> str:
    """Names of the fields that changed; their values may be private."""
    before = Revision.objects.filter(
        solution_id=revision.solution_id, version=revision.version - 1
    ).first()
    if before is None:
        return "Nouvelle fiche."
    labels = [change.label for change in changes_between(before.content, revision.content)]
    return f"Changé : {', '.join(labels)}." if labels else "L'état de la fiche a changé."
