"""The roadmap given out: a table of actions and commitments, a calendar, or a document."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.urls import reverse
from icalendar import Calendar, Event
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .actions.measures import Shown, standing
from .enums import ACTION_OVER, EtatEngagement
from .models import Indicateur, Seance
from .roadmap import ActionThen, AxeThen, CommitmentThen, roadmap
from .schema import (
    ActionTold,
    AxisTold,
    BudgetTold,
    CommitmentTold,
    IndicatorTold,
    PartnerTold,
    PilotTold,
    ReadingTold,
    RoadmapTold,
    SessionTold,
    Told,
)
from .telling import lines_of, state_of

T = TypeVar("T", bound=Told)
COLUMNS = (
    "axe", "nature", "reference", "intitule", "partie_de", "organisation", "pilotes",
    "partenaires", "intercommunalites", "etat", "en_retard", "debut_le", "echeance", "quantite",
    "unite", "blocage", "deblocage", "description",
)  # fmt: skip
BUDGET = ("action", "annee", "objet", "unite", "financeur", "prevu", "demande", "obtenu", "reel")
READINGS = (
    "action", "indicateur", "unite", "depart", "cible", "source", "releve_le", "territoire",
    "valeur", "numerateur", "denominateur", "secret",
)  # fmt: skip
# A cell that begins like a formula is run by spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(seance: Seance, *, on: date) -> str:
    """One line for each action and commitment as they stood; separator `;`, with a BOM."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_safe(line) for line in _all_lines(seance, on))
    return "\ufeff" + out.getvalue()


def _all_lines(seance: Seance, on: date) -> list[dict[str, Any]]:
    return [
        line
        for axe in roadmap(seance, on=on)
        for action in axe.actions
        for line in _lines(axe.axe.titre, action, "")
    ]


def as_xlsx(seance: Seance, *, on: date) -> bytes:
    """The same lines as a sheet, then budgets and readings: days are days, amounts are numbers,
    nothing is a formula."""
    book = Workbook()
    book.remove(book.active)
    actions = [
        one
        for axe in roadmap(seance, on=on)
        for action in axe.actions
        for one in (action, *action.parts)
    ]
    _fill(book, "Feuille de route", COLUMNS, _all_lines(seance, on))
    _fill(book, "Budget", BUDGET, [line for one in actions for line in _budget_lines(one)])
    _fill(book, "Indicateurs", READINGS, [line for one in actions for line in _readings(one, on)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(book: Workbook, title: str, columns: Sequence[str], lines: list[dict[str, Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(columns)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for n, line in enumerate(lines, start=2):
        for column, name in enumerate(columns, start=1):
            cell, value = sheet.cell(n, column), line.get(name)
            amount = name == "quantite" or isinstance(value, Decimal)
            cell.value = float(value) if amount and value is not None else value
            if isinstance(value, str) and not amount:
                cell.data_type = "s"
    for column in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 18
    sheet.freeze_panes = "A2"


def _budget_lines(action: ActionThen) -> list[dict[str, Any]]:
    return [
        {name: getattr(one, name) for name in BUDGET[1:]}
        | {"action": action.titre, "unite": one.get_unite_display()}
        for one in action.row.budget.all()
    ]


def _readings(action: ActionThen, on: date) -> list[dict[str, Any]]:
    """A line for each reading; one without figures for an indicator never read."""
    lines = []
    for row in action.row.indicateurs.all():
        about = {name: getattr(row, name) for name in ("unite", "depart", "cible", "source")}
        about |= {"action": action.titre, "indicateur": row.definition}
        readings = [_reading(one) for one in standing(row, on=on).readings]
        lines += [
            about
            | {name: getattr(one, name) for name in ("releve_le", "territoire", "valeur",
                                                     "numerateur", "denominateur")}
            | {"secret": "oui" if one.secret else "non"}
            for one in readings
        ] or [about]  # fmt: skip
    return lines


def as_reentry_csv(axes: Iterable[AxeThen], *, on: date) -> str:
    """One block of lines for each action, to be typed again elsewhere; with a BOM.

    How a line answers to a field of the national form is for whoever types to check.
    """
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("axe", "action", "rubrique", "contenu", "correspondance"))
    for axe in axes:
        for action in axe.actions:
            for label, words in (("Intitulé", action.titre), *lines_of(action, on=on)):
                line = (axe.axe.titre, action.titre, label, words, "à vérifier")
                writer.writerow(map(_safe_cell, line))
    return "\ufeff" + out.getvalue()


def as_ics(seance: Seance, *, on: date, now: datetime, site: str) -> bytes:
    """What is due as whole days, actions and commitments not over; stable UIDs, no contact."""
    calendar = Calendar()
    calendar.add("prodid", "-//Trait d'union//Feuille de route//FR")
    calendar.add("version", "2.0")
    calendar.add("name", f"Feuille de route : {seance.titre}")
    for axe in roadmap(seance, on=on):
        for action in axe.actions:
            for one in (action, *action.parts):
                _add_due(calendar, one, now=now, site=site)
    written: bytes = calendar.to_ical()
    return written


def _add_due(calendar: Calendar, action: ActionThen, *, now: datetime, site: str) -> None:
    due = []
    if action.fin_prevue_le and action.etat not in ACTION_OVER:
        due.append((f"action-{action.row.pk}", action.fin_prevue_le, action.titre))
    for one in action.commitments:
        if one.etat == EtatEngagement.CONFIRME:
            words = f"{one.row.organisation} : {one.told['quoi']}"
            due.append((f"engagement-{one.row.pk}", one.pour_le, words))
    for uid, day, words in due:
        event = Event()
        event.add("uid", f"{uid}@{urlsplit(site).hostname}")
        event.add("dtstamp", now)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", words)
        event.add("description", f"{action.titre} : {state_of(action)}{_led_by(action)}")
        event.add("url", site + reverse("cooperation:action", kwargs={"pk": action.row.pk}))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)


def _led_by(action: ActionThen) -> str:
    names = ", ".join(str(one) for one in action.row.pilotes.all())
    blocked = f". Ce qui bloque : {action.blocage}" if action.blocage else ""
    return (f". Pilotage : {names}" if names else "") + blocked


def _safe(line: dict[str, Any]) -> dict[str, str]:
    return {name: _safe_cell(value) for name, value in line.items()}


def _safe_cell(value: Any) -> str:
    told = "" if value is None else str(value)
    return f"'{told}" if told.startswith(FORMULA) else told


def _lines(axe: str, action: ActionThen, part_of: str) -> list[dict[str, Any]]:
    lines = [
        {
            "axe": axe,
            "nature": "action",
            "reference": action.reference,
            "intitule": action.titre,
            "partie_de": part_of,
            "pilotes": ", ".join(str(one) for one in action.row.pilotes.all()),
            "partenaires": ", ".join(str(one) for one in action.row.partenaires.all()),
            "intercommunalites": ", ".join(action.epci),
            "etat": action.etat.label,
            "en_retard": "oui" if action.is_late else "non",
            "debut_le": action.debut_le,
            "echeance": action.fin_prevue_le,
            "blocage": action.blocage,
            "deblocage": action.deblocage,
            "description": action.told.get("description"),
        }
    ]
    for one in action.commitments:
        lines.append(
            {
                "axe": axe,
                "nature": "engagement",
                "intitule": one.told["quoi"],
                "partie_de": action.titre,
                "organisation": str(one.row.organisation),
                "etat": one.etat.label,
                "en_retard": "oui" if one.is_late else "non",
                "echeance": one.pour_le,
                "quantite": one.told["quantite"],
                "unite": one.told["unite"],
            }
        )
    for part in action.parts:
        lines += _lines(axe, part, action.titre)
    return lines


def as_json(seance: Seance, *, on: date) -> dict[str, Any]:
    """The whole roadmap as it stood, nested as it is read; its shape is `schema.RoadmapTold`."""
    told = RoadmapTold(
        seance=SessionTold(id=seance.pk, titre=seance.titre, tenue_le=seance.tenue_le),
        au=on,
        demonstration=seance.demonstration,
        axes=[
            AxisTold(
                ordre=axe.axe.ordre,
                titre=axe.axe.titre,
                question=axe.axe.question,
                actions=[_action(one, on) for one in axe.actions],
            )
            for axe in roadmap(seance, on=on)
        ],
    )
    return told.model_dump(mode="json")


def _action(action: ActionThen, on: date) -> ActionTold:
    row, told = action.row, action.told
    days = {name: told[name] for name in ("debut_le", "fin_prevue_le", "fini_le")}
    words = {name: told[name] for name in ("titre", "description", "etat", "blocage", "deblocage")}
    return ActionTold(
        id=row.pk,
        reference=action.reference,
        en_retard=action.is_late,
        epci=action.epci,
        pilotes=[
            PilotTold(nom=str(one), role=one.role, organisme=one.organisme, college=one.college)
            for one in row.pilotes.all()
        ],
        partenaires=[_columns(PartnerTold, one) for one in row.partenaires.all()],
        budget=[_columns(BudgetTold, one) for one in row.budget.all()],
        indicateurs=[_indicator(one, on) for one in row.indicateurs.all()],
        engagements=[_commitment(one) for one in action.commitments],
        sous_actions=[_action(one, on) for one in action.parts],
        **days,
        **words,
    )


def _columns(shape: type[T], row: Any, **more: Any) -> T:
    """A shape filled with the columns of a row that have its names."""
    names = shape.model_fields.keys() - more.keys()
    return shape(**{name: getattr(row, name) for name in names}, **more)


def _indicator(row: Indicateur, on: date) -> IndicatorTold:
    readings = [_reading(one) for one in standing(row, on=on).readings]
    return _columns(IndicatorTold, row, releves=readings, compte_des_personnes=row.personnes)


def _reading(one: Shown) -> ReadingTold:
    hidden = dict.fromkeys(("valeur", "numerateur", "denominateur")) if one.is_secret else {}
    return _columns(ReadingTold, one.row, secret=one.is_secret, **hidden)


def _commitment(one: CommitmentThen) -> CommitmentTold:
    names = ("quoi", "quantite", "unite", "pour_le", "preuve", "etat")
    return CommitmentTold(
        organisation=str(one.row.organisation),
        en_vigueur=one.in_force,
        en_retard=one.is_late,
        **{name: one.told[name] for name in names},
    )
