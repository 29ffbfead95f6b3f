"""Indicators of an action: what was read, what may be shown of it, how far the target is.

Where an indicator counts people, nothing is kept or shown of fewer than eleven, nor of what would
give them away: a share whose complement is of fewer than eleven, a single territory withheld
beside the whole of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traitdunion.disclosure import K, of_share, partners, protect
from traitdunion.french import counted
from traitdunion.rules.legal_days import add_months

from ..enums import Frequence, SensIndicateur
from ..models import Indicateur, Releve

MONTHS = {
    Frequence.MENSUELLE: 1,
    Frequence.TRIMESTRIELLE: 3,
    Frequence.SEMESTRIELLE: 6,
    Frequence.ANNUELLE: 12,
}
PERCENT = "%"


def hides_people(valeur: Decimal | None, numerateur: int | None, denominateur: int | None) -> bool:
    """Return whether a reading of people is hidden: a small count, or a share with a small side."""
    if denominateur is not None and numerateur is not None:
        return bool(protect(of_share(numerateur, denominateur)))
    return valeur is not None and 0 < valeur < K


def share_percent(numerateur: int, denominateur: int) -> Decimal:
    """Return a share in percent, to the hundredth, halves away from zero."""
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
        """Return « 30 sur 40 », where the reading is a share that may be shown."""
        if self.is_secret or self.row.numerateur is None:
            return ""
        unknown = self.row.inconnus
        left_out = f", {counted(unknown, 'non renseigné')}" if unknown else ""
        return f"{self.row.numerateur} sur {self.row.denominateur}{left_out}"


def shown(readings: Iterable[Releve]) -> list[Shown]:
    """Return the readings by day then territory, hiding those that would give away a hidden one."""
    rows = sorted(readings, key=lambda row: (row.releve_le, row.territoire))
    hidden = {row.pk for row in rows if row.secret}
    for day in {row.releve_le for row in rows}:
        hidden |= _also_hidden([row for row in rows if row.releve_le == day])
    return [Shown(row, None if row.pk in hidden else row.valeur) for row in rows]


def _also_hidden(of_a_day: Sequence[Releve]) -> set[int]:
    """Return the keys of the readings of a day that a subtraction from the whole would need."""
    whole = next(
        (reading for reading in of_a_day if not reading.territoire and not reading.secret), None
    )
    parts = [reading for reading in of_a_day if reading.territoire]
    n_secret = sum(part.secret for part in parts)
    known = [part for part in parts if not part.secret]
    if whole is None or not n_secret or n_secret + len(known) < 2:
        return set()
    read_as = _sides if all(row.numerateur is not None for row in (whole, *known)) else _people
    counts = {row.pk: read_as(row) for row in known}
    rest = [
        sum(side) for side in zip(read_as(whole), *map(_negative, counts.values()), strict=True)
    ]
    if min(rest) < 0 or sum(rest) < n_secret:
        # The territories do not add up to the whole: nothing is given back but by chance.
        rest = [K * len(parts)] * len(rest)
    chosen = partners(rest, n_secret, counts)
    return {whole.pk, *counts} if chosen is None else set(chosen)


def _people(releve: Releve) -> Sequence[int]:
    return [int(releve.numerateur if releve.numerateur is not None else releve.valeur or 0)]


def _sides(releve: Releve) -> Sequence[int]:
    """Return those a share counts, and the others."""
    n = releve.numerateur or 0
    return [n, (releve.denominateur or 0) - n]


def _negative(counts: Sequence[int]) -> Sequence[int]:
    return [-n for n in counts]


@dataclass(frozen=True)
class Standing:
    """How an indicator stands on a day.

    `last`: the latest reading of the whole territory; `way_share`: share of the way from the start
    to the target, in 0–1 or beyond, None where it cannot be known; `due_on`: when the next reading
    is awaited, None where no frequency is set.
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
        """Return whether the target is reached; None where it cannot be known."""
        indicateur = self.indicateur
        if self.last is None or self.last.valeur is None or indicateur.cible is None:
            return None
        if indicateur.sens == SensIndicateur.HAUSSE:
            return self.last.valeur >= indicateur.cible
        return self.last.valeur <= indicateur.cible


def standing(indicateur: Indicateur, *, on: date) -> Standing:
    """Return how an indicator stood at the end of a day."""
    readings = shown(releve for releve in indicateur.releves.all() if releve.releve_le <= on)
    whole = [reading for reading in readings if not reading.row.territoire]
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
    """Return the day by which the next reading is awaited."""
    months = MONTHS.get(Frequence(indicateur.frequence))
    since = whole[-1].row.releve_le if whole else indicateur.depart_le
    return add_months(since, months) if months and since else None
