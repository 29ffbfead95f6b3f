"""What is owed to people: a copy of what is kept of them, its erasure, and its end in time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from ..enums import Objectif, Situation, StatutOrientation
from ..models import AWAITED, AnswerLink, CheckPoint, Orientation, Parcours, SentMail
from . import waiting_lists
from .operations import forget_contact, trace

DATES = (
    "created_at", "sent_at", "reminded_at", "listed_at", "expected_on", "answered_at",
    "withdrawn_at", "started_on",
)  # fmt: skip
"""What of an orientation tells a day."""


def anonymise_due(*, now: datetime, kept: timedelta) -> int:
    """Anonymise the files whose last contact is `kept` old; how many were."""
    due = Parcours.objects.filter(anonymised_at=None, touched_at__lte=now - kept)
    return sum(_anonymise(row, now) for row in due)


@transaction.atomic
def _anonymise(parcours: Parcours, now: datetime) -> bool:
    """Leave of a file what counts: need, statuses, reasons, delays; months instead of days."""
    rows = Parcours.objects.select_for_update().filter(anonymised_at=None, pk=parcours.pk)
    row = rows.filter(touched_at=parcours.touched_at).first()
    if row is None:  # touched or anonymised meanwhile
        return False
    forget_contact(row)
    row.initiales, row.annee_naissance = "", None
    row.opened_at, row.touched_at = _month_of(row.opened_at), _month_of(row.touched_at)
    row.anonymised_at = now
    row.save()
    row.answers.all().delete()
    row.saved_searches.all().delete()
    row.rendez_vous.all().delete()
    row.followers.all().delete()
    for orientation in row.orientations.all():
        _forget_orientation(orientation, now)
    trace(None, row, Action.ANONYMISER, now)
    return True


def _forget_orientation(orientation: Orientation, now: datetime) -> None:
    """Move every date back to the month of the orientation: delays stay, days do not."""
    back = orientation.created_at - _month_of(orientation.created_at)
    if orientation.statut in (StatutOrientation.A_MODERER, *AWAITED):
        orientation.statut = StatutOrientation.EXPIREE
    waiting_lists.leave(orientation, now, served=False)
    for name in DATES:
        if (when := getattr(orientation, name)) is not None:
            setattr(orientation, name, when - back)
    orientation.message = orientation.commentaire = orientation.sent_to = ""
    orientation.created_by = orientation.answer = orientation.attente = None
    orientation.save()
    AnswerLink.objects.filter(orientation=orientation).delete()
    SentMail.objects.filter(orientation=orientation).delete()
    for point in CheckPoint.objects.filter(orientation=orientation):
        point.asked_at -= back
        if point.answered_at is not None:
            point.answered_at -= back
        point.save()


def _month_of(when: datetime) -> datetime:
    return when.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@transaction.atomic
def export(*, by: User, parcours: Parcours, now: datetime) -> dict[str, Any]:
    """All that is kept of a person, with the words of the screens, for them to read elsewhere."""
    check(by, Permission.EXPORT_AND_ERASE, parcours.organisation)
    trace(by, parcours, Action.EXPORTER, now)
    return {
        "reference": parcours.reference,
        "organisation": parcours.organisation.nom,
        "initiales": parcours.initiales,
        "annee_naissance": parcours.annee_naissance,
        "nom": parcours.nom,
        "telephone": parcours.telephone,
        "courriel": parcours.courriel,
        "accord": {"le": _iso(parcours.agreed_at), "texte": parcours.agreed_text},
        "situations": [Situation(code).label for code in parcours.situations],
        "objectifs": [Objectif(code).label for code in parcours.objectifs],
        "prioritaire": parcours.prioritaire,
        "ouvert_le": _iso(parcours.opened_at),
        "dernier_contact_le": _iso(parcours.touched_at),
        "clos_le": _iso(parcours.closed_at),
        "accompagnants": [
            {"nom": str(one.user), "depuis": _iso(one.since), "jusqu_au": _iso(one.until)}
            for one in parcours.followers.select_related("user")
        ],
        "reponses": [
            {"le": _iso(kept.kept_at), "reponse": kept.document} for kept in parcours.answers.all()
        ],
        "recherches_surveillees": [
            {"question": one.label, "depuis": _iso(one.saved_at), "reponse": _iso(one.appeared_at)}
            for one in parcours.saved_searches.all()
        ],
        "rendez_vous": [
            {
                "reference": one.reference,
                "demande_le": _iso(one.asked_at),
                "statut": one.get_statut_display(),
                "commence_le": _iso(one.starts_at),
            }
            for one in parcours.rendez_vous.all()
        ],
        "orientations": [
            _orientation(one) for one in parcours.orientations.select_related("structure")
        ],
    }


def _orientation(one: Orientation) -> dict[str, Any]:
    return {
        "solution": one.solution_nom,
        "structure": one.structure.nom,
        "message": one.message,
        "statut": one.get_statut_display(),
        "motif": one.get_motif_display(),
        "commentaire": one.commentaire,
        "faite_le": _iso(one.created_at),
        "envoyee_le": _iso(one.sent_at),
        "sur_liste_depuis_le": _iso(one.listed_at),
        "rang": one.rang,
        "place_attendue_le": one.expected_on and one.expected_on.isoformat(),
        "reponse_le": _iso(one.answered_at),
        "retiree_le": _iso(one.withdrawn_at),
        "commencee_le": one.started_on and one.started_on.isoformat(),
        "suivi": [
            {"mois": point.month, "servi": point.get_servi_display(), "emploi": point.en_emploi}
            for point in one.checkpoints.all()
        ],
        "messages": [
            {"le": _iso(mail.at), "nature": mail.get_kind_display(), "a": mail.to}
            for mail in one.mails.all()
        ],
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


@transaction.atomic
def erase(*, by: User, parcours: Parcours, now: datetime) -> None:
    """Delete all that is kept of a person; the journal keeps that a reference was erased."""
    check(by, Permission.EXPORT_AND_ERASE, parcours.organisation)
    trace(by, parcours, Action.EFFACER, now)
    for orientation in parcours.orientations.on_waiting_list():
        waiting_lists.leave(orientation, now, served=False)
    parcours.delete()
