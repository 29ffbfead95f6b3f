"""The free words of ballots: read once they cannot be tied to one, then published one by one.

They are kept apart from the answers, under a key drawn at random: neither who, nor when. Those
who run the session read them once it is over and eleven ballots are filled; the words of late
ballots wait, as their answers do, until these are eleven.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.disclosure import K

from ..dates import day
from ..enums import Geste
from ..models import EvaluationPubliee, Moderation, MotEvaluation, Seance
from ..operations import CooperationError, clean, lock_rows, refuse_personal


def readable(seance: Seance, *, on: date) -> QuerySet[MotEvaluation]:
    """Return the words that those who run a session may read on a day, in no order of arrival."""
    rows = MotEvaluation.objects.filter(seance=seance)
    if not seance.is_over(on):
        return rows.none()
    if EvaluationPubliee.objects.filter(seance=seance).exists():
        return rows.filter(lisible=True)
    return rows if seance.bulletins.filter(rempli=True).count() >= K else rows.none()


def published(seance: Seance) -> QuerySet[MotEvaluation]:
    """Return the words that the bilan shows."""
    return MotEvaluation.objects.filter(seance=seance, montre=True)


@transaction.atomic
def publish(*, by: User, mot: MotEvaluation, texte: str, now: datetime) -> None:
    """Show words on the bilan, as they are or corrected, to mask a name for instance."""
    _check_readable(by, mot, now)
    corrected = " ".join(texte.split())
    if not corrected:
        raise CooperationError("Il ne reste aucun mot à montrer : effacez-le plutôt.")
    refuse_personal(corrected)
    _trace(mot, Geste.MONTRER if corrected == mot.texte else Geste.CORRIGER, by=by, now=now)
    mot.texte, mot.lisible, mot.montre = corrected, True, True
    clean(mot)
    mot.save()


@transaction.atomic
def erase(*, by: User, mot: MotEvaluation, now: datetime) -> None:
    """Delete words; the answers of their ballot stay counted."""
    _check_readable(by, mot, now)
    _trace(mot, Geste.EFFACER, by=by, now=now)
    mot.delete()


def _check_readable(by: User, mot: MotEvaluation, now: datetime) -> None:
    check(by, Permission.STEER, mot.seance.organisation)
    lock_rows(mot)
    mot.refresh_from_db()
    if not readable(mot.seance, on=day(now)).filter(pk=mot.pk).exists():
        raise CooperationError("Ces mots ne se lisent pas encore : attendez onze bulletins.")


def _trace(mot: MotEvaluation, geste: Geste, *, by: User, now: datetime) -> None:
    Moderation.objects.create(
        seance=mot.seance, sorte="motevaluation", numero=mot.pk, geste=geste, par=by, le=now
    )
