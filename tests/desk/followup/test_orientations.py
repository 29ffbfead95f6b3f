"""An orientation from its sending to its answer, and what happens when none comes."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests.drawn import without_drawn
from traitdunion.accounts.models import Access
from traitdunion.desk.enums import MotifRefus, StatutOrientation
from traitdunion.desk.followup import mails, operations, orientations, tasks
from traitdunion.desk.followup.orientations import LinkNotValid, Reply
from traitdunion.desk.models import AnswerLink, Orientation, SentMail

pytestmark = pytest.mark.django_db
SITE = "https://desk.example"
YES = Reply(True)
NO = Reply(False, MotifRefus.PLUS_DE_PLACE, "Plus de scooter avant mars.")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def day_s_work(now):
    return tasks.run(now=now, site=SITE, kept_days=730)


def by_link(sent, now, reply=YES, token=None):
    return orientations.answer_by_link(token=token or sent.token, reply=reply, now=now)


def test_the_reasons_are_dora_s_eleven_and_those_of_mobility():
    assert len(MotifRefus) == 11 + 5
    assert MotifRefus.NON_MOBILE.label == "Personne non mobile"


def test_an_orientation_is_open_once_sent_and_keeps_the_answer_of_the_day(oriented, now):
    orientation, sent = oriented
    assert (orientation.statut, orientation.sent_at) == (StatutOrientation.OUVERTE, now)
    assert orientation.sent_to == "accueil@garage.example"
    assert orientation.answer == orientation.parcours.answers.get()
    row = AnswerLink.objects.values().get()
    assert sent.token not in map(str, row.values())
    assert row["expires_at"] == now + timedelta(days=8)


def test_without_an_address_it_waits_for_a_moderator_who_finds_one(opened, team, solutions, now):
    orientation, sent = orientations.orient(
        by=team.adviser, parcours=opened(), solution=solutions.sans_adresse, message="", now=now
    )
    assert (orientation.statut, sent) == (StatutOrientation.A_MODERER, None)
    given = {"orientation": orientation, "courriel": "trouvee@garage.example", "now": now + DAY}
    with pytest.raises(PermissionDenied):
        orientations.moderate(by=team.adviser, **given)
    sent = orientations.moderate(by=team.moderator, **given)
    assert sent.orientation.sent_to == "trouvee@garage.example"
    assert by_link(sent, now + DAY).statut == StatutOrientation.ACCEPTEE
    with pytest.raises(operations.FollowUpError, match="À modérer"):
        orientations.moderate(by=team.moderator, **given)


def test_a_moderator_stops_an_orientation_for_a_reason(opened, team, solutions, now):
    orientation, _ = orientations.orient(
        by=team.adviser, parcours=opened(), solution=solutions.sans_adresse, message="", now=now
    )
    given = {"orientation": orientation, "commentaire": "", "now": now}
    with pytest.raises(ValidationError):
        orientations.decline(by=team.moderator, motif="", **given)
    orientations.decline(by=team.moderator, motif=MotifRefus.DOUBLON, **given)
    assert (orientation.statut, orientation.motif) == ("refusee", "doublon")


def test_a_structure_is_asked_once_at_a_time(oriented, team, solutions, now):
    orientation, sent = oriented
    again = {
        "by": team.adviser, "parcours": orientation.parcours, "solution": solutions.garage,
        "message": "", "now": now,
    }  # fmt: skip
    with pytest.raises(operations.FollowUpError, match="attend déjà"):
        orientations.orient(**again)
    by_link(sent, now, NO)
    assert orientations.orient(**again)[1] is not None


def test_a_closed_file_is_not_oriented(opened, team, solutions, now):
    parcours = opened()
    operations.close(by=team.adviser, parcours=parcours, now=now)
    with pytest.raises(operations.FollowUpError, match="clos"):
        orientations.orient(
            by=team.adviser, parcours=parcours, solution=solutions.garage, message="", now=now
        )


# --- links ----------------------------------------------------------------------------------


def test_a_link_serves_once_whatever_was_answered(oriented, now):
    orientation, sent = oriented
    by_link(sent, now, NO)
    with pytest.raises(LinkNotValid):
        by_link(sent, now, YES)
    orientation.refresh_from_db()
    assert (orientation.statut, orientation.motif) == ("refusee", "plus_de_place")
    assert orientation.commentaire == "Plus de scooter avant mars."


def test_a_link_lasts_eight_days_and_no_second_more(oriented, now):
    _, sent = oriented
    with pytest.raises(LinkNotValid):
        by_link(sent, now + 8 * DAY)
    assert by_link(sent, now + 8 * DAY - SECOND).statut == "acceptee"


@pytest.mark.parametrize("token", ["", "x", "un-secret-de-tes", "UN-SECRET-DE-TEST", "a" * 4000])
def test_another_secret_opens_nothing(oriented, now, token):
    with pytest.raises(LinkNotValid):
        by_link(oriented[1], now, token=token or "-")
    assert Orientation.objects.get().statut == StatutOrientation.OUVERTE


def test_the_hash_of_a_link_is_not_a_link(oriented, now):
    with pytest.raises(LinkNotValid):
        by_link(oriented[1], now, token=AnswerLink.objects.get().token_hash)


def test_a_new_link_kills_the_former_one(oriented, team, now):
    orientation, sent = oriented
    again = orientations.send_again(by=team.adviser, orientation=orientation, now=now + DAY)
    with pytest.raises(LinkNotValid):
        by_link(sent, now + DAY)
    assert by_link(again, now + DAY + 8 * DAY - SECOND).statut == "acceptee"
    with pytest.raises(operations.FollowUpError, match="n'attend plus"):
        orientations.send_again(by=team.adviser, orientation=orientation, now=now + DAY)


def test_secrets_are_long_and_never_twice_the_same(opened, team, solutions, now):
    tokens = set()
    for _ in range(20):
        _, sent = orientations.orient(
            by=team.adviser, parcours=opened(answer=None), solution=solutions.garage,
            message="", now=now,
        )  # fmt: skip
        tokens.add(sent.token)
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43  # 256 bits, six a sign


def test_a_refusal_has_a_reason_and_an_acceptance_has_none(oriented):
    for given in ((False, ""), (False, "mauvais"), (True, "autre")):
        with pytest.raises(ValidationError):
            Reply(*given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Orientation.objects.update(motif="autre")


def test_the_organisation_of_the_structure_answers_signed_in_and_nobody_else(oriented, team, now):
    orientation, sent = oriented
    for person in (team.adviser, team.stranger, team.moderator):
        with pytest.raises(PermissionDenied):
            orientations.answer_signed_in(by=person, orientation=orientation, reply=YES, now=now)
    orientations.answer_signed_in(by=team.provider, orientation=orientation, reply=YES, now=now)
    with pytest.raises(operations.FollowUpError, match="Ouverte"):
        orientations.answer_signed_in(by=team.provider, orientation=orientation, reply=NO, now=now)
    with pytest.raises(LinkNotValid):
        by_link(sent, now)


# --- days going by --------------------------------------------------------------------------


def test_reminded_once_at_ten_days_by_a_new_link_that_lasts_eight(oriented, now, mailoutbox):
    _, sent = oriented
    assert day_s_work(now=now + 10 * DAY - SECOND) == tasks.Done()
    assert day_s_work(now=now + 10 * DAY) == tasks.Done(reminded=1)
    assert day_s_work(now=now + 10 * DAY) == tasks.Done()
    assert day_s_work(now=now + 20 * DAY) == tasks.Done()
    (mail,) = mailoutbox
    assert mail.to == ["accueil@garage.example"]
    token = mail.body.split(f"{SITE}/repondre/")[1].split("/")[0]
    with pytest.raises(LinkNotValid):
        by_link(sent, now + 17 * DAY)
    assert by_link(sent, now + 18 * DAY - SECOND, token=token).statut == "acceptee"


def test_expired_once_at_thirty_days_and_those_who_follow_are_told(oriented, team, now, mailoutbox):
    orientation, _ = oriented
    day_s_work(now=now + 10 * DAY)
    mailoutbox.clear()
    assert day_s_work(now=now + 30 * DAY - SECOND).expired == 0
    assert day_s_work(now=now + 30 * DAY) == tasks.Done(expired=1)
    assert day_s_work(now=now + 30 * DAY) == tasks.Done()
    orientation.refresh_from_db()
    assert orientation.statut == StatutOrientation.EXPIREE
    assert [mail.to for mail in mailoutbox] == [[team.adviser.email]]


def test_a_machine_that_slept_a_month_expires_and_does_not_remind(oriented, now, mailoutbox):
    assert day_s_work(now=now + 45 * DAY) == tasks.Done(expired=1)


def test_what_was_answered_is_neither_reminded_nor_expired(oriented, now, mailoutbox):
    by_link(oriented[1], now, NO)
    assert day_s_work(now=now + 40 * DAY) == tasks.Done()
    assert mailoutbox == []


def test_a_reminder_waits_for_the_mail_server_and_is_not_made_twice(
    oriented, now, settings, mailoutbox
):
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    assert day_s_work(now=now + 10 * DAY) == tasks.Done(reminded=1)
    assert len(mailoutbox) == 0
    assert "Refused" in SentMail.objects.get().standing
    settings.EMAIL_BACKEND = usual
    assert day_s_work(now=now + 11 * DAY) == tasks.Done()
    assert len(mailoutbox) == 1


def test_a_run_killed_before_its_message_is_queued_leaves_the_former_link_open(
    oriented, now, mailoutbox, monkeypatch
):
    """The reminder, its mark and its link are one transaction."""
    with monkeypatch.context() as patch:
        patch.setattr(mails, "queue_mail", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            day_s_work(now=now + 10 * DAY)
    assert Orientation.objects.get().reminded_at is None
    assert not AnswerLink.objects.get().revoked_at
    assert day_s_work(now=now + 10 * DAY) == tasks.Done(reminded=1)
    assert len(mailoutbox) == 1
    assert AnswerLink.objects.filter(revoked_at=None).count() == 1


def test_messages_and_journal_say_nothing_of_the_person(oriented, team, now, mailoutbox):
    orientation, sent = oriented
    operations.agree(
        by=team.adviser, parcours=orientation.parcours, nom="Anne Bidon",
        telephone="06 11 22 33 44", courriel="anne@bidon.example", now=now,
    )  # fmt: skip
    day_s_work(now=now + 10 * DAY)
    day_s_work(now=now + 30 * DAY)
    texts = [f"{mail.subject} {mail.body}" for mail in mailoutbox]
    texts += [str(value) for model in (Access, SentMail) for row in model.objects.values()
             for value in row.values()]  # fmt: skip
    assert len(mailoutbox) == 2
    assert not [text for text in texts if sent.token in text]
    texts = [without_drawn(text) for text in texts]
    for secret in ("Bidon", "A.B", "1990", "06 11", "Langeac", "scooter"):
        assert not [text for text in texts if secret in text], secret
