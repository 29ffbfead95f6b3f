"""The matching reads the real catalogue: every solution of the demonstration is told somewhere."""

from pathlib import Path

import pytest
from straight_road import BACK, OUT, Network, place, road, situation

import traitdunion
from traitdunion.catalogue.offers.snapshot import current_snapshot
from traitdunion.catalogue.operations import load_catalogue
from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.offers import is_chance
from traitdunion.matching.situation import Permis, Vehicule

CATALOGUE = Path(traitdunion.__file__).parent / "data" / "demo" / "catalogue.yaml"
EPCI = {"43112": "200073393", "43157": "200073419"}


@pytest.mark.django_db
@pytest.mark.parametrize("metres", [5_000, 20_500])
@pytest.mark.parametrize("permis", list(Permis))
def test_each_solution_is_an_option_excluded_a_help_or_a_price_list(metres, permis):
    asked = situation(work=place(metres, "Le Puy-en-Velay", "43157"), permis=permis,
                      vehicule=Vehicule.INCONNU)  # fmt: skip
    load_catalogue(CATALOGUE)
    solutions = current_snapshot().valid(asked.now.date().replace(year=2026, month=12))
    found = answer(
        asked,
        timetable=road(OUT, BACK, agency="Cars Région (démonstration)"),
        solutions=solutions,
        network=Network(),
        epci_of=EPCI.get,
    )
    told = {one for option in (*found.options, *found.excluded) for one in option.solutions}
    told |= {one.key.removeprefix("solution:") for one in found.helps}
    told |= {id_ for aid in found.aids for id_ in aid.solutions}
    lines = {one.id for one in solutions if one.type_solution == "tc_ligne"}
    outside = {"atelier"}
    assert {
        one.id for one in solutions if one.type_solution not in outside and not is_chance(one)
    } - lines <= told
    assert all(option.title for option in (*found.options, *found.excluded))
    cars = [option for option in found.options if option.key == "transports"]
    assert all(option.monthly_cost_eur == 58 for option in cars)
    unrouted = [option for option in found.options if not option.days]
    assert unrouted
    assert all(option.verdict == Verdict.A_VERIFIER for option in unrouted)
