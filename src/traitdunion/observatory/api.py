"""The figures published, for machines: territory × period × indicator."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from traitdunion.accounts.access_decorators import public

from .definitions import BY_CODE, DEFINITIONS
from .enums import Niveau
from .models import Run
from .presenting import parameters_of, rounded_people
from .queries import figures, published_runs
from .running.profiles import BASE
from .running.shifts import BY_CODE as SHIFT_BY_CODE

router = Router(tags=["observatoire"])


class RunOut(Schema):
    """A run published."""

    calcul: str
    semaine: date
    departement: str
    publie_le: datetime
    empreinte: str
    demonstration: bool
    parametres: dict[str, Any]


class IndicatorOut(Schema):
    """An indicator and its definition."""

    code: str
    nom: str
    definition: str
    unite: str
    nature: str
    source: str


class FigureOut(Schema):
    """A figure of a territory."""

    niveau: Niveau
    code: str
    nom: str
    calcul: str
    semaine: date
    valeur: float | None = Field(description="Arrondie ; absente : non renseignée, jamais 0.")
    texte: str
    estimation: bool
    population: int | None = Field(description="Personnes concernées, à 10 près.")


class Asked(Schema):
    """What to look for."""

    niveau: Niveau = Niveau.DEPARTEMENT
    code: str = Field("", description="Code du territoire ; vide : tous.", max_length=9)
    horaire: str = Field("journee", description="Code de l'horaire.", max_length=12)
    profil: str = Field(BASE, description="Code du profil.", max_length=60)
    calcul: str = Field("", description="Code du calcul ; vide : tous ceux publiés.", max_length=40)


@router.get("/observatoire/calculs", response=list[RunOut], operation_id="list_runs")
@public  # type: ignore[arg-type]
def list_runs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the runs published, the last first."""
    return [
        {
            "calcul": run.code,
            "semaine": run.week,
            "departement": run.departement,
            "publie_le": run.published_at,
            "empreinte": run.digest,
            "demonstration": run.demonstration,
            "parametres": parameters_of(run.manifest),
        }
        for run in published_runs()
    ]


@router.get(
    "/observatoire/indicateurs", response=list[IndicatorOut], operation_id="list_indicators"
)
@public  # type: ignore[arg-type]
def list_indicators(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the indicators and their definitions."""
    return [
        {
            "code": definition.code,
            "nom": definition.nom,
            "definition": definition.definition,
            "unite": definition.unite.value,
            "nature": definition.kind.value,
            "source": definition.source,
        }
        for definition in DEFINITIONS
    ]


@router.get(
    "/observatoire/indicateurs/{indicateur}",
    response=list[FigureOut],
    operation_id="figures_of_indicator",
)
@public  # type: ignore[arg-type]
def figures_of_indicator(
    request: HttpRequest, indicateur: str, asked: Query[Asked]
) -> list[dict[str, Any]]:
    """Return an indicator by territory and by run; 404 for one that is not known."""
    if indicateur not in BY_CODE or asked.horaire not in SHIFT_BY_CODE:
        raise Http404
    rows: list[dict[str, Any]] = []
    for run in published_runs():
        if asked.calcul in ("", run.code):
            rows += _rows(run, indicateur, asked)
    return rows


def _rows(run: Run, indicateur: str, asked: Asked) -> list[dict[str, Any]]:
    rows = figures(
        run,
        indicateur,
        shift=asked.horaire,
        profile=asked.profil,
        niveau=asked.niveau.value,
        code=asked.code or None,
    )
    return [
        {
            "niveau": row.niveau,
            "code": row.code,
            "nom": row.nom,
            "calcul": run.code,
            "semaine": run.week,
            "valeur": row.figure.value,
            "texte": row.figure.text,
            "estimation": row.figure.estimation,
            "population": None if row.people is None else rounded_people(row.people),
        }
        for row in rows
    ]
