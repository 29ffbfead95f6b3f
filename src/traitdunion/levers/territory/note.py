"""The levers of a territory on one printed page: who can change what, for whom, at what cost."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from traitdunion import french
from traitdunion.printing.typst import compile_pdf

from ..enums import Acteur, Confiance
from ..models import RechercheTerritoire
from ..profiles import PROFILES
from .page import also_for, chosen_point

LAYOUT = Path(__file__).parent / "layouts" / "note.typ"
MAX_ROWS = 12
"""Rows of the first table: with those of the basket they hold on one page."""

MAX_BASKET = 8


def note_pdf(
    kept: RechercheTerritoire,
    others: Sequence[RechercheTerritoire],
    asked: QueryDict,
    *,
    territory: str,
    on: date,
) -> bytes:
    """Return the page as PDF; others: the searches kept for other profiles."""
    return compile_pdf(LAYOUT, note_values(kept, others, asked, territory=territory, on=on))


def note_values(
    kept: RechercheTerritoire,
    others: Sequence[RechercheTerritoire],
    asked: QueryDict,
    *,
    territory: str,
    on: date,
) -> dict[str, Any]:
    """Return what the page holds, as texts."""
    result = kept.resultat
    profile = PROFILES.get(kept.profil)
    return {
        "territoire": territory,
        "profil": profile.nom if profile else kept.profil,
        "reseau": kept.reseau,
        "calculee": french.day(timezone.localdate(kept.calculee_le)),
        "edite": french.day(on),
        "poles": french.listed(result["poles"]) if result.get("poles") else "les plus peuplés",
        "demonstration": kept.demonstration,
        "acteurs": _actors(result["levers"], others),
        "panier": _basket(result, asked),
        "courbe": [
            {
                "budget": french.euros(_euros(point["budget_eur"])),
                "habitants": point["people_text"],
                "surs": point["least_text"],
            }
            for point in result["curve"]
        ],
    }


def _actors(
    levers: Sequence[Mapping[str, Any]], others: Sequence[RechercheTerritoire]
) -> list[dict[str, Any]]:
    """Return the best levers of each actor, in the order of the list of actors."""
    present = [actor for actor in Acteur if any(row["actor"] == actor.value for row in levers)]
    each = max(1, MAX_ROWS // len(present)) if present else 0
    actors = []
    for actor in present:
        rows = [row for row in levers if row["actor"] == actor.value]
        actors.append({
            "nom": french.capitalised(str(actor.label)),
            "leviers": [_row(row, others) for row in rows[:each]],
            "autres": len(rows) - min(len(rows), each),
        })  # fmt: skip
    return actors


def _row(row: Mapping[str, Any], others: Sequence[RechercheTerritoire]) -> dict[str, str]:
    worse = row["compared"]["lost"]["people"]
    return {
        "phrase": row["sentence"],
        "habitants": row["people_text"],
        "cout": row["cost_text"],
        "chacun": row["each_text"],
        "delai": row["delay"],
        "confiance": str(Confiance(row["confidence"]).label),
        "ferme": f"Laisse {french.modelled_people(worse)} habitants sans poste." if worse else "",
        "aussi": french.listed(also_for(row["key"], others)),
    }


def _basket(result: Mapping[str, Any], asked: QueryDict) -> dict[str, Any]:
    budget, chosen = chosen_point(result["curve"], asked)
    by_key = {row["key"]: row for row in result["levers"]}
    rows = [by_key[key] for key in chosen["levers"] if key in by_key]
    rows.sort(key=lambda row: (-row["people"], row["key"]))
    lost = chosen["compared"]["lost"]["people"]
    return {
        "budget": french.euros(_euros(budget)),
        "habitants": chosen["people_text"],
        "depense": french.euros(_euros(chosen["cost_eur_year"])),
        "ferme": f"Il laisse {french.modelled_people(lost)} habitants sans poste."
        if lost
        else "Il ne laisse personne sans poste.",
        "ecart": "aucun ensemble de ce budget ne fait mieux."
        if chosen["gap"] <= 0
        else f"au mieux, un autre en servirait {round(100 * chosen['gap'])} % de plus.",
        "leviers": [
            {
                "phrase": row["sentence"],
                "acteur": str(Acteur(row["actor"]).label),
                "habitants": row["people_text"],
            }
            for row in rows[:MAX_BASKET]
        ],
        "autres": len(chosen["levers"]) - min(len(rows), MAX_BASKET),
    }


def _euros(value: float) -> Decimal:
    return Decimal(str(round(value, 2) if value < 10 else round(value)))
