"""Answers on the real trains of Haute-Loire, against trips read from the feed by other means."""

import csv
from datetime import date
from itertools import pairwise

import pytest
from draw import at
from straight_road import MONDAY, Network, Offer, situation

from traitdunion import reach
from traitdunion.matching.answer import Answer, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis, Place, Vehicule

TUESDAY = date(2025, 3, 4)
LANGEAC = Place("Langeac", 45.1003, 3.4953, "43112")
LE_PUY = Place("Le Puy-en-Velay", 45.0433, 3.8850, "43157")
STATION = Place("Le Puy-en-Velay gare", 45.0432, 3.8930, "43157")
BRIOUDE = Place("Brioude", 45.2948, 3.3847, "43040")
YSSINGEAUX = Place("Yssingeaux", 45.1427, 4.1238, "43268")


@pytest.fixture(scope="module")
def timetable(shared):
    feed = shared / "transit" / "sncf_ter_2025_subset_43.zip"
    return reach.Timetable.from_gtfs(feed, start=MONDAY, days=7)


OFFERS = (
    Offer("velo", "Vélos", mode="velo"),
    Offer("vae", "VAE", mode="vae"),
    Offer("scooter", "Scooters", "location_2rm", mode="scooter"),
    Offer("sans-permis", "Voiturettes", "location_voiture", mode="voiturette"),
    Offer("voiture", "Voitures", "location_voiture", mode="voiture"),
    Offer("tad", "TAD", "tad"),
)


def ask(timetable, home: Place, work: Place, **changed) -> Answer:
    return answer(
        situation(home=home, work=work, **changed),
        timetable=timetable,
        solutions=OFFERS,
        network=Network("TER"),
        epci_of={}.get,
    )


def test_langeac_to_le_puy_takes_the_train_of_the_reference_list(timetable, shared):
    with (shared / "transit" / "oracle_direct_trips_2025-03-04.csv").open() as file:
        direct = {
            (row["origine"], row["depart"][:5].lstrip("0"), row["arrivee"][:5].lstrip("0"))
            for row in csv.DictReader(file)
        }
    assert ("Langeac", "6:39", "7:28") in direct
    by_key = {option.key: option for option in ask(timetable, LANGEAC, STATION).options}
    tuesday = next(day for day in by_key["transports"].days if day.on == TUESDAY)
    train = next(step for step in tuesday.out if step.kind == "ride")
    assert (train.departure_s, train.arrival_s) == (at("6:39"), at("7:28"))
    assert train.label.startswith("Train P37")
    assert len(train.points) >= 2


PLACES = [LANGEAC, LE_PUY, BRIOUDE, YSSINGEAUX]


@pytest.mark.parametrize("home", PLACES, ids=lambda p: p.label)
@pytest.mark.parametrize("work", PLACES, ids=lambda p: p.label)
@pytest.mark.parametrize(
    ("permis", "vehicule"),
    [(Permis.AUCUN, Vehicule.AUCUN), (Permis.INCONNU, Vehicule.INCONNU), (Permis.B, Vehicule.VELO)],
)
def test_every_answer_is_sound(timetable, home, work, permis, vehicule):
    days = {"days": frozenset({0, 1, 5, 6})}
    answer = ask(timetable, home, work, permis=permis, vehicule=vehicule, shift=days)
    every = (*answer.options, *answer.excluded)
    assert len({option.key for option in every}) == len(every)
    assert all(option.verdict != Verdict.NON for option in answer.options)
    assert all(option.verdict == Verdict.NON and option.reasons for option in answer.excluded)
    for option in every:
        assert option.title
        assert option.feasible_days == sum(day.feasible for day in option.days)
        assert option.verdict != Verdict.POSSIBLE or option.feasible_days == option.asked_days
        if home == work:  # within one commune the way is not measured: minutes may be unknown
            assert option.minutes_out is None or option.feasible_days > 0
        else:
            assert (option.minutes_out is None) == (option.feasible_days == 0)
        for day in option.days:
            check(day)


def check(day) -> None:
    """A day that works: in time both ways, each step after the one before, from end to end."""
    assert day.feasible == (day.reason == "")
    if not day.feasible:
        assert day.reason.endswith(".")
        return
    assert day.leave_s == day.out[0].departure_s
    assert day.home_s == day.back[-1].arrival_s
    assert day.arrive_s <= at("7:50")
    assert day.leave_work_s >= at("16:05")
    assert at("7:50") - day.leave_s <= 7200
    assert day.home_s - at("16:05") <= 7200
    for way, first, last in (
        (day.out, "Domicile", "Lieu de travail"),
        (day.back, "Lieu de travail", "Domicile"),
    ):
        assert way[0].from_name.startswith(first)
        assert way[-1].to_name.startswith(last)
        for step in way:
            assert step.label
            assert step.departure_s <= step.arrival_s
            assert len(step.points) >= 2
        for before, after in pairwise(way):
            assert before.arrival_s <= after.departure_s
            assert before.to_name == after.from_name
