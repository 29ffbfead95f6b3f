"""The territory's page: levers sorted and filtered, the curve drawn, the basket of a budget."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from traitdunion import french

from ..enums import Acteur, Confiance
from ..models import RechercheTerritoire
from ..operations import sign_offer
from ..profiles import PROFILES
from .curve import drawn

SORTS = {"cout": "coût par personne", "personnes": "personnes", "delai": "délai"}
FIRST = 8
"""Levers shown before any unfolding: each actor finds as many of its own among them."""


@dataclass(frozen=True)
class Row:
    """A lever in the list."""

    sentence: str
    code: str
    actor: str
    people: str
    each: str
    delay: str
    bars: int
    confidence: str
    url: str
    in_basket: bool
    worse: str
    also: str


@dataclass(frozen=True)
class Share:
    """What one actor has in the basket: its levers and what they cost a year, in words."""

    actor: str
    levers: list[dict[str, Any]]
    cost: str


def page_context(
    kept: RechercheTerritoire, asked: QueryDict, others: Sequence[RechercheTerritoire] = ()
) -> dict[str, Any]:
    """Return what the template draws of the last search, as asked in the address.

    others: the searches kept for other profiles, whose people stand beside.
    """
    result = kept.resultat
    budget, chosen = chosen_point(result["curve"], asked)
    basket = set(chosen["levers"])
    actor, sort = asked.get("acteur", ""), asked.get("tri", "cout")
    levers = [row for row in result["levers"] if not actor or row["actor"] == actor]
    if sort == "personnes":
        levers.sort(key=lambda row: (-row["people"], row["key"]))
    elif sort == "delai":
        levers.sort(key=lambda row: (row["delay_weeks"], -row["people"], row["key"]))
    present = {row["actor"] for row in result["levers"]}
    by_key = {row["key"]: row for row in result["levers"]}
    first, rest = _first(levers)
    return {
        "kept": kept,
        "rows": [_row(row, basket, others) for row in first],
        "more": [_row(row, basket, others) for row in rest],
        "actors": [(a.value, french.capitalised(str(a.label))) for a in Acteur
                   if a.value in present],
        "actor": actor, "sorts": SORTS.items(), "sort": sort if sort in SORTS else "cout",
        "curve": drawn(result["curve"], chosen), "budget": int(budget),
        # The curve ends on a round hundred: its last point has to be reached.
        "step": 100,
        "basket": _shares([by_key[key] for key in chosen["levers"] if key in by_key]),
        "n_basket": len(chosen["levers"]),
        "basket_more": sum(key not in by_key for key in chosen["levers"]),
        "chosen": chosen, "left": int(budget - chosen["cost_eur_year"]),
        "lost": chosen["compared"]["lost"]["pairs"], "result": result,
        "left_without": french.modelled_people(chosen["compared"]["lost"]["people"]),
    }  # fmt: skip


def chosen_point(curve: list[dict[str, Any]], asked: QueryDict) -> tuple[float, dict[str, Any]]:
    """Return the budget asked for, and the point of the curve that it pays for."""
    budget = _budget(asked, curve)
    paid = (point for point in curve if point["budget_eur"] <= budget)
    return budget, max(paid, key=lambda point: point["budget_eur"], default=curve[0])


def also_for(key: str, others: Sequence[RechercheTerritoire]) -> list[str]:
    """Return whom else a lever opens a post to: "4 210 qui ont un vélo", by profile."""
    texts = []
    for row in others:
        people = row.resultat.get("people_by_lever", {}).get(key)
        if people and row.profil in PROFILES:
            texts.append(f"{french.modelled_people(people)} {PROFILES[row.profil].plural}")
    return texts


def _budget(asked: QueryDict, curve: list[dict[str, Any]]) -> float:
    typed = asked.get("budget", "")
    middle = float(curve[len(curve) // 2]["budget_eur"])
    if not typed.isdecimal() or len(typed) > 9:
        return middle
    return min(float(typed), float(curve[-1]["budget_eur"]))


def _shares(levers: Sequence[dict[str, Any]]) -> list[Share]:
    """Return the basket by actor, in the order of the list of actors."""
    shares = []
    for actor in Acteur:
        own = [row for row in levers if row["actor"] == actor.value]
        if own:
            # A lever whose cost is not known is in no basket.
            cost = french.euros(Decimal(round(sum(row["cost_eur_year"] for row in own))))
            shares.append(Share(french.capitalised(str(actor.label)), own, cost))
    return shares


def _first(
    levers: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the levers shown at once, a few of each actor, and the others, in the same order."""
    seen: Counter[str] = Counter()
    first: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    each = max(1, FIRST // max(1, len({row["actor"] for row in levers})))
    for row in levers:
        seen[row["actor"]] += 1
        fits = len(first) < FIRST and seen[row["actor"]] <= each
        (first if fits else others).append(row)
    return first, others


def _row(row: dict[str, Any], basket: set[str], others: Sequence[RechercheTerritoire]) -> Row:
    token = sign_offer({
        "key": row["key"], "acteur": row["actor"], "nature": row["kind"],
        "phrase": row["sentence"], "cout": row["cost_text"], "delai": row["delay"],
        "confiance": row["confidence"], "territoire": str(row["change"].get("pole", "")),
        "detail": row["change"],
    })  # fmt: skip
    worse = row["compared"]["lost"]["people"]
    return Row(
        row["sentence"], row["actor"], french.capitalised(str(Acteur(row["actor"]).label)),
        row["people_text"], row["each_text"], row["delay"], row["bars"],
        str(Confiance(row["confidence"]).label),
        f"{reverse('levers:propose-first')}?{urlencode({'levier': token})}",
        row["key"] in basket, french.modelled_people(worse) if worse else "",
        french.listed(also_for(row["key"], others)),
    )  # fmt: skip
