"""The same question with one thing changed, and what an answer comes to."""

from dataclasses import replace

from straight_road import BACK, OUT, Network, place, road, situation

from traitdunion import reach
from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.what_if import living_at, outcome_of, shift_moved


def ask(asked):
    return answer(asked, timetable=road(OUT, BACK), solutions=(), network=Network(), epci_of={}.get)


def test_a_shift_moves_whole_with_its_parts():
    split = reach.Shift(6 * 3600, 20 * 3600, periods=((6 * 3600, 9 * 3600), (17 * 3600, 20 * 3600)))
    moved = shift_moved(replace(situation(), shift=split), -30).shift
    assert moved.periods == ((19_800, 30_600), (59_400, 70_200))
    assert (moved.start_s, moved.end_s) == (19_800, 70_200)


def test_a_shift_does_not_move_to_another_day():
    early = situation(shift={"start_s": 1800, "end_s": 9 * 3600})
    assert shift_moved(early, -60) is None
    late = situation(shift={"start_s": 23 * 3600 + 1800, "end_s": 31 * 3600})
    assert shift_moved(late, 30) is None
    assert shift_moved(late, 15).shift.start_s == 23 * 3600 + 2700


def test_moving_the_hours_may_open_the_job_and_close_it():
    # In by the 7:00 (arrives 7:38:40), out by the 16:20: a shift of 9:00–17:00 misses the way
    # back, moved an hour earlier it has both.
    late = situation(shift={"start_s": 9 * 3600, "end_s": 17 * 3600})
    assert outcome_of(ask(late)).sure == 0
    opened = outcome_of(ask(shift_moved(late, -60)))
    assert (opened.sure, opened.days) == (1, 5)
    assert opened.best.key == "transports"


def test_another_home_is_asked_from_there():
    far = situation(home=place(-9_000))
    assert outcome_of(ask(far)).best is None
    assert outcome_of(ask(living_at(far, place(0)))).days == 5


def test_an_outcome_counts_what_is_sure_and_what_is_to_check():
    answer = ask(situation())
    (sure,) = answer.options
    unsure = replace(sure, verdict=Verdict.A_VERIFIER)
    assert (outcome_of(answer).sure, outcome_of(answer).to_check) == (1, 0)
    both = outcome_of(replace(answer, options=(sure, unsure)))
    assert (both.sure, both.to_check, both.days) == (1, 1, 5)
    doubtful = outcome_of(replace(answer, options=(unsure,)))
    assert (doubtful.sure, doubtful.to_check, doubtful.days) == (0, 1, 0)
