"""Territories on a drawn road: scenarios, candidates, the portfolio verified by a full search."""

from datetime import timedelta

import numpy as np
import pytest

from tests.matching.straight_road import MONDAY, latitude, road
from traitdunion import reach
from traitdunion.levers.changes import cost_of
from traitdunion.levers.enums import Nature
from traitdunion.levers.portfolio import Portfolio
from traitdunion.levers.profiles import PROFILES
from traitdunion.levers.scenarios import (
    Group,
    Pole,
    ScenarioError,
    Territory,
    change_of,
    compare,
    days_of,
)
from traitdunion.levers.scenarios.alike import Alike
from traitdunion.levers.scenarios.weighing import weighed
from traitdunion.levers.territory.candidates import quiet
from traitdunion.levers.territory.loans import loan_candidates
from traitdunion.levers.territory.published import MAX_LISTED, listed_of, published
from traitdunion.levers.territory.search import budget_curve, search, search_each
from traitdunion.matching.places import Place

HOUR, ADDED = 3600, Nature.AJOUTER_COURSE


def territory(*trips, sizes=(500, 300, 8), **drawing):
    """Homes at stops A and C and at 5 km from any line; work at B; posts at 5–13 and 8–16."""
    tt = road(*trips, stops={"A": 500, "B": 20_000, "C": 12_000}, **drawing)
    streets = reach.DetourStreets(tt.arrays["stop_lat"], tt.arrays["stop_lon"])
    homes = [Place("Alpha", latitude(500), 3.0, "43001"),
             Place("Gamma", latitude(12_000), 3.0, "43003"),
             Place("Seul", latitude(60_000), 3.0, "43009")]  # fmt: skip
    shifts = [reach.Shift(h * HOUR, (h + 8) * HOUR, margin_before_s=0, margin_after_s=0)
              for h in (5, 8)]  # fmt: skip
    return Territory(
        tt, streets, [Group(home, n) for home, n in zip(homes, sizes, strict=True)],
        [Pole(Place("Bourg", latitude(20_000), 3.0, "43002"), 10)], shifts, MONDAY, reach.Limits(),
    )  # fmt: skip


DAY = ("A 7:00 > C 7:15 > B 7:30 (12)", "B 16:20 > C 16:35 > A 16:50 (12)",
       "B 13:10 > C 13:25 > A 13:40 (12)")  # fmt: skip


def test_doing_nothing_is_the_baseline_to_the_bit():
    t = territory(*DAY)
    assert t.after(reach.Change()) is t.pairs
    compared = compare(t, t.after(reach.Change()), 0.0)
    assert (compared.opened, compared.lost, compared.people_gained) == (0, 0, 0)


def test_removing_everything_leaves_what_people_do_on_foot():
    t = territory(*DAY)
    change, _ = change_of([{"nature": "tout_supprimer"}], t.timetable, days_of(t.timetable))
    after = t.after(change)
    assert not after.any()
    compared = compare(t, after, None)
    assert compared.people_worse == 800
    assert compared.worse == ("Alpha", "Gamma")
    assert compared.eur_per_person is None


def test_a_coach_at_4_40_changes_exactly_the_communes_it_serves():
    """It calls at C alone, 4:40, and is at B at 4:55: Gamma gains the post of 5:00, Alpha not."""
    t = territory(*DAY)
    rows = [{"nature": "ajouter_course", "arrets": ["C", "B"], "heures": ["4:40", "4:55"],
             "cout_eur": 12000}]  # fmt: skip
    change, cost = change_of(rows, t.timetable, days_of(t.timetable))
    compared = compare(t, t.after(change), cost)
    assert compared.touched == ("Gamma",)
    assert (compared.opened, compared.lost) == (1, 0)
    assert compared.people_x_jobs_opened == 3000
    assert (t.after(change) == t.searched_again(change)).all()


def test_the_communes_made_worse_are_named_from_eleven_people_on():
    t = territory(*DAY, sizes=(10, 300, 8))
    change, _ = change_of([{"nature": "fermer_arret", "arret": "A"}], t.timetable,
                          days_of(t.timetable))  # fmt: skip
    compared = compare(t, t.after(change), None)
    assert (compared.worse, compared.worse_hidden) == ((), 1)
    assert compared.people_worse == 10


@pytest.mark.parametrize("row", [
    {"nature": "téléporter"}, {"nature": "deplacer_course", "course": "absente", "minutes": 5},
    {"nature": "ajouter_course", "arrets": ["A", "B"], "heures": ["4:00"]}, "rien",
    {"nature": "fermer_arret", "arret": "A", "cout_eur": "cher"},
    {"nature": "fermer_arret", "arret": "A", "vite": 1},
])  # fmt: skip
def test_a_scenario_that_cannot_be_applied_names_its_change(row):
    t = territory(*DAY)
    with pytest.raises(ScenarioError, match="changement 2"):
        change_of([{"nature": "fermer_arret", "arret": "A"}, row], t.timetable,
                  days_of(t.timetable))  # fmt: skip


def test_every_candidate_equals_a_whole_search_and_the_portfolio_is_verified():
    t = territory(*DAY)
    results = search(t, demonstration=True)
    assert results.n_candidates > 20
    for candidate in results.kept:
        if candidate.change is not None:
            after = t.searched_again(candidate.change)
            assert (candidate.opened == (after & ~t.pairs)).all(), candidate.lever.sentence
            assert (candidate.lost == (t.pairs & ~after)).all(), candidate.lever.sentence
    result = published(results, budget_eur=50_000)
    point = result["portfolio"]
    assert point["gap"] == 0
    assert point["verified_people"] >= point["people"] > 0
    assert [p["people"] for p in result["curve"]] == sorted(p["people"] for p in result["curve"])


def test_the_list_holds_the_best_of_each_actor_before_more_of_one():
    rows = [{"actor": "employeur", "key": n} for n in range(100)]
    rows += [{"actor": actor, "key": n} for n in range(100, 105) for actor in ("region", "epci")]
    listed = listed_of(rows)
    assert len(listed) == MAX_LISTED
    assert [row for row in rows if row in listed] == listed
    assert sum(row["actor"] == "employeur" for row in listed) == 50
    assert listed[0]["key"] == 0
    assert listed_of(rows[:100]) == rows[:MAX_LISTED]
    assert {row["actor"] for row in listed_of(rows, 3)} == {"employeur", "region", "epci"}
    assert [row["key"] for row in listed_of(rows[:100], 3, chosen={99, 1})] == [0, 1, 2, 99]


def test_one_actor_alone_is_kept_where_asked():
    results = search(territory(*DAY), demonstration=True, actor="region")
    assert {candidate.lever.acteur for candidate in results.kept} == {"region"}


def test_out_and_back_added_work_together_and_not_alone():
    """No way out at 5:00, no way back at 13:00: neither trip alone opens the post to Alpha."""
    t = territory(*DAY[:2])
    days = frozenset(MONDAY + timedelta(d) for d in range(7))
    a, b = t.timetable.stop_index("A"), t.timetable.stop_index("B")
    out = reach.AddedTrip((a, b), (15_600, 17_400), (15_600, 17_400), days)
    back = reach.AddedTrip((b, a), (47_400, 49_200), (47_400, 49_200), days)
    alone = [t.after(reach.Change(added=(trip,))) for trip in (out, back)]
    both = t.after(reach.Change(added=(out, back)))
    opened = both & ~t.pairs
    assert np.argwhere(opened).tolist() == [[0, 0, 0]]
    assert not any((after & opened).any() for after in alone)
    results = search(t, demonstration=True)
    (lever,) = [c.lever for c in results.kept if c.opened[0, 0, 0] and c.lever.nature == ADDED]
    cost = cost_of(ADDED, on=MONDAY, demonstration=True)
    assert (len(lever.detail["trips"]), lever.cost.eur) == (2, 2 * cost.eur)


def test_a_way_that_a_trip_serves_is_not_added_once_more():
    """The way out at 5:00 is there; only the way back is missing, at the cost of one trip."""
    t = territory("A 4:20 > B 4:50 (12)", "B 12:00 > A 12:30 (12)")
    results = search(t, demonstration=True, actor="region")
    (added,) = [c for c in results.kept if c.lever.nature == ADDED and c.opened[0, 0, 0]]
    assert [trip["from"] for trip in added.lever.detail["trips"]] == ["B"]
    assert added.lever.cost == cost_of(ADDED, on=MONDAY, demonstration=True)


def lonely(at_m, *trips, people=40):
    """One commune off the lines, so many metres up the road; work at B, 20 km up it."""
    t = territory(*trips)
    home = Place("Près", latitude(at_m), 3.0, "43007")
    return Territory(t.timetable, t.streets, [Group(home, people)], t.poles, t.shifts, MONDAY,
                     t.limits)  # fmt: skip


def test_vehicles_lent_serve_as_many_people_as_they_are_and_a_zone_everyone():
    """6 km from work: an e-bike goes, a scooter and an on-demand service too; no line does."""
    t = lonely(26_000, *DAY)
    results = search(t, demonstration=True)
    by_key = {candidate.lever.key: candidate for candidate in results.kept}
    bike, zone = by_key["preter_vehicule:43007:vae:5"], by_key["ouvrir_tad:43007:15"]
    # The scooter opens the same, and needs a licence: the e-bike alone is kept.
    costs = {nature: cost_of(nature, on=MONDAY, demonstration=True) for nature in Nature}
    _, scooter = loan_candidates(t, costs, quiet)
    assert scooter.lever.key not in by_key
    assert (bike.residents(t.people), zone.residents(t.people)) == (5, 40)
    assert (bike.lever.cost.eur, scooter.lever.cost.eur) == (5 * 2_100, 5 * (2_100 + 300))
    assert "avec le permis AM" in scooter.lever.sentence
    assert zone.lever.acteur == "epci"
    # A scenario with the same change is weighed alike.
    loan = {"nature": "preter_vehicule", "commune": "43007", "vehicule": "vae", "nombre": 5}
    around = {"nature": "ouvrir_tad", "commune": "43007", "rayon_km": 15}
    for candidate, row in ((bike, loan), (zone, around)):
        other = weighed(t, [row], demonstration=True)
        assert (other.people_served, other.opened) == (
            candidate.compared.people_served, candidate.compared.opened
        )  # fmt: skip
    # 10,500 euros buy the e-bikes alone, 15,000 the zone, that serves all.
    served = {}
    for budget in (10_500, 15_000):
        point = published(results, budget_eur=budget)["portfolio"]
        assert point["people"] == point["verified_people"]
        served[budget] = point["people"]
    assert served == {10_500: 5, 15_000: 40}


def test_a_zone_goes_no_farther_than_its_kilometres_and_leads_to_a_stop():
    near = {"nature": "ouvrir_tad", "commune": "43007", "rayon_km": 3}
    assert weighed(lonely(26_000, *DAY), [near]).opened == 0
    # 6.5 km before A, 26 km from work: to the stop, then by the line of 7:00 and that of 16:20.
    t = lonely(-6_000, *DAY)
    assert not t.pairs.any()
    compared = weighed(t, [near | {"rayon_km": 15}])
    assert (compared.opened, compared.people_gained) == (1, 40)
    assert compared.cost_eur_year is None
    assert weighed(lonely(-6_000), [near | {"rayon_km": 15}]).opened == 0


def test_a_larger_budget_never_serves_fewer_where_time_runs_out():
    class Hurried:
        """Finds less with more money, as a solver that is stopped does."""

        def best(self, budget, *, time_limit_s):
            served = 50 if budget == 10 else 30
            return Portfolio((f"l{budget}",), served, budget, 80, 1 - served / 80)

    first, second = budget_curve(Hurried(), [10, 20])
    assert (second["people"], second["levers"], second["budget_eur"]) == (50, ["l10"], 20)
    assert second["gap"] == pytest.approx(30 / 80)
    assert first["gap"] == pytest.approx(30 / 80)


def test_several_profiles_are_searched_as_each_alone():
    """A change is searched once for those on foot, on a bicycle and on a scooter."""
    base = territory(*DAY, "B 20:10 > C 20:25 > A 20:40 (12)")
    each = search_each(Alike.of(base, list(PROFILES.values())), demonstration=True)
    for profile, found in zip(PROFILES.values(), each, strict=True):
        alone = search(base.owning(profile), demonstration=True)
        assert (found.territory.pairs == alone.territory.pairs).all()
        assert found.n_candidates == alone.n_candidates
        assert [c.lever for c in found.kept] == [c.lever for c in alone.kept]
        for a, b in zip(found.kept, alone.kept, strict=True):
            assert (a.opened == b.opened).all()
            assert (a.lost == b.lost).all()
        assert [(a, b) for a, b, _ in found.pairs] == [(a, b) for a, b, _ in alone.pairs]
