"""Whether a solution can be had now: closures, suspensions, what is left, who waits."""

from collections.abc import Iterator
from datetime import date, timedelta

from traitdunion import french
from traitdunion.catalogue.waiting_times import delay_of, waiting_of
from traitdunion.reach.calendar_days import monday_of

from ..answer import Filtre, Finding, Verdict
from ..offers import Offer
from ..situation import Job, Situation

SUSPENSION = "suspension"


def delay_days(offer: Offer, on: date) -> int | None:
    """Return how long one waits before the first use: as measured, else as the entry declares."""
    return delay_of(offer.attentes, declared=offer.delai_jours, on=on)


def findings_of(offer: Offer, situation: Situation) -> list[Finding]:
    """Return all that closes it, or makes one wait."""
    return [*closures(offer, situation), *not_now(offer, situation.now.date())]


def not_now(offer: Offer, on: date) -> list[Finding]:
    """Return what closes it, or makes one wait, on the day one asks."""
    return [*_suspensions(offer, on), *_nothing_left(offer, on)]


def _suspensions(offer: Offer, on: date) -> Iterator[Finding]:
    """Yield a suspension of requests on the day one asks."""
    for row in offer.fermetures:
        if row.nature == SUSPENSION and _holds(row.du, row.au, on):
            why = f" : {row.motif}" if row.motif else ""
            until = f" jusqu'au {french.day(row.au)}" if row.au else ""
            text = f"Ne prend plus de nouvelles demandes{until}{why}."
            yield Finding(Verdict.NON, text, Filtre.CAPACITE)


def closures(offer: Offer, job: Job) -> Iterator[Finding]:
    """Yield a closure on days of the shift."""
    monday = monday_of(job.week)
    days = [monday + timedelta(day) for day in sorted(job.shift.days)]
    for row in offer.fermetures:
        if row.nature == SUSPENSION:
            continue
        why = f" : {row.motif}" if row.motif else ""
        shut = [day for day in days if _holds(row.du, row.au, day)]
        if not shut:
            continue
        if row.au:
            when = f"Fermé du {french.day(row.du)} au {french.day(row.au)}"
        else:
            when = f"Fermé depuis le {french.day(row.du)}"
        verdict = Verdict.NON if len(shut) == len(days) else Verdict.SOUS_CONDITION
        yield Finding(verdict, f"{when}{why}.", Filtre.CAPACITE)


def _holds(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _nothing_left(offer: Offer, on: date) -> Iterator[Finding]:
    if offer.capacite_disponibles != 0:
        return
    counted = offer.capacite_maj_le
    at = f" au {french.day(counted)}" if counted else ""
    text = f"Rien de disponible{at}{_line(offer, on)} : demander le délai."
    yield Finding(Verdict.A_VERIFIER, text, Filtre.CAPACITE)


def _line(offer: Offer, on: date) -> str:
    """Return who waits, and how long those who were served did, where one knows."""
    waiting = waiting_of(offer.attentes, declared=offer.attente_personnes, on=on)
    parts = []
    if waiting.people:
        parts.append(f"{waiting.people} personne{french.plural(waiting.people)} en attente")
    if waiting.delay_days is not None:
        days = round(waiting.delay_days)
        parts.append(f"{days} jour{french.plural(days)} d'attente pour la moitié des gens")
    return "".join(f", {part}" for part in parts)


def loan_text(offer: Offer) -> str:
    """Return that a loan is to be asked for, and how many are left."""
    left = offer.capacite_disponibles
    if not left:
        return "Prêt à demander, selon le matériel disponible."
    counted = offer.capacite_maj_le
    at = f" au {french.day(counted)}" if counted else ""
    return f"Prêt à demander : {left} disponible{french.plural(left)}{at}."
