"""An action in words, line by line: what documents and the sheet to enter again are made of.

The lines follow the order in which an action sheet is read. That of the national dashboard of the
réseau pour l'emploi, in which territorial committees enter their roadmaps and action sheets, could
not be read: neither its order nor its labels are claimed here.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from traitdunion.french import day, number

from ..enums import RolePilote
from .budget import Total, totals
from .measures import Standing, standing
from .roadmap import ActionThen, CommitmentThen

Line = tuple[str, str]


def lines_of(action: ActionThen, *, on: date) -> list[Line]:
    """Return the labels and words of an action as it stood on a day, without the empty ones."""
    return [(label, words) for label, words in _lines(action, on) if words]


def _lines(action: ActionThen, on: date) -> Iterator[Line]:
    pilots = list(action.row.pilotes.all())
    yield "Référence", action.reference
    yield "Description", str(action.fields.get("description") or "")
    yield "Pilotage", _names(pilot for pilot in pilots if pilot.role == RolePilote.PILOTE)
    yield "Copilotage", _names(pilot for pilot in pilots if pilot.role == RolePilote.COPILOTE)
    yield (
        "Partenaires",
        ", ".join(_partner(partenaire) for partenaire in action.row.partenaires.all()),
    )
    yield "Territoire", ", ".join(action.epci) or "Tout le département"
    yield "Calendrier", _dates_in_words(action.debut_le, action.fin_prevue_le)
    yield "État", state_of(action)
    yield "Ce qui bloque", action.blocage
    yield "Ce qui débloquerait", action.deblocage
    yield "Étapes", " ; ".join(f"{part.titre} ({state_of(part)})" for part in action.parts)
    for pledge in action.commitments:
        yield "Engagement", pledge_of(pledge)
    for part in action.parts:
        for pledge in part.commitments:
            yield f"Engagement pour l'étape « {part.titre} »", pledge_of(pledge)
    for total in totals(action.row.budget.all()):
        yield "Budget", budget_of(total)
    funders = dict.fromkeys(line.financeur for line in action.row.budget.all() if line.financeur)
    yield "Financeurs", ", ".join(funders)
    for indicateur in action.row.indicateurs.all():
        yield "Indicateur", indicator_of(standing(indicateur, on=on))


def _names(pilots: Iterator[object]) -> str:
    return ", ".join(str(pilot) for pilot in pilots)


def _partner(partner: object) -> str:
    bring = getattr(partner, "apport", "")
    return f"{partner} ({bring})" if bring else str(partner)


def _dates_in_words(begins: date | None, ends: date | None) -> str:
    if begins and ends:
        return f"du {day(begins)} au {day(ends)}"
    if ends:
        return f"fin prévue le {day(ends)}"
    return f"à partir du {day(begins)}" if begins else "à fixer"


def state_of(action: ActionThen | CommitmentThen) -> str:
    """Return a state in words: « en cours, en retard »."""
    return action.etat.label.lower() + (", en retard" if action.is_late else "")


def pledge_of(commitment: CommitmentThen) -> str:
    words = (
        f"{commitment.row.porteur} : {commitment.fields['quoi']}, {number(commitment.quantite)} "
    )
    due = f"pour le {day(commitment.pour_le)} ({state_of(commitment)})"
    return f"{words}{commitment.fields['unite']}, {due}"


def budget_of(total: Total) -> str:
    """Return a total in words: « 2026, en € : 1 800 prévus, 1 000 obtenus, 950 dépensés »."""
    year = "En tout" if total.annee is None else str(total.annee)
    lines = [
        ("prévus", total.prevu), ("demandés", total.demande), ("obtenus", total.obtenu),
        ("dépensés", total.reel),
    ]  # fmt: skip
    known = ", ".join(f"{number(value)} {word}" for word, value in lines if value is not None)
    return f"{year}, en {total.unite.label} : {known}"


def indicator_of(at: Standing) -> str:
    """Return definition, start, target and last reading, as they may be shown."""
    indicateur = at.indicateur
    last = "pas encore relevé"
    if at.last is not None:
        value = (
            "secret" if at.last.valeur is None else f"{_amount(at.last.valeur, indicateur.unite)}"
        )
        fraction = f" ({at.last.fraction})" if at.last.fraction else ""
        last = f"{value}{fraction} le {day(at.last.row.releve_le)}"
    start = (
        f", départ {_amount(indicateur.depart, indicateur.unite)}"
        if indicateur.depart is not None
        else ""
    )
    target = (
        f", cible {_amount(indicateur.cible, indicateur.unite)}"
        if indicateur.cible is not None
        else ""
    )
    return f"{indicateur.definition} : {last}{start}{target} ; source : {indicateur.source}"


def _amount(value: Decimal, unite: str) -> str:
    return f"{number(value)} {unite}"
