"""Pages of siting: communes by the posts kept from them, H+T, what living here would change."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.desk import queries as desk
from traitdunion.desk.question.addresses_form import AddressesForm
from traitdunion.desk.question.forms import QuestionForm
from traitdunion.observatory.presenting import hours_unknown
from traitdunion.observatory.running.gathering import NothingToCompute

from ..siting.costs import household_types, weighed
from ..siting.forms import CostForm
from ..siting.living import living
from ..siting.scoring import Kind, siting

BY_PAGE = 50


@requires(Permission.STUDY_OPERATIONS)
@require_safe
def siting_page(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the communes by the posts kept from them without a car, at each shift."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    context: dict[str, Any] = {"organisation": keeper, "kinds": list(Kind)}
    try:
        scored = siting(now=timezone.localtime())
    except NothingToCompute as missing:
        return render(request, "housing/siting.html", context | {"missing": str(missing)})
    own = {row.commune_id: row for row in keeper.operations_ofs.all()[:BY_PAGE]}
    context |= {
        "siting": scored,
        "hours_unknown": hours_unknown(scored.feeds_unknown),
        "page": Paginator(scored.scores, BY_PAGE).get_page(request.GET.get("page")),
        "own": [(row, scored.of(code)) for code, row in own.items()],
    }
    return render(request, "housing/siting.html", context)


@requires(Permission.STUDY_OPERATIONS)
@require_safe
def cost_page(request: HttpRequest, organisation: str) -> HttpResponse:
    """Weigh a home and its travels against the income of household types."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    form = CostForm(request.GET if "logement" in request.GET else None)
    source, _ = household_types()
    context: dict[str, Any] = {"organisation": keeper, "form": form, "source": source}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        car = given["voiture"]
        transport = given["transport"]
        context |= {
            "lacks": form.lacks,
            "lines": weighed(
                form.housing,
                without_car={} if transport is None else {"trajets": transport},
                with_car=None if car is None else {"voiture": car},
                own_income=given["revenus"],
            ),
            "transport_known": transport is not None,
        }
    return render(request, "housing/costs.html", context)


@requires(Permission.HANDLE_DEMANDS)
@require_safe
def living_page(request: HttpRequest, organisation: str) -> HttpResponse:
    """Compare today's home with another for one job; write nothing, name no person."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    context: dict[str, Any] = {"organisation": keeper, "kinds": list(Kind)}
    today = timezone.localdate()
    try:
        network = desk.active_network()
    except desk.NoNetworkError:
        missing = "Aucun horaire n'est en service."
        return render(request, "housing/living.html", context | {"missing": missing})
    asked = request.GET if QuestionForm.asked_in(request.GET) else None
    form = QuestionForm(asked, covers=desk.covered_dates(network), today=today)
    addresses = AddressesForm(request.GET, question=form)
    context |= {
        "form": form,
        "addresses": addresses,
        "fields": [form[name] for name in ("domicile", "travail", "debut", "fin")],
    }
    if form.is_bound and form.is_valid() and addresses.is_valid():
        now = timezone.localtime()
        try:
            scores = siting(now=now)
        except NothingToCompute:
            scores = None
        context["homes"] = living(form, addresses, network, scores, now=now)
    return render(request, "housing/living.html", context)
