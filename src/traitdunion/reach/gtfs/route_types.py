"""Kinds of lines (`route_type`, extended types included) that change who may ride, or the price.

Source: GTFS reference, routes.txt, and the extended route types derived from TPEG.
"""

from typing import Final

RAIL: Final = frozenset({2, *range(100, 118)})

SCHOOL: Final = frozenset({712})
"""School buses: an adult may be refused."""

RESERVED: Final = frozenset({708, 709, 713})
"""Buses for disabled people. 713 is school and public service in the list of types, and what
French networks give the buses reserved to people who hold a card: either way, to be checked."""
