"""A fictitious club of employers: meetings, a working group, two speakers who consent."""

from datetime import datetime, time, timedelta
from importlib.resources import files

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.models import Organisation, User
from traitdunion.cooperation.models import Action
from traitdunion.employers.clubs.groups import keep_group
from traitdunion.employers.clubs.operations import (
    Record,
    announce,
    create_club,
    plan_block,
    record_meeting,
)
from traitdunion.employers.diagnosis import keep_diagnosis
from traitdunion.employers.enums import (
    Categorie,
    FichierMetier,
    NaturePoste,
    NatureRencontre,
    Public,
    Support,
    Usage,
)
from traitdunion.employers.models import Club, FichierMetiers
from traitdunion.employers.occupations.loading import load_titles
from traitdunion.employers.occupations.posts import add_post
from traitdunion.employers.speakers.operations import consent, register
from traitdunion.territory.models import Equipe, Site

KEEPER, CLUB = "club@demo.example", "club-demo"
ADVISER, POOL = "conseillere@demo.example", "agence-demo"
SPEAKERS = (("Ambre Fictive", Categorie.SALARIES), ("Basile Fictif", Categorie.ANCIENS))
EDITOR, DESK = "editeur@demo.example", "guichet-demo"
BEFORE = {
    "accueil_liste": "non", "accueil_demi_journee": "en_partie", "tuteur_nomme": "non",
    "tuteur_temps": "non", "semaine_programme": "non", "trajet_offre": "non",
    "trajet_horaire": "non", "langue_consignes": "oui", "ecoute_nouveaux": "en_partie",
}  # fmt: skip
SINCE = {
    "accueil_liste": "oui", "tuteur_nomme": "oui", "trajet_offre": "en_partie",
    "langue_binome": "oui", "ecoute_nouveaux": "oui",
}  # fmt: skip
"""Answers that changed in a year of fiction."""

DEMO = files("traitdunion.data") / "demo"
POSTS = (
    ("Laiterie de l'Exemple", "matin", "H2102",
     "Agent / Agente de fabrication de production alimentaire", NaturePoste.EMPLOI, 2),
    ("Laiterie de l'Exemple", "journée", "N1101", "Cariste", NaturePoste.DECOUVERTE, 1),
    ("Scierie de l'Exemple", "journée", "H2205", "Ecorceur / Ecorceuse de scierie",
     NaturePoste.EMPLOI, None),
    ("Résidence de l'Exemple", "nuit", "J1501", "Aide-soignant / Aide-soignante",
     NaturePoste.EMPLOI, 1),
)  # fmt: skip
"""Posts of the fictitious sites: employer, shift, ROME code, title, nature, number."""

GROUP = {
    "nom": "Premiers jours",
    "question": "Que fait-on de la première semaine d'un nouveau salarié ?",
    "mandat": "Trois séances pour comparer les façons de faire et en garder une.",
    "membres": "Laiterie de l'Exemple\nScierie de l'Exemple\nRésidence de l'Exemple",
    "livrable": "Une fiche commune de la première semaine",
    "publique": True,
}
KIT_MIN = 20
PLACE = "Salle de l'Exemple"


@transaction.atomic
def load_demonstration(*, now: datetime) -> None:
    """Load the club, its meetings and two speakers; once there, nothing changes."""
    organisation = Organisation.objects.get(pk=CLUB)
    if Club.objects.filter(organisation=organisation).exists():
        return
    by, today = User.objects.get(email=KEEPER), timezone.localdate(now)
    action = Action.objects.filter(
        axe__seance__demonstration=True, engagements__organisation=organisation, parent=None
    ).first()
    club = create_club(
        by=by, organisation=organisation, nom="Club de l'Exemple", now=now, demonstration=True,
        action=action,
    )  # fmt: skip
    held = announce(
        by=by, club=club, now=now, titre="Accueillir un nouveau salarié", heure=time(8, 30),
        tenue_le=today - timedelta(days=21), lieu=PLACE, publique=True,
    )  # fmt: skip
    outcome = Record(held=True, minutes=KIT_MIN, spoke=[Categorie.SALARIES, Categorie.EMPLOYEURS])
    record_meeting(meeting=held, outcome=outcome, now=now)
    coming = announce(
        by=by, club=club, now=now, titre="Horaires et trajets", heure=time(8, 30),
        tenue_le=today + timedelta(days=14), lieu=PLACE, publique=True,
    )  # fmt: skip
    plan_block(meeting=coming, minutes=KIT_MIN, now=now)
    group = keep_group(
        by=by, club=club, group=None, values=GROUP | {"pour_le": today + timedelta(days=90),
        "action": action}, now=now,
    )  # fmt: skip
    announce(
        by=by, club=club, now=now, titre="Séance : le premier matin", heure=time(17),
        tenue_le=today + timedelta(days=28), lieu=PLACE, publique=True, groupe=group,
        nature=NatureRencontre.GROUPE,
    )  # fmt: skip
    _speakers(now)
    _diagnoses(now)
    _posts(now)


def _speakers(now: datetime) -> None:
    by, pool = User.objects.get(email=ADVISER), Organisation.objects.get(pk=POOL)
    for name, statut in SPEAKERS:
        row = register(
            by=by, organisation=pool, now=now, pseudonyme=name, statut=statut, romes=["H2102"],
            naf="C", themes=["accueil"], jours=[0, 1, 2, 3, 4],
        )  # fmt: skip
        given = dict.fromkeys((Usage.CONTACT, Usage.PAROLE), (Public.SALLE, Support.ORAL))
        ends_on = timezone.localdate(now) + timedelta(days=300)
        consent(by=by, speaker=row, given=given, expire_le=ends_on, now=now)


def _diagnoses(now: datetime) -> None:
    """Keep two diagnoses of a fictitious site, a year apart."""
    site = Site.objects.filter(demonstration=True).first()
    if site is None:
        return
    by, organisation = User.objects.get(email=EDITOR), Organisation.objects.get(pk=DESK)
    today = timezone.localdate(now)
    for days_ago, answers in ((380, BEFORE), (15, BEFORE | SINCE)):
        keep_diagnosis(
            by=by, organisation=organisation, site=site, answers=answers,
            on=today - timedelta(days=days_ago), now=now,
        )  # fmt: skip


def _posts(now: datetime) -> None:
    """Load a short extract of the ROME titles, unless a file is in use, and a few posts."""
    if not FichierMetiers.objects.filter(nature=FichierMetier.TITRES).exists():
        titles, codes = (
            (DEMO / f"metiers_{name}.csv").read_bytes() for name in ("titres", "codes")
        )
        load_titles(
            titles=titles, codes=codes, name="metiers_titres.csv", vintage="v3, 2024-09", now=now,
            demonstration=True,
        )  # fmt: skip
    by, organisation = User.objects.get(email=EDITOR), Organisation.objects.get(pk=DESK)
    today = timezone.localdate(now)
    for employer, shift, rome, title, nature, n in POSTS:
        team = Equipe.objects.filter(site__employeur=employer, nom=shift).first()
        if team is not None:
            values = {"equipe": team, "nature": nature, "rome": rome, "titre": title, "nombre": n}
            add_post(
                by=by, organisation=organisation, site=team.site, values=values, on=today, now=now
            )
