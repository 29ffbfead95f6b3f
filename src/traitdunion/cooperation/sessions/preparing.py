"""Prepare a session: aims and programme as they are typed, axes with their findings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from traitdunion import french
from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import EtatSeance
from ..models import Axe, Constat, Creneau, Objectif, Seance
from ..models.sessions import EVENING, MORNING
from ..operations import CooperationError, clean, lock_rows
from ..room_codes import draw_code
from .invitations import announce_change, hours_of

HOUR = r"(\d{1,2})\s*[hH:]\s*(\d{2})?"
SLOT = re.compile(rf"^{HOUR}\s*(?:-|–|—|à)\s*{HOUR}\s*:?\s+(.+)$")
# « 8h30 Accueil »: it ends where the next begins, the last one an hour later.
START_ALONE = re.compile(rf"^{HOUR}\s*:?\s+(?!\d)(.+)$")
SESSION = ("titre", "pilote", "lieu", "commune", "tenue_le", "places", "n_tables", "n_manches",
           "gommettes", "relecture", "motifs_refus", "voix_par_badge")  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A slot of the programme as it was typed."""

    debut: time
    fin: time
    titre: str
    lendemain: bool = False

    @property
    def passes_midnight(self) -> bool:
        """Return whether it begins in the evening and ends in the night."""
        return self.fin <= self.debut and self.debut >= EVENING and self.fin <= MORNING


@dataclass(frozen=True)
class Aim:
    """An aim with its parts."""

    texte: str
    parts: tuple[str, ...] = ()


def read_programme(text: str) -> list[Slot]:
    """Return slots, one a line: « 9h00 - 9h30 Accueil ». Raises CooperationError with bad lines."""
    slots, wrong = [], []
    lines = _lines(text)
    for place, (n, line) in enumerate(lines):
        alone = START_ALONE.match(line) if not SLOT.match(line) else None
        if alone:
            line = _with_end(alone, [after for _, after in lines[place + 1 :]])
        match = SLOT.match(line)
        slot = _slot(*match.groups()) if match else None
        if slot is None:
            wrong.append(f"ligne {n}, « {line[:40]} » : écrivez « 9h00 - 9h30 Accueil ».")
        elif slot.fin <= slot.debut and not slot.passes_midnight:
            wrong.append(f"ligne {n}, « {line[:40]} » : la fin vient après le début.")
        else:
            slots.append(slot)
    if wrong:
        raise CooperationError(" ".join(wrong))
    return _after_midnight(slots)


def _after_midnight(slots: list[Slot]) -> list[Slot]:
    """Return the slots, those that follow one which passes midnight being of the next day."""
    is_next_day, placed = False, []
    for slot in slots:
        is_next_day = is_next_day and slot.fin <= MORNING
        placed.append(replace(slot, lendemain=is_next_day))
        is_next_day = is_next_day or slot.passes_midnight
    return placed


def _with_end(alone: re.Match[str], after: Sequence[str]) -> str:
    """Return a line of which only the start was typed, with its end."""
    hour, minute, title = alone.groups()
    follows = re.match(HOUR, after[0]) if after else None
    if follows:
        end = f"{follows[1]}h{follows[2] or '00'}"
    else:
        end = f"{(int(hour) + 1) % 24}h{minute or '00'}"
    return f"{hour}h{minute or '00'} - {end} {title}"


def _slot(hour: str, minute: str | None, hour_end: str, minute_end: str | None, titre: str) -> Any:
    try:
        begins = time(int(hour), int(minute or 0))
        # « 24h » is midnight.
        hour_end = "0" if int(hour_end) == 24 else hour_end
        return Slot(begins, time(int(hour_end), int(minute_end or 0)), titre.strip()[:200])
    except ValueError:
        return None


def read_aims(text: str) -> list[Aim]:
    """Return aims, one a line; a line that begins with a dash is a part of the one above."""
    aims: list[Aim] = []
    for n, line in _lines(text):
        part = re.match(r"^[-–•*]\s*(.+)$", line)
        if part and not aims:
            raise CooperationError(f"ligne {n} : un sous-objectif vient sous un objectif.")
        if part:
            aims[-1] = Aim(aims[-1].texte, (*aims[-1].parts, part[1][:300]))
        else:
            aims.append(Aim(line[:300]))
    return aims


def _lines(text: str) -> list[tuple[int, str]]:
    return [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def aims_as_typed(seance: Seance) -> str:
    aims = seance.objectifs.filter(parent=None).prefetch_related("sous_objectifs")
    lines = [[aim.texte, *(f"- {part.texte}" for part in aim.sous_objectifs.all())] for aim in aims]
    return "\n".join(line for aim in lines for line in aim)


def programme_as_typed(seance: Seance) -> str:
    return "\n".join(
        f"{creneau.debut:%Hh%M} - {creneau.fin:%Hh%M} {creneau.titre}"
        for creneau in seance.creneaux.all()
    )


@transaction.atomic
def create_session(
    *, by: User, organisation: Organisation, now: datetime, **columns: Any
) -> Seance:
    """Create a session in preparation; `columns`: columns of SESSION, `aims` and `slots`."""
    check(by, Permission.STEER, organisation)
    stem = (slugify(columns["titre"])[:48] or "seance") + f"-{columns['tenue_le'].year}"
    seance = Seance(slug=free_slug(stem), code=free_code())
    seance.organisation = organisation
    _write(seance, columns)
    record(by=by, organisation=organisation, action=Did.CREER, target=seance, at=now)
    return seance


@transaction.atomic
def change_session(
    *, by: User, seance: Seance, now: datetime, site: str = "", **columns: Any
) -> int:
    """Change what was prepared; aims and programme are replaced.

    Guests already invited are written to where the day, the hours or the place change; return how
    many addresses. Raises CooperationError where an open session would lose its reasons for
    refusing words.
    """
    check(by, Permission.STEER, seance.organisation)
    lock_rows(seance)
    former = Seance.objects.get(pk=seance.pk)
    before = _when_and_where(former)
    _write(seance, columns)
    is_open = seance.etat == EtatSeance.OUVERTE
    if is_open and former.refusal_reasons and not seance.refusal_reasons:
        raise CooperationError(
            "La séance est ouverte : gardez au moins un motif de refus, publié aux participants."
        )
    n_told = 0
    after = _when_and_where(seance)
    changes = [f"{name} : {after[name]}" for name in after if after[name] != before[name]]
    if changes and columns["tenue_le"] >= timezone.localdate(now):
        seance.sequence += 1
        seance.save(update_fields=["sequence"])
        n_told = announce_change(by=by, seance=seance, changes=changes, site=site, now=now)
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return n_told


def _when_and_where(seance: Seance) -> dict[str, str]:
    """Return what an invited person would have to know if it changed, in words."""
    begins, ends = hours_of(seance)
    hours = (
        f"de {french.time_of_day(begins.time())} à {french.time_of_day(ends.time())}"
        f"{' le lendemain' if ends.date() > begins.date() else ''}"
        if seance.creneaux.exists()
        else "pas encore fixées"
    )
    return {
        "Date": french.weekday_and_day(seance.tenue_le),
        "Heures": hours,
        "Lieu": seance.lieu or "pas encore fixé",
    }


def _write(seance: Seance, columns: Mapping[str, Any]) -> None:
    for name in SESSION:
        if name in columns:
            setattr(seance, name, columns[name])
    clean(seance)
    seance.save()
    seance.objectifs.all().delete()
    for order, aim in enumerate(columns["aims"]):
        row = Objectif.objects.create(seance=seance, texte=aim.texte, ordre=order)
        for n, part in enumerate(aim.parts):
            Objectif.objects.create(seance=seance, parent=row, texte=part, ordre=n)
    seance.creneaux.all().delete()
    for slot in columns["slots"]:
        Creneau.objects.create(
            seance=seance,
            debut=slot.debut,
            fin=slot.fin,
            titre=slot.titre,
            lendemain=slot.lendemain,
        )


def free_slug(stem: str) -> str:
    """Return the name of a session in addresses: `stem`, with a number where it is taken."""
    n = 1
    while Seance.objects.filter(pk=stem if n == 1 else f"{stem}-{n}").exists():
        n += 1
    return stem if n == 1 else f"{stem}-{n}"


def free_code() -> str:
    """Draw a code that opens no other session."""
    code = draw_code()
    while Seance.objects.filter(code=code).exists():
        code = draw_code()
    return code


@transaction.atomic
def write_axe(
    *,
    by: User,
    seance: Seance,
    axe: Axe | None,
    titre: str,
    question: str,
    constats: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Axe:
    """Write an axe with its question; its findings, with source and date, are replaced."""
    check(by, Permission.STEER, seance.organisation)
    lock_rows(seance)
    last = seance.axes.order_by("-ordre").first()
    row = axe or Axe(seance=seance, ordre=last.ordre + 1 if last else 1)
    row.titre, row.question = titre, question
    clean(row)
    row.save()
    row.constats.all().delete()
    for constat in constats:
        finding = Constat(axe=row, **constat)
        clean(finding)
        finding.save()
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return row


@transaction.atomic
def remove_axe(*, by: User, axe: Axe, now: datetime) -> None:
    """Delete an axe without idea nor action."""
    check(by, Permission.STEER, axe.seance.organisation)
    if axe.idees.exists() or axe.actions.exists():
        raise CooperationError("Cet axe a déjà des idées ou des actions : il ne se retire plus.")
    record(by=by, organisation=axe.seance.organisation, action=Did.MODIFIER, target=axe, at=now)
    axe.delete()
