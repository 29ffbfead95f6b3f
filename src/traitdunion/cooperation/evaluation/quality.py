"""How well one cooperates, session after session: each figure with its two numbers and what is
not known.

A figure is a share n of d; `unknown` counts the cases not known, which are in neither. Where it
counts people and fewer than eleven, or all but fewer than eleven, it is withheld.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.text import slugify

from traitdunion import french
from traitdunion.disclosure import is_small, may_be_parts, of_share, protect
from traitdunion.french import number

from ..enums import CollegeDeclare
from ..models import Action, Seance
from ..models.guests import GroupePresence
from ..sessions import attendance
from .bilan import OTHERS_SHOWN, cooperation_of


@dataclass(frozen=True)
class Figure:
    """One figure of a session; `d` is 0 where there is nothing to count."""

    label: str
    definition: str
    n: int
    d: int
    unknown: int = 0
    of_people: bool = False

    @property
    def is_secret(self) -> bool:
        """Return whether one of its numbers, or the rest, is of one to ten people."""
        if not self.of_people:
            return False
        # Those of whom nothing is known are the present less the denominator.
        return is_small(self.unknown) or bool(protect(of_share(self.n, self.d)))

    @property
    def words(self) -> str:
        """Write « 3 sur 4 (75 %) ; 1 dont on ne sait rien »."""
        if self.is_secret:
            return "secret (moins de onze personnes)"
        share = "rien à compter"
        if self.d:
            share = f"{self.n} sur {self.d} ({round(100 * self.n / self.d)} %)"
        if not self.unknown:
            return share
        return f"{share} ; {self.unknown} dont on ne sait rien"


@dataclass(frozen=True)
class Quality:
    """The figures of a session, and the days from an idea to the decision about it."""

    seance: Seance
    figures: list[Figure]
    median_days: float | None

    @property
    def days_words(self) -> str:
        if self.median_days is None:
            return "rien à compter"
        days = number(Decimal(str(self.median_days)))
        return f"{days} jour{french.plural(self.median_days)}"


def quality_of(seance: Seance, *, on: date) -> Quality:
    """Return the quality of the cooperation of a session, from its records as of a day."""
    known = cooperation_of(seance, on=on)
    answered, in_time = known.answered, known.held_in_time
    figures = [
        Figure(
            "Idées qui ont une réponse publique",
            "Idées dites sur lesquelles, elles ou ce qu'elles sont devenues, une décision est "
            "prise ; sur toutes les idées dites.",
            answered.n if answered else 0,
            answered.d if answered else 0,
        ),
        _mixed_actions(seance),
        Figure(
            "Engagements tenus à temps",
            "Engagements dits tenus au plus tard à leur jour ; sur ceux qui ont été confirmés et "
            "dont le jour est passé.",
            in_time.n if in_time else 0,
            in_time.d if in_time else 0,
        ),
        *_attendance(seance, on),
    ]
    return Quality(seance, figures, known.median_days)


def _mixed_actions(seance: Seance) -> Figure:
    """Count actions of several colleges; unknown where a body of no known college may add one."""
    college_of = _colleges_by_name(seance)
    n = d = unknown = 0
    of_action = ("pilotes__compte", "partenaires", "engagements__organisation")
    rows = Action.objects.filter(axe__seance=seance, parent=None).prefetch_related(
        *of_action, *(f"sous_actions__{name}" for name in of_action)
    )
    for action in rows:
        colleges = {
            college or college_of.get(slugify(name), "")
            for node in (action, *action.sous_actions.all())
            for name, college in _bodies(node)
        }
        if len(colleges - {""}) >= 2:
            n, d = n + 1, d + 1
        elif "" in colleges:
            unknown += 1
        else:
            d += 1
    return Figure(
        "Actions menées par des collèges différents",
        "Actions où des organisations d'au moins deux collèges pilotent, prennent part ou se sont "
        "engagées, étapes comprises ; sur celles dont on connaît les collèges.",
        n,
        d,
        unknown,
    )


def _bodies(action: Action) -> Iterator[tuple[str, str]]:
    """Yield the name and college of each organisation of an action; the college may be empty."""
    for pilot in action.pilotes.all():
        yield pilot.organisme or pilot.nom, pilot.college
    for partner in action.partenaires.all():
        yield partner.organisme, partner.college
    for pledge in action.engagements.all():
        if pledge.organisation is not None or pledge.confirme_le is not None:
            yield pledge.porteur, ""


def _colleges_by_name(seance: Seance) -> dict[str, str]:
    """Return the college that each organisation declared when it came to the session."""
    return {
        slugify(name): college
        for name, college in seance.invites.values_list("organisation", "college")
    }


def _attendance(seance: Seance, on: date) -> Iterator[Figure]:
    """Yield the figures of who was there: colleges, and people of the small ones."""
    shown = attendance.shown_of(seance, on=on) or {}
    counts = dict(shown.get(GroupePresence.COLLEGE, {}))
    untold = counts.pop(attendance.UNTOLD[GroupePresence.COLLEGE], 0)
    present = sum(counts.values())
    n_colleges = len(CollegeDeclare)
    yield Figure(
        "Collèges présents",
        "Collèges dont quelqu'un est venu ; sur les sept.",
        len(counts),
        # The number of colleges beside that of people bounds each of them.
        n_colleges if may_be_parts(present, len(counts)) else 0,
    )
    few = sum(n for n in counts.values() if n * n_colleges < present)
    yield Figure(
        "Présents des collèges les moins nombreux",
        "Personnes venues d'un collège qui compte moins d'un présent sur sept, sa part si tous "
        "comptaient pareil ; sur les présents dont on connaît le collège.",
        few,
        present,
        untold,
        of_people=True,
    )


def compared(seance: Seance, *, on: date, among: QuerySet[Seance]) -> list[Quality]:
    """Return the latest sessions of its organisation held by a day, the latest first."""
    rows = among.filter(organisation=seance.organisation_id, tenue_le__lte=on)
    return [quality_of(row, on=on) for row in rows[:OTHERS_SHOWN]]
