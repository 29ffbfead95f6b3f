"""The roadmap given out: a table of actions and commitments, a calendar, or a document."""

import csv
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from icalendar import Calendar, Event
from openpyxl import Workbook
from openpyxl.styles import Font

from .enums import ACTION_OVER, EtatEngagement
from .models import Seance
from .roadmap import ActionThen, CommitmentThen, roadmap

COLUMNS = (
    "axe", "nature", "intitule", "partie_de", "organisation", "pilotes", "etat", "en_retard",
    "debut_le", "echeance", "quantite", "unite", "blocage", "deblocage",
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
    """The same lines as a sheet: days are days, quantities are numbers, nothing is a formula."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Feuille de route"
    sheet.append(COLUMNS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for n, line in enumerate(_all_lines(seance, on), start=2):
        for column, name in enumerate(COLUMNS, start=1):
            cell = sheet.cell(n, column)
            value = line.get(name)
            cell.value = float(value) if name == "quantite" and value is not None else value
            if isinstance(value, str) and name != "quantite":
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


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
        event.add("url", site + reverse("cooperation:action", kwargs={"pk": action.row.pk}))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)


def _safe(line: dict[str, Any]) -> dict[str, str]:
    told = {name: "" if value is None else str(value) for name, value in line.items()}
    return {name: f"'{v}" if v.startswith(FORMULA) else v for name, v in told.items()}


def _lines(axe: str, action: ActionThen, part_of: str) -> list[dict[str, Any]]:
    lines = [
        {
            "axe": axe,
            "nature": "action",
            "intitule": action.titre,
            "partie_de": part_of,
            "pilotes": ", ".join(str(one) for one in action.row.pilotes.all()),
            "etat": action.etat.label,
            "en_retard": "oui" if action.is_late else "non",
            "debut_le": action.debut_le,
            "echeance": action.fin_prevue_le,
            "blocage": action.blocage,
            "deblocage": action.deblocage,
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
    """The whole roadmap as it stood, nested as it is read."""
    return {
        "seance": {"id": seance.pk, "titre": seance.titre, "tenue_le": seance.tenue_le},
        "au": on,
        "demonstration": seance.demonstration,
        "axes": [
            {
                "ordre": axe.axe.ordre,
                "titre": axe.axe.titre,
                "question": axe.axe.question,
                "actions": [_action(one) for one in axe.actions],
            }
            for axe in roadmap(seance, on=on)
        ],
    }


def _action(action: ActionThen) -> dict[str, Any]:
    return {
        "id": action.row.pk,
        "en_retard": action.is_late,
        **action.told,
        "pilotes": [str(one) for one in action.row.pilotes.all()],
        "engagements": [_commitment(one) for one in action.commitments],
        "sous_actions": [_action(one) for one in action.parts],
    }


def _commitment(one: CommitmentThen) -> dict[str, Any]:
    return {
        "organisation": str(one.row.organisation),
        "en_vigueur": one.in_force,
        "en_retard": one.is_late,
        **{name: value for name, value in one.told.items() if name != "contact"},
    }
