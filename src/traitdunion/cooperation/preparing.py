"""Preparing a session: its aims and programme as they are typed, its axes with their findings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from .models import Axe, Constat, Creneau, Objectif, Seance
from .operations import CooperationError, clean, draw_code, hold

HOUR = r"(\d{1,2})\s*[hH:]\s*(\d{2})?"
SLOT = re.compile(rf"^{HOUR}\s*(?:-|–|—|à)\s*{HOUR}\s*:?\s+(.+)$")
SESSION = ("titre", "pilote", "lieu", "tenue_le", "places", "n_tables", "n_manches", "gommettes")


@dataclass(frozen=True)
class Slot:
    """A slot of the programme as it was typed."""

    debut: time
    fin: time
    titre: str


@dataclass(frozen=True)
class Aim:
    """An aim with its parts."""

    texte: str
    parts: tuple[str, ...] = ()


def read_programme(text: str) -> list[Slot]:
    """Slots, one a line: « 9h00 - 9h30 Accueil ». Raises CooperationError with every bad line."""
    slots, wrong = [], []
    for n, line in _lines(text):
        found = SLOT.match(line)
        slot = _slot(*found.groups()) if found else None
        if slot is None:
            wrong.append(f"ligne {n}, « {line[:40]} » : écrivez « 9h00 - 9h30 Accueil ».")
        elif slot.fin <= slot.debut:
            wrong.append(f"ligne {n}, « {line[:40]} » : la fin vient après le début.")
        else:
            slots.append(slot)
    if wrong:
        raise CooperationError(" ".join(wrong))
    return slots


def _slot(hour: str, minute: str | None, hour_end: str, minute_end: str | None, titre: str) -> Any:
    try:
        begins = time(int(hour), int(minute or 0))
        return Slot(begins, time(int(hour_end), int(minute_end or 0)), titre.strip()[:200])
    except ValueError:
        return None


def read_aims(text: str) -> list[Aim]:
    """Aims, one a line; a line that begins with a dash is a part of the one above."""
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
        f"{one.debut:%Hh%M} - {one.fin:%Hh%M} {one.titre}" for one in seance.creneaux.all()
    )


@transaction.atomic
def create_session(*, by: User, organisation: Organisation, now: datetime, **told: Any) -> Seance:
    """A session in preparation; `told`: columns of SESSION, `aims` and `slots`."""
    check(by, Permission.STEER, organisation)
    seance = Seance(slug=_free_slug(told["titre"], told["tenue_le"].year), code=_free_code())
    seance.organisation = organisation
    _write(seance, told)
    record(by=by, organisation=organisation, action=Did.CREER, target=seance, at=now)
    return seance


@transaction.atomic
def change_session(*, by: User, seance: Seance, now: datetime, **told: Any) -> None:
    """Change what was prepared; aims and programme are written anew."""
    check(by, Permission.STEER, seance.organisation)
    hold(seance)
    _write(seance, told)
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


def _write(seance: Seance, told: Mapping[str, Any]) -> None:
    for name in SESSION:
        setattr(seance, name, told[name])
    clean(seance)
    seance.save()
    seance.objectifs.all().delete()
    for order, aim in enumerate(told["aims"]):
        row = Objectif.objects.create(seance=seance, texte=aim.texte, ordre=order)
        for n, part in enumerate(aim.parts):
            Objectif.objects.create(seance=seance, parent=row, texte=part, ordre=n)
    seance.creneaux.all().delete()
    for slot in told["slots"]:
        Creneau.objects.create(seance=seance, debut=slot.debut, fin=slot.fin, titre=slot.titre)


def _free_slug(titre: str, year: int) -> str:
    stem = (slugify(titre)[:48] or "seance") + f"-{year}"
    n = 1
    while Seance.objects.filter(pk=stem if n == 1 else f"{stem}-{n}").exists():
        n += 1
    return stem if n == 1 else f"{stem}-{n}"


def _free_code() -> str:
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
    """An axe with its question; its findings, each with source and date, are written anew."""
    check(by, Permission.STEER, seance.organisation)
    hold(seance)
    last = seance.axes.order_by("-ordre").first()
    row = axe or Axe(seance=seance, ordre=last.ordre + 1 if last else 1)
    row.titre, row.question = titre, question
    clean(row)
    row.save()
    row.constats.all().delete()
    for one in constats:
        finding = Constat(axe=row, **one)
        clean(finding)
        finding.save()
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return row


@transaction.atomic
def remove_axe(*, by: User, axe: Axe, now: datetime) -> None:
    """Take away an axe on which nobody said anything yet."""
    check(by, Permission.STEER, axe.seance.organisation)
    if axe.idees.exists() or axe.actions.exists():
        raise CooperationError("Cet axe a déjà des idées ou des actions : il ne se retire plus.")
    record(by=by, organisation=axe.seance.organisation, action=Did.MODIFIER, target=axe, at=now)
    axe.delete()
