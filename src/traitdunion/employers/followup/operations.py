"""Writes of the follow-up: the counts of a quarter, by the link of an employer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from traitdunion.french import day

from ..enums import IN_FORCE, MotifDepart
from ..errors import EmployersError
from ..models import BilanCohorte, EngagementEmployeur
from ..models.clubs import COUNTS_OPEN
from ..models.followup import DAYS, quarter_end, quarter_of

QUARTERS_SHOWN = 6


def is_open(promise: EngagementEmployeur, on: date) -> bool:
    """Return whether the employer may declare counts on a day."""
    confirmed = promise.engagement.confirme_le
    if promise.engagement.etat not in IN_FORCE or confirmed is None:
        return False
    return on <= timezone.localdate(confirmed) + COUNTS_OPEN


def quarters(on: date) -> list[date]:
    """Return the first days of the last quarters that ended before a day, the latest first."""
    quarters_shown = [quarter_of(quarter_of(on) - timedelta(days=1))]
    while len(quarters_shown) < QUARTERS_SHOWN:
        quarters_shown.append(quarter_of(quarters_shown[-1] - timedelta(days=1)))
    return quarters_shown


def due_on(quarter: date, days: int) -> date:
    """Return the day from which those still there after `days` may be counted."""
    return quarter_end(quarter) + timedelta(days=days)


@transaction.atomic
def declare(
    *,
    promise: EngagementEmployeur,
    quarter: date,
    hires: int,
    present: Mapping[int, int | None],
    reasons: Sequence[MotifDepart],
    now: datetime,
) -> BilanCohorte:
    """Record the counts of a quarter; declared again, it corrects them.

    `present`: by 90, 180 and 365 days; None where unknown. Raises EmployersError where a count
    comes too early, or is larger than the one before it.
    """
    row = EngagementEmployeur.objects.select_for_update(of=("self",)).get(pk=promise.pk)
    on = timezone.localdate(now)
    if not is_open(promise, on):
        raise EmployersError("Ce suivi n'est plus ouvert : l'engagement n'est pas en cours.")
    if quarter not in quarters(on):
        raise EmployersError("Choisissez un trimestre terminé, parmi les six derniers.")
    _refuse_impossible(quarter, hires, present, on)
    made, _ = BilanCohorte.objects.update_or_create(
        engagement=row,
        trimestre=quarter,
        defaults={
            "embauches": hires,
            **{f"presents_{days}": present.get(days) for days in DAYS},
            "motifs": sorted({reason.value for reason in reasons}),
            "declare_le": now,
        },
    )
    return made


def _refuse_impossible(
    quarter: date, hires: int, present: Mapping[int, int | None], on: date
) -> None:
    most, before = hires, "les embauches"
    for days in DAYS:
        count = present.get(days)
        if count is None:
            continue
        if on < due_on(quarter, days):
            raise EmployersError(
                f"Trop tôt pour {days} jours : comptez à partir du {day(due_on(quarter, days))}."
            )
        if count > most:
            raise EmployersError(f"Les présents à {days} jours dépassent {before}.")
        most, before = count, f"les présents à {days} jours"
