"""The indicators of employers become dated readings of the action, nothing more than published."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.cooperation.conftest import half_day  # noqa: F401 (fixture)
from tests.employers.test_indicators import year  # noqa: F401 (fixture)
from traitdunion.cooperation.models import Action, Indicateur, Releve
from traitdunion.cooperation.roadmap.measures import standing
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.followup.publishing import Shown
from traitdunion.employers.indicators import Indicator, report
from traitdunion.employers.models import Rencontre
from traitdunion.employers.roadmap_readings import Fed, feed

ON = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def action(year, half_day):  # noqa: F811
    row = Action.objects.create(axe=half_day.axes[0], titre="Accueillir")
    year.action = row
    year.save()
    return row


def reading(action, code, on=ON):
    row = Releve.objects.get(
        indicateur__action=action, indicateur__calcul=f"employeurs:{code}", releve_le=on
    )
    return row.valeur, row.numerateur, row.denominateur, row.inconnus, row.secret


def test_each_indicator_is_read_with_its_numbers_its_unknown_and_its_day(action, half_day):  # noqa: F811
    """Twelve meetings recorded of fourteen: nine held the item, five heard a job-seeker."""
    fed = feed(by=half_day.steerer, action=action, on=ON, now=NOW)
    assert fed.same == 0
    assert fed.kept == Releve.objects.count() == Indicateur.objects.count()
    assert reading(action, "temps_tenu") == (Decimal("75.00"), 9, 12, 2, False)
    assert reading(action, "parole") == (Decimal("41.67"), 5, 12, 2, False)
    held = Indicateur.objects.get(calcul="employeurs:temps_tenu")
    assert standing(held, on=ON).last.fraction == "9 sur 12, 2 non renseignés"
    assert not Indicateur.objects.filter(calcul__startswith="employeurs:engagements").exists()


def test_the_same_day_again_writes_what_changed_and_another_day_adds_a_reading(action, half_day):  # noqa: F811
    fed = feed(by=half_day.steerer, action=action, on=ON, now=NOW)
    assert feed(by=half_day.steerer, action=action, on=ON, now=NOW) == Fed(0, fed.kept)
    Rencontre.objects.filter(titre="R9").update(bloc="tenu")
    assert feed(by=half_day.steerer, action=action, on=ON, now=NOW) == Fed(1, fed.kept - 1)
    assert reading(action, "temps_tenu")[1] == 10
    later = date(2026, 7, 1)
    feed(by=half_day.steerer, action=action, on=later, now=NOW)
    held = Indicateur.objects.get(calcul="employeurs:temps_tenu")
    assert [row.releve_le for row in held.releves.all()] == [ON, later]


def test_under_eleven_cases_the_reading_has_its_day_and_no_figure(action, half_day):  # noqa: F811
    Rencontre.objects.filter(titre__in=["R0", "R1"]).delete()
    feed(by=half_day.steerer, action=action, on=ON, now=NOW)
    assert reading(action, "temps_tenu") == (None, None, None, None, True)


def test_people_are_read_as_published_by_steps_of_eleven(action, half_day, monkeypatch):  # noqa: F811
    rows = [
        Indicator("maintien_90", "Encore là", "personnes", 30, 40, 5, Shown(22, 33, None)),
        Indicator("maintien_180", "Encore là", "personnes", 30, 40, 5, Shown(None, 33, 0)),
    ]
    shown = report(on=ON)
    monkeypatch.setattr(
        "traitdunion.employers.roadmap_readings.report",
        lambda on: type(shown)(on, False, tuple(rows), {}),
    )
    feed(by=half_day.steerer, action=action, on=ON, now=NOW)
    assert reading(action, "maintien_90") == (Decimal("66.67"), 22, 33, None, False)
    assert reading(action, "maintien_180") == (None, None, None, None, True)
    assert all(row.personnes for row in Indicateur.objects.all())


def test_it_is_refused_to_who_may_not_write_the_action_and_where_no_club_brings_to_it(
    action, half_day, year  # noqa: F811
):  # fmt: skip
    with pytest.raises(PermissionDenied):
        feed(by=half_day.partner_admin, action=action, on=ON, now=NOW)
    other = Action.objects.create(axe=half_day.axes[1], titre="Rouler")
    with pytest.raises(EmployersError, match="Aucun club"):
        feed(by=half_day.steerer, action=other, on=ON, now=NOW)
    Rencontre.objects.all().delete()
    with pytest.raises(EmployersError, match="Rien à relever"):
        feed(by=half_day.steerer, action=action, on=ON, now=NOW)
    assert not Indicateur.objects.exists()


def test_one_press_on_the_page_writes_them(action, half_day, client, time_machine):  # noqa: F811
    time_machine.move_to(NOW)
    page = reverse("employers:readings", args=[action.pk])
    public = reverse("employers:action")
    assert page not in client.get(public).content.decode()
    client.force_login(half_day.partner_admin)
    assert client.get(page).status_code == 403
    assert page not in client.get(public).content.decode()
    client.force_login(half_day.steerer)
    assert page in client.get(public).content.decode()
    assert "<td>9 sur 12</td><td>2</td>" in client.get(page).content.decode()
    done = client.post(page, follow=True)
    assert done.redirect_chain[0][0] == reverse("cooperation:sheet", args=[action.pk])
    assert "relevés inscrits" in done.content.decode()
    assert reading(action, "temps_tenu")[1:4] == (9, 12, 2)


def test_the_database_refuses_two_indicators_of_one_figure_and_unknown_without_a_share(action):
    values = {"action": action, "definition": "D", "unite": "%", "source": "S", "calcul": "x"}
    row = Indicateur.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicateur.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Releve.objects.create(indicateur=row, releve_le=ON, valeur=3, inconnus=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Releve.objects.create(indicateur=row, releve_le=ON, secret=True, inconnus=1)
