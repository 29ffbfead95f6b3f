"""Tables of employers."""

from .clubs import Club, EngagementEmployeur, Rencontre
from .diagnoses import DiagnosticSite
from .followup import BilanCohorte
from .site_imports import ImportSites
from .site_requests import ContactSite, DemandeSite, EnvoiSite
from .speakers import Consentement, DemandeIntervenant, Intervenant, Intervention

__all__ = [
    "BilanCohorte",
    "Club",
    "Consentement",
    "ContactSite",
    "DemandeIntervenant",
    "DemandeSite",
    "DiagnosticSite",
    "EngagementEmployeur",
    "EnvoiSite",
    "ImportSites",
    "Intervenant",
    "Intervention",
    "Rencontre",
]
