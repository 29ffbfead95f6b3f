"""The same person and job with one thing changed: another home, or hours moved a little."""

from dataclasses import dataclass, replace

from .answer import Answer, Option, Verdict
from .situation import Place, Situation

DAY_S = 86_400
MOVES_MIN = (-60, -30, -15, 15, 30, 60)
"""Minutes by which an employer may move a whole shift, as tried on the page."""


def living_at(situation: Situation, home: Place) -> Situation:
    """Return the same job from another home."""
    return replace(situation, home=home)


def shift_moved(situation: Situation, minutes: int) -> Situation | None:
    """Return the same job, its whole shift moved; None where it would start on another day.

    None too for two employers: one does not move the hours of the other.
    """
    shift, by_s = situation.shift, minutes * 60
    if situation.second_work is not None or not 0 <= shift.start_s + by_s < DAY_S:
        return None
    moved = replace(
        shift,
        start_s=shift.start_s + by_s,
        end_s=shift.end_s + by_s,
        periods=tuple((start_s + by_s, end_s + by_s) for start_s, end_s in shift.periods),
    )
    roster = situation.roster
    if roster is not None:
        try:
            roster = roster.moved(by_s)
        except ValueError:
            return None
    return replace(situation, shift=moved, roster=roster)


@dataclass(frozen=True)
class Outcome:
    """What an answer comes to: how many ways are sure, how many to check, and the best."""

    sure: int
    to_check: int
    best: Option | None

    @property
    def days(self) -> int:
        """Return the days the best way holds; 0 where nothing is sure."""
        return self.best.feasible_days if self.best and self.sure else 0


def outcome_of(answer: Answer) -> Outcome:
    """Return an answer in one line."""
    to_check = sum(option.verdict == Verdict.A_VERIFIER for option in answer.options)
    return Outcome(
        sure=len(answer.options) - to_check,
        to_check=to_check,
        best=answer.options[0] if answer.options else None,
    )
