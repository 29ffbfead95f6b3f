"""What an organisation sees of its catalogue at a glance, and what waits for someone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from traitdunion.accounts.models import Organisation, User

from ..enums import EtatProposition, Fraicheur, Statut
from ..models import LienVerifie, Proposition, Signalement, Solution


@dataclass(frozen=True)
class Row:
    """An entry and how it stands."""

    solution: Solution
    fraicheur: Fraicheur
    reports: int
    broken: int


@dataclass(frozen=True)
class Board:
    """Entries of an organisation, and what is to be done."""

    rows: Sequence[Row]
    drafts: Sequence[Proposition]
    suggestions: Sequence[Proposition]
    answered: Sequence[Proposition]
    reports: Sequence[Signalement]
    broken: Sequence[LienVerifie]

    @property
    def stale(self) -> list[Row]:
        """Return the published entries that are due, or whose date of check is unknown."""
        due = (Fraicheur.A_REVERIFIER, Fraicheur.PERIME, Fraicheur.INCONNUE)
        return [
            row
            for row in self.rows
            if row.fraicheur in due and row.solution.statut == Statut.PUBLIE
        ]


def board_of(organisation: Organisation, person: User, *, on: date) -> Board:
    """Return the board of an organisation, for one of its members."""
    solutions = Solution.objects.kept_by(organisation).select_related("structure")
    reports = list(
        Signalement.objects.open().filter(solution__in=solutions).select_related("solution")
    )
    broken = list(
        LienVerifie.objects.filter(solution__in=solutions, works=False).select_related("solution")
    )
    rows = [
        Row(
            solution,
            solution.freshness(on),
            sum(1 for report in reports if report.solution_id == solution.pk),
            sum(1 for link in broken if link.solution_id == solution.pk),
        )
        for solution in solutions
    ]
    theirs = Proposition.objects.filter(organisation=organisation, author=person)
    closed = [EtatProposition.ACCEPTEE, EtatProposition.REFUSEE]
    return Board(
        rows=rows,
        drafts=list(theirs.filter(etat=EtatProposition.BROUILLON).select_related("solution")),
        suggestions=list(
            Proposition.objects.pending()
            .filter(organisation=organisation)
            .select_related("author", "solution")
        ),
        answered=list(theirs.filter(etat__in=closed).select_related("solution")[:10]),
        reports=reports,
        broken=broken,
    )


def entries_due(organisation: Organisation, *, on: date) -> list[Solution]:
    """Return published entries whose check is due on a day, those never checked first."""
    rows = Solution.objects.published().kept_by(organisation).select_related("structure")
    due = [row for row in rows if row.freshness(on) != Fraicheur.A_JOUR]
    return sorted(due, key=lambda solution: (solution.verifie_le or date.min, solution.nom))
