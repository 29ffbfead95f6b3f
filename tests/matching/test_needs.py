"""Needs that are not everybody's: the dated examples of the week of 30 November 2026."""

import json
from collections import Counter
from datetime import date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from straight_road import Network, Offer, named, place, road
from straight_road import situation as on_the_road

from traitdunion import reach
from traitdunion.catalogue.offers.snapshot import current_snapshot
from traitdunion.demonstration.network import DEMO, write_demo_gtfs
from traitdunion.matching.answer import Filtre, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.eligibility.needs import night_work, offer_findings
from traitdunion.matching.feasibility.rosters import Roster
from traitdunion.matching.margins import asked_margins
from traitdunion.matching.needs import AgeBand, ChildStop, Needs, Without
from traitdunion.matching.needs_files import NeedsError, read_needs
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule
from traitdunion.web.rendering import answer_json

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
LANGEAC = Place("Langeac", 45.098801, 3.49418, "43112")
BRIVES = Place("Brives-Charensac", 45.046839, 3.926567, "43041")
LE_PUY = Place("Le Puy-en-Velay", 45.042935, 3.884622, "43157")
H = 3600


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory) -> reach.Timetable:
    feed = tmp_path_factory.mktemp("feed") / "demonstration.zip"
    write_demo_gtfs(DEMO, feed, start=MONDAY, days=7)
    return reach.Timetable.from_gtfs(feed, start=MONDAY, days=7)


def asked(timetable, home, hours, needs, *offers, vehicule=Vehicule.AUCUN):
    situation = Situation(
        home=home, work=LE_PUY, shift=reach.Shift(*(int(hour * H) for hour in hours)),
        week=MONDAY, permis=Permis.AUCUN, vehicule=vehicule, now=NOW,
        margins=asked_margins().on_the_way, needs=needs,
    )  # fmt: skip
    return answer(
        situation, timetable=timetable, solutions=offers, network=Network(), epci_of={}.get
    )


def nursery(home):
    return Needs(child=ChildStop(home, int(7.5 * H), int(18.5 * H)))


def rides(option):
    day = option.days[0]
    return [
        [(step.label, step.departure_s, step.arrival_s) for step in way if step.kind == "ride"]
        for way in (day.out, day.back)
    ]


def test_who_walks_300_m_takes_the_bus_near_home(demonstration):
    """Bus B from the town hall at 7:15, a walk of one minute before it and one after."""
    answer = asked(demonstration, BRIVES, (8, 16), Needs(walk_m=300))
    bus = named(answer, "transports")
    (out, back) = rides(bus)
    assert [ride[1:] for ride in (*out, *back)] == [
        (7 * H + 15 * 60, 7 * H + 26 * 60), (16 * H + 15 * 60, 16 * H + 26 * 60),
    ]  # fmt: skip
    walks = [step.distance_m for way in (bus.days[0].out, bus.days[0].back) for step in way
             if step.kind == "walk"]  # fmt: skip
    assert max(walks) <= 300
    assert bus.feasible_days == 5
    assert (bus.days[0].arrive_s // 60, bus.days[0].home_s // 60) == (7 * 60 + 27, 16 * 60 + 26)


def test_who_walks_slowly_leaves_sooner():
    """500 m are 650 m of street: 520 s at 4.5 km/h, 780 s at 3, 1,170 s at 2."""
    leave = {}
    for pace in (4.5, 3.0, 2.0):
        reply = answer(
            on_the_road(needs=Needs(pace_kmh=pace)),
            timetable=road("A 7:00 > B 7:15 (1)", "B 16:40 > A 16:55 (1)"),
            solutions=(), network=Network(), epci_of={}.get,
        )  # fmt: skip
        leave[pace] = 7 * H - named(reply, "transports").days[0].leave_s
    assert leave == {4.5: 520, 3.0: 780, 2.0: 1170}


@pytest.mark.parametrize(
    ("home", "hours", "works"),
    [
        (LANGEAC, (8, 16), False),
        (LANGEAC, (10.5, 16), True),
        (LANGEAC, (10.5, 18), False),
        (BRIVES, (8, 16), False),
        (BRIVES, (8.5, 17), True),
    ],
)
def test_a_child_is_dropped_and_fetched_while_the_nursery_is_open(
    demonstration, home, hours, works
):
    answer = asked(demonstration, home, hours, nursery(home))
    option = named(answer, "transports")
    assert option.feasible_days == (5 if works else 0)
    if not works:
        assert option.filtre == Filtre.BESOINS


def test_the_ways_with_a_child_are_those_of_the_hours(demonstration):
    langeac = named(asked(demonstration, LANGEAC, (10.5, 16), nursery(LANGEAC)), "transports")
    assert [ride[1:] for way in rides(langeac) for ride in way] == [
        (9 * H + 18 * 60, 10 * H + 11 * 60), (16 * H + 49 * 60, 17 * H + 42 * 60),
    ]  # fmt: skip
    brives = named(asked(demonstration, BRIVES, (8.5, 17), nursery(BRIVES)), "transports")
    day = brives.days[0]
    assert day.leave_s >= 7.5 * H + 600
    assert rides(brives)[1][0][1:] == (17 * H + 15 * 60, 17 * H + 26 * 60)


@pytest.mark.parametrize(("minutes", "works"), [(15, False), (30, True), (None, True)])
def test_a_wait_longer_than_asked_forbids_the_day(minutes, works):
    """One arrives at 7:39 for 8:00: 21 minutes; nothing says so where no limit is asked."""
    reply = answer(
        on_the_road(needs=Needs(wait_min=minutes)),
        timetable=road("A 7:00 > B 7:30 (1)", "B 16:16 > A 16:46 (1)"),
        solutions=(), network=Network(), epci_of={}.get,
    )  # fmt: skip
    option = named(reply, "transports")
    assert option.feasible_days == (5 if works else 0)
    assert works or any("Attente : " in check.text for check in option.checks)


@pytest.mark.parametrize(("minutes", "leave"), [(20, None), (25, 6 * H + 3080), (30, 6 * H + 3380)])
def test_a_way_without_the_wait_is_taken_though_another_leaves_later(minutes, leave):
    """At 7:05 with 27 minutes at C, or at 7:00 straight on and 21 minutes at work.

    The stop is 8:40 away: one leaves at 6:56:20 or 6:51:20.
    """
    reply = answer(
        on_the_road(needs=Needs(wait_min=minutes)),
        timetable=road(
            "A 7:00 > B 7:30 (1)", "A 7:05 > C 7:08 (2)", "C 7:35 > B 7:41 (3)",
            "B 16:16 > A 16:46 (1)", stops={"A": 500, "B": 20_000, "C": 5_000},
        ),
        solutions=(), network=Network(), epci_of={}.get,
    )  # fmt: skip
    option = named(reply, "transports")
    assert option.feasible_days == (5 if leave else 0)
    if leave:
        assert {day.leave_s for day in option.days} == {leave}


def test_what_is_not_to_be_offered_is_not(demonstration):
    offers = (
        Offer("velo", "Vélos", mode="velo"),
        Offer("scooter", "Scooters", "location_2rm", mode="scooter", permis_requis="aucun"),
        Offer("voiture", "Voitures", "location_voiture", mode="voiture"),
    )
    for without, kept in (
        (set(), {"velo", "scooter", "voiture"}),
        ({Without.VELO}, {"scooter", "voiture"}),
        ({Without.CONDUIRE}, {"velo"}),
    ):
        answer = asked(
            demonstration, BRIVES, (8, 16), Needs(without=frozenset(without)), *offers,
            vehicule=Vehicule.VELO,
        )  # fmt: skip
        keys = {option.key for option in (*answer.options, *answer.excluded)}
        assert {key.removeprefix("solution:").split("+")[0] for key in keys} & {
            "velo", "scooter", "voiture"
        } >= kept - {"velo"}  # fmt: skip
        assert ("velo" in keys) is (Without.VELO not in without)
        assert any(key.startswith("solution:voiture") for key in keys) is (
            Without.CONDUIRE not in without
        )


def test_a_suspended_licence_drives_nothing(demonstration):
    car = Offer("voiture", "Voitures", "location_voiture", mode="voiture", permis_requis="b")
    option = named(asked(demonstration, BRIVES, (8, 16), Needs(licence_suspended=True), car),
                   "voiture")  # fmt: skip
    assert option.verdict == Verdict.NON
    assert option.reasons == ("Permis suspendu ou retiré.",)


@pytest.mark.parametrize(
    ("age", "verdict"), [(AgeBand.MINOR, Verdict.NON), (AgeBand.ADULT, None), (None, None)]
)
def test_a_scooter_that_asks_18(age, verdict):
    scooter = Offer("scooter", "Scooters", "location_2rm", mode="scooter", age_min=18)
    findings = list(offer_findings(scooter, on_the_road(needs=Needs(age=age))))
    assert [finding.verdict for finding in findings] == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("hours", "age", "warned"),
    [((14, 23), AgeBand.MINOR, True), ((14, 22), AgeBand.MINOR, False),
     ((5, 13), AgeBand.MINOR, True), ((6, 14), AgeBand.MINOR, False),
     ((14, 21), AgeBand.UNDER_16, True), ((21, 29), AgeBand.ADULT, False)],
)  # fmt: skip
def test_night_work_of_a_minor_is_warned_about(hours, age, warned):
    shift = {"start_s": hours[0] * H, "end_s": hours[1] * H}
    aid_at_night = night_work(on_the_road(shift=shift, needs=Needs(age=age)))
    assert bool(aid_at_night) is warned
    assert not warned or "sauf dérogation" in aid_at_night[0].text


def test_the_nights_of_the_other_team_of_a_roster_are_warned_about():
    day, night = reach.Shift(8 * H, 16 * H), reach.Shift(21 * H, 29 * H)
    for second, warned in ((night, True), (day, False)):
        roster = Roster(MONDAY, ((day,), (second,)))
        asked = on_the_road(shift={"start_s": 8 * H, "end_s": 16 * H}, roster=roster,
                            needs=Needs(age=AgeBand.MINOR))  # fmt: skip
        assert bool(night_work(asked)) is warned


def test_a_wheelchair_has_three_answers(demonstration):
    needs = Needs(ask_for=frozenset({"fauteuil"}))
    situation = on_the_road(needs=needs)
    yes = Offer("a", "A", "tad", amenagements=frozenset({"fauteuil", "par_telephone"}))
    unknown = Offer("b", "B", "tad")
    no = Offer("c", "C", "navette", accessible=False)
    verdicts = [
        [f.verdict for f in offer_findings(offer, situation)] for offer in (yes, unknown, no)
    ]
    assert verdicts == [[], [Verdict.A_VERIFIER], [Verdict.NON]]
    text = next(iter(offer_findings(unknown, situation))).text
    assert text == "Accessibilité non renseignée : appeler le 04 71 00 00 00 avant de partir."
    lines = named(asked(demonstration, BRIVES, (8, 16), needs), "transports")
    assert lines.verdict == Verdict.A_VERIFIER, "the demonstration says nothing of its buses"


def by_line(boarding, trip, alighting, *later):
    """Ask for a wheelchair of a line whose stops and trips say these values."""
    tt = road(
        "A 7:00 > B 7:30 (1)", "B 16:16 > A 16:46 (1)", *later,
        trip_wheelchair={0: trip, 1: trip}, stop_wheelchair={"A": boarding, "B": alighting},
    )  # fmt: skip
    return named(
        answer(
            on_the_road(needs=Needs(ask_for=frozenset({"fauteuil"}))),
            timetable=tt, solutions=(), network=Network(), epci_of={}.get,
        ),
        "transports",
    )  # fmt: skip


def test_a_line_answers_for_a_wheelchair_in_three_values():
    """Boarding, trip and alighting in {0, 1, 2}: 1 yes, 7 to check, 19 no."""
    verdicts = {values: by_line(*values).verdict for values in product((0, 1, 2), repeat=3)}
    assert Counter(verdicts.values()) == {
        Verdict.POSSIBLE: 1, Verdict.A_VERIFIER: 7, Verdict.NON: 19,
    }  # fmt: skip
    assert verdicts[1, 1, 1] == Verdict.POSSIBLE
    assert {verdict for values, verdict in verdicts.items() if 2 in values} == {Verdict.NON}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((1, 0, 1), "Accessibilité non renseignée : appeler le transporteur (Cars) "
                    "avant de partir."),
        ((1, 1, 2), "Non accessible en fauteuil : arrêt B."),
        ((2, 1, 1), "Non accessible en fauteuil : arrêt A."),
        ((1, 2, 1), "Non accessible en fauteuil : ligne 1."),
    ],
)  # fmt: skip
def test_what_refuses_a_wheelchair_is_named(values, text):
    option = by_line(*values)
    assert [c.text for c in option.checks if c.filtre == Filtre.BESOINS] == [text]


def test_a_later_trip_that_takes_a_wheelchair_is_the_answer():
    option = by_line(0, 2, 0, "A 6:40 > B 7:10 (2)", "B 17:00 > A 17:30 (2)")
    assert option.feasible_days == 5
    assert [ride[1] for way in rides(option) for ride in way] == [6 * H + 2400, 17 * H]


def test_a_ride_that_is_sure_comes_before_one_that_does_not_say():
    """The 7:00 does not say, the 6:40 has a place: the earlier one is taken, without a call."""
    tt = road(
        "A 7:00 > B 7:30 (1)", "B 16:16 > A 16:46 (1)", "A 6:40 > B 7:10 (2)",
        "B 17:00 > A 17:30 (2)", trip_wheelchair={2: 1, 3: 1}, stop_wheelchair={"A": 1, "B": 1},
    )  # fmt: skip
    option = named(
        answer(
            on_the_road(needs=Needs(ask_for=frozenset({"fauteuil"}))),
            timetable=tt, solutions=(), network=Network(), epci_of={}.get,
        ),
        "transports",
    )  # fmt: skip
    assert (option.verdict, option.feasible_days) == (Verdict.POSSIBLE, 5)
    assert [ride[1] for way in rides(option) for ride in way] == [6 * H + 2400, 17 * H]


def test_all_that_is_asked_for_must_be_there():
    needs = Needs(ask_for=frozenset({"fauteuil", "chien_guide"}))
    offer = Offer("a", "A", "tad", amenagements=frozenset({"fauteuil"}))
    findings = list(offer_findings(offer, on_the_road(needs=needs)))
    assert [finding.text.split(" :")[0] for finding in findings] == ["Chien guide accepté"]


@pytest.mark.usefixtures("demonstration_catalogue")
def test_the_catalogue_of_the_demonstration_answers_for_a_wheelchair():
    offers = {offer.id: offer for offer in current_snapshot().offers}
    situation = on_the_road(needs=Needs(ask_for=frozenset({"fauteuil"})))
    verdicts = {
        name: [finding.verdict for finding in offer_findings(offers[key], situation)]
        for name in ("Transport à la demande de l'agglomération",
                     "Transport à la demande du plateau", "Navette des équipes de la Laprade")
        for key, offer in offers.items() if offer.nom == name
    }  # fmt: skip
    assert list(verdicts.values()) == [[], [Verdict.A_VERIFIER], [Verdict.NON]]


def test_two_employers_in_a_day():
    """A at 7:00 to B, work until 11:00, on to C for 12:30 to 16:00, home from there."""
    tt = road(
        "A 7:00 > B 7:30 (1)", "B 11:20 > C 11:50 (2)", "C 16:20 > A 17:00 (3)",
        stops={"A": 500, "B": 20_000, "C": 30_000},
    )  # fmt: skip
    home, b, c = (reach.Point(*_at(metres)) for metres in (0, 20_500, 30_500))
    stays = [reach.Stay(b, 8 * H, 11 * H), reach.Stay(c, int(12.5 * H), 16 * H)]
    ways = reach.day_chain(tt, home, stays, date(2025, 3, 3))
    taken = [next(leg.departure_s for leg in way.legs if leg.kind == "ride") for way in ways]
    assert taken == [7 * H, 11 * H + 20 * 60, 16 * H + 20 * 60]
    late = [stays[0]._replace(leave_from_s=int(11.5 * H)), stays[1]]
    assert reach.day_chain(tt, home, late, date(2025, 3, 3)) is None


def _at(metres):
    place_here = place(metres)
    return place_here.lat, place_here.lon


def test_needs_are_read_and_every_mistake_has_its_line(tmp_path):
    path = tmp_path / "besoins.yaml"
    path.write_text(
        'marche_max_m: 300\nmarche_kmh: 3\nattente_max_min: 30\nsans: [velo]\n'
        'amenagements: [fauteuil]\npermis: suspendu\nage_tranche: 16_17\n'
        'etape: {lieu: "x", ouvre: "07:30", ferme: "18:30"}\n'
    )  # fmt: skip
    assert read_needs(path, lambda text: LANGEAC) == Needs(
        300, 3.0, 30, frozenset({Without.VELO}), frozenset({"fauteuil"}),
        ChildStop(LANGEAC, int(7.5 * H), int(18.5 * H)), True, AgeBand.MINOR,
    )  # fmt: skip
    path.write_text("marche_max_m: 12\nsans: [avion]\nfumeur: oui\nage_tranche: vieux\n")
    with pytest.raises(NeedsError) as refused:
        read_needs(path, lambda text: LANGEAC)
    lines = sorted(problem.split(" : ")[0] for problem in refused.value.problems)
    assert lines == [f"besoins.yaml, ligne {n}" for n in (1, 2, 3, 4)]


def test_no_export_holds_the_needs(demonstration):
    needs = Needs(walk_m=300, ask_for=frozenset({"chien_guide"}), age=AgeBand.MINOR)
    answer = asked(demonstration, BRIVES, (8, 16), needs)
    assert "needs" not in answer_json(answer)["situation"]
    assert "needs" not in repr(answer.situation)
    assert "chien_guide" not in json.dumps(answer_json(answer), default=str)
