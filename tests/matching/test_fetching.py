"""Where a lent vehicle is fetched, how one gets there without it; and a car left at the stop."""

from datetime import date

import pytest
from straight_road import BACK, MONDAY, OUT, Network, Offer, latitude, place, road, situation

from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis, Vehicule

LOAN = "solution:scooter"
TO_THE_GARAGE = "A 9:30 > B 10:00 (12)"


def ask(*offers, trips=(), week=MONDAY, running=None, **changed):
    reply = answer(
        situation(week=week, **changed),
        timetable=road(OUT, BACK, *trips, start=week, running=running),
        solutions=offers,
        network=Network(),
        epci_of={}.get,
    )
    return {option.key: option for option in (*reply.options, *reply.excluded)}


def scooter(metres, **more):
    return Offer(
        "scooter", nom="Prêt de scooter", type_solution="location_2rm", mode="scooter",
        permis_requis="am", distance_max_km=40, retrait_nom="Garage",
        retrait_lat=latitude(metres), retrait_lon=3.0, **more,
    )  # fmt: skip


def test_a_place_that_a_line_reaches_is_told_with_its_departure():
    # 520 s on foot to the stop A, the 9:30, 520 s to the garage: 47 minutes.
    option = ask(scooter(20_500), trips=[TO_THE_GARAGE], permis=Permis.AM)[LOAN]
    assert option.next_step == (
        "Appeler Plateforme mobilité pour demander le prêt. Véhicule à retirer : Garage, "
        "à 47\u00a0min du domicile (départ 9\u00a0h\u00a021, Car 12)."
    )
    assert option.verdict == Verdict.SOUS_CONDITION


def test_a_place_out_of_reach_without_the_vehicle_is_to_be_checked():
    # The only line comes back too late in the day to fetch anything: 7:00 is before nine.
    option = ask(scooter(20_500), permis=Permis.AM)[LOAN]
    assert option.verdict == Verdict.A_VERIFIER
    assert (
        "Véhicule à retirer à 29\u00a0km (Garage), sans transport pour y aller." in option.reasons
    )


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ("Tu,Th 09:00-12:00", "le mardi, départ 9\u00a0h\u00a021, Car 12"),
        # The 9:30 comes at 10:00 and 520 s on foot: too late on Monday, in time on Wednesday.
        ("Mo 09:00-10:08; We 09:00-10:09", "le mercredi, départ 9\u00a0h\u00a021, Car 12"),
        ("Mo-Fr 09:30-12:00", ""),
        ("Mo-Fr off", ""),
    ],
)
def test_the_hours_of_the_place_are_kept(hours, message):
    offer = scooter(20_500, horaires_accueil=hours)
    option = ask(offer, trips=[TO_THE_GARAGE], permis=Permis.AM)[LOAN]
    assert option.verdict == (Verdict.SOUS_CONDITION if message else Verdict.A_VERIFIER)
    assert f"({message})." in option.next_step if message else "départ" not in option.next_step


@pytest.mark.parametrize(
    ("hours", "fetched"),
    [("", False), ("Mo 09:00-12:00", True), ("Mo 09:00-12:00; PH off", False)],
)
def test_a_public_holiday_is_a_working_day_only_where_hours_are_told(hours, fetched):
    # The line to the garage runs on one day of the week: Easter Monday, 21 April 2025.
    easter = date(2025, 4, 21)
    option = ask(
        scooter(20_500, horaires_accueil=hours), trips=[TO_THE_GARAGE], permis=Permis.AM,
        week=easter, running={2: [easter]},
    )[LOAN]  # fmt: skip
    assert option.verdict == (Verdict.SOUS_CONDITION if fetched else Verdict.A_VERIFIER)


def test_next_door_nothing_is_said():
    option = ask(scooter(1_400), permis=Permis.AM)[LOAN]
    assert option.next_step == "Appeler Plateforme mobilité pour demander le prêt."


def test_who_has_a_car_fetches_it_by_car():
    option = ask(scooter(20_500), permis=Permis.B, vehicule=Vehicule.VOITURE)[LOAN]
    assert option.verdict == Verdict.SOUS_CONDITION


def test_a_car_is_left_at_a_stop_in_the_first_half_of_the_way():
    # From 9.5 km south of the stop A: a third of the way by road is driven, the rest ridden.
    options = ask(home=place(-9_000), permis=Permis.B, vehicule=Vehicule.VOITURE)
    option = options["voiture+transports"]
    assert option.title == "Voiture personnelle, puis car"
    assert [step.kind for step in option.days[0].out] == ["car", "ride", "walk"]
    assert option.days[0].out[0].distance_m == pytest.approx(9_500 * 1.4, abs=2)
    assert option.verdict == Verdict.SOUS_CONDITION
    assert "Voiture à garer près de l'arrêt." in option.reasons
    assert options["voiture"].verdict == Verdict.POSSIBLE


def test_a_stop_in_the_second_half_spares_too_little():
    # A is 20.5 km up the road of a way of 29 km.
    options = ask(home=place(-20_000), work=place(9_000, "Le Puy", "43157"), permis=Permis.B,
                  vehicule=Vehicule.VOITURE)  # fmt: skip
    assert "voiture+transports" not in options


def test_without_a_car_there_is_nothing_to_park():
    assert "voiture+transports" not in ask(home=place(-9_000), permis=Permis.B)


def test_where_the_line_is_a_walk_away_no_car_is_left_there():
    assert "voiture+transports" not in ask(permis=Permis.B, vehicule=Vehicule.VOITURE)


def test_a_bicycle_is_not_left_at_a_stop_where_riding_on_is_quicker():
    # The stop A is 2.5 km up the road, work 5 km: the bus takes an hour, the bicycle less.
    slow = "A 6:30 > B 7:30 (12)", "B 16:20 > A 17:20 (12)"
    reply = answer(
        situation(work=place(5_000, "Le Puy", "43157"), vehicule=Vehicule.VELO),
        timetable=road(*slow, stops={"A": 2_500, "B": 4_900}),
        solutions=[],
        network=Network(),
        epci_of={}.get,
    )
    assert [option.key for option in reply.options if option.feasible_days] == ["velo"]
