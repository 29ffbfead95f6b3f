"""The checklist of an arrival: the right steps, on the right days, with the text that asks them."""

from datetime import date

import pytest

from traitdunion.employers.welcome import Condition, Contract, Hire, checklist, rules

MONDAY = date(2026, 4, 27)  # followed by 1 May and 8 May, two holidays
NONE = dict.fromkeys(Condition, False)


def steps(hire):
    return {step.rule.id: step for step in checklist(hire)}


def test_the_dates_follow_the_day_of_hiring():
    planned_steps = steps(Hire(MONDAY, Contract.CDD, NONE))
    assert planned_steps["dpae"].earliest_on == date(2026, 4, 19)
    assert planned_steps["dpae"].due_on == date(2026, 4, 26)
    assert planned_steps["cdd_contrat"].due_on == date(2026, 4, 29)
    assert planned_steps["information_sept_jours"].due_on == date(2026, 5, 3)
    assert planned_steps["information_mois"].due_on == date(2026, 5, 27)
    assert planned_steps["visite_information"].due_on == date(2026, 7, 27)
    assert planned_steps["entretien_parcours"].due_on == date(2027, 4, 27)


def test_two_working_days_leave_out_sundays_and_holidays():
    planned_steps = steps(Hire(date(2026, 4, 30), Contract.CDD, NONE))
    assert planned_steps["cdd_contrat"].due_on == date(2026, 5, 4)  # not 1 May, not Sunday 3


def test_a_month_after_the_31st_is_the_last_day_of_the_next():
    planned_steps = steps(Hire(date(2028, 1, 31), Contract.CDI, NONE))
    assert planned_steps["information_mois"].due_on == date(2028, 2, 29)
    assert "cdd_contrat" not in planned_steps


@pytest.mark.parametrize("condition", list(Condition))
def test_a_visit_before_the_post_replaces_the_later_one(condition):
    planned_steps = steps(Hire(MONDAY, Contract.CDI, {**NONE, condition: True}))
    assert "visite_avant" in planned_steps
    assert not planned_steps["visite_avant"].to_check
    assert "visite_information" not in planned_steps


def test_what_is_unknown_is_to_be_checked_never_dropped():
    planned_steps = steps(Hire(MONDAY, Contract.CDI))
    assert planned_steps["visite_avant"].to_check
    assert planned_steps["visite_information"].to_check
    assert not planned_steps["dpae"].to_check


def test_reinforced_safety_is_for_short_contracts_at_posts_at_risk():
    risky = {**NONE, Condition.RISKS: True}
    assert "securite_renforcee" in steps(Hire(MONDAY, Contract.INTERIM, risky))
    assert "securite_renforcee" not in steps(Hire(MONDAY, Contract.CDI, risky))
    assert "securite_renforcee" not in steps(Hire(MONDAY, Contract.CDD, NONE))


def test_steps_come_in_the_order_of_their_dates_and_each_law_has_its_article():
    checked = checklist(Hire(MONDAY, Contract.CDI))
    assert [step.due_on for step in checked] == sorted(step.due_on for step in checked)
    assert all(step.rule.article or not step.rule.confidence for step in checked)
    assert len({rule.id for rule in rules()}) == len(rules())
