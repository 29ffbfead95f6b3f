"""A structure that accepts by its link keeps the request, and may propose a date."""

from datetime import timedelta

import pytest
import time_machine

from traitdunion.desk.followup import operations, orientations
from traitdunion.desk.followup.operations import FollowUpError
from traitdunion.desk.followup.queries import accepted_request
from traitdunion.desk.followup.replies import Reply
from traitdunion.desk.models import Orientation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def accepted(oriented, team, now):
    """A person with a name, accepted by link; the adviser has a telephone."""
    team.adviser.telephone = "04 71 00 00 01"
    team.adviser.save()
    orientation, sent = oriented
    operations.agree(
        by=team.adviser, parcours=orientation.parcours, nom="Zoé Quatremère",
        telephone="06 00 00 00 09", courriel="", now=now,
    )  # fmt: skip
    orientations.answer_by_link(token=sent.token, reply=Reply(True), now=now)
    orientation.refresh_from_db()
    return orientation, sent.token


def test_the_link_still_opens_the_request_for_a_month_and_no_longer(accepted, now):
    orientation, token = accepted
    assert accepted_request(token, now=now + 29 * DAY) == orientation
    assert accepted_request(token, now=now + 30 * DAY) is None


def test_the_request_closes_with_the_file(accepted, team, now):
    orientation, token = accepted
    operations.close(by=team.adviser, parcours=orientation.parcours, now=now)
    assert accepted_request(token, now=now) is None


def test_a_refused_request_is_no_longer_read(oriented, now):
    _, sent = oriented
    orientations.answer_by_link(token=sent.token, reply=Reply(False, "zone"), now=now)
    assert accepted_request(sent.token, now=now) is None


def test_a_lost_link_is_replaced_by_one_that_reads_and_no_longer_answers(accepted, now):
    orientation, token = accepted
    sent = orientations.renew_link(token=token, now=now + 2 * DAY)
    assert accepted_request(sent.token, now=now + 2 * DAY) == orientation
    with pytest.raises(orientations.LinkNotValid):
        orientations.answer_by_link(token=sent.token, reply=Reply(False, "zone"), now=now + 2 * DAY)


def test_a_date_that_is_past_is_not_proposed(accepted, now):
    with pytest.raises(FollowUpError, match="à venir"):
        orientations.propose_date(token=accepted[1], at=now, words="", now=now)


@pytest.fixture
def that_day(now):
    """Have the pages read the day of the request: its link ends a month after."""
    with time_machine.travel(now, tick=True):
        yield


def test_through_the_pages_accepting_keeps_the_person_and_proposes_a_date(
    client, oriented, team, mailoutbox, that_day
):
    orientation, sent = oriented
    team.adviser.telephone = "04 71 00 00 01"
    team.adviser.save()
    link = f"/repondre/{sent.token}/"
    page = client.post(link, {"reponse": "accepter"}, follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert "A.B., 1990" in text
    assert 'href="tel:0471000001"' in text
    assert client.post(link, {"day": "2999-01-04", "hour": "x"}).status_code == 422
    form = {"day": "2999-01-04", "hour": "14:30", "words": "au garage"}
    text = client.post(link, form, follow=True).content.decode()
    assert "4 janvier 2999 à 14\u00a0h\u00a030, au garage" in text
    assert Orientation.objects.get(pk=orientation.pk).meeting_words == "au garage"
    assert mailoutbox[-1].to == [team.adviser.email]
    assert "Le 4 janvier 2999 à 14\u00a0h\u00a030, au garage." in mailoutbox[-1].body
    client.force_login(team.adviser)
    shown = client.get(f"/orientations/{orientation.pk}/").content.decode()
    assert "4 janvier 2999 à 14\u00a0h\u00a030" in shown


def test_signed_in_a_structure_proposes_a_date_too(client, accepted, team):
    client.force_login(team.provider)
    page = f"/orientations/{accepted[0].pk}/repondre/"
    form = {"day": "2999-01-04", "hour": "9:00", "words": ""}
    answered = client.post(page, form, follow=True).content.decode()
    assert "La date est transmise au conseiller." in answered
    assert "4 janvier 2999 à 9\u00a0h" in answered
