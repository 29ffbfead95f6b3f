"""The self-diagnosis of a site: points by theme, unknown apart, comparable, forgotten in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.employers.diagnosis import keep_diagnosis, questionnaire, result_of
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import DiagnosticSite
from traitdunion.employers.retention import DIAGNOSIS_KEPT, forget_due
from traitdunion.territory.models import Commune, Departement, Region, Site

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
FIRST = {"accueil_liste": "non", "accueil_demi_journee": "non", "tuteur_nomme": "oui",
         "tuteur_temps": "", "trajet_offre": "en_partie", "langue_binome": "oui"}  # fmt: skip
LATER = FIRST | {"accueil_liste": "oui", "tuteur_temps": "oui", "langue_binome": "en_partie"}


@pytest.fixture
def keeper(client, db, time_machine):
    time_machine.move_to(NOW, tick=False)
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    departement = Departement.objects.create(code="43", nom="Haute-Loire", region=region)
    commune = Commune.objects.create(
        code_insee="43157",
        nom="Le Puy-en-Velay",
        departement=departement,
        lat=45.04,
        lon=3.88,
        population=19_000,
    )
    Site.objects.create(
        code="usine", nom="Usine", employeur="Fictive", commune=commune, lat=45.04, lon=3.88
    )
    mms = Organisation.objects.create(slug="mms", nom="MMS fictive")
    client.user = User.objects.create_user("m@x.example", "un mot de passe assez long")
    Membership.objects.create(user=client.user, organisation=mms, role=Role.MMS)
    client.force_login(client.user)
    client.page = reverse("employers:diagnosis", args=["mms", "usine"])
    return client


def kept(keeper, answers, on=TODAY):
    return keep_diagnosis(
        by=keeper.user, organisation=Organisation.objects.get(), site=Site.objects.get(),
        answers=answers, on=on, now=NOW,
    )  # fmt: skip


def test_points_are_of_the_known_answers_and_unknown_stays_apart(keeper):
    row = kept(keeper, FIRST | {"nul": "oui", "semaine_points": "peut-être"})
    assert row.reponses == {name: answer for name, answer in FIRST.items() if answer}
    result = result_of(row)
    by_name = {theme.name: theme for theme in result.themes}
    assert [(t.points, t.most, t.n_unknown, t.state) for t in (
        by_name["Accueil"], by_name["Tuteur"], by_name["Horaires et trajet"], by_name["Logement"],
    )] == [
        (0, 4, 0, "à commencer"), (2, 2, 1, "à vérifier"), (1, 2, 1, "à compléter"),
        (0, 0, 2, "non renseigné"),
    ]  # fmt: skip
    # What is answered no comes before what is partly there; what is unknown is no step.
    assert [question.id for question in result.first_steps] == [
        "accueil_liste", "accueil_demi_journee", "trajet_offre",
    ]  # fmt: skip
    assert result.other_steps == ()
    n_questions = sum(len(theme.questions) for theme in questionnaire()[1])
    assert len(result.unknown) == n_questions - len(row.reponses)


def test_a_year_later_only_answers_known_both_times_are_compared(keeper):
    kept(keeper, FIRST, TODAY - timedelta(days=365))
    changes = result_of(kept(keeper, LATER)).changes
    assert [(change.before, change.after, change.is_better) for change in changes] == [
        ("Non", "Oui", True), ("Oui", "En partie", False),
    ]  # fmt: skip
    DiagnosticSite.objects.filter(fait_le__lt=TODAY).update(version="autre")
    result = result_of(DiagnosticSite.objects.get(fait_le=TODAY))
    assert (result.since, result.changes, result.is_of_another_version) == (None, (), True)


def test_a_day_has_one_diagnosis_with_an_answer_and_not_to_come(keeper):
    kept(keeper, FIRST)
    kept(keeper, LATER)
    assert DiagnosticSite.objects.get().reponses["accueil_liste"] == "oui"
    with pytest.raises(EmployersError, match="Aucune réponse"):
        kept(keeper, {"accueil_liste": ""})
    with pytest.raises(EmployersError, match="pas encore venue"):
        kept(keeper, FIRST, TODAY + timedelta(days=1))


def test_the_page_asks_keeps_shows_and_removes(keeper):
    page = keeper.get(keeper.page).content.decode()
    assert "Aucun diagnostic pour le moment" in page
    wrong = keeper.post(keeper.page, {"fait_le": "2026-11-20"})
    assert wrong.status_code == 422
    assert "Aucune réponse" in wrong.content.decode()
    made = keeper.post(keeper.page, FIRST | {"fait_le": "2026-11-20"})
    page = keeper.get(made["Location"]).content.decode()
    for text in ("Premier diagnostic de ce site", "0 point sur 4", "2 points sur 2, 1 non rens"):
        assert text in page
    removed = {"faire": "retirer", "diagnostic": DiagnosticSite.objects.get().pk}
    assert keeper.post(keeper.page, removed).status_code == 302
    assert not DiagnosticSite.objects.exists()
    assert keeper.post(keeper.page, removed | {"diagnostic": "x"}).status_code == 404


def test_five_years_later_it_is_forgotten(keeper):
    kept(keeper, FIRST, TODAY - DIAGNOSIS_KEPT)
    forget_due(now=NOW)
    assert DiagnosticSite.objects.count() == 1
    forget_due(now=NOW + timedelta(days=1))
    assert not DiagnosticSite.objects.exists()
