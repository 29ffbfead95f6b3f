"""The territory's page: marks of the curve's axes, the basket parted by actor."""

import pytest

from traitdunion.levers.territory.curve import drawn, marks
from traitdunion.levers.territory.page import _shares


def row(budget, people, least=0):
    return {
        "budget_eur": budget, "people_rounded": people, "people_least": least,
        "people_text": str(people), "least_text": str(least),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("highest", "values"),
    [
        (384_000, [0, 100_000, 200_000, 300_000]),
        (200_000, [0, 50_000, 100_000, 150_000, 200_000]),
        (40, [0, 10, 20, 30, 40]),
        (7, [0, 2, 4, 6]),
        (2, [0, 1, 2]),
        (0, [0]),
    ],
)
def test_axes_are_marked_at_round_values_up_to_the_highest(highest, values):
    assert marks(highest) == values


def test_no_axis_has_more_than_five_marks():
    assert all(len(marks(highest)) <= 5 for highest in range(1, 5_000))
    assert all(marks(highest)[-1] <= highest for highest in range(1, 5_000))


def test_the_curve_is_drawn_from_left_to_right_within_its_area():
    curve = [row(0, 100, 100), row(500, 400, 150), row(1_000, 400, 900)]
    plot = drawn(curve, curve[1])
    assert (plot.here.budget, plot.here.people, plot.here.least_text) == (500, 400, "150")
    assert [point.x for point in plot.points] == [64, 214, 364]
    assert [point.y for point in plot.points] == [156.5, 14, 14]
    # What is sure is never drawn above what is counted.
    assert all(point.y_least >= point.y for point in plot.points)
    assert (plot.most, plot.highest) == (400, 1_000)


def test_a_curve_where_nothing_opens_is_flat():
    curve = [row(0, 0)]
    plot = drawn(curve, curve[0])
    assert (plot.line, plot.band) == ("64.0,204.0", "64.0,204.0 64.0,204.0")


def test_the_basket_names_each_actor_once_with_what_it_pays():
    levers = [
        {"actor": "epci", "cost_eur_year": 15_000},
        {"actor": "employeur", "cost_eur_year": 0},
        {"actor": "epci", "cost_eur_year": 500},
    ]
    assert [(share.actor, len(share.levers), " ".join(share.cost.split()))
            for share in _shares(levers)] == [
        ("L'employeur", 1, "0 €"), ("L'intercommunalité", 2, "15 500 €"),
    ]  # fmt: skip
