"""Points of the map as stops of a scenario: right values by hand, the baseline left as it is."""

import numpy as np
import pytest

from tests.levers.test_territory import DAY, HOUR, territory
from tests.matching.straight_road import latitude
from traitdunion import reach
from traitdunion.levers.scenarios import ScenarioError, applied, days_of, plan_of
from traitdunion.levers.scenarios.drawing import communes_table, drawn
from traitdunion.levers.scenarios.sentences import Names
from traitdunion.levers.scenarios.trips import point_of
from traitdunion.levers.scenarios.weighing import weighed
from traitdunion.territory.outlines import Outlines

AT_SEUL = f"{latitude(60_000):.5f},3.00000 Chez Seul"
AT_WORK = f"{latitude(20_000):.5f},3.00000"


@pytest.fixture(scope="module")
def day():
    return territory(*DAY)


def plan(t, *rows):
    return plan_of(rows, t.timetable, days_of(t.timetable))


def a_line(*calls, back=()):
    """Return a trip by points, and the trip back."""
    return [{"nature": "ajouter_course", "arrets": [stop for _, stop in way],
             "heures": [at for at, _ in way]} for way in (calls, back) if way]  # fmt: skip


def test_a_stop_where_no_line_goes_opens_what_the_trip_makes_possible(day):
    """Seul lives at 60 km, no line there. 7:00 at its door, B at 7:50; back 16:10, home at 17:00:
    the post of 8:00 to 16:00 is held, that of 5:00 is not. Nobody else is touched.
    """
    rows = a_line(("7:00", AT_SEUL), ("7:50", "B"), back=(("16:10", "B"), ("17:00", AT_SEUL)))
    opened = applied(day, plan(day, *rows)).after & ~day.pairs
    assert np.argwhere(opened).tolist() == [[1, 0, 2]]
    result = weighed(day, rows)
    assert (result.people_gained, result.people_worse) == (8, 0)
    # Both trips call at one new stop.
    assert [stop.name for stop in plan(day, *rows).points] == ["Chez Seul"]


def test_two_points_of_car_pooling_are_a_line_by_themselves(day):
    """From a point by Seul to a point by the work, every 30 minutes, both ways: the shift of 5:00
    is reached by the car of 4:00, 50 minutes on the way, and left by that of 13:00.
    """
    line = {"nature": "ligne_covoiturage", "arrets": [AT_SEUL, AT_WORK], "heures": ["4:00", "4:50"],
            "toutes_les_min": 30, "jusqu_a": "7:00"}  # fmt: skip
    back = line | {"arrets": [AT_WORK, AT_SEUL], "heures": ["13:00", "13:50"], "jusqu_a": "17:00"}
    opened = applied(day, plan(day, line, back)).after & ~day.pairs
    assert np.argwhere(opened).tolist() == [[0, 0, 2], [1, 0, 2]]


def test_a_stop_opened_on_a_trip_by_a_point(day):
    """The first trip calls at C at 7:15, at B at 7:30: a stop at 16 km stands between them."""
    here = f"{latitude(16_000):.5f},3.0 Le pont"
    plan_ = plan(day, {"nature": "ouvrir_arret", "course": day.timetable.trip_ids[0],
                       "arret": here, "heure": "7:22"})  # fmt: skip
    (trip,) = plan_.change.added
    n = day.timetable.n_stops
    assert trip.stops[2] == n
    assert trip.arrival_s[2] == 7 * HOUR + 22 * 60
    assert applied(day, plan_).before.tobytes() == day.pairs.tobytes()


def test_new_stops_leave_the_baseline_as_it_is_and_are_walked_to(day):
    stops = [reach.NewStop("p", "P", reach.Point(latitude(20_200), 3.0))]
    longer = reach.with_stops(day.timetable, stops)
    assert day.with_stops(stops).pairs.tobytes() == day.pairs.tobytes()
    assert day.with_stops([]) is day
    row = longer.stop_index("p")
    links = {(int(a), int(b)): float(m) for a, b, m in zip(
        longer.arrays["footpath_from"], longer.arrays["footpath_to"],
        longer.arrays["footpath_m"], strict=True) if row in (a, b)}  # fmt: skip
    b = day.timetable.stop_index("B")
    # 200 m as the crow flies, 1.3 times as long on foot.
    assert links == {(row, b): pytest.approx(260, abs=1), (b, row): pytest.approx(260, abs=1)}


@pytest.mark.parametrize(
    ("text", "stop_id", "name"),
    [("45.043219, 3.885127  Le pont", "45.04322,3.88513 Le pont", "Le pont"),
     ("45.0,3.5", "45.00000,3.50000", "(45.00000, 3.50000)")],
)  # fmt: skip
def test_a_point_is_written_one_way(text, stop_id, name):
    point = point_of(text)
    assert (point.stop_id, point.name) == (stop_id, name)
    assert point_of(point.stop_id) == point


@pytest.mark.parametrize("text", ["Le Puy", "45,3", "45.1;3.2", "", None, "45.1,3.2,4.3"])
def test_other_names_of_stops_are_no_points(text):
    assert point_of(text) is None


def test_a_point_whose_numbers_are_swapped_is_refused_and_says_what_to_do(day):
    with pytest.raises(ScenarioError, match="latitude, puis la longitude"):
        plan(day, *a_line(("7:00", "3.0,45.2"), ("7:50", "B")))


def test_a_sentence_names_the_point(day):
    (row, _) = a_line(("7:00", AT_SEUL), ("7:50", "B"), back=(("8:00", "B"), ("9:00", AT_WORK)))
    assert "Chez Seul" in Names(day).sentence(row)
    assert "3.00000" not in Names(day).sentence(row)


def test_the_drawing_places_points_zones_and_lines_and_leaves_out_what_is_unknown(day):
    rows = [*a_line(("7:00", AT_SEUL), ("7:50", "B")), {"nature": "fermer_arret", "arret": "A"},
            {"nature": "ouvrir_tad", "commune": "43003", "rayon_km": 8},
            {"nature": "fermer_arret", "arret": "parti"}]  # fmt: skip
    shown = drawn(day, rows)
    seul = (round(latitude(60_000), 5), 3.0)
    assert shown.points == [("Chez Seul", *seul)]
    assert shown.lines == [[seul, (latitude(20_000), 3.0)]]
    assert shown.zones == [{"lat": latitude(12_000), "lon": 3.0, "km": 8, "nom": "Gamma"}]
    # Ten units of the drawing by degree: 8 km are 0.7 of a unit.
    flat = Outlines({}, {}, 300, frame=(2.0, 46.0, 1.0, 10.0))
    (zone,) = shown.spots(flat)["zones"]
    assert zone == ("Gamma", 10.0, round((46 - latitude(12_000)) * 10, 1), 0.7)


def test_the_table_names_the_communes_that_the_map_colours(day):
    labels = {"gagne": "un premier poste s'ouvre", "perd": "un poste se ferme"}
    rows = communes_table(day, {"43003": "perd", "43001": "gagne", "75056": "perd"}, labels)
    assert rows == [("Alpha", "Un premier poste s'ouvre"), ("Gamma", "Un poste se ferme")]
