"""Reads of the observatory: runs, their figures by territory, what day one lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from traitdunion.territory.models import Commune, Departement, Epci

from .enums import EtatCalcul, Mesure, Niveau
from .models import CommuneBassin, CommuneFigure, Run
from .presenting import Shown, definition_of, shown
from .running.profiles import BASE
from .running.storage import read_causes, read_figures

LATEST = "dernier"


class UnknownRun(LookupError):
    """No run has this code; the French message lists the last ones."""


def run_named(code: str) -> Run:
    """Return a run that ended by its code, or the last one for « dernier »."""
    ended = Run.objects.filter(etat=EtatCalcul.FINI)
    run = ended.first() if code == LATEST else ended.filter(pk=code).first()
    if run is None:
        known = ", ".join(ended.values_list("pk", flat=True)[:5]) or "aucun"
        raise UnknownRun(f"Aucun calcul terminé « {code} ». Les derniers : {known}.")
    return run


def published_runs() -> list[Run]:
    """Return the runs published, the last first."""
    rows = Run.objects.filter(etat=EtatCalcul.FINI).exclude(published_at=None)
    return list(rows.order_by("-published_at", "-code"))


@dataclass(frozen=True)
class Territory:
    """A territory by its level and code, with its name."""

    niveau: Niveau
    code: str
    nom: str
    nom_avec_charniere: str = ""


def territory_named(niveau: str, code: str) -> Territory | None:
    """Return a territory, None where it is not known."""
    if niveau == Niveau.COMMUNE:
        commune = Commune.objects.filter(pk=code).defer("boundary").first()
        if commune is None:
            return None
        return Territory(Niveau.COMMUNE, code, commune.nom, commune.nom_avec_charniere)
    if niveau == Niveau.EPCI:
        epci = Epci.objects.filter(pk=code).first()
        return Territory(Niveau.EPCI, code, epci.nom, epci.nom) if epci else None
    if niveau == Niveau.BASSIN:
        nom = CommuneBassin.objects.filter(bassin=code).values_list("nom", flat=True).first()
        return Territory(Niveau.BASSIN, code, nom, f"du bassin {nom}") if nom else None
    departement = Departement.objects.filter(pk=code).first()
    if departement is None:
        return None
    return Territory(Niveau.DEPARTEMENT, code, departement.nom, departement.nom_avec_charniere)


def names_of(run: Run) -> dict[tuple[str, str], str]:
    """Return the names of all territories of a run, by level and code."""
    communes = Commune.objects.filter(departement=run.departement)
    names = {(Niveau.COMMUNE.value, c): nom for c, nom in communes.values_list("pk", "nom")}
    epci = Epci.objects.filter(communes__in=communes).distinct()
    names |= {(Niveau.EPCI.value, code): nom for code, nom in epci.values_list("pk", "nom")}
    bassins = CommuneBassin.objects.filter(code_insee__in=communes.values("pk"))
    names |= {(Niveau.BASSIN.value, b): nom for b, nom in bassins.values_list("bassin", "nom")}
    departement = Departement.objects.filter(pk=run.departement).values_list("pk", "nom")
    return names | {(Niveau.DEPARTEMENT.value, code): nom for code, nom in departement}


@dataclass(frozen=True)
class Row:
    """A figure of a territory as it is published; `people` are those it is about, unrounded."""

    niveau: str
    code: str
    nom: str
    figure: Shown
    people: float | None


def figures(
    run: Run,
    indicator: str,
    *,
    shift: str = "",
    profile: str = BASE,
    niveau: str | None = None,
    code: str | None = None,
) -> list[Row]:
    """Return an indicator of a run by territory; LookupError for one that is not known."""
    definition = definition_of(indicator)
    rows = read_figures(run.code).filter(pl.col("indicator") == indicator)
    if definition.by_shift:
        rows = rows.filter(pl.col("shift") == shift)
    if definition.by_shift and definition.by_profile:
        rows = rows.filter(pl.col("profile") == profile)
    if niveau is not None:
        rows = rows.filter(pl.col("niveau") == niveau)
    if code is not None:
        rows = rows.filter(pl.col("code") == code)
    names = names_of(run)
    return [
        Row(row["niveau"], row["code"], names.get((row["niveau"], row["code"]), row["code"]),
            shown(definition, row["value"]), row["people"])
        for row in rows.collect().iter_rows(named=True)
    ]  # fmt: skip


def table_of(
    run: Run,
    indicators: Sequence[str],
    *,
    niveau: str,
    code: str | None = None,
    profile: str = BASE,
) -> Mapping[tuple[str, str, str], tuple[float | None, float]]:
    """Return values and people by (code, indicator, shift), unrounded."""  # fmt: skip
    rows = read_figures(run.code).filter(
        pl.col("indicator").is_in(list(indicators))
        & (pl.col("niveau") == niveau)
        & pl.col("profile").is_in([profile, ""])
    )
    if code is not None:
        rows = rows.filter(pl.col("code") == code)
    return {
        (row["code"], row["indicator"], row["shift"]): (row["value"], row["people"])
        for row in rows.collect().iter_rows(named=True)
    }


def causes(run: Run, territory: Territory, shift: str, profile: str = BASE) -> dict[str, Any]:
    """Return the people without a solution at a shift by what blocks the lines, and by stage."""
    rows = (
        read_causes(run.code)
        .filter(
            (pl.col("niveau") == territory.niveau.value)
            & (pl.col("code") == territory.code)
            & (pl.col("shift") == shift)
            & (pl.col("profile") == profile)
        )
        .collect()
    )
    by_lines: dict[int, float] = {}
    by_stage: dict[int, float] = {}
    for row in rows.iter_rows(named=True):
        by_lines[row["lines"]] = by_lines.get(row["lines"], 0) + row["people"]
        by_stage[row["stage"]] = by_stage.get(row["stage"], 0) + row["people"]
    return {"lines": by_lines, "stage": by_stage}


def job_places() -> dict[str, int]:
    """Return the jobs of each commune in the census in use; those not known are absent."""
    rows = CommuneFigure.objects.filter(mesure=Mesure.EMPLOIS).values_list("code_insee", "value")
    return {code: round(value) for code, value in rows if value is not None}
