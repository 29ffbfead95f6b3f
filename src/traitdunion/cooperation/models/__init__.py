"""Tables of cooperation: the session, what was said there, what was promised and what became."""

from .committees import (
    Convocation,
    Instance,
    Membre,
    Pouvoir,
    Presence,
    ProcesVerbal,
    Reunion,
    Scrutin,
    Suffrage,
)
from .evaluation import Bulletin, CompteEvaluation
from .guests import Annonce, Contrainte, Invite, Place, PresenceComptee
from .ideas import AvisIdee, Decision, Filiation, Filtre, Idee
from .plans import ImportPlan
from .reminders import Relance
from .roadmap import Action, Engagement, Evenement
from .sessions import Axe, Constat, Creneau, Objectif, Seance
from .sheet import Indicateur, LigneBudget, Partenaire, Pilote, Releve
from .workshop import FeuilleDeTable, Gommette, Objection, Regard, Situation

__all__ = [
    "Action",
    "Annonce",
    "AvisIdee",
    "Axe",
    "Bulletin",
    "CompteEvaluation",
    "Constat",
    "Contrainte",
    "Convocation",
    "Creneau",
    "Decision",
    "Engagement",
    "Evenement",
    "FeuilleDeTable",
    "Filiation",
    "Filtre",
    "Gommette",
    "Idee",
    "ImportPlan",
    "Indicateur",
    "Instance",
    "Invite",
    "LigneBudget",
    "Membre",
    "Objectif",
    "Objection",
    "Partenaire",
    "Pilote",
    "Place",
    "Pouvoir",
    "Presence",
    "PresenceComptee",
    "ProcesVerbal",
    "Regard",
    "Relance",
    "Releve",
    "Reunion",
    "Scrutin",
    "Seance",
    "Situation",
    "Suffrage",
]
