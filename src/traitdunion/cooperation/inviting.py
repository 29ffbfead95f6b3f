"""Guests of a session: typed or imported, invited, reminded, their answers, who came."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from .enums import CollegeDeclare, EtatSeance, ReponseInvitation, SorteAnnonce
from .models import Annonce, Invite, Seance
from .operations import CooperationError, clean, refuse_personal

COLUMNS = ("nom", "organisation", "college", "domaine", "epci", "courriel")
NEEDED = ("nom", "organisation", "college")
MOST_GUESTS = 1000
COLLEGES = {slugify(name): one for one in CollegeDeclare for name in (one.value, one.label)}


@dataclass(frozen=True)
class Preview:
    """A list of guests as a file gives it: those to add, those already there, lines to mend."""

    fresh: list[dict[str, str]] = field(default_factory=list)
    known: list[dict[str, str]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


def read_guests(text: str, *, seance: Seance) -> Preview:
    """Guests of a CSV file whose first line names the columns; every bad line is told at once."""
    text = text.lstrip("\ufeff")
    head = text.partition("\n")[0]
    separator = max(";,\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = {slugify(name or "").replace("-", "_"): name for name in reader.fieldnames or ()}
    names = {{"collectivite": "epci", "email": "courriel"}.get(k, k): v for k, v in names.items()}
    lacking = [name for name in NEEDED if name not in names]
    if lacking:
        return Preview(
            mistakes=[
                f"Première ligne : il manque la colonne {', '.join(lacking)}. Colonnes attendues : "
                f"{', '.join(COLUMNS)}."
            ]
        )
    seen = {_key(one.nom, one.organisation) for one in seance.invites.all()}
    found = Preview()
    for n, line in enumerate(reader, start=2):
        row = {name: " ".join((line.get(names.get(name, "")) or "").split()) for name in COLUMNS}
        if not any(row.values()):
            continue
        wrong = _mistakes(row)
        if wrong:
            found.mistakes.append(f"Ligne {n} : {' '.join(wrong)}")
            continue
        row["college"] = COLLEGES[slugify(row["college"])].value
        key = _key(row["nom"], row["organisation"])
        (found.known if key in seen else found.fresh).append(row)
        seen.add(key)
    if len(found.fresh) > MOST_GUESTS:
        return Preview(mistakes=[f"{len(found.fresh)} invités : {MOST_GUESTS} au plus à la fois."])
    return found


def _key(nom: str, organisation: str) -> tuple[str, str]:
    return slugify(nom), slugify(organisation)


def _mistakes(row: Mapping[str, str]) -> list[str]:
    wrong = [f"{name} manque." for name in NEEDED if not row[name]]
    if row["college"] and slugify(row["college"]) not in COLLEGES:
        labels = ", ".join(one.label for one in CollegeDeclare)
        wrong.append(f"collège « {row['college']} » inconnu ; choisissez parmi {labels}.")
    for name in COLUMNS:
        most = Invite._meta.get_field(name).max_length or 0
        if name != "college" and len(row[name]) > most:
            wrong.append(f"{name} : {most} caractères au plus.")
    if row["courriel"]:
        try:
            validate_email(row["courriel"])
        except ValidationError:
            wrong.append(f"« {row['courriel']} » n'est pas une adresse électronique.")
    return wrong


@transaction.atomic
def add_guests(
    *, by: User, seance: Seance, rows: Iterable[Mapping[str, Any]], now: datetime
) -> list[Invite]:
    """New guests of a session, all of them or none."""
    check(by, Permission.STEER, seance.organisation)
    found = []
    for told in rows:
        row = Invite(seance=seance, **told)
        clean(row)
        row.save(force_insert=True)
        found.append(row)
    record(by=by, organisation=seance.organisation, action=Did.INVITER, target=seance, at=now)
    return found


@transaction.atomic
def change_guest(*, by: User, guest: Invite, now: datetime, **told: Any) -> None:
    """Correct what is known of a guest, or the table they facilitate."""
    check(by, Permission.STEER, guest.seance.organisation)
    for name, value in told.items():
        setattr(guest, name, value)
    clean(guest)
    guest.save()
    record(
        by=by, organisation=guest.seance.organisation, action=Did.MODIFIER, target=guest.seance,
        at=now,
    )  # fmt: skip


@transaction.atomic
def remove_guest(*, by: User, guest: Invite, now: datetime) -> None:
    """Forget a guest, with the seat and what they said of their organisation."""
    check(by, Permission.STEER, guest.seance.organisation)
    seance = guest.seance
    guest.delete()
    record(by=by, organisation=seance.organisation, action=Did.RETIRER, target=seance, at=now)


def to_invite(seance: Seance) -> list[Invite]:
    """Guests with an address to whom nothing was sent."""
    return list(seance.invites.filter(invite_le=None).exclude(courriel=""))


def to_remind(seance: Seance, *, now: datetime) -> list[Invite]:
    """Guests invited, neither yes nor no, to whom nothing was sent for three days."""
    rows = seance.invites.unanswered().exclude(courriel="")
    return [one for one in rows if (now - max(_sent(one))).days >= REMINDER_AFTER_DAYS]


REMINDER_AFTER_DAYS = 3


def _sent(guest: Invite) -> list[datetime]:
    return [at for at in (guest.invite_le, guest.relance_le) if at is not None]


@transaction.atomic
def answer(*, guest: Invite, reponse: ReponseInvitation, now: datetime) -> None:
    """What a guest says of coming; the last answer counts. Raises CooperationError when full."""
    if guest.seance.etat == EtatSeance.CLOSE:
        raise CooperationError("Cette séance est terminée : il n'y a plus de réponse à donner.")
    if reponse == ReponseInvitation.OUI and guest.reponse != ReponseInvitation.OUI:
        # Locked, so that two people do not take the last seat.
        seance = Seance.objects.select_for_update().get(pk=guest.seance_id)
        taken = seance.invites.filter(reponse=ReponseInvitation.OUI).count()
        if seance.places is not None and taken >= seance.places:
            raise CooperationError(
                f"Les {seance.places} places sont prises. Répondez « peut-être » : "
                "l'organisation verra que vous viendriez."
            )
    guest.reponse, guest.repondu_le = reponse, now
    guest.save(update_fields=["reponse", "repondu_le"])


@transaction.atomic
def arrive(*, by: User, guests: Sequence[Invite], now: datetime) -> int:
    """Those who are there, by their badge or on the paper list; how many had not been noted."""
    for organisation in {guest.seance.organisation for guest in guests}:
        check(by, Permission.STEER, organisation)
    keys = [guest.pk for guest in guests]
    return Invite.objects.filter(pk__in=keys, arrive_le=None).update(arrive_le=now)


@transaction.atomic
def take_back_arrival(*, by: User, guest: Invite) -> None:
    """They are not there after all."""
    check(by, Permission.STEER, guest.seance.organisation)
    Invite.objects.filter(pk=guest.pk).update(arrive_le=None)


@transaction.atomic
def show_card(*, guest: Invite, shown: bool) -> None:
    """Whether the badge of a guest names them to whoever scans it; they say so themselves."""
    guest.carte_publique = shown
    guest.save(update_fields=["carte_publique"])


@transaction.atomic
def announce(*, guest: Invite, sorte: SorteAnnonce, quoi: str, ou: str) -> Annonce:
    """What the organisation of a guest does, offers or looks for, in the directory."""
    quoi = " ".join(quoi.split())
    refuse_personal(f"{quoi} {ou}")
    if guest.annonces.count() >= MOST_ANNOUNCED:
        raise CooperationError(f"{MOST_ANNOUNCED} lignes au plus : retirez-en une d'abord.")
    row = Annonce(invite=guest, sorte=sorte, quoi=quoi, ou=ou.strip())
    clean(row)
    row.save(force_insert=True)
    return row


MOST_ANNOUNCED = 12


@dataclass(frozen=True)
class Balance:
    """Guests of one group: how many in all, and what they answered or did."""

    name: str
    invited: int
    yes: int
    maybe: int
    no: int
    present: int


def balance(seance: Seance, column: str) -> list[Balance]:
    """Counts by `college`, `domaine` or `epci`, the most numerous first, nothing left out."""
    counts: dict[str, Counter[str]] = {}
    for guest in seance.invites.all():
        name = guest.get_college_display() if column == "college" else getattr(guest, column)
        told = counts.setdefault(name or "Non précisé", Counter())
        told.update({"all": 1, guest.reponse: 1, "present": int(guest.arrive_le is not None)})
    if column == "college":
        for college in CollegeDeclare:
            counts.setdefault(college.label, Counter())
    rows = [
        Balance(name, n["all"], n["oui"], n["peut_etre"], n["non"], n["present"])
        for name, n in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.invited, row.name))
