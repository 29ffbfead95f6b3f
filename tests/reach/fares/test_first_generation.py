"""Fares v1 by hand: each field of fare_attributes.txt and fare_rules.txt."""

import pytest
from fare_world import cost, journey, table, world

from traitdunion import reach

HEAD = "fare_id,price,currency_type,payment_method,transfers,agency_id,transfer_duration"
RULES = "fare_id,route_id,origin_id,destination_id,contains_id"


@pytest.fixture
def fares(tmp_path):
    def made(*attributes, rules=()):
        files = {"fare_attributes": table(HEAD, *attributes)}
        if rules:
            files["fare_rules"] = table(RULES, *rules)
        return world(tmp_path, **files)

    return made


def test_a_fare_without_rules_pays_any_ride(fares):
    tt = fares("f,1.50,EUR,0,0,,")
    assert cost(tt, "1 A-B 8:00-8:10") == "1.50"
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-E 8:30-8:40") == "3.00"


@pytest.mark.parametrize(
    ("transfers", "price"),
    # Four rides: one ticket each; two tickets of two; two of three at most; one.
    [("0", "4.00"), ("1", "2.00"), ("2", "2.00"), ("", "1.00")],
)
def test_a_fare_allows_so_many_transfers(fares, transfers, price):
    tt = fares(f"f,1,EUR,0,{transfers},,")
    rides = ["1 A-B 8:00-8:10", "1 B-C 8:15-8:20", "2 C2-E 8:30-8:40", "2 E-F 8:50-9:00"]
    assert cost(tt, *rides) == price


@pytest.mark.parametrize(
    ("second_leaves", "price"),
    # Valid 3600 s: boarding again at 9:00 is in time whenever one arrives, at 9:01 it is not.
    [("9:00", "1.00"), ("9:01", "2.00")],
)
def test_a_transfer_expires_so_long_after_the_first_boarding(fares, second_leaves, price):
    tt = fares("f,1,EUR,0,,,3600")
    assert cost(tt, "1 A-C 8:00-8:20", f"2 C2-F {second_leaves}-9:50") == price


def test_the_duration_does_not_bound_a_single_ride(fares):
    assert cost(fares("f,1,EUR,0,0,,60"), "1 A-D 8:00-9:00") == "1.00"


def test_fares_hold_for_their_routes(fares):
    tt = fares(
        "one,1,EUR,0,,,", "both,3,EUR,0,,,", rules=["one,1,,,", "both,1,,,", "both,2,,,"]
    )  # fmt: skip
    assert cost(tt, "1 A-C 8:00-8:20") == "1.00"
    assert cost(tt, "2 C2-E 8:00-8:20") == "3.00"
    # Line 1 alone at 1 and line 2 at 3, or both on one ticket at 3.
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-E 8:30-8:40") == "3.00"
    assert cost(tt, "9 D-G 8:00-8:20") is None


def test_a_ride_that_no_fare_pays_leaves_the_whole_unknown_and_is_told(fares):
    tt = fares("one,1,EUR,0,,,", rules=["one,1,,,"])
    priced = reach.fares.price(tt, journey(tt, "1 A-D 8:00-8:20", "9 D-G 8:30-8:40"))
    assert [ticket.price for ticket in priced.tickets] == [1]
    assert [leg.agency for leg in priced.unpriced] == ["Express"]
    assert priced.amount("EUR") is None


def test_fares_hold_from_zone_to_zone(fares):
    tt = fares(
        "near,1,EUR,0,,,", "far,2,EUR,0,,,", rules=["near,,1,1,", "far,,1,3,", "far,,3,1,"]
    )  # fmt: skip
    assert cost(tt, "1 A-B 8:00-8:10") == "1.00"
    assert cost(tt, "1 A-D 8:00-8:30") == "2.00"
    assert cost(tt, "1 D-A 8:00-8:30") == "2.00"
    assert cost(tt, "1 A-C 8:00-8:20") is None
    # The zones are those of the first and the last stop of all that one ticket pays.
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-F 8:30-8:50") == "2.00"


@pytest.mark.parametrize(
    ("rule", "price"), [("f,,1,,", "1.00"), ("f,,,3,", "1.00"), ("f,,2,,", None)]
)
def test_a_blank_zone_is_any(fares, rule, price):
    assert cost(fares("f,1,EUR,0,,,", rules=[rule]), "1 A-D 8:00-8:30") == price


def test_fares_hold_for_exactly_the_zones_passed(fares):
    tt = fares(
        "two,1,EUR,0,,,", "three,2,EUR,0,,,",
        rules=["two,1,,,1", "two,1,,,2", "three,1,,,1", "three,1,,,2", "three,1,,,3"],
    )  # fmt: skip
    assert cost(tt, "1 A-C 8:00-8:20") == "1.00"
    assert cost(tt, "1 A-D 8:00-8:30") == "2.00"
    # Zone 1 alone: neither fare is for it.
    assert cost(tt, "1 A-B 8:00-8:10") is None


def test_the_zones_of_several_routes_add_up(fares):
    tt = fares("f,2,EUR,0,,,", rules=["f,1,,,1", "f,1,,,2", "f,2,,,2", "f,2,,,3"])
    assert cost(tt, "1 A-C 8:00-8:20", "2 C2-F 8:30-8:50") == "2.00"
    assert cost(tt, "1 A-C 8:00-8:20") == "2.00"
    assert cost(tt, "1 A-B 8:00-8:10") is None


def test_a_pair_of_zones_is_for_the_route_of_its_own_rule(fares):
    tt = fares("f,2,EUR,0,,,", rules=["f,1,1,2,", "f,2,2,3,"])
    assert cost(tt, "1 A-C 8:00-8:20") == "2.00"
    assert cost(tt, "2 C2-F 8:00-8:20") == "2.00"
    assert cost(tt, "1 C-D 8:00-8:20") is None


def test_a_fare_of_an_operator_is_for_its_rides(fares):
    tt = fares("u,1,EUR,0,,u,", "x,5,EUR,0,,x,")
    assert cost(tt, "1 A-D 8:00-8:20", "9 D-G 8:30-8:40") == "6.00"


def test_the_cheapest_way_to_part_the_rides_is_taken(fares):
    # Line 1 twice at 2 each, or all three rides for 5 with line 2 at 4 otherwise: 2 + 2 + 4 = 8.
    tt = fares(
        "one,2,EUR,0,0,,", "two,4,EUR,0,0,,", "all,5,EUR,0,2,,", "pair,3,EUR,0,1,,",
        rules=["one,1,,,", "two,2,,,", "all,1,,,", "all,2,,,", "pair,1,,,"],
    )  # fmt: skip
    rides = ["1 A-B 8:00-8:10", "1 B-C 8:15-8:20", "2 C2-E 8:30-8:40"]
    assert cost(tt, *rides) == "5.00"
    assert cost(tt, *rides[:2]) == "3.00"
    assert cost(tt, *rides[1:]) == "5.00"


def test_a_currency_is_kept_and_never_converted(fares):
    tt = fares("f,3.75,CAD,0,,,")
    priced = reach.fares.price(tt, journey(tt, "1 A-B 8:00-8:10"))
    assert (str(priced.amount("CAD")), priced.amount("EUR")) == ("3.75", None)


def test_a_feed_without_fares_prices_nothing(tmp_path):
    tt = world(tmp_path)
    assert tt.tariffs == ()
    assert cost(tt, "1 A-B 8:00-8:10") is None
    assert not any(name.startswith("fares_") for name in tt.arrays)
