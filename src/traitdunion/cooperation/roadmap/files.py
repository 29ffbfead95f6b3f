"""The roadmap given out: a table of actions and commitments, a calendar, or a document."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.urls import reverse
from icalendar import Calendar, Event
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from traitdunion.sources.bounded import append_row, csv_text, set_cell

from ..enums import ACTION_OVER, EtatEngagement
from ..models import Indicateur, Seance
from .action_lines import lines_of, state_of
from .measures import Shown, standing
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

T = TypeVar("T", bound=Told)
COLUMNS = (
    "axe", "nature", "reference", "intitule", "partie_de", "organisation", "pilotes",
    "partenaires", "intercommunalites", "etat", "en_retard", "debut_le", "echeance", "quantite",
    "unite", "blocage", "deblocage", "description",
)  # fmt: skip
BUDGET = ("action", "annee", "objet", "unite", "financeur", "prevu", "demande", "obtenu", "reel")
READINGS = (
    "action", "indicateur", "unite", "depart", "cible", "source", "releve_le", "territoire",
    "valeur", "numerateur", "denominateur", "inconnus", "secret",
)  # fmt: skip


def as_csv(seance: Seance, *, on: date) -> str:
    """Return one line for each action and commitment as they stood; separator `;`, with a BOM."""
    return "\ufeff" + csv_text(COLUMNS, _all_lines(seance, on))


def _all_lines(seance: Seance, on: date) -> list[dict[str, Any]]:
    return [
        line
        for axe in roadmap(seance, on=on)
        for action in axe.actions
        for line in _lines(axe.axe.titre, action, "")
    ]


def as_xlsx(seance: Seance, *, on: date) -> bytes:
    """Return the same lines as a sheet, then budgets and readings.

    Days are days, amounts are numbers, nothing is a formula.
    """
    book = Workbook()
    book.remove(book.active)
    actions = [
        node
        for axe in roadmap(seance, on=on)
        for action in axe.actions
        for node in (action, *action.parts)
    ]
    _fill(book, "Feuille de route", COLUMNS, _all_lines(seance, on))
    _fill(book, "Budget", BUDGET, [line for action in actions for line in _budget_lines(action)])
    _fill(
        book,
        "Indicateurs",
        READINGS,
        [line for action in actions for line in _readings(action, on)],
    )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(book: Workbook, title: str, columns: Sequence[str], lines: list[dict[str, Any]]) -> None:
    sheet = book.create_sheet(title)
    append_row(sheet, columns)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for n, line in enumerate(lines, start=2):
        for column, name in enumerate(columns, start=1):
            cell, value = sheet.cell(n, column), line.get(name)
            amount = name == "quantite" or isinstance(value, Decimal)
            set_cell(cell, float(value) if amount and value is not None else value)
    for column in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 18
    sheet.freeze_panes = "A2"


def _budget_lines(action: ActionThen) -> list[dict[str, Any]]:
    return [
        {name: getattr(line, name) for name in BUDGET[1:]}
        | {"action": action.titre, "unite": line.get_unite_display()}
        for line in action.row.budget.all()
    ]


def _readings(action: ActionThen, on: date) -> list[dict[str, Any]]:
    """Return a line for each reading; one without figures for an indicator never read."""
    lines = []
    for row in action.row.indicateurs.all():
        about = {name: getattr(row, name) for name in ("unite", "depart", "cible", "source")}
        about |= {"action": action.titre, "indicateur": row.definition}
        readings = [_reading(reading) for reading in standing(row, on=on).readings]
        lines += [
            about
            | {name: getattr(reading, name) for name in ("releve_le", "territoire", "valeur",
                                                     "numerateur", "denominateur", "inconnus")}
            | {"secret": "oui" if reading.secret else "non"}
            for reading in readings
        ] or [about]  # fmt: skip
    return lines


def as_reentry_csv(axes: Iterable[AxeThen], *, on: date) -> str:
    """Return one block of lines for each action, to be typed again elsewhere; with a BOM.

    The person who types checks which field of the national form a line answers to.
    """
    lines = [
        (axe.axe.titre, action.titre, label, words, "à vérifier")
        for axe in axes
        for action in axe.actions
        for label, words in (("Intitulé", action.titre), *lines_of(action, on=on))
    ]
    headings = ("axe", "action", "rubrique", "contenu", "correspondance")
    return "\ufeff" + csv_text(headings, lines)


def as_ics(seance: Seance, *, on: date, now: datetime, site: str) -> bytes:
    """Return what is due as whole-day events, for actions and commitments not over.

    UIDs are stable; no contact goes in.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Trait d'union//Feuille de route//FR")
    calendar.add("version", "2.0")
    calendar.add("name", f"Feuille de route : {seance.titre}")
    for axe in roadmap(seance, on=on):
        for action in axe.actions:
            for node in (action, *action.parts):
                _add_due(calendar, node, now=now, site=site)
    written: bytes = calendar.to_ical()
    return written


def _add_due(calendar: Calendar, action: ActionThen, *, now: datetime, site: str) -> None:
    due = []
    if action.fin_prevue_le and action.etat not in ACTION_OVER:
        due.append((f"action-{action.row.pk}", action.fin_prevue_le, action.titre))
    for commitment in action.commitments:
        if commitment.etat == EtatEngagement.CONFIRME:
            words = f"{commitment.row.porteur} : {commitment.fields['quoi']}"
            due.append((f"engagement-{commitment.row.pk}", commitment.pour_le, words))
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
    names = ", ".join(str(pilote) for pilote in action.row.pilotes.all())
    blocked = f". Ce qui bloque : {action.blocage}" if action.blocage else ""
    return (f". Pilotage : {names}" if names else "") + blocked


def _lines(axe: str, action: ActionThen, part_of: str) -> list[dict[str, Any]]:
    lines = [
        {
            "axe": axe,
            "nature": "action",
            "reference": action.reference,
            "intitule": action.titre,
            "partie_de": part_of,
            "pilotes": ", ".join(str(pilote) for pilote in action.row.pilotes.all()),
            "partenaires": ", ".join(
                str(partenaire) for partenaire in action.row.partenaires.all()
            ),
            "intercommunalites": ", ".join(action.epci),
            "etat": action.etat.label,
            "en_retard": "oui" if action.is_late else "non",
            "debut_le": action.debut_le,
            "echeance": action.fin_prevue_le,
            "blocage": action.blocage,
            "deblocage": action.deblocage,
            "description": action.fields.get("description"),
        }
    ]
    for commitment in action.commitments:
        lines.append(
            {
                "axe": axe,
                "nature": "engagement",
                "intitule": commitment.fields["quoi"],
                "partie_de": action.titre,
                "organisation": commitment.row.porteur,
                "etat": commitment.etat.label,
                "en_retard": "oui" if commitment.is_late else "non",
                "echeance": commitment.pour_le,
                "quantite": commitment.fields["quantite"],
                "unite": commitment.fields["unite"],
            }
        )
    for part in action.parts:
        lines += _lines(axe, part, action.titre)
    return lines


def as_json(seance: Seance, *, on: date) -> dict[str, Any]:
    """Return the whole roadmap as it stood, in the shape of `schema.RoadmapTold`."""
    document = RoadmapTold(
        seance=SessionTold(id=seance.pk, titre=seance.titre, tenue_le=seance.tenue_le),
        au=on,
        demonstration=seance.demonstration,
        axes=[
            AxisTold(
                ordre=axe.axe.ordre,
                titre=axe.axe.titre,
                question=axe.axe.question,
                actions=[_action(action, on) for action in axe.actions],
            )
            for axe in roadmap(seance, on=on)
        ],
    )
    return document.model_dump(mode="json")


def _action(action: ActionThen, on: date) -> ActionTold:
    row, content = action.row, action.fields
    days = {name: content[name] for name in ("debut_le", "fin_prevue_le", "fini_le")}
    words = {
        name: content[name] for name in ("titre", "description", "etat", "blocage", "deblocage")
    }
    return ActionTold(
        id=row.pk,
        reference=action.reference,
        en_retard=action.is_late,
        epci=action.epci,
        pilotes=[
            PilotTold(
                nom=str(pilote),
                role=pilote.role,
                organisme=pilote.organisme,
                college=pilote.college,
            )
            for pilote in row.pilotes.all()
        ],
        partenaires=[_columns(PartnerTold, partenaire) for partenaire in row.partenaires.all()],
        budget=[_columns(BudgetTold, line) for line in row.budget.all()],
        indicateurs=[_indicator(indicateur, on) for indicateur in row.indicateurs.all()],
        engagements=[_commitment(commitment) for commitment in action.commitments],
        sous_actions=[_action(part, on) for part in action.parts],
        **days,
        **words,
    )


def _columns(shape: type[T], row: Any, **more: Any) -> T:
    """Return a shape filled with the columns of a row that have its names."""
    names = shape.model_fields.keys() - more.keys()
    return shape(**{name: getattr(row, name) for name in names}, **more)


def _indicator(row: Indicateur, on: date) -> IndicatorTold:
    readings = [_reading(reading) for reading in standing(row, on=on).readings]
    return _columns(IndicatorTold, row, releves=readings, compte_des_personnes=row.personnes)


def _reading(shown: Shown) -> ReadingTold:
    hidden = (
        dict.fromkeys(("valeur", "numerateur", "denominateur", "inconnus"))
        if shown.is_secret
        else {}
    )
    return _columns(ReadingTold, shown.row, secret=shown.is_secret, **hidden)


def _commitment(commitment: CommitmentThen) -> CommitmentTold:
    names = ("quoi", "quantite", "unite", "pour_le", "preuve", "etat")
    return CommitmentTold(
        organisation=commitment.row.porteur,
        en_vigueur=commitment.in_force,
        en_retard=commitment.is_late,
        **{name: commitment.fields[name] for name in names},
    )
