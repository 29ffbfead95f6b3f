"""The changes of a scenario as sentences, and the names of the trips and stops they point to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traitdunion import french, reach
from traitdunion.matching.feasibility.travels import VEHICLES

from .kinds import KINDS
from .territory import Territory
from .trips import point_of, seconds, trips_named


@dataclass(frozen=True)
class Names:
    """Names of what rows point to, read once a page."""

    territory: Territory

    def place(self, code: str) -> str:
        """Return the name of a commune, its code where it is not of the territory."""
        for group in self.territory.groups:
            if group.place.code_insee == code:
                return group.place.label
        return code

    def shift(self, number: int) -> str:
        """Return the hours of a shift counted from one: "5 h – 13 h"."""
        shift = self.territory.shifts[number - 1]
        return f"{french.clock(shift.start_s)} – {french.clock(shift.end_s % 86_400)}"

    def stop(self, stop_id: str) -> str:
        """Return the name of a stop or of a point of the map, its id where nothing names it."""
        point = point_of(stop_id)
        if point is not None:
            return point.name
        try:
            return self.territory.timetable.stop_name(self.territory.timetable.stop_index(stop_id))
        except (KeyError, ValueError):
            return stop_id

    def trip(self, trip_id: str) -> str:
        """Return the departure, the first and the last stop of a trip."""
        try:
            row = trips_named(self.territory.timetable, trip_id)[0]
        except ValueError:
            return trip_id
        return trip_words(self.territory.timetable, row)

    def sentence(self, row: Mapping[str, Any]) -> str:
        """Return a row as a sentence; its kind alone where it points to what is no longer there."""
        try:
            return str(_SENTENCES[row["nature"]](self, row))
        except (KeyError, IndexError, ValueError, TypeError):
            kind = KINDS.get(str(row.get("nature")))
            return (
                f"{french.capitalised(kind.label)} (à revoir)." if kind else "Changement à revoir."
            )


def trip_words(timetable: reach.Timetable, row: int) -> str:
    """Return "4 h 52 Langeac – Le Puy" of a compiled trip."""
    a = timetable.arrays
    first, last = a["pattern_starts"][a["trip_pattern"][row] :][:2]
    stops = a["pattern_stops"][first:last]
    leaves = int(a["departure_s"][a["trip_events"][row]]) % 86_400
    ends = f"{timetable.stop_name(int(stops[0]))} – {timetable.stop_name(int(stops[-1]))}"
    return f"{french.clock(leaves)} {ends}"


def _calls(names: Names, row: Mapping[str, Any]) -> str:
    pairs = zip(row["arrets"], row["heures"], strict=True)
    return ", ".join(f"{names.stop(stop)} {french.clock(seconds(at))}" for stop, at in pairs)


def _moved(names: Names, row: Mapping[str, Any]) -> str:
    verb = "Avancez" if row["minutes"] < 0 else "Retardez"
    return (
        f"{verb} de {french.duration(abs(row['minutes']))} le départ {names.trip(row['course'])}."
    )


def _windows(_names: Names, row: Mapping[str, Any]) -> str:
    words = (("avant_min", "tôt"), ("apres_min", "tard"))
    parts = [f"{french.duration(row[key])} plus {word}" for key, word in words if row.get(key)]
    return f"Ouvrez le transport à la demande {row['course']} {french.listed(parts)}."


def _notice(_names: Names, row: Mapping[str, Any]) -> str:
    by = french.duration(row["minutes"])
    return f"Raccourcissez de {by} le délai de réservation de {row['course']}."


def _shift(names: Names, row: Mapping[str, Any]) -> str:
    later = "plus tard" if row["minutes"] > 0 else "plus tôt"
    place = french.at_place(names.place(row["pole"]))
    by = french.duration(abs(row["minutes"]))
    return f"Décalez le poste {names.shift(row['poste'])} {place} de {by} {later}."


def _remote(names: Names, row: Mapping[str, Any]) -> str:
    days = row["jours"] if isinstance(row["jours"], list) else [row["jours"]]
    return (f"Le poste {names.shift(row['poste'])} {french.at_place(names.place(row['pole']))} se "
            f"travaille à distance : {french.listed(days)}.")  # fmt: skip


def _loan(names: Names, row: Mapping[str, Any]) -> str:
    what = vehicles_counted(row["nombre"], row["vehicule"])
    return f"Prêtez {what} {french.at_place(names.place(row['commune']))}."


def vehicles_counted(number: int, vehicle: str) -> str:
    """Return "5 vélos électriques"."""
    name = VEHICLES[vehicle].name
    return f"{number} " + (" ".join(f"{word}s" for word in name.split()) if number > 1 else name)


def zone_words(place: str, km: int) -> str:
    """Return what opening an on-demand zone around a commune asks for, as a sentence."""
    return (
        f"Ouvrez un transport à la demande autour {french.of_place(place)}, jusqu'à "
        f"{km}{french.NBSP}km{french.NBSP}: vers les postes et les arrêts de la zone."
    )


def _licence(licence: str) -> Any:
    def sentence(names: Names, row: Mapping[str, Any]) -> str:
        people = french.counted(row["nombre"], "personne")
        verb = "passent" if row["nombre"] > 1 else "passe"
        place = french.at_place(names.place(row["commune"]))
        return f"{people} {place} {verb} le permis {licence}."

    return sentence


_SENTENCES: dict[str, Any] = {
    "ajouter_course": lambda n, r: f"Ajoutez un départ {_calls(n, r)}.",
    "deplacer_course": _moved,
    "prolonger_course": lambda n, r: f"Prolongez {n.trip(r['course'])} jusqu'à {_calls(n, r)}.",
    "supprimer_course": lambda n, r: f"Supprimez le départ {n.trip(r['course'])}.",
    "ouvrir_arret": lambda n, r: (f"Arrêtez {n.trip(r['course'])} à {n.stop(r['arret'])} à "
                                  f"{french.clock(seconds(r['heure']))}."),
    "fermer_arret": lambda n, r: f"Fermez l'arrêt {n.stop(r['arret'])}.",
    "elargir_tad": _windows,
    "ouvrir_tad": lambda n, r: zone_words(n.place(r["commune"]), r["rayon_km"]),
    "ligne_covoiturage": lambda n, r: (
        f"Ouvrez une ligne de covoiturage {_calls(n, r)}, toutes les "
        f"{french.duration(r['toutes_les_min'])} jusqu'à {french.clock(seconds(r['jusqu_a']))}."),
    "reduire_preavis": _notice,
    "decaler_poste": _shift,
    "travailler_a_distance": _remote,
    "preter_vehicule": _loan,
    "permis_am": _licence("AM"),
    "permis_b": _licence("B"),
    "loger_plus_pres": lambda n, r: (
        f"Logez {french.counted(r['nombre'], 'personne')} {french.of_place(n.place(r['de']))} "
        f"{french.at_place(n.place(r['vers']))}."),
    "tout_supprimer": lambda _n, _r: "Supprimez toutes les lignes.",
}  # fmt: skip
