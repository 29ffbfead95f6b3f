"""The matching reads the real catalogue: every solution of the demonstration is told somewhere."""

import pytest
from straight_road import BACK, OUT, Network, place, road, situation

from traitdunion.catalogue.offers.snapshot import current_snapshot
from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.offers import is_chance
from traitdunion.matching.situation import Permis, Vehicule

EPCI = {"43112": "200073393", "43157": "200073419"}


@pytest.mark.usefixtures("demonstration_catalogue")
@pytest.mark.parametrize("metres", [5_000, 20_500])
@pytest.mark.parametrize("permis", list(Permis))
def test_each_solution_is_an_option_excluded_a_help_or_a_price_list(metres, permis):
    asked = situation(work=place(metres, "Le Puy-en-Velay", "43157"), permis=permis,
                      vehicule=Vehicule.INCONNU)  # fmt: skip
    solutions = current_snapshot().valid(asked.now.date().replace(year=2026, month=12))
    reply = answer(
        asked,
        timetable=road(OUT, BACK, agency="Cars Région (démonstration)"),
        solutions=solutions,
        network=Network(),
        epci_of=EPCI.get,
    )
    ones = {
        solution for option in (*reply.options, *reply.excluded) for solution in option.solutions
    }
    ones |= {offered_help.key.removeprefix("solution:") for offered_help in reply.helps}
    ones |= {id_ for aid in reply.aids for id_ in aid.solutions}
    lines = {solution.id for solution in solutions if solution.type_solution == "tc_ligne"}
    outside = {"atelier"}
    assert {
        solution.id
        for solution in solutions
        if solution.type_solution not in outside and not is_chance(solution)
    } - lines <= ones
    assert all(option.title for option in (*reply.options, *reply.excluded))
    cars = [option for option in reply.options if option.key == "transports"]
    assert all(option.monthly_cost_eur == 58 for option in cars)
    unrouted = [option for option in reply.options if not option.days]
    assert unrouted
    assert all(option.verdict == Verdict.A_VERIFIER for option in unrouted)
