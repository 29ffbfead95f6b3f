"""Answers on drawn streets: what is computed on them, what is estimated, and why nothing leads."""

import numpy as np
import pytest
from draw import at
from draw import draw as draw_timetable
from straight_road import Network, Offer, situation
from street_world import ROAD, draw, over, point

from traitdunion import reach
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis, Place, Vehicule
from traitdunion.reach.streets.importing import import_extract

NBSP = "\u00a0"
# Home H, the stop A six blocks away by the street, the stop B a block from work W, 40 blocks east.
PLACES = {"H": (0, 0), "K": (0, 2), "L": (2, 2), "A": (2, 0), "B": (40, 0), "W": (41, 0)}
STREETS = [f"H K L A {ROAD}", f"A B W {ROAD}"]


def ask(tmp_path, *offers, places=PLACES, ways=STREETS, home=(0, 0), work=(41, 0), **changed):
    world = draw(tmp_path, places, *ways)
    tt = draw_timetable("A 7:00 > B 7:30", "B 16:20 > A 16:50", walks={})
    stops = [point(PLACES[name]) for name in tt.stops["name"]]
    lat, lon = np.array(stops).T
    tt = reach.Timetable(tt.header, tt.arrays | {"stop_lat": lat, "stop_lon": lon})
    streets = import_extract(world.path)
    streets = type(streets)(
        {**streets.header, "imported_at": "2025-03-01T10:00:00+01:00"}, streets.arrays
    )
    return answer(
        situation(
            home=Place("Langeac", *point(home), "43112"),
            work=Place("Le Puy-en-Velay", *point(work), "43157"),
            **changed,
        ),
        timetable=tt,
        solutions=offers,
        network=Network(),
        epci_of={}.get,
        streets=over(streets, *stops),
    )


def named(answer, key):
    return {option.key: option for option in (*answer.options, *answer.excluded)}[key]


def test_walks_to_the_stop_are_computed_and_drawn_along_the_street(tmp_path):
    option = named(ask(tmp_path), "transports")
    walk, ride, last = option.days[0].out
    assert (walk.departure_s, walk.arrival_s) == (at("6:52"), at("7:00"))
    assert (ride.kind, last.arrival_s) == ("ride", at("7:31:20"))
    assert not option.estimated
    corners = [PLACES[name] for name in "HKLA"]
    np.testing.assert_allclose(walk.points, [point(c) for c in corners], atol=1e-6)
    back = option.days[0].back[-1]
    np.testing.assert_allclose(back.points, walk.points[::-1], atol=1e-6)


def test_the_whole_way_by_car_is_told_by_the_streets(tmp_path):
    answer = ask(tmp_path, permis=Permis.B, vehicule=Vehicule.VOITURE)
    option = named(answer, "voiture")
    # 45 blocks of 10 s, and five minutes to park.
    assert option.summary.replace(NBSP, " ") == "4,5 km en voiture, par les rues."
    assert option.days[0].out[0].arrival_s - option.days[0].out[0].departure_s == 450 + 300
    assert not option.estimated
    assert answer.streets_label == "extrait world.osm importé le 01/03/2025, sans relief"


def test_a_home_off_the_map_leaves_it_estimated(tmp_path):
    far = (0, 80)
    option = named(ask(tmp_path, home=far, permis=Permis.B, vehicule=Vehicule.VOITURE), "voiture")
    assert option.estimated
    assert option.summary.endswith("distance estimée.")
    assert len(option.days[0].out[0].points) == 2


@pytest.mark.parametrize(
    ("permis", "vehicule", "key", "by"),
    [
        (Permis.B, Vehicule.VOITURE, "voiture", "en voiture"),
        (Permis.AUCUN, Vehicule.AUCUN, "transports", "à pied"),
    ],
)
def test_a_home_far_from_every_street_says_so(tmp_path, permis, vehicule, key, by):
    # Home on a moor, streets a kilometre away all round.
    places = PLACES | {"N": (0, 26), "O": (-10, 16), "P": (0, 6), "Q": (10, 16)}
    ways = [*STREETS, f"P O {ROAD}", f"O N {ROAD}", f"N Q {ROAD}", f"Q P {ROAD}", f"P K {ROAD}"]
    answer = ask(tmp_path, places=places, ways=ways, home=(0, 16), permis=permis, vehicule=vehicule)
    option = named(answer, key)
    assert option in answer.excluded
    said = option.reasons[0]
    assert said.startswith(f"Domicile à plus de 500 m de toute rue praticable {by}")


def test_no_way_between_two_networks_says_so(tmp_path):
    # An island of eleven kilometres of road, with no bridge to a land of fifteen.
    places = PLACES | {"Y": (-120, 0), "X": (-10, 0), "Z": (150, 0)}
    answer = ask(
        tmp_path, places=places, ways=[*STREETS, f"W Z {ROAD}", f"Y X {ROAD}"], home=(-12, 0),
        permis=Permis.B, vehicule=Vehicule.VOITURE,
    )  # fmt: skip
    option = named(answer, "voiture")
    assert option in answer.excluded
    assert option.reasons[0].startswith("Aucun chemin connu en voiture jusqu'au travail")


def test_a_way_longer_than_the_vehicle_goes_tells_its_street_length(tmp_path):
    velo = Offer("velo", "Vélos", mode="velo", distance_max_km=4.2)
    answer = ask(tmp_path, velo)
    option = named(answer, "solution:velo")
    assert "Trop loin à vélo : 4,5 km (maximum 4,2 km)" in option.reasons[0].replace(NBSP, " ")


def test_a_light_quadricycle_keeps_off_the_motorway(tmp_path):
    places = {"H": (0, 0), "M": (20, 0), "W": (41, 0), "N": (20, 3)}
    ways = ["H M highway=motorway", "M W highway=motorway", f"W N H {ROAD}"]
    lent = Offer("vsp", "Voiturettes", "location_voiture", mode="voiturette")
    option = named(ask(tmp_path, lent, places=places | {"A": (2, 0), "B": (40, 0)}, ways=ways,
                       permis=Permis.AM), "solution:vsp")  # fmt: skip
    step = option.days[0].out[0]
    # 20.22 and 21.21 blocks at 36 km/h, and five minutes: one kilometre of detour on the way.
    assert step.distance_m == pytest.approx(4_143, abs=2)
    assert step.arrival_s - step.departure_s == 415 + 300
