"""The month's cost of a way by the fares of the feed, against the catalogue's prices."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from straight_road import Offer

from traitdunion import reach
from traitdunion.matching.prices import month as costs

MONDAY = date(2025, 3, 3)
FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n"
    "U,Urbain,https://example.org,Europe/Paris\nC,Cars,https://example.org,Europe/Paris\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,A,45.0,3.9\nB,B,45.1,3.9\nD,D,45.2,3.9\n"
    "E,E,45.3,3.9\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\n1,U,1,3\n2,U,2,3\n3,C,3,3\n",
    "trips.txt": "route_id,service_id,trip_id\n1,S,a\n2,S,b\n3,S,c\n1,S,d\n2,S,e\n3,S,f\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nS,1,1,1,1,1,0,0,20250101,20251231\n",
    # A → B → D by the town's buses, D → E by car; and back.
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "a,7:00:00,7:00:00,A,1\na,7:10:00,7:10:00,B,2\nb,7:15:00,7:15:00,B,1\nb,7:25:00,7:25:00,D,2\n"
    "c,7:30:00,7:30:00,D,1\nc,7:40:00,7:40:00,E,2\nf,17:00:00,17:00:00,E,1\n"
    "f,17:10:00,17:10:00,D,2\ne,17:15:00,17:15:00,D,1\ne,17:25:00,17:25:00,B,2\n"
    "d,17:30:00,17:30:00,B,1\nd,17:40:00,17:40:00,A,2\n",
    "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers,agency_id,"
    "transfer_duration\nurbain,1.30,EUR,0,1,U,3600\n",
}
URBAIN = Offer(
    "urbain",
    nom="Bus du Puy",
    type_solution="tc_ligne",
    gtfs_agency="Urbain",
    par_trajet_eur=Decimal("1.30"),
    par_mois_eur=Decimal(26),
)
CARS = Offer(
    "cars", nom="Cars", type_solution="tc_ligne", gtfs_agency="Cars", par_mois_eur=Decimal(58)
)


@pytest.fixture
def cost_of(tmp_path):
    """Cost of a week from A to a stop, on so many days, and the offers it comes from."""

    def cost(to: str, days: int, *offers: Offer, **files: str):
        for name, text in (FILES | files).items():
            (tmp_path / name).write_text(text)
        tt = reach.Timetable.from_gtfs(tmp_path, start=MONDAY, days=7)
        shift = reach.Shift(8 * 3600, 16 * 3600 + 1800, days=frozenset(range(days)))
        week = reach.there_and_back(tt, tt.stop_index("A"), tt.stop_index(to), shift, week=MONDAY)
        assert week.feasible_days == days
        return costs.fares(week, offers, tt)

    return cost


def test_one_ticket_pays_two_buses_within_its_hour(cost_of):
    # One day a week: two tickets, where the price list alone would count four rides.
    cost, used = cost_of("D", 1, URBAIN)
    assert cost.eur == Decimal("11.27")  # 2 × 1.30 × 52 / 12
    assert cost.detail == "Urbain : 1,30\u00a0€ par trajet, 2 trajets par semaine"
    assert cost.subscription_eur == 0
    assert used == (URBAIN,)


def test_the_subscription_of_the_catalogue_is_taken_where_it_is_cheaper(cost_of):
    cost, _ = cost_of("D", 5, URBAIN)
    assert cost.eur == Decimal(26)
    assert cost.detail == "Bus du Puy : 26\u00a0€ par mois"
    assert cost.subscription_eur == Decimal(26)


def test_a_subscription_by_the_week_is_one_too(cost_of):
    weekly = replace(URBAIN, par_mois_eur=None, par_semaine_eur=Decimal(5))
    cost, _ = cost_of("D", 5, weekly)
    assert (cost.eur, cost.subscription_eur) == (Decimal("21.67"), Decimal("21.67"))  # 5 × 52 / 12


def test_without_the_catalogue_the_tickets_of_the_feed_are_bought(cost_of):
    cost, used = cost_of("D", 5)
    assert cost.eur == Decimal("56.33")  # 10 × 1.30 × 52 / 12
    assert used == ()


def test_an_operator_whose_feed_tells_no_price_is_paid_by_the_catalogue(cost_of):
    cost, used = cost_of("E", 5, URBAIN, CARS)
    assert cost.eur == Decimal(26 + 58)
    assert [offer.id for offer in used] == ["urbain", "cars"]
    alone, _ = cost_of("E", 5, URBAIN)
    assert alone.eur is None
    assert "Cars : tarif non renseigné" in alone.detail


def test_fares_in_another_currency_are_left_aside(cost_of):
    swiss = FILES["fare_attributes.txt"].replace("EUR", "CHF")
    cost, _ = cost_of("D", 1, URBAIN, **{"fare_attributes.txt": swiss})
    assert cost.eur == Decimal("22.53")  # the price list: 4 × 1.30 × 52 / 12


@pytest.mark.parametrize("kind", ["2", "100", "106", "117"])
def test_tickets_of_the_railway_are_told_apart(cost_of, kind):
    by_rail = FILES["routes.txt"].replace("1,U,1,3", f"1,U,1,{kind}")
    by_rail = by_rail.replace("2,U,2,3", f"2,U,2,{kind}")
    cost, _ = cost_of("D", 1, URBAIN, **{"routes.txt": by_rail})
    assert cost.rail_eur == cost.eur == Decimal("11.27")
