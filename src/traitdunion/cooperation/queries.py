"""Reads of cooperation: opinions by college, lineage of an idea, thread of an action."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from .actions.changes import is_edit
from .actions.measures import shown
from .agreement import Agreement, Tally, agreement
from .enums import Avis, CollegeDeclare
from .models import Action, Annonce, AvisIdee, Decision, Evenement, Idee, Seance


def agreement_on(idea: Idee) -> Agreement | None:
    """What may be shown of the opinions on an idea, by declared college."""
    counts = Counter(AvisIdee.objects.filter(idee=idea).values_list("college", "avis"))
    return agreement(
        {
            college.label: Tally(
                *(
                    counts[college.value, avis.value]
                    for avis in (Avis.ACCORD, Avis.DESACCORD, Avis.PASSE)
                )
            )
            for college in CollegeDeclare
        }
    )


def ancestors(idea: Idee) -> list[Idee]:
    """Every idea from which one comes, the eldest first."""
    found: dict[int, Idee] = {}
    waiting = [idea]
    while waiting:
        for parent in waiting.pop().issue_de.all():
            if parent.pk not in found:
                found[parent.pk] = parent
                waiting.append(parent)
    return sorted(found.values(), key=lambda one: one.pk)


@dataclass(frozen=True)
class Step:
    """One step of the thread of an action: what kind, when, in words, and the row."""

    kind: str
    at: date
    row: Any


def thread(action: Action) -> list[Step]:
    """From the findings to the results, in the order of the chain then of time."""
    decision = action.decision or (action.parent.decision if action.parent else None)
    steps = [Step("constat", one.constate_le, one) for one in action.axe.constats.all()]
    steps.append(Step("question", action.axe.seance.tenue_le, action.axe))
    if decision is not None:
        steps += [Step("idee", day(one.dite_le), one) for one in _ideas_of(decision)]
        steps.append(Step("decision", decision.prise_le, decision))
    events = Evenement.objects.filter(action=action) | Evenement.objects.filter(
        engagement__action=action
    )
    events = events.select_related("engagement__organisation").order_by("at", "pk")
    lived = [Step("evenement", day(one.at), one) for one in events if not is_edit(one)]
    return steps + sorted(lived + _results(action), key=lambda step: step.at)


def _results(action: Action) -> list[Step]:
    """What was read of the indicators, as everybody may see it."""
    return [
        Step("resultat", one.row.releve_le, one)
        for indicateur in action.indicateurs.prefetch_related("releves")
        for one in shown(indicateur.releves.all())
    ]


def day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _ideas_of(decision: Decision) -> list[Idee]:
    """Ideas a decision is about and those from which they come."""
    found: dict[int, Idee] = {}
    for idea in decision.idees.all():
        found |= {one.pk: one for one in (*ancestors(idea), idea)}
    return sorted(found.values(), key=lambda one: one.pk)


def current_ideas(seance: Seance) -> list[Idee]:
    """Ideas that no other replaces, axe by axe."""
    rows = Idee.objects.current().filter(axe__seance=seance).select_related("axe")
    return list(
        rows.prefetch_related("filtres", "issue_de", "origines__parent").order_by(
            "axe__ordre", "pk"
        )
    )


@dataclass(frozen=True)
class Actor:
    """An organisation of the directory, and what it said of itself."""

    organisation: str
    college: str
    epci: str
    announced: list[Annonce]


def announced(asked: str, sorte: str) -> list[Actor]:
    """Organisations whose words hold every word asked, whatever accents and case.

    Nothing of a person: an organisation is there once, whoever spoke for it.
    """
    words = slugify(asked).split("-") if asked else []
    found: dict[str, Actor] = {}
    for row in Annonce.objects.select_related("invite"):
        guest = row.invite
        text = slugify(f"{guest.organisation} {guest.epci} {row.quoi} {row.ou}")
        if (sorte and row.sorte != sorte) or not all(word in text for word in words):
            continue
        key = slugify(guest.organisation)
        told = found.setdefault(
            key, Actor(guest.organisation, guest.get_college_display(), guest.epci, [])
        )
        if all((one.sorte, one.quoi) != (row.sorte, row.quoi) for one in told.announced):
            told.announced.append(row)
    return [found[key] for key in sorted(found)]
