"""Margins of a question: those it asks for, else those of the site."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from traitdunion import reach

from .situation import USUAL_MARGINS, Margins


@dataclass(frozen=True)
class AskedMargins:
    """Minutes before and after work, and what is kept on the way."""

    before_min: int
    after_min: int
    on_the_way: Margins


def asked_margins(
    *,
    before_min: int | None = None,
    after_min: int | None = None,
    transfer_min: int | None = None,
    access_percent: int | None = None,
) -> AskedMargins:
    """Return the margins of a question, each that of the site where none is given."""
    percent = _or(access_percent, settings.TRAITDUNION_ACCESS_PERCENT)
    return AskedMargins(
        before_min=_or(before_min, settings.TRAITDUNION_BEFORE_WORK_MIN),
        after_min=_or(after_min, settings.TRAITDUNION_AFTER_WORK_MIN),
        on_the_way=Margins(
            access_percent=percent,
            # Who asks for no share wants no margin, not the least one.
            access_s=USUAL_MARGINS.access_s if percent else 0,
            transfer_s=60 * _or(transfer_min, settings.TRAITDUNION_TRANSFER_MIN),
        ),
    )


def limits_of(
    margins: Margins, *, asked_at: datetime | None = None, walk: reach.Mode = reach.WALK
) -> reach.Limits:
    """Return the limits of a search that keeps the margins, asked for at a moment, on foot so."""
    return reach.Limits(
        walk=walk,
        min_transfer_s=margins.transfer_s,
        access_margin_s=margins.access_s,
        access_margin_percent=margins.access_percent,
        asked_at=asked_at,
    )


def _or(value: int | None, usual: int) -> int:
    return usual if value is None else value
