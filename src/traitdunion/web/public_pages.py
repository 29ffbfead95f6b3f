"""Pages asked of a public site: legal notice, accessibility, data, rules, help, map of the site.

Legal notice: article 6, III, of law 2004-575 of 21 June 2004. Declaration of accessibility: article
47 of law 2005-102 and decree 2019-768. Information of people: articles 13 and 14 of the GDPR.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.catalogue.rules.operations import rules_in_force
from traitdunion.demonstration.tour import every_place
from traitdunion.sources.bounded.yaml_files import yaml_document

from .context import stands_on_demonstration
from .register import treatments

AUDIT = Path(__file__).parents[1] / "data" / "accessibilite" / "audit-rgaa.yaml"
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Theme:
    """One part of the map of the site: a title, and pages as (name of the address, text)."""

    title: str
    pages: tuple[tuple[str, str], ...]

    def links(self) -> list[tuple[str, str]]:
        """Return the addresses and texts of the pages."""
        return [(reverse(name), text) for name, text in self.pages]


THEMES = (
    Theme(
        "Aller au travail",
        (
            ("desk:question", "Ce poste est-il à portée ?"),
            ("desk:seeker", "Mon trajet : facile à lire, en cinq langues"),
            ("desk:reach-map", "Où travailler depuis chez moi"),
            ("catalogue:solutions", "Toutes les solutions et leurs contacts"),
            ("network", "Les horaires en service"),
        ),
    ),
    Theme(
        "Territoire",
        (
            ("observatory:home", "L’observatoire"),
            ("observatory:method", "Comment les chiffres sont calculés"),
            ("observatory:statistics", "Statistiques du guichet"),
            ("levers:territory", "Ce que chacun peut changer"),
        ),
    ),
    Theme(
        "Coopération",
        (
            ("cooperation:sessions", "Les séances"),
            ("cooperation:join", "Participer à une séance"),
            ("cooperation:whole-roadmap", "La feuille de route"),
            ("cooperation:committees", "Les comités"),
            ("cooperation:directory", "L’annuaire"),
        ),
    ),
    Theme(
        "Employeurs",
        (
            ("employers:home", "Recruter, c’est aussi accueillir"),
            ("employers:welcome", "Préparer une arrivée"),
            ("employers:immersion", "Vérifier une immersion"),
            ("employers:kit", "Le kit des réunions"),
            ("employers:clubs", "Les clubs"),
            ("employers:action", "L’action en chiffres"),
            ("employers:testimonies", "Ils racontent leur arrivée"),
            ("employers:occupations", "Les métiers et leurs noms"),
        ),
    ),
    Theme("Logement", (("housing:home", "Se loger près du travail"),)),
    Theme(
        "Ce site",
        (
            ("account_login", "Se connecter"),
            ("help", "Aide"),
            ("contact-page", "Contact"),
            ("accessibility", "Accessibilité"),
            ("legal", "Mentions légales"),
            ("personal-data", "Données personnelles"),
            ("algorithms", "Comment les réponses sont calculées"),
            ("open-data", "Données ouvertes"),
            ("credits", "Licences et crédits"),
            ("site-map", "Plan du site"),
        ),
    ),
)
"""Every page that all may read without a secret; a test holds it against the addresses."""


@public
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """List the pages that all may read, by theme."""
    return render(request, "web/public/site_map.html", {"themes": THEMES})


@public
@require_safe
def usual_statistics(request: HttpRequest) -> HttpResponse:
    """Lead from `/stats`, where public services of the State publish them, to the statistics."""
    return redirect("observatory:statistics", permanent=True)


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Declare how accessible the site is; not compliant until someone audits it."""
    context = {"legal": settings.TRAITDUNION_LEGAL, "audit": read_audit()}
    return render(request, "web/public/accessibility.html", context)


@dataclass(frozen=True, slots=True)
class Audit:
    """How far the audit of the criteria of the RGAA went: number of criteria by state."""

    version: str
    total: int
    audited: int
    conforming: int
    applicable: int
    tested: int

    @property
    def status(self) -> str:
        """Return what is declared: nothing is compliant before each criterion is audited."""
        if self.audited < self.total or not self.applicable:
            return "non conforme"
        share = self.conforming / self.applicable
        if share == 1:
            return "totalement conforme"
        return "partiellement conforme" if share >= HALF else "non conforme"


def audit_of(document: Mapping[str, Any]) -> Audit:
    """Count the states of the criteria of a document."""
    rows = document["criteres"]
    states = Counter(row["etat"] for row in rows)
    audited = len(rows) - states["non_audite"]
    return Audit(
        str(document["version"]),
        len(rows),
        audited,
        states["conforme"],
        audited - states["non_applicable"],
        sum("test" in row for row in rows),
    )


def read_audit() -> Audit:
    """Return the audit kept with the product."""
    return audit_of(yaml_document(AUDIT))


@public
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Answer the questions that people ask most, role by role."""
    return render(request, "web/public/help.html", {"legal": settings.TRAITDUNION_LEGAL})


@public
@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """Lead through the demonstration, role by role; a real site has no such page."""
    if not stands_on_demonstration():
        raise Http404("no demonstration is served")
    return render(request, "web/public/tour.html", {"places": every_place()})


@public
@require_safe
def contact_page(request: HttpRequest) -> HttpResponse:
    """Give whom to write to, and for what."""
    context = {
        "legal": settings.TRAITDUNION_LEGAL,
        "security": settings.TRAITDUNION_SECURITY_CONTACT,
    }
    return render(request, "web/public/contact.html", context)


@public
@require_safe
def algorithms(request: HttpRequest) -> HttpResponse:
    """List the rules that decide of what is shown, with their sources and dates."""
    today = timezone.localdate()
    book = rules_in_force()
    rules = sorted((book.rule(name, today) for name in book.rules), key=lambda rule: rule.nom)
    return render(request, "web/public/algorithms.html", {"rules": rules})


@public
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """List the data given out, with their format and their licence."""
    return render(request, "web/public/open_data.html")


@public
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Name who publishes and who hosts; what was not given is shown as unknown."""
    context = {
        "legal": settings.TRAITDUNION_LEGAL,
        "security": settings.TRAITDUNION_SECURITY_CONTACT,
    }
    return render(request, "web/public/legal.html", context)


@public
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    """Explain what is kept of people, why and for how long, from the register of processing."""
    context = {
        "legal": settings.TRAITDUNION_LEGAL,
        "treatments": treatments(),
        "map_style": settings.TRAITDUNION_MAP_STYLE,
    }
    return render(request, "web/public/personal_data.html", context)
