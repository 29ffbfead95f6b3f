"""Scheduled work: due at its hour, run by one worker, its end recorded, taken over after a kill."""

import sys
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from traitdunion.accounts.models import ScheduledWork
from traitdunion.accounts.scheduled import operations, queries
from traitdunion.accounts.scheduled.models import Outcome
from traitdunion.accounts.scheduled.operations import CLAIM_MARGIN, Work
from traitdunion.accounts.scheduled.runner import Interrupted, Runner

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 30, 5, 0, tzinfo=PARIS)
DAILY = Work(
    "jour", "Chaque jour", ("-c", "print('x' * 600); print('1 point.\\n3 relances.')"), time(6, 30)
)
WEEKLY = Work("semaine", "Le dimanche", ("-c", "pass"), time(2), weekday=6)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("work", "now", "expected"),
    [
        (DAILY, MONDAY, datetime(2026, 11, 30, 6, 30, tzinfo=PARIS)),
        (DAILY, MONDAY.replace(hour=6, minute=30), datetime(2026, 12, 1, 6, 30, tzinfo=PARIS)),
        (WEEKLY, MONDAY, datetime(2026, 12, 6, 2, 0, tzinfo=PARIS)),
        (WEEKLY, datetime(2026, 12, 6, 2, tzinfo=PARIS), datetime(2026, 12, 13, 2, tzinfo=PARIS)),
        # The night when clocks go back an hour: still half past six of the site.
        (DAILY, datetime(2026, 10, 24, 7, tzinfo=PARIS),
         datetime(2026, 10, 25, 6, 30, tzinfo=PARIS)),
    ],
)  # fmt: skip
def test_the_next_moment_is_at_the_hour_of_the_site(work, now, expected):
    assert work.next_after(now) == expected


@pytest.mark.django_db
class TestRows:
    def test_a_new_work_waits_for_its_hour_and_one_that_is_gone_leaves(self):
        operations.enter([DAILY, WEEKLY], MONDAY)
        assert ScheduledWork.objects.get(pk="jour").due_at == MONDAY.replace(hour=6, minute=30)
        operations.enter([DAILY], MONDAY)
        assert [row.name for row in ScheduledWork.objects.all()] == ["jour"]

    def test_one_that_runs_at_first_is_due_as_soon_as_it_is_known(self):
        operations.enter([replace(WEEKLY, at_first=True)], MONDAY)
        assert ScheduledWork.objects.get().due_at == MONDAY

    def test_it_is_brought_forward_by_an_earlier_hour_or_a_clock_set_back(self):
        operations.enter([DAILY], MONDAY + timedelta(days=40))
        operations.enter([DAILY], MONDAY)
        assert ScheduledWork.objects.get().due_at == MONDAY.replace(hour=6, minute=30)

    def test_days_when_the_machine_was_off_are_made_up_for_once(self):
        operations.enter([DAILY], MONDAY)
        later = MONDAY + timedelta(days=9)
        operations.enter([DAILY], later)
        row = ScheduledWork.objects.get()
        assert row.due_at == MONDAY.replace(hour=6, minute=30)
        assert queries.late(later) == ["jour"]


@pytest.fixture
def moment():
    """The moment that the runner reads; tests move it."""
    return [MONDAY]


@pytest.fixture
def runner(moment):
    """Function that makes a runner of works whose commands are lines of Python."""

    def make(*works, why_not=""):
        made = Runner(works, is_wanted=lambda work: why_not, clock=lambda: moment[0],
                      program=[sys.executable])  # fmt: skip
        operations.enter(works, moment[0])
        return made

    return make


@pytest.mark.django_db(transaction=True)
class TestRuns:
    def test_at_its_hour_it_runs_once_and_keeps_what_it_wrote(self, runner, moment):
        run = runner(DAILY)
        assert not run.run_one()
        moment[0] = MONDAY + 2 * HOUR
        assert run.run_one()
        assert not run.run_one()
        row = ScheduledWork.objects.get()
        assert (row.outcome, row.message) == (Outcome.DONE, "1 point. 3 relances.")
        assert row.due_at == datetime(2026, 12, 1, 6, 30, tzinfo=PARIS)
        assert (row.started_at, row.ended_at) == (moment[0], moment[0])

    def test_a_failure_keeps_the_reason_and_stops_no_other(self, runner, moment):
        failing = Work("casse", "Casse", ("-c", "import sys; sys.exit('plus de place')"), time(6))
        run = runner(failing, DAILY)
        moment[0] = MONDAY + 2 * HOUR
        assert run.run_one()
        assert run.run_one()
        assert queries.failing() == ["casse"]
        assert ScheduledWork.objects.get(pk="casse").message == "plus de place"
        assert ScheduledWork.objects.get(pk="jour").outcome == Outcome.DONE

    def test_one_that_never_ends_is_stopped_at_its_limit(self, runner, moment):
        endless = Work("sans-fin", "Sans fin", ("-c", "import time; time.sleep(600)"), time(6),
                       limit=timedelta(seconds=0))  # fmt: skip
        run = runner(endless)
        moment[0] = MONDAY + 2 * HOUR
        assert run.run_one()
        row = ScheduledWork.objects.get()
        assert row.outcome == Outcome.FAILED
        assert "Arrêté au bout de" in row.message

    def test_one_without_object_here_says_why_and_comes_back(self, runner, moment):
        run = runner(DAILY, why_not="aucun horaire")
        moment[0] = MONDAY + 2 * HOUR
        assert run.run_one()
        row = ScheduledWork.objects.get()
        assert (row.outcome, row.message) == (Outcome.NOT_WANTED, "aucun horaire")
        assert row.due_at > moment[0]

    def test_a_runner_asked_to_stop_leaves_the_work_due(self, runner, moment):
        endless = Work("sans-fin", "Sans fin", ("-c", "import time; time.sleep(600)"), time(6))
        run = runner(endless)
        moment[0] = MONDAY + 2 * HOUR
        run.ask_to_stop()
        assert not run.run_one()
        row = ScheduledWork.objects.get()
        assert row.claim is None
        assert row.due_at < moment[0]
        with pytest.raises(Interrupted):
            run._run_command(endless)

    def test_two_runners_never_run_the_same_work(self, runner, moment):
        runner(DAILY)
        moment[0] = MONDAY + 2 * HOUR
        assert operations.claim_due([DAILY], moment[0])
        assert operations.claim_due([DAILY], moment[0]) is None
        assert not operations.ask_for("jour", moment[0])

    def test_a_killed_runner_leaves_its_work_to_another(self, runner, moment):
        runner(DAILY)
        start = moment[0] = MONDAY + 2 * HOUR
        dead = operations.claim_due([DAILY], start)
        after = start + DAILY.limit + CLAIM_MARGIN
        assert operations.claim_due([DAILY], after - timedelta(seconds=1)) is None
        _, taken = operations.claim_due([DAILY], after)
        operations.end(DAILY, dead[1], outcome=Outcome.DONE, message="trop tard", now=after)
        assert ScheduledWork.objects.get().claim == taken
