"""How and until when to ask for a ride on demand, in French."""

from datetime import date, datetime

from traitdunion import reach

from . import wording


def in_general(leg: reach.Leg, on: date) -> str:
    """The same for each day: "À réserver la veille avant 19 h, au 04…"; nothing without notice.

    What the service itself tells its riders follows, as it stands.
    """
    message = leg.booking.message.strip() if leg.booking else ""
    return " ".join(filter(None, (_how(leg, on), message and f"« {message} »")))


def _how(leg: reach.Leg, on: date) -> str:
    if leg.kind != "on_demand":
        return ""
    booking = leg.booking
    if leg.route_type == reach.SHUTTLE:
        return ""
    if leg.route_type == reach.CARPOOL:
        start_s, end_s = leg.pickup_window_s or (leg.departure_s, leg.departure_s)
        if start_s == end_s:
            return "À convenir avec le conducteur."
        between = f"entre {wording.clock(start_s)} et {wording.clock(end_s)}"
        return f"À convenir avec le conducteur, départ {between}."
    if booking is None or booking.book_by is None:
        return f"À demander au service{_by(booking)}."
    days = (on - booking.book_by.date()).days
    if days <= 0:
        ahead_s = leg.departure_s - _seconds(booking.book_by, on)
        return f"À réserver au moins {wording.duration(ahead_s)} avant{_by(booking)}."
    day = "la veille" if days == 1 else f"{days} jours avant,"
    return f"À réserver {day} avant {_hour(booking.book_by)}{_by(booking)}."


def of_the_first(week: reach.WeekVerdict, now: datetime) -> str:
    """The first ride to ask for: "Réserver avant mardi 24 novembre à 19 h au 04…".

    Where one cannot book yet, from when one can.
    """
    asked = [
        (leg.booking.book_by, leg.booking)
        for day in week.days
        if day.feasible
        for journey in (day.out, day.back)
        if journey is not None
        for leg in journey.legs
        if leg.booking is not None and leg.booking.book_by is not None
    ]
    if not asked:
        return ""
    by, booking = min(asked, key=lambda pair: pair[0])
    first = f"Réserver le premier trajet avant {_day(by)} à {_hour(by)}{_by(booking)}."
    if booking.opens_at is None or booking.opens_at <= now:
        return first
    return f"{first} Réservations ouvertes à partir du {_day(booking.opens_at)}."


def _day(moment: datetime) -> str:
    return f"{wording.DAYS[moment.weekday()]} {wording.on_date(moment.date()).rsplit(' ', 1)[0]}"


def _by(booking: reach.Booking | None) -> str:
    """By which means: telephone, else address."""
    if booking is None:
        return ""
    if booking.phone:
        return f", au {booking.phone.replace(' ', wording.NBSP)}"
    return f", sur {booking.booking_url}" if booking.booking_url else ""


def _hour(moment: datetime) -> str:
    return wording.clock(moment.hour * 3600 + moment.minute * 60)


def _seconds(moment: datetime, on: date) -> int:
    days = (moment.date() - on).days
    return days * wording.DAY_S + moment.hour * 3600 + moment.minute * 60 + moment.second
