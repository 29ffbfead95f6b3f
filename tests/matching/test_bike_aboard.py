"""One's own bicycle taken aboard the train, where it takes it and where that spares time."""

from straight_road import Network, place, road, situation

from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Vehicule

OUT, BACK = "A 6:50 > B 7:10 (L)", "B 16:50 > A 17:10 (L)"


def ask(bikes, vehicule=Vehicule.VELO):
    # 4 km from the home to A, 4 km from B to work: too far on foot at either end.
    reply = answer(
        situation(home=place(0), work=place(48_000, "Le Puy", "43157"), vehicule=vehicule),
        timetable=road(OUT, BACK, stops={"A": 4_000, "B": 44_000}, bikes=bikes),
        solutions=[],
        network=Network(),
        epci_of={}.get,
    )
    return {option.key: option for option in (*reply.options, *reply.excluded)}


def test_a_bicycle_aboard_serves_both_ends():
    option = ask([0, 1])["velo-a-bord"]
    assert option.verdict == Verdict.POSSIBLE
    assert option.feasible_days == 5
    assert [step.kind for step in option.days[0].out] == ["bike", "ride", "bike"]
    assert [step.kind for step in option.days[0].back] == ["bike", "ride", "bike"]
    assert option.title == "Vélo personnel à bord du car"


def test_where_the_train_does_not_take_it_it_is_no_way():
    assert "velo-a-bord" not in ask([])
    assert "velo-a-bord" not in ask([0])


def test_without_a_bicycle_nobody_speaks_of_it():
    assert "velo-a-bord" not in ask([0, 1], Vehicule.AUCUN)
