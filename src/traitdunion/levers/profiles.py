"""Profiles of a territory: what everyone would own, for whom levers and scenarios are weighed."""

from dataclasses import dataclass

from traitdunion import reach
from traitdunion.matching.feasibility.travels import TO_A_STOP, VEHICLES

HOLDS = {"aucun": 0, "am": 1, "b": 2}
"""Licences in order: one holds those below it."""

Way = reach.Commute | reach.Mode


def ways_of(vehicle: str, limits: reach.Limits) -> list[Way]:
    """Return the ways that a vehicle opens: the whole way, then left at a stop of either end."""
    mode = VEHICLES[vehicle].mode
    if vehicle not in TO_A_STOP:
        return [mode]
    return [mode, reach.Commute(home_vehicle=mode, limits=limits),
            reach.Commute(work_vehicle=mode, limits=limits)]  # fmt: skip


@dataclass(frozen=True)
class TerritoryProfile:
    """What everyone owns; `nom` follows « une personne », `plural` a number of them.

    `vehicle`: a code of the catalogue, or empty; `permis`: the licence held.
    """

    code: str
    nom: str
    vehicle: str = ""
    permis: str = "aucun"
    plural: str = ""

    def modes(self, limits: reach.Limits, on_demand: reach.OnDemand | None = None) -> list[Way]:
        """Return the lines reached on foot, services on demand with them, then one's vehicle."""
        own = ways_of(self.vehicle, limits) if self.vehicle else []
        return [reach.Commute(limits=limits, on_demand=on_demand), *own]


ON_FOOT = TerritoryProfile(
    "a_pied", "qui n'a ni permis ni véhicule", plural="sans permis ni véhicule"
)
PROFILES = {
    profile.code: profile
    for profile in (
        ON_FOOT,
        TerritoryProfile("velo", "qui a un vélo", "velo", plural="qui ont un vélo"),
        TerritoryProfile(
            "scooter", "qui a un scooter et le permis AM", "scooter", "am",
            plural="qui ont un scooter",
        ),
    )
}  # fmt: skip
