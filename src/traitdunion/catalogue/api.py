"""The published catalogue for machines: JSON, described by OpenAPI."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from traitdunion.accounts.access_decorators import public

from . import queries
from .enums import Famille, PermisRequis, Public, TypeSolution
from .exchange.inclusion_export import exported
from .models import Solution
from .public import document, summary
from .search import Search, find, rows_of

router = Router(tags=["catalogue"])
MAX_ROWS = 100


class StructureOut(Schema):
    """Who offers it."""

    id: str
    nom: str


class SolutionOut(Schema):
    """A line of the list."""

    id: str
    nom: str
    type_solution: TypeSolution
    famille: Famille
    structure: StructureOut
    description: str
    url: str = Field(description="Adresse de la page, sur ce site.")
    version: int
    modifiee_le: datetime | None
    verifie_le: date | None
    fraicheur: str
    demonstration: bool


class SolutionsOut(Schema):
    """A page of the list."""

    total: int
    corrige: str = Field(description="Texte cherché à la place, s'il y avait une faute de frappe.")
    solutions: list[SolutionOut]


class FicheOut(SolutionOut):
    """An entry whole."""

    fiche: dict[str, Any] = Field(description="Tous les champs de la fiche ; absent : inconnu.")


class ServiceOut(Schema):
    """An entry as data·inclusion v1 has it."""

    service: dict[str, Any]
    en_texte: list[str] = Field(description="Champs passés en texte de précisions.")
    perdus: list[str] = Field(description="Champs que ce format ne porte pas.")


class Filters(Schema):
    """What to look for."""

    q: str = Field("", description="Mots cherchés, sans souci des accents.", max_length=120)
    type: TypeSolution | None = None
    famille: Famille | None = None
    public: Public | None = None
    permis: PermisRequis | None = None
    commune: str = Field("", description="Code INSEE.", pattern=r"^$|^(\d\d|2[AB])\d{3}$")
    limite: int = Field(20, ge=1, le=MAX_ROWS)
    depuis: int = Field(0, ge=0)


@router.get("/solutions", response=SolutionsOut, summary="Chercher des solutions publiées")
@public
def list_solutions(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    """List a page of what matches; `total` counts them all."""
    on = timezone.localdate()
    results = find(
        Search(
            text=filters.q.replace("\0", ""),
            kind=filters.type or "",
            famille=filters.famille or "",
            public=filters.public or "",
            permis=filters.permis or "",
            commune=filters.commune,
        ),
        on=on,
    )
    page = rows_of(results.keys[filters.depuis : filters.depuis + filters.limite])
    return {
        "total": len(results.keys),
        "corrige": results.mended,
        "solutions": [summary(row, on=on) for row in page],
    }


@router.get("/solutions/{key}", response=FicheOut, summary="Une fiche entière")
@public
def one_solution(request: HttpRequest, key: str) -> dict[str, Any]:
    """Return a published entry with all its fields, private contacts left out."""
    row = _published(key)
    return summary(row, on=timezone.localdate()) | {"fiche": document(row)}


@router.get(
    "/solutions/{key}/data-inclusion",
    response=ServiceOut,
    summary="Une fiche au format data·inclusion v1",
    exclude_none=True,
)
@public
def as_inclusion(request: HttpRequest, key: str) -> dict[str, Any]:
    """Return the service, and what was lost."""
    try:
        export = exported(_published(key))
    except ValueError as undated:
        raise Http404(str(undated)) from undated
    return {"service": export.record, "en_texte": export.as_text, "perdus": export.lost}


def _published(key: str) -> Solution:
    rows = queries.with_parts().published().valid(timezone.localdate())
    row = rows.filter(pk=key).first()
    if row is None:
        raise Http404("Aucune fiche publiée n'a cet identifiant.")
    return row
