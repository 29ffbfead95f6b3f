"""What the lines taken ask, and on which other days they run, in French."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from traitdunion import french, reach
from traitdunion.reach.compiling.wheelchair import NO, UNKNOWN
from traitdunion.sources.school_holidays import school_zone

from ..answer import Filtre, Finding, Verdict
from ..feasibility.other_days import OtherDays
from . import bookings

MIN_SCHOOL_DAYS = 3
"""Days without a trip below which holidays would be recognised by chance."""

MAX_SPANS = 3


def line_findings(week: reach.WeekVerdict) -> list[Finding]:
    """Return what weighs on the lines taken: to be booked, for pupils, reserved."""
    findings: dict[Finding, None] = {}
    for leg, on in _rides(week):
        if leg.booking is not None:
            text = f"{_line(leg)} : {french.uncapitalised(bookings.in_general(leg, on))}"
            is_known = bool(leg.booking.book_by or leg.booking.phone or leg.booking.booking_url)
            verdict = Verdict.SOUS_CONDITION if is_known else Verdict.A_VERIFIER
            findings[Finding(verdict, text, Filtre.PREAVIS)] = None
        if text := not_for_all(leg):
            findings[Finding(Verdict.A_VERIFIER, text, Filtre.ELIGIBILITE)] = None
    return list(findings)


def beyond_findings(week: reach.WeekVerdict, tt: reach.Timetable) -> list[Finding]:
    """Return a finding for each feed whose lines are taken on a day it does not answer for."""
    feeds: dict[str, reach.FeedSpan] = {}
    for leg, on in _rides(week):
        feed = None if leg.from_stop is None else tt.feed_of_stop(leg.from_stop)
        if feed is not None and not feed.knows(on):
            feeds[feed.name] = feed
    return [
        Finding(Verdict.A_VERIFIER, f"{hours_unknown([feed])}.", Filtre.ALLER)
        for feed in feeds.values()
    ]


def wheelchair_findings(week: reach.WeekVerdict) -> list[Finding]:
    """Return a finding for each operator of a ride that does not say whether it takes one."""
    unsaid = {leg.agency: None for leg, _ in _rides(week) if leg.wheelchair == UNKNOWN}
    texts = [
        f"Accessibilité non renseignée : appeler le transporteur{f' ({name})' if name else ''} "
        "avant de partir."
        for name in unsaid
    ]
    return [Finding(Verdict.A_VERIFIER, text, Filtre.BESOINS) for text in texts]


def refused_text(day: reach.DayVerdict, tt: reach.Timetable) -> str:
    """Return the first stop, else the first line, of a day's ways that takes no wheelchair."""
    legs = [leg for way in day.ways for leg in way.legs]
    for leg in legs:
        for stop, name in ((leg.from_stop, leg.from_name), (leg.to_stop, leg.to_name)):
            if leg.kind == "ride" and tt.arrays["stop_wheelchair"][stop] == NO:
                return f"Non accessible en fauteuil : arrêt {name}"
    refused = next((leg for leg in legs if leg.wheelchair == NO), None)
    named = f" : ligne {refused.route_name}" if refused is not None and refused.route_name else ""
    return f"Non accessible en fauteuil{named}"


def not_for_all(leg: reach.Leg) -> str:
    """Return why a line may not take an adult; empty where it takes everybody."""
    if leg.route_type in reach.SCHOOL:
        return f"{_line(leg)} est un circuit scolaire : à vérifier auprès du transporteur."
    if leg.route_type in reach.RESERVED:
        return (
            f"{_line(leg)} est réservée à certains voyageurs : à vérifier auprès du transporteur."
        )
    return ""


def other_weeks_findings(week: reach.WeekVerdict, others: OtherDays) -> list[Finding]:
    """Return a finding where other weeks do not answer as the one asked about."""
    if not others.works or not others.fails:
        return []
    works = bool(week.feasible_days)
    text = f"pas de trajet possible {_spans(others)}."
    zone = school_zone(others.works, others.fails)
    if zone is not None and len(others.fails) >= MIN_SCHOOL_DAYS:
        text = f"Circule en période scolaire seulement (zone {zone}) : {text}"
    elif works:
        text = f"D'autres semaines diffèrent : {text}"
    else:
        text = f"Possible d'autres semaines : {text}"
    if works:
        return [Finding(Verdict.SOUS_CONDITION, text, Filtre.ALLER)]
    reason = next((day.reason for day in week.days if not day.feasible), None)
    filtre = Filtre.RETOUR if reason == reach.Reason.NO_TRIP_BACK else Filtre.ALLER
    return [Finding(Verdict.NON, text, filtre)]


def hours_unknown(feeds: Sequence[reach.FeedSpan]) -> str:
    """Return which hours are not known on a day, without a final stop."""
    names = french.listed(feed.name.removesuffix(".zip") for feed in feeds)
    last = max((feed.last for feed in feeds if feed.last), default=None)
    return (
        f"Les horaires de {names} ne couvrent pas ce jour"
        if last is None
        else f"Les horaires de {names} sont connus jusqu'au {french.day(last)}"
    )


def _rides(week: reach.WeekVerdict) -> Iterable[tuple[reach.Leg, date]]:
    for day in week.days:
        for journey in day.ways:
            if day.feasible:
                for leg in journey.legs:
                    if leg.kind == "ride":
                        yield leg, journey.on


def _line(leg: reach.Leg) -> str:
    return f"La ligne {leg.route_name}" if leg.route_name else "La ligne"


def _spans(others: OtherDays) -> str:
    """Return the days that fail as spans, a span holding no day that works."""
    spans: list[list[date]] = []
    works = set(others.works)
    for on in others.fails:
        between = (
            (spans[-1][1] + timedelta(n) for n in range(1, (on - spans[-1][1]).days))
            if spans
            else ()
        )
        if spans and not works.intersection(between):
            spans[-1][1] = on
        else:
            spans.append([on, on])
    texts = [
        f"le {french.day(first)}"
        if first == last
        else f"du {french.day(first)} au {french.day(last)}"
        for first, last in spans[:MAX_SPANS]
    ]
    more = len(spans) - MAX_SPANS
    if more > 0:
        texts.append(f"{more} autre{french.plural(more)} période{french.plural(more)}")
    return french.listed(texts)
