"""Fares of a journey on two feeds: what a ride of another feed in between changes, or not."""

from decimal import Decimal

import pytest
from fare_world import MONDAY, NOWHERE, table, week, world, write

from traitdunion import reach
from traitdunion.reach.tariffs import MONTH, Ticket

LEGS = "leg_group_id,network_id,from_area_id,to_area_id,fare_product_id"
PRODUCTS = "fare_product_id,fare_product_name,rider_category_id,fare_media_id,amount,currency"
TRANSFERS = (
    "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
    "fare_transfer_type,fare_product_id"
)
FIRST = {"fare_attributes": "fare_id,price,currency_type,transfers\nf,2.00,EUR,1\n"}
SECOND = {
    "fare_products": table(PRODUCTS, "p2,Ticket,,,2,EUR"),
    "fare_leg_rules": table(LEGS, "a,,,,p2"),
    "fare_transfer_rules": table(TRANSFERS, "a,a,-1,,,0,"),
}
OTHER = {"fare_attributes": "fare_id,price,currency_type,transfers\ng,5.00,EUR,0\n"}
LINES_A_FEED = 3


def ride(tt, hour, *, feed=0):
    """Line 1 of a feed from A to B, at an hour."""
    return reach.Leg(
        kind="ride", from_name="A", to_name="B", from_point=NOWHERE, to_point=NOWHERE,
        departure_s=hour * 3600, arrival_s=hour * 3600 + 600, agency="Urbain",
        stops=(tt.stop_index("A"), tt.stop_index("B")), routes=(feed * LINES_A_FEED,),
    )  # fmt: skip


def priced(tmp_path, fares, *feeds):
    folders = [write(tmp_path / "own", **fares), write(tmp_path / "other", **OTHER)]
    tt = reach.Timetable.from_gtfs(folders, start=MONDAY, days=7)
    assert len(tt.tariffs) == 2
    legs = tuple(ride(tt, 8 + i, feed=feed) for i, feed in enumerate(feeds))
    return reach.fares.price(tt, reach.Journey(MONDAY, legs)).amount("EUR")


@pytest.mark.parametrize("fares", [FIRST, SECOND])
def test_a_change_within_a_feed_is_free(tmp_path, fares):
    assert priced(tmp_path, fares, 0, 0) == 2


def test_a_ride_of_another_feed_in_between_leaves_a_ticket_of_the_first_generation_valid(tmp_path):
    # 2 € for both rides of one's own feed, 5 € for the other's.
    assert priced(tmp_path, FIRST, 0, 1, 0) == 7


def test_a_ride_of_another_feed_in_between_ends_a_transfer_of_the_second_generation(tmp_path):
    # Transfers are between rides that follow each other: 2 + 5 + 2 €.
    assert priced(tmp_path, SECOND, 0, 1, 0) == 9
    assert priced(tmp_path, SECOND, 0, 0, 1) == 7


def test_passes_that_another_spares_leave_room_for_the_one_of_need(tmp_path):
    """Twelve cheap passes of one operator do not push out the only one of the other."""
    tt = world(tmp_path, fare_attributes="fare_id,price,currency_type,transfers\nf,2.00,EUR,0\n")
    passes = [
        Ticket(f"Mensuel {n}", Decimal(20 + n), "EUR", valid=MONTH, agencies=("Urbain",))
        for n in range(12)
    ]
    express = Ticket("Express", Decimal(40), "EUR", valid=MONTH, agencies=("Express",))
    rides = week(tt, ["1 A-C 8:00-8:20", "9 D-G 8:40-8:50"], ["1 C-A 17:00-17:20"])
    month_cost = reach.fares.month(tt, rides, passes=[*passes, express])
    # The Express alone is 5 rides × 2 € × 52 / 12 = 43.33 €.
    assert [line.ticket.name for line in month_cost.lines] == ["Mensuel 0", "Express"]
    assert month_cost.amount("EUR") == 60
