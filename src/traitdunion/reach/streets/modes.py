"""Ways to move without a timetable: speed, limit and detour of each.

`WALK` bounds every walk: the whole way, to or from a stop, between two stops. Compiling a timetable
links two stops within the shorter `TRANSFER_REACH_M` of `reach/timetable.py`.
"""

from dataclasses import dataclass

import numpy as np

from ..places import Array


@dataclass(frozen=True)
class Mode:
    """A way to move on streets.

    `detour`: metres on streets for one metre as the crow flies, where no street is known.
    `fixed_s`: seconds spent whatever the distance (unlocking, parking). `top_kmh`: what the vehicle
    may not exceed, by construction or by law; motorways are closed to those that have one.
    """

    code: str
    speed_kmh: float
    max_m: float
    detour: float = 1.3
    fixed_s: int = 0
    top_kmh: float | None = None

    def __post_init__(self) -> None:
        if self.speed_kmh <= 0 or self.max_m < 0 or self.detour < 1 or self.fixed_s < 0:
            raise ValueError(
                f"mode {self.code!r}: speed must be positive, limit and fixed time not negative, "
                f"detour at least 1 (got {self})"
            )

    def seconds(self, metres: Array | float) -> Array:
        """Return the whole seconds (int32), rounded up, to go that many street metres."""
        moving = np.ceil(np.asarray(metres) * (3.6 / self.speed_kmh) - 1e-6)
        return (moving + self.fixed_s).astype(np.int32)


Walk = Mode

# Speeds: walking 4.5 km/h, an adult in town (Cerema, "Vitesse de marche", 1.2–1.3 m/s); cycles and
# scooter are door-to-door averages on hilly roads, below their cruising speed. Detours: 1.3 in
# built-up France (Héran, "Des distances à vol d'oiseau aux distances réelles", 2009), 1.4 for
# roads of relief. A moped is held to 45 km/h (Code de la route, R. 311-1).
WALK = Mode("walk", speed_kmh=4.5, max_m=2_000)
DEFAULT_WALK = WALK
BIKE = Mode("bike", speed_kmh=13, max_m=8_000, fixed_s=120)
EBIKE = Mode("ebike", speed_kmh=18, max_m=15_000, fixed_s=120)
SCOOTER = Mode("scooter", speed_kmh=32, max_m=25_000, detour=1.4, fixed_s=180, top_kmh=45)
CAR = Mode("car", speed_kmh=52, max_m=80_000, detour=1.4, fixed_s=300)
