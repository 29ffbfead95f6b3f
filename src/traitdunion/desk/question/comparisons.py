"""« Et si… ? »: the same question with another home or other hours, one line each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from traitdunion.french import clock
from traitdunion.matching.situation import Situation
from traitdunion.matching.what_if import (
    MOVES_MIN,
    Outcome,
    living_at,
    outcome_of,
    shift_moved,
)

from .. import queries
from .addresses_form import AddressesForm
from .cards import doors_of
from .forms import DAY_S, QuestionForm, place_of
from .roster_form import FIELD, moved_text, roster_title, time_typed


@dataclass(frozen=True)
class Line:
    """One line of a comparison; `as_asked` is the question itself.

    `out_min`, `back_min`: door to door, waits included, as the answers count them. `gain`: days
    held more than as asked. `total_eur`: rent and travel a month, None if unknown.
    """

    label: str
    url: str
    outcome: Outcome
    out_min: int | None = None
    back_min: int | None = None
    as_asked: bool = False
    gain: int = 0
    rent_eur: Decimal | None = None

    @property
    def total_eur(self) -> Decimal | None:
        """Return rent and travel together, None if either is unknown."""
        travel = self.outcome.best.paid_eur if self.outcome.best else None
        return None if travel is None or self.rent_eur is None else travel + self.rent_eur


@dataclass(frozen=True)
class Compared:
    """« Et si… ? » for one question: lines of hours, and of homes where any was named."""

    hours: Sequence[Line]
    homes: Sequence[Line]


def compare(
    form: QuestionForm, addresses: AddressesForm, asked: Situation, network: Any
) -> Compared:
    """Compare the question asked with other hours, and with the homes of a valid form."""
    before = outcome_of(queries.find_answer(asked, network))
    named = addresses.is_valid() and addresses.homes()
    return Compared(
        hours=hours_moved(form, asked, before, network),
        homes=homes_compared(form, addresses, asked, before, network) if named else (),
    )


def hours_moved(form: QuestionForm, asked: Situation, before: Outcome, network: Any) -> list[Line]:
    """Return the shift as asked and moved by up to an hour, in the order of the clock."""
    lines = [
        _line(_hours(asked), form.link(), before, asked, as_asked=True)
        if minutes == 0
        else _moved(form, asked, before, minutes, network)
        for minutes in sorted((*MOVES_MIN, 0))
    ]
    return [line for line in lines if line is not None]


def _moved(
    form: QuestionForm, asked: Situation, before: Outcome, minutes: int, network: Any
) -> Line | None:
    situation = shift_moved(asked, minutes)
    if situation is None:
        return None
    outcome = outcome_of(queries.find_answer(situation, network))
    if situation.roster is not None:
        label = f"{abs(minutes)} min plus {'tôt' if minutes < 0 else 'tard'}"
        url = form.link(roulement=moved_text(form.data[FIELD], minutes))
        return _line(label, url, outcome, situation, gain=outcome.days - before.days)
    night = {"nuit": "1"} if situation.shift.end_s > DAY_S else {"nuit": []}
    url = form.link(
        debut=time_typed(situation.shift.start_s), fin=time_typed(situation.shift.end_s), **night
    )
    return _line(_hours(situation), url, outcome, situation, gain=outcome.days - before.days)


def _line(label: str, url: str, outcome: Outcome, situation: Situation, **more: Any) -> Line:
    """Return a line with the minutes of its best way."""
    doors = doors_of(outcome.best, situation) if outcome.best else None
    out_min, back_min = doors or (None, None)
    return Line(label, url, outcome, out_min, back_min, **more)


def _hours(situation: Situation) -> str:
    if situation.roster is not None:
        return roster_title(situation.roster)
    shift = situation.shift
    parts = tuple(shift.periods) or ((shift.start_s, shift.end_s),)
    return ", puis ".join(f"{clock(start_s)} – {clock(end_s)}" for start_s, end_s in parts)


def homes_compared(
    form: QuestionForm, addresses: AddressesForm, asked: Situation, before: Outcome, network: Any
) -> Sequence[Line]:
    """Return the home as asked, then each other address."""
    rent = addresses.cleaned_data.get("loyer0")
    here = _line(asked.home.label, form.link(), before, asked, as_asked=True, rent_eur=rent)
    return [here, *_elsewhere(form, addresses, asked, before, network)]


def _elsewhere(
    form: QuestionForm, addresses: AddressesForm, asked: Situation, before: Outcome, network: Any
) -> Iterator[Line]:
    for commune, rent in addresses.homes():
        home = place_of(commune)
        elsewhere = living_at(asked, home)
        outcome = outcome_of(queries.find_answer(elsewhere, network))
        url = form.link(domicile=queries.commune_label(commune))
        gain = outcome.days - before.days
        yield _line(home.label, url, outcome, elsewhere, gain=gain, rent_eur=rent)
