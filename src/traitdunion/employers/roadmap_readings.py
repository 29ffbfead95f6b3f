"""The indicators of employers kept as readings of an action of the roadmap, on the day asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from traitdunion.accounts.models import User
from traitdunion.cooperation.models import Action, Indicateur
from traitdunion.cooperation.roadmap.measures import PERCENT
from traitdunion.cooperation.roadmap.responsibility import may_write
from traitdunion.cooperation.roadmap.sheet import Share, follow_figure, write_part
from traitdunion.disclosure import K

from .errors import EmployersError
from .indicators import Indicator, report
from .models import Club

SOURCE = "Comptes rendus des clubs d'employeurs et bilans des entreprises"
PREFIX = "employeurs:"
"""Before the code of an indicator, in `Indicateur.calcul`."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What feeding an action wrote. `kept`: readings written; `same`: already there that day."""

    kept: int
    same: int


def actions_fed() -> QuerySet[Action]:
    """Return the actions that take the commitments of clubs, of demonstration where all are."""
    demonstration = not Club.objects.filter(demonstration=False).exists()
    rows = Action.objects.filter(clubs__demonstration=demonstration).distinct()
    return rows.select_related("axe__seance__organisation").order_by("pk")


def actions_fed_by(person: Any) -> list[Action]:
    """Return the actions whose readings a person may write from the indicators."""
    return [row for row in actions_fed() if may_write(person, row)]


def readable(indicators: Iterable[Indicator]) -> list[Indicator]:
    """Return the indicators of which there is something to count."""
    return [row for row in indicators if row.denominator]


@transaction.atomic
def feed(*, by: User, action: Action, on: date, now: datetime) -> Fed:
    """Keep each indicator as the reading of a day; the indicators missing from the sheet are added.

    Once more on the same day, what has not changed is left as it is. Raises EmployersError where
    no club brings its commitments to this action, or where nothing is counted yet.
    """
    action = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if not actions_fed().filter(pk=action.pk).exists():
        raise EmployersError("Aucun club ne porte ses engagements à cette action.")
    indicators = readable(report(on=on).whole)
    if not indicators:
        raise EmployersError("Rien à relever : aucun compte rendu, aucun engagement.")
    known = {row.calcul: row for row in action.indicateurs.exclude(calcul="")}
    kept = 0
    for indicator in indicators:
        row = known.get(PREFIX + indicator.code)
        if row is None:
            row = _indicateur(action, indicator)
            write_part(row, by=by, now=now)
        share = _share(indicator)
        kept += follow_figure(by=by, indicateur=row, on=on, share=share, now=now) is not None
    return Fed(kept, len(indicators) - kept)


def _indicateur(action: Action, indicator: Indicator) -> Indicateur:
    steps = "" if indicator.people is None else f" (comptées de {K} en {K})"
    return Indicateur(
        action=action,
        definition=indicator.label + steps,
        unite=PERCENT,
        source=SOURCE,
        personnes=indicator.people is not None,
        calcul=PREFIX + indicator.code,
    )


def _share(indicator: Indicator) -> Share | None:
    """Return a share as published; None where it is hidden."""
    if indicator.shown is None:
        return None
    return Share(*indicator.shown, indicator.unknown_shown)
