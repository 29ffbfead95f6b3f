from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from traitdunion.accounts import operations, queries, retention
from traitdunion.accounts.enums import Action, Role
from traitdunion.accounts.models import Access, Invitation, Membership, Organisation, User

PASSWORD = "une phrase qui ne se devine pas"
ORGANISATIONS = "/organisations/ici/organisations/"
FOUNDED = {"nom": " Mission  locale fictive ", "administrator": "chef@mission.example"}


@pytest.fixture
def sent(people, now):
    return operations.invite(
        by=people.admin,
        organisation=people.ici,
        email=" Nouvelle@Ici.Example ",
        role=Role.EDITEUR,
        now=now,
    )


def accept(sent, now, **given):
    given = {"nom": "Nour", "password": PASSWORD} | given
    return operations.accept_invitation(token=sent.token, now=now, **given)


def test_the_secret_of_a_link_is_not_kept(sent):
    row = Invitation.objects.values().get()
    assert sent.token not in map(str, row.values())
    assert row["token_hash"] == operations.hash_of(sent.token)


def test_a_new_person_gets_an_account_and_the_role(sent, people, now):
    user = accept(sent, now)
    assert user.email == "nouvelle@ici.example"
    assert user.check_password(PASSWORD)
    assert [(m.organisation, m.role) for m in user.memberships.all()] == [
        (people.ici, "editeur_catalogue")
    ]
    assert user.emailaddress_set.get().verified


def test_a_link_serves_once(sent, now):
    accept(sent, now)
    with pytest.raises(operations.InvitationNotValid, match="déjà servi"):
        accept(sent, now)
    assert User.objects.filter(email="nouvelle@ici.example").count() == 1


def test_a_link_lasts_seven_days_and_no_second_more(sent, now):
    with pytest.raises(operations.InvitationNotValid):
        accept(sent, now + timedelta(days=7))
    assert accept(sent, now + timedelta(days=7, seconds=-1)).nom == "Nour"


def test_another_secret_opens_nothing(sent, now):
    with pytest.raises(operations.InvitationNotValid):
        operations.accept_invitation(token=sent.token + "x", now=now, nom="a", password=PASSWORD)


def test_a_withdrawn_link_is_dead(sent, people, now):
    operations.revoke_invitation(by=people.admin, invitation=sent.invitation, now=now)
    with pytest.raises(operations.InvitationNotValid):
        accept(sent, now)
    with pytest.raises(operations.AccountsError, match="plus en attente"):
        operations.revoke_invitation(by=people.admin, invitation=sent.invitation, now=now)


def test_inviting_again_later_kills_the_former_link(sent, people, now):
    later = now + timedelta(minutes=2)
    again = operations.invite(
        by=people.admin,
        organisation=people.ici,
        email="nouvelle@ici.example",
        role=Role.EDITEUR,
        now=later,
    )
    with pytest.raises(operations.InvitationNotValid):
        accept(sent, later)
    assert accept(again, later).pk


def test_a_button_pressed_twice_invites_once(client, people, mailoutbox):
    client.force_login(people.admin)
    asked = {"email": "nouvelle@ici.example", "role": Role.EDITEUR}
    for _ in range(2):
        page = client.post("/organisations/ici/membres/", asked, follow=True)
        assert page.status_code == 200
    assert "vient d&#x27;être invité" in page.content.decode()
    assert [mail.to for mail in mailoutbox] == [["nouvelle@ici.example"]]
    assert Invitation.objects.filter(email="nouvelle@ici.example", revoked_at=None).count() == 1


def test_a_weak_password_uses_nothing_up(sent, now):
    with pytest.raises(ValidationError):
        accept(sent, now, password="court")
    assert accept(sent, now).pk


def test_somebody_known_must_sign_in_and_be_the_one_invited(people, now):
    other = people["editeur_catalogue", "ailleurs"]
    sent = operations.invite(
        by=people.admin, organisation=people.ici, email=other.email, role=Role.EDITEUR, now=now
    )
    with pytest.raises(operations.AccountsError, match="connectez-vous"):
        accept(sent, now)
    with pytest.raises(operations.AccountsError, match="connectez-vous"):
        operations.accept_invitation(token=sent.token, now=now, by=people.nobody)
    assert operations.accept_invitation(token=sent.token, now=now, by=other) == other
    assert {m.organisation_id for m in other.memberships.all()} == {"ici", "ailleurs"}


def test_somebody_signed_in_cannot_take_the_link_of_an_unknown_address(sent, people, now):
    with pytest.raises(operations.AccountsError, match="déconnectez-vous"):
        operations.accept_invitation(token=sent.token, now=now, by=people.nobody)


def test_whoever_holds_the_role_is_not_invited_to_it(people, now):
    with pytest.raises(operations.AccountsError, match="déjà ce rôle"):
        operations.invite(
            by=people.admin,
            organisation=people.ici,
            email=people.admin.email,
            role=Role.ADMINISTRATEUR,
            now=now,
        )


def test_only_an_administrator_of_the_organisation_invites(people, now):
    asked = {"organisation": people.ici, "email": "x@y.example", "role": Role.EDITEUR, "now": now}
    for key in set(people) - {("administrateur", "ici")}:
        with pytest.raises(PermissionDenied, match="Guichet d'ici"):
            operations.invite(by=people[key], **asked)
    assert operations.invite(by=people.admin, **asked).invitation.pk


def test_the_last_administrator_stays(people, now):
    row = Membership.objects.get(user=people.admin)
    with pytest.raises(operations.LastAdministrator):
        operations.remove_member(by=people.admin, membership=row, now=now)
    Membership.objects.create(user=people.nobody, organisation=people.ici, role=Role.ADMINISTRATEUR)
    operations.remove_member(by=people.admin, membership=row, now=now)
    assert not people.admin.memberships.exists()


def test_everything_leaves_a_line_in_the_journal(sent, people, now):
    accept(sent, now)
    row = Membership.objects.get(user__email="nouvelle@ici.example")
    operations.remove_member(by=people.admin, membership=row, now=now)
    lines = queries.journal_of(people.ici)
    assert [line.action for line in lines] == [Action.RETIRER, Action.ACCEPTER, Action.INVITER]
    assert lines[0].user == people.admin
    assert "nouvelle@ici.example" in lines[2].target_label


def test_the_journal_is_kept_a_year(sent, now):
    Invitation.objects.all().delete()
    assert retention.forget_due(now=now + timedelta(days=365)) == 0
    assert retention.forget_due(now=now + timedelta(days=365, seconds=1)) == 1
    assert not Access.objects.exists()


def test_an_organisation_is_created_with_its_first_administrator(people, client, mailoutbox):
    client.force_login(people.admin)
    page = client.post(ORGANISATIONS, FOUNDED, follow=True).content.decode()
    made = Organisation.objects.get(nom="Mission locale fictive")
    assert made.pk == "mission-locale-fictive"
    assert "Sans administrateur" in page
    (mail,) = mailoutbox
    assert mail.to == ["chef@mission.example"]
    (invitation,) = Invitation.objects.filter(organisation=made)
    assert invitation.role == Role.ADMINISTRATEUR
    # Both journals name the person who created it.
    lines = Access.objects.filter(action="creer", target_id=made.pk)
    assert {(line.organisation_id, line.user) for line in lines} == {
        ("ici", people.admin), (made.pk, people.admin),
    }  # fmt: skip


def test_who_creates_an_organisation_gets_no_right_there(people, client):
    client.force_login(people.admin)
    client.post(ORGANISATIONS, FOUNDED)
    assert not Membership.objects.filter(organisation="mission-locale-fictive").exists()
    for page in ("membres", "coordonnees", "journal"):
        answer = client.get(f"/organisations/mission-locale-fictive/{page}/")
        assert answer.status_code == 403, page


@pytest.mark.parametrize("nom", ["Ici", "ICI", "ici ", "!!!"])
def test_a_name_that_is_there_or_is_none_is_refused(people, client, nom):
    client.force_login(people.admin)
    n_before = Organisation.objects.count()
    Organisation.objects.filter(pk="ici").update(nom="Ici")
    page = client.post(ORGANISATIONS, FOUNDED | {"nom": nom})
    assert page.status_code == 422
    assert Organisation.objects.count() == n_before
    assert not Invitation.objects.exists()


def test_only_an_administrator_creates_one(people, now):
    with pytest.raises(PermissionDenied):
        operations.found_organisation(
            by=people.nobody, organisation=people.ici, nom="Autre", administrator="a@x.example",
            now=now,
        )  # fmt: skip
    assert not Organisation.objects.filter(nom="Autre").exists()


def test_an_organisation_corrects_its_name_and_keeps_its_address(people, client):
    client.force_login(people.admin)
    page = "/organisations/ici/coordonnees/"
    sent = {"nom": "Ici, renommée", "courriel": "accueil@ici.example", "telephone": ""}
    assert client.post(page, sent).status_code == 302
    people.ici.refresh_from_db()
    assert (people.ici.pk, people.ici.nom) == ("ici", "Ici, renommée")
    assert client.post(page, sent | {"nom": ""}).status_code == 422
    assert "Ici, renommée" in client.get(ORGANISATIONS).content.decode()
