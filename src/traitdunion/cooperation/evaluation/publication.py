"""What may be shown of an evaluation, read after read.

Either every question is shown with its numbers, or none is: one side of fewer than eleven people
(75 favourable answers of 80 leave 5) is found by subtraction as soon as the number of answers is
known, from this question or from another; so are those who came and did not answer. Shares are
then rounded to the percent, without number of answers, of ballots, nor interval, each of which
gives that number back. A session that began so goes on so.
`docs/explanation/ce-qui-se-montre.md` gives the reasons.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist

from traitdunion.disclosure import K, group_small, is_small

from ..models import EvaluationPubliee, Seance
from ..models.guests import GroupePresence
from ..sessions import attendance
from .questionnaire import Question, questions

MIN_ROUNDED = 5 * K
"""Fewest answers behind a rounded share: one person is worth less than two points of it."""
OTHER_FAVOURABLE = "Autres réponses favorables"
OTHER_ANSWERS = "Autres réponses"
"""The line that gathers the answers given by fewer than eleven people."""

Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Share:
    """`n` of `d`, with its Wilson interval at 95 %; all shares are between 0 and 1."""

    n: int
    d: int

    @property
    def share(self) -> float:
        return self.n / self.d

    @property
    def percent(self) -> int:
        """Return the share in percent, rounded half up: 93.75 % is 94 %."""
        return (200 * self.n + self.d) // (2 * self.d)

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's interval, JASA 22 (1927), without correction of continuity."""
        z2 = NormalDist().inv_cdf(0.975) ** 2
        middle = self.share + z2 / (2 * self.d)
        half = sqrt(z2 * (self.share * (1 - self.share) / self.d + z2 / (4 * self.d * self.d)))
        return max(0.0, (middle - half) / (1 + z2 / self.d)), min(
            1.0, (middle + half) / (1 + z2 / self.d)
        )

    @property
    def interval_percent(self) -> tuple[int, int]:
        low, high = self.interval
        return round(100 * low), round(100 * high)


@dataclass(frozen=True)
class Result:
    """What may be shown of the answers to a question.

    percent: the share of favourable answers, None where it is hidden. favourable: the same with
    its numbers, None where these are hidden. counts: label, number and share of each answer, small
    ones gathered on each side. has_answers: False where there is no answer.
    """

    question: Question
    has_answers: bool
    percent: int | None = None
    favourable: Share | None = None
    counts: tuple[tuple[str, int, Share], ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """What may be shown of the ballots; `n_ballots` is None where their number is hidden."""

    has_ballots: bool
    n_ballots: int | None
    results: tuple[Result, ...]

    @property
    def headlines(self) -> list[Result]:
        """Return, of the two questions that a bilan shows first, those that may be shown."""
        return [
            result
            for result in self.results
            if result.question.est_titre and result.percent is not None
        ]

    def response_rate(self, n_present: int | None) -> Share | None:
        """Return the ballots used among those present; None where that is hidden or no share."""
        if not n_present or self.n_ballots is None or self.n_ballots > n_present:
            return None
        absent = n_present - self.n_ballots
        return None if is_small(absent, self.n_ballots) else Share(self.n_ballots, n_present)


def published(seance: Seance, *, on: date) -> Evaluation | None:
    """Return what may be shown of the evaluation on a day: nothing before the session is over.

    Late ballots wait until they are eleven, so that no one's answers are the difference between
    two readings.
    """
    if not seance.is_over(on):
        return None
    last = EvaluationPubliee.objects.filter(seance=seance).first()
    if last is not None:
        return _evaluation(frozen(last), last.n_bulletins, with_numbers=last.avec_nombres)
    counts = counts_of(seance)
    n_ballots = seance.bulletins.filter(rempli=True).count()
    with_numbers = numbers_may_be_shown(seance, counts, n_ballots)
    return _evaluation(counts, n_ballots, with_numbers=with_numbers)


def counts_of(seance: Seance) -> Counts:
    """Return the answers counted so far, by question and answer."""
    return {(row.question, row.reponse): row.nombre for row in seance.comptes_evaluation.all()}


def frozen(last: EvaluationPubliee) -> Counts:
    """Return the answers counted when an evaluation was last published."""
    return {(question, reponse): n for question, reponse, n in last.comptes}


def numbers_may_be_shown(seance: Seance, counts: Counts, n_ballots: int) -> bool:
    """Return whether numbers of answers give no group of one to ten people.

    Neither a side of a question that eleven people answered, nor those who came and did not answer:
    the bilan shows how many came.
    """
    sides = [(sum(yes.values()), sum(no.values())) for _, yes, no in _sides(counts)]
    present = sum(attendance.read_of(seance)[GroupePresence.DOMAINE].values())
    silent = [present - n for n in (n_ballots, *map(sum, sides)) if n]
    return not is_small(*silent) and not any(is_small(*both) for both in sides if sum(both) >= K)


def moves_by_elevens(before: Counts, after: Counts) -> bool:
    """Return whether each answer was given by no one more, or by eleven people more at least."""
    return not any(
        is_small(after.get(key, 0) - before.get(key, 0)) for key in set(before) | set(after)
    )


def _sides(counts: Counts) -> Iterator[tuple[Question, dict[str, int], dict[str, int]]]:
    """Yield each question with the counts of its favourable answers, and of the others."""
    for question in questions():
        numbers = {code: counts.get((question.code, code), 0) for code in question.reponses}
        favourable = {code: n for code, n in numbers.items() if code in question.favorables}
        others = {code: n for code, n in numbers.items() if code not in question.favorables}
        yield question, favourable, others


def _evaluation(counts: Counts, n_ballots: int, *, with_numbers: bool) -> Evaluation:
    shape = _counted if with_numbers else _rounded
    results = tuple(shape(*result) for result in _sides(counts))
    blanks = [
        n_ballots - result.favourable.d for result in results if result.favourable is not None
    ]
    # Those who left a question blank are ballots less answers.
    is_shown = blanks and not is_small(n_ballots, *blanks)
    return Evaluation(n_ballots > 0, n_ballots if is_shown else None, results)


def _rounded(question: Question, favourable: dict[str, int], others: dict[str, int]) -> Result:
    n = sum(favourable.values())
    total = n + sum(others.values())
    if total < MIN_ROUNDED:
        return Result(question, total > 0)
    return Result(question, True, Share(n, total).percent)


def _counted(question: Question, favourable: dict[str, int], others: dict[str, int]) -> Result:
    n = sum(favourable.values())
    total = n + sum(others.values())
    if total < K or is_small(n, total - n):
        return Result(question, total > 0)
    # Grouped on each side apart, for the sum of a side is the share shown above it.
    lines = {
        **(group_small(favourable, other=OTHER_FAVOURABLE) or {}),
        **(group_small(others, other=OTHER_ANSWERS) or {}),
    }
    rows = tuple(
        (question.reponses.get(code, code), n_of, Share(n_of, total))
        for code, n_of in lines.items()
    )
    share = Share(n, total)
    return Result(question, True, share.percent, share, rows)
