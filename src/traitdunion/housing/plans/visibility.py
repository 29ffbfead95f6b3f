"""What each partner sees of a plan besides its own step: one table, tested cell by cell.

An employer never sees that a household is known to the SIAO, where it will live, its size, nor its
referent, whose name may reveal a housing body; no
partner sees the steps of another, nor the reference of the plan, by which two could be joined.
Income is in no column: a plan has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from traitdunion.french import day

from ..enums import Volet
from ..models import Etape, Plan


class Cell(StrEnum):
    """A piece of a plan that a partner may see."""

    REFERENCE_SIAO = "reference_siao"
    PERSONNES = "personnes"
    COMMUNES = "communes"
    LIEU_TRAVAIL = "lieu_travail"
    HORAIRES = "horaires"
    LOGEE_LE = "logee_le"
    EN_EMPLOI_LE = "en_emploi_le"
    REFERENT = "referent"

    @property
    def label(self) -> str:
        return {
            Cell.REFERENCE_SIAO: "Référence du SIAO",
            Cell.PERSONNES: "Personnes",
            Cell.COMMUNES: "Communes",
            Cell.LIEU_TRAVAIL: "Lieu de travail",
            Cell.HORAIRES: "Jours et heures",
            Cell.LOGEE_LE: "Logée le",
            Cell.EN_EMPLOI_LE: "En emploi le",
            Cell.REFERENT: "Référent",
        }[self]


SEEN: Mapping[Volet, frozenset[Cell]] = {
    Volet.SIAO: frozenset(
        {Cell.REFERENCE_SIAO, Cell.PERSONNES, Cell.COMMUNES, Cell.LOGEE_LE, Cell.REFERENT}
    ),
    Volet.LOGEMENT: frozenset({Cell.PERSONNES, Cell.COMMUNES, Cell.LOGEE_LE, Cell.REFERENT}),
    Volet.ACTION_LOGEMENT: frozenset(
        {Cell.PERSONNES, Cell.COMMUNES, Cell.LOGEE_LE, Cell.EN_EMPLOI_LE, Cell.REFERENT}
    ),
    Volet.EMPLOI: frozenset({Cell.LIEU_TRAVAIL, Cell.HORAIRES, Cell.EN_EMPLOI_LE}),
    Volet.MOBILITE: frozenset({Cell.COMMUNES, Cell.LIEU_TRAVAIL, Cell.HORAIRES, Cell.REFERENT}),
}


@dataclass(frozen=True, slots=True)
class SeenStep:
    """A step as its partner sees it: never the plan nor its row, only these words."""

    pk: int
    reference: str
    volet: str
    quoi: str
    pour_le: str
    faite_le: str
    cells: tuple[tuple[str, str], ...]


def seen(step: Etape) -> SeenStep:
    """Return what a partner sees of a step."""
    allowed = SEEN[Volet(step.volet)]
    values = cells_of(step.plan)
    return SeenStep(
        pk=step.pk,
        reference=step.reference,
        volet=step.get_volet_display(),
        quoi=step.quoi,
        pour_le=day(step.pour_le),
        faite_le=day(step.faite_le) if step.faite_le else "",
        cells=tuple((cell.label, values[cell]) for cell in Cell if cell in allowed),
    )


def cells_of(plan: Plan) -> dict[Cell, str]:
    """Return every cell of a plan in words, for the referent."""
    unknown = "non renseigné"
    return {
        Cell.REFERENCE_SIAO: plan.reference_siao or unknown,
        Cell.PERSONNES: unknown if plan.personnes is None else str(plan.personnes),
        Cell.COMMUNES: ", ".join(commune.nom for commune in plan.communes.all()) or unknown,
        Cell.LIEU_TRAVAIL: plan.lieu_travail.nom if plan.lieu_travail else unknown,
        Cell.HORAIRES: plan.horaires or unknown,
        Cell.LOGEE_LE: day(plan.logee_le) if plan.logee_le else "pas encore",
        Cell.EN_EMPLOI_LE: day(plan.en_emploi_le) if plan.en_emploi_le else "pas encore",
        Cell.REFERENT: str(plan.referent),
    }


def table_in_markdown() -> str:
    """Return the table as the impact assessment shows it."""
    lines = ["| Partenaire | " + " | ".join(cell.label for cell in Cell) + " |"]
    lines.append("|---" * (len(Cell) + 1) + "|")
    for volet in Volet:
        marks = ["oui" if cell in SEEN[volet] else "–" for cell in Cell]
        lines.append(f"| {volet.label} | " + " | ".join(marks) + " |")
    return "\n".join(lines)
