"""What is owed to people: a copy of what is kept of them, its erasure, and its end in time."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.timezone import localdate

from traitdunion.accounts.clock import check_share
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Access, User
from traitdunion.accounts.permissions import Permission, check

from ..enums import Objectif, Situation, StatutOrientation
from ..models import AWAITED, AnswerLink, CheckPoint, Orientation, Parcours, SentMail
from . import waiting_lists
from .operations import forget_contact, forget_messages, trace
from .queries import accesses_to

DATES = (
    "created_at", "sent_at", "reminded_at", "listed_at", "expected_on", "answered_at",
    "withdrawn_at", "started_on", "meeting_at",
)  # fmt: skip
"""The dates of an orientation."""


def files_due(*, now: datetime, kept: timedelta) -> QuerySet[Parcours]:
    """Return the files whose last contact is `kept` old, to be anonymised."""
    return Parcours.objects.filter(anonymised_at=None, touched_at__lte=now - kept)


def check_share_due(*, now: datetime, kept: timedelta) -> None:
    """Raise SuspiciousClock where an unusual share of the files would be anonymised."""
    n_all = Parcours.objects.filter(anonymised_at=None).count()
    check_share(files_due(now=now, kept=kept).count(), n_all, "parcours")


def anonymise_due(*, now: datetime, kept: timedelta) -> int:
    """Anonymise the files whose last contact is `kept` old; how many were."""
    due = files_due(now=now, kept=kept)
    return sum(_anonymise(row, now) for row in due)


@transaction.atomic
def _anonymise(parcours: Parcours, now: datetime) -> bool:
    """Leave of a file what counts: need, statuses, reasons, delays; months instead of days."""
    rows = Parcours.objects.select_for_update().filter(anonymised_at=None, pk=parcours.pk)
    row = rows.filter(touched_at=parcours.touched_at).first()
    if row is None:  # touched or anonymised meanwhile
        return False
    forget_contact(row)
    row.initiales, row.annee_naissance, row.libelle = "", None, ""
    if row.en_emploi_le is not None:
        row.en_emploi_le = row.en_emploi_le.replace(day=1)
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
    for orientation in row.orientations.all():
        _renew_key(orientation)
    _renew_key(row)
    return True


def _renew_key(row: Model) -> None:
    """Give a row another key, so that a link in an old message leads nowhere.

    Foreign keys are checked at the end of the transaction, so that order does not matter.
    """
    new = uuid.uuid4()
    for relation in row._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            held = relation.related_model._base_manager.filter(**{relation.field.name: row.pk})
            held.update(**{relation.field.name: new})
    type(row)._base_manager.filter(pk=row.pk).update(id=new)


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
    orientation.meeting_words = ""
    orientation.created_by = orientation.answer = orientation.attente = None
    orientation.save()
    AnswerLink.objects.filter(orientation=orientation).delete()
    forget_messages(SentMail.objects.filter(orientation=orientation))
    for point in CheckPoint.objects.filter(orientation=orientation):
        point.asked_at -= back
        if point.answered_at is not None:
            point.answered_at -= back
        point.save()


def _month_of(when: datetime) -> datetime:
    return when.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@transaction.atomic
def export(*, by: User, parcours: Parcours, now: datetime) -> dict[str, Any]:
    """Return all that is kept of a person, with the labels of the screens."""
    check(by, Permission.EXPORT_AND_ERASE, parcours.organisation)
    trace(by, parcours, Action.EXPORTER, now)
    return {
        "reference": parcours.reference,
        "organisation": parcours.organisation.nom,
        "initiales": parcours.initiales,
        "annee_naissance": parcours.annee_naissance,
        "repere_prive": parcours.libelle,
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
        "issue": parcours.get_issue_display(),
        "en_emploi_depuis_le": parcours.en_emploi_le and parcours.en_emploi_le.isoformat(),
        "accompagnants": [
            {
                "nom": str(follower.user),
                "depuis": _iso(follower.since),
                "jusqu_au": _iso(follower.until),
            }
            for follower in parcours.followers.select_related("user")
        ],
        "reponses": [
            {"le": _iso(kept.kept_at), "reponse": kept.document} for kept in parcours.answers.all()
        ],
        "recherches_surveillees": [
            {
                "question": saved.label,
                "depuis": _iso(saved.saved_at),
                "reponse": _iso(saved.appeared_at),
            }
            for saved in parcours.saved_searches.all()
        ],
        "rendez_vous": [
            {
                "reference": appointment.reference,
                "demande_le": _iso(appointment.asked_at),
                "statut": appointment.get_statut_display(),
                "commence_le": _iso(appointment.starts_at),
            }
            for appointment in parcours.rendez_vous.all()
        ],
        "consultations": _consultations(parcours),
        "orientations": [
            _orientation(orientation)
            for orientation in parcours.orientations.select_related("structure")
        ],
    }


def _consultations(parcours: Parcours) -> list[dict[str, Any]]:
    """Return who opened or changed a file, a line by day, person and deed, the latest first.

    A page read again writes a line in the journal each time: the copy gives how many.
    """
    lines: dict[tuple[Any, ...], list[Access]] = {}
    for line in accesses_to(parcours):
        key = (localdate(line.at), line.user_id, line.action)
        lines.setdefault(key, []).append(line)
    return [
        {
            "le": _iso(of_a_day[-1].at),
            "fois": len(of_a_day),
            "par": str(of_a_day[0].user) if of_a_day[0].user else "",
            "geste": of_a_day[0].get_action_display(),
        }
        for of_a_day in lines.values()
    ]


def _orientation(orientation: Orientation) -> dict[str, Any]:
    return {
        "solution": orientation.solution_nom,
        "structure": orientation.structure.nom,
        "message": orientation.message,
        "statut": orientation.get_statut_display(),
        "motif": orientation.get_motif_display(),
        "commentaire": orientation.commentaire,
        "faite_le": _iso(orientation.created_at),
        "envoyee_le": _iso(orientation.sent_at),
        "sur_liste_depuis_le": _iso(orientation.listed_at),
        "rang": orientation.rang,
        "place_attendue_le": orientation.expected_on and orientation.expected_on.isoformat(),
        "reponse_le": _iso(orientation.answered_at),
        "date_proposee": _iso(orientation.meeting_at),
        "lieu_propose": orientation.meeting_words,
        "retiree_le": _iso(orientation.withdrawn_at),
        "commencee_le": orientation.started_on and orientation.started_on.isoformat(),
        "suivi": [
            {"mois": point.month, "servi": point.get_servi_display(), "emploi": point.en_emploi}
            for point in orientation.checkpoints.all()
        ],
        "messages": [
            {"le": _iso(mail.at), "nature": mail.get_kind_display(), "a": mail.to}
            for mail in orientation.mails.all()
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
    forget_messages(SentMail.objects.filter(orientation__parcours=parcours))
    parcours.delete()
