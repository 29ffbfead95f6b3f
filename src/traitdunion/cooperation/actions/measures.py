"""Indicators of an action: what was read, what may be shown of it, how far the target is.

Where an indicator counts people, nothing is kept or shown of fewer than eleven, nor of what would
give them away: a share whose complement is of fewer than eleven, a single territory withheld
beside the whole of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..enums import Frequence, SensIndicateur
from ..models import Indicateur, Releve

FEWEST = 11
MONTHS = {
    Frequence.MENSUELLE: 1,
    Frequence.TRIMESTRIELLE: 3,
    Frequence.SEMESTRIELLE: 6,
    Frequence.ANNUELLE: 12,
}
PERCENT = "%"


def is_withheld(*counts: int | None) -> bool:
    """Whether one of these counts of people is of some, and fewer than eleven."""
    return any(n is not None and 0 < n < FEWEST for n in counts)


def hides_people(valeur: Decimal | None, numerateur: int | None, denominateur: int | None) -> bool:
    """Whether a reading of people is to be withheld: a count, or a share and its complement."""
    if denominateur is not None and numerateur is not None:
        return is_withheld(numerateur, denominateur, denominateur - numerateur)
    return valeur is not None and 0 < valeur < FEWEST


def share_percent(numerateur: int, denominateur: int) -> Decimal:
    """A share in percent, to the hundredth, halves away from zero."""
    return (Decimal(100) * numerateur / denominateur).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Shown:
    """A reading as everybody may see it: no value where it is withheld."""

    row: Releve
    valeur: Decimal | None

    @property
    def is_secret(self) -> bool:
        return self.valeur is None

    @property
    def fraction(self) -> str:
        """« 30 sur 40 » where it is a share that may be shown."""
        if self.is_secret or self.row.numerateur is None:
            return ""
        return f"{self.row.numerateur} sur {self.row.denominateur}"


def shown(readings: Iterable[Releve]) -> list[Shown]:
    """Readings by day then territory, those that would give away a withheld one withheld too.

    Of one day, where the whole is told and a single territory is not, a subtraction would tell it:
    the smallest of the other territories is withheld with it.
    """
    rows = sorted(readings, key=lambda one: (one.releve_le, one.territoire))
    hidden = {one.pk for one in rows if one.secret}
    for day in {one.releve_le for one in rows}:
        hidden |= _also_hidden([one for one in rows if one.releve_le == day])
    return [Shown(one, None if one.pk in hidden else one.valeur) for one in rows]


def _also_hidden(of_a_day: Sequence[Releve]) -> set[int]:
    parts = [one for one in of_a_day if one.territoire]
    told = [one for one in parts if not one.secret]
    whole_is_told = any(not one.territoire and not one.secret for one in of_a_day)
    if not whole_is_told or len(parts) - len(told) != 1 or not told:
        return set()
    return {min(told, key=lambda one: (one.denominateur or one.valeur or 0, one.pk)).pk}


@dataclass(frozen=True)
class Standing:
    """How an indicator stands on a day.

    `last`: the latest reading of the whole territory; `way_share`: share of the way from the start
    to the target, in 0–1 or beyond, None where it cannot be told; `due_on`: when the next reading
    is awaited, None where nobody said how often.
    """

    indicateur: Indicateur
    readings: list[Shown]
    last: Shown | None
    way_share: Decimal | None
    due_on: date | None
    reading_is_late: bool

    @property
    def way_percent(self) -> int | None:
        return None if self.way_share is None else round(self.way_share * 100)

    @property
    def is_reached(self) -> bool | None:
        """Whether the target is reached; None where it cannot be told."""
        one = self.indicateur
        if self.last is None or self.last.valeur is None or one.cible is None:
            return None
        if one.sens == SensIndicateur.HAUSSE:
            return self.last.valeur >= one.cible
        return self.last.valeur <= one.cible


def standing(indicateur: Indicateur, *, on: date) -> Standing:
    """How an indicator stood at the end of a day."""
    readings = shown(one for one in indicateur.releves.all() if one.releve_le <= on)
    whole = [one for one in readings if not one.row.territoire]
    last = whole[-1] if whole else None
    due = _due_on(indicateur, whole)
    return Standing(
        indicateur=indicateur,
        readings=readings,
        last=last,
        way_share=_way_share(indicateur, last),
        due_on=due,
        reading_is_late=due is not None and due < on,
    )


def _way_share(indicateur: Indicateur, last: Shown | None) -> Decimal | None:
    start, target = indicateur.depart, indicateur.cible
    if last is None or last.valeur is None or start is None or target is None or start == target:
        return None
    return (last.valeur - start) / (target - start)


def _due_on(indicateur: Indicateur, whole: Sequence[Shown]) -> date | None:
    """The day by which the next reading is awaited."""
    months = MONTHS.get(Frequence(indicateur.frequence))
    since = whole[-1].row.releve_le if whole else indicateur.depart_le
    return months_after(since, months) if months and since else None


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")
