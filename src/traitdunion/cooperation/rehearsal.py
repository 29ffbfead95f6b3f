"""A rehearsal: a copy of a session that only those who run it see, whose guests are robots.

Robots say ideas, give opinions and put dots when asked to, each as a phone would; the copy is
marked as a demonstration, so that nothing of it is written to anybody, and it is deleted whole.
"""

from datetime import datetime

from django.db import transaction

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from .enums import Avis, CollegeDeclare, Etape, EtatSeance, Visibilite
from .models import (
    Action,
    Axe,
    Constat,
    Creneau,
    Decision,
    Engagement,
    Filiation,
    Gommette,
    Idee,
    Invite,
    Objectif,
    Seance,
)
from .operations import CooperationError
from .sessions import ideas
from .sessions.deliberation import progress_of
from .sessions.preparing import SESSION, free_code, free_slug
from .sessions.workshop import put_dots

N_ROBOTS = 96
COLLEGES = (CollegeDeclare.COLLECTIVITES, CollegeDeclare.EMPLOYEURS)
"""Colleges of robots: forty-eight in each, so that each answer counts eleven voices or more."""
IDEAS_A_PRESS = 4
OPINIONS = (Avis.ACCORD, Avis.ACCORD, Avis.DESACCORD, Avis.PASSE)
SAID = (
    "Loger les saisonniers dans les internats vides l'été",
    "Une navette qui attend la fin du poste de 21 h",
    "Prêter un véhicule la première semaine d'un contrat",
    "Un seul numéro pour toutes les aides au déplacement",
    "Commencer à 8 h 30 plutôt qu'à 8 h, quand le car arrive à 8 h 20",
    "Faire visiter l'entreprise avant la signature",
    "Une chambre chez l'habitant le temps de trouver",
    "Partager la crèche de l'hôpital avec la zone d'activités",
    "Monsieur Untel ne répond jamais au téléphone",
    "Un covoiturage entre collègues, avec un retour garanti",
    "Avancer la caution du premier logement",
    "Un permis financé dès la promesse d'embauche",
)
"""What robots say, in this order; one of them names a person, for the moderation to be rehearsed.
"""


@transaction.atomic
def rehearse(*, by: User, seance: Seance, now: datetime) -> Seance:
    """Copy a session with its axes and programme, open the copy and seat robots; return it.

    A rehearsal of the session that is still there is deleted first. Raises CooperationError for
    the rehearsal of a rehearsal, or without published reasons for refusing words.
    """
    check(by, Permission.STEER, seance.organisation)
    if seance.repete_id:
        raise CooperationError("C'est déjà une répétition.")
    if not seance.refusal_reasons:
        raise CooperationError("Avant de répéter, écrivez les motifs de refus des propos.")
    for former in seance.repetitions.all():
        _delete(former)
    copy = Seance(
        **{name: getattr(seance, name) for name in SESSION},
        slug=free_slug(f"repetition-{seance.pk}"[:54]),
        organisation=seance.organisation,
        code=free_code(),
        demonstration=True,
        etat=EtatSeance.OUVERTE,
        visibilite=Visibilite.PRIVEE,
        visibilite_feuille=Visibilite.PRIVEE,
        repete=seance,
    )
    copy.titre = f"Répétition : {seance.titre}"[: Seance._meta.get_field("titre").max_length]
    copy.save(force_insert=True)
    _copy_parts(seance, copy)
    Invite.objects.bulk_create(
        Invite(
            seance=copy,
            nom=f"Robot {n}",
            organisation="Invités robots",
            college=COLLEGES[n % len(COLLEGES)],
            arrive_le=now,
        )
        for n in range(1, N_ROBOTS + 1)
    )
    record(by=by, organisation=seance.organisation, action=Did.CREER, target=copy, at=now)
    return copy


def _copy_parts(seance: Seance, copy: Seance) -> None:
    for slot in seance.creneaux.all():
        Creneau.objects.create(
            seance=copy, debut=slot.debut, fin=slot.fin, titre=slot.titre, lendemain=slot.lendemain
        )
    for aim in seance.objectifs.filter(parent=None):
        Objectif.objects.create(seance=copy, texte=aim.texte, ordre=aim.ordre)
    for axe in seance.axes.all():
        row = Axe.objects.create(
            seance=copy, ordre=axe.ordre, titre=axe.titre, question=axe.question
        )
        for finding in axe.constats.all():
            Constat.objects.create(
                axe=row, texte=finding.texte, source=finding.source, constate_le=finding.constate_le
            )


def let_robots_act(*, by: User, seance: Seance, now: datetime) -> int:
    """Have robots do what the room is doing: say, opine or vote; return how many times they did.

    Raises CooperationError where the session is no rehearsal, or they have nothing to do.
    """
    check(by, Permission.STEER, seance.organisation)
    if not seance.repete_id:
        raise CooperationError("Seule une répétition a des invités robots.")
    done = {Etape.IDEES: _add_ideas, Etape.AVIS: _opine, Etape.GOMMETTES: _put_dots}.get(
        Etape(seance.etape)
    )
    n = done(seance, now) if done else 0
    if not n:
        raise CooperationError("Les robots n'ont rien à faire ici : changez d'étape ou d'idée.")
    return n


def _robots() -> list[str]:
    """Return the voices of robots, which no phone can be given."""
    return [f"robot-{n}" for n in range(1, N_ROBOTS + 1)]


def _add_ideas(seance: Seance, now: datetime) -> int:
    axes = list(seance.axes.all())
    said = set(Idee.objects.filter(axe__seance=seance).values_list("texte", flat=True))
    left = [text for text in SAID if text not in said][:IDEAS_A_PRESS] if axes else []
    for text in left:
        ideas.add_idea(axe=axes[SAID.index(text) % len(axes)], texte=text, now=now)
    return len(left)


def _opine(seance: Seance, now: datetime) -> int:
    idea = seance.idee_montree
    if idea is None:
        return 0
    for n, robot in enumerate(_robots()):
        avis = OPINIONS[(n // len(COLLEGES) + idea.pk) % len(OPINIONS)]
        college = COLLEGES[n % len(COLLEGES)]
        ideas.give_opinion(idea=idea, voix=robot, college=college, avis=avis, now=now)
    return N_ROBOTS


def _put_dots(seance: Seance, now: datetime) -> int:
    rows = Idee.objects.current().filter(axe__seance=seance)
    ready = [idea for idea in rows if progress_of(idea).ready]
    voted = Gommette.objects.filter(idee__axe__seance=seance).values_list("voix", flat=True)
    waiting = [robot for robot in _robots() if robot not in set(voted)] if ready else []
    for n, robot in enumerate(waiting):
        put_dots(idea=ready[n % len(ready)], voix=robot, nombre=1, now=now)
    return len(waiting)


@transaction.atomic
def end_rehearsal(*, by: User, seance: Seance, now: datetime) -> Seance:
    """Delete a rehearsal with all that was said and decided in it; return the session rehearsed."""
    check(by, Permission.STEER, seance.organisation)
    if seance.repete is None:
        raise CooperationError("Seule une répétition se supprime avec ce qui y a été dit.")
    rehearsed = seance.repete
    record(by=by, organisation=seance.organisation, action=Did.RETIRER, target=seance, at=now)
    _delete(seance)
    return rehearsed


def _delete(seance: Seance) -> None:
    """Delete a rehearsal, from what refers to the rest to what is referred to."""
    actions = Action.objects.filter(axe__seance=seance)
    Engagement.objects.filter(action__in=actions).delete()
    actions.exclude(parent=None).delete()
    actions.delete()
    Decision.objects.filter(seance=seance).delete()
    Filiation.objects.filter(enfant__axe__seance=seance).delete()
    seance.delete()
