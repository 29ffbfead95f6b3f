"""Tables of housing."""

from .households import DecisionDemande, Demande, Lot
from .leases import Bail, Evenement, Revente, TravauxValorises, VersionBail
from .ledger import Ecriture, Ligne
from .operations import Bilan, Operation
from .plans import Etape, Plan
from .references import Reference, Verification

__all__ = [
    "Bail",
    "Bilan",
    "DecisionDemande",
    "Demande",
    "Ecriture",
    "Etape",
    "Evenement",
    "Ligne",
    "Lot",
    "Operation",
    "Plan",
    "Reference",
    "Revente",
    "TravauxValorises",
    "Verification",
    "VersionBail",
]
