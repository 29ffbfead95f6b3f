"""Counts of people hired and still there: declared by a link, hidden until they are enough."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.cooperation.conftest import half_day  # noqa: F401 (fixture)
from tests.mailbox import deliver_queued
from traitdunion.cooperation.models import Action, Engagement
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.followup import reminders
from traitdunion.employers.followup.operations import declare, quarters
from traitdunion.employers.indicators import report
from traitdunion.employers.models import BilanCohorte, Club, EngagementEmployeur, Rencontre
from traitdunion.employers.models.followup import quarter_end, quarter_label

pytestmark = pytest.mark.django_db
CONFIRMED = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
FIRST = date(2026, 1, 1)


@pytest.fixture
def promises(half_day):  # noqa: F811
    """Four employers that confirmed a commitment."""
    club = Club.objects.create(slug="club", nom="Club", organisation=half_day.steering)
    meeting = Rencontre.objects.create(club=club, titre="R", tenue_le=FIRST)
    action = Action.objects.create(axe=half_day.axes[0], titre="Accueillir")
    return [
        EngagementEmployeur.objects.create(
            rencontre=meeting, nature="tuteur",
            engagement=Engagement.objects.create(
                action=action, organisation_nom=f"Scierie {n}", courriel=f"e{n}@e.example",
                quoi="Nommer", quantite=Decimal(1), unite="x", pour_le=FIRST, etat="confirme",
                confirme_le=CONFIRMED,
            ),
        )
        for n in range(4)
    ]  # fmt: skip


def declared(promise, hires, at_180, **of):
    return declare(
        promise=promise, hires=hires, reasons=(), now=of.get("now", NOW),
        quarter=of.get("quarter", FIRST), present={90: of.get("at_90"), 180: at_180},
    )  # fmt: skip


def kept_at(days):
    return next(
        figure for figure in report(on=NOW.date()).whole if figure.code == f"maintien_{days}"
    )


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), "1er trimestre 2026"),
        (date(2026, 4, 1), date(2026, 6, 30), "2e trimestre 2026"),
        (date(2026, 10, 1), date(2026, 12, 31), "4e trimestre 2026"),
    ],
)
def test_a_quarter_ends_on_its_last_day(first, last, label):
    assert (quarter_end(first), quarter_label(first)) == (last, label)
    assert quarters(last + timedelta(days=1))[0] == first


@pytest.mark.parametrize(
    ("hires", "is_shown"),
    [
        # (hired, still there): 40 hires, 25 still there, the largest employer has 50 %.
        ([(20, 12), (12, 8), (8, 5)], True),
        # Two employers are not enough, nor a third without a hire.
        ([(20, 12), (20, 13)], False),
        ([(20, 12), (20, 13), (0, 0)], False),
        # 86 of 100 hires are those of one employer; 85 may be.
        ([(86, 40), (7, 4), (7, 4)], False),
        ([(85, 40), (8, 4), (7, 4)], True),
        # Ten hires; then nine left of forty, which steps hide; then of thirty-four.
        ([(4, 2), (3, 1), (3, 1)], False),
        ([(20, 15), (12, 9), (8, 7)], True),
        ([(15, 14), (12, 12), (7, 7)], False),
    ],
)
def test_retention_waits_for_eleven_hires_and_three_employers(promises, hires, is_shown):
    for promise, (hired, stayed) in zip(promises, hires, strict=False):
        declared(promise, hired, stayed)
    figure = kept_at(180)
    assert (figure.numerator, figure.denominator) == (
        sum(stayed for _, stayed in hires), sum(hired for hired, _ in hires),
    )  # fmt: skip
    assert figure.is_shown is is_shown
    assert (figure.share is None) is not is_shown


def test_two_days_together_do_not_tell_the_few_who_left_between_them(promises):
    for promise in promises[:3]:
        declared(promise, 20, 11, at_90=12)
    assert (kept_at(90).shown, kept_at(180).shown) == ((33, 55), None)
    for promise in promises[:3]:
        declared(promise, 20, 8, at_90=12)
    assert (kept_at(90).shown, kept_at(180).shown) == ((33, 55), (22, 55))


def test_one_employer_more_moves_what_is_published_by_elevens(promises):
    for promise in promises[:3]:
        declared(promise, 20, 12)
    before = kept_at(180).shown, kept_at(180).unknown_shown
    declared(promises[3], 4, 1)
    assert (kept_at(180).numerator, kept_at(180).denominator) == (37, 64)
    assert (kept_at(180).shown, kept_at(180).unknown_shown) == before == ((33, 55), None)


def test_what_is_not_known_or_not_yet_due_is_not_in_the_share(promises):
    declared(promises[0], 20, None)
    declared(promises[1], 15, 9)
    declared(promises[2], 30, None, quarter=date(2026, 7, 1))  # its 180 days are not over
    figure = kept_at(180)
    assert (figure.numerator, figure.denominator, figure.unknown) == (9, 15, 20)
    parts = report(on=NOW.date()).parts
    codes = {row.code for named in parts.values() for rows in named.values() for row in rows}
    assert not any(code.startswith("maintien") for code in codes)


@pytest.mark.parametrize(
    ("hires", "at_90", "at_180", "quarter", "refused"),
    [
        (5, 6, None, FIRST, "dépassent les embauches"),
        (5, 3, 4, FIRST, "dépassent les présents à 90 jours"),
        (5, 5, None, date(2026, 7, 1), None),
        (5, None, 5, date(2026, 7, 1), "Trop tôt pour 180 jours"),
        (5, None, None, date(2026, 10, 1), "trimestre terminé"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(promises, hires, at_90, at_180, quarter, refused):
    # The third quarter ends on 30 September; its 90 days on 29 December, its 180 on 29 March.
    now = datetime(2026, 12, 29, 12, tzinfo=UTC)
    if refused is None:
        assert declared(promises[0], hires, at_180, at_90=at_90, quarter=quarter, now=now)
        return
    with pytest.raises(EmployersError, match=refused):
        declared(promises[0], hires, at_180, at_90=at_90, quarter=quarter, now=now)


def test_an_employer_is_asked_three_times_and_declares_by_its_link(promises, client, time_machine):
    EngagementEmployeur.objects.exclude(pk=promises[0].pk).delete()
    asked = [
        CONFIRMED + timedelta(days=days)
        for days in (90, 91, 92, 182, 365, 366, 500)
        if reminders.run(now=CONFIRMED + timedelta(days=days), site="https://x.example")
    ]
    assert [(at - CONFIRMED).days for at in asked] == [91, 182, 365]
    url = reverse("employers:counts", args=[promises[0].token])
    time_machine.move_to(NOW, tick=False)
    deliver_queued()
    page = client.get(url)
    assert "aucun nom" in page.content.decode()
    given = {"trimestre": "2026-01-01", "embauches": "4", "presents_90": "3", "motifs": ["essai"]}
    assert client.post(url, given).status_code == 302
    assert client.post(url, given | {"embauches": "5"}).status_code == 302
    row = BilanCohorte.objects.get()
    assert (row.embauches, row.presents_90, row.presents_180) == (5, 3, None)
    assert client.post(url, given | {"presents_90": "9"}).status_code == 422
    Engagement.objects.filter(pk=promises[0].pk).update(confirme_le=NOW - timedelta(days=731))
    assert client.get(url).status_code == 410
