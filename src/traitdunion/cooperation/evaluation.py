"""Evaluation of a session: ballots drawn, answers counted, shares with their interval."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import NormalDist

from django.db import transaction
from django.db.models import F

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from .models import Bulletin, CompteEvaluation, Seance
from .operations import CODE_LETTERS, CooperationError
from .questionnaire import Question, questions

BALLOT_LETTERS = 12
MOST_BALLOTS = 500
LEAST_SHOWN = 11
"""Fewer answers than this are told by their number alone."""


# -- writes ----------------------------------------------------------------------------------------


@transaction.atomic
def draw_ballots(*, by: User, seance: Seance, n: int, now: datetime) -> list[str]:
    """Codes that answer once each; they are kept nowhere. Raises CooperationError."""
    check(by, Permission.STEER, seance.organisation)
    if not 1 <= n <= MOST_BALLOTS:
        raise CooperationError(f"Demandez de 1 à {MOST_BALLOTS} bulletins à la fois.")
    codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(BALLOT_LETTERS)) for _ in range(n)]
    Bulletin.objects.bulk_create(
        Bulletin(seance=seance, empreinte=digest_of(code)) for code in codes
    )
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return codes


def digest_of(code: str) -> str:
    """What is kept of a code, read whatever its case, spaces and dashes."""
    read = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(read.encode()).hexdigest()


def ballot_of(code: str) -> Bulletin | None:
    """The ballot of a code, used or not; None where there is none."""
    return Bulletin.objects.filter(empreinte=digest_of(code)).select_related("seance").first()


@transaction.atomic
def answer(*, code: str, answers: Mapping[str, str]) -> None:
    """Count the answers of a ballot, by code of question; one may leave some out.

    Raises CooperationError where the ballot is unknown or has served, or says nothing.
    """
    told = {one.code: answers[one.code] for one in questions() if answers.get(one.code)}
    for one in questions():
        if one.code in told and told[one.code] not in one.reponses:
            raise CooperationError(f"« {one.texte} » : choisissez une réponse de la liste.")
    if not told:
        raise CooperationError("Répondez à une question au moins.")
    free = Bulletin.objects.filter(empreinte=digest_of(code), rempli=False)
    found = free.select_related("seance").first()
    # One statement decides who was first, when the same ballot comes twice at once.
    if found is None or not free.update(rempli=True):
        raise CooperationError(
            "Ce bulletin n'existe pas, ou il a déjà servi : demandez-en un autre à l'équipe."
        )
    for question, reponse in told.items():
        row, _ = CompteEvaluation.objects.get_or_create(
            seance=found.seance, question=question, reponse=reponse
        )
        CompteEvaluation.objects.filter(pk=row.pk).update(nombre=F("nombre") + 1)


# -- reads -----------------------------------------------------------------------------------------


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
        """Rounded half up, as one reads it: 93.75 % is 94 %."""
        return (200 * self.n + self.d) // (2 * self.d)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, JASA 22 (1927), without correction of continuity."""
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
    """Answers to a question: `counts` as (label, number, share), and the favourable ones; nothing
    but `n_answers` where they are fewer than `LEAST_SHOWN`."""

    question: Question
    n_answers: int
    counts: tuple[tuple[str, int, Share], ...] = ()
    favourable: Share | None = None


@dataclass(frozen=True)
class Evaluation:
    """`n_ballots` that served, of those drawn; results in the order of the questions."""

    n_ballots: int
    n_drawn: int
    results: tuple[Result, ...]

    @property
    def headlines(self) -> list[Result]:
        """Of the two questions that a bilan tells first, those that can be told."""
        return [one for one in self.results if one.question.est_titre and one.favourable]

    def response_rate(self, n_present: int) -> Share | None:
        """Ballots that served among those present; None where that makes no share."""
        return Share(self.n_ballots, n_present) if self.n_ballots <= n_present > 0 else None


def evaluation_of(seance: Seance) -> Evaluation:
    """What the answers of a session come to."""
    counted: dict[tuple[str, str], int] = {
        (row.question, row.reponse): row.nombre for row in seance.comptes_evaluation.all()
    }
    ballots = list(seance.bulletins.values_list("rempli", flat=True))
    results = tuple(_result(one, counted) for one in questions())
    return Evaluation(sum(ballots), len(ballots), results)


def _result(question: Question, counted: Mapping[tuple[str, str], int]) -> Result:
    numbers = {code: counted.get((question.code, code), 0) for code in question.reponses}
    total = sum(numbers.values())
    if total < LEAST_SHOWN:
        return Result(question, total)
    return Result(
        question,
        total,
        tuple((question.reponses[code], n, Share(n, total)) for code, n in numbers.items()),
        Share(sum(numbers[code] for code in question.favorables), total),
    )
