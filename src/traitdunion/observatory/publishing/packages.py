"""A package of open data: CSV, Parquet and GeoJSON, with their schema and licences."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from traitdunion.sources.bounded.writing import csv_text
from traitdunion.territory.models import Commune

from ..definitions import DEFINITIONS, WHITE_BELOW
from ..enums import Niveau
from ..models import Run
from ..presenting import definition_of, parameters_of, rounded_people, shown
from ..queries import names_of
from ..running.causes import CAUSES, Stage
from ..running.profiles import BASE
from ..running.shifts import SHIFTS
from ..running.storage import read_causes, read_figures

LICENCE_NAME, LICENCE_URL = (
    "Licence Ouverte 2.0",
    "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
)
COLUMNS = (
    ("niveau", "string", "commune, epci, bassin ou departement"),
    ("code", "string", "code INSEE, SIREN de l'EPCI, code du bassin ou du département"),
    ("nom", "string", "nom du territoire"),
    ("periode", "date", "semaine calculée (lundi)"),
    ("indicateur", "string", "code de l'indicateur, décrit dans indicateurs.csv"),
    ("horaire", "string", "matin, journee, coupe, apres_midi, nuit, week_end ; vide sinon"),
    ("profil", "string", "profil calculé ; vide si l'indicateur n'en dépend pas"),
    ("valeur", "number", "valeur arrondie ; vide si non renseignée"),
    ("unite", "string", "part (0 à 1), nombre, minutes, euros, indice"),
    ("population", "integer", "personnes concernées, arrondies à 10"),
    ("nature", "string", "modele : estimation ; compte : dénombrement"),
    ("calcul", "string", "code du calcul"),
)


def write_package(run: Run, folder: Path) -> list[str]:
    """Write the files of a run in a folder; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = published_figures(run)
    figures.write_csv(folder / "chiffres.csv")
    figures.write_parquet(folder / "chiffres.parquet")
    _write_csv(folder / "causes.csv", list(_causes(run)))
    _write_csv(folder / "indicateurs.csv", list(_indicators()))
    texts = {
        "communes.geojson": json.dumps(communes_geojson(run), ensure_ascii=False),
        "manifeste.json": json.dumps(run.manifest, ensure_ascii=False, indent=2, sort_keys=True),
        "LICENCES.md": licences(run),
        "datapackage.json": json.dumps(datapackage(run), ensure_ascii=False, indent=2),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def published_figures(run: Run) -> pl.DataFrame:
    """Return the figures of a run, rounded, as they are published: the columns of COLUMNS."""
    names = names_of(run)
    rows = [
        (
            row["niveau"],
            row["code"],
            names.get((row["niveau"], row["code"]), row["code"]),
            run.week.isoformat(),
            row["indicator"],
            row["shift"],
            row["profile"],
            shown(definition := definition_of(row["indicator"]), row["value"]).value,
            definition.unite.value,
            rounded_people(row["people"]),
            definition.kind.value,
            run.code,
        )
        for row in read_figures(run.code).collect().iter_rows(named=True)
    ]
    types = {"string": pl.String, "date": pl.String, "number": pl.Float64, "integer": pl.Int64}
    schema = {name: types[kind] for name, kind, _ in COLUMNS}
    return pl.DataFrame(rows, schema=schema, orient="row")


def communes_geojson(run: Run) -> dict[str, Any]:
    """Return the communes with their state by shift, for the base profile.

    État: « deux » solutions or more, « une », « condition », « blanche », « inconnu ».
    """
    states = states_of(run)
    rows = Commune.objects.filter(departement=run.departement).order_by("pk")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code, "nom": nom}
                | {s.code: states.get((code, s.code), "inconnu") for s in SHIFTS},
                "geometry": json.loads(boundary) if isinstance(boundary, str) else boundary,
            }
            for code, nom, boundary in rows.values_list("pk", "nom", "boundary")
        ],
    }


def states_of(run: Run, profile: str = BASE) -> dict[tuple[str, str], str]:
    """Return the state of each commune by shift, as maps colour it.

    A white zone is « condition » where a licence, an agreement or a check would take it out of it.
    """
    rows = (
        read_figures(run.code)
        .filter(
            (pl.col("niveau") == Niveau.COMMUNE.value)
            & (pl.col("profile") == profile)
            & pl.col("indicator").is_in(["W1", "W1_DEUX", "W2", "W3"])
        )
        .collect()
        .pivot(on="indicator", index=["code", "shift"], values="value")
    )
    states = {}
    for row in rows.iter_rows(named=True):
        white, two = row.get("W2"), row.get("W1_DEUX")
        if white is None:
            continue
        state = "deux" if two is not None and two >= 0.5 else "une"
        if white:
            held = (row.get("W1") or 0) + (row.get("W3") or 0)
            state = "condition" if held >= WHITE_BELOW else "blanche"
        states[row["code"], row["shift"]] = state
    return states


def datapackage(run: Run) -> dict[str, Any]:
    """Return the description of the package: Data Package 1.0 with Table Schemas."""
    table = {
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": name, "type": kind, "description": text} for name, kind, text in COLUMNS
            ],
            "primaryKey": ["niveau", "code", "indicateur", "horaire", "profil"],
            "missingValues": [""],
        },
    }
    return {
        "profile": "data-package",
        "name": f"observatoire-{run.departement.lower()}-{run.code}",
        "title": f"Observatoire de l'emploi à portée, département {run.departement}",
        "version": run.code,
        "created": run.created_at.isoformat(),
        "licenses": [{"name": "etalab-2.0", "title": LICENCE_NAME, "path": LICENCE_URL}],
        "sources": _sources(run),
        "resources": [
            {"name": "chiffres", "path": "chiffres.csv", "format": "csv", **table},
            {"name": "chiffres-parquet", "path": "chiffres.parquet", "format": "parquet"},
            {"name": "causes", "path": "causes.csv", "format": "csv"},
            {"name": "indicateurs", "path": "indicateurs.csv", "format": "csv"},
            {"name": "communes", "path": "communes.geojson", "format": "geojson"},
            {"name": "manifeste", "path": "manifeste.json", "format": "json"},
        ],
        "parametres": parameters_of(run.manifest),
        "empreinte": run.digest,
    }


def licences(run: Run) -> str:
    """Return the note on licences, those of the sources included."""
    lines = [
        f"# Licences du calcul {run.code}",
        "",
        f"Les chiffres sont publiés sous {LICENCE_NAME} ({LICENCE_URL}).",
        "",
        "Chaque chiffre est une estimation : tables publiées × calcul d'itinéraires, arrondie. "
        "Aucun ne vient du dossier d'une personne.",
        "",
        "Les horaires et les rues peuvent venir de bases sous ODbL (OpenStreetMap, certains "
        "fichiers GTFS). Les chiffres sont des œuvres produites à partir d'elles : citer la "
        "source suffit ; la base elle-même se republie sous ODbL seulement.",
        "",
        "## Sources",
        "",
    ]
    lines += [f"- {source['title']} : {source['licence']}" for source in _sources(run)]
    if run.demonstration:
        lines += ["", "**Démonstration** : réseau et catalogue fictifs, à ne pas citer."]
    return "\n".join(lines) + "\n"


def _sources(run: Run) -> list[dict[str, str]]:
    network = run.manifest.get("reseau", {})
    listed = [
        {
            "title": f"Horaires : {network.get('nom', '')} ({network.get('version', '')})",
            "licence": "celle de chaque fichier GTFS",
        },
        {"title": "Communes : Insee et IGN", "licence": LICENCE_NAME},
    ]
    listed += [
        {
            "title": f"{file['producteur']}, {file['nom']} ({file['millesime']})",
            "licence": file["licence"],
        }
        for file in run.manifest.get("fichiers", [])
    ]
    return listed


def _indicators() -> Iterator[dict[str, Any]]:
    for definition in DEFINITIONS:
        yield {
            "code": definition.code,
            "nom": definition.nom,
            "definition": definition.definition,
            "unite": definition.unite.value,
            "nature": definition.kind.value,
            "source": definition.source,
        }


def _causes(run: Run) -> Iterator[dict[str, Any]]:
    names = names_of(run)
    for row in read_causes(run.code).collect().iter_rows(named=True):
        cause, lines = CAUSES.get(Stage(row["stage"])), CAUSES.get(Stage(row["lines"]))
        yield {
            "niveau": row["niveau"],
            "code": row["code"],
            "nom": names.get((row["niveau"], row["code"]), row["code"]),
            "horaire": row["shift"],
            "profil": row["profile"],
            "cause": cause.label if cause else "",
            "lignes": lines.label if lines else "",
            "population": rounded_people(row["people"]),
        }


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    text = csv_text(list(rows[0]), rows, separator=",", end="\n") if rows else ""
    path.write_text(text, "utf-8")
