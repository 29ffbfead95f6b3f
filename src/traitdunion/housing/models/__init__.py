"""Tables of housing."""

from .households import DecisionDemande, Demande, Lot
from .leases import Bail, Evenement, Revente, TravauxValorises, VersionBail
from .ledger import Ecriture, Ligne
from .operations import Bilan, Operation
from .references import Reference, Verification

__all__ = [
    "Bail",
    "Bilan",
    "DecisionDemande",
    "Demande",
    "Ecriture",
    "Evenement",
    "Ligne",
    "Lot",
    "Operation",
    "Reference",
    "Revente",
    "TravauxValorises",
    "Verification",
    "VersionBail",
]
