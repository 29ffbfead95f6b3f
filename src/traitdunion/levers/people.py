"""How many residents a lever opens the same job to: the change made, and all communes searched.

Residents of published tables, as if each owned the bicycle or scooter that the person may use, and
no car: modelled figures, shown rounded to ten and named estimates. What a loan, a licence, a
ceiling or another home opens concerns one person, and has no such figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from traitdunion import reach
from traitdunion.matching.margins import limits_of
from traitdunion.matching.situation import Situation, Vehicule
from traitdunion.matching.what_if import shift_moved
from traitdunion.reach.places import Array

from .changes import Lever
from .enums import Nature
from .person import Around
from .profiles import HOLDS, ON_FOOT, PROFILES
from .scenarios import Group, Pole, Territory

COUNTED = (
    Nature.DECALER_POSTE, Nature.TRAVAILLER_A_DISTANCE, Nature.DEPLACER_COURSE,
    Nature.AJOUTER_COURSE, Nature.OUVRIR_TAD,
)  # fmt: skip
OWNED = {Vehicule.VELO: PROFILES["velo"], Vehicule.DEUX_ROUES: PROFILES["scooter"]}
"""What residents own, as the person does; nothing where it is not known, or a car."""


def with_residents(
    levers: Sequence[Lever],
    situation: Situation,
    around: Around,
    groups: Sequence[Group],
    changes: Mapping[str, reach.Change],
) -> list[Lever]:
    """Return the levers with the residents to whom they open the job, and close it.

    groups: the communes that residents live in. changes: of the timetable, by the key of the lever.
    """
    profile = OWNED.get(situation.vehicule, ON_FOOT)
    if HOLDS.get(situation.permis.value, 0) < HOLDS[profile.permis]:
        profile = ON_FOOT
    if not groups or not any(lever.nature in COUNTED for lever in levers):
        return list(levers)
    territory = Territory(
        around.timetable, around.streets, groups, [Pole(situation.work, 1)], [situation.shift],
        situation.week, limits_of(situation.margins), profile,
    )  # fmt: skip
    before, people = territory.pairs[0, 0], territory.people
    counted = []
    for lever in levers:
        after = None
        if lever.nature in COUNTED:
            after = _after(lever, situation, territory, changes.get(lever.key))
        if after is None:
            counted.append(lever)
            continue
        gained, lost = int(people[after & ~before].sum()), int(people[before & ~after].sum())
        counted.append(replace(lever, people=gained, people_lost=lost))
    return counted


def _after(
    lever: Lever, situation: Situation, territory: Territory, change: reach.Change | None
) -> Array | None:
    """Return which groups hold the job once the change is made, bool (H,); None if not known."""
    match lever.nature:
        case Nature.DECALER_POSTE:
            moved = shift_moved(situation, int(lever.detail["move_shift_min"]))
            return None if moved is None else territory.with_shifts([moved.shift]).pairs[0, 0]
        case Nature.TRAVAILLER_A_DISTANCE:
            days = frozenset(situation.shift.days) - set(lever.detail["remote_days"])
            held: Array = territory.held(territory.words, [replace(situation.shift, days=days)])[
                0, 0
            ]
            return held
        case Nature.OUVRIR_TAD:
            # The ride goes from the commune of the home alone.
            here = situation.home.code_insee
            inside = np.array([group.place.code_insee == here for group in territory.groups])
            opened: Array = territory.pairs[0, 0] | inside
            return opened
        case _:
            return None if change is None else territory.after(change)[0, 0]
