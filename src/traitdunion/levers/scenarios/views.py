"""Pages of the scenarios: their list, one with its versions, its changes and its comparison."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from traitdunion.accounts.access_decorators import OrganisationRequest, person_of, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.networks.basemap import ground_of_maps
from traitdunion.networks.versions import NetworkImportError, current_network

from .. import queries
from ..models import Scenario, VersionDeScenario
from ..operations import LeverError
from ..profiles import PROFILES
from . import operations
from .baseline import baseline
from .drawing import communes_table, drawn, map_data
from .forms import CHOICES, ChangeForm, ScenarioForm
from .kinds import KINDS, REFUSED
from .presenting import STATES, result_of
from .reading import ScenarioError
from .sentences import Names
from .weighing import weighed

PLACED = (
    ("ouvrir_arret", "un arrêt"),
    ("ouvrir_tad", "une zone à la demande"),
    ("ligne_covoiturage", "des points de covoiturage"),
    ("ajouter_course", "une course"),
)
"""The kinds offered first, because a click on the map places them."""

NO_NETWORK = "Aucun réseau n'est en service : un scénario se compare à des horaires."


@requires(Permission.PROPOSE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def scenarios(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the scenarios of the organisation, and create one."""
    form = ScenarioForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.create(
                by=person_of(request), organisation=request.organisation,
                titre=form.cleaned_data["titre"], now=timezone.now(),
            )  # fmt: skip
        except LeverError as refused:
            form.add_error("titre", str(refused))
        else:
            return redirect("levers:scenario", organisation=organisation, pk=row.pk)
    rows = Scenario.objects.filter(organisation=request.organisation).prefetch_related("versions")
    listed = [(row, max(row.versions.all(), key=lambda v: v.numero, default=None)) for row in rows]
    context = {
        "organisation": request.organisation,
        "form": form,
        "rows": [(row, last, last and result_of(last)) for row, last in listed],
    }
    return render(request, "levers/scenarios.html", context)


@requires(Permission.PROPOSE_LEVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def scenario(request: OrganisationRequest, organisation: str, pk: int) -> HttpResponse:
    """Show a version of a scenario beside the baseline; edit the last one."""
    row = get_object_or_404(Scenario, pk=pk, organisation=request.organisation)
    versions = list(row.versions.order_by("-numero"))
    shown = _version(versions, request.GET.get("version", ""))
    try:
        network = current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, NetworkImportError):
        network = None
    context: dict[str, Any] = {
        "organisation": request.organisation, "scenario": row, "versions": versions,
        "version": shown, "kinds": CHOICES, "refused": REFUSED.values(),
        "profiles": PROFILES.values(),
    }  # fmt: skip
    if network is None:
        return render(request, "levers/scenario.html", context | {"missing": NO_NETWORK})
    profile = request.POST.get("profil") or (shown.profil if shown else "a_pied")
    if profile not in PROFILES:
        raise Http404
    territory = baseline(network, profile, on=timezone.localdate())
    kind = KINDS.get(request.POST.get("nature") or request.GET.get("nature", ""))
    changes = [] if shown is None else list(shown.changements)
    form = None
    if kind is not None:
        adds = request.POST.get("faire") == "ajouter"
        form = ChangeForm(kind, territory, request.POST if adds else None)
    if request.method == "POST":
        wanted = _asked(request, changes, form)
        if wanted is not None:
            try:
                kept = _keep(request, row, wanted, territory, network, profile)
            except (ScenarioError, LeverError) as refused:
                if form is not None and form.is_bound:
                    form.add_error(None, str(refused))
                else:
                    messages.error(request, str(refused))
            else:
                messages.success(request, f"Version {kept.numero} comparée à l'existant.")
                return redirect("levers:scenario", organisation=organisation, pk=pk)
    names = Names(territory)
    places = drawn(territory, changes)
    result = result_of(shown) if shown and shown.is_readable else None
    context |= {
        "kind": kind, "form": form, "profile": PROFILES[profile],
        "rows": [
            (n, names.sentence(row), KINDS.get(row.get("nature")), row.get("cout_eur"))
            for n, row in enumerate(changes)
        ],
        "is_old": shown is not None and not shown.is_readable,
        "result": result, "spots": places.spots(result.outlines) if result else None,
        "map_data": map_data(territory, places, result.states if result else {}),
        "table": communes_table(territory, result.states, dict(STATES)) if result else [],
        "placed": PLACED,
        **ground_of_maps(
            settings.TRAITDUNION_DATA_DIR / "basemap", settings.TRAITDUNION_MAP_STYLE
        ),
        "last": versions[0].numero if versions else 0,
        "is_last": shown is None or shown is versions[0],
    }  # fmt: skip
    return render(request, "levers/scenario.html", context)


@requires(Permission.PROPOSE_LEVERS)
@require_POST
def delete(request: OrganisationRequest, organisation: str, pk: int) -> HttpResponse:
    """Delete a scenario with its versions."""
    row = get_object_or_404(Scenario, pk=pk, organisation=request.organisation)
    operations.delete(by=person_of(request), scenario=row)
    messages.success(request, f"Le scénario « {row.titre} » est supprimé.")
    return redirect("levers:scenarios", organisation=organisation)


def _version(versions: list[VersionDeScenario], asked: str) -> VersionDeScenario | None:
    """Return the version asked for, the last one if none is."""
    if not asked:
        return versions[0] if versions else None
    for version in versions:
        if str(version.numero) == asked:
            return version
    raise Http404


def _asked(
    request: HttpRequest, changes: list[dict[str, Any]], form: ChangeForm | None
) -> list[dict[str, Any]] | None:
    """Return the changes wanted after a post; None where the form has mistakes."""
    act = request.POST.get("faire", "")
    if act == "ajouter":
        return [*changes, form.row] if form is not None and form.is_valid() else None
    if act.startswith("retirer-") and act.removeprefix("retirer-").isdecimal():
        number = int(act.removeprefix("retirer-"))
        return [change for n, change in enumerate(changes) if n != number]
    return changes  # compared again, for another profile or network, or an older version resumed


def _keep(
    request: OrganisationRequest,
    row: Scenario,
    changes: list[dict[str, Any]],
    territory: Any,
    network: Any,
    profile: str,
) -> VersionDeScenario:
    compared = weighed(
        territory, changes, given=queries.costs_given(), demonstration=network.demonstration
    )
    seen = request.POST.get("vue", "")
    return operations.add_version(
        by=person_of(request), scenario=row, changements=changes, resultat=compared.json(),
        reseau=network.label, profil=profile, after=int(seen) if seen.isdecimal() else -1,
        now=timezone.now(),
    )  # fmt: skip
