"""The indicators count by hand: numerator, denominator, unknown, nothing under eleven cases."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.cooperation.conftest import half_day  # noqa: F401 (fixture)
from traitdunion.cooperation.models import Action, Engagement
from traitdunion.cooperation.roadmap import operations as roadmap
from traitdunion.employers.followup.publishing import Shown
from traitdunion.employers.indicators import Indicator, report, report_json
from traitdunion.employers.models import Club, EngagementEmployeur, Rencontre

ON = date(2026, 6, 1)
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def year(half_day):  # noqa: F811
    """Fourteen meetings before ON: 12 recorded (9 held, 5 with a job-seeker), 2 not; 1 to come."""
    club = Club.objects.create(
        slug="club", nom="Club", organisation=half_day.steering, secteur="soin"
    )
    for n in range(14):
        row = Rencontre(club=club, titre=f"R{n}", tenue_le=ON - timedelta(days=n + 1))
        if n < 12:
            row.bloc = "tenu" if n < 9 else "non"
            row.paroles = ["demandeur"] if n < 5 else ["employeur"] if n < 9 else []
            row.enregistree_le = NOW
        row.save()
    Rencontre.objects.create(club=club, titre="À venir", tenue_le=ON)
    Rencontre.objects.create(
        club=club, titre="Annulée", tenue_le=ON - timedelta(days=3), annulee_le=NOW
    )
    return club


def by_code(indicators):
    return {
        figure.code: (figure.numerator, figure.denominator, figure.unknown)
        for figure in indicators.whole
    }


def test_meetings_are_counted_over_those_recorded(year):
    indicators = report(on=ON)
    counts = by_code(indicators)
    assert counts["temps_tenu"] == (9, 12, 2)
    assert counts["parole"] == (5, 12, 2)
    assert counts["parole_demandeur"] == (5, 12, 2)
    assert counts["parole_employeur"] == (4, 12, 2)
    of_parts = tuple(
        figure for figure in indicators.whole if not figure.code.startswith("maintien")
    )
    assert indicators.parts["secteur"]["Soin et aide à la personne"] == of_parts
    assert indicators.parts["annee"]["2026"] == of_parts


def test_commitments_due_and_kept_on_time(year, half_day):  # noqa: F811
    """Four due: two kept (one late), one not kept, one without an answer; one is to come."""
    action = Action.objects.create(axe=half_day.axes[0], titre="Accueillir")
    meeting = year.rencontres.first()
    rows = []
    for n, pour_le in enumerate([date(2026, 5, 10)] * 4 + [date(2026, 7, 1)]):
        row = Engagement.objects.create(
            action=action, organisation_nom=f"E{n}", courriel=f"e{n}@e.example", quoi="Nommer",
            quantite=Decimal(1), unite="x", pour_le=pour_le, etat="confirme", confirme_le=NOW,
        )  # fmt: skip
        EngagementEmployeur.objects.create(engagement=row, rencontre=meeting, nature="tuteur")
        rows.append(row)
    answers = [("tenu", 9), ("tenu", 11), ("non_tenu", 9)]
    for row, (etat, day) in zip(rows, answers, strict=False):
        at = datetime(2026, 5, day, 9, tzinfo=UTC)
        roadmap.report_on(by=row.courriel, commitment=row, etat=etat, preuve="vu", now=at)
    counts = by_code(report(on=ON))
    assert counts["engagements_confirmes"] == (5, 5, 0)
    assert counts["engagements_tenus"] == (2, 3, 1)
    assert counts["engagements_a_temps"] == (1, 3, 1)


@pytest.mark.parametrize(
    ("numerator", "denominator", "people", "shown"),
    [
        (3, 10, None, None),
        (3, 11, None, (3, 11)),
        (30, 40, Shown(22, 33, 0), (22, 33)),
        (30, 40, Shown(None, 33, 0), None),
        (30, 40, Shown(22, None, 0), None),
        (3, 10, Shown(0, 0, 0), None),
    ],
)
def test_a_share_is_shown_from_eleven_and_of_people_as_published(
    numerator, denominator, people, shown
):
    counted = Indicator("x", "X", "x", numerator, denominator, 0, people)
    assert counted.shown == shown
    assert counted.is_shown is (shown is not None)
    assert counted.share == (shown and shown[0] / shown[1])


def test_the_json_and_the_public_page_hide_what_is_under_eleven(year, client, capsys, time_machine):
    time_machine.move_to(datetime(2026, 6, 1, 9, tzinfo=UTC))
    call_command("employers", "indicators", "--json")
    data = json.loads(capsys.readouterr().out)
    assert data == json.loads(json.dumps(report_json(report(on=ON))))
    held, *_ = data["indicators"]
    assert (held["numerator"], held["denominator"], held["unknown"]) == (9, 12, 2)
    page = client.get(reverse("employers:action")).content.decode()
    assert "<td>75 %</td><td>9 sur 12</td><td>2</td>" in page
    Rencontre.objects.filter(titre__in=["R0", "R1"]).delete()
    page = client.get(reverse("employers:action")).content.decode()
    assert "7 sur 10" not in page
    assert "moins de 11" in page
    call_command("employers", "indicators", "--json")
    assert json.loads(capsys.readouterr().out)["indicators"][0]["numerator"] is None


def test_demonstration_clubs_do_not_mix_with_real_ones(year):
    assert not report(on=ON).demonstration
    Club.objects.create(slug="demo", nom="Démo", organisation=year.organisation, demonstration=True)
    assert by_code(report(on=ON))["temps_tenu"] == (9, 12, 2)
    Rencontre.objects.all().delete()
    Club.objects.filter(demonstration=False).delete()
    indicators = report(on=ON)
    assert indicators.demonstration
    assert by_code(indicators)["temps_tenu"] == (0, 0, 0)
