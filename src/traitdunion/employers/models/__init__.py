"""Tables of employers."""

from .clubs import Club, EngagementEmployeur, Rencontre
from .conventions import Convention
from .diagnoses import DiagnosticSite
from .followup import BilanCohorte
from .groups import GroupeTravail
from .occupations import AppellationRome, FichierMetiers, MetierRome, PosteSite, ProjetsBassin
from .site_imports import ImportSites
from .site_requests import ContactSite, DemandeSite, EnvoiSite
from .speakers import Consentement, DemandeIntervenant, Intervenant, Intervention
from .testimonies import Temoignage

__all__ = [
    "AppellationRome",
    "BilanCohorte",
    "Club",
    "Consentement",
    "ContactSite",
    "Convention",
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
    "Temoignage",
]
