"""Intentions de mise en relation (iMER), the unit by which the national inclusion platform counts.

One row each time a person is put in touch with a service, in les-emplois' four kinds reduced to the
three that exist here (`service_orientation`, `service_ext_link`, `service_contact`), with what came
of it. Nothing of the person: neither their file nor where they live or work; a file that was
anonymised keeps its orientations, moved to the first of their month.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.models import Solution

from ..models import KeptAnswer, Orientation, RendezVous
from .snapshots import solutions_of

SCHEMA = "traitdunion-imer/1"
ORIENTATION, EXT_LINK, CONTACT = "service_orientation", "service_ext_link", "service_contact"


@dataclass(frozen=True)
class Imer:
    """One row; a field that is not known, or does not apply, is None. Its columns: `COLUMNS`."""

    nature: str
    jour: date
    organisation: str
    solution_id: str | None = None
    solution_type: str | None = None
    structure_id: str | None = None
    statut: str | None = None
    motif: str | None = None
    reponse_jours: float | None = None
    attente_jours: float | None = None
    commencee: bool | None = None
    servi_1_mois: str | None = None
    servi_3_mois: str | None = None
    servi_6_mois: str | None = None
    emploi_3_mois: bool | None = None
    demonstration: bool = False


COLUMNS = {
    "nature": f"« {ORIENTATION} » : orientation vers une structure ; « {EXT_LINK} » : lien vers "
    f"l'outil de rendez-vous ; « {CONTACT} » : coordonnées gardées avec la réponse remise.",
    "jour": "Jour de la mise en relation (AAAA-MM-JJ) ; le premier du mois pour un parcours "
    "anonymisé.",
    "organisation": "Identifiant de l'organisation qui met en relation.",
    "solution_id": "Clé de la solution au catalogue.",
    "solution_type": "Type de la solution (liste du catalogue).",
    "structure_id": "Clé de la structure.",
    "statut": "Statut de l'orientation ou du rendez-vous, au jour de l'export.",
    "motif": "Motif du refus (onze de DORA, cinq de mobilité).",
    "reponse_jours": "Jours entre l'envoi et la première réponse de la structure, au dixième.",
    "attente_jours": "Jours passés sur la liste d'attente avant que la place vienne, au dixième.",
    "commencee": "La solution a commencé.",
    "servi_1_mois": "Encore servie un mois après : oui, non, sans_nouvelles.",
    "servi_3_mois": "Encore servie trois mois après.",
    "servi_6_mois": "Encore servie six mois après.",
    "emploi_3_mois": "En emploi trois mois après le début.",
    "demonstration": "Organisation de démonstration : à ne pas compter.",
}
"""What each column holds, in the order of the columns."""


def events_of(organisation: Organisation) -> list[Imer]:
    """Every row of an organisation, the oldest first."""
    found = [
        *_orientations(organisation),
        *_appointments(organisation),
        *_contacts(organisation),
    ]
    return sorted(found, key=lambda one: (one.jour, one.nature, one.solution_id or ""))


def _orientations(organisation: Organisation) -> Iterator[Imer]:
    rows = Orientation.objects.filter(parcours__organisation=organisation)
    rows = rows.select_related("solution", "structure").prefetch_related("checkpoints")
    for row in rows:
        points = {point.month: point for point in row.checkpoints.all()}
        yield Imer(
            nature=ORIENTATION,
            jour=_day(row.created_at),
            organisation=organisation.pk,
            solution_id=row.solution_id,
            solution_type=row.solution.type_solution if row.solution else None,
            structure_id=row.structure_id,
            statut=row.statut,
            motif=row.motif or None,
            reponse_jours=_days(row.sent_at, row.listed_at or row.answered_at),
            attente_jours=_days(row.listed_at, row.answered_at),
            commencee=row.started_on is not None,
            servi_1_mois=_served(points, 1),
            servi_3_mois=_served(points, 3),
            servi_6_mois=_served(points, 6),
            emploi_3_mois=points[3].en_emploi if 3 in points else None,
            demonstration=organisation.demonstration,
        )


def _appointments(organisation: Organisation) -> Iterator[Imer]:
    for row in RendezVous.objects.filter(parcours__organisation=organisation):
        yield Imer(
            nature=EXT_LINK,
            jour=_day(row.asked_at),
            organisation=organisation.pk,
            statut=row.statut,
            demonstration=organisation.demonstration,
        )


def _contacts(organisation: Organisation) -> Iterator[Imer]:
    kept = list(KeptAnswer.objects.filter(parcours__organisation=organisation))
    named = {key for one in kept for key in solutions_of(one.document)}
    known = Solution.objects.in_bulk(list(named))
    for one in kept:
        for key in solutions_of(one.document):
            if (solution := known.get(key)) is not None:
                yield Imer(
                    nature=CONTACT,
                    jour=_day(one.kept_at),
                    organisation=organisation.pk,
                    solution_id=key,
                    solution_type=solution.type_solution,
                    structure_id=solution.structure_id,
                    demonstration=organisation.demonstration,
                )


def _served(points: dict[int, Any], month: int) -> str | None:
    return points[month].servi or None if month in points else None


def _day(when: datetime) -> date:
    return timezone.localdate(when)


def _days(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return round((until - since).total_seconds() / 86_400, 1)


def as_json(events: list[Imer], *, at: datetime) -> dict[str, Any]:
    """The rows as a document, dates in ISO 8601."""
    rows = [asdict(one) | {"jour": one.jour.isoformat()} for one in events]
    return {"schema": SCHEMA, "exporte_le": at.isoformat(), "evenements": rows}


def as_csv(events: list[Imer]) -> str:
    """The rows as a table: columns of `COLUMNS`, "oui" or "non" for what is true or not."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([field.name for field in fields(Imer)])
    for one in events:
        table.writerow([_cell(value) for value in asdict(one).values()])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


def columns_in_markdown() -> str:
    """The columns, as the documentation shows them."""
    lines = ["| colonne | contenu |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {told} |" for name, told in COLUMNS.items())])
