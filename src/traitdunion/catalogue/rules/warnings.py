"""Rules not to be promised because a page they cite changed, vanished or announces its end."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils import timezone

from traitdunion import french
from traitdunion.rules import Rule

from ..models import PageCitee

ENDED = re.compile(
    r"\b(?:aide|dispositif|prime|programme|bonus|prêt)\b[^.\n]{0,80}?"
    r"\b(?:(?:a|ont) pris fin|(?:est|sont|a été|ont été) (?:supprim|clos|termin|arrêt|ferm)\w*"
    r"|n'existent? plus|n'(?:est|sont) plus (?:vers|accord|propos|en vigueur|disponible)\w*)",
    re.IGNORECASE,
)
"""How pages announce that an aid has ended; doubtful on purpose, a person reads the page again."""


def announces_an_end(text: str) -> bool:
    """Return True where a page seems to say that what it describes is over."""
    return ENDED.search(text.replace("’", "'")) is not None


def is_a_text(url: str) -> bool:
    """Return False for the home page of a site, which changes every day and holds no rule."""
    return bool(urlsplit(url).path.strip("/"))


def warnings_of(rules: Iterable[Rule]) -> Mapping[str, str]:
    """Return why each of these rules must be checked, by its name; those without trouble left out.

    A page that an editor has read again since it changed is no trouble.
    """
    citing: dict[str, set[str]] = {}
    for rule in rules:
        for source in rule.cited:
            if is_a_text(source.url):
                citing.setdefault(source.url, set()).add(rule.name)
    troubled = Q(disparue_le__isnull=False) | Q(annonce_fin=True) | Q(changed_at__isnull=False)
    pages = PageCitee.objects.filter(troubled, url__in=citing).prefetch_related("relectures")
    return {
        name: why
        for page in pages.order_by("url")
        if (why := warning_of(page))
        for name in sorted(citing[page.url])
    }


def warning_of(page: PageCitee) -> str:
    """Return what is wrong with a page as a French sentence without its stop; "" where nothing."""
    if page.disparue_le is not None:
        seen = french.day(timezone.localdate(page.disparue_le))
        return f"la page citée n'existe plus (vu le {seen})"
    if any(relecture.empreinte == page.empreinte for relecture in page.relectures.all()):
        return ""
    if page.annonce_fin:
        return "la page citée semble annoncer que l'aide est finie : à relire"
    if page.changed_at is not None and page.empreinte != page.empreinte_initiale:
        seen = french.day(timezone.localdate(page.changed_at))
        return f"la page citée a changé (vu le {seen}) : à relire"
    return ""
