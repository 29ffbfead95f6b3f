"""The map of reach: the page, its table as CSV, its communes as GeoJSON."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion import french
from traitdunion.networks import basemap
from traitdunion.territory.home import home_departement

from .. import queries
from .colours import Colouring, legend
from .drawing import NARROW, WIDE, Named, Outlines, labels, outlines
from .exports import as_csv, as_geojson
from .forms import ReachForm
from .lines import Line, lines_of, ranked

SHOWN = 8
"""Communes listed at once; the others are a click away."""


@require_safe
def reach_map(request: HttpRequest) -> HttpResponse:
    """Show where one may work from a home; the question alone where none is asked yet."""
    form, network = _asked(request)
    context: dict[str, Any] = {"form": form, "network": network}
    if network and form.is_bound and form.is_valid():
        context |= map_context(form, network)
    return render(request, "desk/reach_map/page.html", context)


@require_safe
def reach_csv(request: HttpRequest) -> HttpResponse:
    """Return the table of the map as CSV."""
    lines = _lines(request)
    if lines is None:
        return _back(request)
    response = HttpResponse(as_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="communes-a-portee.csv"'
    return response


@require_safe
def reach_geojson(request: HttpRequest) -> HttpResponse:
    """Return the communes of the map as GeoJSON, with their outlines."""
    lines = _lines(request)
    if lines is None:
        return _back(request)
    boundaries = dict(queries.boundary_texts([home_departement()]))
    response = JsonResponse(
        as_geojson(lines, boundaries), content_type="application/geo+json; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="communes-a-portee.geojson"'
    return response


def _asked(request: HttpRequest) -> tuple[ReachForm, Any]:
    """Return the form, bound if the address asks something, and the network in use."""
    try:
        network = queries.active_network()
    except queries.NoNetworkError:
        network = None
    form = ReachForm(
        request.GET if ReachForm.asked_in(request.GET) else None,
        covers=queries.covered_dates(network) if network else None,
        today=timezone.localdate(),
    )
    return form, network


def _lines(request: HttpRequest) -> list[Line] | None:
    form, network = _asked(request)
    if not (network and form.is_bound and form.is_valid()):
        return None
    return _reached_lines(form, network)


def _back(request: HttpRequest) -> HttpResponse:
    """Send back to the page, which names what is wrong in the question."""
    return redirect(f"{reverse('desk:reach-map')}?{request.GET.urlencode()}")


def _reached_lines(form: ReachForm, network: Any) -> list[Line]:
    communes = queries.find_reach(form.situation(timezone.localtime()), network)
    answers = reverse("desk:question")
    urls = [
        f"{answers}?{form.answer_query(reached.place.code_insee or reached.place.label)}#reponses"
        for reached in communes
    ]
    return lines_of(communes, Colouring(form.cleaned_data["couleur"]), urls, queries.job_places())


def map_context(form: ReachForm, network: Any) -> dict[str, Any]:
    """Return what the page shows for a valid question."""
    colouring = Colouring(form.cleaned_data["couleur"])
    lines = _reached_lines(form, network)
    sure = ranked(lines, colouring)
    home = form.cleaned_data["domicile"]
    drawn = outlines(queries.boundary_texts([home_departement()]))
    return {
        "home": home,
        "summary": form.summary(),
        "query": form.query(),
        "colouring": colouring,
        "lines": lines,
        "n_communes": len(lines),
        "n_sure": sum(line.is_sure for line in lines),
        "jobs": french.number(sum(line.n_jobs or 0 for line in sure)),
        "has_jobs": any(line.n_jobs for line in sure),
        "n_to_check": sum(line.word == "à vérifier" for line in lines),
        "shown": sure[:SHOWN],
        "others": sure[SHOWN:],
        "legend": legend((line.code for line in lines), colouring),
        "drawn": drawn,
        "paths": _paths(lines, drawn) if drawn else [],
        "wide_labels": labels(drawn, _named(lines, sure, home), WIDE) if drawn else [],
        "narrow_labels": labels(drawn, _named(lines, sure, home), NARROW) if drawn else [],
        "font": {"wide": WIDE.font, "narrow": NARROW.font},
        "home_is_elsewhere": home.code_insee not in {line.insee for line in lines},
        "hours": form.hours(),
        "weeks_counted": form.weeks_counted(),
        **basemap.ground_of_maps(
            settings.TRAITDUNION_DATA_DIR / "basemap", settings.TRAITDUNION_MAP_STYLE
        ),
    }


def _paths(lines: list[Line], drawn: Outlines) -> list[tuple[Line, str]]:
    return [(line, drawn.lines[line.insee]) for line in lines if line.insee in drawn.lines]


def _named(lines: list[Line], sure: list[Line], home: Any) -> list[Named]:
    """Return the communes to name: the home, the most peopled within reach, the others so."""
    people = queries.people_of(line.insee for line in lines)
    reached = {line.insee for line in sure}
    others = sorted(
        (line for line in lines if not line.reached.is_home),
        key=lambda line: -people.get(line.insee, 0) * (2 if line.insee in reached else 1),
    )
    return [
        Named(home.lat, home.lon, home.nom, "", True),
        *(
            Named(line.reached.place.lat, line.reached.place.lon, line.name, line.detail, False)
            for line in others
        ),
    ]
