"""How and until when to ask for a ride on demand, in French."""

from datetime import date, datetime

from traitdunion import french, reach

CARRIER = "l'exploitant"


def in_general(leg: reach.Leg, on: date) -> str:
    """Return the same for each day: "À réserver la veille avant 19 h, au 04…".

    Nothing without notice.

    What the service itself gives its riders follows, as it stands.
    """
    message = leg.booking.message.strip() if leg.booking else ""
    return " ".join(filter(None, (_how(leg, on), message and f"« {message} »")))


def _how(leg: reach.Leg, on: date) -> str:
    booking = leg.booking
    if leg.kind != "on_demand" and booking is None:
        return ""
    if leg.route_type == reach.SHUTTLE:
        return ""
    if leg.route_type == reach.CARPOOL:
        start_s, end_s = leg.pickup_window_s or (leg.departure_s, leg.departure_s)
        if start_s == end_s:
            return "À convenir avec le conducteur."
        between = f"entre {french.clock(start_s)} et {french.clock(end_s)}"
        return f"À convenir avec le conducteur, départ {between}."
    if booking is None or booking.book_by is None:
        if leg.kind == "on_demand":
            return f"À demander au service{_by(booking)}."
        known = _by(booking)
        return f"À réserver{known}." if known else f"À réserver auprès de {leg.agency or CARRIER}."
    days = (on - booking.book_by.date()).days
    if days <= 0:
        ahead_s = leg.departure_s - _seconds(booking.book_by, on)
        return f"À réserver au moins {french.duration_s(ahead_s)} avant{_by(booking)}."
    day = "la veille" if days == 1 else f"{days} jours avant,"
    return f"À réserver {day} avant {_hour(booking.book_by)}{_by(booking)}."


def of_the_first(week: reach.WeekVerdict, now: datetime) -> str:
    """Return the first ride to ask for: "Réserver avant mardi 24 novembre à 19 h au 04…".

    Where one cannot book yet, from when one can.
    """
    asked = [
        (leg.booking.book_by, leg.booking)
        for day in week.days
        if day.feasible
        for journey in day.ways
        for leg in journey.legs
        if leg.booking is not None and leg.booking.book_by is not None
    ]
    if not asked:
        return ""
    by, booking = min(asked, key=lambda pair: pair[0])
    first = f"Réserver le premier trajet avant {_day_in_words(by)} à {_hour(by)}{_by(booking)}."
    if booking.opens_at is None or booking.opens_at <= now:
        return first
    return f"{first} Réservations ouvertes à partir du {_day_in_words(booking.opens_at)}."


def number_of(week: reach.WeekVerdict) -> int:
    """Return how often one must ask in a week: each ride on demand or booked, each driver once."""
    rides, drivers = 0, set()
    for day in week.days:
        for journey in day.ways:
            for leg in journey.legs if day.feasible else ():
                if leg.route_type == reach.CARPOOL:
                    drivers.add((leg.agency, leg.route_name))
                elif leg.route_type != reach.SHUTTLE:
                    rides += leg.kind == "on_demand" or leg.booking is not None
    return rides + len(drivers)


def days_ahead(week: reach.WeekVerdict) -> int:
    """Return how many days before the ride the lines taken must be booked, 0 without one."""
    return max(
        (
            (journey.on - leg.booking.book_by.date()).days
            for day in week.days
            if day.feasible
            for journey in day.ways
            for leg in journey.legs
            if leg.kind == "ride" and leg.booking is not None and leg.booking.book_by is not None
        ),
        default=0,
    )


def _day_in_words(moment: datetime) -> str:
    return f"{french.DAYS[moment.weekday()]} {french.day(moment.date()).rsplit(' ', 1)[0]}"


def _by(booking: reach.Booking | None) -> str:
    """Return by which means to book: telephone, else address."""
    if booking is None:
        return ""
    if booking.phone:
        return f", au {booking.phone.replace(' ', french.NBSP)}"
    return f", sur {booking.booking_url}" if booking.booking_url else ""


def _hour(moment: datetime) -> str:
    return french.clock(moment.hour * 3600 + moment.minute * 60)


def _seconds(moment: datetime, on: date) -> int:
    days = (moment.date() - on).days
    return days * french.DAY_S + moment.hour * 3600 + moment.minute * 60 + moment.second
