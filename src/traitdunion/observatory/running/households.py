"""What a month leaves to the household of a profile, as the département wrote it in its file.

An amount that is not written is unknown, and what depends on it is not computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any

DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Household:
    """Euros a month of a household, NaN where unknown.

    `in_job_eur`, `out_of_job_eur`: all its income with the job and without it, what remains of
    benefits included; `fixed_eur`: rent, energy, insurance, subscriptions; `childcare_eur`: what
    the job adds. `floor_day_eur`: for one person and one day, the least that should be left.
    """

    people: float = nan
    in_job_eur: float = nan
    out_of_job_eur: float = nan
    fixed_eur: float = nan
    childcare_eur: float = nan
    floor_day_eur: float = nan

    @property
    def before_trips_eur(self) -> float:
        """Return what is left of a month in the job before any trip is paid."""
        return self.in_job_eur - self.fixed_eur

    @property
    def gain_before_trips_eur(self) -> float:
        """Return what the job brings in a month before any trip is paid."""
        return self.in_job_eur - self.out_of_job_eur - self.childcare_eur

    @property
    def floor_eur(self) -> float:
        """Return the least that should be left to the whole household for a month."""
        return self.floor_day_eur * self.people * DAYS_A_MONTH


UNKNOWN_HOUSEHOLD = Household()
NAMES = {
    "personnes": "people",
    "revenus_en_emploi_mois_eur": "in_job_eur",
    "revenus_sans_emploi_mois_eur": "out_of_job_eur",
    "charges_fixes_mois_eur": "fixed_eur",
    "garde_mois_eur": "childcare_eur",
    "plancher_jour_eur": "floor_day_eur",
}
"""Keys of a household in a file of profiles, and what they fill in."""


def read_household(given: Any, faults: list[str], *, where: str) -> Household:
    """Return the household of a profile as its file writes it; add what is wrong to `faults`."""
    if not isinstance(given, Mapping):
        faults.append(f"{where} : « menage » est une liste de montants")
        return Household()
    amounts: dict[str, float] = {}
    for key, amount in given.items():
        if key not in NAMES:
            faults.append(f"{where} : menage, « {key} » inconnu")
        elif isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
            faults.append(f"{where} : menage, {key} = {amount!r}, un nombre positif est attendu")
        else:
            amounts[NAMES[key]] = float(amount)
    return Household(**amounts)
