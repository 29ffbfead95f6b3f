"""The changes between two editions in French sentences, for those who decide and those who ride."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from .comparing import Changes, DayPair, LineChange, LineNamed

SHOWN: Final = 12
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def change_lines(changes: Changes) -> list[str]:
    """One sentence for each thing that changes, the widest first; one says so if nothing does."""
    told = [
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
    return told or ["Aucun changement visible pour les voyageurs : ni ligne, ni course, ni arrêt."]


def line_name(line: LineNamed) -> str:
    """12 « Langeac – Le Puy » (Cars): what stands on the vehicle, then what tells it apart."""
    name = line.name or "sans nom"
    said = f"{name} « {line.long_name} »" if line.long_name else name
    return f"{said} ({line.agency})" if line.agency else said


def _coverage(changes: Changes) -> Iterable[str]:
    before, after = changes.covers_before, changes.covers_after
    if after == before:
        return
    former = f"elle allait {_span(*before)}" if before[1] else "rien n'y circulait"
    yield f"L'offre va {_span(*after)} ; {former}." if after[1] else "Plus rien ne circule."


def _span(first: date | None, last: date | None) -> str:
    return f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"


def _trips(changes: Changes) -> Iterable[str]:
    if changes.common and changes.common_before != changes.common_after:
        share = _percent(changes.common_before, changes.common_after)
        yield (
            f"{_span(*changes.common).capitalize()} : {courses(changes.common_after)}, "
            f"contre {_number(changes.common_before)} avant{share}."
        )
    for pair, before, after in zip(
        changes.days, changes.trips_before, changes.trips_after, strict=True
    ):
        if before != after:
            yield f"Un {pair.kind} ({_dates(pair)}) : {courses(after)}, contre {_number(before)}."


def _percent(before: int, after: int) -> str:
    if not before:
        return ""
    change = round(100 * (after - before) / before)
    return f" ({change:+d} %)".replace("-", "−") if change else ""


def _dates(pair: DayPair) -> str:
    """The day compared; two where the editions share none."""
    if pair.before == pair.after:
        return _day(pair.after)
    return f"{_day(pair.after)}, comparé au {_day(pair.before)}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


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
            parts.append(f"{courses(after)} un {pair.kind}, contre {_number(before)}")
    return f"Ligne {line_name(change.line)} : {' ; '.join(parts)}."


def _listed(one: str, several: str, names: Iterable[str]) -> Iterable[str]:
    names = list(names)
    if not names:
        return
    hidden = len(names) - SHOWN
    more = f" … et {hidden} de plus" if hidden > 0 else ""
    label = one if len(names) == 1 else f"{several} ({len(names)})"
    yield f"{label} : {', '.join(names[:SHOWN])}{more}."


def _others(number: int, one: str, several: str) -> str:
    return f"1 autre {one}" if number == 1 else f"{number} autres {several}"


def _away(metres: int) -> str:
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:.1f} km".replace(".", ",")


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
    return f"{zones} zone{'s' if zones > 1 else ''} ou groupe{'s' if zones > 1 else ''} d'arrêts"


def courses(number: int) -> str:
    """« aucune course », « 1 course », « 12 courses »."""
    if not number:
        return "aucune course"
    return f"{_number(number)} course{'s' if number > 1 else ''}"


def _number(number: int) -> str:
    """1 234, with a space that does not break."""
    return f"{number:,}".replace(",", "\u202f")
