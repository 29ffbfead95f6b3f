"""Working groups: one question, members, a dated deliverable, and the step to a committee."""

import csv
from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.cooperation.conftest import half_day  # noqa: F401 (fixture)
from tests.employers.test_clubs import club, keeper  # noqa: F401 (fixtures)
from traitdunion.accounts.models import User
from traitdunion.cooperation.enums import Visibilite
from traitdunion.cooperation.models import Instance, Reunion
from traitdunion.employers.clubs.groups import NO_ACTION, NOT_ON_AGENDA, keep_group, lines_of
from traitdunion.employers.clubs.operations import announce
from traitdunion.employers.enums import NatureRencontre
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import GroupeTravail, Rencontre

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = date(2026, 6, 1)
GIVEN = {
    "nom": "Premiers jours", "mandat": "Trois séances, six entreprises.",
    "question": "Que fait-on la première semaine ?", "membres": "Laiterie\n\n Scierie \nLaiterie",
    "livrable": "Une fiche commune", "pour_le": date(2026, 9, 30),
}  # fmt: skip


@pytest.fixture
def group(keeper, club):  # noqa: F811
    return keep_group(by=keeper, club=club, group=None, values=GIVEN, now=NOW)


@pytest.fixture
def committee(keeper):  # noqa: F811
    return Instance.objects.create(
        slug="cdpe", nature="cdpe", nom="CDPE", organisation=keeper.organisations.get(),
        visibilite=Visibilite.PUBLIQUE,
    )  # fmt: skip


def meeting_of(committee, on, *actions):
    row = Reunion.objects.create(
        instance=committee, tenue_le=on, heure=time(14), ordre_du_jour="Emploi"
    )
    row.actions.add(*actions)
    return row


def step(person=None):
    return lines_of(GroupeTravail.objects.all(), person, on=TODAY)[0].step


def test_members_are_employers_each_once(group):
    assert group.members == ["Laiterie", "Scierie"]


def test_the_step_to_a_committee_goes_by_the_action(group, club, committee, client):  # noqa: F811
    visitor = client.get("/").wsgi_request.user
    assert step(visitor) == NO_ACTION
    group.action = club.action
    group.save()
    assert step(visitor) == NOT_ON_AGENDA
    meeting_of(committee, date(2026, 5, 31), club.action)
    assert step(visitor) == "Passé en réunion : CDPE, 31 mai 2026."
    last = meeting_of(committee, TODAY, club.action)
    meeting_of(committee, date(2026, 7, 1), club.action)
    assert step(visitor) == "À l'ordre du jour : CDPE, 1er juin 2026."
    last.annulee_le, last.annulee_pour = NOW, "Grève"
    last.save()
    assert step(visitor) == "À l'ordre du jour : CDPE, 1er juillet 2026."
    committee.visibilite = Visibilite.PRIVEE
    committee.save()
    assert step(visitor) == NOT_ON_AGENDA


def test_only_who_keeps_the_club_writes_a_group(group, club):  # noqa: F811
    other = User.objects.create_user("z@x.example", "un mot de passe assez long")
    with pytest.raises(PermissionDenied):
        keep_group(by=other, club=club, group=group, values=GIVEN, now=NOW)


@pytest.mark.parametrize("name", ["nom", "mandat", "question", "membres", "livrable"])
def test_no_word_of_a_group_reaches_a_person(keeper, club, name):  # noqa: F811
    wrong = GIVEN | {name: "Appelez le 06 12 34 56 78"}
    with pytest.raises(EmployersError, match="numéro ou une adresse"):
        keep_group(by=keeper, club=club, group=None, values=wrong, now=NOW)
    assert not GroupeTravail.objects.exists()


def test_the_database_refuses_an_address_without_a_day_and_another_kind_of_session(group, club):  # noqa: F811
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupeTravail.objects.filter(pk=group.pk).update(lien="https://x.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rencontre.objects.create(club=club, titre="R", tenue_le=TODAY, groupe=group)


def test_a_group_is_opened_meets_delivers_and_ends_on_screen(
    keeper, club, client, time_machine  # noqa: F811
):  # fmt: skip
    time_machine.move_to(NOW)
    client.force_login(keeper)
    desk = reverse("employers:club-desk", args=[club.pk])
    assert "Aucun groupe" in client.get(desk).content.decode()
    new = reverse("employers:new-group", args=[club.pk])
    sent = GIVEN | {"pour_le": "2026-09-30", "publique": "on"}
    assert client.post(new, sent | {"question": ""}).status_code == 422
    assert client.post(new, sent | {"lien": "https://x.example"}).status_code == 422
    page = client.post(new, sent)
    made = GroupeTravail.objects.get()
    assert page["Location"] == reverse("employers:group", args=[made.pk])
    assert "Aucune séance" in client.get(page["Location"]).content.decode()
    held = {"titre": "Séance 1", "nature": "reunion", "tenue_le": "2026-06-10", "groupe": made.pk}
    client.post(reverse("employers:new-meeting", args=[club.pk]), held)
    session = Rencontre.objects.get()
    assert (session.groupe, session.nature) == (made, NatureRencontre.GROUPE)
    assert "Séance 1" in client.get(page["Location"]).content.decode()
    done = {"remis_le": "2026-09-20", "lien": "https://x.example/fiche", "clos_le": "2026-09-20"}
    assert client.post(page["Location"], sent | done).status_code == 302
    assert client.post(new, sent).status_code == 422  # the name is taken
    client.logout()
    public = client.get(reverse("employers:club", args=[club.pk])).content.decode()
    assert "Que fait-on la première semaine\u00a0?" in public
    assert "remis le 20 septembre 2026" in public
    assert "https://x.example/fiche" in public
    GroupeTravail.objects.update(publique=False)
    assert (
        "première semaine"
        not in client.get(reverse("employers:club", args=[club.pk])).content.decode()
    )


def test_a_session_is_not_announced_for_the_group_of_another_club_or_one_that_ended(
    keeper, club, group, client  # noqa: F811
):  # fmt: skip
    client.force_login(keeper)
    GroupeTravail.objects.update(clos_le=TODAY)
    held = {"titre": "S", "nature": "groupe", "tenue_le": "2026-06-10", "groupe": group.pk}
    new = reverse("employers:new-meeting", args=[club.pk])
    assert client.post(new, held).status_code == 422


def test_a_meeting_without_group_keeps_its_kind(keeper, club):  # noqa: F811
    row = announce(by=keeper, club=club, titre="V", tenue_le=TODAY, now=NOW, nature="visite")
    assert (row.nature, row.groupe) == ("visite", None)


def test_the_table_holds_the_public_groups_and_starts_no_formula(group, club, client):  # noqa: F811
    table = reverse("employers:groups-table")
    assert client.get(table).content.decode().count("\n") == 1  # the headings
    GroupeTravail.objects.update(publique=True, livrable="=1+1")
    text = client.get(table).content.decode("utf-8-sig")
    (row,) = csv.DictReader(text.splitlines(), delimiter=";")
    assert row["club"] == "Club du Velay"
    assert row["membres"] == "Laiterie | Scierie"
    assert row["pour_le"] == "2026-09-30"
    assert row["vers_le_comite"] == NO_ACTION
    assert not row["livrable"].startswith("=")
