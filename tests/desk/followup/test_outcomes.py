"""What becomes of people: the start, the points, the end of a file, their rights, the figures."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from tests.drawn import without_drawn
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Access
from traitdunion.desk.followup import checkpoints, operations, orientations, privacy, tasks
from traitdunion.desk.followup.figures import decile, figures_of
from traitdunion.desk.followup.orientations import Reply
from traitdunion.desk.models import (
    AnswerLink,
    CheckPoint,
    Follower,
    KeptAnswer,
    Orientation,
    Parcours,
    SentMail,
)  # fmt: skip

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
KEPT = timedelta(days=730)
SITE = "https://desk.example"
CONTACT = {"nom": "Anne Bidon", "telephone": "06 11 22 33 44", "courriel": "anne@bidon.example"}


def day_s_work(now):
    return tasks.run(now=now, site=SITE, kept_days=730)


@pytest.fixture
def accepted(oriented, now):
    """Sent on 24 November at 9:00, accepted two days and a half later."""
    return orientations.answer_by_link(
        token=oriented[1].token, reply=Reply(True, "", "Mardi."), now=now + 2.5 * DAY
    )


@pytest.fixture
def started(accepted, team, now):
    """Served from 1 December 2026."""
    return checkpoints.start(
        by=team.adviser, orientation=accepted, started_on=date(2026, 12, 1), now=now + 8 * DAY
    )


def test_only_what_was_accepted_starts_once_between_its_day_and_today(oriented, team, now):
    orientation, sent = oriented
    given = {"by": team.adviser, "orientation": orientation, "now": now + DAY}
    with pytest.raises(operations.FollowUpError, match="acceptée"):
        checkpoints.start(started_on=date(2026, 11, 24), **given)
    orientations.answer_by_link(token=sent.token, reply=Reply(True), now=now)
    for day in (date(2026, 11, 23), date(2026, 11, 26)):
        with pytest.raises(operations.FollowUpError, match="entre le jour"):
            checkpoints.start(started_on=day, **given)
    checkpoints.start(started_on=date(2026, 11, 25), **given)
    with pytest.raises(operations.FollowUpError, match="pas encore commencée"):
        checkpoints.start(started_on=date(2026, 11, 25), **given)


def test_points_are_asked_at_one_three_and_six_months_once_each(started, team, mailoutbox):
    # From 1 December: 30 days is 31 December, 91 is 2 March, 182 is 1 June.
    noon = datetime(2026, 12, 30, 12, tzinfo=UTC)
    asked = []
    for day in range(200):
        asked += [(noon + day * DAY).date()] * day_s_work(noon + day * DAY).asked
    assert asked == [date(2026, 12, 31), date(2027, 3, 2), date(2027, 6, 1)]
    assert [mail.to for mail in mailoutbox] == [[team.adviser.email]] * 3
    assert [point.month for point in started.checkpoints.all()] == [1, 3, 6]


def test_a_point_is_answered_once(started, team, now):
    day_s_work(now + 40 * DAY)
    point = started.checkpoints.get()
    given = {"by": team.adviser, "point": point, "servi": "oui", "now": now + 41 * DAY}
    assert checkpoints.answer_point(en_emploi=None, **given).en_emploi is None
    with pytest.raises(operations.FollowUpError, match="déjà fait"):
        checkpoints.answer_point(en_emploi=True, **given)


def test_a_closed_file_is_asked_nothing(started, team, now, mailoutbox):
    operations.close(by=team.adviser, parcours=started.parcours, now=now + 9 * DAY)
    assert day_s_work(now + 300 * DAY).asked == 0


@pytest.mark.parametrize("who", ["stranger", "dpo", "provider"])
def test_nobody_else_writes_what_becomes_of_somebody(started, team, now, who):
    day_s_work(now + 40 * DAY)
    person = getattr(team, who)
    with pytest.raises(PermissionDenied):
        checkpoints.start(by=person, orientation=started, started_on=date(2026, 12, 1), now=now)
    with pytest.raises(PermissionDenied):
        checkpoints.answer_point(
            by=person, point=started.checkpoints.get(), servi="oui", en_emploi=True, now=now
        )


# --- the end of a file ----------------------------------------------------------------------


def test_a_file_is_anonymised_730_days_after_the_last_contact(opened, team, now):
    parcours = opened()
    operations.follow(by=team.colleague, parcours=parcours, now=now + 5 * DAY)
    assert privacy.anonymise_due(now=now + 5 * DAY + KEPT - SECOND, kept=KEPT) == 0
    assert privacy.anonymise_due(now=now + 5 * DAY + KEPT, kept=KEPT) == 1
    assert privacy.anonymise_due(now=now + 5 * DAY + KEPT, kept=KEPT) == 0


def test_reading_a_file_is_no_contact_with_the_person(opened, team, now):
    parcours = opened()
    operations.consult(by=team.adviser, parcours=parcours, now=now + 700 * DAY)
    assert privacy.anonymise_due(now=now + KEPT, kept=KEPT) == 1


def test_an_anonymised_file_holds_nobody_and_keeps_what_counts(started, team, now, mailoutbox):
    parcours = started.parcours
    operations.agree(by=team.adviser, parcours=parcours, now=now + 8 * DAY, **CONTACT)
    day_s_work(now + 40 * DAY)
    answered = now + 41 * DAY
    point = started.checkpoints.get()
    checkpoints.answer_point(
        by=team.adviser, point=point, servi="oui", en_emploi=True, now=answered
    )
    delay = started.answered_at - started.sent_at
    assert day_s_work(answered + KEPT).anonymised == 1
    row, orientation = Parcours.objects.get(), Orientation.objects.get()
    assert (row.initiales, row.annee_naissance, row.nom, row.telephone) == ("", None, "", "")
    assert (row.courriel, row.agreed_at, row.agreed_text) == ("", None, "")
    for model in (KeptAnswer, Follower, AnswerLink, SentMail):
        assert not model.objects.exists(), model
    assert (orientation.message, orientation.commentaire, orientation.sent_to) == ("", "", "")
    assert orientation.created_by is None
    # Months stay, days do not; the time the structure took stays to the second.
    assert row.opened_at == datetime(2026, 11, 1, tzinfo=UTC) == orientation.created_at
    assert orientation.answered_at - orientation.sent_at == delay
    # 23 days and 9 hours back: 1 December becomes 8 November.
    assert orientation.started_on == date(2026, 11, 8)
    assert (row.objectifs, orientation.statut) == (["4", "7"], "acceptee")
    assert CheckPoint.objects.get().en_emploi is True
    text = without_drawn(json.dumps([str(row_kept.__dict__) for row_kept in (row, orientation)]))
    assert not any(secret in text for secret in ("Bidon", "AB", "1990", "Langeac", "scooter"))
    with pytest.raises(operations.FollowUpError, match="anonymisé"):
        operations.follow(by=team.colleague, parcours=row, now=answered + KEPT)


def test_a_link_of_an_old_message_leads_to_no_anonymised_file(started, team, client, now):
    old = {started.pk, started.parcours.pk}
    assert privacy.anonymise_due(now=now + 60 * DAY + KEPT, kept=KEPT) == 1
    row, orientation = Parcours.objects.get(), Orientation.objects.get()
    assert orientation.parcours == row
    assert not {row.pk, orientation.pk} & old
    connection.check_constraints()
    client.force_login(team.adviser)
    assert client.get(f"/parcours/{started.parcours.pk}/").status_code == 404


def test_what_still_waits_when_a_file_is_anonymised_expires(oriented, now):
    assert privacy.anonymise_due(now=now + KEPT, kept=KEPT) == 1
    assert Orientation.objects.get().statut == "expiree"


# --- rights ---------------------------------------------------------------------------------


def test_an_export_holds_all_that_is_kept(started, team, now):
    parcours = operations.agree(
        by=team.adviser, parcours=started.parcours, now=now + 8 * DAY, **CONTACT
    )
    read_document = json.dumps(
        privacy.export(by=team.dpo, parcours=parcours, now=now), ensure_ascii=False
    )
    for kept in ("Anne Bidon", "06 11 22 33 44", "AB", "1990", "Langeac", "Un scooter pour",
                 "Mardi.", "Adviser", operations.AGREEMENT, "Acceptée", "2026-12-01",
                 "Dépendant des transports en commun"):  # fmt: skip
        assert kept in read_document, kept
    # Who opened the file, apart from those who follow the person.
    operations.trace(team.moderator, parcours, Action.CONSULTER, now + 9 * DAY)
    document = privacy.export(by=team.dpo, parcours=parcours, now=now)
    opened_by = [(line["par"], line["geste"]) for line in document["consultations"]]
    assert (str(team.moderator), Action.CONSULTER.label) in opened_by


def test_an_erased_person_leaves_a_reference_in_the_journal_and_nothing_else(
    started, team, now, client
):
    parcours = started.parcours
    client.force_login(team.dpo)
    url = f"/parcours/{parcours.pk}/effacer/"
    client.post(url, {"effacer": "autre"})
    assert Parcours.objects.exists()
    assert client.post(url, {"effacer": parcours.reference}).status_code == 302
    for model in (Parcours, Orientation, KeptAnswer, Follower, AnswerLink, SentMail, CheckPoint):
        assert not model.objects.exists(), model
    line = Access.objects.latest("pk")
    assert (line.user, line.action, line.target_id) == (team.dpo, "effacer", str(parcours.pk))


@pytest.mark.parametrize("who", ["adviser", "moderator", "steering", "stranger"])
def test_only_whoever_protects_the_data_exports_and_erases(opened, team, now, who):
    parcours, person = opened(), getattr(team, who)
    for operation in (privacy.export, privacy.erase):
        with pytest.raises(PermissionDenied):
            operation(by=person, parcours=parcours, now=now)
    assert Parcours.objects.exists()


def test_an_export_is_a_file_named_after_the_reference(opened, team, client):
    parcours = opened()
    client.force_login(team.dpo)
    answer = client.post(f"/parcours/{parcours.pk}/export/")
    assert f'filename="parcours-{parcours.reference}.json"' in answer["Content-Disposition"]
    assert answer.json()["initiales"] == "AB"


# --- figures --------------------------------------------------------------------------------


def test_deciles_are_the_nearest_rank():
    assert decile([3, 1, 2, 10], 5) == 2
    assert decile(range(1, 11), 9) == 9
    assert decile([7.0], 9) == 7


def test_figures_count_what_happened_and_show_nothing_of_few(opened, team, solutions, now):
    days = (*range(1, 12), 20)
    for wait in days:
        _, sent = orientations.orient(
            by=team.adviser, parcours=opened(answer=None), solution=solutions.garage, message="",
            now=now, token=f"secret-{wait}",
        )  # fmt: skip
        reply = Reply(False, "zone") if wait < 12 else Reply(True)
        # Past the eight days of its link, the structure answers with its account.
        orientations.answer_signed_in(
            by=team.provider, orientation=sent.orientation, reply=reply, now=now + wait * DAY
        )
    figures = figures_of(team.ici)
    counts = dict(figures.funnel)
    # 12 sent, 11 refused, 1 accepted: by steps of eleven, 11 to 21 sent.
    assert counts["Orientations envoyées"] == 11
    # Refused (11 to 21) would leave at most 21 - 11 = 10 accepted: it is hidden with them.
    assert counts["Refusées"] is None
    assert counts["Acceptées"] is None
    assert counts["Commencées"] is None
    assert figures.days == (6, 10)
    assert figures_of(team.ailleurs).days is None


def test_steering_reads_figures_and_no_file(opened, team, client):
    parcours = opened()
    client.force_login(team.steering)
    page = client.get("/organisations/ici/suivi/").content.decode()
    assert "Ces nombres avancent de onze en onze" in page
    assert parcours.reference not in page
    assert client.get(f"/parcours/{parcours.pk}/").status_code == 403


def test_the_start_and_the_points_by_the_page(accepted, team, client):
    client.force_login(team.adviser)
    url = f"/orientations/{accepted.pk}/"
    today = timezone.localdate()
    client.post(url + "debut/", {"started_on": "n'importe quoi"})
    Orientation.objects.update(created_at=datetime.now(UTC) - 60 * DAY)
    client.post(url + "debut/", {"started_on": (today - 31 * DAY).isoformat()})
    day_s_work(datetime.now(UTC))
    assert "À 1 mois" in client.get(url).content.decode()
    noted = client.post(url + "point/1/", {"servi": "oui", "en_emploi": "oui"})
    assert noted.url == "/organisations/ici/ce-matin/"  # back to what is left to note
    point = CheckPoint.objects.get()
    assert (point.servi, point.en_emploi) == ("oui", True)
    assert "En emploi\u00a0: oui." in client.get(url).content.decode()


def test_the_journal_loses_what_is_older_than_a_year(opened, now):
    opened()
    assert Access.objects.exists()
    day_s_work(now=now + 365 * DAY)
    assert Access.objects.exists()
    day_s_work(now=now + 366 * DAY)
    assert not Access.objects.exists()
