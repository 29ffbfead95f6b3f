"""The runs published one after the other, as a line for each of three shifts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ..definitions import BY_CODE
from ..models import Run
from ..presenting import shown
from ..queries import Territory, table_of
from ..running.profiles import BASE
from ..running.shifts import BY_CODE as SHIFT_BY_CODE

SHOWN = ("journee", "matin", "nuit")
MAX_RUNS = 12
LEFT, RIGHT, TOP, BOTTOM = 40, 360, 12, 150
LABEL_GAP = 16
"""Between the names of two lines that end at the same share, in units of the chart."""


@dataclass(frozen=True)
class Line:
    """The share of one shift over the runs: strokes of the chart, texts of the table.

    A stroke stops at a run whose share is not known, and another begins after it.
    """

    nom: str
    strokes: list[str]
    label_y: float
    texts: list[str]


@dataclass(frozen=True)
class Series:
    """A chart of shares, 0 to 100 %, with its table."""

    runs: list[Run]
    lines: list[Line]


def series(runs: list[Run], territory: Territory) -> Series | None:
    """Return the shares of the last runs, oldest first; None under two of them."""
    kept = sorted(runs, key=lambda run: (run.week, run.created_at))[-MAX_RUNS:]
    if len(kept) < 2:
        return None
    tables = [
        table_of(run, ["W1"], niveau=territory.niveau, code=territory.code, profile=BASE)
        for run in kept
    ]
    lines: list[Line] = []
    for shift in SHOWN:
        shares = [table.get((territory.code, "W1", shift), (None, 0.0))[0] for table in tables]
        last = next((share for share in reversed(shares) if share is not None), None)
        if last is not None:
            texts = [shown(BY_CODE["W1"], share).text for share in shares]
            taken = [line.label_y for line in lines]
            label_y = _apart(_y(last), taken)
            lines.append(Line(SHIFT_BY_CODE[shift].nom, strokes(shares), label_y, texts))
    return Series(kept, lines)


def strokes(shares: Sequence[float | None]) -> list[str]:
    """Return the points of each stroke, across the chart from the first share to the last."""
    step = (RIGHT - LEFT) / max(len(shares) - 1, 1)
    points = [
        "" if share is None else f"{LEFT + step * n:.1f},{_y(share):.1f}"
        for n, share in enumerate(shares)
    ]
    return [" ".join(stroke) for known, stroke in groupby(points, bool) if known]


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _apart(y: float, taken: list[float]) -> float:
    """Return a height near one, clear of the names already placed."""
    while clash := [other for other in taken if abs(other - y) < LABEL_GAP]:
        y = max(clash) + LABEL_GAP
    return y
