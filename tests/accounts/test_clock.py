"""A wrong clock erases nothing for good, unless it is confirmed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from traitdunion.accounts.clock import SuspiciousClock, check_clock, check_share, keep_run
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import ErasureRun
from traitdunion.accounts.operations import record


@pytest.fixture
def recorded(people, now):
    """The last thing recorded on this site, on 23 November 2026."""
    record(by=people.admin, organisation=people.ici, action=Action.CREER, target=people.ici, at=now)
    return now


def test_a_clock_of_the_usual_days_is_taken(recorded):
    check_clock(recorded + timedelta(days=60), "followup")
    check_clock(recorded - timedelta(days=60), "followup")


def test_a_clock_far_after_all_that_is_recorded_is_refused_with_both_days(recorded):
    with pytest.raises(SuspiciousClock) as refused:
        check_clock(recorded + timedelta(days=731), "followup")
    assert "23 novembre 2028" in str(refused.value)
    assert "depuis le 23 novembre 2026" in str(refused.value)
    assert "--sure" in str(refused.value)


@pytest.mark.django_db
def test_a_new_site_has_nothing_to_lose():
    check_clock(datetime(2099, 1, 1, tzinfo=UTC), "followup")


def test_people_who_sign_in_under_a_wrong_clock_do_not_make_it_right(recorded, people):
    """The clock jumps, a person signs in, the command runs: its own last run is the reference."""
    keep_run(recorded, "followup")
    wrong = recorded + timedelta(days=731)
    people.admin.last_login = wrong
    people.admin.save()
    record(by=people.admin, organisation=people.ici, action=Action.CREER, target=people.ici,
           at=wrong)  # fmt: skip
    for _ in range(3):
        with pytest.raises(SuspiciousClock, match="dernier passage de cette commande"):
            check_clock(wrong, "followup")
    check_clock(recorded + timedelta(days=15), "followup")
    # Another command has its own; a clock that goes back is as wrong as one that jumps.
    with pytest.raises(SuspiciousClock):
        check_clock(recorded - timedelta(days=2), "followup")


@pytest.mark.parametrize("command", ["followup", "roadmap"])
def test_a_command_that_refuses_keeps_nothing_of_the_moment(command, recorded):
    right, wrong = recorded + timedelta(days=1), recorded + timedelta(days=400)
    call_command(command, now=right)
    with pytest.raises(CommandError, match="rien n'est effacé"):
        call_command(command, now=wrong)
    assert ErasureRun.objects.get(pk=command).at == right
    call_command(command, now=wrong, sure=True)
    assert ErasureRun.objects.get(pk=command).at == wrong


@pytest.mark.parametrize(("n_due", "n_all"), [(20, 20), (21, 105), (0, 0), (1, 1)])
def test_a_usual_share_goes(n_due, n_all):
    check_share(n_due, n_all, "parcours")  # 21 of 105 is a fifth, and no more


@pytest.mark.parametrize(("n_due", "n_all"), [(21, 104), (93, 93)])
def test_more_than_a_fifth_at_once_is_refused(n_due, n_all):
    with pytest.raises(SuspiciousClock, match=f"{n_due} parcours sur {n_all}"):
        check_share(n_due, n_all, "parcours")
