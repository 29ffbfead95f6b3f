"""What became of those proposed to a structure, as anybody may read it: one quarter, by elevens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import caches

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.models import Structure
from traitdunion.desk.enums import StatutOrientation, StatutRendezVous
from traitdunion.desk.models import CheckPoint, Orientation, Parcours, RendezVous
from traitdunion.observatory import views
from traitdunion.observatory.needs.followup import followed_quarter, followup_of

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)


def moment(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def send(n, desk, *, on=FIRST, days=None, **state):
    """Send people of a desk to a garage on a day; `days` later the garage answers."""
    garage, _ = Structure.objects.get_or_create(id="garage", nom="Garage")
    sent = []
    for _ in range(n):
        parcours = Parcours.objects.create(
            organisation=desk, initiales="AB", opened_at=moment(on), touched_at=moment(on)
        )
        answered = None if days is None else moment(on) + timedelta(days)
        sent.append(Orientation.objects.create(
            parcours=parcours, structure=garage, solution_nom="Prêt", created_at=moment(on),
            sent_at=moment(on), answered_at=answered, **state,
        ))  # fmt: skip
    return sent


@pytest.fixture
def counted():
    """Two desks, one of demonstration, another quarter, and appointments held and missed."""
    desk, other, demo = (
        Organisation.objects.create(slug=slug, nom=slug, demonstration=slug == "demo")
        for slug in ("ici", "ailleurs", "demo")
    )
    accepted = StatutOrientation.ACCEPTEE
    started = send(20, desk, days=3, statut=accepted, started_on=FIRST)
    started += send(14, other, on=LAST, days=8, statut=accepted, started_on=LAST)
    send(12, desk, days=1, statut=StatutOrientation.REFUSEE, motif="zone")
    send(40, demo, days=1, statut=accepted)
    send(40, desk, on=LAST + timedelta(1), statut=StatutOrientation.OUVERTE)
    for n, orientation in enumerate(started):
        CheckPoint.objects.create(
            orientation=orientation, month=3, asked_at=moment(LAST), answered_at=moment(LAST),
            servi="oui" if n < 22 else "non", en_emploi=n < 12,
        )  # fmt: skip
    for n in range(25):
        statut = StatutRendezVous.HONORE if n < 13 else StatutRendezVous.ABSENT
        RendezVous.objects.create(
            parcours=started[0].parcours, reference=f"r{n}", asked_at=moment(FIRST), statut=statut,
            starts_at=moment(FIRST), event_at=moment(FIRST),
        )  # fmt: skip
    caches["memory"].clear()
    return followup_of(FIRST, LAST)


def test_the_quarter_shown_is_over_for_three_months():
    assert followed_quarter(date(2026, 11, 30)) == (FIRST, LAST)
    assert followed_quarter(date(2026, 10, 1)) == (FIRST, LAST)


def test_all_desks_count_together_by_steps_of_eleven_without_the_demonstration(counted):
    funnel = dict(counted.figures.funnel)
    assert funnel["Parcours ouverts"] == 44  # 46
    assert funnel["Orientations envoyées"] == 44
    assert funnel["Acceptées"] in (33, None)  # 34
    # 12 refused: 11, unless the two above would give back who was neither.
    assert funnel["Refusées"] in (11, None)
    assert funnel["Commencées"] in (33, None)
    # 22 served and 12 not; 12 in a job and 22 not.
    assert funnel["Encore servies à trois mois"] == 22
    assert funnel["En emploi à trois mois"] == 11
    # 12 answers in a day, 20 in three, 14 in eight: the first 44 of 46.
    assert counted.figures.days == (3, 8)
    assert counted.appointments == [("Rendez-vous honorés", 11), ("Rendez-vous manqués", 11)]


def test_the_page_shows_them_beside_national_surveys_and_says_so_of_a_quiet_quarter(client):
    caches["memory"].clear()
    html = client.get("/statistiques/").content.decode()
    assert "Trop peu de personnes ce trimestre-là" in html
    assert "Laboratoire de la mobilité inclusive" in html
    assert "<dt>Acceptées</dt>" not in html


def test_the_page_shows_the_counts_of_its_quarter(client, counted, monkeypatch):
    monkeypatch.setattr(views, "followed_quarter", lambda _today: (FIRST, LAST))
    html = client.get("/statistiques/").content.decode()
    assert "<dt>Encore servies à trois mois</dt><dd>22 ou plus</dd>" in html
    assert "neuf sur dix en 8 jours ou moins" in html
