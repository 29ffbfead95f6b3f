"""A structure puts somebody on its waiting list: what waits, who is told, what is measured."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.drawn import without_drawn
from traitdunion.catalogue.models import Attente
from traitdunion.catalogue.queries import waiting
from traitdunion.desk.followup import operations, orientations, privacy, tasks
from traitdunion.desk.followup.figures import figures_of
from traitdunion.desk.followup.mornings import morning_of
from traitdunion.desk.followup.replies import Listed, Reply
from traitdunion.desk.models import Orientation, SentMail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SITE = "https://desk.example"
THIRD = Listed(3, date(2026, 12, 20), "Trois scooters reviennent en décembre.")


def day_s_work(now):
    return tasks.run(now=now, site=SITE, kept_days=730)


def link_in(mail):
    return next(word for word in mail.body.split() if "/repondre/" in word)


@pytest.fixture
def on_that_day(monkeypatch, now):
    """Views look at a clock that stands still."""
    monkeypatch.setattr(timezone, "now", lambda: now + 2 * DAY)


@pytest.fixture
def listed(oriented, now):
    """Sent on 24 November at 9:00, third on the list two days later."""
    return orientations.answer_by_link(token=oriented[1].token, reply=THIRD, now=now + 2 * DAY)


def test_a_place_on_a_list_tells_its_rank_and_its_day_and_is_no_answer_yet(listed, now):
    assert (listed.statut, listed.rang, listed.expected_on) == ("en_attente", 3, date(2026, 12, 20))
    assert (listed.listed_at, listed.answered_at) == (now + 2 * DAY, None)


@pytest.mark.parametrize("rang", [0, -1, 1000])
def test_a_rank_begins_at_one(rang):
    with pytest.raises(ValidationError, match="de 1 à 999"):
        Listed(rang)


def test_whoever_waits_does_not_expire_and_is_not_reminded_of(listed, now, mailoutbox):
    for day in range(3, 26):
        done = day_s_work(now + day * DAY)
        assert (done.reminded, done.expired) == (0, 0)
    listed.refresh_from_db()
    assert listed.statut == "en_attente"
    assert mailoutbox == []


def test_the_structure_is_asked_on_the_day_it_gave_then_every_thirty_days(listed, now, mailoutbox):
    # Listed on 26 November for 20 December: asked on 20 December, then 19 January, 18 February.
    days = []
    for day in range(3, 90):
        before = len(mailoutbox)
        day_s_work(now + day * DAY)
        days += [(now + day * DAY).date()] * (len(mailoutbox) - before)
    assert days == [date(2026, 12, 20), date(2027, 1, 19), date(2027, 2, 18)]
    assert {mail.to[0] for mail in mailoutbox} == {"accueil@garage.example"}
    assert all("Une personne est sur votre liste d'attente" in mail.subject for mail in mailoutbox)


def test_a_question_asked_while_the_mail_server_is_down_leaves_once_it_is_up(
    listed, now, settings, mailoutbox
):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for day in (26, 27, 28):
        day_s_work(now + day * DAY)
        assert len(mailoutbox) == 0
    assert "En attente" in SentMail.objects.get(kind="liste").standing
    settings.EMAIL_BACKEND = working
    assert len(mailoutbox) == 1


def test_the_place_comes_by_the_link_kept_and_the_adviser_is_told(
    client, oriented, team, now, mailoutbox, on_that_day
):
    """Through the pages: listed by the first link, accepted by the one received then."""
    form = {"reponse": "attendre", "rang": "3", "expected_on": "2999-12-20", "commentaire": ""}
    page = client.post(f"/repondre/{oriented[1].token}/", form)
    assert page.url == "/orientations/inscrite/"
    to_adviser, to_structure = mailoutbox
    assert to_adviser.to == [team.adviser.email]
    assert "sur liste d'attente, rang 3, place attendue vers le 20 décembre 2999" in to_adviser.body
    assert to_structure.to == ["accueil@garage.example"]
    link = link_in(to_structure)
    assert "rang" in client.get(link).content.decode()
    assert client.post(link, {"reponse": "accepter"}).url in link
    assert mailoutbox[-1].to == [team.adviser.email]
    assert mailoutbox[-1].subject.startswith("Une place s'est libérée")
    row = Orientation.objects.get()
    assert row.statut == "acceptee"
    morning = morning_of(team.adviser, team.ici, now=now)
    assert (list(morning.accepted), list(morning.listed)) == ([row], [])


@pytest.mark.parametrize("reply", [Listed(1), Reply(True), Reply(False, "plus_de_place")])
def test_whoever_waits_may_be_listed_again_served_or_refused(listed, team, solutions, now, reply):
    row = orientations.answer_signed_in(
        by=team.provider, orientation=listed, reply=reply, now=now + 20 * DAY
    )
    assert row.listed_at == now + 2 * DAY
    assert row.rang == (1 if isinstance(reply, Listed) else 3)


def test_the_catalogue_measures_the_waits_of_those_who_were_served(opened, team, solutions, now):
    # Listed the same day, served after 10, 20 and 40 days: the median is 20 days.
    for days in (10, 20, 40):
        row, sent = orientations.orient(
            by=team.adviser, parcours=opened(), solution=solutions.garage, message="", now=now
        )
        orientations.answer_by_link(token=sent.token, reply=Listed(), now=now)
        orientations.answer_signed_in(
            by=team.provider, orientation=row, reply=Reply(True), now=now + days * DAY
        )
    gone, sent = orientations.orient(
        by=team.adviser, parcours=opened(), solution=solutions.garage, message="", now=now
    )
    orientations.answer_by_link(token=sent.token, reply=Listed(), now=now)
    queue = waiting(solutions.garage, (now + 41 * DAY).date())
    assert (queue.people, queue.delay_days, queue.sample) == (1, 20, 3)
    orientations.withdraw(by=team.adviser, orientation=gone, now=now + 41 * DAY)
    queue = waiting(solutions.garage, (now + 41 * DAY).date())
    assert (queue.people, queue.delay_days, queue.sample) == (0, 20, 3)


def test_a_wait_that_the_catalogue_ended_is_not_ended_twice(listed, team, now):
    Attente.objects.update(servi_le=date(2026, 12, 1))
    orientations.withdraw(by=team.adviser, orientation=listed, now=now + 30 * DAY)
    assert Attente.objects.values_list("servi_le", "parti_le").get() == (date(2026, 12, 1), None)


def test_leaving_the_list_ends_the_wait_and_the_links(listed, team, now):
    sent = orientations.link_after_listing(orientation=listed, now=now + 3 * DAY)
    with pytest.raises(PermissionDenied):
        orientations.withdraw(by=team.stranger, orientation=listed, now=now + 3 * DAY)
    orientations.withdraw(by=team.adviser, orientation=listed, now=now + 3 * DAY)
    assert (listed.statut, listed.withdrawn_at) == ("retiree", now + 3 * DAY)
    with pytest.raises(orientations.LinkNotValid):
        orientations.answer_by_link(token=sent.token, reply=Reply(True), now=now + 3 * DAY)
    with pytest.raises(operations.FollowUpError, match="Sur liste d'attente"):
        orientations.withdraw(by=team.adviser, orientation=listed, now=now + 3 * DAY)


def test_leaving_the_list_tells_the_structure_nothing_of_the_person(
    client, listed, team, mailoutbox, on_that_day
):
    client.force_login(team.adviser)
    assert client.post(f"/orientations/{listed.pk}/retirer/").status_code == 302
    [mail] = mailoutbox
    assert mail.to == ["accueil@garage.example"]
    text = without_drawn(mail.subject + mail.body)
    assert not any(secret in text for secret in ("A.B", "1990", "Langeac"))


def test_the_morning_shows_the_nearest_place_first(opened, team, solutions, now, client):
    for day in (date(2999, 3, 1), None, date(2999, 1, 1)):
        _, sent = orientations.orient(
            by=team.adviser, parcours=opened(), solution=solutions.garage, message="", now=now
        )
        orientations.answer_by_link(token=sent.token, reply=Listed(None, day), now=now)
    morning = morning_of(team.adviser, team.ici, now=now + 40 * DAY)
    assert [solution.expected_on for solution in morning.listed] == [
        date(2999, 1, 1), date(2999, 3, 1), None
    ]  # fmt: skip
    assert morning.count == 0
    client.force_login(team.adviser)
    html = client.get("/organisations/ici/ce-matin/").content.decode()
    assert "place attendue vers le 1er janvier 2999" in html


def test_the_first_word_of_a_structure_is_its_delay_even_where_it_is_a_list(
    opened, team, solutions, now
):
    # Eleven are listed after 2 days and served after 50: the structure took 2 days to answer.
    for _ in range(11):
        row, sent = orientations.orient(
            by=team.adviser, parcours=opened(), solution=solutions.garage, message="", now=now
        )
        orientations.answer_by_link(token=sent.token, reply=Listed(), now=now + 2 * DAY)
        orientations.answer_signed_in(
            by=team.provider, orientation=row, reply=Reply(True), now=now + 50 * DAY
        )
    assert figures_of(team.ici).days == (2, 2)


# --- rights ---------------------------------------------------------------------------------


def test_an_anonymised_wait_ends_and_no_longer_leads_to_its_dates(listed, now):
    assert day_s_work(now + 2 * DAY + 730 * DAY).anonymised == 1
    row = Orientation.objects.get()
    assert (row.statut, row.attente_id) == ("expiree", None)
    # 23 days and 9 hours back, as for every date: 20 December becomes 27 November.
    assert row.expected_on == date(2026, 11, 27)
    assert Attente.objects.get().parti_le is not None


def test_an_erased_person_no_longer_waits(listed, team, now):
    privacy.erase(by=team.dpo, parcours=listed.parcours, now=now + 5 * DAY)
    assert Attente.objects.get().parti_le == (now + 5 * DAY).date()


def test_an_export_tells_the_list(listed, team, now):
    orientations = privacy.export(by=team.dpo, parcours=listed.parcours, now=now)["orientations"][0]
    assert (orientations["rang"], orientations["place_attendue_le"]) == (3, "2026-12-20")
    assert orientations["sur_liste_depuis_le"].startswith("2026-11-26")


# --- a new link -----------------------------------------------------------------------------


def test_a_dead_link_gives_a_new_one_to_the_structure_alone_once_an_hour(oriented, now):
    _, sent = oriented
    later = now + 9 * DAY
    fresh = orientations.renew_link(token=sent.token, now=later)
    assert fresh.orientation.sent_to == "accueil@garage.example"
    assert orientations.renew_link(token=sent.token, now=later + timedelta(minutes=59)) is None
    assert orientations.renew_link(token=fresh.token, now=later + timedelta(minutes=61))


def test_the_page_of_a_new_link_is_the_same_whatever_the_secret(
    client, oriented, mailoutbox, on_that_day
):
    _, sent = oriented
    pages = [client.post(f"/repondre/{token}/nouveau/") for token in (sent.token, "jamais-vu")]
    assert {page.url for page in pages} == {"/orientations/nouveau-lien/"}
    assert [mail.to for mail in mailoutbox] == [["accueil@garage.example"]]


@pytest.mark.parametrize("end", ["answered", "withdrawn", "expired"])
def test_what_is_no_longer_awaited_gives_no_new_link(oriented, team, now, end):
    orientation, sent = oriented
    if end == "answered":
        orientations.answer_by_link(token=sent.token, reply=Reply(True), now=now)
    elif end == "withdrawn":
        orientations.withdraw(by=team.adviser, orientation=orientation, now=now)
    else:
        assert orientations.expire(orientation, now + 30 * DAY)
    assert orientations.renew_link(token=sent.token, now=now + 31 * DAY) is None
