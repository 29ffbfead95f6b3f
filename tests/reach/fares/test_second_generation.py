"""Fares v2 by hand: rules of legs, joins and transfers, timeframes, areas, categories, media."""

from datetime import date, timedelta

import pytest
from fare_world import FILES, MONDAY, cost, journey, table, world

from traitdunion import reach
from traitdunion.reach.shifts import DayVerdict, WeekVerdict

PRODUCTS = "fare_product_id,fare_product_name,rider_category_id,fare_media_id,amount,currency"
LEGS = "leg_group_id,network_id,from_area_id,to_area_id,fare_product_id"
TIMED = f"{LEGS},from_timeframe_group_id,to_timeframe_group_id"
TRANSFERS = (
    "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
    "fare_transfer_type,fare_product_id"
)
NETWORKS = {
    "networks": "network_id,network_name\nbus,Bus\nexpress,Express\n",
    "route_networks": "network_id,route_id\nbus,1\nbus,2\nexpress,9\n",
}
AREAS = {
    "areas": "area_id,area_name\ncentre,Centre\nnorth,Nord\nfar,Loin\n",
    # The station S is in the centre, and so are its platforms, save C2 which has its own area.
    "stop_areas": "area_id,stop_id\ncentre,S\nnorth,A\nfar,D\nfar,C2\n",
}
PRICES = tuple(f"p{n},Ticket {n},,,{n},EUR" for n in (1, 2, 3, 4, 10))


def fares(tmp_path, *, legs, products=PRICES, transfers=(), header=LEGS, **files):
    """A world with these rows of rules, and p1, p2, p3, p4, p10 at as many euros."""
    more = {"fare_transfer_rules": table(TRANSFERS, *transfers)} if transfers else {}
    return world(
        tmp_path,
        fare_products=table(PRODUCTS, *products),
        fare_leg_rules=table(header, *legs),
        **more,
        **files,
    )


# -- rules of legs ----------------------------------------------------------------------------


def test_one_rule_for_all_prices_each_leg(tmp_path):
    tt = fares(tmp_path, legs=[",,,,p2"])
    assert cost(tt, "1 A-B 8:00-8:10") == "2.00"
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-E 8:30-8:40") == "4.00"


def test_the_cheapest_of_the_products_that_match_is_taken(tmp_path):
    assert cost(fares(tmp_path, legs=[",,,,p2", ",,,,p1"]), "1 A-B 8:00-8:10") == "1.00"


def test_a_blank_network_stands_for_those_that_no_rule_names(tmp_path):
    tt = fares(tmp_path, legs=[",bus,,,p2", ",,,,p1"], **NETWORKS)
    # The bus is named, so that the blank rule, though cheaper, is not for it.
    assert cost(tt, "1 A-B 8:00-8:10") == "2.00"
    assert cost(tt, "9 D-G 8:00-8:10") == "1.00"


def test_networks_may_stand_in_routes(tmp_path):
    routes = FILES["routes"].replace("1,u,1,3,", "1,u,1,3,bus")
    tt = fares(tmp_path, legs=[",bus,,,p2"], routes=routes)
    assert cost(tt, "1 A-B 8:00-8:10") == "2.00"
    assert cost(tt, "2 C2-E 8:00-8:10") is None


def test_areas_of_departure_and_arrival(tmp_path):
    tt = fares(tmp_path, legs=[",,north,centre,p1", ",,north,far,p3"], **AREAS)
    assert cost(tt, "1 A-C 8:00-8:20") == "1.00"
    assert cost(tt, "1 A-D 8:00-8:20") == "3.00"
    assert cost(tt, "1 D-A 8:00-8:20") is None


def test_a_platform_is_in_the_area_of_its_station_unless_it_has_its_own(tmp_path):
    tt = fares(tmp_path, legs=[",,centre,,p1", ",,far,,p3"], **AREAS)
    assert cost(tt, "1 C-D 8:00-8:20") == "1.00"
    assert cost(tt, "2 C2-E 8:00-8:20") == "3.00"


def test_a_blank_area_stands_for_those_that_no_rule_names(tmp_path):
    tt = fares(tmp_path, legs=[",,north,,p1", ",,,,p2"], **AREAS)
    assert cost(tt, "1 A-B 8:00-8:10") == "1.00"
    assert cost(tt, "1 B-C 8:00-8:10") == "2.00"  # B is in no area
    assert cost(tt, "1 D-C 8:00-8:10") == "2.00"  # an area that no rule names


def test_with_priorities_a_blank_matches_all_and_the_highest_wins(tmp_path):
    tt = fares(
        tmp_path, header=f"{LEGS},rule_priority",
        legs=[",bus,,,p3,1", ",,north,,p4,5", ",,,,p1,"], **NETWORKS, **AREAS,
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:10") == "4.00"
    assert cost(tt, "1 B-A 8:00-8:10") == "3.00"
    assert cost(tt, "9 D-G 8:00-8:10") == "1.00"


def test_an_empty_column_of_priorities_changes_what_a_blank_means(tmp_path):
    tt = fares(
        tmp_path, header=f"{LEGS},rule_priority", legs=[",bus,,,p3,", ",,,,p1,"], **NETWORKS
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:10") == "1.00"


def test_no_rule_no_price(tmp_path):
    tt = fares(tmp_path, legs=[",express,,,p1"], **NETWORKS)
    priced = reach.fares.price(tt, journey(tt, "1 A-D 8:00-8:30", "9 D-G 8:40-8:50"))
    assert [leg.from_name for leg in priced.unpriced] == ["A"]
    assert [ticket.name for ticket in priced.tickets] == ["Ticket 1"]


# -- timeframes -------------------------------------------------------------------------------

FRAMES = {
    "timeframes": "timeframe_group_id,start_time,end_time,service_id\n"
    "peak,07:00:00,09:00:00,weekdays\npeak,16:00:00,18:00:00,weekdays\nnight,00:00:00,02:00:00,all\n"
    "any,,,all\n"
}


@pytest.mark.parametrize(
    ("hours", "price"),
    # From 7:00, included, to 9:00, excluded.
    [("6:59-7:10", "1.00"), ("7:00-7:10", "3.00"), ("8:59-9:10", "3.00"), ("9:00-9:10", "1.00"),
     ("17:00-17:10", "3.00")],
)  # fmt: skip
def test_a_leg_starts_in_a_timeframe(tmp_path, hours, price):
    tt = fares(
        tmp_path, header=f"{TIMED},rule_priority",
        legs=[",,,,p3,peak,,2", ",,,,p1,,,1"], **FRAMES,
    )  # fmt: skip
    assert cost(tt, f"1 A-B {hours}") == price


def test_a_timeframe_has_its_days(tmp_path):
    tt = fares(
        tmp_path, header=f"{TIMED},rule_priority",
        legs=[",,,,p3,peak,,2", ",,,,p1,,,1"], **FRAMES,
    )  # fmt: skip
    saturday = date(2025, 3, 8)
    assert cost(tt, "1 A-B 8:00-8:10", on=saturday) == "1.00"


def test_the_same_rides_of_a_week_are_priced_day_by_day(tmp_path):
    """Legs of equal hours are the same legs on each day: 3 € from Monday to Friday, 1 € after."""
    tt = fares(
        tmp_path, header=f"{TIMED},rule_priority",
        legs=[",,,,p3,peak,,2", ",,,,p1,,,1"], **FRAMES,
    )  # fmt: skip
    legs = journey(tt, "1 A-B 8:00-8:10").legs
    days = [MONDAY + timedelta(number) for number in range(7)]
    verdicts = [DayVerdict(day, out=reach.Journey(day, legs)) for day in days]
    month_cost = reach.fares.month(tt, WeekVerdict(tuple(verdicts)))
    assert sorted((line.ticket.price, line.times) for line in month_cost.lines) == [(1, 2), (3, 5)]


def test_a_leg_ends_in_a_timeframe_of_the_day_it_is_then(tmp_path):
    tt = fares(tmp_path, header=TIMED, legs=[",,,,p3,,night", ",,,,p4,any,"], **FRAMES)
    # 25:30 is half past one of the next day; 26:00 is past the night.
    assert cost(tt, "1 A-B 25:00-25:30") == "3.00"
    assert cost(tt, "1 A-B 25:00-26:00") == "4.00"


# -- effective legs ---------------------------------------------------------------------------

JOINS = "from_network_id,to_network_id,from_stop_id,to_stop_id"


def test_rides_joined_in_a_station_count_as_one_leg(tmp_path):
    tt = fares(
        tmp_path, legs=[",bus,north,,p3", ",bus,,,p2"], **NETWORKS, **AREAS,
        fare_leg_join_rules=table(JOINS, "bus,bus,,"),
    )  # fmt: skip
    # From the area of the first stop; without the join it would be 3 + 2.
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-E 8:30-8:40") == "3.00"
    # B is not the station of C2: two legs.
    assert cost(tt, "1 A-B 8:00-8:20", "2 C2-E 8:50-9:00") == "5.00"
    # Networks differ: no join, and the express has no price.
    assert cost(tt, "1 A-D 8:00-8:20", "9 D-G 8:30-8:40") is None


def test_a_join_may_name_its_two_stops(tmp_path):
    tt = fares(
        tmp_path, legs=[",bus,,,p2"], **NETWORKS,
        fare_leg_join_rules=table(JOINS, "bus,bus,B,S"),
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:20", "2 C2-E 8:50-9:00") == "2.00"
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-E 8:50-9:00") == "4.00"


def test_three_rides_may_make_one_leg(tmp_path):
    tt = fares(
        tmp_path, legs=[",bus,,,p2"], **NETWORKS, fare_leg_join_rules=table(JOINS, "bus,bus,,")
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:10", "1 B-C 8:20-8:30", "2 C2-F 8:40-8:50") == "2.00"


# -- transfers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "product", "price"),
    # A costs 3, B costs 4, the transfer 1 (or nothing where no product is named).
    [(0, "p1", "4.00"), (1, "p1", "8.00"), (2, "p1", "1.00"), (0, "", "3.00"), (1, "", "7.00"),
     (2, "", "0.00")],
)  # fmt: skip
def test_the_three_ways_to_pay_a_transfer(tmp_path, kind, product, price):
    tt = fares(
        tmp_path, legs=["a,bus,,,p3", "b,express,,,p4"],
        transfers=[f"a,b,,,,{kind},{product}"], **NETWORKS,
    )  # fmt: skip
    assert cost(tt, "1 A-D 8:00-8:30", "9 D-G 8:40-8:50") == price
    # Rules have a direction.
    assert cost(tt, "9 G-D 8:00-8:10", "1 D-A 8:20-8:50") == "7.00"


@pytest.mark.parametrize(
    ("first", "second", "price"),
    # A = 3, B = 4, C = 3; both transfers cost 1. The second adds to what the first came to:
    # S + BC, or S + BC + C.
    [(0, 0, "5.00"), (0, 1, "8.00"), (1, 0, "9.00"), (1, 1, "12.00"), (1, 2, "9.00"),
     (2, 0, "2.00"), (2, 2, "2.00"), (2, 1, "5.00")],
)  # fmt: skip
def test_two_transfers_add_up(tmp_path, first, second, price):
    tt = fares(
        tmp_path, legs=["a,bus,,,p3", "b,express,,,p4"],
        transfers=[f"a,b,,,,{first},p1", f"b,a,,,,{second},p1"], **NETWORKS,
    )  # fmt: skip
    rides = ["1 A-D 8:00-8:30", "9 D-G 8:40-8:50", "1 B-C 9:00-9:10"]
    assert cost(tt, *rides) == price


def test_a_transfer_may_be_a_discount(tmp_path):
    tt = fares(
        tmp_path, legs=["a,,,,p3"], products=[*PRICES, "less,Remise,,,-0.50,EUR"],
        transfers=["a,a,-1,,,1,less"],
    )  # fmt: skip
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-E 8:30-8:40") == "5.50"


FOUR = ["1 A-B 8:00-8:10", "1 B-C 8:20-8:30", "2 C2-E 8:40-8:50", "2 E-F 9:00-9:10"]


@pytest.mark.parametrize(("spans", "price"), [(-1, "2.00"), (1, "4.00"), (2, "4.00"), (3, "2.00")])
def test_a_rule_spans_so_many_transfers_then_one_pays_again(tmp_path, spans, price):
    tt = fares(tmp_path, legs=["a,,,,p2"], transfers=[f"a,a,{spans},,,0,"])
    assert cost(tt, *FOUR) == price


def test_the_least_span_that_still_bears_the_transfer_is_taken(tmp_path):
    # First transfer free (span 1), the second and third 1 each (span 3).
    tt = fares(tmp_path, legs=["a,,,,p2"], transfers=["a,a,1,,,0,", "a,a,3,,,0,p1"])
    assert [cost(tt, *FOUR[:n]) for n in (1, 2, 3, 4)] == ["2.00", "2.00", "3.00", "4.00"]


@pytest.mark.parametrize(
    ("kind", "limit", "in_time"),
    # First leg 8:00-8:10, second leg 8:30-8:50: 50, 30, 20 and 40 minutes.
    [(0, 3000, True), (0, 2999, False), (1, 1800, True), (1, 1799, False),
     (2, 1200, True), (2, 1199, False), (3, 2400, True), (3, 2399, False)],
)  # fmt: skip
def test_a_duration_counts_from_one_end_to_the_other(tmp_path, kind, limit, in_time):
    tt = fares(tmp_path, legs=["a,,,,p2"], transfers=[f"a,a,-1,{limit},{kind},0,"])
    price = cost(tt, "1 A-B 8:00-8:10", "1 B-C 8:30-8:50")
    assert price == ("2.00" if in_time else "4.00")


def test_a_duration_counts_from_the_first_leg_of_a_chain(tmp_path):
    # Departures 8:00, 8:20, 8:40, 9:00: within 45 minutes of the first, three rides; then anew.
    tt = fares(tmp_path, legs=["a,,,,p2"], transfers=["a,a,-1,2700,1,0,"])
    assert [cost(tt, *FOUR[:n]) for n in (3, 4)] == ["2.00", "4.00"]


def test_a_longer_duration_may_cost_more(tmp_path):
    tt = fares(
        tmp_path, legs=["a,,,,p2"],
        transfers=["a,a,-1,1200,1,0,", "a,a,-1,7200,1,0,p1"],
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:10", "1 B-C 8:20-8:30") == "2.00"
    assert cost(tt, "1 A-B 8:00-8:10", "1 B-C 8:30-8:40") == "3.00"


def test_blank_groups_stand_for_those_that_no_rule_names(tmp_path):
    tt = fares(
        tmp_path, legs=["a,bus,,,p3", "b,express,,,p4"],
        transfers=["a,a,1,,,0,", ",,1,,,0,p1"], **NETWORKS,
    )  # fmt: skip
    # a to b: a is named as a start, so that the blank is not for it; nothing starts from a to b.
    assert cost(tt, "1 A-D 8:00-8:30", "9 D-G 8:40-8:50") == "7.00"
    assert cost(tt, "9 D-G 8:00-8:10", "9 G-D 8:20-8:30") == "5.00"
    assert cost(tt, "1 A-B 8:00-8:10", "1 B-C 8:20-8:30") == "3.00"


def test_a_blank_end_takes_any_group_no_rule_ends_in(tmp_path):
    tt = fares(
        tmp_path, legs=["a,bus,,,p3", "b,express,,,p4"], transfers=["a,,,,,0,p1"], **NETWORKS
    )  # fmt: skip
    assert cost(tt, "1 A-D 8:00-8:30", "9 D-G 8:40-8:50") == "4.00"
    assert cost(tt, "9 G-D 8:00-8:10", "1 D-A 8:20-8:50") == "7.00"


def test_legs_without_a_group_have_no_transfers(tmp_path):
    tt = fares(tmp_path, legs=[",bus,,,p3", "b,express,,,p4"], transfers=[",,1,,,0,"], **NETWORKS)
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-E 8:30-8:40") == "6.00"


def test_a_dearer_product_may_lead_to_a_cheaper_journey(tmp_path):
    # Line 1 at 1 without transfers, or at 2 with a free one to the express at 10.
    tt = fares(
        tmp_path, legs=["lone,bus,,,p1", "wide,bus,,,p2", "far,express,,,p10"],
        transfers=["wide,far,,,,0,"], **NETWORKS,
    )  # fmt: skip
    assert cost(tt, "1 A-D 8:00-8:30", "9 D-G 8:40-8:50") == "2.00"
    assert cost(tt, "1 A-D 8:00-8:30") == "1.00"


def test_a_ride_without_a_price_parts_the_journey(tmp_path):
    tt = fares(tmp_path, legs=["a,bus,,,p3"], transfers=["a,a,-1,,,0,"], **NETWORKS)
    priced = reach.fares.price(
        tt, journey(tt, "1 A-D 8:00-8:30", "9 D-G 8:40-8:50", "1 A-B 9:00-9:10")
    )
    assert [ticket.price for ticket in priced.tickets] == [3, 3]


# -- riders and media -------------------------------------------------------------------------

CATEGORIES = {
    "rider_categories": "rider_category_id,rider_category_name,is_default_fare_category,"
    "eligibility_url\nall,Tout public,1,\nsoli,Solidaire,0,https://example.org/soli\n"
}


def test_a_reduced_fare_is_for_those_who_have_a_right_to_it(tmp_path):
    tt = fares(
        tmp_path,
        legs=[",,,,t"],
        products=["t,Ticket,all,,2,EUR", "t,Ticket solidaire,soli,,0.60,EUR"],
        **CATEGORIES,
    )
    assert cost(tt, "1 A-B 8:00-8:10") == "2.00"
    assert cost(tt, "1 A-B 8:00-8:10", categories=["soli"]) == "0.60"
    assert cost(tt, "1 A-B 8:00-8:10", categories=["SOLIDAIRE"]) == "0.60"
    assert cost(tt, "1 A-B 8:00-8:10", categories=["Jeune"]) == "2.00"
    assert [(c.name, c.is_default) for c in reach.fares.categories(tt)] == [
        ("Tout public", True),
        ("Solidaire", False),
    ]


def test_a_product_for_others_alone_is_not_sold_to_all(tmp_path):
    tt = fares(tmp_path, legs=[",,,,t"], products=["t,Ticket,soli,,0.60,EUR"], **CATEGORIES)
    assert cost(tt, "1 A-B 8:00-8:10") is None


def test_the_cheapest_medium_is_taken_and_named(tmp_path):
    tt = fares(
        tmp_path, legs=[",,,,t"], products=["t,Ticket,,paper,2,EUR", "t,Ticket,,app,1.60,EUR"],
        fare_media="fare_media_id,fare_media_name,fare_media_type\npaper,Papier,1\napp,Appli,4\n",
    )  # fmt: skip
    (ticket,) = reach.fares.price(tt, journey(tt, "1 A-B 8:00-8:10")).tickets
    assert (str(ticket.price), ticket.media) == ("1.60", "Appli")


def test_the_second_generation_goes_before_the_first(tmp_path):
    tt = fares(
        tmp_path, legs=[",,,,p2"],
        fare_attributes="fare_id,price,currency_type,transfers\nf,1,EUR,0\n",
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:10") == "2.00"


def test_products_without_rules_leave_the_first_generation_in_use(tmp_path):
    tt = world(
        tmp_path, fare_products=table(PRODUCTS, *PRICES),
        fare_attributes="fare_id,price,currency_type,transfers\nf,1,EUR,0\n",
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:10") == "1.00"
