"""Services on demand in an answer: when, at what price, by when to book, and why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from draw_on_demand import KM, Asked, Notice, OnDemandDrawing
from straight_road import (
    BACK,
    MOBILITY,
    MONDAY,
    OUT,
    Network,
    Offer,
    areas,
    latitude,
    place,
    road,
    situation,
)

from traitdunion import reach
from traitdunion.matching.answer import Filtre, Verdict
from traitdunion.matching.answering import answer

EVE = {"veille": Notice(days=1, until="17:00")}
# From the home to the stop A, 5.2 km: 504 s by car.
HOME, STOPS, WORK = (
    place(5_200),
    {"A": 10_400, "B": 30_000},
    place(30_500, "Le Puy-en-Velay", "43157"),
)
TAD = Offer(
    "tad",
    nom="Transport à la demande du pays",
    type_solution="tad",
    structure=MOBILITY._replace(nom="Cars du pays"),
    zone=("43",),
    gtfs_agency="TAD",
    par_trajet_eur=Decimal(2),
    delai_jours=1,
)


def ask(*offers, trips=(OUT, BACK), notices=EVE, window="6:00-19:00", **changed):
    asked = Asked(f"pays {window} > pays {window}", notice=next(iter(notices), ""))
    timetable = road(
        *trips,
        stops=STOPS,
        asked_agency="TAD",
        asked=OnDemandDrawing([asked], {"pays": [(0, 15 * KM)]}, {}, notices),
    )
    return answer(
        situation(**({"home": HOME, "work": WORK} | changed)),
        timetable=timetable,
        solutions=offers,
        network=Network(),
        epci_of={}.get,
    )


def the_option(answer, key="solution:tad"):
    (option,) = [o for o in (*answer.options, *answer.excluded) if o.key == key]
    return option


def test_a_service_on_demand_leads_to_the_line_and_back():
    option = the_option(ask(TAD))
    assert option.verdict == Verdict.SOUS_CONDITION
    assert (option.feasible_days, option.asked_days) == (5, 5)
    assert option.title == "Transport à la demande du pays, puis car"
    day = option.days[0]
    assert [step.kind for step in day.out] == ["on_demand", "ride", "walk"]
    assert [step.kind for step in day.back] == ["walk", "ride", "on_demand"]
    assert day.out[0].departure_s == 7 * 3600 - 504
    assert day.back[-1].arrival_s == 16 * 3600 + 50 * 60 + 504
    assert day.out[0].label == "TAD"
    assert option.modes == ("on_demand", "ride", "walk")
    assert option.reasons == ("Chaque trajet est à réserver.",)
    assert option.estimated


def test_its_price_is_that_of_each_ride_asked_for():
    # Ten rides a week at 2 €: 2 × 10 × 52 / 12.
    cars = Offer(
        "cars", nom="Cars", type_solution="tc_ligne", gtfs_agency="Cars", par_mois_eur=Decimal(40)
    )
    option = the_option(ask(TAD, cars))
    assert option.monthly_cost_eur == Decimal("126.67")
    assert option.solutions == ("tad", "cars")
    alone = the_option(ask(TAD))
    assert alone.monthly_cost_eur is None
    assert "Cars : tarif non renseigné" in alone.cost_detail


def test_each_ride_says_until_when_to_book_and_the_first_by_its_date():
    option = the_option(ask(TAD))
    assert (
        option.days[0].out[0].booking
        == "À réserver la veille avant 17\u00a0h, au 04\u00a000\u00a000\u00a000\u00a000."
    )
    assert {day.out[0].booking for day in option.days} == {option.days[0].out[0].booking}
    assert option.next_step == (
        "Réserver le premier trajet avant dimanche 2 mars à 17\u00a0h, "
        "au 04\u00a000\u00a000\u00a000\u00a000."
    )


@pytest.mark.parametrize(
    ("notices", "said"),
    [
        (
            {"deux heures": Notice(minutes=120)},
            "À réserver au moins 2\u00a0h avant, au 04\u00a000\u00a000\u00a000\u00a000.",
        ),
        ({"libre": Notice()}, "À demander au service, au 04\u00a000\u00a000\u00a000\u00a000."),
        ({}, "À demander au service."),
        (
            {"trois jours": Notice(days=3, until="12:00")},
            "À réserver 3 jours avant, avant 12\u00a0h, au 04\u00a000\u00a000\u00a000\u00a000.",
        ),
        (
            {"dit": Notice(message="Carte à demander en mairie. ")},
            "À demander au service, au 04\u00a000\u00a000\u00a000\u00a000. "
            "« Carte à demander en mairie. »",
        ),
    ],
)
def test_each_kind_of_notice_has_its_words(notices, said):
    assert the_option(ask(TAD, notices=notices)).days[0].out[0].booking == said


def test_a_day_for_which_it_is_too_late_is_named():
    sunday_evening = datetime(2025, 3, 2, 17, 0, 1, tzinfo=UTC)
    option = the_option(ask(TAD, now=sunday_evening))
    assert (option.feasible_days, option.asked_days) == (4, 5)
    assert "Le lundi : trop tard pour réserver." in option.reasons
    assert option.days[0].filtre == Filtre.PREAVIS


def test_a_window_that_misses_the_shift_excludes_it():
    answer = ask(TAD, window="9:00-12:00")
    option = the_option(answer)
    assert option.verdict == Verdict.NON
    assert option.filtre == Filtre.ALLER
    assert option.reasons == (
        "Aucun trajet ne permet d'arriver avant 7\u00a0h\u00a050 du lundi au vendredi.",
    )
    assert option.title == "Transport à la demande du pays"


def test_who_may_use_it_is_told_by_the_catalogue():
    elsewhere = replace(TAD, zones=areas("63"))
    option = the_option(ask(elsewhere))
    assert option.verdict == Verdict.NON
    assert option.filtre == Filtre.ZONE
    assert option.reasons == ("Domicile hors de la zone du service.",)


def test_a_service_that_no_timetable_tells_stays_to_be_checked():
    unknown = replace(TAD, gtfs_agency="Autre")
    option = the_option(ask(unknown))
    assert option.verdict == Verdict.A_VERIFIER
    assert option.days == ()


def test_where_the_line_does_as_well_nothing_need_be_booked():
    answer = ask(TAD, home=place(10_400))
    assert [option.key for option in answer.options] == ["transports"]
    assert [option.key for option in answer.excluded if option.key == "solution:tad"] == []


def regular(kind, *, tolerance_s=600, hours=(6 * 3600 + 40 * 60, 7 * 3600 + 30 * 60)):
    """A daily trip from the home to work and back, asked of an offer of that kind."""
    week = frozenset(MONDAY + timedelta(day) for day in range(5))

    def way(name, start, end, at_s):
        places = ((start, at_s[0]), (end, at_s[1]))
        meetings = tuple(
            reach.Meeting(f"Place {metres}", reach.Point(latitude(metres), 3.0), at)
            for metres, at in places
        )
        return reach.RegularTrip(
            name, "Ligne du plateau", "Ligne du plateau", meetings, week, tolerance_s,
            reach.CARPOOL if kind == "covoiturage" else reach.SHUTTLE,
        )  # fmt: skip

    tt = reach.with_regular_trips(
        road(OUT, BACK, stops={"A": 80_000, "B": 99_000}),
        [
            way("out", 5_300, 30_400, hours),
            way("back", 30_400, 5_300, (16 * 3600 + 1200, 17 * 3600 + 600)),
        ],
    )
    offer = Offer("ligne", nom="Ligne du plateau", type_solution=kind, par_trajet_eur=Decimal(2))
    reply = answer(
        situation(home=HOME, work=WORK),
        timetable=tt, solutions=[offer], network=Network(), epci_of={}.get,
    )  # fmt: skip
    return the_option(reply, "solution:ligne")


def test_a_driver_s_daily_trip_is_a_way_to_be_agreed_with_them():
    option = regular("covoiturage")
    assert (option.verdict, option.feasible_days) == (Verdict.SOUS_CONDITION, 5)
    assert option.reasons == (
        "Trajet régulier d'un conducteur : à convenir avec lui, selon ses places.",
    )
    ride = option.days[0].out[1]
    assert (ride.kind, ride.label) == ("carpool", "Ligne du plateau")
    assert ride.booking == (
        "À convenir avec le conducteur, départ entre 6\u00a0h\u00a030 et 6\u00a0h\u00a050."
    )
    assert option.monthly_cost_eur == Decimal("86.67")  # ten rides a week at 2 €
    assert option.title == "Ligne du plateau"


def test_the_seats_of_a_driver_are_told():
    line = Offer("tad", nom="Ligne", type_solution="covoiturage", gtfs_agency="TAD",
                 forme_covoiturage="ligne", places_covoiturage=3)  # fmt: skip
    assert "Trajet régulier d'un conducteur : à convenir avec lui, 3 places déclarées." in (
        the_option(ask(line)).reasons
    )


def test_a_shuttle_comes_at_its_hour_whoever_asks():
    option = regular("navette", tolerance_s=0)
    assert (option.verdict, option.feasible_days) == (Verdict.POSSIBLE, 5)
    assert option.days[0].out[1].kind == "ride"
    assert option.days[0].out[1].booking == ""


def test_a_driver_who_leaves_too_late_is_no_way():
    option = regular("covoiturage", hours=(7 * 3600 + 1800, 8 * 3600 + 1200))
    assert option.verdict == Verdict.NON
    assert option.filtre == Filtre.ALLER


def test_organised_hitch_hiking_is_told_and_never_counted():
    stop = Offer("stop", "Autostop organisé", "covoiturage", description="Panneaux.",
                 forme_covoiturage="autostop")  # fmt: skip
    answer = ask(stop)
    assert [o.key for o in (*answer.options, *answer.excluded) if "stop" in o.key] == []
    (offered_help,) = [help_ for help_ in answer.helps if help_.key == "solution:stop"]
    assert offered_help.summary == "Un appoint, jamais compté comme une solution. Panneaux."


def test_who_asks_too_soon_is_told_from_when_to_book():
    notices = {"mois": Notice(days=1, until="17:00", opens_days=7)}
    option = the_option(ask(TAD, notices=notices))  # asked on 20 February for Monday 3 March
    assert option.next_step.endswith("Réservations ouvertes à partir du lundi 24 février.")
    assert (
        "ouvertes"
        not in the_option(
            ask(TAD, notices=notices, now=datetime(2025, 2, 25, tzinfo=UTC))
        ).next_step
    )
