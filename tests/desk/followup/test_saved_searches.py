"""A question asked again every day for a person, until an answer appears."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tests.drawn import without_drawn
from traitdunion.desk.followup import operations, privacy, saved_searches, tasks
from traitdunion.desk.followup.mornings import morning_of
from traitdunion.desk.models import SavedSearch, SentMail
from traitdunion.desk.question.forms import LONGEST_TEXT
from traitdunion.desk.question.roster_form import LONGEST_ROSTER, MAX_ROWS

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
QUERY = (
    "domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29&jours=lun&jours=mar"
    "&debut=08%3A00&fin=16%3A00&permis=aucun&velo=inconnu"
)


@pytest.fixture
def nothing(document):
    """An answer to which nothing was possible."""
    return document | {"options": [], "query": f"{QUERY}&semaine=2026-11-23"}


@pytest.fixture
def watched(opened, team, nothing, now):
    """Opens a file, with a search that found nothing and is watched."""

    def watched_(**given):
        parcours = opened(answer=nothing, **given)
        return saved_searches.watch(
            by=team.adviser, parcours=parcours, answer=parcours.answers.get(), now=now
        )

    return watched_


@pytest.fixture
def day_s_work(now):
    """The work of a day, where the question has an answer or not."""

    def day_s_work_(day, answered):
        return tasks.run(
            now=now + day * DAY, site="https://desk.example", kept_days=730,
            has_answer=lambda query, when: answered,
        )  # fmt: skip

    return day_s_work_


def test_a_search_is_kept_without_its_week_and_in_words(watched):
    saved = watched()
    assert saved.query == QUERY
    assert saved.label == (
        "Langeac – Le Puy-en-Velay, du lundi au vendredi, 8 h – 16 h"
    )  # fmt: skip
    assert saved.answered is False


def test_an_answer_that_appears_is_told_once_and_waits_until_it_is_seen(
    watched, team, day_s_work, now, mailoutbox
):
    saved = watched()
    assert day_s_work(1, False).appeared == 0
    assert day_s_work(2, True).appeared == 1
    assert day_s_work(3, True).appeared == 0
    [mail] = mailoutbox
    assert mail.to == [team.adviser.email]
    assert "1 recherche que vous surveillez a maintenant une réponse" in mail.body
    assert "https://desk.example/organisations/ici/ce-matin/" in mail.body
    morning = morning_of(team.adviser, team.ici, now=now + 3 * DAY)
    assert (list(morning.appeared), morning.count) == ([saved], 1)
    saved_searches.see(by=team.adviser, saved=saved, now=now + 3 * DAY)
    assert morning_of(team.adviser, team.ici, now=now + 3 * DAY).count == 0


def test_what_had_an_answer_is_told_only_once_it_was_lost(watched, day_s_work, mailoutbox):
    watched()
    SavedSearch.objects.update(answered=True)
    assert day_s_work(1, True).appeared == 0
    assert day_s_work(2, False).appeared == 0
    assert day_s_work(3, True).appeared == 1
    assert len(mailoutbox) == 1


def test_where_one_cannot_tell_nothing_changes(watched, day_s_work, mailoutbox):
    saved = watched()
    day_s_work(1, None)
    saved.refresh_from_db()
    assert (saved.answered, saved.checked_at) == (False, saved.saved_at)


def test_one_message_tells_all_that_appeared_and_nothing_of_anybody(
    watched, team, day_s_work, mailoutbox
):
    for initials in ("AB", "CD", "EF"):
        watched(initiales=initials)
    day_s_work(1, True)
    [mail] = mailoutbox
    assert "3 recherches que vous surveillez ont maintenant une réponse" in mail.body
    text = without_drawn(mail.subject + mail.body)
    assert not any(secret in text for secret in ("A.B", "CD", "1990", "Langeac", "Puy"))
    assert SentMail.objects.get().organisation == team.ici


def test_each_of_those_who_follow_is_told(watched, team, day_s_work, now, mailoutbox):
    saved = watched()
    operations.follow(by=team.colleague, parcours=saved.parcours, now=now)
    day_s_work(1, True)
    assert {mail.to[0] for mail in mailoutbox} == {team.adviser.email, team.colleague.email}


def test_an_answer_is_announced_once_whenever_the_message_leaves(watched, day_s_work, mailoutbox):
    watched()
    day_s_work(1, True)
    day_s_work(2, True)
    assert len(mailoutbox) == 1


def test_a_closed_file_is_asked_nothing(watched, team, day_s_work, now):
    saved = watched()
    operations.close(by=team.adviser, parcours=saved.parcours, now=now)
    assert day_s_work(1, True).appeared == 0


def test_the_same_question_is_asked_of_the_engine_once(watched, now):
    asked = []
    for initials in ("AB", "CD"):
        watched(initiales=initials)
    saved_searches.ask_again(now=now, has_answer=lambda query, when: asked.append(query))
    assert asked == [QUERY]


def test_a_question_is_asked_of_the_network_for_the_coming_week(sampled, samples, now):
    # On Tuesday 24 November the form takes the week of Monday 30.
    assert saved_searches.has_answer(QUERY, now) is True
    assert sampled.asked[-1].week == date(2026, 11, 30)
    sampled.answer = lambda situation: replace(samples.sample_answer(), options=())
    assert saved_searches.has_answer(QUERY, now) is False
    assert saved_searches.has_answer("domicile=Nulle-Part&travail=Langeac", now) is None


def test_a_search_is_watched_once_and_not_without_its_question(watched, opened, team, now):
    saved = watched()
    given = {"by": team.adviser, "now": now}
    with pytest.raises(operations.FollowUpError, match="déjà"):
        saved_searches.watch(parcours=saved.parcours, answer=saved.parcours.answers.get(), **given)
    older = opened()
    with pytest.raises(operations.FollowUpError, match="posez-la de nouveau"):
        saved_searches.watch(parcours=older, answer=older.answers.get(), **given)


@pytest.mark.parametrize("who", ["stranger", "dpo", "steering", "provider"])
def test_nobody_else_watches_for_somebody(watched, solutions, team, now, who):
    saved = watched()
    for operation in (saved_searches.see, saved_searches.stop_watching):
        with pytest.raises(PermissionDenied):
            operation(by=getattr(team, who), saved=saved, now=now)


def test_the_pages_watch_show_and_forget(client, opened, team, nothing, now, monkeypatch, sampled):
    monkeypatch.setattr(timezone, "now", lambda: now)
    parcours = opened(answer=nothing)
    client.force_login(team.adviser)
    page = f"/parcours/{parcours.pk}/"
    assert "Me prévenir quand une réponse apparaît" in client.get(page).content.decode()
    act = page + "faire/"
    client.post(act, {"faire": "surveiller", "reponse": parcours.answers.get().pk})
    saved = SavedSearch.objects.get()
    saved_searches.ask_again(now=now, has_answer=lambda query, when: True)
    morning = client.get("/organisations/ici/ce-matin/").content.decode()
    assert "A.B., 1990, Langeac – Le Puy-en-Velay" in morning
    seen = client.post(act, {"faire": "voir", "recherche": saved.pk})
    assert seen.url == f"/?{QUERY}#reponses"
    assert "Une réponse est apparue" in client.get(page).content.decode()
    client.post(act, {"faire": "ne_plus_surveiller", "recherche": saved.pk})
    assert not SavedSearch.objects.exists()
    for wrong in ("", "x", "9" * 30, str(saved.pk)):
        assert client.post(act, {"faire": "voir", "recherche": wrong}).status_code == 404


def test_it_is_exported_forgotten_and_erased_with_the_person(watched, team, now):
    saved, other = watched(), watched(initiales="CD")
    copy = privacy.export(by=team.dpo, parcours=saved.parcours, now=now)
    assert copy["recherches_surveillees"][0]["question"] == saved.label
    privacy.erase(by=team.dpo, parcours=saved.parcours, now=now)
    assert SavedSearch.objects.get() == other
    privacy.anonymise_due(now=now + 730 * DAY, kept=730 * DAY)
    assert not SavedSearch.objects.exists()


def test_a_roster_and_a_second_employer_are_watched_whole(opened, team, document, now):
    """The longest roster that the page takes, two long places: what is kept is the question."""
    line = "1|lun,mar,mer,jeu,ven,sam,dim|05:00|13:00"
    roster = ";".join(["2026-11-30", *[line] * MAX_ROWS])[:LONGEST_ROSTER]
    asked = {
        "domicile": "é" * LONGEST_TEXT, "travail": "è" * LONGEST_TEXT, "roulement": roster,
        "travail2": "Brives-Charensac (43)", "debut2": "17:00", "fin2": "19:00",
    }  # fmt: skip
    words = {"days": "lundi " * 90, "hours": "5 h – 13 h"}
    answer = document | {"query": urlencode(asked), "question": words}
    parcours = opened(answer=answer)
    saved = saved_searches.watch(
        by=team.adviser, parcours=parcours, answer=parcours.answers.get(), now=now
    )
    saved.full_clean()
    assert dict(parse_qsl(saved.query)) == asked
    assert len(saved.label) <= SavedSearch.LONGEST_LABEL
