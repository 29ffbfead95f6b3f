"""Read from the database what a run stands on."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from traitdunion.matching.places import Place
from traitdunion.territory.models import Commune

from ..enums import Mesure
from ..models import Carreau, CommuneBassin, CommuneFigure, CommuneFlow, InputFile, Pole
from .ground import Ground

POPULATION_LABEL = "habitants"
WORKING_AGE_LABEL = "habitants de 15 à 64 ans"


class NothingToCompute(LookupError):
    """A run has no commune, or no pole and no flow; the French message gives what to load."""


def gather(departement: str, *, with_sites: bool = True) -> Ground:
    """Return the ground of a département: its communes, and the sites of the files loaded.

    with_sites: refuse a ground without poles nor flows. Raises `NothingToCompute`.
    """  # fmt: skip
    rows = list(
        Commune.objects.filter(departement_id=departement).defer("boundary").order_by("code_insee")
    )
    if not rows:
        raise NothingToCompute(
            f"Aucune commune du département {departement} n'est chargée : "
            "traitdunion territory load."
        )
    codes = [row.code_insee for row in rows]
    working, label = _people(rows)
    cells = squares_of(codes)
    homes, commune_of, people = lived_in(
        [Place(row.nom, row.lat, row.lon, row.code_insee) for row in rows], working, cells
    )
    flows = _flows(codes)
    jobs = _measure(Mesure.EMPLOIS)
    poles = set(Pole.objects.values_list("code_insee", flat=True))
    site_codes = (
        poles
        | set((flows and {work for _, work in flows}) or ())
        | {code for code, value in jobs.items() if value}
    )
    if with_sites and not poles & set(codes) and not flows:
        raise NothingToCompute(
            "Aucun pôle d'emploi n'est fixé dans le département et aucun flux domicile-travail "
            "n'est chargé : "
            "traitdunion observatory poles CODE…, ou traitdunion observatory load flux FICHIER."
        )
    sites = _sites(site_codes)
    site_row = {place.code_insee: w for w, place in enumerate(sites)}
    income = _measure(Mesure.REVENU_MEDIAN)
    return Ground(
        communes=tuple(codes),
        names=tuple(row.nom for row in rows),
        homes=homes,
        commune_of=commune_of,
        people=people,
        people_label=label,
        sites=sites,
        jobs=np.array([_known(jobs.get(place.code_insee or "")) for place in sites], float),
        is_pole=np.array([place.code_insee in poles for place in sites], bool),
        flows=_flow_table(codes, site_row, flows) if flows else None,
        income=np.array([_known(income.get(code)) for code in codes], float),
        epci_of={row.code_insee: row.epci_id or "" for row in rows} | _epci_of(site_codes),
        bassin_of=dict(
            CommuneBassin.objects.filter(code_insee__in=codes).values_list("code_insee", "bassin")
        ),
        departement=departement,
        by_cells=bool(cells),
        files=tuple(_described(file) for file in InputFile.objects.order_by("source")),
    )


Cells = Mapping[str, Sequence[tuple[float, float, float]]]
"""Latitude, longitude and people of the inhabited squares of each commune, by code INSEE."""


def squares_of(codes: Collection[str]) -> Cells:
    """Return the squares loaded of some communes; a commune without any is absent."""
    cells: dict[str, list[tuple[float, float, float]]] = {}
    rows = Carreau.objects.filter(code_insee__in=codes).order_by("code_insee", "identifiant")
    for code, lat, lon, people in rows.values_list("code_insee", "lat", "lon", "people"):
        cells.setdefault(code, []).append((lat, lon, people))
    return cells


def lived_in(
    centres: Sequence[Place], people: np.ndarray, cells: Cells
) -> tuple[tuple[Place, ...], np.ndarray, np.ndarray]:
    """Return the homes, the row of the commune of each, and the people of each.

    centres: chefs-lieux in the order of communes; people (communes,). Those of a commune are shared
    out over its squares in proportion to what each holds: its total stays that of the census. The
    chef-lieu stands for a commune without a square.
    """
    homes, rows, shares = [], [], []
    for row, centre in enumerate(centres):
        own = cells.get(centre.code_insee or "", ()) or [(centre.lat, centre.lon, 1.0)]
        whole = sum(held for _, _, held in own)
        for lat, lon, held in own:
            homes.append(Place(centre.label, lat, lon, centre.code_insee))
            rows.append(row)
            shares.append(people[row] * held / whole)
    return tuple(homes), np.array(rows), np.array(shares, float)


def _people(rows: Collection[Commune]) -> tuple[np.ndarray, str]:
    """Return the people of each commune: of working age where the census is loaded."""
    for measure, label in (
        (Mesure.POPULATION_15_64, WORKING_AGE_LABEL),
        (Mesure.POPULATION, POPULATION_LABEL),
    ):
        known = _measure(measure)
        if all(known.get(row.code_insee) is not None for row in rows):
            return np.array([known[row.code_insee] for row in rows], float), label
    return np.array([row.population or 0 for row in rows], float), POPULATION_LABEL


def _measure(measure: Mesure) -> dict[str, float | None]:
    return dict(CommuneFigure.objects.filter(mesure=measure).values_list("code_insee", "value"))


def _flows(codes: Collection[str]) -> dict[tuple[str, str], float]:
    rows = CommuneFlow.objects.filter(home__in=codes).values_list("home", "work", "people")
    return {(home, work): people for home, work, people in rows}


def _flow_table(
    codes: list[str], site_row: dict[str | None, int], flows: dict[tuple[str, str], float]
) -> np.ndarray:
    home_row = {code: row for row, code in enumerate(codes)}
    table = np.zeros((len(codes), len(site_row)))
    for (home, work), people in flows.items():
        if work in site_row:
            table[home_row[home], site_row[work]] = people
    return table


def _sites(codes: Collection[str]) -> tuple[Place, ...]:
    rows = Commune.objects.filter(code_insee__in=codes).defer("boundary").order_by("code_insee")
    return tuple(Place(row.nom, row.lat, row.lon, row.code_insee) for row in rows)


def _epci_of(codes: Collection[str]) -> dict[str, str]:
    rows = Commune.objects.filter(code_insee__in=codes).values_list("code_insee", "epci_id")
    return {code: epci or "" for code, epci in rows}


def _known(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _described(file: InputFile) -> dict[str, Any]:
    return {
        "source": file.source,
        "nom": file.nom,
        "producteur": file.publisher,
        "licence": file.licence,
        "millesime": file.vintage,
        "sha256": file.sha256,
    }


def ground_digest(ground: Ground) -> str:
    """Return what changes when the ground does: places, people, jobs, poles, flows."""
    digest = hashlib.sha256()
    for place in (*ground.homes, *ground.sites):
        digest.update(f"{place.code_insee}|{place.lat!r}|{place.lon!r}\n".encode())
    for column in (ground.people, ground.jobs, ground.is_pole, ground.income, ground.flows):
        digest.update(b"-" if column is None else np.ascontiguousarray(column).tobytes())
    digest.update(repr(sorted(ground.bassin_of.items())).encode())
    digest.update(repr(sorted(ground.epci_of.items())).encode())
    return digest.hexdigest()
