"""The life of a session: published, opened, run step by step, closed, cancelled, deleted."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from traitdunion import french
from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import Etape, EtatSeance, Visibilite
from ..models import Decision, Idee, Seance
from ..models.sessions import CLOSES_AFTER
from ..operations import CooperationError, lock_rows
from .invitations import announce_cancellation

# A session opened outside its day, to rehearse or to go on, closes by itself after this.
OPEN_OUTSIDE = timedelta(hours=12)
LONGEST_TIMER_MIN = 180


@transaction.atomic
def change_state(*, by: User, seance: Seance, etat: EtatSeance, now: datetime) -> None:
    """Prepare, open or close a session; only an open one takes ideas and opinions.

    Raises CooperationError where it is opened without published reasons for refusing words.
    """
    check(by, Permission.STEER, seance.organisation)
    if seance.etat == EtatSeance.ANNULEE or etat == EtatSeance.ANNULEE:
        raise CooperationError("Une séance annulée le reste : créez-en une autre.")
    if etat == EtatSeance.OUVERTE:
        if not seance.refusal_reasons:
            raise CooperationError(
                "Avant d'ouvrir, publiez les motifs pour lesquels un propos peut être refusé : "
                "page « Préparer », champ « Motifs de refus »."
            )
        end = seance.end_of_programme + CLOSES_AFTER
        is_the_day = now < end < now + timedelta(days=1)
        seance.ferme_le = end if is_the_day else now + OPEN_OUTSIDE
    seance.etat = etat
    seance.save(update_fields=["etat", "ferme_le"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


@transaction.atomic
def change_step(*, by: User, seance: Seance, etape: Etape, now: datetime) -> None:
    """Say what the room is doing: phones show it first."""
    check(by, Permission.STEER, seance.organisation)
    seance.etape, seance.minuteur_le, seance.idee_revelee = etape, None, False
    seance.ecran_noir = False
    seance.idee_montree = next_idea(seance) if etape == Etape.AVIS else None
    seance.save(
        update_fields=["etape", "minuteur_le", "idee_montree", "idee_revelee", "ecran_noir"]
    )
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


def next_idea(seance: Seance) -> Idee | None:
    """Return the idea after the one shown to the room, the first again after the last."""
    ideas = list(Idee.objects.current().filter(axe__seance=seance).order_by("pk"))
    after = [idea for idea in ideas if idea.pk > (seance.idee_montree_id or 0)]
    return next(iter(after or ideas), None)


@transaction.atomic
def show_next_idea(*, by: User, seance: Seance, now: datetime) -> None:
    """Show the next idea on the screen and on every phone, its agreement hidden."""
    check(by, Permission.STEER, seance.organisation)
    if seance.etape != Etape.AVIS:
        raise CooperationError("La salle ne donne pas son avis en ce moment.")
    seance.idee_montree, seance.idee_revelee = next_idea(seance), False
    seance.ecran_noir = False
    seance.save(update_fields=["idee_montree", "idee_revelee", "ecran_noir"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


@transaction.atomic
def reveal_idea(*, by: User, seance: Seance, now: datetime) -> None:
    """Show the room its agreement on the idea shown, no college under the threshold."""
    check(by, Permission.STEER, seance.organisation)
    if seance.idee_montree_id is None:
        raise CooperationError("Aucune idée n'est à l'écran.")
    seance.idee_revelee = True
    seance.save(update_fields=["idee_revelee"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


@transaction.atomic
def set_timer(*, by: User, seance: Seance, minutes: int, now: datetime) -> None:
    """Have the screen count down `minutes`; 0 takes the timer away."""
    check(by, Permission.STEER, seance.organisation)
    if not 0 <= minutes <= LONGEST_TIMER_MIN:
        raise CooperationError(f"Réglez le minuteur de 1 à {LONGEST_TIMER_MIN} minutes.")
    seance.minuteur_le = now + timedelta(minutes=minutes) if minutes else None
    seance.save(update_fields=["minuteur_le"])


@transaction.atomic
def darken_screen(*, by: User, seance: Seance, dark: bool) -> None:
    """Show nothing on the screen of the room, or what the room is doing again."""
    check(by, Permission.STEER, seance.organisation)
    seance.ecran_noir = dark
    seance.save(update_fields=["ecran_noir"])


@transaction.atomic
def announce_end(*, by: User, seance: Seance, at: time | None, now: datetime) -> None:
    """Announce at what time of today the session ends; None takes the announcement away."""
    check(by, Permission.STEER, seance.organisation)
    ends_at = None
    if at is not None:
        ends_at = timezone.make_aware(datetime.combine(timezone.localdate(now), at))
        if ends_at <= now:
            raise CooperationError(
                f"{french.time_of_day(at)} est passé : choisissez une heure à venir."
            )
    seance.fin_annoncee_le = ends_at
    seance.save(update_fields=["fin_annoncee_le"])


@transaction.atomic
def publish(
    *,
    by: User,
    seance: Seance,
    visibilite: Visibilite,
    visibilite_feuille: Visibilite,
    now: datetime,
) -> None:
    """Set who sees a session, and who sees its roadmap."""
    check(by, Permission.STEER, seance.organisation)
    seance.visibilite, seance.visibilite_feuille = visibilite, visibilite_feuille
    seance.save(update_fields=["visibilite", "visibilite_feuille"])
    record(by=by, organisation=seance.organisation, action=Did.PUBLIER, target=seance, at=now)


@transaction.atomic
def cancel(*, by: User, seance: Seance, motif: str, site: str, now: datetime) -> int:
    """Cancel a session that was not held, and write to its guests; return to how many."""
    check(by, Permission.STEER, seance.organisation)
    lock_rows(seance)
    seance.refresh_from_db()
    if seance.etat not in (EtatSeance.PREPAREE, EtatSeance.OUVERTE):
        raise CooperationError("Cette séance est terminée ou déjà annulée.")
    if Decision.objects.filter(seance=seance).exists():
        raise CooperationError("Des décisions y ont été prises : terminez-la, ne l'annulez pas.")
    seance.etat = EtatSeance.ANNULEE
    seance.sequence += 1
    seance.save(update_fields=["etat", "sequence"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return announce_cancellation(by=by, seance=seance, motif=motif, site=site, now=now)


@transaction.atomic
def delete(*, by: User, seance: Seance, now: datetime) -> None:
    """Delete a session that has no idea nor decision, with its list of guests.

    Raises CooperationError where something was, or where guests await it.
    """
    organisation = seance.organisation
    check(by, Permission.STEER, organisation)
    lock_rows(seance)
    seance.refresh_from_db()
    if Idee.objects.filter(axe__seance=seance).exists() or seance.decisions.exists():
        raise CooperationError(
            "Des idées ou des décisions y sont déjà : une séance se rend privée, elle ne se "
            "supprime plus."
        )
    awaited = seance.invites.exclude(invite_le=None).exists()
    if awaited and seance.etat != EtatSeance.ANNULEE:
        raise CooperationError("Des invitations sont parties : annulez d'abord, pour prévenir.")
    record(by=by, organisation=organisation, action=Did.RETIRER, target=seance, at=now)
    try:
        seance.delete()
    except ProtectedError as wrong:
        raise CooperationError(
            "Des actions y sont rattachées : rendez la séance privée."
        ) from wrong


def close_due(*, now: datetime) -> int:
    """Close the sessions whose hour has passed; return how many. Run again, it does nothing."""
    open_ones = Seance.objects.filter(etat=EtatSeance.OUVERTE, demonstration=False)
    due = [row.pk for row in open_ones if now >= row.closes_at]
    return Seance.objects.filter(pk__in=due, etat=EtatSeance.OUVERTE).update(etat=EtatSeance.CLOSE)
