"""Services on demand in a scenario: hours widened, notices shortened, by hand."""

import numpy as np
import pytest
from draw_on_demand import KM, Asked, Notice, OnDemandDrawing

from tests.matching.straight_road import MONDAY, latitude, road
from traitdunion import reach
from traitdunion.levers.enums import Nature
from traitdunion.levers.scenarios import Group, Pole, ScenarioError, Territory
from traitdunion.levers.scenarios.kinds import KINDS, REFUSED
from traitdunion.levers.scenarios.sentences import Names
from traitdunion.levers.scenarios.weighing import weighed
from traitdunion.matching.places import Place

HOUR = 3600


def land(hours="5:00-20:00", notice=None):
    """Three hundred people at 5.2 km, whom a service alone takes to the line at 10.4 km; work at
    20 km, from 8:00 to 16:00; the line leaves at 7:00 and comes back at 16:20.
    """
    asked = OnDemandDrawing(
        [Asked(f"pays {hours} > pays {hours}", notice="avis" if notice else "")],
        {"pays": [(0, 15 * KM)]}, {}, {"avis": notice} if notice else {},
    )  # fmt: skip
    tt = road("A 7:00 > B 7:30 (12)", "B 16:20 > A 16:50 (12)", stops={"A": 10_400, "B": 20_000},
              asked_agency="TAD", asked=asked)  # fmt: skip
    streets = reach.DetourStreets(tt.arrays["stop_lat"], tt.arrays["stop_lon"])
    shift = reach.Shift(8 * HOUR, 16 * HOUR, margin_before_s=0, margin_after_s=0)
    return Territory(
        tt, streets, [Group(Place("Langeac", latitude(5_200), 3.0, "43112"), 300)],
        [Pole(Place("Bourg", latitude(20_000), 3.0, "43002"), 10)], [shift], MONDAY, reach.Limits(),
    )  # fmt: skip


def shorter(t, minutes, **more):
    return {"nature": "reduire_preavis", "course": t.timetable.on_demand.trips[0].trip_id,
            "minutes": minutes} | more  # fmt: skip


@pytest.mark.parametrize(("minutes", "gained"), [(60, 0), (90, 300)])
def test_bookings_taken_later_open_the_post_to_who_asks_on_the_eve(minutes, gained):
    """Bookings close at 17:00 on the eve. Asked at 18:20: 18:00 is too early, 18:30 is not."""
    t = land(notice=Notice(days=1, until="17:00"))
    result = weighed(t, [shorter(t, minutes, demande="18:20")])
    assert (result.people_gained, result.people_worse) == (gained, 0)
    assert "18 h 20 la veille" in result.notes[0].replace("\xa0", " ")


def test_without_an_hour_people_ask_at_six_in_the_evening():
    t = land(notice=Notice(days=1, until="17:00"))
    assert [weighed(t, [shorter(t, m)]).people_gained for m in (30, 90)] == [0, 300]


def test_who_asks_in_time_gains_nothing_by_a_shorter_notice():
    t = land(notice=Notice(days=1, until="17:00"))
    assert weighed(t, [shorter(t, 90, demande="16:00")]).opened == 0


def test_a_notice_and_a_trip_removed_are_one_scenario():
    t = land(notice=Notice(days=1, until="17:00"))
    rows = [shorter(t, 120), {"nature": "tout_supprimer"}]
    assert weighed(t, rows).opened == 0


def test_hours_widened_open_the_post():
    """Open from 9:00, the service is too late for the line of 7:00; from 6:00 it is not."""
    t = land(hours="9:00-20:00")
    course = t.timetable.on_demand.trips[0].trip_id
    widen = {"nature": "elargir_tad", "course": course, "avant_min": 180}
    result = weighed(t, [widen])
    assert result.people_gained == 300
    assert "qui y a droit et réserve à temps" in result.notes[0]
    assert weighed(t, [widen | {"avant_min": 60}]).people_gained == 0


def test_a_scenario_without_services_is_weighed_as_before():
    t = land()
    assert not t.pairs.any()
    result = weighed(t, [])
    assert result.notes == ()
    assert np.array_equal(t.asking(None).pairs, [[[True]]])


@pytest.mark.parametrize(
    ("rows", "said"),
    [([{"demande": "18:00"}, {"demande": "19:00"}], "une seule heure"),
     ([{}, {}], "déjà changé"), ([{"course": "absente"}], "à la demande inconnue"),
     ([{"minutes": 0}], "un nombre entier de 1"), ([{"demande": "le soir"}], "heure illisible")],
)  # fmt: skip
def test_a_notice_that_cannot_be_weighed_is_refused(rows, said):
    t = land(notice=Notice(days=1, until="17:00"))
    with pytest.raises(ScenarioError, match=said):
        weighed(t, [shorter(t, 60) | row for row in rows])


def test_each_lever_of_a_person_is_a_change_of_a_scenario_or_is_refused_by_its_name():
    """What a person's levers write as `kind` is read again in a scenario, or says what to do."""
    known = {*KINDS, *REFUSED}
    assert not {nature.value for nature in Nature} - known
    for row in REFUSED.values():
        named = [code for code in KINDS if f"({code})" in row.why]
        assert named, f"{row.code}: no change of the scenario is proposed instead"


def test_the_sentence_of_a_notice():
    t = land(notice=Notice(days=1, until="17:00"))
    text = Names(t).sentence(shorter(t, 90)).replace("\xa0", " ")
    assert text.startswith("Raccourcissez de 1 h 30 le délai de réservation")
