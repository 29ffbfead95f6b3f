"""Rank the households of the waiting list for a home, by the published rules."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from ..enums import EtatDemande, Provenance, Souhait
from ..models import Demande, Lot

FEWER, MORE = 2, 1
"""Persons fewer than rooms, and more, that suit a home."""
OF_WORK = (Provenance.ACTION_LOGEMENT, Provenance.EMPLOYEUR)


@dataclass(frozen=True, slots=True)
class Rule:
    """A published rule; `sets_aside`: who does not meet it is not ranked."""

    id: str
    text: str
    sets_aside: bool


def _content() -> bytes:
    return files("traitdunion.data").joinpath("housing/attribution.yaml").read_bytes()


@cache
def rules() -> tuple[Rule, ...]:
    """Return the published rules, in the order they apply."""
    return tuple(Rule(row["id"], row["texte"], row["ecarte"]) for row in yaml.safe_load(_content()))


@cache
def rules_version() -> str:
    """Return the fingerprint of the rules, which each decision keeps."""
    return hashlib.sha256(_content()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A demand for a home: its rank, or the rules that set it aside (French)."""

    demande: Demande
    rank: int | None
    against: tuple[str, ...]


def candidates(lot: Lot, demands: Iterable[Demande]) -> list[Candidate]:
    """Return the ranked demands first, then those set aside; `communes` is to be prefetched."""
    standing = [row for row in demands if row.etat == EtatDemande.EN_ATTENTE]
    against = {row.pk: _against(lot, row) for row in standing}
    ranked = sorted((row for row in standing if not against[row.pk]), key=_order)
    aside = [row for row in standing if against[row.pk]]
    return [
        *(Candidate(row, rank, ()) for rank, row in enumerate(ranked, 1)),
        *(Candidate(row, None, against[row.pk]) for row in aside),
    ]


def _order(row: Demande) -> tuple[int, object, int]:
    first = 0 if row.provenance == Provenance.SIAO else 1 if row.provenance in OF_WORK else 2
    return first, row.recue_le, row.pk


def _against(lot: Lot, row: Demande) -> tuple[str, ...]:
    """Return why a demand is not ranked for a home."""
    reasons = []
    sale = lot.genre == Souhait.ACCESSION
    if row.ressources_verifiees is None or (sale and row.non_proprietaire is None):
        reasons.append("dossier à vérifier")
    elif not row.ressources_verifiees or (sale and not row.non_proprietaire):
        reasons.append("hors conditions")
    if row.souhait not in (lot.genre, Souhait.LES_DEUX):
        reasons.append("cherche autre chose")
    wanted = {commune.pk for commune in row.communes.all()}
    if wanted and lot.operation.commune_id not in wanted:
        reasons.append("autre commune")
    if row.personnes is None:
        reasons.append("nombre de personnes non renseigné")
    elif not lot.pieces - FEWER <= row.personnes <= lot.pieces + MORE:
        reasons.append("taille du logement")
    return tuple(reasons)
