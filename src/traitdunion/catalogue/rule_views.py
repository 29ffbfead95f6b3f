"""Pages on which an organisation writes its rules, without programming."""

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.gates import requires
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

from . import local_rules, rule_cases
from .enums import Statut
from .facts_form import FactsForm
from .models import Regle
from .rule_cases import MOST_CASES
from .rule_forms import RuleBuilder

TONES = {Reponse.OUI: "yes", Reponse.A_VERIFIER: "maybe", Reponse.NON: "no"}


@requires(Permission.SEE_DRAFTS)
@require_safe
def rules(request: HttpRequest, organisation: str) -> HttpResponse:
    """The rules that an organisation wrote."""
    found = local_rules.rules_of(request.organisation)
    context = {"organisation": request.organisation, "rules": found}
    return render(request, "catalogue/rules.html", context)


@requires(Permission.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, organisation: str, name: str = "") -> HttpResponse:
    """The builder: lines are added and taken away, tried on somebody, saved, published."""
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
    request: HttpRequest, builder: RuleBuilder, cases: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The cases, and the person tried on the page with the answer expected for them."""
    person = FactsForm(request.POST, criteria=builder.criteria, asked=_criteria_of(builder))
    expected = request.POST.get("cas-reponse", "")
    if not person.is_valid() or expected not in set(Reponse) or len(cases) >= MOST_CASES:
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


def latest(request: HttpRequest, name: str) -> Regle:
    """Latest version of a rule of the organisation of the page, or 404."""
    found = request.organisation.regles.filter(name=name).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404("Aucune règle de ce nom.")
    return found


def _saved(
    request: HttpRequest,
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


def _publish(request: HttpRequest, saved: Regle, now: datetime) -> None:
    try:
        local_rules.publish_rule(by=request.user, rule=saved, now=now)
    except local_rules.RuleError as refused:
        messages.error(request, f"Brouillon enregistré, et non publié. {refused}")
    else:
        messages.success(request, f"La règle « {saved.nom} » est publiée.")


def _shown(
    request: HttpRequest,
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
        "criteria": sorted(builder.askable.values(), key=lambda one: one.nom.casefold()),
        "empty": builder.checked and not builder.rows,
        "draft": row is None or row.statut == Statut.BROUILLON,
        "cases_sent": [json.dumps(case) for case in cases],
        "answers": list(Reponse),
    }
    context |= _preview(request, builder, cases)
    return render(request, "catalogue/rule.html", context, status=status)


def _preview(
    request: HttpRequest, builder: RuleBuilder, cases: list[dict[str, Any]]
) -> dict[str, Any]:
    """The rule in sentences, what it answers for the person it is tried on, and for its cases."""
    book, today = rule_book(), timezone.localdate()
    quiet = RuleBuilder(request.POST, criteria=builder.criteria) if request.POST else builder
    quiet.rows = builder.rows
    person = FactsForm(request.POST or None, criteria=builder.criteria, asked=_criteria_of(builder))
    found: dict[str, Any] = {"person": person.rows(person.asked)}
    if request.method != "POST" and not builder.rows:
        return found
    try:
        if request.POST and not quiet.is_valid():
            return found
        content = quiet.document() if request.POST else _stored(builder)
        made = rule_from(local_rules.with_days({**content, "regle": "essai", "version": 1}), book)
    except RulesError as wrong:
        return {**found, "problems": wrong.problems}
    groups = [
        [literal(leaf, book.parameters, today) for leaf in leaves(part)]
        for part in made.conditions.nodes
    ]
    found["sentences"] = [
        {"one_of": isinstance(part, AnyOf), "texts": texts}
        for part, texts in zip(made.conditions.nodes, groups, strict=True)
    ]
    try:
        found["outcomes"] = rule_cases.outcomes(cases, made)
        found["untried"] = rule_cases.untried(cases, made)
    except RulesError as wrong:
        found["problems"] = wrong.problems
    if request.POST.get("faire") == "essayer":
        person.is_valid()
        facts = person.facts()
        tried = entitlement(made, facts, on=max(today, made.valid_from), book=book)
        found |= {"tried": tried, "tone": TONES[tried.reponse], "missing": _missing(tried, facts)}
    return found


def _stored(builder: RuleBuilder) -> dict[str, Any]:
    document = builder.source
    return dict(document) if document else {}


def _missing(tried: Entitlement, facts: Any) -> list[str]:
    world = rule_book().world(facts, timezone.localdate())
    return [explained(leaf, world) for leaf in tried.missing]


@requires(Permission.EDIT_CATALOGUE)
@require_POST
def archive(request: HttpRequest, organisation: str, name: str) -> HttpResponse:
    """Take a rule out of force."""
    row = latest(request, name)
    local_rules.archive_rule(by=request.user, rule=row, now=timezone.now())
    messages.success(request, f"La règle « {row.nom} » est archivée : elle ne s'applique plus.")
    return redirect("regles:rules", organisation=organisation)
