"""Intentions de mise en relation (iMER), the unit by which the national inclusion platform counts.

One row each time a person is put in touch with a service, in les-emplois' four kinds reduced to the
three that exist here (`service_orientation`, `service_ext_link`, `service_contact`), with its
outcome. Nothing identifies the person: neither their file nor where they live or work. What leaves
the site is `released`: finished months only, and no row that fewer than eleven people share.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.models import Solution
from traitdunion.disclosure import blank_rare, coarsened
from traitdunion.sources.bounded import csv_text

from ..models import KeptAnswer, Orientation, RendezVous
from .snapshots import solutions_of

SCHEMA = "traitdunion-imer/1"
ORIENTATION, EXT_LINK, CONTACT = "service_orientation", "service_ext_link", "service_contact"


@dataclass(frozen=True)
class Imer:
    """One row, in the order of `COLUMNS`; None where a field is unknown or does not apply."""

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
    parcours: Hashable | None = field(default=None, compare=False, repr=False)
    """The file it is of: what counts people, never exported."""


COLUMNS = {
    "nature": f"« {ORIENTATION} » : orientation vers une structure ; « {EXT_LINK} » : lien vers "
    f"l'outil de rendez-vous ; « {CONTACT} » : coordonnées gardées avec la réponse remise.",
    "jour": "Premier jour du mois de la mise en relation (AAAA-MM-JJ) ; mois terminés seulement.",
    "organisation": "Identifiant de l'organisation qui met en relation.",
    "solution_id": "Clé de la solution au catalogue ; vide si moins de onze personnes du mois.",
    "solution_type": "Type de la solution (liste du catalogue) ; vide si moins de onze personnes.",
    "structure_id": "Clé de la structure ; vide avec la solution.",
    "statut": "Statut de l'orientation ou du rendez-vous, au jour de l'export ; vide, comme les "
    "colonnes suivantes, là où moins de onze personnes auraient la même valeur.",
    "motif": "Motif du refus (onze de DORA, cinq de mobilité).",
    "reponse_jours": "Jours entre l'envoi et la première réponse de la structure.",
    "attente_jours": "Jours passés sur la liste d'attente avant qu'une place se libère.",
    "commencee": "La solution a commencé.",
    "servi_1_mois": "Encore servie un mois après : oui, non, sans_nouvelles.",
    "servi_3_mois": "Encore servie trois mois après.",
    "servi_6_mois": "Encore servie six mois après.",
    "emploi_3_mois": "En emploi trois mois après le début.",
    "demonstration": "Organisation de démonstration : à ne pas compter.",
}
"""What each column holds, in the order of the columns."""


OUTCOMES = (
    "statut", "motif", "commencee", "servi_1_mois", "servi_3_mois", "servi_6_mois", "emploi_3_mois",
)  # fmt: skip
"""Columns blanked where they are rare, each within those before it."""


def events_of(organisation: Organisation) -> list[Imer]:
    """Return every row of an organisation, the oldest first."""
    events = [
        *_orientations(organisation),
        *_appointments(organisation),
        *_contacts(organisation),
    ]
    return sorted(events, key=_order)


def released(events: Sequence[Imer], *, on: date) -> list[Imer]:
    """Return what may leave the site: rows of finished months, made coarser until none is rare.

    The solution goes first, then its type; a row still shared by fewer than eleven people in its
    month is left out. Outcomes are blanked where too few share them.
    """
    this_month = on.replace(day=1)
    rows = coarsened(
        [event for event in events if event.jour < this_month],
        (_by_month, _without_solution, _without_type),
        key=_what,
        who=_person,
    )
    groups: dict[object, list[Imer]] = {}
    for row in rows:
        groups.setdefault(_what(row), []).append(row)
    kept = [row for group in groups.values() for row in blank_rare(group, OUTCOMES, _person)]
    return sorted(map(_rounded, kept), key=_order)


def _what(event: Imer) -> object:
    return (event.jour, event.nature, event.solution_id, event.solution_type, event.structure_id)


def _person(event: Imer) -> object:
    """Return whose row it is: that of a file, else of a person like no other."""
    return event.parcours if event.parcours is not None else id(event)


def _by_month(event: Imer) -> Imer:
    return replace(event, jour=event.jour.replace(day=1))


def _without_solution(event: Imer) -> Imer:
    return replace(_by_month(event), solution_id=None, structure_id=None)


def _without_type(event: Imer) -> Imer:
    return replace(_without_solution(event), solution_type=None)


def _rounded(event: Imer) -> Imer:
    """Return a row with its delays in whole days, none where its outcome is blanked."""
    if event.statut is None:
        return replace(event, reponse_jours=None, attente_jours=None)
    return replace(
        event,
        reponse_jours=_whole_days(event.reponse_jours),
        attente_jours=_whole_days(event.attente_jours),
    )


def _whole_days(days: float | None) -> float | None:
    return None if days is None else float(round(days))


def _order(event: Imer) -> tuple[object, ...]:
    return (event.jour, event.nature, event.solution_id or "")


def _orientations(organisation: Organisation) -> Iterator[Imer]:
    rows = Orientation.objects.filter(parcours__organisation=organisation)
    rows = rows.select_related("solution", "structure").prefetch_related("checkpoints")
    for row in rows:
        points = {point.month: point for point in row.checkpoints.all()}
        yield Imer(
            nature=ORIENTATION,
            jour=_local_day(row.created_at),
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
            parcours=row.parcours_id,
        )


def _appointments(organisation: Organisation) -> Iterator[Imer]:
    for row in RendezVous.objects.filter(parcours__organisation=organisation):
        yield Imer(
            nature=EXT_LINK,
            jour=_local_day(row.asked_at),
            organisation=organisation.pk,
            statut=row.statut,
            demonstration=organisation.demonstration,
            parcours=row.parcours_id,
        )


def _contacts(organisation: Organisation) -> Iterator[Imer]:
    kept = list(KeptAnswer.objects.filter(parcours__organisation=organisation))
    keys = {key for answer in kept for key in solutions_of(answer.document)}
    known = Solution.objects.in_bulk(list(keys))
    for answer in kept:
        for key in solutions_of(answer.document):
            if (solution := known.get(key)) is not None:
                yield Imer(
                    nature=CONTACT,
                    jour=_local_day(answer.kept_at),
                    organisation=organisation.pk,
                    solution_id=key,
                    solution_type=solution.type_solution,
                    structure_id=solution.structure_id,
                    demonstration=organisation.demonstration,
                    parcours=answer.parcours_id,
                )


def _served(points: dict[int, Any], month: int) -> str | None:
    return points[month].servi or None if month in points else None


def _local_day(when: datetime) -> date:
    return timezone.localdate(when)


def _days(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return round((until - since).total_seconds() / 86_400, 1)


def as_json(events: list[Imer], *, at: datetime) -> dict[str, Any]:
    """Return the rows as a document, dates in ISO 8601."""
    rows = [_exported(event) | {"jour": event.jour.isoformat()} for event in events]
    return {"schema": SCHEMA, "exporte_le": at.isoformat(), "evenements": rows}


def as_csv(events: list[Imer]) -> str:
    """Return the rows as a table: columns of `COLUMNS`, "oui" or "non" for booleans."""
    rows = ([_cell(value) for value in _exported(event).values()] for event in events)
    return csv_text(list(COLUMNS), rows, separator=",")


def _exported(event: Imer) -> dict[str, Any]:
    return {name: getattr(event, name) for name in COLUMNS}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)
