"""The catalogue as everybody reads it: list, map, page of a solution, feed, reports of errors."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts import limits
from traitdunion.accounts.access_decorators import public

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
from ..search_forms import PriceForm, SearchForm
from ..waiting_times import delay_of
from ..zone_lines import labels_of

A_PAGE = 20
MAX_POINTS = 2_000
FEED_LINES = 50
REPORTS_AN_HOUR = 5
TOO_MANY_REPORTS = (
    "Ce signalement n'est pas gardé : cinq viennent déjà de votre connexion depuis une heure. "
    "Réessayez plus tard, connectez-vous, ou appelez la structure."
)


@public
@require_safe
def solutions(request: HttpRequest) -> HttpResponse:
    """Show published solutions: search, filters, a page at a time."""
    form = SearchForm(request.GET)
    results = find(form.search(), on=timezone.localdate())
    page = Paginator(results.keys, A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "rows": [(solution_row, solution_row.freshness(today)) for solution_row in rows_of(page)],
        "mended": results.mended,
        "query": urlencode(form.filled_in()),
        "is_filtered": bool(form.filled_in()),
    }
    return render(request, "catalogue/solutions.html", context)


@public
@require_safe
@cache_control(public=True, max_age=300)
def map_points(request: HttpRequest) -> JsonResponse:
    """Show where the solutions of a search are found, as GeoJSON."""
    results = find(SearchForm(request.GET).search(), on=timezone.localdate())
    return JsonResponse(points(results.solutions.select_related("structure")[:MAX_POINTS]))


@public
@require_safe
def solution(request: HttpRequest, key: str) -> HttpResponse:
    """Show everything in an entry, at an address that lasts."""
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
        "delay": delay_of(row.attentes.all(), declared=row.delai_jours, on=today),
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
    """Return the filled columns of the type: label and value."""
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
    """Show the labels of the codes, by list."""
    codes: dict[str, list[str]] = {}
    for code in row.codes.all():
        codes.setdefault(code.liste, []).append(code.label)
    return codes


def _cumuls(row: Solution) -> list[tuple[str, Solution]]:
    """Show how it goes with other published solutions."""
    return [
        (NatureCumul(cumul.nature).label, cumul.autre)
        for cumul in row.cumuls.all()
        if cumul.autre.statut == Statut.PUBLIE
    ]


def _price(row: Solution, form: PriceForm) -> Any:
    """Show a month's price for the use and the quotient given; None where nothing was asked."""
    if not (form.is_bound and form.is_valid()):
        return None
    days = form.cleaned_data["jours"] or 0
    use = Use(
        days=days,
        trips=2 * days,
        km=_known(form.cleaned_data["km"], 2 * days),
        hours=_known(form.cleaned_data["heures"], 1),
    )
    return price_for(row, use, form.cleaned_data["qf"])


def _known(given: float | Decimal | None, times: int) -> Decimal | None:
    """Return an amount for the month; None where the person left it empty: unknown is not zero."""
    return None if given is None else Decimal(given) * times


@public
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Take the report of an error, with or without an account; thank only for one that is kept."""
    row = get_object_or_404(Solution.objects.published(), pk=key)
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        # A robot that fills the hidden field is thanked all the same: it learns nothing.
        is_robot = bool(form.cleaned_data["site"])
        if is_robot or _few_enough(request):
            if not is_robot:
                operations.report(
                    solution=row,
                    nature=form.cleaned_data["nature"],
                    message=form.cleaned_data["message"],
                    now=timezone.now(),
                )
            messages.success(request, "Merci : ceux qui tiennent cette fiche vont vérifier.")
            return redirect("catalogue:solution", key=key)
        form.add_error(None, TOO_MANY_REPORTS)
        status = 429
    context = {"solution": row, "form": form}
    return render(
        request,
        "catalogue/report.html",
        context,
        status=422 if form.errors and status == 200 else status,
    )


def _few_enough(request: HttpRequest) -> bool:
    """Count a report; several people of one office share an address, those signed in do not."""
    if request.user.is_authenticated:
        rate, key = f"{REPORTS_AN_HOUR}/h/key", f"user:{request.user.pk}"
    else:
        rate, key = f"{REPORTS_AN_HOUR}/h/ip", ""
    return limits.allow(request, "report", rate, now=timezone.now(), key=key)


@public
@require_safe
@cache_control(public=True, max_age=300)
def changes(request: HttpRequest) -> HttpResponse:
    """Show the Atom feed of what changed in the published catalogue."""
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
            description=_changed_names(revision),
            unique_id=f"tag:{request.get_host()},{revision.at:%Y-%m-%d}:{revision.pk}",
            updateddate=revision.at,
            pubdate=revision.at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def shown_revisions() -> list[Revision]:
    """Show the latest versions of what is or was published, dated ones only."""
    rows = Revision.objects.exclude(at=None).exclude(statut=Statut.BROUILLON)
    return list(rows.order_by("-at", "-pk")[:FEED_LINES])


def _what(revision: Revision) -> str:
    if revision.statut != Statut.PUBLIE:
        return Statut(revision.statut).label.lower()
    return "publiée" if revision.action in ("publier", "creer") else "modifiée"


def _changed_names(revision: Revision) -> str:
    """Show the names of the fields that changed; their values may be private."""
    before = Revision.objects.filter(
        solution_id=revision.solution_id, version=revision.version - 1
    ).first()
    if before is None:
        return "Nouvelle fiche."
    labels = [change.label for change in changes_between(before.content, revision.content)]
    return f"Changé : {', '.join(labels)}." if labels else "L'état de la fiche a changé."
