"""A8: the posts of employers' sheets that one holds without a car, at their own hours.

Published offers have no hours: the sheets of sites do, with how many people each shift has.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from traitdunion import reach

from .figures import mean_by_territory
from .profiles import BASE
from .question import Question
from .solutions import NONE_MIN

LONGEST_MIN = 60
"""Minutes each way at the most, from home to the start and from the end to home."""


@dataclass(frozen=True)
class Posts:
    """So many people at one shift of one site."""

    at: reach.Point
    shift: reach.Shift
    people: int


def held_share(question: Question, posts: Sequence[Posts]) -> NDArray[np.float64]:
    """Return the share of the posts that each home holds by the lines or on foot, (H,)."""
    homes = question.ground.points(question.ground.homes)
    usual = question.shifts[0].shift
    by_site: dict[reach.Point, list[Posts]] = defaultdict(list)
    for row in posts:
        by_site[row.at].append(row)
    held = np.zeros(len(homes))
    for site, rows in by_site.items():
        shifts = [
            replace(row.shift, margin_before_s=usual.margin_before_s,
                    margin_after_s=usual.margin_after_s)
            for row in rows
        ]  # fmt: skip
        week = reach.site_week(
            question.timetable, [site], shifts, week=question.week, streets=question.streets
        )
        minutes = week.held(homes, [reach.Commute(), reach.WALK])
        for k, row in enumerate(rows):
            classes = minutes.classes.class_of[k, sorted(row.shift.days)]
            if (classes < 0).any():
                continue  # a day that the timetable does not cover
            out, back = minutes.out[classes, 0], minutes.back[classes, 0]
            within = (out <= LONGEST_MIN) & (back <= LONGEST_MIN)
            held += row.people * within.any(axis=1).all(axis=0)
    assert LONGEST_MIN < NONE_MIN  # noqa: S101
    total: NDArray[np.float64] = held / sum(row.people for row in posts)
    return total


def site_figures(question: Question, posts: Sequence[Posts]) -> pl.DataFrame:
    """Return A8 by territory, the mean of its people; nothing without a post."""
    if not posts:
        return pl.DataFrame()
    ground = question.ground
    communes = np.array(ground.communes)[ground.commune_of]
    frame = pl.DataFrame(
        {
            "commune": communes,
            "people": ground.people,
            "shift": np.full(len(communes), ""),
            "value": held_share(question, posts),
        }
    )
    return mean_by_territory(frame, ground, BASE, "A8").with_columns(pl.lit("").alias("profile"))
