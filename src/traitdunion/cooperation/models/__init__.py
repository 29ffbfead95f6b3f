"""Tables of cooperation: the session, its words, what was promised and what became."""

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
from .evaluation import (
    Bulletin,
    CompteEvaluation,
    EvaluationPubliee,
    MotEvaluation,
    PresencesPubliees,
)
from .guests import AccesSalle, Annonce, Contrainte, Invite, Place, PresenceComptee
from .ideas import AvisIdee, Decision, Filiation, Filtre, Idee, RaisonFiltre
from .plans import ImportPlan
from .reminders import Relance
from .roadmap import Action, Engagement, Evenement
from .sessions import Axe, Constat, Creneau, Objectif, Seance
from .sheet import Indicateur, LigneBudget, Partenaire, Pilote, Releve
from .statements import Moderation, Statement
from .workshop import FeuilleDeTable, Gommette, Objection, Regard, Situation, Voix

__all__ = [
    "AccesSalle",
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
    "EvaluationPubliee",
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
    "Moderation",
    "MotEvaluation",
    "Objectif",
    "Objection",
    "Partenaire",
    "Pilote",
    "Place",
    "Pouvoir",
    "Presence",
    "PresenceComptee",
    "PresencesPubliees",
    "ProcesVerbal",
    "RaisonFiltre",
    "Regard",
    "Relance",
    "Releve",
    "Reunion",
    "Scrutin",
    "Seance",
    "Situation",
    "Statement",
    "Suffrage",
    "Voix",
]
