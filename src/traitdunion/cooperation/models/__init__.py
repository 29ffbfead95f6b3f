"""Tables of cooperation: the session, what was said there, what was promised and what became."""

from .ideas import AvisIdee, Decision, Filiation, Filtre, Idee
from .roadmap import Action, Engagement, Evenement, Indicateur, LigneBudget, Pilote, Releve
from .sessions import Axe, Constat, Creneau, Objectif, Seance

__all__ = [
    "Action",
    "AvisIdee",
    "Axe",
    "Constat",
    "Creneau",
    "Decision",
    "Engagement",
    "Evenement",
    "Filiation",
    "Filtre",
    "Idee",
    "Indicateur",
    "LigneBudget",
    "Objectif",
    "Pilote",
    "Releve",
    "Seance",
]
