"""Pages on which an organisation writes its rules, without programming."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import OrganisationRequest, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.rules import (
    Entitlement,
    Reponse,
    RulesError,
    entitlement,
    explained,
    literal,
    rule_book,
    rule_from,
)  # fmt: skip
from traitdunion.rules.trees import AnyOf, leaves

from ..enums import Statut
from ..models import Regle
from . import cases as rule_cases
from . import operations as local_rules
from .cases import MAX_CASES
from .facts_form import FactsForm
from .forms import RuleBuilder

TONES = {Reponse.OUI: "yes", Reponse.A_VERIFIER: "maybe", Reponse.NON: "no"}


@requires(Permission.SEE_DRAFTS)
@require_safe
def rules(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Return the rules that an organisation wrote."""
    own_rules = local_rules.rules_of(request.organisation)
    today = timezone.localdate()
    kept = timedelta(days=settings.TRAITDUNION_RULES_FRESH_DAYS)
    context = {
        "organisation": request.organisation,
        "rules": [(row, row.statut == Statut.PUBLIE and row.read_on + kept < today)
                  for row in own_rules],
    }  # fmt: skip
    return render(request, "catalogue/rules.html", context)


@requires(Permission.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: OrganisationRequest, organisation: str, name: str = "") -> HttpResponse:
    """Show the builder: lines are added and taken away, tried on a person, saved, published."""
    row = latest(request, name) if name else None
    criteria = rule_book().criteria
    if request.method != "POST":
        builder = RuleBuilder(criteria=criteria, document=row.content if row else None)
        return _shown(request, builder, row, row.cases if row else [])
    cases = rule_cases.posted_cases(request.POST.getlist("cas"))
    builder = RuleBuilder(request.POST, criteria=criteria)
    action, _, which = request.POST.get("faire", "").partition("-")
    number = int(which) if which.isdigit() else 0
    if action == "ajouter":
        builder.add(request.POST.get("nouveau", ""))
    elif action == "ou":
        builder.add(request.POST.get(f"nouveau-{number}", ""), number)
    elif action == "retirer":
        builder.remove(number)
    elif action == "garder":
        cases = _with_this_case(request, builder, cases)
    elif action == "oublier":
        del cases[number : number + 1]
    elif builder.is_valid() and action in ("enregistrer", "publier"):
        return _saved(request, builder, row, cases, publish=action == "publier")
    return _shown(request, builder, row, cases)


def _with_this_case(
    request: OrganisationRequest, builder: RuleBuilder, cases: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the cases, and the person tried on the page with the answer expected for them."""
    person = FactsForm(request.POST, criteria=builder.criteria, asked=_criteria_of(builder))
    expected = request.POST.get("cas-reponse", "")
    if not person.is_valid() or expected not in set(Reponse) or len(cases) >= MAX_CASES:
        return cases
    begins = parse_date(request.POST.get("r-valide_du", ""))
    case = rule_cases.kept_case(
        request.POST.get("cas-nom", ""),
        expected,
        person.facts(),
        on=max(timezone.localdate(), begins) if begins else timezone.localdate(),
        number=len(cases) + 1,
    )
    return [*cases, case]


def _criteria_of(builder: RuleBuilder) -> list[str]:
    return list(dict.fromkeys(row.criterion for row in builder.rows))


def latest(request: OrganisationRequest, name: str) -> Regle:
    """Return the latest version of a rule of the organisation of the page, or 404."""
    regle = request.organisation.regles.filter(name=name).first()  # type: ignore[attr-defined]
    if regle is None:
        raise Http404("Aucune règle de ce nom.")
    return regle


def _saved(
    request: OrganisationRequest,
    builder: RuleBuilder,
    row: Regle | None,
    cases: list[dict[str, Any]],
    *,
    publish: bool,
) -> HttpResponse:
    now = timezone.now()
    try:
        saved = local_rules.save_draft(
            by=request.user,
            organisation=request.organisation,
            content=builder.document(),
            name=row.name if row else "",
            seen_at=parse_datetime(request.POST.get("vu_le", "")),
            cases=cases,
            now=now,
        )
    except local_rules.RuleError as refused:
        messages.error(request, str(refused))
        return _shown(request, builder, row, cases, status=409)
    if publish:
        _publish(request, saved, now)
    else:
        messages.success(request, f"La règle « {saved.nom} » est enregistrée.")
    return redirect("regles:rule", organisation=request.organisation.slug, name=saved.name)


def _publish(request: OrganisationRequest, saved: Regle, now: datetime) -> None:
    try:
        local_rules.publish_rule(by=request.user, rule=saved, now=now)
    except local_rules.RuleError as refused:
        messages.error(request, f"Brouillon enregistré, et non publié. {refused}")
    else:
        messages.success(request, f"La règle « {saved.nom} » est publiée.")


def _shown(
    request: OrganisationRequest,
    builder: RuleBuilder,
    row: Regle | None,
    cases: list[dict[str, Any]],
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "organisation": request.organisation,
        "row": row,
        "builder": builder,
        "criteria": sorted(
            builder.askable.values(), key=lambda criterion: criterion.nom.casefold()
        ),
        "empty": builder.checked and not builder.rows,
        "draft": row is None or row.statut == Statut.BROUILLON,
        "cases_sent": [json.dumps(case) for case in cases],
        "answers": list(Reponse),
    }
    context |= _preview(request, builder, cases)
    return render(request, "catalogue/rule.html", context, status=status)


def _preview(
    request: OrganisationRequest, builder: RuleBuilder, cases: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the rule in sentences, what it answers for the person it is tried on, and for its
    cases.
    """
    book, today = rule_book(), timezone.localdate()
    quiet = RuleBuilder(request.POST, criteria=builder.criteria) if request.POST else builder
    quiet.rows = builder.rows
    person = FactsForm(request.POST or None, criteria=builder.criteria, asked=_criteria_of(builder))
    context: dict[str, Any] = {"person": person.rows(person.asked)}
    if request.method != "POST" and not builder.rows:
        return context
    try:
        if request.POST and not quiet.is_valid():
            return context
        content = quiet.document() if request.POST else _stored(builder)
        document = local_rules.with_days({**content, "regle": "essai", "version": 1})
        made = rule_from(document, book, read_on=today)
    except RulesError as wrong:
        return {**context, "problems": wrong.problems}
    groups = [
        [literal(leaf, book.parameters, today) for leaf in leaves(part)]
        for part in made.conditions.nodes
    ]
    context["sentences"] = [
        {"one_of": isinstance(part, AnyOf), "texts": texts}
        for part, texts in zip(made.conditions.nodes, groups, strict=True)
    ]
    try:
        context["outcomes"] = rule_cases.outcomes(cases, made)
        context["untried"] = rule_cases.untried(cases, made)
    except RulesError as wrong:
        context["problems"] = wrong.problems
    if request.POST.get("faire") == "essayer":
        person.is_valid()
        facts = person.facts()
        tried = entitlement(made, facts, on=max(today, made.valid_from), book=book)
        context |= {"tried": tried, "tone": TONES[tried.reponse], "missing": _missing(tried, facts)}
    return context


def _stored(builder: RuleBuilder) -> dict[str, Any]:
    document = builder.source
    return dict(document) if document else {}


def _missing(tried: Entitlement, facts: Any) -> list[str]:
    world = rule_book().world(facts, timezone.localdate())
    return [explained(leaf, world) for leaf in tried.missing]


@requires(Permission.EDIT_CATALOGUE)
@require_POST
def read_again(request: OrganisationRequest, organisation: str, name: str) -> HttpResponse:
    """Note that the source of a rule was read again today."""
    row = latest(request, name)
    local_rules.note_reading(by=request.user, rule=row, on=timezone.localdate())
    messages.success(request, f"C'est noté : la source de « {row.nom} » est relue.")
    return redirect("regles:rules", organisation=organisation)


@requires(Permission.EDIT_CATALOGUE)
@require_POST
def archive(request: OrganisationRequest, organisation: str, name: str) -> HttpResponse:
    """Take a rule out of force."""
    row = latest(request, name)
    local_rules.archive_rule(by=request.user, rule=row, now=timezone.now())
    messages.success(request, f"La règle « {row.nom} » est archivée : elle ne s'applique plus.")
    return redirect("regles:rules", organisation=organisation)
