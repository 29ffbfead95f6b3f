"""Tables of housing."""

from .leases import Bail, Evenement, Revente, TravauxValorises, VersionBail
from .ledger import Ecriture, Ligne
from .operations import Bilan, Operation
from .references import Reference, Verification

__all__ = [
    "Bail",
    "Bilan",
    "Ecriture",
    "Evenement",
    "Ligne",
    "Operation",
    "Reference",
    "Revente",
    "TravauxValorises",
    "Verification",
    "VersionBail",
]
