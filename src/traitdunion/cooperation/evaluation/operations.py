"""Evaluation of a session: draw ballots, count their answers, release them by elevens."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.disclosure import K

from ..models import Bulletin, CompteEvaluation, EvaluationPubliee, MotEvaluation, Seance
from ..operations import CooperationError, clean, refuse_personal
from ..room_codes import CODE_LETTERS
from .publication import counts_of, frozen, moves_by_elevens, numbers_may_be_shown
from .questionnaire import questions

BALLOT_LETTERS = 12
MAX_BALLOTS = 500


# -- writes ----------------------------------------------------------------------------------------


@transaction.atomic
def draw_ballots(*, by: User, seance: Seance, n: int, now: datetime) -> list[str]:
    """Draw codes that answer once each; they are kept nowhere. Raises CooperationError."""
    check(by, Permission.STEER, seance.organisation)
    if not 1 <= n <= MAX_BALLOTS:
        raise CooperationError(f"Demandez de 1 à {MAX_BALLOTS} bulletins à la fois.")
    codes = ["".join(secrets.choice(CODE_LETTERS) for _ in range(BALLOT_LETTERS)) for _ in range(n)]
    Bulletin.objects.bulk_create(
        Bulletin(seance=seance, empreinte=digest_of(code)) for code in codes
    )
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return codes


def digest_of(code: str) -> str:
    """Return the digest that is kept of a code, read whatever its case, spaces and dashes."""
    read = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(read.encode()).hexdigest()


def ballot_of(code: str) -> Bulletin | None:
    """Return the ballot of a code, used or not; None where there is none."""
    return Bulletin.objects.filter(empreinte=digest_of(code)).select_related("seance").first()


@transaction.atomic
def answer(
    *, code: str, answers: Mapping[str, str], mot: str = "", now: datetime | None = None
) -> None:
    """Count the answers of a ballot, by code of question; one may leave some out.

    `mot`: free words, kept apart from the answers (`evaluation.words`).

    Once the session is over, what is published moves by eleven ballots at least.

    Raises CooperationError where the ballot is unknown, has served, or is empty.
    """
    chosen = {
        question.code: answers[question.code]
        for question in questions()
        if answers.get(question.code)
    }
    for asked in questions():
        if asked.code in chosen and chosen[asked.code] not in asked.reponses:
            raise CooperationError(f"« {asked.texte} » : choisissez une réponse de la liste.")
    mot = " ".join(mot.split())
    refuse_personal(mot)
    if not chosen and not mot:
        raise CooperationError("Répondez à une question au moins.")
    free = Bulletin.objects.filter(empreinte=digest_of(code), rempli=False)
    ballot = free.select_related("seance").first()
    # One statement decides who was first, when the same ballot comes twice at once.
    if ballot is None or not free.update(rempli=True):
        raise CooperationError(
            "Ce bulletin n'existe pas, ou il a déjà servi : demandez-en un autre à l'équipe."
        )
    is_late = ballot.seance.is_over(timezone.localdate(now))
    if is_late:
        _release_before(ballot.seance)
    for question, reponse in chosen.items():
        counted, _ = CompteEvaluation.objects.get_or_create(
            seance=ballot.seance, question=question, reponse=reponse
        )
        CompteEvaluation.objects.filter(pk=counted.pk).update(nombre=F("nombre") + 1)
    if mot:
        row = MotEvaluation(seance=ballot.seance, texte=mot)
        clean(row)
        row.save(force_insert=True)
    if is_late:
        _release_after(ballot.seance)


def _release_before(seance: Seance) -> None:
    """Freeze what the bilan shows before the first ballot that comes late, counted already."""
    n_ballots = seance.bulletins.filter(rempli=True).count() - 1
    if n_ballots >= K and not EvaluationPubliee.objects.filter(seance=seance).exists():
        _release(seance, n_ballots)


def _release_after(seance: Seance) -> None:
    """Publish the late ballots once they are eleven, and differ by eleven answers where counted."""
    n_ballots = seance.bulletins.filter(rempli=True).count()
    last = EvaluationPubliee.objects.filter(seance=seance).first()
    if n_ballots - (last.n_bulletins if last else 0) >= K and (
        last is None or not last.avec_nombres or moves_by_elevens(frozen(last), counts_of(seance))
    ):
        _release(seance, n_ballots)


def _release(seance: Seance, n_ballots: int) -> None:
    counts = counts_of(seance)
    row = EvaluationPubliee.objects.filter(seance=seance).first()
    if row is None:
        with_numbers = numbers_may_be_shown(seance, counts, n_ballots)
        row = EvaluationPubliee(seance=seance, avec_nombres=with_numbers)
    row.n_bulletins, row.comptes = n_ballots, [[*key, n] for key, n in counts.items()]
    row.save()
    # Words of ballots counted here are no longer those of the last one that came.
    seance.mots_evaluation.update(lisible=True)
