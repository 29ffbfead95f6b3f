"""Public pages: the first one, the simulator, which may be framed, and the demand after it."""

from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts import limits
from traitdunion.accounts.access_decorators import public
from traitdunion.accounts.models import Organisation

from ..enums import Provenance, Souhait
from ..households.allocation import rules
from ..households.eligibility import Verdict, judge
from ..households.forms import AGREEMENT, DemandForm, SimulatorForm
from ..households.operations import Contact, Wish, receive
from ..households.simulation import purchase_plan
from ..money import BankLoan, Buyers

PAGE = ["GET", "HEAD", "POST"]
DEMANDS_AN_HOUR = 20
FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors *"
)
"""Policy of the simulator in a frame: it sets no cookie, reads no session, changes nothing."""


def _every_ofs() -> QuerySet[Organisation]:
    """Return the organisations that study operations or keep leases, by name."""
    own = Q(operations_ofs__isnull=False) | Q(baux__isnull=False)
    return Organisation.objects.filter(own).distinct().order_by("nom")


def _ofs(slug: str) -> Organisation:
    """Return an organisation that studies operations or keeps leases; 404 for another."""
    return get_object_or_404(_every_ofs(), pk=slug)


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead a household to the simulator of each OFS, and to what living elsewhere changes."""
    return render(request, "housing/home.html", {"keepers": _every_ofs()})


@public
@csrf_exempt
@xframe_options_exempt
@sensitive_post_parameters()
@require_http_methods(PAGE)
def simulator(request: HttpRequest, organisation: str) -> HttpResponse:
    """Answer a household before any contact; nothing it gives is written.

    What it gives is in the body, out of addresses and logs. No cookie is set, so that the page may
    stand in a frame (`?cadre=1`).
    """
    keeper = _ofs(organisation)
    form = SimulatorForm(request.POST or None)
    framed = "cadre" in request.GET
    context: dict[str, Any] = {"organisation": keeper, "form": form, "framed": framed}
    if form.is_bound and form.is_valid():
        context |= answer_of(form, keeper)
        context["demand_form"] = DemandForm()
    page = render(request, "housing/simulator.html", context, status=422 if form.errors else 200)
    if framed:
        page.headers["Content-Security-Policy"] = FRAMED
    return page


def answer_of(form: SimulatorForm, keeper: Organisation) -> dict[str, Any]:
    """Return the verdict on a household, and its plan of purchase where a price is given."""
    commune = form.cleaned_data["commune"]
    verdict = judge(form.household, commune=commune, organisation=keeper, on=timezone.localdate())
    return {"verdict": verdict, "commune": commune, **_plan(form, verdict)}


def _plan(form: SimulatorForm, verdict: Verdict) -> dict[str, Any]:
    """Return the plan, or what it still needs."""
    given = form.cleaned_data
    if not given.get("prix"):
        return {}
    needed = {
        "rfr": "le revenu fiscal de référence", "taux": "le taux de la banque",
        "annees": "la durée du prêt", "redevance": "la redevance",
    }  # fmt: skip
    lacks = [text for name, text in needed.items() if given.get(name) in (None, "")]
    persons = form.household.personnes
    if not persons:
        lacks.append("le nombre de personnes")
    if not verdict.zone:
        lacks.append("la zone de la commune")
    if lacks or not persons or not given["annees"]:
        return {"plan_lacks": lacks or ["la durée du prêt"]}
    plan = purchase_plan(
        price=given["prix"],
        contribution=given.get("apport") or Decimal(0),
        buyers=Buyers(persons, verdict.zone, given["rfr"]),
        loan=BankLoan(given["taux"] / 100, given["annees"]),
        redevance=given["redevance"],
        income=given.get("revenus"),
    )
    return {"plan": plan}


@public
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(PAGE)
def ask(request: HttpRequest, organisation: str) -> HttpResponse:
    """Take a demand; of the answers to the simulator, only category and verdict are kept."""
    keeper = _ofs(organisation)
    if request.method != "POST":
        return redirect("housing:simulator", organisation=keeper.pk)
    answers, form = SimulatorForm(request.POST), DemandForm(request.POST)
    if not answers.is_valid():
        return redirect("housing:simulator", organisation=keeper.pk)
    context: dict[str, Any] = {"organisation": keeper, "form": answers, "demand_form": form}
    context |= {"framed": False, **answer_of(answers, keeper)}
    if not form.is_valid():
        return render(request, "housing/simulator.html", context, status=422)
    if not form.cleaned_data["site"]:
        rate = f"{DEMANDS_AN_HOUR}/h/ip"
        if not limits.allow(request, "demand", rate, now=timezone.now()):
            form.add_error(None, "Trop de demandes depuis cette adresse : réessayez plus tard.")
            return render(request, "housing/simulator.html", context, status=429)
        _receive(keeper, answers, form, context["verdict"])
    return render(request, "housing/asked.html", {"organisation": keeper})


def _receive(
    keeper: Organisation, answers: SimulatorForm, form: DemandForm, verdict: Verdict
) -> None:
    given, category = form.cleaned_data, verdict.category
    receive(
        organisation=keeper,
        provenance=Provenance.SIMULATEUR,
        wish=Wish(
            souhait=Souhait(given["souhait"]),
            communes=[answers.cleaned_data["commune"], *given["communes"]],
            personnes=answers.household.personnes,
            categorie=category.rank if category and category.is_exact else None,
            avis=verdict.answer,
        ),
        contact=Contact(given["courriel"], given["telephone"], AGREEMENT),
        now=timezone.now(),
    )


@public
@require_safe
def rules_page(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show the published rules of allocation."""
    context = {"organisation": _ofs(organisation), "rules": rules()}
    return render(request, "housing/allocation_rules.html", context)
