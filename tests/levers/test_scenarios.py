"""Each kind of change of a scenario on a drawn road: right values, capacity, refusals."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tests.levers.test_territory import DAY, territory
from tests.matching.straight_road import MONDAY, latitude
from traitdunion import reach
from traitdunion.levers.profiles import ON_FOOT, TerritoryProfile
from traitdunion.levers.scenarios import (
    Group,
    Plan,
    ScenarioError,
    Territory,
    applied,
    days_of,
    plan_of,
)
from traitdunion.levers.scenarios.applying import shift_later
from traitdunion.levers.scenarios.comparing import equity_of
from traitdunion.levers.scenarios.kinds import KINDS, REFUSED
from traitdunion.levers.scenarios.weighing import weighed
from traitdunion.matching.places import Place

ALPHA, GAMMA, BOURG = "43001", "43003", "43002"


@pytest.fixture(scope="module")
def day():
    """A to B by C at 7:00, back at 13:10 and 16:20; posts at 5–13 and 8–16, 10 jobs at B."""
    return territory(*DAY)


def with_a_neighbour(t, profile=ON_FOOT):
    """Fifty people more, 700 m from B."""
    neighbour = Group(Place("Voisin", latitude(20_700), 3.0, "43004"), 50)
    return Territory(t.timetable, t.streets, [*t.groups, neighbour], t.poles, t.shifts, t.week,
                     t.limits, profile)  # fmt: skip


def after(t, *rows):
    return applied(t, plan_of(rows, t.timetable, days_of(t.timetable))).after


def test_nothing_planned_is_the_baseline_to_the_bit(day):
    outcome = applied(day, Plan())
    assert outcome.after.tobytes() == day.pairs.tobytes() == outcome.before.tobytes()
    result = weighed(day, []).json()
    assert result["gained"]["pairs"] == result["lost"]["pairs"] == 0
    assert result["cost"] == {"eur_year": 0.0, "eur_per_person": None}


def test_everything_removed_leaves_what_people_do_on_foot_or_by_their_own_means(day):
    """Alpha and Gamma live 19.5 and 8 km away: on foot, only the neighbour still comes; with an
    electric bicycle Gamma comes too.
    """
    t = with_a_neighbour(day)
    everything = {"nature": "tout_supprimer"}
    assert np.argwhere(after(t, everything)).tolist() == [[0, 0, 3], [1, 0, 3]]
    assert weighed(t, [everything]).people_worse == 800
    cyclists = with_a_neighbour(day, TerritoryProfile("vae", "qui a un vélo électrique", "vae"))
    left = after(cyclists, everything)
    assert sorted({h for _, _, h in np.argwhere(left).tolist()}) == [1, 3]
    assert weighed(cyclists, [everything]).people_worse == 500


@pytest.mark.parametrize(
    ("rows", "written"),
    [
        # A trip given a stop, and the same trip written whole.
        ([{"nature": "ouvrir_arret", "course": "ab", "arret": "C", "heure": "7:10"}],
         [{"nature": "supprimer_course", "course": "ab"},
          {"nature": "ajouter_course", "arrets": ["A", "C", "B"],
           "heures": ["7:00", "7:10", "7:30"]}]),
        ([{"nature": "prolonger_course", "course": "ca", "arrets": ["B"], "heures": ["7:40"]}],
         [{"nature": "supprimer_course", "course": "ca"},
          {"nature": "ajouter_course", "arrets": ["C", "A", "B"],
           "heures": ["6:50", "7:05", "7:40"]}]),
    ],
)  # fmt: skip
def test_a_trip_with_more_stops_equals_the_same_trip_written_whole(rows, written):
    t = territory(
        "A 7:00 > B 7:30 (12)", "C 6:50 > A 7:05 (12)", "B 16:20 > C 16:35 > A 16:50 (12)"
    )
    names = dict(zip(("ab", "ca"), t.timetable.trip_ids, strict=False))

    def named(group):
        return [
            row | ({"course": names[row["course"]]} if "course" in row else {}) for row in group
        ]

    once, whole = after(t, *named(rows)), after(t, *named(written))
    assert (once == whole).all()
    assert (once & ~t.pairs)[:, :, 1].any(), "Gamma, at C, gains"


def test_hours_moved_change_one_post_of_one_pole_and_days_at_home_the_days_asked():
    """The 7:00 is at B at 7:30: the post of 5:00 moved by 150 minutes is held, back at 16:20."""
    t = territory(*DAY[:2])
    gained = (
        after(t, {"nature": "decaler_poste", "pole": BOURG, "poste": 1, "minutes": 150}) & ~t.pairs
    )
    assert np.argwhere(gained).tolist() == [[0, 0, 0], [0, 0, 1]]
    # Nothing leads there on Friday: with Friday at home, the post is held.
    coach = {"nature": "ajouter_course", "arrets": ["C", "B"], "heures": ["4:40", "4:55"],
             "jours": ["lun", "mar", "mer", "jeu"]}  # fmt: skip
    home = {"nature": "travailler_a_distance", "pole": BOURG, "poste": 1, "jours": ["ven"]}
    t = territory(*DAY)
    assert (after(t, coach) == t.pairs).all()
    assert np.argwhere(after(t, coach, home) & ~t.pairs).tolist() == [[0, 0, 1]]
    with pytest.raises(ScenarioError, match="au moins un jour"):
        weighed(t, [{"nature": "travailler_a_distance", "pole": BOURG, "poste": 2,
                     "jours": ["lun", "mar", "mer", "jeu", "ven"]}])  # fmt: skip


def test_a_shift_that_passes_midnight_when_moved_starts_on_another_day():
    """A coach of Saturday night alone: the Friday post of 23:00, moved by two hours, starts then.

    Its days were Friday: it is over at 9:00 on Saturday, and not on Friday.
    """
    t = territory("A 0:20 > B 0:40 (12)", "B 9:10 > A 9:40 (12)",
                  running={k: [MONDAY + timedelta(5)] for k in range(2)})  # fmt: skip
    night = reach.Shift(23 * 3600, 31 * 3600, frozenset({4}), 0, 0)
    t = Territory(t.timetable, t.streets, t.groups, t.poles, [night], t.week, t.limits)
    assert not t.pairs.any()
    later = {"nature": "decaler_poste", "pole": BOURG, "poste": 1, "minutes": 120}
    assert np.argwhere(after(t, later)).tolist() == [[0, 0, 0]]
    assert shift_later(night, 120).days == {5}
    assert shift_later(shift_later(night, 120), -120) == night
    split = replace(night, start_s=7 * 3600, end_s=20 * 3600,
                    periods=((7 * 3600, 10 * 3600), (17 * 3600, 20 * 3600)))  # fmt: skip
    assert shift_later(split, -60).periods == ((21_600, 32_400), (57_600, 68_400))


def test_a_loan_is_weighed_at_the_hours_of_all_the_changes_of_a_post():
    """By scooter whatever the hours, but lent for the post of 5:00 that is held at 7:30 by line.

    The post moved and kept at home on Friday, in either order: what the line opens is not the
    loan's, so that nobody is counted as served by a vehicle.
    """
    t = territory(
        "A 7:00 > B 7:30 (12)",
        "B 16:20 > A 16:50 (12)",
        running={k: [MONDAY + timedelta(day) for day in range(4)] for k in range(2)},
    )
    rows = [
        {"nature": "decaler_poste", "pole": BOURG, "poste": 1, "minutes": 180},
        {"nature": "travailler_a_distance", "pole": BOURG, "poste": 1, "jours": ["ven"]},
    ]
    car = {"nature": "preter_vehicule", "commune": ALPHA, "vehicule": "voiture", "nombre": 3}
    licence = {"nature": "permis_b", "commune": ALPHA, "nombre": 3}
    for order in (rows, rows[::-1]):
        outcome = applied(t, plan_of([*order, car, licence], t.timetable, days_of(t.timetable)))
        assert outcome.after[0, 0, 0]
        assert not outcome.shared[0, 0, 0]
        # The post of 8:00, on Friday too, is held by the cars alone.
        assert outcome.shared[1, 0, 0]


def test_hours_written_without_minutes_are_not_taken_for_minutes(day):
    """YAML reads 7 as a number, 7:00 as 420: seven is neither 0:07 nor 7:00."""
    row = {"nature": "ajouter_course", "arrets": ["A", "B"], "heures": [7, 8]}
    with pytest.raises(ScenarioError, match="heure illisible « 7 »"):
        plan_of([row], day.timetable, days_of(day.timetable))
    assert plan_of([row | {"heures": [420, 450]}], day.timetable, [MONDAY]).change.added


def test_vehicles_lent_serve_no_more_people_than_there_are_vehicles(day):
    """At 5:00 no line serves Gamma, 8 km from B: three bicycles, three people of three hundred."""
    t = territory("A 9:00 > C 9:15 > B 9:30 (12)")
    assert not t.pairs.any()
    lent = {"nature": "preter_vehicule", "commune": GAMMA, "vehicule": "vae", "nombre": 3,
            "cout_eur": 600}  # fmt: skip
    result = weighed(t, [lent])
    assert (result.opened, result.people_gained, result.people_served) == (2, 300, 3)
    assert result.people_x_jobs_opened == 2 * 3 * 10
    assert result.eur_per_person == 200
    assert result.touched == ("Gamma",)


def test_a_licence_needs_a_vehicle_and_a_vehicle_its_licence():
    t = territory("A 9:00 > C 9:15 > B 9:30 (12)")
    scooter = {"nature": "preter_vehicule", "commune": GAMMA, "vehicule": "scooter", "nombre": 3}
    licence = {"nature": "permis_am", "commune": GAMMA, "nombre": 2}
    for alone in (scooter, licence):
        result = weighed(t, [alone])
        assert result.opened == 0
        assert "n'ouvre rien" in result.notes[0]
    assert weighed(t, [scooter, licence]).people_served == 2
    # A licence B holds the AM too, and each serves once.
    both = [scooter, {"nature": "permis_b", "commune": GAMMA, "nombre": 9}]
    assert weighed(t, both).people_served == 3


def test_people_housed_nearer_gain_what_the_other_place_has_and_nobody_else():
    """Seul has nothing; its eight people live at Alpha after, twelve were asked for."""
    t = territory(*DAY)
    result = weighed(t, [{"nature": "loger_plus_pres", "de": "43009", "vers": ALPHA, "nombre": 12,
                          "cout_eur": 8000}])  # fmt: skip
    assert (result.people_gained, result.people_served, result.lost) == (8, 8, 0)
    assert result.gained == ("Seul → Alpha",)
    assert result.eur_per_person == 1000
    assert "8 habitants seulement" in result.notes[0]


def test_a_car_pool_line_leaves_every_so_often(day):
    line = {"nature": "ligne_covoiturage", "arrets": ["C", "B"], "heures": ["4:10", "4:25"],
            "toutes_les_min": 15, "jusqu_a": "4:40"}  # fmt: skip
    plan = plan_of([line], day.timetable, days_of(day.timetable))
    assert [trip.departure_s[0] // 60 for trip in plan.change.added] == [250, 265, 280]
    assert np.argwhere(after(day, line) & ~day.pairs).tolist() == [[0, 0, 1]]


@pytest.mark.parametrize("code", REFUSED)
def test_what_a_scenario_does_not_weigh_is_refused_with_the_reason(day, code):
    with pytest.raises(ScenarioError, match=REFUSED[code].label) as refused:
        weighed(day, [{"nature": code}])
    assert REFUSED[code].why in str(refused.value)


@pytest.mark.parametrize("code", [code for code, kind in KINDS.items() if kind.fields])
def test_each_kind_names_what_is_missing(day, code):
    with pytest.raises(ScenarioError, match="il manque"):
        weighed(day, [{"nature": code}])


def test_places_outside_the_territory_are_all_named(day):
    rows = [{"nature": "permis_b", "commune": "75056", "nombre": 1},
            {"nature": "decaler_poste", "pole": ALPHA, "poste": 9, "minutes": 5}]  # fmt: skip
    with pytest.raises(ScenarioError, match=r"75056.*43001.*poste 9"):
        weighed(day, rows)


def test_a_cost_comes_from_its_row_then_from_its_model_and_one_unknown_leaves_all_unknown(day):
    def cost(*rows):
        return plan_of(rows, day.timetable, days_of(day.timetable),
                       cost_model=lambda nature: 700.0 if nature == "preter_vehicule" else None
                       ).cost_eur_year  # fmt: skip

    lent = {"nature": "preter_vehicule", "commune": ALPHA, "vehicule": "velo", "nombre": 2}
    assert cost(lent) == 1400
    assert cost({**lent, "cout_eur": 100}) == 100
    assert cost(lent, {"nature": "fermer_arret", "arret": "A"}) is None


def test_equity_pools_those_alike_and_cuts_at_forty_per_cent():
    """100 people: 20 with 0 post, 40 with 1, 40 with 3. The least served 40 are the 20, and half of
    the 40: mean 0.5; the others (20 × 1 + 40 × 3) / 60 = 2.333.
    """
    people, before = np.array([20, 40, 40]), np.array([0, 1, 3])
    equity = equity_of(before, np.array([1, 1, 3]), people)
    assert (equity.least_before, equity.least_after) == (0.5, 1.0)
    assert equity.others_before == pytest.approx(2.3333)
    assert (equity.without_before, equity.without_after) == (20, 0)
    # The order of the rows, or a group cut in two, changes nothing.
    again = equity_of(np.array([3, 1, 0, 1]), np.array([3, 1, 1, 1]), np.array([40, 30, 20, 10]))
    assert again == equity


def test_a_change_of_lines_and_hours_together_is_searched_whole():
    """The post of 5:00 at 6:00, and a coach at 5:30: neither alone opens it to Gamma."""
    t = territory("B 14:20 > C 14:35 > A 14:50 (12)")
    hours = {"nature": "decaler_poste", "pole": BOURG, "poste": 1, "minutes": 60}
    coach = {"nature": "ajouter_course", "arrets": ["C", "B"], "heures": ["5:30", "5:45"]}
    assert not after(t, hours).any()
    assert not after(t, coach).any()
    assert np.argwhere(after(t, hours, coach)).tolist() == [[0, 0, 1]]
