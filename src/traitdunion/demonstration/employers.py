"""A fictitious club of employers: two meetings, one recorded, and two speakers who consent."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.models import Organisation, User
from traitdunion.employers.clubs.operations import (
    Record,
    announce,
    create_club,
    plan_block,
    record_meeting,
)
from traitdunion.employers.enums import Categorie, Public, Support, Usage
from traitdunion.employers.models import Club
from traitdunion.employers.speakers.operations import consent, register

KEEPER, CLUB = "club@demo.example", "club-demo"
ADVISER, POOL = "conseillere@demo.example", "agence-demo"
SPEAKERS = (("Ambre Fictive", Categorie.SALARIES), ("Basile Fictif", Categorie.ANCIENS))
KIT_MIN = 20
PLACE = "Salle de l'Exemple"


@transaction.atomic
def load_demonstration(*, now: datetime) -> None:
    """Load the club, its meetings and two speakers; once there, nothing changes."""
    organisation = Organisation.objects.get(pk=CLUB)
    if Club.objects.filter(organisation=organisation).exists():
        return
    by, today = User.objects.get(email=KEEPER), timezone.localdate(now)
    club = create_club(
        by=by, organisation=organisation, nom="Club de l'Exemple", now=now, demonstration=True
    )
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
    _speakers(now)


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
