"""Levers of one person on drawn roads: hours worked out by hand, each verified by a full search."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from draw import draw

from tests.matching.straight_road import MONDAY, NOW, STOPS, latitude, road
from traitdunion import reach
from traitdunion.french import NBSP
from traitdunion.levers.cards import _to
from traitdunion.levers.direct_trips import DirectTrip, sentence_of
from traitdunion.levers.enums import Acteur, Nature
from traitdunion.levers.people import with_residents
from traitdunion.levers.person import (
    Around,
    PersonSearch,
    person_levers_and_changes,
    shown,
)
from traitdunion.levers.scenarios import Group
from traitdunion.matching.offers import Offer
from traitdunion.matching.situation import Margins, Permis, Place, Situation, Vehicule
from traitdunion.rules import rule_book
from traitdunion.rules.reading import rule_from

HOUR = 3600
HOME = Place("Langeac", latitude(0), 3.0, "43112")
WORK = Place("Le Puy-en-Velay", latitude(20_500), 3.0, "43157")
NEAR = Place("Polignac", latitude(19_700), 3.0, "43152")
FAR = Place("Saugues", latitude(90_000), 3.0, "43234")


def person_levers(situation, around):
    return person_levers_and_changes(situation, around)[0]


def asked(start, end, **changed):
    values = {
        "home": HOME, "work": WORK, "week": MONDAY, "permis": Permis.AUCUN, "now": NOW,
        "shift": reach.Shift(start * HOUR, end * HOUR, margin_before_s=0, margin_after_s=0),
        "vehicule": Vehicule.AUCUN, "margins": Margins(0, 0, 0),
    }  # fmt: skip
    return Situation(**(values | changed))


def around(timetable, **changed):
    streets = reach.DetourStreets(timetable.arrays["stop_lat"], timetable.arrays["stop_lon"])
    values = {"timetable": timetable, "streets": streets, "solutions": [], "book": rule_book(),
              "epci_of": lambda _code: None}  # fmt: skip
    return Around(**(values | changed))


OUT, BACK = "A 7:00 > B 7:30 (12)", "B 16:20 > A 16:50 (12)"


def by_actor(levers):
    return {(lever.acteur, lever.nature): lever for lever in levers}


def test_no_lever_under_a_yes():
    assert person_levers(asked(8, 16), around(road(OUT, BACK))) == []


def test_the_employer_moves_the_shift_by_the_least_that_works():
    """The 7:00 arrives at 7:30, then 520 s on foot: a shift at 7:00 has to wait until 7:40."""
    levers = by_actor(person_levers(asked(7, 15), around(road(OUT, BACK))))
    moved = levers[Acteur.EMPLOYEUR, Nature.DECALER_POSTE]
    assert moved.detail == {"move_shift_min": 40}
    assert "7 h 40 au lieu de 7 h" in moved.sentence.replace("\u00a0", " ")
    assert "départ de 7 h" in moved.sentence.replace("\u00a0", " ")
    assert moved.cost.eur == 0


def test_each_lever_counts_the_residents_to_whom_it_opens_the_same_job():
    """Polignac walks to work today; Langeac needs the change, and no bus comes near Saugues."""
    situation, here = asked(7, 15), around(road(OUT, BACK))
    levers, changes = person_levers_and_changes(situation, here)
    groups = [Group(HOME, 3_704), Group(NEAR, 90), Group(FAR, 2_000)]
    counted = by_actor(with_residents(levers, situation, here, groups, changes))
    for nature in (Nature.DECALER_POSTE, Nature.DEPLACER_COURSE, Nature.AJOUTER_COURSE):
        (lever,) = (lever for (_, own), lever in counted.items() if own == nature)
        assert (lever.people, lever.people_lost) == (3_704, 0)
        assert lever.people_text.replace("\u00a0", " ") == "3 700 habitants (estimation)"
    asked_ride = counted[Acteur.EPCI, Nature.OUVRIR_TAD]
    assert asked_ride.people_text.replace("\u00a0", " ") == "jusqu'à 3 700 habitants (estimation)"
    few = replace(asked_ride, people=4)
    assert few.people_text.replace("\u00a0", " ") == "moins de 10 habitants (estimation)"
    # A licence concerns the person alone.
    assert all(lever.people is None for lever in counted.values()
               if lever.acteur == Acteur.PERSONNE)  # fmt: skip


def test_a_lever_that_closes_the_job_to_residents_is_counted_too():
    """Moved to 7:40, the shift ends at 15:40: those of Saugues miss their bus of 15:15."""
    there = Place("Saugues", latitude(40_500), 3.0, "43234")
    tt = road(OUT, BACK, "C 6:10 > B 6:30", "B 15:15 > C 15:35", stops=STOPS | {"C": 40_000})
    situation, here = asked(7, 15), around(tt)
    levers, changes = person_levers_and_changes(situation, here)
    groups = [Group(HOME, 300), Group(there, 80)]
    counted = by_actor(with_residents(levers, situation, here, groups, changes))
    moved = counted[Acteur.EMPLOYEUR, Nature.DECALER_POSTE]
    assert (moved.people, moved.people_lost) == (300, 80)


def test_the_region_moves_the_trip_by_the_minutes_it_lacks():
    """To be at work at 7:00 the trip has to arrive at 6:51:20: 7:30 moves by 40 minutes."""
    levers = by_actor(person_levers(asked(7, 15), around(road(OUT, BACK))))
    moved = levers[Acteur.REGION, Nature.DEPLACER_COURSE]
    assert [trip["move_min"] for trip in moved.detail["trips"]] == [-40]
    added = levers[Acteur.REGION, Nature.AJOUTER_COURSE]
    assert [trip["move_min"] for trip in added.detail["trips"]] == [-40]


def test_both_directions_are_moved_where_both_fail():
    """At 5:00 the way out fails, and at 17:00 the last way back has gone at 16:20."""
    situation = asked(5, 17, shift=reach.Shift(5 * HOUR, 17 * HOUR, margin_before_s=0,
                                               margin_after_s=0))  # fmt: skip
    levers = by_actor(person_levers(situation, around(road(OUT, BACK))))
    added = levers[Acteur.REGION, Nature.AJOUTER_COURSE]
    assert len(added.detail["trips"]) == 2


def test_what_is_asked_of_trips_is_one_sentence_that_repeats_nothing():
    def trip(from_name, to_name, departure_s, delta_s):
        day = frozenset({NOW.date()})
        return DirectTrip(0, delta_s, departure_s, departure_s + 1800, from_name, to_name, (),
                          (), (), day, towards_work=True)  # fmt: skip

    out, back = trip("A", "B", 20 * HOUR, -HOUR), trip("B", "A", 5 * HOUR, 4800)
    other = trip("B gare", "A", 5 * HOUR, -600)
    written = {
        "Ajoutez un départ A – B à 19 h.": sentence_of([out], added=True),
        "Ajoutez un départ A – B à 19 h et le retour à 6 h 20.": sentence_of(
            [out, back], added=True),
        "Ajoutez un départ A – B à 19 h et un départ B gare – A à 4 h 50.": sentence_of(
            [out, other], added=True),
        "Avancez de 1 h le départ de 20 h A – B et retardez de 1 h 20 le retour de 5 h.":
            sentence_of([out, back], added=False),
        "Avancez de 1 h le départ de 20 h A – B et de 10 min le départ de 5 h B gare – A.":
            sentence_of([out, other], added=False),
    }  # fmt: skip
    assert [text.replace(NBSP, " ") for text in written.values()] == list(written)


def test_the_actor_to_propose_to_takes_its_contraction():
    assert {actor: _to(actor) for actor in Acteur} == {
        Acteur.EMPLOYEUR: "à l'employeur", Acteur.REGION: "à la Région",
        Acteur.EPCI: "à l'intercommunalité", Acteur.MMS: "à la Maison de la mobilité",
        Acteur.DEPARTEMENT: "au Département", Acteur.FRANCE_TRAVAIL: "à France Travail",
        Acteur.BAILLEUR: "au bailleur ou à l'OFS", Acteur.PERSONNE: "à la personne",
    }  # fmt: skip


def test_each_trip_lever_is_what_a_whole_search_finds():
    tt = road(OUT, BACK)
    situation = asked(7, 15)
    search = PersonSearch(situation, around(tt))
    for row, delta_s in ((0, -2400), (0, -2000), (1, -600), (0, -3600)):
        change = reach.Change(moved=((row, delta_s),))
        whole = around(reach.changed_timetable(tt, change))
        found = PersonSearch(situation, whole).days(situation.shift)
        assert search._days_after(change) == found


def test_the_bus_of_the_morning_after_is_moved_for_the_end_of_a_night():
    """From 22:00 to 6:00, free at 6:00: the 5:50 of the next day, 520 s away, moves by 20 minutes.

    To start at 0:10, the 23:55 of the day before is moved: it arrives at 0:25, 520 s too far.
    """
    night = reach.Shift(22 * HOUR, 30 * HOUR, margin_before_s=0, margin_after_s=0)
    tt = road("A 21:00 > B 21:30 (12)", "B 5:50 > A 6:20 (12)")
    levers = by_actor(person_levers(asked(0, 1, shift=night), around(tt)))
    (trip,) = levers[Acteur.REGION, Nature.DEPLACER_COURSE].detail["trips"]
    assert (trip["from"], trip["move_min"]) == ("B", 20)
    (trip,) = levers[Acteur.REGION, Nature.AJOUTER_COURSE].detail["trips"]
    assert (trip["from"], trip["move_min"]) == ("B", 20)

    early = reach.Shift(600, 8 * HOUR, margin_before_s=0, margin_after_s=0)
    tt = road("A 23:55 > B 24:25 (12)", "B 8:30 > A 9:00 (12)")
    levers = by_actor(person_levers(asked(0, 1, shift=early), around(tt)))
    (trip,) = levers[Acteur.REGION, Nature.DEPLACER_COURSE].detail["trips"]
    assert (trip["from"], trip["move_min"]) == ("A", -25)


@pytest.mark.parametrize(("quotient", "ceiling"), [("612", 650), ("750", 800), ("612.01", 650)])
def test_a_ceiling_is_raised_above_the_quotient_of_the_person(quotient, ceiling):
    """A loan of cars below 500 € of quotient: what is asked for lets the person in."""
    book = with_ceiling(500)
    lent = Offer("c", "Voiture prêtée", "location_voiture", mode="voiture", zone_libre=True,
                 regle="pret-plafonne", permis_requis="b")  # fmt: skip
    situation = asked(7, 15, permis=Permis.B, facts={"qf_eur": Decimal(quotient)})
    levers = by_actor(
        person_levers(situation, around(road(OUT, BACK), solutions=[lent], book=book))
    )
    raised = levers[Acteur.DEPARTEMENT, Nature.RELEVER_PLAFOND]
    assert raised.detail == {"qf_eur": ceiling}
    table = around(road(OUT, BACK), solutions=[lent], book=with_ceiling(ceiling))
    assert PersonSearch(situation, table).days(situation.shift) == 31


def with_ceiling(qf_eur):
    """Return the rules with one more: a quotient below a ceiling."""
    book = rule_book()
    source = {"titre": "essai", "url": "https://exemple.fr", "lu_le": NOW.date(), "confiance": "B"}
    document = {
        "regle": "pret-plafonne", "version": 1, "nom": "Prêt", "resume": "Plafond.",
        "organisme": "Essai", "usage": "acces", "valide_du": NOW.date(),
        "sources": {"essai": source}, "a_faire": ["Rien."],
        "conditions": {"tous": [{"critere": "qf_eur", "moins_de": Decimal(qf_eur),
                                 "source": "essai", "texte": "un plafond"}]},
    }  # fmt: skip
    return book.with_rules([rule_from(document, book)])


def test_a_home_is_tried_place_by_place_and_the_nearest_to_today_is_kept():
    levers = by_actor(person_levers(asked(5, 13), around(road(OUT, BACK), homes=[FAR, NEAR, WORK])))
    assert levers[Acteur.BAILLEUR, Nature.LOGER_PLUS_PRES].detail == {"commune": "43152"}


def test_days_at_home_are_proposed_where_one_is_missing():
    tt = road("A 7:00 > B 7:30", "B 16:20 > A 16:50", running={
        0: [MONDAY.replace(day=MONDAY.day + d) for d in range(4)]})  # fmt: skip
    levers = by_actor(person_levers(asked(8, 16), around(tt)))
    assert levers[Acteur.EMPLOYEUR, Nature.TRAVAILLER_A_DISTANCE].detail == {"remote_days": [4]}


def test_the_first_lever_of_each_actor_comes_first_and_three_at_most():
    found = person_levers(asked(7, 15), around(road(OUT, BACK), homes=[NEAR]))
    cards = shown(found)
    assert len(cards) == 3
    assert len({lever.acteur for lever in cards}) == 3


def test_no_lever_names_the_person():
    situation = replace(asked(7, 15), facts={"age": 34})
    for lever in person_levers(situation, around(road(OUT, BACK))):
        assert not set(lever.detail) & {"age", "home", "facts"}
        assert "34" not in lever.sentence
    assert np.isfinite(PersonSearch(situation, around(road(OUT, BACK))).km).all()


def test_a_lone_place_has_only_levers_that_need_no_line():
    tt = draw("C 7:00 > D 7:30")
    natures = {lever.nature for lever in person_levers(asked(7, 15), around(tt))}
    assert not natures & {Nature.DEPLACER_COURSE, Nature.AJOUTER_COURSE, Nature.DECALER_POSTE}
