"""Whether a solution can be had now: closures, suspensions, what is left, who waits."""

from collections.abc import Iterator
from datetime import date, timedelta

from . import wording
from .answer import Filtre, Finding, Verdict
from .offers import Offer
from .situation import Situation

SUSPENSION = "suspension"


def findings_of(offer: Offer, situation: Situation) -> list[Finding]:
    """All that closes it, or keeps one waiting."""
    return [*_closures(offer, situation), *_nothing_left(offer, situation.now.date())]


def _closures(offer: Offer, situation: Situation) -> Iterator[Finding]:
    """A closure on days of the shift; a suspension of requests on the day one asks."""
    rows = getattr(offer, "fermetures", None)
    if rows is None:
        return
    monday = situation.week - timedelta(situation.week.weekday())
    days = [monday + timedelta(day) for day in sorted(situation.shift.days)]
    for row in rows.all():
        why = f" : {row.motif}" if row.motif else ""
        if row.nature == SUSPENSION:
            if _holds(row.du, row.au, situation.now.date()):
                until = f" jusqu'au {wording.on_date(row.au)}" if row.au else ""
                text = f"Ne prend plus de nouvelles demandes{until}{why}."
                yield Finding(Verdict.NON, text, Filtre.CAPACITE)
            continue
        shut = [day for day in days if _holds(row.du, row.au, day)]
        if not shut:
            continue
        if row.au:
            when = f"Fermé du {wording.on_date(row.du)} au {wording.on_date(row.au)}"
        else:
            when = f"Fermé depuis le {wording.on_date(row.du)}"
        verdict = Verdict.NON if len(shut) == len(days) else Verdict.SOUS_CONDITION
        yield Finding(verdict, f"{when}{why}.", Filtre.CAPACITE)


def _holds(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def left_over(offer: Offer) -> int | None:
    """How many are left, as the catalogue last counted; None where it does not say."""
    left = getattr(offer, "capacite_disponibles", None)
    return None if left is None else int(left)


def _nothing_left(offer: Offer, on: date) -> Iterator[Finding]:
    if left_over(offer) != 0:
        return
    counted = getattr(offer, "capacite_maj_le", None)
    at = f" au {wording.on_date(counted)}" if counted else ""
    text = f"Rien de disponible{at}{_line(offer, on)} : demander le délai."
    yield Finding(Verdict.A_VERIFIER, text, Filtre.CAPACITE)


def _line(offer: Offer, on: date) -> str:
    """Who waits, and how long those who were served did, where one knows."""
    from traitdunion.catalogue.waits import waiting_of

    rows = getattr(offer, "attentes", None)
    declared = getattr(offer, "attente_personnes", None)
    found = waiting_of(rows.all() if rows is not None else (), declared=declared, on=on)
    parts = []
    if found.people:
        parts.append(f"{found.people} personne{'s' if found.people > 1 else ''} en attente")
    if found.delay_days is not None:
        days = round(found.delay_days)
        parts.append(f"{days} jour{'s' if days > 1 else ''} d'attente pour la moitié des gens")
    return "".join(f", {part}" for part in parts)


def loan_text(offer: Offer) -> str:
    """That a loan is to be asked for, and how many are left."""
    left = left_over(offer)
    if not left:
        return "Prêt à demander, selon le matériel disponible."
    counted = getattr(offer, "capacite_maj_le", None)
    at = f" au {wording.on_date(counted)}" if counted else ""
    return f"Prêt à demander : {left} disponible{'s' if left > 1 else ''}{at}."
