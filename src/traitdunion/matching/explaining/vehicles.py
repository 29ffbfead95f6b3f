"""Names of public vehicles for people to read."""


def vehicle_word(route_type: int | None, metres: float) -> str:
    """Return the name of a public vehicle by its GTFS route type, basic or extended.

    Type 3 covers both: beyond 8 km as the crow flies French riders say "car", below "bus".
    """
    kind = 3 if route_type is None else route_type
    hundreds = kind // 100
    if kind in (0, 5) or hundreds == 9:
        return "Tram"
    if kind in (1, 12) or hundreds in (4, 5, 6):
        return "Métro"
    if kind == 2 or hundreds in (1, 3):
        return "Train"
    if kind == 4 or hundreds in (10, 12):
        return "Bateau"
    if kind in (6, 7) or hundreds in (13, 14):
        return "Câble"
    if hundreds == 2:
        return "Car"
    if hundreds == 7 or kind == 11:
        return "Bus"
    return "Car" if metres >= 8_000 else "Bus"
