"""In what order candidates are sifted, and which filter is told to have removed them."""

import pytest
from straight_road import BACK, OUT, Network, Offer, place, road, situation

from traitdunion.matching.answer import Answer, Filtre, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis


def ask(*offers: Offer, trips=(OUT, BACK), **changed) -> Answer:
    """The answer on the road, two trips a day unless told otherwise."""
    return answer(
        situation(**changed),
        timetable=road(*trips),
        solutions=offers,
        network=Network(),
        epci_of={}.get,
    )


def filtre_of(answer: Answer, key: str) -> Filtre | None:
    (option,) = [o for o in (*answer.options, *answer.excluded) if o.key == key]
    return option.filtre


def test_filters_are_in_the_order_of_the_pipeline():
    assert [filtre.value for filtre in Filtre] == [
        "zone", "aller", "retour", "preavis", "besoins", "eligibilite", "capacite", "cout",
    ]  # fmt: skip
    assert [filtre.rank for filtre in Filtre] == list(range(8))


@pytest.mark.parametrize(
    ("trips", "changed", "filtre"),
    [
        ((BACK,), {}, Filtre.ALLER),
        ((OUT,), {}, Filtre.RETOUR),
        # 18:30, less the walk to the stop, is more than two hours after 16:05: no trip back.
        ((OUT, "B 18:30 > A 19:00 (12)"), {}, Filtre.RETOUR),
        # The 5:00 arrives 2 h 20 before 7:50 (with its walk): none of use on the way out.
        (("A 5:00 > B 5:20 (12)", BACK), {}, Filtre.ALLER),
        # Home 5.5 km from the stop A: no stop within walking distance.
        ((OUT, BACK), {"home": place(-5_000)}, Filtre.ALLER),
    ],
)
def test_a_trip_that_fails_names_its_direction(trips, changed, filtre):
    answer = ask(trips=trips, **changed)
    assert filtre_of(answer, "transports") == filtre
    assert answer.last_filtre == filtre


def test_the_longer_way_is_told_too_long():
    # There by the 6:30 that arrives at 7:30; back by the 16:20 that takes until 18:30: more than
    # two hours after 16:05.
    answer = ask(trips=("A 6:30 > B 7:30 (12)", "B 16:20 > A 18:30 (12)"))
    assert filtre_of(answer, "transports") == Filtre.RETOUR


def test_the_zone_comes_before_the_hours_and_the_hours_before_the_licence():
    car = {"type_solution": "location_voiture", "mode": "voiture", "permis_requis": "b"}
    elsewhere = Offer(id="zone", zone=["43999"], **car)
    near = Offer(id="permis", zone=["43112"], **car)
    short = Offer(id="loin", zone=["43112"], distance_max_km=10, **car)
    answer = ask(elsewhere, near, short, permis=Permis.AUCUN)
    assert filtre_of(answer, "solution:zone") == Filtre.ZONE
    assert filtre_of(answer, "solution:permis") == Filtre.ELIGIBILITE
    assert filtre_of(answer, "solution:loin") == Filtre.ALLER
    reasons = {option.key: option.reasons for option in answer.excluded}
    assert reasons["solution:permis"] == ("Il faut le permis B.",)
    assert reasons["solution:loin"][0].startswith("Trop loin en voiture")


def test_checks_tell_everything_in_the_order_of_sifting():
    car = Offer(
        id="v", zone=["43112"], type_solution="location_voiture", mode="voiture",
        permis_requis="b", conditions_acces="Sur prescription.", duree_max_jours=90,
    )  # fmt: skip
    (option,) = [o for o in ask(car, permis=Permis.INCONNU).options if o.key == "solution:v"]
    assert [check.filtre for check in option.checks] == sorted(
        (check.filtre for check in option.checks), key=lambda filtre: filtre.rank
    )
    assert {check.filtre for check in option.checks} == {Filtre.ELIGIBILITE, Filtre.CAPACITE}
    assert option.verdict == Verdict.A_VERIFIER
    assert option.filtre is None


def test_the_last_filter_is_that_of_the_candidate_that_went_furthest():
    car = Offer(id="v", zone=["43112"], type_solution="location_voiture", mode="voiture",
                permis_requis="b")  # fmt: skip
    answer = ask(car, trips=(OUT,), permis=Permis.AUCUN)
    assert answer.options == ()
    assert filtre_of(answer, "transports") == Filtre.RETOUR
    assert answer.last_filtre == Filtre.ELIGIBILITE


def test_no_filter_is_the_last_where_something_is_left():
    assert ask().last_filtre is None
