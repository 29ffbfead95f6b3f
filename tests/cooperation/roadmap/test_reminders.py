"""Reminders: each complaint heard elsewhere is a case; three months with the clock moved."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.mailbox import delivered
from traitdunion.cooperation.enums import EtatAction
from traitdunion.cooperation.models import Pilote, Relance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap import reminders
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.sessions import on_the_spot

SITE = "https://coop.example"


def days(n):
    return timedelta(days=n)


@pytest.fixture
def make(half_day, now):
    def made(title, *pilots, **columns):
        action = roadmap_operations.create_action(
            by=half_day.steerer, axe=half_day.axes[0], titre=title, now=now, **columns
        )
        for address in pilots:
            Pilote.objects.create(action=action, nom=address.split("@")[0], courriel=address)
        return action

    return made


def run(at, site=SITE):
    mail.outbox = []
    done = reminders.run(now=at, site=site)
    return done, delivered()


def token_in(message):
    return message.body.split("/nouvelles/")[1].split("/")[0]


def test_nothing_leaves_the_day_after(make, now):
    make("Loger", "ana@x.example")
    for n in (0, 1, 29):
        assert run(now + days(n))[0].n_messages == 0
    assert run(now + days(30))[0].n_messages == 1


def test_the_spacing_counts_from_the_last_event_of_the_action_or_its_parts(half_day, make, now):
    action = make("Loger", "ana@x.example")
    part = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Compter", parent=action, now=now
    )
    roadmap_operations.follow(
        by=half_day.steerer, action=part, now=now + days(25), commentaire="Compté"
    )
    assert reminders.next_reminder(action).on == date(2026, 6, 19) + days(55)
    assert run(now + days(54))[0].n_messages == 0
    assert run(now + days(55))[0].n_messages == 1


def test_several_actions_make_one_message_and_no_burst(make, now):
    for title in ("Loger", "Rouler", "Recruter"):
        make(title, "ana@x.example")
    done, (message,) = run(now + days(30))
    assert (done.n_messages, done.n_actions) == (1, 3)
    assert all(title in message.body for title in ("Loger", "Rouler", "Recruter"))
    # An action that falls due two days later waits for the end of the rest.
    make("Former", "ana@x.example")
    assert run(now + days(32))[0].n_messages == 0
    assert run(now + days(37))[0].n_actions == 1


def test_twice_the_same_day_sends_once(make, now):
    make("Loger", "ana@x.example")
    assert [run(now + days(30))[0].n_messages for _ in range(3)] == [1, 0, 0]
    row = Relance.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_one_named_person_is_asked_and_not_everyone(make, now):
    make("Loger", "ana@x.example", "bob@x.example", "cid@x.example")
    _, (message,) = run(now + days(30))
    assert message.to == ["ana@x.example"]
    assert message.cc == message.bcc == []


def test_whoever_pilots_when_it_leaves_gets_it(make, now):
    action = make("Loger", "ana@x.example")
    action.pilotes.all().delete()
    Pilote.objects.create(action=action, nom="Bob", courriel="bob@x.example")
    _, (message,) = run(now + days(30))
    assert (message.to, "Bonjour Bob" in message.body) == (["bob@x.example"], True)


def test_nobody_else_is_asked_where_nobody_can_be(make, now):
    silent = make("Sans adresse")
    Pilote.objects.create(action=silent, nom="Association des maires")
    assert run(now + days(90))[0].n_messages == 0
    assert reminders.next_reminder(silent) is None


def test_the_organisation_is_asked_where_the_account_of_the_pilot_is_closed(half_day, make, now):
    gone = make("Parti")
    Pilote.objects.create(action=gone, compte=half_day.partner_admin)
    half_day.partner_admin.is_active = False
    half_day.partner_admin.save()
    assert reminders.next_reminder(gone) is None  # no address, no administrator
    half_day.steering.courriel = "accueil@pilotes.example"
    half_day.steering.save()
    _, (message,) = run(now + days(90))
    assert (message.to, message.reply_to) == (["accueil@pilotes.example"],) * 2


def test_the_link_is_of_the_site_that_sends(make, now):
    make("Loger", "ana@x.example")
    _, (message,) = run(now + days(30), site="https://autre.example")
    assert "https://autre.example/nouvelles/" in message.body


def test_a_run_killed_before_its_message_is_queued_leaves_nothing_asked(make, now, monkeypatch):
    make("Loger", "ana@x.example")

    def killed(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "queue_mail", killed)
        with pytest.raises(KeyboardInterrupt):
            run(now + days(30))
    assert not Relance.objects.exists()
    assert run(now + days(31))[0].n_messages == 1


def test_two_runs_at_once_remind_once(make, now):
    """The second read what was due before the first wrote."""
    make("Loger", "ana@x.example")
    at = now + days(30)
    read = reminders._due(reminders._asked_about(), at.date())
    assert run(at)[0].n_messages == 1
    assert [reminders._queue(to, actions, at, SITE) for to, actions in read.items()] == [0]
    assert Relance.objects.count() == 1


def test_silence_is_asked_less_and_less(make, now):
    action = make("Loger", "ana@x.example")
    sent = [n for n in range(0, 400, 10) if run(now + days(n))[0].n_messages]
    # 30 days after the news, then 60, then 90 and 90 again.
    assert sent == [30, 90, 180, 270, 360]
    assert Relance.objects.filter(action=action, fermee_le=None).count() == 1


@pytest.mark.parametrize("etat", ["realisee", "abandonnee"])
def test_an_action_that_is_over_is_left_alone(half_day, make, now, etat):
    action = make("Loger", "ana@x.example")
    roadmap_operations.follow(
        by=half_day.steerer, action=action, now=now, etat=EtatAction(etat), fini_le=now.date()
    )
    assert run(now + days(60))[0].n_messages == 0


def test_a_session_of_demonstration_writes_to_nobody(half_day, make, now):
    make("Loger", "ana@x.example")
    half_day.seance.demonstration = True
    half_day.seance.save()
    assert run(now + days(60))[0].n_messages == 0


def test_an_answer_without_an_account_enters_the_thread_once(make, now, client):
    action = make("Loger", "ana@x.example")
    _, (message,) = run(now + days(30))
    Relance.objects.update(envoyee_le=timezone.now())  # the page reads the clock of the machine
    address = f"/nouvelles/{token_in(message)}/"
    before = action.evenements.count()
    assert "Ça avance comme prévu" in client.get(address).content.decode()
    assert action.evenements.count() == before
    form = {"action": action.pk, "reponse": "bloque"}
    assert "ce qui bloque" in client.post(address, form).content.decode()
    personal = client.post(address, form | {"commentaire": "voir 06 12 34 56 78"})
    assert personal.status_code == 422
    client.post(address, form | {"commentaire": "pas de terrain"})
    action.refresh_from_db()
    assert action.blocage == "pas de terrain"
    again = client.post(address, {"action": action.pk, "reponse": "termine"})
    assert "déjà sa réponse" in again.content.decode()
    event = action.evenements.last()
    assert (event.par, event.commentaire) == (None, "C'est bloqué. pas de terrain")
    assert client.get("/nouvelles/rien/").status_code == 410


def test_one_link_shows_the_late_action_first_and_what_the_mailbox_promised(make, now, client):
    """« Ma part »: the link of a reminder confirms a commitment of the same mailbox, no other's."""
    make("Compter", "ana@x.example", fin_prevue_le=date(2099, 1, 1))
    late = make("Loger", "ana@x.example", fin_prevue_le=date(2026, 6, 25))
    promise = {
        "action": late, "organisation": "Les Sucs", "site": SITE, "now": now,
    }  # fmt: skip
    rooms = Pledge("Prêter deux chambres", 2, "chambres", date(2099, 1, 1))
    mine = on_the_spot.propose(courriel="ANA@x.example", pledge=rooms, **promise)
    bike = Pledge("Prêter un vélo", 1, "vélo", date(2099, 1, 1))
    other = on_the_spot.propose(courriel="bob@x.example", pledge=bike, **promise)
    _, sent = run(now + days(30))
    token = next(token_in(mail) for mail in sent if "/nouvelles/" in mail.body)
    Relance.objects.update(envoyee_le=timezone.now())
    page = client.get(f"/nouvelles/{token}/").content.decode()
    assert page.index("Loger") < page.index("Compter")
    assert page.count("En retard") == 1
    assert "2 actions attendent" in page
    assert "Prêter deux chambres" in page
    assert "Prêter un vélo" not in page
    link = f"/engagement/{token}/"
    done = client.post(link, {"engagement": mine.pk, "faire": "retirer"})
    assert done.url == f"/nouvelles/{token}/"
    client.post(link, {"engagement": other.pk, "faire": "retirer"})
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.etat, other.etat) == ("retire", "propose")


def test_a_secret_answers_only_for_what_it_asked(make, now):
    make("Loger", "ana@x.example")
    other = make("Rouler", "bob@x.example")
    _, sent = run(now + days(30))
    token = next(token_in(mail) for mail in sent if mail.to == ["ana@x.example"])
    with pytest.raises(CooperationError, match="ne permet pas"):
        reminders.give_news(token=token, action=other.pk, what="avance", now=now + days(30))


def test_three_months_of_a_roadmap(make, now, client):
    """Asked after 30 days, answers; asked 30 days after the answer, ends it; then silence."""
    action = make("Loger", "ana@x.example")
    story = []
    for n in range(95):
        done, sent = run(now + days(n))
        if done.n_messages:
            what = "avance" if not story else "termine"
            reminders.give_news(
                token=token_in(sent[0]), action=action.pk, what=what, now=now + days(n + 2)
            )
            story.append((n, what))
    assert story == [(30, "avance"), (62, "termine")]
    action.refresh_from_db()
    assert (action.etat, action.fini_le) == (EtatAction.REALISEE, date(2026, 8, 22))
    page = client.get(f"/cooperation/actions/{action.pk}/").content.decode()
    assert "C&#x27;est terminé" in page or "C'est terminé" in page
    assert "prochaine relance" not in page


def test_the_next_reminder_is_announced_on_the_page(make, now, client):
    action = make("Loger", "ana@x.example")
    page = client.get(f"/cooperation/actions/{action.pk}/").content.decode()
    assert "prochaine relance le 19 juillet 2026, à ana" in page
    assert "ana@x.example" not in page


def test_the_planned_end_is_asked_about_a_week_before_and_the_day_after(make, now):
    """Last news on 19 June; end planned on 5 July: asked on 28 June, then on 6 July."""
    end = now.date() + days(16)
    make("Loger", "ana@x.example", fin_prevue_le=end)
    assert run(now + days(8))[0].n_messages == 0
    done, messages = run(now + days(9))
    assert (done.n_messages, "EN RETARD" in messages[-1].body) == (1, False)
    done, messages = run(now + days(17))
    assert (done.n_messages, "EN RETARD" in messages[-1].body) == (1, True)


def test_a_pilot_answers_from_the_message_in_two_presses_and_a_scanner_changes_nothing(
    make, now, client
):
    action, other = make("Loger", "ana@x.example"), make("Compter", "ana@x.example")
    _, (message,) = run(now + days(30))
    Relance.objects.update(envoyee_le=timezone.now())
    links = [word for word in message.body.split() if f"?action={action.pk}&" in word]
    assert [link.rsplit("=", 1)[1] for link in links] == list(reminders.ANSWERS)
    before = action.evenements.count()
    for link in links:
        page = client.get(link.removeprefix(SITE))
        assert page.status_code == 200
    assert action.evenements.count() == before
    text = page.content.decode()
    assert "Confirmer\u00a0: C&#x27;est terminé" in text
    assert text.count("Rien n'est encore enregistré") == 1
    assert text.index("Loger") < text.index("Compter")
    address = links[-1].removeprefix(SITE)
    client.post(address, {"action": action.pk, "reponse": "termine"})
    action.refresh_from_db()
    other.refresh_from_db()
    assert (action.etat, other.etat) == (EtatAction.REALISEE, EtatAction.A_VENIR)


def test_an_answer_that_does_not_exist_is_not_proposed(make, now, client):
    action = make("Loger", "ana@x.example")
    _, (message,) = run(now + days(30))
    Relance.objects.update(envoyee_le=timezone.now())
    page = client.get(f"/nouvelles/{token_in(message)}/?action={action.pk}&reponse=rien")
    assert "Confirmer\u00a0: " not in page.content.decode()
