"""To which solutions a person may be oriented today, and why not to the others."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from traitdunion import french
from traitdunion.catalogue.enums import NatureFermeture, Statut, TypeSolution
from traitdunion.catalogue.models import Solution
from traitdunion.catalogue.search import EMPTY_WORDS, keys_in_all_words, rows_of
from traitdunion.territory.names import fold

from ..enums import StatutOrientation
from ..models import Orientation, Parcours
from .saved_searches import answered_today, question_of
from .snapshots import solutions_of

MAX_PROPOSED = 20
MIN_ACRONYM = 2
TAKEN_ALONE = frozenset({TypeSolution.TC_LIGNE})
"""Kinds that people use without being sent there: a bus line answers no request."""

ENDED = frozenset({StatutOrientation.REFUSEE, StatutOrientation.EXPIREE, StatutOrientation.RETIREE})
"""Requests that gave nothing: another way may be asked for."""


@dataclass(frozen=True)
class Proposals:
    """Solutions that take requests today, and the others with the reason."""

    open: list[Solution]
    refused: list[tuple[Solution, str]]


def why_not(solution: Solution, on: date) -> str:
    """Return why a solution takes no request on a day, empty where it does."""
    if solution.statut in (Statut.SUSPENDU, Statut.ARCHIVE):
        return f"Cette solution n'est plus proposée ({solution.get_statut_display().lower()})."
    if solution.valide_au is not None and solution.valide_au < on:
        return f"Cette solution a pris fin le {french.day(solution.valide_au)}."
    if solution.valide_du is not None and solution.valide_du > on:
        return f"Cette solution commence le {french.day(solution.valide_du)}."
    for row in solution.fermetures.all():
        if row.du <= on and (row.au is None or on <= row.au):
            until = f" jusqu'au {french.day(row.au)}" if row.au else ""
            is_suspended = row.nature == NatureFermeture.SUSPENSION
            what = "Ne prend plus de nouvelles demandes" if is_suspended else "Fermée"
            return f"{what}{until}{f' : {row.motif}' if row.motif else ''}."
    return ""


def proposed_for(parcours: Parcours, text: str, *, on: date) -> Proposals:
    """Return the solutions that are searched, else those of the latest answer and the platforms.

    Lines come last: they take no requests. A mobility platform is always proposed.
    """
    if text.strip():
        keys = keys_in_all_words(text, on=on) or _named_by_acronym(text, on)
        rows = rows_of(keys[:MAX_PROPOSED])
    else:
        rows = _answered(parcours)
        platforms = Solution.objects.published().filter(type_solution=TypeSolution.PLATEFORME)
        known = {row.pk for row in rows}
        others = platforms.exclude(pk__in=known).select_related("structure").order_by("nom")
        rows += others[:MAX_PROPOSED]
    rows = sorted(rows, key=lambda row: row.type_solution in TAKEN_ALONE)[:MAX_PROPOSED]
    reasons = [(row, why_not(row, on)) for row in rows]
    return Proposals(
        [row for row, why in reasons if not why], [(row, why) for row, why in reasons if why]
    )


def next_way(orientation: Orientation, *, now: datetime) -> Solution | None:
    """Return the first solution to ask after one that gave nothing; None where none is left.

    The question of the latest answer is asked again of the network and the catalogue of today; what
    was already asked for this person, and what takes no request, are passed over.
    """
    parcours = orientation.parcours
    kept = parcours.answers.first()
    answer = answered_today(question_of(kept), now) if kept else None
    if answer is not None:
        keys = [key for option in answer.options for key in option.solutions]
        keys += [help_.key for help_ in answer.helps]
    else:
        keys = solutions_of(kept.document) if kept else []
    asked = set(parcours.orientations.values_list("solution", flat=True))
    known = Solution.objects.published().select_related("structure").in_bulk(keys)
    rows = [known[key] for key in dict.fromkeys(keys) if key in known and key not in asked]
    on = timezone.localdate(now)
    sent_to = [row for row in rows if row.type_solution not in TAKEN_ALONE]
    return next((row for row in sent_to if not why_not(row, on)), None)


def ended_request(parcours: Parcours, typed: str) -> Orientation | None:
    """Return the request of a person that gave nothing, by its key as an address gives it."""
    try:
        key = UUID(typed)
    except ValueError:
        return None
    return parcours.orientations.filter(pk=key, statut__in=ENDED).first()


def _answered(parcours: Parcours) -> list[Solution]:
    """Return the solutions of the latest answer kept, those withdrawn since included."""
    kept = parcours.answers.first()
    keys = solutions_of(kept.document) if kept else []
    known = Solution.objects.exclude(statut=Statut.BROUILLON).select_related("structure")
    rows = known.in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _named_by_acronym(text: str, on: date) -> list[str]:
    """Return the keys of the solutions whose name, or whose structure's, has these initials."""
    wanted = fold(text).replace(" ", "")
    if len(wanted) < MIN_ACRONYM:
        return []
    names = Solution.objects.published().valid(on).values_list("pk", "nom", "structure__nom")
    return [key for key, *both in names if any(_initials(name).startswith(wanted) for name in both)]


def _initials(name: str) -> str:
    return "".join(word[0] for word in fold(name).split() if word not in EMPTY_WORDS)
