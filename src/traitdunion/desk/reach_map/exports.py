"""The table of the map as CSV, its communes as GeoJSON: the same rows as the page."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from traitdunion.sources.bounded.writing import BOM, csv_text

from .lines import Line

COLUMNS = (
    "code_insee", "commune", "aller_et_retour", "jours_tenus", "jours_demandes", "moyen",
    "minutes_aller", "minutes_retour", "cout_mois_aides_sures_deduites_eur", "emplois", "classe",
)  # fmt: skip
EUR = COLUMNS.index("cout_mois_aides_sures_deduites_eur")


def row_of(line: Line) -> list[Any]:
    """Return the cells of a commune; empty where something is not known."""
    way, reached = line.way, line.reached
    return [
        line.insee,
        line.name,
        line.word,
        reached.kept_days,
        reached.asked_days,
        way.title if way else "",
        _or_empty(way.minutes_out if way else None),
        _or_empty(way.minutes_back if way else None),
        _or_empty(way.monthly_cost_eur if way else None),
        _or_empty(line.n_jobs),
        line.code,
    ]


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def as_csv(lines: Iterable[Line]) -> str:
    """Return the table for a French spreadsheet: semicolons, decimal commas, a BOM."""
    rows = []
    for line in lines:
        cells = row_of(line)
        cells[EUR] = str(cells[EUR]).replace(".", ",")
        rows.append(cells)
    return BOM + csv_text(COLUMNS, rows)


def as_geojson(lines: Iterable[Line], boundaries: Mapping[str, str]) -> dict[str, Any]:
    """Return the communes with their outlines, or null where none is loaded."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": int(line.insee) if line.insee.isdigit() else line.insee,
                "properties": _properties(line),
                "geometry": json.loads(boundaries[line.insee])
                if line.insee in boundaries
                else None,
            }
            for line in lines
        ],
    }


def _properties(line: Line) -> dict[str, Any]:
    cells = dict(zip(COLUMNS, row_of(line), strict=True))
    known = {name: None if value == "" else value for name, value in cells.items()}
    eur = known["cout_mois_aides_sures_deduites_eur"]
    return {**known, "cout_mois_aides_sures_deduites_eur": None if eur is None else float(eur)}
