"""A second employer in the same day: another place of work, after the first."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from traitdunion.french import at_place, clock

DAY_S = 86_400
FIELDS = ("travail2", "debut2", "fin2")
MISSING = {
    "travail2": "Indiquez où travaille le deuxième employeur.",
    "debut2": "Indiquez l'heure de début du deuxième poste.",
    "fin2": "Indiquez l'heure de fin du deuxième poste.",
}


class SecondJob(NamedTuple):
    """Where one works after the first employer; hours in seconds after the midnight of the day."""

    commune: Any
    start_s: int
    end_s: int

    @property
    def words(self) -> str:
        """Return its hours and its place: "14 h – 18 h à Brives-Charensac"."""
        hours = f"{clock(self.start_s)} – {clock(self.end_s)}"
        return f"{hours} {at_place(self.commune.nom)}"


def second_job(cleaned: Mapping[str, Any]) -> SecondJob | None:
    """Return the second job of cleaned fields, None where none is asked about.

    An end that is not after its start is on the next day. Raises ValueError, with the field and a
    French sentence, where a part is missing or where it overlaps the first job.
    """
    if all(cleaned.get(name) is None for name in FIELDS):
        return None
    for name, missing in MISSING.items():
        if cleaned.get(name) is None:
            raise ValueError(name, missing)
    commune, start_s, end_s = (cleaned[name] for name in FIELDS)
    first_ends_s = cleaned["fin"]
    if start_s < first_ends_s:
        raise ValueError("debut2", f"Le premier poste finit à {clock(first_ends_s)}.")
    if end_s <= start_s:
        end_s += DAY_S
    if end_s - cleaned["debut"] > DAY_S:
        raise ValueError("fin2", "Les deux postes doivent tenir en 24 heures.")
    return SecondJob(commune, start_s, end_s)
