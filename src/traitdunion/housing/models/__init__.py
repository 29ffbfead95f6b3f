"""Tables of housing."""

from .debits import Creancier, Mandat
from .facts import FaitBail
from .households import DecisionDemande, Demande, Lot
from .land import FinancementFoncier, Parcelle
from .leases import Bail, Evenement, Revente, TravauxValorises, VersionBail
from .ledger import Ecriture, Ligne
from .operations import Bilan, Operation
from .plans import Etape, Plan
from .references import Reference, Verification
from .setting_up import Apport, DocumentAgrement, PartenaireOfs, PieceAgrement, Projet

__all__ = [
    "Apport",
    "Bail",
    "Bilan",
    "Creancier",
    "DecisionDemande",
    "Demande",
    "DocumentAgrement",
    "Ecriture",
    "Etape",
    "Evenement",
    "FaitBail",
    "FinancementFoncier",
    "Ligne",
    "Lot",
    "Mandat",
    "Operation",
    "Parcelle",
    "PartenaireOfs",
    "PieceAgrement",
    "Plan",
    "Projet",
    "Reference",
    "Revente",
    "TravauxValorises",
    "Verification",
    "VersionBail",
]
