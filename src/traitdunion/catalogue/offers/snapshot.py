"""The published solutions as frozen records, with an index of the areas they serve."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..enums import ListeCodes, NatureCumul, NatureZone, Statut, TypeSolution
from ..models import (
    Attente,
    Cumul,
    Fermeture,
    Solution,
    SolutionCode,
    SolutionZone,
    TrancheTarif,
    ZoneService,
)
from .records import Closure, Offer, Provider, Tier, Wait
from .version import Held

Area = tuple[str, str]
Rows = NDArray[np.intp]

ANYWHERE = frozenset({NatureZone.REGION.value, NatureZone.FRANCE.value})
"""Areas that may always hold a commune: its région is not known here."""

NO_ROW: Rows = np.array([], np.intp)

_OF_PARTS = frozenset(
    {"structure", "zones", "zones_service", "tranches", "attentes", "fermetures", "exclues",
     "forme_covoiturage", "places_covoiturage", "km_inclus_mois", "amenagements", "accessible",
     "age_min"}
)  # fmt: skip
COLUMNS = tuple(column.name for column in fields(Offer) if column.name not in _OF_PARTS)
_JOINED = (
    *(f"structure__{name}" for name in Provider._fields),
    "covoiturage__forme",
    "covoiturage__places",
    "demande__trajets_max_mois",
    "pret__km_inclus_mois",
    "ligne__accessible",
    "pret__age_min",
)


class Selection(NamedTuple):
    """Offers worth weighing for some places, and how many others are of other areas."""

    solutions: Sequence[Offer]
    elsewhere: int


@dataclass(frozen=True)
class CatalogueSnapshot:
    """Every published offer, in the order of the catalogue: by type, then name."""

    offers: tuple[Offer, ...]

    def valid(self, on: date) -> list[Offer]:
        """Return the offers within their dates of validity, unknown ones included."""
        return [self.offers[row] for row in np.flatnonzero(self._valid(on))]

    def around(self, areas: Iterable[Area], *, on: date, named_elsewhere: int) -> Selection:
        """Return the valid offers that may serve one of these areas, and a few that do not.

        `areas`: the communes, EPCI and départements of home and work. The lines of public transport
        are all there: they price rides. `named_elsewhere`: how many of the others, by their key.
        """
        near = np.zeros(len(self.offers), dtype=bool)
        near[self._always] = True
        for area in areas:
            near[self._by_area.get(area, NO_ROW)] = True
        valid = self._valid(on)
        kept = near & valid
        others = self._by_key[(valid & ~near)[self._by_key]]
        kept[others[:named_elsewhere]] = True
        return Selection(
            [self.offers[row] for row in np.flatnonzero(kept)],
            max(len(others) - named_elsewhere, 0),
        )

    def _valid(self, on: date) -> NDArray[np.bool_]:
        first, last = self._days
        day = on.toordinal()
        return (first <= day) & (day <= last)

    @cached_property
    def _days(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        first = [offer.valide_du.toordinal() if offer.valide_du else 0 for offer in self.offers]
        end = date.max.toordinal()
        last = [offer.valide_au.toordinal() if offer.valide_au else end for offer in self.offers]
        return np.array(first, np.int32), np.array(last, np.int32)

    @cached_property
    def _by_area(self) -> Mapping[Area, Rows]:
        rows: dict[Area, list[int]] = defaultdict(list)
        for row, offer in enumerate(self.offers):
            for area in offer.zones:
                rows[area].append(row)
        return {area: np.array(positions, np.intp) for area, positions in rows.items()}

    @cached_property
    def _always(self) -> Rows:
        rows = [
            row
            for row, offer in enumerate(self.offers)
            if offer.zone_libre
            or not offer.zones
            or (offer.type_solution == TypeSolution.TC_LIGNE and offer.gtfs_agency)
            or any(nature in ANYWHERE for nature, _ in offer.zones)
        ]
        return np.array(rows, np.intp)

    @cached_property
    def _by_key(self) -> Rows:
        rows = sorted(range(len(self.offers)), key=lambda row: self.offers[row].id)
        return np.array(rows, np.intp)


def current_snapshot() -> CatalogueSnapshot:
    """Return the snapshot of what the database holds now, built if a row changed since."""
    return _held.get()


def read_snapshot() -> CatalogueSnapshot:
    """Read the database: one query for the solutions, one for each of their lists."""
    parts = _Parts(
        zones=_listed(SolutionZone, "nature", "code"),
        drawn=_listed(ZoneService, "geojson"),
        tiers=_listed(TrancheTarif, *Tier._fields),
        closures=_listed(Fermeture, *Closure._fields),
        waits=_listed(Attente, *Wait._fields),
        excluded=_listed(
            Cumul.objects.filter(nature=NatureCumul.EXCLUSIF).order_by("pk"), "autre_id"
        ),
        equipment=_listed(SolutionCode.objects.filter(liste=ListeCodes.AMENAGEMENTS), "code"),
    )
    rows = Solution.objects.published().order_by()
    read = [_record(row, parts) for row in rows.values_list(*COLUMNS, *_JOINED)]
    read.sort(key=lambda record: (record.type_solution, record.nom, record.id))
    return CatalogueSnapshot(tuple(read))


_held = Held(read_snapshot)


class _Parts(NamedTuple):
    """The rows of each list, by the key of their solution."""

    zones: Mapping[str, list[tuple[Any, ...]]]
    drawn: Mapping[str, list[tuple[Any, ...]]]
    tiers: Mapping[str, list[tuple[Any, ...]]]
    closures: Mapping[str, list[tuple[Any, ...]]]
    waits: Mapping[str, list[tuple[Any, ...]]]
    excluded: Mapping[str, list[tuple[Any, ...]]]
    equipment: Mapping[str, list[tuple[Any, ...]]]


def _listed(model: Any, *columns: str) -> Mapping[str, list[tuple[Any, ...]]]:
    rows = getattr(model, "objects", model)
    of_published = rows.filter(solution__statut=Statut.PUBLIE)
    by_key: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *values in of_published.values_list("solution_id", *columns):
        by_key[key].append(tuple(values))
    return by_key


def _record(row: tuple[Any, ...], parts: _Parts) -> Offer:
    own = dict(zip(COLUMNS, row, strict=False))
    *provider, forme, places, booked_trips, km_inclus, accessible, age_min = row[len(COLUMNS) :]
    key = own["id"]
    limits = [most for most in (own["trajets_max_mois"], booked_trips) if most is not None]
    own["trajets_max_mois"] = min(limits, default=None)
    return Offer(
        **own,
        structure=Provider(*provider),
        zones=frozenset(parts.zones.get(key, ())),
        zones_service=tuple(text for (text,) in parts.drawn.get(key, ())),
        tranches=tuple(Tier(*tier) for tier in parts.tiers.get(key, ())),
        fermetures=tuple(Closure(*closure) for closure in parts.closures.get(key, ())),
        attentes=tuple(Wait(*wait) for wait in parts.waits.get(key, ())),
        exclues=tuple(other for (other,) in parts.excluded.get(key, ())),
        forme_covoiturage=forme or "",
        places_covoiturage=places,
        km_inclus_mois=km_inclus,
        amenagements=frozenset(code for (code,) in parts.equipment.get(key, ())),
        accessible=accessible,
        age_min=age_min,
    )
