"""What a run stands on: homes, sites, poles, as arrays, and what each file brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.matching.places import Place

MAIN_POLES = 3
"""A home is judged by the three poles that most of its workers go to, or the nearest ones."""


@dataclass(frozen=True)
class Ground:
    """Homes, sites and territories of a run.

    Homes H are points where `people` (H,) live: a cell where cells are loaded, else the chef-lieu
    of a commune, that stands for all of it (`by_cells` False). `commune_of` int (H,): row of the
    commune in `communes`. Sites W: places of work, points of communes; `jobs` (W,), NaN where not
    known. `is_pole` bool (W,). `flows` (communes, W): workers from each commune, None where no file
    gives them. `income` (communes,): median standard of living in euros a year, NaN unknown.
    `epci_of`, `bassin_of`: by code INSEE; "" where unknown.
    """

    communes: tuple[str, ...]
    names: tuple[str, ...]
    homes: tuple[Place, ...]
    commune_of: NDArray[np.int64]
    people: NDArray[np.float64]
    people_label: str
    sites: tuple[Place, ...]
    jobs: NDArray[np.float64]
    is_pole: NDArray[np.bool_]
    flows: NDArray[np.float64] | None
    income: NDArray[np.float64]
    epci_of: Mapping[str, str]
    bassin_of: Mapping[str, str]
    departement: str
    by_cells: bool = False
    files: tuple[Mapping[str, object], ...] = ()

    @cached_property
    def site_points(self) -> list[reach.Point]:
        """Return the sites as the engine takes them."""
        return [reach.Point(site.lat, site.lon) for site in self.sites]

    def points(self, homes: Sequence[Place]) -> list[reach.Point]:
        """Return homes as the engine takes them."""
        return [reach.Point(home.lat, home.lon) for home in homes]

    def main_poles(self, rows: slice, car_min: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Return which sites are the main poles of each home, bool (W, h).

        By the flows from its commune, where a file gives them; else the nearest by car of the poles
        that were set (`car_min` uint8 (W, h)), or as the crow flies beyond four hours.
        """
        communes = self.commune_of[rows]
        if self.flows is not None:
            weight = self.flows[communes].T
        else:
            weight = np.where(self.is_pole[:, None], 1000.0 - car_min, 0.0)
            weight -= self._crow_km(rows) / 1e4
            weight[~self.is_pole] = 0.0
        order = np.argsort(-weight, axis=0, kind="stable")[:MAIN_POLES]
        chosen = np.zeros(weight.shape, bool)
        np.put_along_axis(chosen, order, True, axis=0)
        return chosen & (weight > 0)

    def _crow_km(self, rows: slice) -> NDArray[np.float64]:
        homes = np.array([(home.lat, home.lon) for home in self.homes[rows]])
        sites = np.array([(site.lat, site.lon) for site in self.sites]).reshape(-1, 2)
        return crow_km(sites, homes)


def crow_km(sites: NDArray[np.float64], homes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return great-circle kilometres, (W, H), from (W, 2) and (H, 2) of degrees."""
    (lat_a, lon_a), (lat_b, lon_b) = np.radians(sites).T, np.radians(homes).T
    half = (
        np.sin((lat_a[:, None] - lat_b) / 2) ** 2
        + np.cos(lat_a)[:, None] * np.cos(lat_b) * np.sin((lon_a[:, None] - lon_b) / 2) ** 2
    )
    km: NDArray[np.float64] = 2 * 6371.0088 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return km
