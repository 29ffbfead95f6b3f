"""Figures for people and machines: rounded by kind, marked as estimates, never 0 for unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from traitdunion import french

from .definitions import BY_CODE, Definition, Kind, Unite

ROUND = 10
"""Modelled people and jobs are rounded to ten."""

UNKNOWN = "non renseigné"


@dataclass(frozen=True)
class Shown:
    """A figure as it is published: `value` for machines, None where unknown; `text` in French."""

    value: float | None
    text: str
    estimation: bool = True


def shown(definition: Definition, value: float | None) -> Shown:
    """Return a figure rounded as its unit and its kind ask."""
    estimated = definition.kind == Kind.MODELE
    if value is None or value != value:
        return Shown(None, UNKNOWN, estimated)
    match definition.unite:
        case Unite.PART:
            rounded = round(value, 2)
            return Shown(rounded, f"{round(100 * rounded)}{french.NBSP}%", estimated)
        case Unite.NOMBRE:
            return _count(definition, value)
        case Unite.MINUTES:
            return Shown(float(round(value)), french.duration(round(value)), estimated)
        case Unite.JOURS:
            return Shown(float(round(value)), french.counted(round(value), "jour"), estimated)
        case Unite.EUROS:
            return Shown(
                float(round(value)), f"{french.number(round(value))}{french.NBSP}€", estimated
            )
        case _:
            return Shown(round(value, 3), french.number(round(value, 2)), estimated)


def people(value: float | None) -> str:
    """Return modelled people, to ten: "1 240", "moins de 10"."""
    return french.modelled_people(value)


def rounded_people(value: float) -> int:
    """Return modelled people rounded to ten."""
    return round(value / ROUND) * ROUND


def _count(definition: Definition, value: float) -> Shown:
    # Communes and entries are objects, counted as they are.
    if definition.code == "W2_COMMUNES" or definition.kind == Kind.OBJET:
        return Shown(float(round(value)), french.number(round(value)))
    return Shown(float(rounded_people(value)), french.modelled_people(value))


def hours_unknown(feeds: Iterable[Mapping[str, str]]) -> list[str]:
    """Return a sentence for each feed, of `manifest.feeds_unknown`, that misses days of a week."""
    return [
        f"Les horaires de {feed['nom']} ne sont connus que du "
        f"{french.day(date.fromisoformat(feed['du']))} au "
        f"{french.day(date.fromisoformat(feed['au']))} : hors de ces jours, ses lignes ne sont "
        "pas comptées, ce qui ne veut pas dire qu'elles ne circulent pas."
        for feed in feeds
    ]


def parameters_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that go with every figure of a run."""
    place = manifest.get("territoire", {})
    return {
        **manifest.get("parametres", {}),
        "horaires_de_reference": manifest.get("reseau", {}).get("version"),
        "population": place.get("population"),
        "domiciles": place.get("domiciles"),
        "poles_par": place.get("poles_par"),
        "rues": manifest.get("rues", {}).get("nature"),
        "code": manifest.get("code", {}).get("version"),
    }


def definition_of(code: str) -> Definition:
    """Return an indicator by its code; LookupError with those known."""
    if code not in BY_CODE:
        known = ", ".join(BY_CODE)
        raise LookupError(f"Indicateur « {code} » inconnu. Connus : {known}.")
    return BY_CODE[code]
