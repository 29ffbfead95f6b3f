"""What an answer says of the lines taken: booked, for pupils, other weeks, past the last day."""

from dataclasses import dataclass
from datetime import date

import pytest
from le_puy_brioude import BRIOUDE, FILES, LE_PUY, NOW, compiled, published, write

from traitdunion import reach
from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.needs import ChildStop, Needs
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule

SHIFT = reach.Shift(10 * 3600, 16 * 3600 + 1800)


@dataclass(frozen=True)
class Network:
    label: str = "cars"
    demonstration: bool = False


def public_option(tt, week, **changed):
    """The option by the line alone, possible or not."""
    reply = answer(
        Situation(
            home=Place("Le Puy", LE_PUY.lat, LE_PUY.lon, "43157"),
            work=Place("Brioude", BRIOUDE.lat, BRIOUDE.lon, "43040"),
            shift=SHIFT,
            week=week,
            permis=Permis.AUCUN,
            vehicule=Vehicule.AUCUN,
            **({"now": NOW} | changed),
        ),
        timetable=tt,
        solutions=(),
        network=Network(),
        epci_of=lambda code: None,
    )
    (option,) = [
        o for o in (*reply.options, *reply.excluded) if "ride" in o.modes or o.key == "transport"
    ]
    return option


both = pytest.mark.parametrize("source", ["drawn", "published"])


def world(source, tmp_path, case, name="feed.zip", **files):
    if source == "published":
        return compiled(published(case, name))
    return compiled(write(tmp_path / "cars.zip", **files))


# -- past the last day of a feed --------------------------------------------------------------


@both
def test_past_the_last_day_of_a_feed_no_trip_is_to_be_checked(source, tmp_path):
    ends = FILES["calendar"].replace("20271231", "20261204")
    tt = world(source, tmp_path, "feed-ends-inside-span", calendar=ends)
    known = public_option(tt, date(2026, 11, 30))
    assert (known.verdict, known.feasible_days) == (Verdict.POSSIBLE, 5)
    after = public_option(tt, date(2026, 12, 14))
    assert (after.verdict, after.feasible_days) == (Verdict.A_VERIFIER, 0)
    assert all("sont connus jusqu'au 4 décembre 2026" in reason for reason in after.reasons)


CHILD = Needs(child=ChildStop(Place("Le Puy", LE_PUY.lat, LE_PUY.lon, "43157"), 7 * 3600, 68_400))
"""A nursery beside home, open from 7:00 to 19:00."""


def test_past_the_last_day_of_a_feed_a_child_on_the_way_is_to_be_checked_too(tmp_path):
    ends = FILES["calendar"].replace("20271231", "20261204")
    tt = compiled(write(tmp_path / "cars.zip", calendar=ends))
    known = public_option(tt, date(2026, 11, 30), needs=CHILD)
    assert known.feasible_days == 5
    after = public_option(tt, date(2026, 12, 14), needs=CHILD)
    assert (after.verdict, after.feasible_days) == (Verdict.A_VERIFIER, 0)
    assert all("sont connus jusqu'au 4 décembre 2026" in reason for reason in after.reasons)


def test_a_feed_that_ends_far_away_does_not_make_a_way_unknown(tmp_path):
    ends = FILES["calendar"].replace("20271231", "20261204")
    brest = "stop_id,stop_name,stop_lat,stop_lon\nS1,A,48.39,-4.49\nS2,B,48.4,-4.3\nS3,C,48.5,-4\n"
    tt = compiled(
        write(tmp_path / "a.zip", calendar=FILES["calendar"], stop_times=LATE),
        write(tmp_path / "brest.zip", calendar=ends, stops=brest),
    )
    assert public_option(tt, date(2026, 12, 14)).verdict == Verdict.NON


LATE = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1,09:00:00,09:00:00,S1,1\nT1,10:20:00,10:20:00,S3,3\n"
    "T2,17:00:00,17:00:00,S3,1\nT2,18:20:00,18:20:00,S1,3\n"
)


def test_a_line_that_goes_on_is_possible_though_another_feed_ended(tmp_path):
    ends = FILES["calendar"].replace("20271231", "20261204")
    tt = compiled(
        write(tmp_path / "a.zip"), write(tmp_path / "b.zip", calendar=ends, stop_times=LATE)
    )
    option = public_option(tt, date(2026, 12, 14))
    assert (option.verdict, option.feasible_days) == (Verdict.POSSIBLE, 5)


UNTIL = "feed_publisher_name,feed_publisher_url,feed_lang,feed_end_date\nA,https://a.fr,fr,{}\n"


def test_past_the_end_that_a_feed_names_its_lines_are_to_be_checked(tmp_path):
    """The calendar goes on to 2027, the publisher answers until Wednesday 16 December 2026."""
    tt = compiled(write(tmp_path / "cars.zip", feed_info=UNTIL.format("20261216")))
    before = public_option(tt, date(2026, 12, 7))
    assert (before.verdict, before.feasible_days, before.reasons) == (Verdict.POSSIBLE, 5, ())
    during = public_option(tt, date(2026, 12, 14))
    assert (during.verdict, during.feasible_days) == (Verdict.A_VERIFIER, 5)
    assert during.reasons == ("Les horaires de cars sont connus jusqu'au 16 décembre 2026.",)


def test_past_the_end_that_a_feed_names_no_trip_is_no_no(tmp_path):
    """No service of the calendar reaches the week; a date added in it shows that trips may run."""
    tt = compiled(
        write(
            tmp_path / "cars.zip",
            feed_info=UNTIL.format("20261204"),
            calendar=FILES["calendar"].replace("20271231", "20261204"),
            calendar_dates="service_id,date,exception_type\nWK,20261222,1\n",
        )
    )
    option = public_option(tt, date(2026, 12, 14))
    assert (option.verdict, option.feasible_days) == (Verdict.A_VERIFIER, 0)
    assert all("sont connus jusqu'au 4 décembre 2026" in reason for reason in option.reasons)
    # A trip added past the end is shown, and to be checked as the other days are.
    added = public_option(tt, date(2026, 12, 21))
    assert (added.verdict, added.feasible_days) == (Verdict.A_VERIFIER, 1)


# -- other weeks ------------------------------------------------------------------------------

OFF = "service_id,date,exception_type\n" + "".join(
    f"WK,{day},2\n"
    for day in (
        *range(20261221, 20261226),
        *range(20261228, 20261232),
        20270101,
    )
)


@both
@pytest.mark.parametrize("week", [date(2026, 11, 30), date(2026, 12, 21)])
def test_a_line_of_school_time_says_so_in_both_weeks(source, week, tmp_path):
    """Compiled to 27 December: no trip from Monday 21 to Thursday 24, Friday 25 is a holiday."""
    tt = world(source, tmp_path, "school-days-only", calendar_dates=OFF)
    option = public_option(tt, week)
    works = week == date(2026, 11, 30)
    assert option.verdict == (Verdict.SOUS_CONDITION if works else Verdict.NON)
    assert (
        "Circule en période scolaire seulement (zone A) : pas de trajet possible du "
        "21 décembre 2026 au 24 décembre 2026."
    ) in option.reasons


def test_a_line_that_runs_every_week_says_nothing_of_them(tmp_path):
    tt = compiled(write(tmp_path / "cars.zip"))
    option = public_option(tt, date(2026, 11, 30))
    assert (option.verdict, option.reasons) == (Verdict.POSSIBLE, ())


def test_a_line_off_for_works_names_the_days(tmp_path):
    """Off from 9 to 11 December, in school time."""
    off = "service_id,date,exception_type\nWK,20261209,2\nWK,20261210,2\nWK,20261211,2\n"
    tt = compiled(write(tmp_path / "cars.zip", calendar_dates=off))
    assert public_option(tt, date(2026, 11, 30)).reasons == (
        "D'autres semaines diffèrent : pas de trajet possible du 9 décembre 2026 au "
        "11 décembre 2026.",
    )


# -- booked, for pupils, reserved -------------------------------------------------------------

BOOKED = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,"
    "pickup_booking_rule_id,drop_off_booking_rule_id\n"
    "T1,08:00:00,08:00:00,S1,1,2,1,B1,\nT1,09:20:00,09:20:00,S3,3,1,2,,B1\n"
    "T2,17:00:00,17:00:00,S3,1,2,1,B1,\nT2,18:20:00,18:20:00,S1,2,1,2,,B1\n"
)
RULES = (
    "booking_rule_id,booking_type,prior_notice_last_day,prior_notice_last_time,message,"
    "phone_number\nB1,2,1,17:00:00,Reservez la veille avant 17 h,04 71 00 00 00\n"
)


@both
def test_a_booked_line_says_until_when_and_where_to_call(source, tmp_path):
    tt = world(
        source,
        tmp_path,
        "virtual-line-booking",
        "both-ways.zip",
        stop_times=BOOKED,
        booking_rules=RULES,
    )
    option = public_option(tt, date(2026, 11, 30))
    assert option.verdict == Verdict.SOUS_CONDITION
    assert option.feasible_days == 5
    (step,) = [step for step in option.days[0].out if step.kind == "ride"]
    assert "la veille avant 17" in step.booking.lower()
    assert option.lead_time_days == 1
    assert option.next_step.startswith("Réserver le premier trajet avant dimanche 29 novembre")
    assert any(reason.startswith("La ligne L1 : à réserver") for reason in option.reasons)


@pytest.mark.parametrize("needs", [Needs(), CHILD])
def test_a_day_asked_for_too_late_says_so_with_a_child_on_the_way_too(needs, tmp_path):
    """Asked at 18:00 on Sunday: Monday had to be booked by 17:00."""
    tt = compiled(write(tmp_path / "cars.zip", stop_times=BOOKED, booking_rules=RULES))
    option = public_option(tt, date(2026, 11, 30), now=NOW.replace(hour=18), needs=needs)
    assert option.feasible_days == 4
    assert any("Le lundi : trop tard pour réserver" in reason for reason in option.reasons)


def test_a_line_booked_nobody_knows_how_is_to_be_checked(tmp_path):
    bare = BOOKED.replace("B1", "")
    option = public_option(
        compiled(write(tmp_path / "cars.zip", stop_times=bare)), date(2026, 11, 30)
    )
    assert option.verdict == Verdict.A_VERIFIER
    assert option.reasons == ("La ligne L1 : à réserver auprès de Cars A.",)


@pytest.mark.parametrize(
    ("kind", "said"), [(712, "est un circuit scolaire"), (713, "est réservée à certains voyageurs")]
)
def test_lines_not_for_all_are_never_sure(kind, said, tmp_path):
    routes = FILES["routes"].replace(",3\n", f",{kind}\n")
    option = public_option(
        compiled(write(tmp_path / "cars.zip", routes=routes)), date(2026, 11, 30)
    )
    assert option.verdict == Verdict.A_VERIFIER
    assert option.reasons == (f"La ligne L1 {said} : à vérifier auprès du transporteur.",)
