"""The margins that an answer keeps unless it is asked otherwise, and what it says of them."""

import pytest
from draw import at
from straight_road import BACK, NO_MARGINS, OUT, WORK_M, Network, place, road, situation

from traitdunion import reach
from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.explaining.margins import margins_kept
from traitdunion.matching.margins import asked_margins
from traitdunion.matching.situation import Margins, Vehicule


def by_line(tt, **changed):
    """The option by public transport, or the excluded way."""
    reply = answer(
        situation(**({"margins": Margins()} | changed)),
        timetable=tt,
        solutions=(),
        network=Network(),
        epci_of=lambda code: None,
    )
    options = (*reply.options, *reply.excluded)
    return next(option for option in options if option.key == "transports")


def test_a_short_walk_that_is_estimated_ends_two_minutes_before_the_coach():
    # 250 m take 260 s, of which 40 % are 104 s: less than the two minutes kept at least.
    (step, *_) = by_line(road(OUT, BACK, stops={"A": 250, "B": 20_000})).days[0].out
    assert (step.departure_s, step.arrival_s) == (at("7:00") - 380, at("6:58"))
    assert (step.estimated, step.margin_s) == (True, 120)


def test_a_long_walk_that_is_estimated_keeps_two_fifths_of_its_time():
    # 1,000 m take 1,040 s, of which 40 % are 416 s.
    stops = {"A": 1000, "B": 20_000}
    (step, *_) = by_line(road(OUT, BACK, stops=stops)).days[0].out
    assert (step.margin_s, step.arrival_s) == (416, at("7:00") - 416)
    (step, *_) = by_line(road(OUT, BACK, stops=stops), margins=NO_MARGINS).days[0].out
    assert (step.margin_s, step.arrival_s) == (0, at("7:00"))


def test_a_bicycle_to_the_stop_keeps_its_margin_too():
    # 5,000 m × 1.3 ridden at 13 km/h take 1,800 s: two fifths are twelve minutes.
    tt = road(OUT, BACK, stops={"A": 5000, "B": 20_000})
    reply = answer(
        situation(vehicule=Vehicule.VELO, margins=Margins()),
        timetable=tt, solutions=(), network=Network(), epci_of=lambda code: None,
    )  # fmt: skip
    ridden = next(option for option in reply.options if option.key == "velo+transports")
    (step, *_) = ridden.days[0].out
    assert step.kind == "bike"
    assert step.margin_s == -(-2 * (step.arrival_s - step.departure_s) // 5)


@pytest.mark.parametrize(
    ("gap_min", "transfer_s", "works"), [(1, 120, False), (2, 120, True), (1, 60, True)]
)
def test_two_minutes_are_kept_between_two_vehicles(gap_min, transfer_s, works):
    stops = {"A": 500, "M": 10_000, "B": 20_000}
    tt = road("A 7:00 > M 7:15", f"M 7:{15 + gap_min} > B 7:35", BACK, stops=stops)
    option = by_line(tt, margins=Margins(transfer_s=transfer_s))
    assert (option.feasible_days == 5) == works
    assert (option.verdict == Verdict.POSSIBLE) == works


def test_a_way_on_streets_alone_catches_nothing_and_keeps_no_margin():
    reply = answer(
        situation(work=place(1500, "Travail", "43157"), margins=Margins()),
        timetable=road(OUT, BACK), solutions=(), network=Network(), epci_of=lambda code: None,
    )  # fmt: skip
    on_foot = next(option for option in reply.options if option.key == "marche")
    assert on_foot.days[0].out[0].margin_s == 0


def test_tables_keep_the_margins_of_the_searches():
    tt = road(OUT, BACK, stops={"A": 1000, "B": 20_000})
    limits = reach.Limits(access_margin_s=120, access_margin_percent=20)
    home, work = (reach.Point(place(metres).lat, 3.0) for metres in (0, WORK_M))
    shift = situation().shift
    commute = reach.Commute(limits=limits)
    week = reach.there_and_back(tt, home, work, shift, week=situation().week, commute=commute)
    table = reach.feasibility(tt, [home], [work], [shift], week=situation().week, commute=commute)
    assert week.days[0].out.departure_s == at("7:00") - 1040 - 208 == table.leave_s[0, 0, 0, 0]


def test_margins_are_in_the_answer_in_french():
    said = margins_kept(situation(margins=Margins())).replace("\u00a0", " ")
    assert said == (
        "être au travail 10 min avant le début, en partir 5 min après la fin, 2 min au moins pour "
        "changer de véhicule, un accès estimé au premier arrêt compte 40 % de plus, 2 min au moins "
        "(en montagne, il peut durer le double : vérifiez-le)"
    )
    assert "accès" not in margins_kept(situation(margins=NO_MARGINS))


def test_margins_not_asked_for_are_those_of_the_site(settings):
    settings.TRAITDUNION_TRANSFER_MIN = 5
    settings.TRAITDUNION_BEFORE_WORK_MIN = 15
    usual = asked_margins(access_percent=0)
    assert (usual.before_min, usual.after_min) == (15, 5)
    assert usual.on_the_way == Margins(access_percent=0, access_s=0, transfer_s=300)
    assert asked_margins(transfer_min=0).on_the_way.transfer_s == 0
