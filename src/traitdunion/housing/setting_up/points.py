"""Read the points of the agrément file, and what is still missing of a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from django.db.models import Count

from traitdunion.accounts.models import Organisation
from traitdunion.disclosure.tables import K
from traitdunion.observatory.definitions import BY_CODE
from traitdunion.observatory.enums import Niveau
from traitdunion.observatory.queries import LATEST, UnknownRun, figures, run_named
from traitdunion.territory.home import home_departement

from ..clocks import Counted, count
from ..enums import EtatDemande, EtatPiece
from ..models import Demande, PieceAgrement, Projet
from ..models.setting_up import MENTIONS

NOTE_INDICATORS = (("W1", "journee"), ("W2", "journee"))


@cache
def points() -> Mapping[int, str]:
    """Return the text of each point of R.329-7."""
    text = files("traitdunion.data").joinpath("housing/agrement.yaml").read_text("utf-8")
    return {row["point"]: row["texte"] for row in yaml.safe_load(text)}


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the file with its row, its documents and what it lacks (French)."""

    number: int
    text: str
    piece: PieceAgrement
    documents: int
    lack: str


def points_of(projet: Projet) -> list[Point]:
    """Return each point of the file."""
    rows = {
        row.point: row for row in projet.pieces.annotate(n=Count("documents")).order_by("point")
    }
    listed = []
    for number, text in points().items():
        row = rows.get(number) or PieceAgrement(projet=projet, point=number)
        n = getattr(row, "n", 0)
        listed.append(Point(number, text, row, n, _lack(row, n)))
    return listed


def _lack(row: PieceAgrement, n: int) -> str:
    if row.etat == EtatPiece.SANS_OBJET:
        return "" if row.remarque else "dire pourquoi c'est sans objet"
    if row.etat != EtatPiece.PRETE:
        return row.get_etat_display()
    return "" if n else "prête, sans document"


def mentions_of(projet: Projet) -> list[tuple[str, bool | None]]:
    """Return the statutory mentions (R.329-4) and whether the statutes hold them."""
    mentions = []
    for name in MENTIONS:
        field = projet._meta.get_field(f"mention_{name}")
        mentions.append((str(field.verbose_name), getattr(projet, field.name)))  # type: ignore[union-attr]
    return mentions


def lacks_of(projet: Projet) -> list[str]:
    """Return what the file still lacks, in French; nothing where it is complete."""
    lacks = [f"{p.number}° {p.text} : {p.lack}" for p in points_of(projet) if p.lack]
    for label, held in mentions_of(projet):
        if held is not True:
            lacks.append(f"Statuts : {label} ({'absent' if held is False else 'à vérifier'})")
    return lacks


def prefect_clock(projet: Projet) -> Counted | None:
    """Return the three months of the prefect; None without the letter that the file is complete."""
    if projet.complet_le is None or projet.agree_le is not None:
        return None
    return count("agrement_prefet", projet.complet_le)


@dataclass(frozen=True, slots=True)
class Need:
    """A line of the note of needs: what, how much, from where."""

    label: str
    text: str
    source: str


def note_of_needs(organisation: Organisation, *, on: date) -> list[Need]:
    """Return the note of needs: what the observatory counted, and the demands received.

    Demands under the threshold of the site are not counted out.
    """
    needs = []
    rows = Demande.objects.filter(organisation=organisation).exclude(etat=EtatDemande.EFFACEE)
    n = rows.count()
    # By steps: two files written a day apart must not say that one household more asked.
    shown = f"{n - n % K} ou plus" if n >= K else f"moins de {K}"
    needs.append(
        Need("Ménages qui demandent un logement", shown, f"demandes reçues, {on:%d/%m/%Y}")
    )
    try:
        run = run_named(LATEST)
    except UnknownRun:
        needs.append(Need("Accès à l'emploi sans voiture", "non renseigné", "aucun calcul"))
        return needs
    code = home_departement()
    for indicator, shift in NOTE_INDICATORS:
        for row in figures(run, indicator, shift=shift, niveau=Niveau.DEPARTEMENT, code=code):
            nom = BY_CODE[indicator].nom
            needs.append(Need(nom, row.figure.text, f"observatoire, calcul {run.code}"))
    return needs
