"""Guests of a session: typed or imported, invited, reminded, their answers, who came."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from traitdunion import french
from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.sources.bounded import Unreadable, read_csv

from ..enums import CollegeDeclare, ReponseInvitation, RoleSalle, SorteAnnonce
from ..models import AccesSalle, Annonce, Invite, Seance
from ..operations import CooperationError, clean, refuse_personal
from . import attendance, moderation
from .room_links import check_room

COLUMNS = ("nom", "organisation", "college", "domaine", "epci", "courriel")
NEEDED = ("nom", "organisation", "college")
MAX_GUESTS = 1000
# Usual headings of the columns.
HEADINGS = {
    "collectivite": "epci", "intercommunalite": "epci", "email": "courriel", "e_mail": "courriel",
    "mail": "courriel", "mel": "courriel", "adresse_e_mail": "courriel", "adresse": "courriel",
    "adresse_mail": "courriel", "adresse_electronique": "courriel", "adresse_email": "courriel",
    "nom_prenom": "nom", "nom_et_prenom": "nom", "prenom_nom": "nom", "structure": "organisation",
    "organisme": "organisation", "entreprise": "organisation", "thematique": "domaine",
}  # fmt: skip
COLLEGES = {
    slugify(name): college for college in CollegeDeclare for name in (college.value, college.label)
}


@dataclass(frozen=True)
class Preview:
    """A list of guests as a file gives it: those to add, those already there, lines to mend.

    `notes`: what is read otherwise than one might think, without anything being wrong.
    """

    fresh: list[dict[str, str]] = field(default_factory=list)
    known: list[dict[str, str]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_guests(text: str, *, seance: Seance) -> Preview:
    """Read the guests of a CSV whose first line names the columns; wrong lines are all listed."""
    try:
        table = read_csv(text.encode())
    except Unreadable as refused:
        return Preview(mistakes=[str(fault) for fault in refused.faults])
    names = {_column_of(name): name for name in table.headings}
    lacking = [name for name in NEEDED if name not in names]
    if lacking:
        return Preview(
            mistakes=[
                f"Première ligne : il manque la colonne {', '.join(lacking)}. Colonnes attendues : "
                f"{', '.join(COLUMNS)}."
            ]
        )
    seen = {_key(invite.nom, invite.organisation) for invite in seance.invites.all()}
    preview = Preview(mistakes=[str(fault) for fault in table.faults])
    for read in table.records:
        cells = {name: read.cells.get(names.get(name, ""), "") for name in COLUMNS}
        row = {name: " ".join(text.split()) for name, text in cells.items()}
        if not any(row.values()):
            continue
        if wrong := _mistakes(row):
            preview.mistakes.append(f"Ligne {read.line} : {' '.join(wrong)}")
            continue
        row["college"] = COLLEGES[slugify(row["college"])].value
        key = _key(row["nom"], row["organisation"])
        (preview.known if key in seen else preview.fresh).append(row)
        seen.add(key)
    preview.notes.extend(_notes(preview, names))
    if len(preview.fresh) > MAX_GUESTS:
        return Preview(mistakes=[f"{len(preview.fresh)} invités : {MAX_GUESTS} au plus à la fois."])
    return preview


def _column_of(heading: str) -> str:
    """Return the column that a heading names, whatever accents, dashes and usual words."""
    plain = slugify(heading).replace("-", "_")
    return HEADINGS.get(plain, plain)


def _notes(preview: Preview, names: Mapping[str, str]) -> list[str]:
    """Return the headings left out, and the addresses that several guests share."""
    notes = []
    unread = [heading for column, heading in names.items() if heading and column not in COLUMNS]
    if unread:
        notes.append(f"Colonne{french.plural(unread)} non lue{french.plural(unread)} : "
                     f"{french.listed(unread)}.")  # fmt: skip
    if "courriel" not in names:
        notes.append("Aucune colonne d'adresse électronique : personne ne pourra être invité.")
    shared = Counter(row["courriel"].lower() for row in preview.fresh if row["courriel"])
    notes += [
        f"{address} : {n} invités, un seul message pour eux tous."
        for address, n in shared.items()
        if n > 1
    ]
    return notes


def _key(nom: str, organisation: str) -> tuple[str, str]:
    return slugify(nom), slugify(organisation)


def _mistakes(row: Mapping[str, str]) -> list[str]:
    wrong = [f"{name} manque." for name in NEEDED if not row[name]]
    if row["college"] and slugify(row["college"]) not in COLLEGES:
        labels = ", ".join(college.label for college in CollegeDeclare)
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
    """Add guests to a session, all of them or none."""
    check(by, Permission.STEER, seance.organisation)
    added = []
    for columns in rows:
        row = Invite(seance=seance, **columns)
        clean(row)
        row.save(force_insert=True)
        added.append(row)
    record(by=by, organisation=seance.organisation, action=Did.INVITER, target=seance, at=now)
    return added


@transaction.atomic
def change_guest(*, by: User, guest: Invite, now: datetime, **columns: Any) -> None:
    """Correct what is known of a guest, or the table they facilitate."""
    check(by, Permission.STEER, guest.seance.organisation)
    for name, value in columns.items():
        setattr(guest, name, value)
    clean(guest)
    with attendance.corrected(guest.seance, now=now):
        guest.save()
    record(
        by=by, organisation=guest.seance.organisation, action=Did.MODIFIER, target=guest.seance,
        at=now,
    )  # fmt: skip


@transaction.atomic
def remove_guest(*, by: User, guest: Invite, now: datetime) -> None:
    """Delete a guest, with the seat and the announcements of their organisation.

    Raises CooperationError for one who came: they are counted in the bilan.
    """
    check(by, Permission.STEER, guest.seance.organisation)
    if guest.arrive_le is not None:
        raise CooperationError(
            f"{guest.nom} est noté présent, et compté dans le bilan : décochez d'abord l'arrivée."
        )
    seance = guest.seance
    guest.delete()
    record(by=by, organisation=seance.organisation, action=Did.RETIRER, target=seance, at=now)


def to_invite(seance: Seance) -> list[Invite]:
    """Return the guests with an address to whom nothing was sent."""
    return list(seance.invites.filter(invite_le=None).exclude(courriel=""))


def to_remind(seance: Seance, *, now: datetime) -> list[Invite]:
    """Return guests invited, neither yes nor no, to whom nothing was sent for three days."""
    rows = seance.invites.unanswered().exclude(courriel="")
    return [row for row in rows if (now - max(_sent(row))).days >= REMINDER_AFTER_DAYS]


REMINDER_AFTER_DAYS = 3


def _sent(guest: Invite) -> list[datetime]:
    return [at for at in (guest.invite_le, guest.relance_le) if at is not None]


@transaction.atomic
def answer(*, guest: Invite, reponse: ReponseInvitation, now: datetime) -> None:
    """Record the answer of a guest; the last one counts. Raises CooperationError when full."""
    if not guest.seance.may_still_run(now):
        raise CooperationError(
            "Cette séance est terminée ou annulée : il n'y a plus de réponse à donner."
        )
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
def arrive(*, by: User | AccesSalle, guests: Sequence[Invite], now: datetime) -> int:
    """Note arrivals, by badge or on the paper list; return how many were not noted yet."""
    for seance in {guest.seance for guest in guests}:
        check_room(by, RoleSalle.PORTE, seance, now=now)
    keys = [guest.pk for guest in guests]
    with ExitStack() as corrections:
        for seance in {guest.seance for guest in guests}:
            corrections.enter_context(attendance.corrected(seance, now=now))
        return Invite.objects.filter(pk__in=keys, arrive_le=None).update(arrive_le=now)


@transaction.atomic
def take_back_arrival(*, by: User | AccesSalle, guest: Invite, now: datetime) -> None:
    """Undo an arrival noted by mistake."""
    check_room(by, RoleSalle.PORTE, guest.seance, now=now)
    with attendance.corrected(guest.seance, now=now):
        Invite.objects.filter(pk=guest.pk).update(arrive_le=None)


@transaction.atomic
def walk_in(
    *,
    by: User | AccesSalle,
    seance: Seance,
    nom: str,
    organisation: str,
    college: str,
    now: datetime,
) -> Invite:
    """Add a person who came without an invitation, and note their arrival."""
    check_room(by, RoleSalle.PORTE, seance, now=now)
    row = Invite(
        seance=seance, nom=" ".join(nom.split()), organisation=" ".join(organisation.split()),
        college=college, reponse=ReponseInvitation.OUI, repondu_le=now, arrive_le=now,
    )  # fmt: skip
    clean(row)
    with attendance.corrected(seance, now=now):
        row.save(force_insert=True)
    return row


@transaction.atomic
def show_card(*, guest: Invite, shown: bool) -> None:
    """Set whether a scanned badge names its guest, at their own wish."""
    guest.carte_publique = shown
    guest.save(update_fields=["carte_publique"])


@transaction.atomic
def stop_writing_to(*, guest: Invite) -> None:
    """Erase the address of a guest who asks for it; their name and answer stay."""
    guest.courriel = ""
    guest.save(update_fields=["courriel"])


@transaction.atomic
def announce(*, guest: Invite, sorte: SorteAnnonce, quoi: str, ou: str, now: datetime) -> Annonce:
    """Add what the organisation of a guest does, offers or looks for to the directory."""
    quoi = " ".join(quoi.split())
    refuse_personal(f"{quoi} {ou}")
    if guest.annonces.count() >= MAX_ANNOUNCED:
        raise CooperationError(f"{MAX_ANNOUNCED} lignes au plus : retirez-en une d'abord.")
    row = Annonce(invite=guest, sorte=sorte, quoi=quoi, ou=ou.strip())
    clean(row)
    row.save(force_insert=True)
    moderation.keep_waiting(row, now=now)
    return row


MAX_ANNOUNCED = 12


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
    """Return counts by `college`, `domaine` or `epci`, the most numerous first, none left out."""
    counts: dict[str, Counter[str]] = {}
    for guest in seance.invites.all():
        name = guest.get_college_display() if column == "college" else getattr(guest, column)
        tally = counts.setdefault(name or "Non précisé", Counter())
        tally.update({"all": 1, guest.reponse: 1, "present": int(guest.arrive_le is not None)})
    if column == "college":
        for college in CollegeDeclare:
            counts.setdefault(college.label, Counter())
    rows = [
        Balance(name, n["all"], n["oui"], n["peut_etre"], n["non"], n["present"])
        for name, n in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.invited, row.name))
