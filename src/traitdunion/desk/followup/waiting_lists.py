"""The waiting lists of structures: who joins and leaves, and what the catalogue measures of it.

The catalogue keeps two dates for each, without the people (`Attente`): the delays it shows are
those of the people who were served.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from traitdunion.catalogue.models import Attente

from ..models import Orientation

ASKED_EVERY = timedelta(days=30)
"""Time after which a structure is asked again where its list stands, if it said no day."""


def join(orientation: Orientation, now: datetime) -> None:
    """Begin to count the wait for the solution, unless it is counted already."""
    if orientation.attente_id is not None or orientation.solution_id is None:
        return
    day = timezone.localdate(now)
    orientation.attente = Attente.objects.create(
        solution_id=orientation.solution_id, inscrit_le=day
    )
    orientation.save(update_fields=["attente"])


def leave(orientation: Orientation, now: datetime, *, served: bool) -> None:
    """End the wait: the place came, or not; a wait that the catalogue ended stays as it is."""
    rows = Attente.objects.filter(pk=orientation.attente_id, servi_le=None, parti_le=None)
    day = timezone.localdate(now)
    rows.update(**{"servi_le" if served else "parti_le": day})


def due(*, now: datetime) -> list[Orientation]:
    """Return the orientations whose structure is due to be asked where its list stands."""
    rows = Orientation.objects.on_waiting_list().filter(parcours__anonymised_at=None)
    rows = rows.exclude(sent_to="").prefetch_related("links").select_related("parcours")
    return [row for row in rows if is_due(row, now)]


def is_due(orientation: Orientation, now: datetime) -> bool:
    """Return whether the structure was not asked since the day it gave, or for a month."""
    sent = [link.created_at for link in orientation.links.all()]
    asked = max(filter(None, [orientation.listed_at, *sent]))
    awaited = orientation.expected_on
    today = timezone.localdate(now)
    if awaited is not None and timezone.localdate(asked) < awaited <= today:
        return True
    return asked <= now - ASKED_EVERY
