"""Tables of employers."""

from .clubs import Club, EngagementEmployeur, Rencontre
from .diagnoses import DiagnosticSite
from .followup import BilanCohorte
from .groups import GroupeTravail
from .occupations import AppellationRome, FichierMetiers, MetierRome, PosteSite, ProjetsBassin
from .site_imports import ImportSites
from .site_requests import ContactSite, DemandeSite, EnvoiSite
from .speakers import Consentement, DemandeIntervenant, Intervenant, Intervention

__all__ = [
    "AppellationRome",
    "BilanCohorte",
    "Club",
    "Consentement",
    "ContactSite",
    "DemandeIntervenant",
    "DemandeSite",
    "DiagnosticSite",
    "EngagementEmployeur",
    "EnvoiSite",
    "FichierMetiers",
    "GroupeTravail",
    "ImportSites",
    "Intervenant",
    "Intervention",
    "MetierRome",
    "PosteSite",
    "ProjetsBassin",
    "Rencontre",
]
