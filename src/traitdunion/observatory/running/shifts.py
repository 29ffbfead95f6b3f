"""The six shifts that the observatory compares."""

from dataclasses import dataclass

from traitdunion import reach

HOUR_S = 3600


@dataclass(frozen=True)
class NamedShift:
    """A shift with its code (that of `desk.enums.Horaire`), its name and its hours in French.

    `any_day`: one of its days is enough ("samedi ou dimanche"); else all are required. `of` follows
    "un poste" in a sentence.
    """

    code: str
    nom: str
    hours: str
    shift: reach.Shift
    any_day: bool = False
    of: str = ""

    @property
    def n_days(self) -> int:
        """Return how many days a week it is worked."""
        return 1 if self.any_day else len(self.shift.days)


def _of(start_h: int, end_h: int) -> reach.Shift:
    return reach.Shift(start_h * HOUR_S, end_h * HOUR_S)


SHIFTS = (
    NamedShift("matin", "Matin", "5 h – 13 h", _of(5, 13), of="du matin"),
    NamedShift("journee", "Journée", "8 h – 16 h", _of(8, 16), of="de journée"),
    NamedShift(
        "coupe", "Coupé", "7 h – 10 h et 17 h – 20 h",
        reach.Shift(7 * HOUR_S, 20 * HOUR_S,
                    periods=((7 * HOUR_S, 10 * HOUR_S), (17 * HOUR_S, 20 * HOUR_S))),
        of="aux horaires coupés",
    ),
    NamedShift("apres_midi", "Après-midi", "13 h – 21 h", _of(13, 21), of="d'après-midi"),
    NamedShift("nuit", "Nuit", "21 h – 5 h", _of(21, 29), of="de nuit"),
    NamedShift(
        "week_end", "Week-end", "8 h – 16 h, samedi ou dimanche",
        reach.Shift(8 * HOUR_S, 16 * HOUR_S, days=frozenset({5, 6})), any_day=True,
        of="de week-end",
    ),
)  # fmt: skip
BY_CODE = {shift.code: shift for shift in SHIFTS}
