"""Tables of employers."""

from .clubs import Club, EngagementEmployeur, Rencontre
from .speakers import Consentement, DemandeIntervenant, Intervenant, Intervention

__all__ = [
    "Club",
    "Consentement",
    "DemandeIntervenant",
    "EngagementEmployeur",
    "Intervenant",
    "Intervention",
    "Rencontre",
]
