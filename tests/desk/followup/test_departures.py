"""A person who leaves an organisation follows nobody there any more, and nothing is lost by it."""

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, User
from traitdunion.accounts.operations import remove_member
from traitdunion.desk.followup import mails, operations, orientations
from traitdunion.desk.followup.queries import Wanted, files_of
from traitdunion.desk.followup.replies import Reply


@pytest.fixture
def boss(team):
    person = User.objects.create(email="boss@ici.example", nom="Boss", telephone="04 71 00 00 01")
    Membership.objects.create(user=person, organisation=team.ici, role=Role.ADMINISTRATEUR)
    return person


def leave(person, boss, now, role=Role.CONSEILLER):
    row = Membership.objects.get(user=person, organisation__slug="ici", role=role)
    remove_member(by=boss, membership=row, now=now)


def test_the_last_adviser_leaves_and_the_organisation_is_handed_the_file(
    opened, team, boss, now, mailoutbox
):
    parcours = opened()
    leave(team.adviser, boss, now)
    assert not parcours.followers.filter(until=None).exists()
    assert list(files_of(team.ici, Wanted(orphan=True), user=team.colleague)) == [parcours]
    [mail] = mailoutbox
    assert (mail.to, mail.reply_to) == ([boss.email], [boss.email])
    assert parcours.reference in mail.body
    assert "A.B" not in mail.subject + mail.body
    operations.follow(by=team.colleague, parcours=parcours, now=now)
    assert list(files_of(team.ici, Wanted(orphan=True), user=team.colleague)) == []


def test_a_colleague_who_follows_too_goes_on_alone(opened, team, boss, now, mailoutbox):
    parcours = opened()
    operations.follow(by=team.colleague, parcours=parcours, now=now)
    leave(team.adviser, boss, now)
    assert [follower.user for follower in parcours.followers.filter(until=None)] == [team.colleague]
    assert mailoutbox == []


def test_another_role_that_follows_is_enough_to_stay(opened, team, boss, now):
    parcours = opened()
    Membership.objects.create(user=team.adviser, organisation=team.ici, role=Role.MMS)
    leave(team.adviser, boss, now)
    assert parcours.followers.filter(until=None).exists()


def test_the_address_of_the_organisation_comes_before_its_administrators(
    opened, team, boss, now, mailoutbox
):
    team.ici.courriel = "accueil@ici.example"
    team.ici.save()
    opened()
    leave(team.adviser, boss, now)
    assert [mail.to for mail in mailoutbox] == [["accueil@ici.example"]]


def test_an_acceptance_that_no_follower_can_read_reaches_the_organisation(
    oriented, team, boss, now, mailoutbox
):
    orientation, sent = oriented
    User.objects.filter(pk=team.adviser.pk).update(is_active=False)
    orientations.answer_by_link(token=sent.token, reply=Reply(True), now=now)
    orientation.refresh_from_db()
    mails.announce_answer(orientation, site="https://x.example", now=now)
    [mail] = mailoutbox
    assert mail.to == [boss.email]
    assert "a répondu" in mail.subject


def test_a_structure_reads_who_writes_to_it_and_how_to_answer(oriented, team, now, mailoutbox):
    User.objects.filter(pk=team.adviser.pk).update(telephone="04 71 00 00 02")
    team.adviser.refresh_from_db()
    orientation, sent = oriented
    orientation.created_by = team.adviser
    mails.send_link(sent, kind=mails.Courrier.ENVOI, site="https://x.example", now=now)
    [mail] = mailoutbox
    assert mail.reply_to == [team.adviser.email]
    assert "Trait d'union" in mail.body
    assert mail.body.endswith(
        "-- \nAdviser, Agence d'ici\nTéléphone : 04 71 00 00 02\nEnvoyé par Trait d'union\n"
    )


def test_an_adviser_answers_the_structure_by_answering_the_message(oriented, team, now, mailoutbox):
    orientation, sent = oriented
    orientations.answer_by_link(token=sent.token, reply=Reply(True), now=now)
    orientation.refresh_from_db()
    mails.announce_answer(orientation, site="https://x.example", now=now)
    [mail] = mailoutbox
    assert (mail.to, mail.reply_to) == ([team.adviser.email], [orientation.sent_to])
    assert f"Pour écrire à {orientation.structure.nom}, répondez à ce message" in mail.body


def test_a_link_not_sent_yet_is_dropped_once_the_orientation_is_withdrawn(
    oriented, team, now, mailoutbox
):
    orientation, sent = oriented
    mails.send_link(sent, kind=mails.Courrier.ENVOI, site="https://x.example", now=now)
    withdrawn = orientations.withdraw(by=team.adviser, orientation=orientation, now=now)
    mails.announce_withdrawal(withdrawn, now=now)
    assert [mail.subject.partition(" (")[0] for mail in mailoutbox] == [
        "Une orientation est retirée"
    ]
