"""What waits in the morning: each list at its moment, for whoever follows, and nobody else."""

from datetime import date, timedelta

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership
from traitdunion.desk.enums import Servi
from traitdunion.desk.followup import checkpoints, operations, orientations
from traitdunion.desk.followup.mornings import morning_of
from traitdunion.desk.followup.orientations import Reply

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def waits(team):
    """What waits for the adviser at a moment, as the sizes of its lists."""

    def waits_(when, user=team.adviser, organisation=team.ici):
        morning = morning_of(user, organisation, now=when)
        sizes = {
            "stopped": len(morning.stopped),
            "accepted": len(morning.accepted),
            "expiring": len(morning.expiring),
            "points": len(morning.points),
        }
        assert morning.count == sum(sizes.values())
        return {name: size for name, size in sizes.items() if size}

    return waits_


def test_an_open_orientation_is_told_five_days_before_it_expires(oriented, waits, now):
    # Sent at day 0, expires at day 30: told from day 25.
    assert waits(now + 25 * DAY - SECOND) == {}
    assert waits(now + 25 * DAY) == {"expiring": 1}


def test_what_expired_asks_to_orient_elsewhere(oriented, waits, now):
    assert orientations.expire(oriented[0], now + 30 * DAY)
    assert waits(now + 31 * DAY) == {"stopped": 1}


def test_a_refusal_waits_until_something_else_is_tried(oriented, solutions, team, waits, now):
    reply = Reply(False, "plus_de_place", "")
    orientations.answer_by_link(token=oriented[1].token, reply=reply, now=now + DAY)
    assert waits(now + 2 * DAY) == {"stopped": 1}
    orientations.orient(
        by=team.adviser, parcours=oriented[0].parcours, solution=solutions.sans_adresse,
        message="", now=now + 2 * DAY,
    )  # fmt: skip
    assert waits(now + 2 * DAY) == {}


def test_an_acceptance_waits_for_its_start_then_each_point_for_its_answer(
    oriented, team, waits, now
):
    row = orientations.answer_by_link(token=oriented[1].token, reply=Reply(True), now=now + DAY)
    assert waits(now + DAY) == {"accepted": 1}
    start = {"by": team.adviser, "orientation": row, "started_on": date(2026, 12, 1)}
    checkpoints.start(**start, now=now + 8 * DAY)
    assert waits(now + 9 * DAY) == {}
    [due] = checkpoints.due(now=now + 40 * DAY)
    point = checkpoints.open_point(due, now=now + 40 * DAY)
    assert waits(now + 40 * DAY) == {"points": 1}
    checkpoints.answer_point(
        by=team.adviser, point=point, servi=Servi.OUI, en_emploi=True, now=now + 41 * DAY
    )
    assert waits(now + 41 * DAY) == {}


def test_only_who_follows_is_told_in_its_organisation_while_the_file_is_open(
    oriented, team, waits, now
):
    late = now + 26 * DAY
    parcours = oriented[0].parcours
    assert waits(late, user=team.colleague) == {}
    assert waits(late, organisation=team.ailleurs) == {}
    operations.close(by=team.adviser, parcours=parcours, now=now + DAY)
    assert waits(late) == {}
    operations.reopen(by=team.adviser, parcours=parcours, now=now + DAY)
    operations.follow(by=team.colleague, parcours=parcours, now=now + DAY)
    operations.stop_following(by=team.adviser, parcours=parcours, now=now + DAY)
    assert waits(late) == {}
    assert waits(late, user=team.colleague) == {"expiring": 1}


def test_the_first_page_is_the_morning_of_the_one_organisation_where_one_follows(client, team):
    client.force_login(team.adviser)
    assert client.get("/ce-matin/").url == "/organisations/ici/ce-matin/"
    Membership.objects.create(user=team.adviser, organisation=team.ailleurs, role=Role.CONSEILLER)
    assert client.get("/ce-matin/").url == "/mon-espace/"
    client.force_login(team.steering)
    assert client.get("/ce-matin/").url == "/mon-espace/"


def test_the_page_tells_what_waits_and_leads_to_it(client, oriented, team, now):
    orientations.answer_by_link(
        token=oriented[1].token, reply=Reply(False, "delai", ""), now=now + DAY
    )
    client.force_login(team.adviser)
    html = client.get("/organisations/ici/ce-matin/").content.decode()
    assert "1 chose à faire" in html
    assert "A.B., 1990, Prêt de garage\u00a0: délai trop long" in html
    assert f'href="/orientations/{oriented[0].pk}/"' in html


def test_who_moderates_is_told_what_has_to_be_read_again(client, opened, solutions, team, now):
    orientations.orient(
        by=team.adviser, parcours=opened(), solution=solutions.sans_adresse, message="", now=now
    )
    client.force_login(team.moderator)
    assert "1 orientation à relire" in client.get("/organisations/ici/ce-matin/").content.decode()
    client.force_login(team.adviser)
    assert "à relire" not in client.get("/organisations/ici/ce-matin/").content.decode()


def test_what_is_many_is_folded_after_the_first_six(client, opened, solutions, team, now):
    for number in range(8):
        _, sent = orientations.orient(
            by=team.adviser, parcours=opened(annee_naissance=1990 + number),
            solution=solutions.garage, message="", now=now, token=f"secret-{number}",
        )  # fmt: skip
        orientations.answer_by_link(token=sent.token, reply=Reply(False, "delai"), now=now)
    client.force_login(team.adviser)
    html = client.get("/organisations/ici/ce-matin/").content.decode()
    assert "orienter ailleurs (8)" in html
    before, folded = html.split("<details><summary>2 de plus")
    assert before.count("Prêt de garage\u00a0: délai") == 6
    assert folded.count("Prêt de garage\u00a0: délai") == 2
