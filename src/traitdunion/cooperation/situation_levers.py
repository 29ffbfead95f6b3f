"""The levers of a situation of a session: what each actor could change, looked for when asked."""

from datetime import datetime, time

from django.conf import settings
from django.utils import timezone

from traitdunion import reach
from traitdunion.levers.cards import Card, cards_of
from traitdunion.levers.queries import levers_of
from traitdunion.matching.margins import asked_margins
from traitdunion.matching.places import Place
from traitdunion.matching.situation import Permis, Vehicule, coming_monday
from traitdunion.matching.situation import Situation as Question
from traitdunion.networks.versions import Network, NetworkImportError, current_network
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.models import Commune

from .models import Situation

DAY_S = 86_400
MOST = 6
"""Cards of a situation: one an actor, for a room where each of them sits."""


def levers_shown(situation: Situation, *, now: datetime) -> list[Card] | None:
    """Return the cards of a situation, one an actor; none where the job is held already.

    None where no network is in service, or a commune is no longer known. The person has no licence
    and no vehicle that is known.
    """
    try:
        network = current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, NetworkImportError):
        return None
    question = question_of(situation, network, now=now)
    if question is None:
        return None
    return cards_of(levers_of(question, network), situation.travail, most=MOST)


def question_of(situation: Situation, network: Network, *, now: datetime) -> Question | None:
    """Return the question that a situation asks of the engine, Monday to Friday."""
    communes = Commune.objects.in_bulk([situation.domicile, situation.travail])
    if situation.debut is None or situation.fin is None or len(communes) < 1:
        return None
    home, work = communes.get(situation.domicile), communes.get(situation.travail)
    if home is None or work is None:
        return None
    start_s, end_s = _seconds(situation.debut), _seconds(situation.fin)
    margins = asked_margins()
    first, last = network.timetable.start, network.timetable.end
    week = min(max(coming_monday(timezone.localdate(now)), first), last)
    return Question(
        home=Place(home.nom, home.lat, home.lon, home.code_insee),
        work=Place(work.nom, work.lat, work.lon, work.code_insee),
        shift=reach.Shift(
            start_s, end_s if end_s > start_s else end_s + DAY_S,
            margin_before_s=60 * margins.before_min, margin_after_s=60 * margins.after_min,
        ),
        week=monday_of(week), permis=Permis.INCONNU, vehicule=Vehicule.AUCUN,
        now=now, margins=margins.on_the_way,
    )  # fmt: skip


def _seconds(at: time) -> int:
    return 3600 * at.hour + 60 * at.minute
