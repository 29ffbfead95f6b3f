"""Writes of the desk."""

import hashlib
import logging
import secrets
from dataclasses import replace
from datetime import UTC, datetime

from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from traitdunion import reach
from traitdunion.matching.answer import Answer
from traitdunion.matching.situation import Place
from traitdunion.matching.what_if import outcome_of
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.queries import UnknownCommune, commune_at

from .enums import Horaire
from .models import Search

MIN_INHABITANTS = 2_000
"""A commune smaller than this is kept as its EPCI: a profile there could be somebody."""

SAME_QUESTION_S = 600
"""The same question asked again within this time is one question (a page read again)."""

logger = logging.getLogger(__name__)

HOUR_S, DAY_S = 3600, 86_400
WEEK_END = frozenset({5, 6})


def keep_search(answer: Answer, *, now: datetime) -> Search | None:
    """Keep a search without identity: what was asked for, coarsely, and what came of it.

    The same question within ten minutes is kept once: None is returned then, as where the base
    refuses to write: a statistic never costs an answer. Neither the author nor the day and hour
    are kept.
    """
    asked, outcome = answer.situation, outcome_of(answer)
    search = Search(
        week=monday_of(timezone.localdate(now)),
        home_area=area_of(asked.home),
        work_area=area_of(asked.work),
        horaire=horaire_of(asked.shift),
        n_days=len(asked.shift.days),
        permis=asked.permis,
        vehicule=asked.vehicule,
        n_sure=outcome.sure,
        n_to_check=outcome.to_check,
        filtre=answer.last_filtre or "",
        demonstration=answer.network_is_demonstration,
    )
    plain = replace(asked, now=datetime.fromtimestamp(0, UTC), facts={}, skipped=frozenset())
    question = repr(plain)
    key = f"search:{hashlib.sha256(question.encode()).hexdigest()}"
    if not caches["memory"].add(key, True, SAME_QUESTION_S):
        return None
    try:
        with transaction.atomic():
            search.save(force_insert=True)
            forget_order(search)
    except DatabaseError:
        logger.exception("Recherche non gardée pour l'observatoire")
        return None
    return search


def forget_order(row: Model) -> None:
    """Move a row to a random place: SQLite numbers rows in the order in which they came."""
    if connection.vendor != "sqlite":
        return
    table, place = row._meta.db_table, secrets.randbits(62)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET rowid = %s WHERE id = %s",  # noqa: S608 - the name of a model
            [place, row.pk.hex],
        )


def area_of(place: Place) -> str:
    """Return the code of the area kept for a place: a large commune, else its EPCI.

    A commune without EPCI, or of unknown population, gives its EPCI or its département; a place
    that is no known commune gives "".
    """
    if not place.code_insee:
        return ""
    try:
        commune = commune_at(place.code_insee)
    except UnknownCommune:
        return ""
    if (commune.population or 0) >= MIN_INHABITANTS:
        return commune.code_insee
    return commune.epci_id or commune.departement_id


def horaire_of(shift: reach.Shift) -> Horaire:
    """Return the kind of a shift: week-end, split, night, morning…"""
    if shift.days <= WEEK_END:
        return Horaire.WEEK_END
    if len(shift.periods) > 1:
        return Horaire.COUPE
    if shift.end_s > DAY_S + HOUR_S or shift.start_s >= 20 * HOUR_S or shift.start_s < 4 * HOUR_S:
        return Horaire.NUIT
    if shift.start_s < 7 * HOUR_S and shift.end_s <= 15 * HOUR_S:
        return Horaire.MATIN
    if shift.start_s >= 11 * HOUR_S and shift.end_s >= 19 * HOUR_S:
        return Horaire.APRES_MIDI
    return Horaire.JOURNEE
