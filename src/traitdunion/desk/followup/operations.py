"""Writes of the follow-up: opening a file, changing it, who follows it, the person's agreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, OutgoingMessage, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import Courrier, IssueParcours, Objectif, Situation
from ..models import Follower, KeptAnswer, Parcours, SentMail
from .snapshots import Document

OLDEST, YOUNGEST = 100, 14
"""Oldest and youngest age of a person followed, by year of birth."""

WRITTEN_TO = "on m'y écrit où en est ma demande"
AGREEMENT = (
    "J'accepte que mon nom et mes coordonnées soient notés, et transmis à la structure vers "
    "laquelle on m'oriente, pour qu'elle me contacte. Si je donne une adresse électronique, "
    f"{WRITTEN_TO}. Je peux revenir sur cet accord à tout moment."
)
"""Words read to the person, kept with their agreement."""


class FollowUpError(ValueError):
    """A deed that is refused; the message gives the reason and what to do, in French."""


@dataclass(frozen=True)
class Person:
    """What is noted of a person when their file is opened: no name, and what they need."""

    initiales: str
    annee_naissance: int
    situations: Sequence[str]
    objectifs: Sequence[str]
    prioritaire: bool
    libelle: str = ""


@transaction.atomic
def open_parcours(
    *,
    by: User,
    organisation: Organisation,
    person: Person,
    now: datetime,
    answer: Document | None = None,
    key: UUID | None = None,
) -> Parcours:
    """Open the file of a person, followed by its author, with the answer they were given.

    `key`: that of the file, drawn at random if not given.
    """
    check(by, Permission.FOLLOW, organisation)
    parcours = Parcours(
        id=key or uuid4(),
        organisation=organisation,
        initiales=checked_initials(person.initiales),
        annee_naissance=checked_year(person.annee_naissance, on=timezone.localdate(now)),
        prioritaire=person.prioritaire,
        libelle=person.libelle,
        opened_at=now,
        touched_at=now,
    )
    parcours.situations, parcours.objectifs = checked_need(person.situations, person.objectifs)
    parcours.save(force_insert=True)
    Follower.objects.create(parcours=parcours, user=by, since=now)
    if answer is not None:
        KeptAnswer.objects.create(parcours=parcours, document=answer, kept_at=now, kept_by=by)
    trace(by, parcours, Action.CREER, now)
    return parcours


def checked_initials(text: str) -> str:
    """Return one to four letters, in capitals; anything longer could be a name."""
    letters = "".join(sign for sign in text if sign not in " .-'’").upper()
    if not letters.isalpha() or len(letters) > 4:
        raise ValidationError("Écrivez une à quatre initiales, par exemple A.B. : jamais le nom.")
    return letters


def checked_year(year: int, *, on: date) -> int:
    """Return a year of birth, for a person aged fourteen to a hundred."""
    if not on.year - OLDEST <= year <= on.year - YOUNGEST:
        raise ValidationError(
            f"L'année de naissance se trouve entre {on.year - OLDEST} et {on.year - YOUNGEST}."
        )
    return year


def checked_need(
    situations: Sequence[str], objectifs: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the codes of situations and aims, in the order of their lists; one aim at least."""
    unknown = [*({*situations} - {*Situation.values}), *({*objectifs} - {*Objectif.values})]
    if unknown:
        raise ValidationError(f"Ces codes n'existent pas : {', '.join(sorted(unknown))}.")
    if not objectifs:
        raise ValidationError("Choisissez au moins un objectif.")
    return (
        [code for code in Situation.values if code in situations],
        [code for code in Objectif.values if code in objectifs],
    )


def trace(by: User | None, parcours: Parcours, action: Action, now: datetime) -> None:
    """Write a line in the journal of the organisation, with the reference of the file only."""
    record(by=by, organisation=parcours.organisation, action=action, target=parcours, at=now)


def touch(parcours: Parcours, now: datetime) -> None:
    """Count the time a file is kept from now."""
    parcours.touched_at = now
    parcours.save(update_fields=["touched_at"])


def checked(by: User, parcours: Parcours) -> Parcours:
    """Lock the file and return it as it is now, after checking the permission."""
    check(by, Permission.FOLLOW, parcours.organisation)
    row = Parcours.objects.select_for_update().get(pk=parcours.pk)
    if row.anonymised_at is not None:
        raise FollowUpError("Ce parcours est anonymisé : il ne change plus.")
    return row


def consult(*, by: User, parcours: Parcours, now: datetime) -> None:
    """Record that a person reads a file."""
    check(by, Permission.FOLLOW, parcours.organisation)
    trace(by, parcours, Action.CONSULTER, now)


@transaction.atomic
def keep_answer(*, by: User, parcours: Parcours, answer: Document, now: datetime) -> KeptAnswer:
    """Add an answer to a file, as it is given."""
    row = checked(by, parcours)
    kept = KeptAnswer.objects.create(parcours=row, document=answer, kept_at=now, kept_by=by)
    touch(row, now)
    trace(by, row, Action.MODIFIER, now)
    return kept


@transaction.atomic
def change_need(
    *,
    by: User,
    parcours: Parcours,
    situations: Sequence[str],
    objectifs: Sequence[str],
    prioritaire: bool,
    now: datetime,
) -> Parcours:
    """Replace the need of a person."""
    row = checked(by, parcours)
    row.situations, row.objectifs = checked_need(situations, objectifs)
    row.prioritaire = prioritaire
    row.touched_at = now
    row.save(update_fields=["situations", "objectifs", "prioritaire", "touched_at"])
    trace(by, row, Action.MODIFIER, now)
    return row


@transaction.atomic
def agree(
    *, by: User, parcours: Parcours, nom: str, telephone: str, courriel: str, now: datetime
) -> Parcours:
    """Keep the name and the contact of a person who agrees to it, with the words they heard."""
    row = checked(by, parcours)
    if not (telephone or courriel):
        raise FollowUpError(
            "Donnez un téléphone ou une adresse électronique : l'un des deux suffit."
        )
    if courriel != row.courriel:
        _forget_messages_to(row)
    row.nom, row.telephone, row.courriel = nom, telephone, courriel
    row.agreed_at, row.agreed_text, row.agreed_with = now, AGREEMENT, by
    row.touched_at = now
    row.save()
    trace(by, row, Action.ACCEPTER, now)
    return row


@transaction.atomic
def withdraw_agreement(*, by: User, parcours: Parcours, now: datetime) -> Parcours:
    """Forget the name and the contact of a person who no longer agrees."""
    row = checked(by, parcours)
    if row.agreed_at is None:
        raise FollowUpError("Aucun accord n'est noté : il n'y a rien à retirer.")
    _forget_messages_to(row)
    forget_contact(row)
    row.touched_at = now
    row.save()
    trace(by, row, Action.RETIRER, now)
    return row


def forget_contact(parcours: Parcours) -> None:
    """Clear the fields that need an agreement, without saving."""
    parcours.nom = parcours.telephone = parcours.courriel = parcours.agreed_text = ""
    parcours.agreed_at = parcours.agreed_with = None


def _forget_messages_to(parcours: Parcours) -> None:
    """Delete the messages to the person: no address that they gave stays, nothing more leaves."""
    rows = SentMail.objects.filter(orientation__parcours=parcours, kind=Courrier.PERSONNE)
    forget_messages(rows)


def forget_messages(mails: QuerySet[SentMail]) -> None:
    """Delete messages from the log and from the outbox, where their subject has the reference."""
    OutgoingMessage.objects.filter(pk__in=list(mails.values_list("message", flat=True))).delete()
    mails.delete()


@transaction.atomic
def follow(*, by: User, parcours: Parcours, now: datetime) -> Follower:
    """Follow a person, besides those who do."""
    row = checked(by, parcours)
    if row.followers.filter(user=by, until=None).exists():
        raise FollowUpError("Vous suivez déjà ce parcours.")
    follower = Follower.objects.create(parcours=row, user=by, since=now)
    touch(row, now)
    trace(by, row, Action.SUIVRE, now)
    return follower


@transaction.atomic
def stop_following(*, by: User, parcours: Parcours, now: datetime) -> None:
    """Stop following a person; refused to the last follower of an open file."""
    row = checked(by, parcours)
    following = list(row.followers.filter(until=None))
    mine = [follower for follower in following if follower.user_id == by.pk]
    if not mine:
        raise FollowUpError("Vous ne suivez pas ce parcours.")
    if len(following) == 1 and row.closed_at is None:
        raise FollowUpError(
            "Vous êtes la dernière personne à suivre ce parcours : un collègue doit d'abord le "
            "suivre, ou il faut le clore."
        )
    row.followers.filter(pk=mine[0].pk).update(until=now)
    trace(by, row, Action.RETIRER, now)


@transaction.atomic
def close(*, by: User, parcours: Parcours, now: datetime, issue: str = "") -> None:
    """Close a file with what became of the person; it stays readable until it is anonymised.

    Requests that still wait for an answer are left alone: `closing.close_file` withdraws them.
    """
    row = checked(by, parcours)
    if row.closed_at is not None:
        raise FollowUpError("Ce parcours est déjà clos.")
    row.closed_at = row.touched_at = now
    row.issue = IssueParcours(issue) if issue else ""
    row.save(update_fields=["closed_at", "touched_at", "issue"])
    trace(by, row, Action.ARCHIVER, now)


@transaction.atomic
def note_job(*, by: User, parcours: Parcours, en_emploi_le: date, now: datetime) -> None:
    """Note since when a person has a job, at any time of their follow-up."""
    row = checked(by, parcours)
    if en_emploi_le > timezone.localdate(now):
        raise FollowUpError("Le premier jour de l'emploi est passé, ou c'est aujourd'hui.")
    row.en_emploi_le, row.touched_at = en_emploi_le, now
    row.save(update_fields=["en_emploi_le", "touched_at"])
    trace(by, row, Action.MODIFIER, now)


@transaction.atomic
def reopen(*, by: User, parcours: Parcours, now: datetime) -> None:
    """Open a closed file again."""
    row = checked(by, parcours)
    if row.closed_at is None:
        raise FollowUpError("Ce parcours est déjà ouvert.")
    row.closed_at, row.touched_at, row.issue = None, now, ""
    row.save(update_fields=["closed_at", "touched_at", "issue"])
    trace(by, row, Action.MODIFIER, now)
