"""The changes between two editions in French sentences, for those who decide and those who ride."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from traitdunion import french

from .comparing import Changes, DayPair, LineChange, LineNamed

SHOWN: Final = 12


def change_lines(changes: Changes) -> list[str]:
    """Return one sentence for each thing that changes, or one where nothing does."""
    sentences = [
        *_coverage(changes),
        *_trips(changes),
        *_listed("Ligne ajoutée", "Lignes ajoutées", map(line_name, changes.lines_added)),
        *_listed("Ligne supprimée", "Lignes supprimées", map(line_name, changes.lines_removed)),
        *_lines(changes),
        *_listed("Arrêt ajouté", "Arrêts ajoutés", changes.stops_added),
        *_listed(
            "Arrêt qui n'est plus desservi",
            "Arrêts qui ne sont plus desservis",
            changes.stops_removed,
        ),
        *_listed(
            "Arrêt déplacé de plus de 50 m",
            "Arrêts déplacés de plus de 50 m",
            (f"{stop.name} ({_away(stop.metres)})" for stop in changes.stops_moved),
        ),
        *_prices(changes),
        *_zones(changes),
    ]
    return sentences or [
        "Aucun changement visible pour les voyageurs : ni ligne, ni course, ni arrêt."
    ]


def line_name(line: LineNamed) -> str:
    """12 « Langeac – Le Puy » (Cars): what stands on the vehicle, then what distinguishes it."""
    name = line.name or "sans nom"
    named = f"{name} « {line.long_name} »" if line.long_name else name
    return f"{named} ({line.agency})" if line.agency else named


def _coverage(changes: Changes) -> Iterable[str]:
    before, after = changes.covers_before, changes.covers_after
    if after == before:
        return
    former = f"elle allait {_days_covered(*before)}" if before[1] else "rien n'y circulait"
    yield f"L'offre va {_days_covered(*after)} ; {former}." if after[1] else "Plus rien ne circule."


def _days_covered(first: date | None, last: date | None) -> str:
    return f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"


def _trips(changes: Changes) -> Iterable[str]:
    if changes.common and changes.common_before != changes.common_after:
        share = _percent(changes.common_before, changes.common_after)
        yield (
            f"{_days_covered(*changes.common).capitalize()} : {courses(changes.common_after)}, "
            f"contre {french.number(changes.common_before)} avant{share}."
        )
    for pair, before, after in zip(
        changes.days, changes.trips_before, changes.trips_after, strict=True
    ):
        if before != after:
            fewer = french.number(before)
            yield f"Un {pair.kind} ({_dates(pair)}) : {courses(after)}, contre {fewer}."


def _percent(before: int, after: int) -> str:
    if not before:
        return ""
    change = round(100 * (after - before) / before)
    return f" ({change:+d} %)".replace("-", "−") if change else ""


def _dates(pair: DayPair) -> str:
    """Return the day compared; two where the editions share none."""
    if pair.before == pair.after:
        return _weekday_and_date(pair.after)
    return f"{_weekday_and_date(pair.after)}, comparé au {_weekday_and_date(pair.before)}"


def _weekday_and_date(day: date) -> str:
    return f"{french.DAYS[day.weekday()]} {day:%d/%m/%Y}"


def _lines(changes: Changes) -> Iterable[str]:
    for change in changes.lines_changed[:SHOWN]:
        yield _line(change, changes.days)
    hidden = len(changes.lines_changed) - SHOWN
    if hidden > 0:
        yield f"… et {_others(hidden, 'ligne modifiée', 'lignes modifiées')}."


def _line(change: LineChange, days: tuple[DayPair, ...]) -> str:
    parts = []
    if change.former_agency:
        parts.append(f"exploitée jusqu'ici par {change.former_agency}")
    for pair, before, after in zip(days, change.before, change.after, strict=True):
        if before != after:
            parts.append(f"{courses(after)} un {pair.kind}, contre {french.number(before)}")
    return f"Ligne {line_name(change.line)} : {' ; '.join(parts)}."


def _listed(singular: str, several: str, names: Iterable[str]) -> Iterable[str]:
    names = list(names)
    if not names:
        return
    hidden = len(names) - SHOWN
    more = f" … et {hidden} de plus" if hidden > 0 else ""
    label = singular if len(names) == 1 else f"{several} ({len(names)})"
    yield f"{label} : {', '.join(names[:SHOWN])}{more}."


def _others(number: int, singular: str, several: str) -> str:
    return f"1 autre {singular}" if number == 1 else f"{number} autres {several}"


def _away(metres: int) -> str:
    return french.distance(metres)


def _prices(changes: Changes) -> Iterable[str]:
    for change in changes.prices[:SHOWN]:
        if not change.before:
            yield f"Nouveau tarif : « {change.ticket} », {change.after}."
        elif not change.after:
            yield f"Tarif supprimé : « {change.ticket} », {change.before}."
        else:
            yield f"Tarif « {change.ticket} » : {change.after}, contre {change.before}."
    hidden = len(changes.prices) - SHOWN
    if hidden > 0:
        yield f"… et {_others(hidden, 'tarif modifié', 'tarifs modifiés')}."


def _zones(changes: Changes) -> Iterable[str]:
    if changes.zones_before != changes.zones_after:
        yield (
            f"Transport à la demande : {_count(changes.zones_after)}, "
            f"contre {_count(changes.zones_before)}."
        )


def _count(zones: int) -> str:
    if not zones:
        return "aucune zone"
    return f"{zones} zone{french.plural(zones)} ou groupe{french.plural(zones)} d'arrêts"


def courses(number: int) -> str:
    """« aucune course », « 1 course », « 12 courses »."""
    if not number:
        return "aucune course"
    return f"{french.number(number)} course{french.plural(number)}"
