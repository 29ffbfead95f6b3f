"""An action told in words, line by line: what documents and the sheet to enter again are made of.

The lines follow the order in which an action sheet is read. That of the national dashboard of the
réseau pour l'emploi, in which territorial committees enter their roadmaps and action sheets, could
not be read: neither its order nor its labels are claimed here.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from traitdunion.rules.wording import day

from .actions.budget import Total, totals
from .actions.measures import Standing, standing
from .enums import RolePilote
from .numbers import number
from .roadmap import ActionThen, CommitmentThen

Line = tuple[str, str]


def lines_of(action: ActionThen, *, on: date) -> list[Line]:
    """What an action says as it stood on a day: labels and words; empty lines are left out."""
    return [(label, words) for label, words in _lines(action, on) if words]


def _lines(action: ActionThen, on: date) -> Iterator[Line]:
    pilots = list(action.row.pilotes.all())
    yield "Référence", action.reference
    yield "Description", str(action.told.get("description") or "")
    yield "Pilotage", _names(one for one in pilots if one.role == RolePilote.PILOTE)
    yield "Copilotage", _names(one for one in pilots if one.role == RolePilote.COPILOTE)
    yield "Partenaires", ", ".join(_partner(one) for one in action.row.partenaires.all())
    yield "Territoire", ", ".join(action.epci) or "Tout le département"
    yield "Calendrier", _span(action.debut_le, action.fin_prevue_le)
    yield "État", state_of(action)
    yield "Ce qui bloque", action.blocage
    yield "Ce qui débloquerait", action.deblocage
    yield "Étapes", " ; ".join(f"{one.titre} ({state_of(one)})" for one in action.parts)
    for pledge in action.commitments:
        yield "Engagement", pledge_of(pledge)
    for total in totals(action.row.budget.all()):
        yield "Budget", budget_of(total)
    funders = dict.fromkeys(one.financeur for one in action.row.budget.all() if one.financeur)
    yield "Financeurs", ", ".join(funders)
    for one in action.row.indicateurs.all():
        yield "Indicateur", indicator_of(standing(one, on=on))


def _names(pilots: Iterator[object]) -> str:
    return ", ".join(str(one) for one in pilots)


def _partner(one: object) -> str:
    bring = getattr(one, "apport", "")
    return f"{one} ({bring})" if bring else str(one)


def _span(begins: date | None, ends: date | None) -> str:
    if begins and ends:
        return f"du {day(begins)} au {day(ends)}"
    if ends:
        return f"fin prévue le {day(ends)}"
    return f"à partir du {day(begins)}" if begins else "à fixer"


def state_of(one: ActionThen | CommitmentThen) -> str:
    """« en cours, en retard »."""
    return one.etat.label.lower() + (", en retard" if one.is_late else "")


def pledge_of(one: CommitmentThen) -> str:
    words = f"{one.row.organisation} : {one.told['quoi']}, {number(one.quantite)} "
    return f"{words}{one.told['unite']}, pour le {day(one.pour_le)} ({state_of(one)})"


def budget_of(total: Total) -> str:
    """« 2026, en € : 1 800 prévus, 1 800 demandés, 1 000 obtenus, 950 dépensés »."""
    year = "En tout" if total.annee is None else str(total.annee)
    told = [
        ("prévus", total.prevu), ("demandés", total.demande), ("obtenus", total.obtenu),
        ("dépensés", total.reel),
    ]  # fmt: skip
    known = ", ".join(f"{number(value)} {word}" for word, value in told if value is not None)
    return f"{year}, en {total.unite.label} : {known}"


def indicator_of(at: Standing) -> str:
    """Definition, start, target and last reading, as they may be shown."""
    one = at.indicateur
    last = "pas encore relevé"
    if at.last is not None:
        value = "secret" if at.last.valeur is None else f"{_amount(at.last.valeur, one.unite)}"
        fraction = f" ({at.last.fraction})" if at.last.fraction else ""
        last = f"{value}{fraction} le {day(at.last.row.releve_le)}"
    start = f", départ {_amount(one.depart, one.unite)}" if one.depart is not None else ""
    target = f", cible {_amount(one.cible, one.unite)}" if one.cible is not None else ""
    return f"{one.definition} : {last}{start}{target} ; source : {one.source}"


def _amount(value: Decimal, unite: str) -> str:
    return f"{number(value)} {unite}"
